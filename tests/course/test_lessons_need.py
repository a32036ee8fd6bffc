import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from course import lessons_need
from course.cli import main
from course.lessons_need import BACKENDS, NEEDS
from insideout.backends.controlplane import programs
from insideout.backends.versions import note

ROOT = Path(lessons_need.__file__).parent
UNITS = sorted(folder.name[1:] for folder in (ROOT / "units").glob("u[0-9]*"))


def code_of(unit: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in (ROOT / "units" / f"u{unit}").glob("*.py"))


def test_every_unit_is_told_in_the_order_of_the_course():
    assert list(NEEDS) == UNITS


def test_the_embedded_cluster_runs_every_unit():
    assert {needs.why_not("embedded") for needs in NEEDS.values()} == {""}


@pytest.mark.parametrize("unit", UNITS)
def test_a_reason_is_one_that_the_unit_s_own_code_shows(unit):
    """What keeps a log or a Raft group does not run elsewhere, and only that says so."""
    code, needs = code_of(unit), NEEDS[unit]
    assert ("log=True" in code) == (needs.controlplane == lessons_need.LOG)
    assert ("raft=Raft" in code) == (needs.controlplane == lessons_need.RAFT)
    if needs.kubeconfig == "":
        assert not re.search(r"cluster\.(nodes|replace|restore)\b", code)


@pytest.mark.slow
@pytest.mark.parametrize("unit", [unit for unit in UNITS if NEEDS[unit].controlplane == ""])
def test_its_notebook_runs_on_a_real_control_plane(unit, monkeypatch):
    try:
        programs.find()
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    monkeypatch.setenv("COURSE_BACKEND", "controlplane")
    (path,) = (ROOT.parent / "source" / unit).glob("*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert any(cell.get("execution_count") for cell in notebook.cells)


def test_doctor_shows_it_where_a_backend_says_it_would(capsys):
    assert "`course doctor --lessons`" in note("v1.34.2")
    assert main(["doctor", "--lessons"]) == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert lines[0].split() == list(BACKENDS)
    for line, (unit, needs) in zip(lines[1:], NEEDS.items(), strict=False):
        assert line.split() == [unit, *("no" if needs.why_not(name) else "yes" for name in BACKENDS)]
    whole = " ".join(text.split())
    for needs in NEEDS.values():
        assert all(why in whole for why in needs)
    assert max(map(len, lines)) <= 110
    assert len(lines) <= 50
