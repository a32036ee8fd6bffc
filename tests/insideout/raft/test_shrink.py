"""A failed run becomes the smallest that breaks the same rule, and a story."""

from insideout.raft.report import explain
from insideout.raft.runner import play_one
from insideout.raft.scenarios import up_to
from insideout.raft.scenarios.scenario import scenario
from insideout.raft.shrink import shrink
from tests.insideout.raft.mutants import MUTANTS
from tests.insideout.raft.reference import names, source


def broken_class(name):
    return next(mutant for mutant in MUTANTS if mutant.name == name).build(source())


@scenario("commit", "§5.3", nodes=5)
def much_ado(play):
    """Keep a group of five busy before its first command."""
    leader = play.leader()
    follower, other, *_ = play.others(leader)
    play.isolate(follower)
    play.run(0.3)
    play.heal()
    play.propose(follower, "not for you")
    play.isolate(*play.others(leader, other))
    play.propose(leader, "a")
    play.run(1)


def test_what_does_not_matter_is_left_out():
    wrong = broken_class("half-commits")["Commit"]
    result = play_one(wrong, much_ado, 0)
    group, broken = shrink(wrong, much_ado.setup, 0, result.group, result.broken)
    assert broken.rule is result.broken.rule
    assert len(group.actions) < len(result.group.actions)
    kept = [name for _, name, _ in group.actions]
    assert kept.count("propose") == 1


def test_a_failure_that_is_a_silence_is_told_as_it_is():
    wrong = broken_class("waits-for-all")["Commit"]
    situation = next(s for s in up_to("commit") if s.name == "follower_failure")
    result = play_one(wrong, situation, 0)
    assert shrink(wrong, situation.setup, 0, result.group, result.broken) == (result.group, result.broken)


def test_a_report_names_the_situation_the_rule_the_section_and_the_story():
    wrong = broken_class("vote-not-saved")["Raft"]
    situation = next(s for s in up_to("persistence") if s.name == "restarted_voter")
    text = explain(wrong, play_one(wrong, situation, 0))
    assert "restarted_voter (§5.2)" in text
    assert "Rule broken: one vote in a term (§5.2)" in text
    assert text.endswith("n0 votes for n2 in term 3 although it voted for n1")
    assert "n0 crashes" in text


def test_a_run_that_passed_is_said_to_have_passed():
    situation = up_to("election")[0]
    make = names()["Election"]
    assert explain(make, play_one(make, situation, 0)) == "initial_election: passed"
