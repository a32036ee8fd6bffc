"""The recorded run of the pause container's jobs is what a kernel does, where one may be asked."""

import subprocess

import pytest

from course.units.u05_pods import namespaces


def test_a_kernel_answers_as_recorded():
    if problem := namespaces.why_not():
        pytest.skip(problem)
    assert namespaces.ask_kernel() == namespaces.RECORDED


def test_without_permission_the_record_is_shown_and_said_to_be_one(monkeypatch):
    monkeypatch.setattr(namespaces, "why_not", lambda: "an ordinary user may not make namespaces")
    monkeypatch.setattr(namespaces, "someone_is_there", lambda: True)
    lab = namespaces.pause_lab()
    assert lab.answers == namespaces.RECORDED
    assert lab.where() == (
        "A recorded run of a Linux machine is shown, because here an ordinary user may not make namespaces."
    )


def test_a_reader_is_told_when_it_was_this_machine(monkeypatch):
    monkeypatch.setattr(namespaces, "someone_is_there", lambda: True)
    shown = namespaces.Shown(namespaces.RECORDED, True)
    assert shown.where() == "This ran just now in namespaces of this machine's kernel."


def test_where_nobody_is_there_the_sentence_is_the_same_on_every_machine():
    assert namespaces.Shown({}, True).where() == namespaces.Shown({}, False, "why").where()


def test_a_tool_that_is_missing_is_named(monkeypatch):
    namespaces.why_not.cache_clear()
    monkeypatch.setattr(namespaces.shutil, "which", lambda tool: None if tool == "nsenter" else tool)
    assert namespaces.why_not() == "there is no nsenter"
    namespaces.why_not.cache_clear()


def test_a_kernel_that_refuses_is_believed(monkeypatch):
    namespaces.why_not.cache_clear()
    refused = subprocess.CompletedProcess([], 1, "", "unshare: Operation not permitted")
    monkeypatch.setattr(namespaces.subprocess, "run", lambda *_, **__: refused)
    assert namespaces.why_not() == "an ordinary user may not make namespaces"
    namespaces.why_not.cache_clear()
