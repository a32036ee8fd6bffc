import re
from pathlib import Path

import pytest

from course import lessons_need
from course.cli import main
from course.lessons_need import BACKENDS, IN_PART, NEEDS, NO, NONE, YES, On
from course.project import PROJECT
from insideout.backends.controlplane import programs
from insideout.backends.versions import note
from tests.conformance.lessons import play, told

ROOT = Path(lessons_need.__file__).parent
UNITS = sorted(folder.name[1:] for folder in (ROOT / "units").glob("u[0-9]*"))


def code_of(unit: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in (ROOT / "units" / f"u{unit}").glob("*.py"))


def test_every_unit_is_told_in_the_order_of_the_course():
    assert list(NEEDS) == UNITS


def test_the_embedded_cluster_runs_every_unit():
    assert {needs.on("embedded") for needs in NEEDS.values()} == {On(YES)}


@pytest.mark.parametrize("unit", UNITS)
def test_a_reason_is_one_that_the_unit_s_own_code_shows(unit):
    """What keeps a Raft group runs on no cluster that is there, what wants virtual time only embedded."""
    code, needs = code_of(unit), NEEDS[unit]
    assert ("raft=Raft" in code) == (lessons_need.RAFT in needs.kubeconfig.why)
    only_embedded = re.search(r"realtime=False|backend=\"embedded\"", code)
    if only_embedded:
        assert needs.controlplane.runs in (IN_PART, NO)
    assert (needs.controlplane.runs == NONE) == ("Cluster.create(" not in code)
    assert (needs.controlplane.why == "") == (needs.controlplane.runs in (YES, NONE))
    if "log=True" in code:
        assert needs.kubeconfig.runs in (IN_PART, NO)
    if needs.kubeconfig.runs == YES:
        assert not re.search(r"cluster\.(nodes|replace|restore)\b", code)


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_its_notebook_runs_on_a_real_control_plane_as_it_says(unit):
    try:
        programs.find()
    except programs.MissingProgramError as missing:
        pytest.skip(str(missing))
    line, is_right = told(
        unit, "controlplane", play(PROJECT / "source" / unit / f"{unit}.ipynb", "controlplane")
    )
    assert is_right, line


def test_doctor_shows_it_where_a_backend_says_it_would(capsys):
    assert "`course doctor --lessons`" in note("v1.34.2")
    assert main(["doctor", "--lessons"]) == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert lines[0].split() == list(BACKENDS)
    for line, (unit, needs) in zip(lines[1:], NEEDS.items(), strict=False):
        assert line.split() == [unit, *" ".join(needs.on(name).runs for name in BACKENDS).split()]
    whole = " ".join(text.split())
    for needs in NEEDS.values():
        assert needs.controlplane.why in whole
        assert needs.kubeconfig.why in whole
        assert needs.on_1_34 in whole
    assert max(map(len, lines)) <= 110
    assert len(lines) <= 50
