import re

import pytest

from course import doctor
from course.cli import main


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """Be a machine with Python and nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("COURSE_CONTROLPLANE_BIN", str(tmp_path))
    monkeypatch.setattr("insideout.backends.etcd_members.find", lambda program: None)
    monkeypatch.setattr("insideout.etcd.NEEDS", ("no.such.package",))


def rows(text: str) -> dict[str, str]:
    return {match[2].strip(): match[1] for match in re.finditer(r"^(yes|no ) {2}(.+?)  ", text, re.MULTILINE)}


def test_a_bare_machine_runs_the_course_and_is_told_what_else_there_is(bare, capsys):
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    found = rows(text)
    assert len(found) == len(doctor.LOOKS)
    assert found["Python 3.11"] == "yes"
    for missing in (
        "sandbox",
        "kubectl",
        "browser",
        "etcd",
        "control plane",
        "Prometheus",
        "npm",
        "etcd's protocol",
    ):
        assert found[missing].strip() == "no", missing
    assert "install conda-forge's kubernetes-server" in " ".join(text.split())


def test_it_fits_on_a_screen(bare, capsys):
    main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 110


def test_what_is_there_is_shown_with_its_place(capsys, tmp_path, monkeypatch):
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    main(["doctor"])
    text = capsys.readouterr().out
    assert rows(text)["kubectl"] == "yes"
    assert str(program) in text


def test_an_old_python_is_no(bare, capsys, monkeypatch):
    monkeypatch.setattr(doctor, "LEAST_PYTHON", (99, 0))
    assert main(["doctor"]) == 1
    assert rows(capsys.readouterr().out)["Python 3.11"].strip() == "no"
