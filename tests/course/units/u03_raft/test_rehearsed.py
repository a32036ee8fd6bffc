"""A learner's process tells all answers of a situation in one piece; forging that gains nothing."""

import pytest

from course.checks.cases import HiddenSeed
from course.sandbox import protection as protections
from course.sandbox.learner import Learner
from course.sandbox.limits import Limits
from course.sandbox.warm import Warm
from course.units.u03_raft import checks
from tests.insideout.raft.reference import source

FORGED = {
    "nothing": "rehearsal.rehearse = lambda *a: None",
    "nonsense": "rehearsal.rehearse = lambda *a: 'x' * 1000",
    "an object": "rehearsal.rehearse = lambda *a: object()",
    "it raises": "def rehearse(*a): raise KeyError('no')\nrehearsal.rehearse = rehearse",
    "answers of a world without faults": (
        "from insideout.raft.group import Group\nGroup._cut = Group._crash = lambda self, *a: None"
    ),
    "answers of another situation": (
        "play = rehearsal.rehearse\n"
        "rehearsal.rehearse = lambda make, stage, name, seed: play(make, stage, 'group_of_one', seed)"
    ),
}
BROKEN = """
class Election(Election):
    def on_tick(self):
        if len(self.members) == 1:
            super().on_tick()
"""
"""A node that leads only where it is alone."""


@pytest.fixture(scope="module")
def parent():
    found = protections.probe()
    if found.weaker:
        pytest.skip(f"needs bubblewrap and user namespaces: {found.weaker[0]}")
    limits = Limits()
    with Warm(found, limits) as warm:
        yield lambda: Learner(warm, limits)


def election(parent, *cells: str, seed: int = 1) -> float:
    learner = parent()
    for cell in (source(), *cells):
        run = learner.run(cell)
        assert not run.died
        assert [output for output in run.outputs if output["kind"] == "error"] == []
    try:
        return checks.stage(learner.names(["Election"])["Election"], "election", seed=seed, points=18)
    finally:
        learner.close()


def test_a_right_solution_is_asked_once_a_situation(parent, monkeypatch):
    asked = []
    call = Learner._call
    monkeypatch.setattr(Learner, "_call", lambda self, *a: (asked.append(a[-1]), call(self, *a))[1])
    assert election(parent) == 18
    assert {tuple(how) for how in asked} == {("helper",)}
    assert len(asked) == 18


def test_a_hidden_seed_is_not_told(parent, monkeypatch):
    told = []
    beside = Learner.beside
    monkeypatch.setattr(
        Learner,
        "beside",
        lambda self, target, helper, args: (told.append(args), beside(self, target, helper, args))[1],
    )
    assert election(parent, seed=HiddenSeed(73019582641)) == 18
    seeds = {args[-1] for args in told}
    assert len(seeds) == 18
    assert 73019582641 not in seeds


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_who_tells_no_honest_notes_is_asked_live(parent, forged):
    forging = f"from insideout.raft import rehearsal\n{forged}"
    assert election(parent, forging) == 18
    honest = election(parent, BROKEN)
    assert 0 < honest < 4
    assert election(parent, BROKEN, forging) == honest
