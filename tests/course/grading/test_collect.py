"""Collecting through the exchange follows no link; `course grade` collects and returns feedback by itself."""

import os
import shutil

import nbformat
import pytest

from course.grading.collect import Refused, copy_without_links
from course.project import PROJECT
from tests.cheats import scene as scenes

UNIT = scenes.UNIT


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course folder whose exchange holds three submissions.

    One holds a link to the solution, one lacks the secret that nbgrader names the feedback by.
    """
    root = tmp_path_factory.mktemp("collect") / "course"
    shutil.copytree(PROJECT / "source" / UNIT, root / "source" / UNIT)
    inbound = root / "exchange" / scenes.COURSE / "inbound"
    for student in ("honest", "secretless", "linker"):
        folder = inbound / f"{student}+{UNIT}+2026-11-22 12:00:00.000000 UTC+abc"
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-11-22 12:00:00.000000 UTC")
        if student != "secretless":
            (folder / "submission_secret.txt").write_text(f"secret of {student}")
        nbformat.write(scenes.solved(), folder / f"{UNIT}.ipynb")
    (folder / f"{UNIT}.ipynb").unlink()
    (folder / f"{UNIT}.ipynb").symlink_to(root / "source" / UNIT / f"{UNIT}.ipynb")
    os.makedirs(root / "exchange" / scenes.COURSE / "feedback")
    return root


@pytest.fixture(scope="module")
def graded(course, protection):
    done = scenes.course_grade(course, "--workers", "1")
    assert done.returncode == 0, done.stderr
    return done


def test_an_honest_submission_is_collected_graded_and_given_feedback(course, graded):
    assert scenes.scores(course)["honest"] == 18
    assert (course / "feedback" / "honest" / UNIT / f"{UNIT}.html").exists()
    assert len(list((course / "exchange" / scenes.COURSE / "feedback").iterdir())) == 1


def test_a_submission_without_its_secret_keeps_nobodys_feedback_back(course, graded):
    assert scenes.scores(course)["secretless"] == 18
    assert "no feedback through the exchange for secretless" in graded.stderr


def test_a_submission_with_a_link_is_left_out(course, graded):
    assert "linker" not in scenes.scores(course)
    assert not (course / "submitted" / "linker" / UNIT / f"{UNIT}.ipynb").exists()


def test_ordinary_files_and_folders_are_copied(tmp_path):
    (tmp_path / "in" / "data").mkdir(parents=True)
    (tmp_path / "in" / "data" / "a.csv").write_text("1,2")
    copy_without_links(tmp_path / "in", tmp_path / "out", 100)
    assert (tmp_path / "out" / "data" / "a.csv").read_text() == "1,2"


@pytest.mark.parametrize("kind", ["file", "folder", "broken", "itself", "pipe", "large"])
def test_anything_else_is_refused(tmp_path, kind):
    source = tmp_path / "in"
    source.mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file").write_text("x")
    if kind == "file":
        (source / "a").symlink_to(tmp_path / "secret" / "file")
    elif kind == "folder":
        (source / "a").symlink_to(tmp_path / "secret")
    elif kind == "broken":
        (source / "a").symlink_to(tmp_path / "nowhere")
    elif kind == "itself":
        source.rmdir()
        source.symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(source / "a")
    else:
        (source / "a").write_bytes(bytes(200))
    with pytest.raises(Refused):
        copy_without_links(source, tmp_path / "out", 100)
