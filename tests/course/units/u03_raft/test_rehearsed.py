"""A learner's process tells all answers of a situation in one piece; forging that gains nothing."""

from collections import Counter

import pytest

from course.checks.cases import HiddenSeed
from course.sandbox import protection as protections
from course.sandbox.learner import Learner
from course.sandbox.limits import Limits
from course.sandbox.warm import Warm
from course.units.u03_raft import checks
from insideout.raft.runner import Result
from insideout.raft.scenarios import played_in
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
BY_LUCK = """
class Election(Election):
    def on_tick(self):
        super().on_tick()
        if self.random.random() < 0.01:
            self.lead()
"""
"""A node that now and then takes the lead that nobody gave it."""
LUCKIEST = """
from insideout.raft.runner import play_one
from insideout.raft.scenarios import STAGE_SCENARIOS
play = rehearsal.rehearse
def luckiest(make, stage, name, seed):
    (scenario,) = (one for one in STAGE_SCENARIOS[stage] if one.name == name)
    for luck in range(60):
        lucky = lambda id, members, saved, own: make(id, members, saved, own + luck)
        if play_one(lucky, scenario, seed).broken is None:
            break
    return play(lucky, stage, name, seed)
rehearsal.rehearse = luckiest
"""
"""It plays a situation with one luck after the other, and tells the one that ends well."""
BROKEN = """
class Election(Election):
    def on_tick(self):
        if len(self.members) == 1:
            super().on_tick()
"""
"""A node that leads only where it is alone."""
HALF = """
class Election(Election):
    def count_votes(self):
        if len(self.votes) >= len(self.members) // 2:
            self.lead()
"""
"""A node that is content with half of the votes."""


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


def test_a_right_solution_is_asked_once_a_situation_but_for_one(parent, monkeypatch):
    asked = []
    call = Learner._call
    monkeypatch.setattr(Learner, "_call", lambda self, *a: (asked.append(a[-1]), call(self, *a))[1])
    assert election(parent) == 18
    (first, *_), times = zip(*Counter(tuple(how) for how in asked).items(), strict=True)
    assert first == ("method",)
    assert times[1:] == (17,)


def test_a_wrong_node_of_another_process_is_asked_alone_and_its_belief_is_said(parent, capsys):
    assert election(parent, HALF) < 18
    assert "Your node acts by a known mistake: half of the votes are enough" in capsys.readouterr().out


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
    assert len(seeds) == 17
    assert 73019582641 not in seeds


def test_any_situation_may_be_the_one_that_is_not_rehearsed(monkeypatch):
    first = set()

    class Table(checks._Table):
        def play(self, scenario):
            if not self._played:
                first.add(scenario.name)
            self._played += 1
            return Result(scenario, 0, None, None)

    monkeypatch.setattr(checks, "_Table", Table)
    for seed in range(300):
        assert checks.stage(Table, "election", seed=HiddenSeed(seed), points=3) == 3
    assert first == {scenario.name for scenario in played_in("election")}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_who_tells_no_honest_notes_is_asked_live(parent, forged):
    forging = f"from insideout.raft import rehearsal\n{forged}"
    assert election(parent, forging) == 18
    honest = election(parent, BROKEN)
    assert 0 < honest < 4
    assert election(parent, BROKEN, forging) == honest


def test_who_tells_the_luckiest_of_many_plays_is_asked_live(parent, monkeypatch):
    forging = f"from insideout.raft import rehearsal\n{LUCKIEST}"
    seed = 4  # with which the situation that is not rehearsed goes wrong
    honest = election(parent, BY_LUCK, seed=seed)
    assert honest < 10
    assert election(parent, BY_LUCK, forging, seed=seed) == honest
    # And this is what it would gain if nobody ever asked.
    monkeypatch.setattr(
        checks._Table, "_trusts", property(lambda self: True, lambda self, value: None), raising=False
    )
    assert election(parent, BY_LUCK, forging, seed=seed) > honest + 3
