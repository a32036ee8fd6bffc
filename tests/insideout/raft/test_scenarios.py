"""Correct Rafts master every situation; COURSE_RAFT_SEEDS=100 (`make nightly`) plays each with 100 seeds."""

import os

import pytest

from insideout.raft.runner import play_all
from insideout.raft.scenarios import STAGE_SCENARIOS, STAGES, up_to
from tests.insideout.raft.correct import CORRECT
from tests.insideout.raft.reference import STAGE_CLASSES, names

SEEDS = range(int(os.environ.get("COURSE_RAFT_SEEDS", "1")))
EVERYTHING = up_to(STAGES[-1])


def failures(make, scenarios, seed):
    return [str(result.broken) for result in play_all(make, scenarios, [seed]) if result.broken]


# A test a seed, so that a hundred of them spread over the cores.
# That each stage's own class masters its stage is in test_mutants.
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("stage", ["persistence", "prevote"])
def test_a_later_stage_of_the_reference_still_masters_all_before(stage, seed):
    assert failures(names()[STAGE_CLASSES[stage]], up_to(stage), seed) == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_raft_of_another_build_masters_everything(name, seed):
    assert failures(CORRECT[name], EVERYTHING, seed) == []


def test_the_28_situations_of_mit_6_5840_are_all_there():
    assert len({scenario.mit for scenario in EVERYTHING} - {""}) == 28


@pytest.mark.parametrize("scenario", EVERYTHING, ids=lambda scenario: scenario.name)
def test_a_situation_tells_itself_and_cites_the_paper(scenario):
    assert scenario.text.endswith(".")
    assert scenario.section.startswith(("§", "Figure", "thesis §"))


def test_names_are_not_used_twice():
    names_used = [scenario.name for scenarios in STAGE_SCENARIOS.values() for scenario in scenarios]
    assert len(set(names_used)) == len(names_used)


def test_a_run_repeats_exactly():
    scenario = next(s for s in EVERYTHING if s.name == "unreliable_churn")
    one, two = (play_all(names()["Raft"], [scenario], [4])[0].group for _ in range(2))
    assert one.trace.events == two.trace.events
    assert one.ledger.history == two.ledger.history


def test_another_seed_is_another_run():
    scenario = next(s for s in EVERYTHING if s.name == "initial_election")
    one, two = (play_all(names()["Raft"], [scenario], [seed])[0].group for seed in (1, 2))
    assert one.trace.events != two.trace.events
