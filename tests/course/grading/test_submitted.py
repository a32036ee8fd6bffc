"""Any file is read as a notebook or refused with a reason; repair leaves nothing to trust."""

import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.grading import submitted
from course.grading.unit import ManagedCell, UnitNotebook

UNIT = UnitNotebook(
    unit="07_test",
    name="07_test",
    kernelspec=json.dumps({"name": "python3", "display_name": "Python 3", "language": "python"}),
    cells=(
        ManagedCell("double", "code", "def double(x): ...", "c1", False, True, False, None),
        ManagedCell("double-test", "code", "check(double, hidden=True)", "c2", True, False, False, 3.0),
        ManagedCell("essay", "markdown", "Write here.", "c3", False, True, False, 2.5),
        ManagedCell("given", "code", "helper = 1", "c4", True, False, False, None),
    ),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CELLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", 1, [], {}]),
            "source": JSON,
            "id": st.sampled_from(["a", "a", "b", "not an id", 7]),
            "metadata": st.fixed_dictionaries(
                {},
                optional={
                    "nbgrader": JSON
                    | st.fixed_dictionaries(
                        {"grade_id": st.sampled_from([cell.name for cell in UNIT.cells]) | JSON}
                    )
                },
            )
            | JSON,
            "attachments": JSON
            | st.dictionaries(st.text(max_size=3), st.dictionaries(st.just("image/png"), JSON)),
        },
    )
    | JSON,
    max_size=6,
)


@given(st.binary(max_size=50) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_notebook_or_refused_with_a_reason(data):
    try:
        submitted.read(data)
    except submitted.Unreadable as error:
        reason = str(error)
        assert reason


@pytest.mark.parametrize("place", ["metadata", "source", "cell_type", "attachments"])
@pytest.mark.parametrize("depth", [200, 900])
def test_cells_that_are_nested_deep_are_read_or_refused_with_a_reason(place, depth):
    deep = json.loads("[" * depth + "]" * depth)
    cell = {"cell_type": "code", place: {"nbgrader": {"grade_id": deep}} if place == "metadata" else deep}
    try:
        notebook = submitted.read(json.dumps({"cells": [cell]}).encode())
        submitted.repair(notebook, UNIT)
        assert nbformat.writes(notebook)
    except submitted.Unreadable as error:
        assert "nested too deep" in str(error)  # noqa: PT017  it may also be read


def test_cells_that_are_too_long_are_left_out_and_the_others_kept():
    long = "x = 1\n" * 6_000
    cells = [
        {"cell_type": "code", "source": source} for source in ("y = 1\n" * 20_000, *[long] * 20, "z = 1")
    ]
    notebook = submitted.read(json.dumps({"cells": cells}).encode())
    sources = [cell.source for cell in notebook.cells]
    assert sources[0] == submitted.LEFT_OUT
    assert sources.count(long) == submitted.TEXT_LIMIT // len(long)
    assert sources[-1] == "z = 1"


@settings(deadline=None)
@given(CELLS)
def test_any_cells_are_repaired_into_a_valid_notebook_with_every_test_once(cells):
    notebook = submitted.read(json.dumps({"cells": cells}).encode())
    submitted.repair(notebook, UNIT)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook)
    assert text.encode("utf-8")
    managed = {}
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader")
        if meta is not None:
            assert meta.grade_id not in managed
            managed[meta.grade_id] = cell
    assert {"double-test", "essay"} <= set(managed) <= {cell.name for cell in UNIT.cells}
    for known in UNIT.cells:
        if known.name in managed:
            cell = managed[known.name]
            assert cell.cell_type == known.cell_type
            assert dict(cell.metadata.nbgrader) == known.metadata()
            if known.locked:
                assert cell.source == known.source


def notebook(*names: str):
    """Return a notebook with these managed cells, as released, and a cell of the learner's own at the end."""
    made = submitted.blank(UNIT)
    by_name = {cell.metadata.nbgrader.grade_id: cell for cell in made.cells}
    made.cells = [by_name[name] for name in names] + [nbformat.v4.new_code_cell("mine = 1")]
    return submitted.read(nbformat.writes(made).encode())


def order(nb) -> list[str]:
    return [cell.metadata.get("nbgrader", {}).get("grade_id", "mine") for cell in nb.cells]


@pytest.mark.parametrize(
    ("there", "then"),
    [
        (["double", "double-test", "essay", "given"], ["double", "double-test", "essay", "given", "mine"]),
        (["double", "essay", "given"], ["double", "double-test", "essay", "given", "mine"]),
        (["double", "given"], ["double", "double-test", "essay", "given", "mine"]),
        (["essay", "double"], ["essay", "double", "double-test", "mine"]),
        (["given"], ["given", "mine", "double-test", "essay"]),
        ([], ["mine", "double-test", "essay"]),
    ],
)
def test_a_missing_graded_cell_is_put_where_what_it_needs_is_defined(there, then):
    nb = notebook(*there)
    submitted.repair(nb, UNIT)
    assert order(nb) == then


def test_a_notebook_as_released_needs_no_note():
    nb = notebook("double", "double-test", "essay", "given")
    assert submitted.repair(nb, UNIT) == []


def test_whole_points_are_written_as_nbgrader_writes_them():
    assert [cell.metadata().get("points") for cell in UNIT.cells] == [None, 3, 2.5, None]
    assert isinstance(UNIT.cells[1].metadata()["points"], int)


def test_notes_come_first_and_no_notes_change_nothing():
    nb = notebook("double")
    submitted.add_notes(nb, [])
    assert len(nb.cells) == 2
    submitted.add_notes(nb, ["one", "two"])
    assert nb.cells[0].source == "**While grading:**\n\n- one\n- two\n"
    nbformat.validate(nb)
