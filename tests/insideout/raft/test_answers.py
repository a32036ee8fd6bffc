"""Answers are read once where they are the same to the letter; a quiet step is judged once."""

import pytest

from insideout.raft.answers import Answers
from insideout.raft.broken import Broken, Rule
from insideout.raft.group import Group
from insideout.raft.judge import Judge
from insideout.raft.node import Node
from insideout.raft.setup import Setup
from tests.insideout.raft.test_contract import MEMBERS, answer, vote


@pytest.fixture
def answers():
    return Answers(MEMBERS)


def read(answers, given):
    return answers.read(given, call="tick", node="n0")


def test_the_same_answer_is_read_once(answers):
    first, second = answer(messages=[vote()]), answer(messages=[vote()])
    assert read(answers, first) is read(answers, second)
    assert read(answers, first).weight > read(answers, answer()).weight


@pytest.mark.parametrize("other", [True, 1.0, "1"], ids=repr)
def test_what_only_seems_the_same_is_read_for_itself(answers, other):
    read(answers, answer(messages=[vote(round=1)]))
    got = read(answers, answer(messages=[vote(round=other)])).ready["messages"][0]["round"]
    assert type(got) is type(other)


def test_a_wrong_answer_is_refused_again_and_again(answers):
    for _ in range(2):
        with pytest.raises(Broken, match="from n0 to n9"):
            read(answers, answer(messages=[vote(to="n9")]))


class Beating(Node):
    """Sends the same message at each tick, and takes a command as its term."""

    def on_tick(self):
        self.send(self.peers[0], "pre_vote_reply", granted=True)

    def on_propose(self, command):
        self.term = command

    def on_pre_vote_reply(self, message):
        """Hear it."""


class Looker:
    """Notes the steps that it is shown; it does not like term 7."""

    def __init__(self):
        self.seen = []

    def see(self, step):
        self.seen.append((step.node, step.call, step.after["term"]))
        if step.after["term"] == 7:
            step.broken(Rule.CONTRACT, "it is seven")


@pytest.fixture
def looked():
    group, looker = Group(Beating, Setup(nodes=2), seed=1), Looker()
    group._judge = Judge([looker])
    return group, looker.seen


def test_a_step_that_repeats_itself_and_changes_nothing_is_judged_once(looked):
    group, seen = looked
    group.run(0.5)
    assert {call for _, call, _ in seen} == {"tick", "step"}
    before = len(seen)
    group.run(5)
    assert len(seen) == before


def test_a_step_that_changes_something_is_judged_each_time(looked):
    group, seen = looked
    group.run(1)
    before = len(seen)
    for term in (1, 2, 1):
        group.act("propose", "n0", term, "")
    assert [term for *_, term in seen[before:]] == [1, 2, 1]
    with pytest.raises(Broken, match="it is seven"):
        group.act("propose", "n0", 7, "")


def test_after_a_change_the_same_call_is_judged_anew(looked):
    group, seen = looked
    group.run(1)
    group.act("propose", "n0", 1, "")
    group.run(1)
    assert ("n0", "tick", 1) in seen
