"""The map: what is built, begun, checked and finished, and where to go on."""

import json
import re
from pathlib import Path

import pytest

from course.learn import standing
from course.learn.keeping import SECTIONS, Kept
from course.learn.moving import NotProgress, bring_in, export
from course.learn.syllabus import UNITS

ROOT = Path(__file__).parents[3]


def notebook(**more) -> dict:
    graded = {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"points": 4}}, **more}
    return {"cells": [{"cell_type": "markdown", "source": ["# A unit\n"], "metadata": {}}, graded]}


@pytest.fixture
def project(tmp_path):
    for unit in ("01_components", "06_qos", "08_rollouts"):
        for folder in ("release", "work"):
            file = tmp_path / folder / unit / f"{unit}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps(notebook()))
    return tmp_path


def content(**sections) -> dict:
    return {section: sections.get(section, {}) for section in SECTIONS}


def states(project, **sections) -> dict:
    found = standing.standing(project, content(**sections))
    return {one.unit.name: one.state for one in found.units if one.state != "unbuilt"} | {"next": found.next}


def test_the_syllabus_has_seventeen_units_in_order():
    assert [unit.number for unit in UNITS] == [f"{number:02}" for number in range(1, 18)]


def test_a_new_learner_begins_with_the_first_unit_that_is_built(project):
    found = standing.standing(project, content())
    assert found.next == "01_components"
    assert found.most == 12
    first, second = found.units[:2]
    assert (first.unit.minutes, first.points_text, first.says) == (60, "0 / 4", "not begun")
    assert (second.points_text, second.says) == ("", "not built yet")


def test_somebody_goes_on_with_what_they_began(project):
    file = project / "work" / "06_qos" / "06_qos.ipynb"
    file.write_text(json.dumps(notebook(execution_count=3)))
    assert states(project)["next"] == "06_qos"
    assert states(project, predictions={"08_rollouts/x": {}})["next"] == "08_rollouts"


def test_a_finished_unit_is_left_behind(project):
    done = {"06_qos": {"points": 4}, "08_rollouts": {"points": 2.5}}
    assert states(project, checks=done) == {
        "01_components": "new",
        "06_qos": "done",
        "08_rollouts": "checked",
        "next": "08_rollouts",
    }
    everything = {unit: {"points": 4} for unit in ("01_components", "06_qos", "08_rollouts")}
    assert states(project, checks=everything)["next"] == ""


def test_broken_files_are_no_units(project):
    (project / "release" / "06_qos" / "06_qos.ipynb").write_text("{")
    (project / "work" / "08_rollouts" / "08_rollouts.ipynb").write_text('{"cells": [3]}')
    assert "06_qos" not in states(project)
    assert states(project)["08_rollouts"] == "new"


def test_a_cell_shows_the_map(project, progress, monkeypatch):
    texts = []
    monkeypatch.setattr(standing, "PROJECT", project)
    monkeypatch.setattr(standing, "show", lambda text, body="": texts.append((text, body)))
    Kept(progress).put("checks", "06_qos", {"points": 3.5})
    import course

    course.progress()
    ((text, body),) = texts
    assert "→ 06  QoS classes" in text
    assert "3.5 / 4  checked" in text
    assert text.endswith("3.5 of 12 points")
    assert body.count("<tr>") == 18


# ---------------------------------------------------------------- export and import


def test_progress_moves_to_another_place_and_the_better_of_two_stays(tmp_path):
    here, there = Kept(tmp_path / "here.json"), Kept(tmp_path / "there.json")
    here.put("checks", "06_qos", {"points": 3, "at": "2026-01-01"})
    here.put("predictions", "06_qos/a", {"answer": "x", "at": "2026-01-01", "revealed": "2026-01-01"})
    here.put("reviews", "01_components/q", {"box": 1, "at": "2026-01-01"})
    there.put("checks", "06_qos", {"points": 4, "at": "2025-01-01"})
    there.put("predictions", "06_qos/a", {"answer": "y", "at": "2026-02-02"})
    assert bring_in(there, export(here)) == 2
    assert there.get("checks", "06_qos")["points"] == 4
    assert there.get("predictions", "06_qos/a")["answer"] == "x"
    assert bring_in(there, export(here)) == 0
    assert bring_in(here, export(there)) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is not JSON"),
        ("[]", "not a file of progress"),
        ('{"version": 9}', "not a file of progress of version 1"),
        ('{"version": 1, "checks": 3}', "its checks are not"),
        ('{"version": 1, "checks": {"a": 3}}', "its checks are not"),
        (" " * 5_000_001, "larger than any progress"),
    ],
)
def test_what_is_no_progress_is_refused_and_changes_nothing(tmp_path, text, why):
    kept = Kept(tmp_path / "p.json")
    kept.put("checks", "a", {"points": 1})
    with pytest.raises(NotProgress, match=why):
        bring_in(kept, text)
    assert kept.get("checks", "a") == {"points": 1}


def _table_minutes(name: str) -> int:
    """Return the minutes of the core in the table of a unit's first cell."""
    cell = json.loads((ROOT / "release" / name / f"{name}.ipynb").read_text("utf-8"))["cells"][0]
    rows = [line.split("|") for line in "".join(cell["source"]).splitlines() if line.startswith("|")]
    found = (re.search(r"\| *(\d+) *\|", "|".join(row)) for row in rows if "Further" not in row[1])
    return sum(int(one[1]) for one in found if one)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_map_says_the_minutes_that_the_unit_says(unit):
    """To the nearest five."""
    assert abs(_table_minutes(unit.name) - unit.minutes) <= 2
