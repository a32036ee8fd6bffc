"""Every mistake that a machine can make in a solution loses points, in every unit."""

import subprocess

import pytest

from course.build.lesson import paths
from course.project import PROJECT
from tests.course.units import mutation
from tests.course.units.graded import GradedLesson
from tests.course.units.mutants import mutants

UNITS = list(paths(PROJECT))
MOST_UNITS = 3
"""A commit on main that touches more units is left to the night: each takes minutes."""
BESIDE = {"insideout/raft/": "u03_raft"}
"""Rooms whose cases live elsewhere."""


def changed_units() -> list[str]:
    """Return the units whose room, checks or tests differ from where this branch left main.

    On main itself, those of the last commit.
    """

    def git(*words: str) -> list[str]:
        done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=False)
        return done.stdout.split()

    base = git("merge-base", "HEAD", "main") or git("merge-base", "HEAD", "origin/main")
    is_main = base == git("rev-parse", "HEAD")
    if is_main:
        base = git("rev-parse", "--verify", "--quiet", "HEAD~1")
    files = git("diff", "--name-only", *base) + git("ls-files", "--others", "--exclude-standard")
    rooms = {
        part for file in files for part in file.split("/") if file.startswith(("course/", "tests/course/"))
    }
    rooms |= {room for folder, room in BESIDE.items() if any(file.startswith(folder) for file in files)}
    units = [unit for unit in UNITS if f"u{unit}" in rooms]
    return [] if is_main and len(units) > MOST_UNITS else units


def whole(unit: str) -> list[str]:
    """Return what is to be said about a unit's score; nothing when it is whole."""
    return [
        f"{score.exercise}: {what}: {name}"
        for score in mutation.scores(unit)
        for what, names in (("survives", score.survivors), ("is not equivalent", score.stale))
        for name in names
    ]


@pytest.mark.parametrize("unit", changed_units())
def test_every_mutant_in_a_changed_unit_loses_points_or_is_known_to_be_equivalent(unit):
    assert whole(unit) == []


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_every_mutant_loses_points_or_is_known_to_be_equivalent(unit):
    assert whole(unit) == []


@pytest.mark.parametrize("unit", UNITS)
def test_a_mutant_that_is_called_equivalent_has_a_reason(unit):
    assert [name for name, reason in mutation.equivalents(unit).items() if len(reason) < 15] == []


SOURCE = '''
def pick(pods, limit=3):
    """Return the pods to stop."""
    late = [pod for pod in pods if pod.get("age", 0) > limit and "kept" not in pod]
    late.sort(key=lambda pod: (pod["cost"], pod["age"]))
    if not late:
        raise LookupError("there is none")
    return late[:2]
'''


@pytest.mark.parametrize(
    "mistake",
    [
        pytest.param("pod.get('age', 0) >= limit", id="a boundary"),
        pytest.param("pod.get('age', 0) < limit", id="a comparison turned round"),
        pytest.param("pod.get('age', 1)", id="a constant"),
        pytest.param("pod.get('age_', 0)", id="a field's name"),
        pytest.param("or 'kept' not in pod", id="or for and"),
        pytest.param("if 'kept' not in pod]", id="a condition left out"),
        pytest.param("not pod.get('kept')", id="truth for presence"),
        pytest.param("(pod['age'], pod['cost'])", id="another order of keys"),
        pytest.param("(-pod['cost'], pod['age'])", id="a key's direction"),
        pytest.param("(pod['cost'],)", id="a key left out"),
        pytest.param("reverse=True", id="the order turned round"),
        pytest.param("if True:", id="a branch always taken"),
        pytest.param("if False:", id="a branch left out"),
        pytest.param("ArithmeticError", id="another exception"),
        pytest.param("return late[:]", id="a slice without its end"),
        pytest.param("limit=4", id="a default"),
        pytest.param("spoilt", id="an argument changed"),
    ],
)
def test_the_machine_makes_the_mistakes_that_people_make(mistake):
    assert any(mistake in mutant.source for mutant in mutants(SOURCE))


def test_exact_numbers_become_floats_and_rounding_goes_the_other_ways():
    made = [mutant.source for mutant in mutants("def share(a, b):\n    return a * 100 // b\n")]
    for mistake in ("int(a * 100 / b)", "round(a * 100 / b)", "-(-(a * 100) // b)"):
        assert any(mistake in source for source in made)


def test_the_words_of_an_error_and_of_a_docstring_are_nobodys_mistake():
    names = [mutant.name for mutant in mutants(SOURCE)]
    assert not any("there is none_" in name or "Return the pods" in name for name in names)


def test_no_two_mutants_share_their_name_or_their_text():
    made = mutants(SOURCE)
    assert len({mutant.name for mutant in made}) == len({mutant.source for mutant in made}) == len(made) > 30


UNIT = '''# %% id="imports" role="code"
from course.checks.report import Case, grade

# %% id="first" role="exercise"
def first(items):
    """Return the first of items, None when there are none."""
    ### BEGIN SOLUTION
    index = 0
    while index < len(items):
        return items[index]
    return None
    ### END SOLUTION


# %% id="first-examples" role="test" points=1
CASES = [Case("the first", (["a", "b"],), "a", keeps=True), Case("none of none", ([],), None)]
grade("first", first, CASES, points=1)
'''


@pytest.fixture
def score_of(tmp_path, monkeypatch):
    def score(lesson: str, **equivalent: str) -> mutation.Score:
        path = tmp_path / "u42_first" / "lesson.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(lesson, "utf-8")
        monkeypatch.setattr("tests.course.units.graded.paths", lambda project: {"42_first": path})
        monkeypatch.setattr(mutation, "equivalents", lambda unit: equivalent)
        (found,) = mutation.scores("42_first")
        return found

    return score


def test_a_mutant_that_no_case_tells_apart_survives_and_can_be_listed(score_of):
    score = score_of(UNIT)
    survivor = "first: while index < len(items): -> while index != len(items):"
    assert survivor not in score.survivors
    blind = UNIT.replace(', Case("none of none", ([],), None)', "")
    score = score_of(blind)
    assert not score.is_whole
    gone = "first: return None -> pass"
    assert score.killed + len(score.survivors) == score.mutants
    listed = score_of(blind, **dict.fromkeys(score.survivors, "nobody asks for the first of none"))
    assert listed.is_whole
    assert listed.equivalent == len(score.survivors)
    assert gone not in listed.survivors


def test_a_listed_mutant_that_loses_points_or_is_gone_is_named(score_of):
    stale = "first: index = 0 -> index = 1"
    assert score_of(UNIT, **{stale: "not at all", "first: gone -> away": "no more"}).stale == (
        stale,
        "first: gone -> away",
    )


def test_a_mutant_without_an_end_is_stopped_and_loses(score_of, monkeypatch):
    monkeypatch.setattr(mutation, "CALL_S", 0.05)
    endless = UNIT.replace(
        "    while index < len(items):\n        return items[index]\n", "    n = 3\n"
    ).replace(
        "    return None\n", "    while n > 0:\n        n -= 1\n    return items[0] if items else None\n"
    )
    score = score_of(endless)
    assert score.mutants - score.killed == len(score.survivors)
    assert not any("n += 1" in name for name in score.survivors)


def test_the_mutants_of_this_project_are_many():
    lesson = GradedLesson("06_qos")
    assert len(mutants(lesson.cells["qos"].source)) > 120
