"""Unit 03: the report of a wrong rule or node names the belief behind it; of a right one, none."""

import pytest

from course.checks.call import Raised
from course.units.u03_raft import checks
from course.units.u03_raft.misconceptions import COMMIT_INDEX, NODES, ON_VOTE, shown
from tests.course.units.u03_raft.solutions import WRONG
from tests.insideout.raft.correct import CORRECT
from tests.insideout.raft.mutants import MUTANTS
from tests.insideout.raft.reference import STAGE_CLASSES, names, source

RULES = {
    "votes-twice": "two candidates may get a vote in one term",
    "index-before-term": "the longer log is the more up to date",
    "strictly-newer": "an equal log is not up to date enough",
    "any-log": "the candidate's log does not matter",
    "forgets-its-answer": "a vote is refused to whom it was given, when it is asked for again",
    "old-vote-in-new-term": "a newer term does not free the vote",
    "old-leader-in-new-term": "the leader of the old term leads the newer one, too",
    "keeps-its-term": "a newer term need not be taken over",
    "ignores-the-lease": "a leader that is heard can be left for a newer term",
    "lease-over-transfer": "the lease holds against a transfer, too",
    "answers-the-past": "a request of an older term is refused with an answer",
    "votes-beside-a-leader": "a vote is free although this term's leader is known",
    "half-commits": "half of the members are a majority",
    "upper-median": "the middle of the list is a majority, also of an even group",
    "waits-for-all": "every member must have an entry before it is committed",
    "counts-old-terms": "an entry of an earlier term is committed by counting",
    "takes-commits-back": "the commit index may go back",
}
"""By the name of a wrong vote or commit rule, its belief."""

NODES_OF = {
    "votes-twice": "two candidates may get a vote in one term",
    "index-before-term": "the longer log is the more up to date",
    "strictly-newer": "an equal log is not up to date enough for a vote",
    "any-log": "the candidate's log does not matter",
    "forgets-its-answer": "a vote is refused to whom it was given, when it is asked for again",
    "half-is-enough": "half of the votes are enough",
    "one-timeout-for-all": "every wait can be equally long",
    "any-message-is-a-heartbeat": "any message begins the wait for a leader anew",
    "any-request-resets": "a request that is refused begins the wait anew, too",
    "deaf-to-heartbeats": "a heartbeat does not begin the wait anew",
    "no-heartbeats": "a leader need not say that it leads",
    "counts-every-yes": "a vote that comes twice counts twice",
    "counts-every-answer": "every answer is a vote",
    "counts-old-votes": "a vote of an earlier term counts in this one",
    "clings-to-its-term": "a newer term in a reply is nobody's business",
    "leader-for-life": "a leader stays one when it hears of a newer term",
    "stubborn-candidate": "a candidate need not follow the leader of its term",
    "obeys-the-past": "the leader of an older term is a leader",
    "same-term-again": "a new campaign can use the same term",
    "no-vote-for-itself": "who campaigns has a free vote in its own term",
    "campaigns-once": "after a split vote somebody else will campaign",
    "no-consistency-check": "entries are taken whatever lies before them",
    "appends-again": "an entry that comes twice is stored twice",
    "everyone-appends": "who does not lead takes commands, too",
    "boasts-of-its-log": "a follower confirms its whole log",
    "sends-once": "what was sent is stored",
    "never-moves-on": "a peer needs the whole log each time",
    "wrong-previous": "prev_index is another entry than the one before the entries",
    "no-truncation": "an entry that conflicts stays",
    "truncates-too-eagerly": "every append cuts the log behind it",
    "replaces-one-entry": "only the entry that conflicts goes, not what is behind it",
    "any-previous-term": "the entry before is the right one if there is one at its index",
    "never-goes-back": "after a refusal the same is tried again",
    "forgets-confirmations": "a late refusal undoes what was confirmed",
    "half-commits": "half of the members are a majority",
    "upper-median": "half of an even group is a majority",
    "waits-for-all": "every member must have an entry before it is committed",
    "counts-old-terms": "an entry of an earlier term is committed by counting",
    "commits-unchecked": "what the leader has committed is committed here, whatever the message checked",
    "commits-beyond-its-log": "the commit index can be beyond the own log",
    "late-heartbeat-uncommits": "a late message may take the commit index back",
    "followers-never-learn": "followers need not know what is committed",
    "commits-at-once": "a leader may commit what it has",
    "forgets-itself": "the leader's own copy does not count",
    "counts-old-confirmations": "confirmations of an earlier term count",
    "vote-not-saved": "the vote need not be on the disk",
    "term-not-saved": "the term need not be on the disk",
    "log-not-saved": "the log need not be on the disk",
    "nothing-restored": "a restarted node begins anew",
    "vote-not-restored": "a restarted node has a free vote",
    "saves-new-terms-only": "only a new term must go to the disk",
    "saves-at-every-tick": "every call is a write",
    "older-snapshot-wins": "a snapshot from the leader is always newer",
    "snapshot-drops-the-rest": "a snapshot replaces the whole log",
    "snapshot-keeps-everything": "what is behind a snapshot stays, whatever the snapshot's term",
    "snapshot-not-applied": "the application need not know of a snapshot",
    "reads-at-once": "a leader may answer a read at once",
    "old-rounds-count": "what was confirmed before the read came counts",
    "no-op-forgotten": "a leader needs no entry of its own term",
    "pre-vote-takes-a-term": "a pre-vote takes a new term",
    "pre-vote-binds": "a pre-vote is a vote",
    "pre-vote-without-lease": "a pre-vote can be granted while a leader is heard",
    "pre-vote-for-any-log": "the log does not matter for a pre-vote",
    "no-lease": "a leader that is heard can be left for a newer term",
    "no-check-quorum": "a leader may lead without hearing a majority",
}
"""By the name of a wrong node, its belief."""

FURTHER = {
    "a majority is one of those that answered": "a majority of those that answered is enough",
    "a refused request for votes is a sign that somebody lives, so wait anew": (
        "a vote that is refused begins the wait anew"
    ),
    "a candidate that hears of a newer term takes it and goes on asking": (
        "a candidate goes on asking when it hears of a newer term"
    ),
    "a heartbeat has no entries, so there is nothing to compare": "a heartbeat has nothing to compare",
    "the newest confirmation says how far a follower is": (
        "the newest confirmation says how far a follower is"
    ),
    "an append makes the log end where the message ends": "every append cuts the log behind it",
    "each confirmation is one more copy, also when it comes twice": (
        "a confirmation that comes twice counts twice"
    ),
    "a refused append still tells what is committed": "a refused append still tells what is committed",
    "what was voted is of the past: a restarted node has a free vote": "a restarted node has a free vote",
    "saving can wait for the next tick": "an answer may go out before it is on the disk",
    "what the log holds after a restart was committed before": (
        "what the log holds after a restart was committed"
    ),
    "a snapshot comes from the leader, so it is newer than the own log": (
        "a snapshot from the leader is always newer"
    ),
}
"""The same of nodes that are more than one line of the solution."""

STAGES = {
    "election": "election",
    "replication": "replication",
    "repair": "repair",
    "commit": "commit",
    "persistence": "persistence",
    "snapshots": "snapshot",
}
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}


@pytest.mark.parametrize("name", RULES)
def test_the_report_of_a_wrong_rule_names_its_belief(name, capsys):
    made = BY_NAME[name].build(source())
    is_vote = RULES[name] in ON_VOTE and BY_NAME[name].stage == "vote"
    if is_vote:
        assert checks.vote_cases(made["on_vote"], points=2) < 2
    else:
        assert checks.commit_cases(made["commit_index"], points=2) < 2
    said = {line for line in capsys.readouterr().out.splitlines() if "known mistake" in line}
    assert said == {f"  These answers follow from a known mistake: {RULES[name]}"}


def test_the_right_rules_show_no_belief(capsys):
    right = names()
    assert checks.vote_cases(right["on_vote"], points=2) == 2
    assert checks.commit_cases(right["commit_index"], points=2) == 2
    assert "known mistake" not in capsys.readouterr().out


@pytest.mark.parametrize("name", NODES_OF)
def test_a_wrong_node_shows_its_belief_and_no_other(name):
    mutant = BY_NAME[name]
    stage = "replication" if mutant.stage == "vote" else mutant.stage
    assert shown(mutant.build(source())[STAGE_CLASSES[stage]], stage) == [NODES_OF[name]]


@pytest.mark.parametrize("belief", FURTHER)
def test_a_node_that_somebody_wrote_shows_its_belief_and_no_other(belief):
    wrong = next(one for one in WRONG if one.belief == belief)
    made = names() | {"__name__": "__main__"}
    exec(wrong.code, made)
    stage = STAGES[wrong.exercise]
    assert shown(made[STAGE_CLASSES[stage]], stage) == [FURTHER[belief]]


@pytest.mark.parametrize("stage", STAGE_CLASSES)
def test_right_nodes_of_every_build_show_none(stage):
    for made in (names()[STAGE_CLASSES[stage]], *CORRECT.values()):
        assert shown(made, stage) == []


def test_every_belief_has_its_wrong_node():
    known = {belief for beliefs in NODES.values() for belief in beliefs}
    assert known - {*NODES_OF.values(), *FURTHER.values(), *ALONE} == set()
    assert {*ON_VOTE, *COMMIT_INDEX} - {*RULES.values(), *ONE_SIDED, HAS} == set()


ALONE = {
    "a candidate needs no other vote than its own": """
class Election(Election):
    def count_votes(self):
        self.lead()
""",
    "a request of an older term can get a vote": """
class Election(Election):
    def on_request_vote(self, message):
        super().on_request_vote({**message, "term": max(message["term"], self.term + 1)})
""",
}
ONE_SIDED = {
    "only the length of the logs is compared": "last_index",
    "only the terms of the last entries are compared": "last_term",
}


HAS = "what the leader has is committed"


def test_a_rule_that_commits_what_the_leader_has_is_named(capsys):
    text = source().replace("sorted(match, reverse=True)[quorum - 1]", "max(match)")
    assert checks.commit_cases(names(text)["commit_index"], points=1) < 1
    assert f"These answers follow from a known mistake: {HAS}" in capsys.readouterr().out


@pytest.mark.parametrize("belief", ALONE)
def test_a_node_that_is_wrong_in_a_way_of_its_own_shows_it(belief):
    made = names() | {"__name__": "__main__"}
    exec(ALONE[belief], made)
    assert belief in shown(made["Election"], "election")


@pytest.mark.parametrize("belief", ONE_SIDED)
def test_a_rule_that_compares_one_thing_only_is_named(belief, capsys):
    text = source().replace(
        'theirs = (request["last_term"], request["last_index"])', f'theirs = request["{ONE_SIDED[belief]}"]'
    )
    text = text.replace(
        'mine = (state["last_term"], state["last_index"])', f'mine = state["{ONE_SIDED[belief]}"]', 1
    )
    assert checks.vote_cases(names(text)["on_vote"], points=2) < 2
    assert f"These answers follow from a known mistake: {belief}" in capsys.readouterr().out


def test_a_node_that_breaks_down_shows_no_belief_and_the_report_is_whole(capsys):
    class Crash(names()["Election"]):
        def on_request_vote(self, message):
            raise KeyError("term")

    assert shown(Crash, "election") == []
    assert checks.stage(Crash, "election", seed=3, points=3) < 3
    report = capsys.readouterr().out
    assert "KeyError" in report
    assert "known mistake" not in report


def test_the_report_of_a_stage_says_the_belief_before_the_stories(capsys):
    made = BY_NAME["one-timeout-for-all"].build(source())
    assert checks.stage(made["Election"], "election", seed=3, points=18) == 16
    report = capsys.readouterr().out.splitlines()
    assert report[0] == "election: 16 of 18 situations mastered"
    assert report[1] == "Your node acts by a known mistake: every wait can be equally long"


def test_a_node_that_takes_too_long_elsewhere_is_asked_once():
    asked = []

    def make(*arguments):
        asked.append(arguments)
        raise Raised("TooSlow", "no answer within 4 s")

    with pytest.raises(Raised):
        shown(make, "prevote")
    assert len(asked) == 1


def test_a_node_that_ran_out_of_time_is_asked_for_no_beliefs(capsys, monkeypatch):
    class Loop(names()["Election"]):
        def tick(self):
            while True:
                pass

    asked = []
    monkeypatch.setattr(checks, "SITUATION_LIMIT_S", 0.2)
    monkeypatch.setattr(checks, "STAGE_LIMIT_S", 0.2)
    monkeypatch.setattr(checks, "shown", lambda *arguments: asked.append(arguments) or [])
    assert checks.stage(Loop, "election", seed=3, points=3) == 0
    assert asked == []
    assert "is there a loop without an end?" in capsys.readouterr().out
