"""The runner of notebooks on a real backend tells what ran there, what stayed embedded, and what failed."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course.lessons_need import IN_PART, NEEDS, NO, NONE, YES, On
from tests.conformance import lessons
from tests.conformance.lessons import Played, main, play, told

REAL = (
    "from insideout import Cluster\n"
    "with Cluster.create(nodes=1) as cluster:\n"
    "    print(type(cluster.backend).__name__)"
)
EMBEDDED = "Cluster.create(nodes=0, realtime=False).stop()"


def written(folder, *sources, points=None):
    cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    if points is not None:
        cells[-1].metadata["nbgrader"] = {"points": points}
    cells[0].outputs = [new_output("stream", name="stdout", text="ControlPlaneBackend\n")]
    path = folder / "unit.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_what_runs_on_a_control_plane_and_what_stays_embedded_is_told(standins, tmp_path):
    standins()
    seen = play(written(tmp_path, REAL, EMBEDDED), "controlplane")
    assert seen == Played("", ("its time is virtual",), True, 1, 1)
    assert seen.where == IN_PART


def test_a_notebook_whose_clusters_are_all_embedded_did_not_run_there(tmp_path):
    seen = play(written(tmp_path, "from insideout import Cluster", EMBEDDED), "controlplane")
    assert seen == Played(
        "", ("its time is virtual",), False, 0, 1, ("cell-0: 'ControlPlaneBackend', here ''",)
    )
    assert seen.where == NO


@pytest.mark.parametrize(
    ("source", "points", "failed"),
    [
        ("1 / 0", None, "cell 'cell-1': ZeroDivisionError: division by zero"),
        ("1", 2, "cell 'cell-1' gave 1 of 2 points"),
        ("None", 2, "cell 'cell-1' gave nothing of 2 points"),
        ("2", 2, ""),
    ],
)
def test_a_cell_that_fails_or_loses_points_is_named(tmp_path, source, points, failed):
    assert play(written(tmp_path, "pass", source, points=points), "controlplane").failed == failed


def test_a_unit_is_right_when_it_ran_where_it_says(monkeypatch):
    part = Played("", ("its time is virtual",), True, 3, 4)
    for says, expected in ((IN_PART, True), (YES, False)):
        needs = NEEDS["06_qos"]._replace(controlplane=On(says))
        monkeypatch.setitem(NEEDS, "06_qos", needs)
        line, is_right = told("06_qos", "controlplane", part)
        assert is_right is expected
        assert line.endswith("played in part: its time is virtual (3 of 4 outputs as in the text)")
        assert line.startswith("failed") is not expected
    assert told("06_qos", "controlplane", part._replace(failed="cell 'a': x")) == (
        "failed: cell 'a': x",
        False,
    )
    assert Played("", (), False, 0, 0).where == NONE


@pytest.mark.parametrize("is_named", [True, False])
def test_programs_that_are_missing_are_a_skip_unless_a_folder_was_named(
    tmp_path, monkeypatch, capsys, is_named
):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("COURSE_CONTROLPLANE_BIN", "KUBEBUILDER_ASSETS"):
        monkeypatch.delenv(name, raising=False)
    if is_named:
        monkeypatch.setenv("COURSE_CONTROLPLANE_BIN", str(tmp_path))
    assert main(["controlplane"]) == int(is_named)
    out = capsys.readouterr().out
    assert out.startswith("skipped: no ")
    assert "kube-apiserver" in out


def test_units_are_told_a_line_each_and_one_that_fails_counts(monkeypatch, capsys):
    monkeypatch.setattr(lessons, "sides", lambda: [lessons_side()])
    seen = {"02_watch": Played("", (), True, 2, 2), "03_raft": Played("cell 'a': x", (), False, 0, 2)}
    monkeypatch.setattr(lessons, "play", lambda path, backend: seen[path.stem])
    assert main(["controlplane", "02_watch"]) == 0
    assert main(["controlplane", "02_watch", "03_raft"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split(", ")[0] == f"{'02_watch':20} played (2 of 2 outputs as in the text)"
    assert lines[2].split(", ")[0] == f"{'03_raft':20} failed: cell 'a': x"


def lessons_side():
    from tests.conformance.parity import Side

    return Side("controlplane", lambda: None)
