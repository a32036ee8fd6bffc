"""A learner's file: whole after a kill, shared by notebooks, never a reason for a cell to fail."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from course.learn import keeping
from course.learn.keeping import Kept

ENDLESS = """
import sys
from pathlib import Path
from course.learn.keeping import Kept
kept, n = Kept(Path(sys.argv[1])), 0
while True:
    kept.put("predictions", "n", {"n": n, "filling": "x" * 20000})
    n += 1
    if n == 1:
        print("ready", flush=True)
"""


def put(arguments) -> None:
    path, name = arguments
    for n in range(20):
        assert Kept(path).put("reviews", f"{name}-{n}", {"n": n}) == ""


def test_what_is_kept_is_read_back_by_another_kernel(tmp_path):
    file = tmp_path / "new" / "progress.json"
    assert Kept(file).put("predictions", "a", {"x": "é"}) == ""
    assert Kept(file).get("predictions", "a") == {"x": "é"}
    assert json.loads(file.read_text("utf-8"))["version"] == 1


def test_two_notebooks_lose_nothing_of_each_other(tmp_path):
    file = tmp_path / "progress.json"
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(put, [(file, "a"), (file, "b")]))
    assert len(Kept(file).read()["reviews"]) == 40


def test_a_kill_leaves_a_whole_file(tmp_path):
    file = tmp_path / "progress.json"
    for wait_s in (0.0, 0.013, 0.04):
        process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(file)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(wait_s)  # the kill comes at any moment of a write
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert json.loads(file.read_text())["predictions"]["n"]["filling"] == "x" * 20000
        assert Kept(file).put("predictions", "after", {"n": 1}) == ""  # the lock died with its holder


def test_a_place_that_cannot_be_written_costs_one_line_and_answers_last_until_the_kernel_ends(tmp_path):
    (tmp_path / "file").write_text("")
    kept = Kept(tmp_path / "file" / "progress.json")
    note = kept.put("predictions", "a", {"x": 1})
    assert note.startswith("Note: ")
    assert "cannot be written (File exists); your answers last until the kernel ends." in note
    assert "\n" not in note
    assert kept.put("predictions", "b", {"x": 2}) == ""  # said once
    assert kept.get("predictions", "a") == {"x": 1}


def test_what_could_not_be_written_is_written_when_it_can_be(tmp_path):
    (tmp_path / "file").write_text("")
    kept = Kept(tmp_path / "file" / "progress.json")
    kept.put("predictions", "a", {"x": 1})
    (tmp_path / "file").unlink()
    kept.put("predictions", "b", {"x": 2})
    assert set(Kept(kept.path).read()["predictions"]) == {"a", "b"}


@pytest.mark.parametrize("found", ["", "{", "[1]", '{"predictions": 3}', '{"predictions": {"a": 5}}', "\0\0"])
def test_a_strange_file_is_read_as_empty_and_not_lost(tmp_path, found):
    file = tmp_path / "progress.json"
    file.write_text(found)
    kept = Kept(file)
    assert kept.read() == {section: {} for section in keeping.SECTIONS}
    kept.put("predictions", "b", {"x": 2})
    assert kept.get("predictions", "b") == {"x": 2}
    aside = tmp_path / "progress.unreadable.json"
    assert aside.exists() == (found in ("", "{", "\0\0"))


def test_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv(keeping.VARIABLE, "~/mine.json")
    assert keeping.place() == type(tmp_path)(os.path.expanduser("~/mine.json"))
    monkeypatch.delenv(keeping.VARIABLE)
    assert keeping.place() == keeping.PROJECT / "work" / "progress.json"
    monkeypatch.setattr(keeping, "PROJECT", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert keeping.place() == tmp_path / "data" / "kubernetes-inside-out" / "progress.json"
