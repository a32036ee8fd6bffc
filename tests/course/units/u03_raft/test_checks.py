"""Lesson 03: right solutions earn everything; misconceptions lose points where they are meant to."""

import re

import pytest

import course.units.u03_raft.checks as checks
from course.checks import instructor_seed
from insideout.raft.runner import play_one
from insideout.raft.scenarios import STAGES, played_in
from tests.course.units.graded import GradedLesson
from tests.course.units.u03_raft.quick import quick
from tests.course.units.u03_raft.solutions import WRONG
from tests.insideout.raft.correct import CORRECT
from tests.insideout.raft.mutants import MUTANTS
from tests.insideout.raft.reference import STAGE_CLASSES, names, source

LESSON = GradedLesson("03_raft")
STAGE_OF = {
    cell.id: match[1]
    for cell in LESSON.tests.values()
    if (match := re.search(r'checks\.stage\(\w+, "(\w+)"', cell.source))
}
SEED = {"instructor_seed": instructor_seed}


def test_every_stage_has_its_test():
    assert list(STAGE_OF.values()) == list(STAGES)


def test_the_lessons_own_solution_earns_everything():
    assert LESSON.lost(names() | SEED) == ()


def test_a_raft_of_another_build_earns_every_stage():
    for stage in STAGES:
        assert checks.stage(CORRECT["roles"], stage, seed=3, points=3) == 3


@pytest.mark.parametrize(
    ("mutant", "cells"),
    [
        ("votes-twice", ("on-vote-cases", "on-vote-elections")),
        ("index-before-term", ("on-vote-cases", "on-vote-elections")),
        ("strictly-newer", ("on-vote-cases",)),
        ("ignores-the-lease", ("on-vote-cases",)),
        ("counts-old-terms", ("commit-index-cases", "commit-index-histories")),
        ("half-commits", ("commit-index-cases", "commit-index-histories")),
        ("waits-for-all", ("commit-index-cases",)),
        ("takes-commits-back", ("commit-index-cases",)),
    ],
)
def test_a_wrong_rule_loses_points_where_it_is_meant_to(mutant, cells):
    solution = next(m for m in MUTANTS if m.name == mutant).build(source()) | SEED
    assert LESSON.lost(solution, "on-vote") + LESSON.lost(solution, "commit-index") == cells


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.exercise}: {wrong.belief}")
def test_a_wrong_node_loses_points_in_its_stage(wrong):
    solution = names() | SEED | {"__name__": "__main__"}
    exec(wrong.code, solution)
    with quick():
        assert LESSON.lost(solution, wrong.exercise) == wrong.caught_by


def test_a_stage_reports_the_smallest_story_and_gives_the_rest(capsys):
    solution = next(m for m in MUTANTS if m.name == "one-timeout-for-all").build(source())
    assert checks.stage(solution["Election"], "election", seed=3, points=18) == 16
    report = capsys.readouterr().out
    assert "election: 16 of 18 situations mastered" in report
    assert "Rule broken: elections begin after a random silence, and only then (§5.2)" in report


def test_a_rule_that_is_broken_in_several_situations_is_told_once_and_costs_each(capsys):
    made = next(m for m in MUTANTS if m.name == "half-is-enough").build(source())["Election"]
    failed = [one.name for one in played_in("election") if play_one(made, one, 3).broken is not None]
    assert checks.stage(made, "election", seed=3, points=18) == 18 - len(failed) == 6
    report = capsys.readouterr().out
    assert report.count("Rule broken: ") == 1
    first, *others = failed
    assert f"\n\n{first} (§5.2): " in report
    assert f"  The same rule is broken in: {'; '.join(others[:7])}; and {len(others) - 7} more\n" in report


def test_what_is_not_written_yet_is_said_and_earns_nothing(capsys):
    def unwritten(*args):
        raise NotImplementedError

    class Unwritten(names()["Election"]):
        def on_tick(self):
            raise NotImplementedError

    assert checks.stage(Unwritten, "election", seed=1, points=3) == 0
    assert "election: not written yet: n" in capsys.readouterr().out
    assert checks.vote_cases(unwritten, points=2) == 0
    assert checks.vote_elections(unwritten, points=1) == 0
    assert checks.commit_histories(unwritten, points=1) == 0
    assert "not written yet" in capsys.readouterr().out
    assert checks.stage(None, "election", seed=1, points=3) == 0


def test_a_loop_without_an_end_fails_its_situation_only(capsys, monkeypatch):
    class Stuck(names()["Election"]):
        def campaign(self):
            while len(self.members) == 1:
                pass
            super().campaign()

    monkeypatch.setattr("course.units.u03_raft.checks.SITUATION_LIMIT_S", 4.0)
    assert checks.stage(Stuck, "election", seed=1, points=18) == 17
    report = capsys.readouterr().out
    assert "group_of_one (§5.2)" in report
    assert "no answer within 4 s; is there a loop without an end?" in report


def test_doing_nothing_earns_little(capsys):
    from insideout.raft.node import Node

    class Nothing(Node):
        def step(self, message):
            return self.ready()

    earned = sum(checks.stage(Nothing, stage, seed=1, points=10) for stage in STAGES)
    assert earned < 0.1 * 10 * len(STAGES)
    assert checks.vote_cases(lambda state, request: (state, None), points=10) == 0
    assert checks.commit_cases(lambda match, log_terms, term, commit: commit, points=10) == 0
    assert [STAGE_CLASSES[stage] for stage in STAGES][-1] == "PreVote"
