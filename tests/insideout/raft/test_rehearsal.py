import base64
import zlib

import pytest

from insideout.raft.node import Node
from insideout.raft.rehearsal import Astray, Rehearsed, rehearse
from insideout.raft.runner import play_one
from insideout.raft.scenarios import STAGE_SCENARIOS, STAGES, election
from tests.insideout.raft.mutants import MUTANTS
from tests.insideout.raft.reference import STAGE_CLASSES, names, source

SEED = 5


def notes_of(lines: list[str]) -> str:
    return base64.b64encode(zlib.compress("\n".join(lines).encode())).decode()


def lines_of(notes: str) -> list[str]:
    return zlib.decompress(base64.b64decode(notes)).decode().split("\n")


@pytest.fixture(scope="module")
def scenario():
    return election.re_election


@pytest.fixture(scope="module")
def notes(scenario):
    return rehearse(names()["Election"], scenario.stage, scenario.name, SEED)


@pytest.mark.parametrize("stage", STAGES)
def test_a_situation_played_from_notes_is_the_one_played_with_the_nodes(stage):
    make = names()[STAGE_CLASSES[stage]]
    for scenario in STAGE_SCENARIOS[stage]:
        told = rehearse(make, stage, scenario.name, SEED)
        from_notes, live = (
            play_one(Rehearsed(told).make, scenario, SEED),
            play_one(make, scenario, SEED),
        )
        assert from_notes.broken is None, scenario.name
        assert from_notes.group.trace.events == live.group.trace.events, scenario.name


def test_a_wrong_raft_is_judged_from_notes_as_with_its_nodes():
    """A rehearsal judges nothing, and yet the rule that is broken is found."""
    judged = 0
    for mutant in MUTANTS[::4]:
        if mutant.stage not in STAGE_CLASSES:
            continue
        cls = mutant.build(source())[STAGE_CLASSES[mutant.stage]]
        for scenario in STAGE_SCENARIOS[mutant.stage]:
            live = play_one(cls, scenario, SEED)
            if live.broken is None:
                continue
            try:
                replayed = play_one(
                    Rehearsed(rehearse(cls, mutant.stage, scenario.name, SEED)).make, scenario, SEED
                )
            except Astray:
                continue  # it raised or answered nonsense: the nodes themselves are asked
            assert str(replayed.broken) == str(live.broken)
            judged += 1
            break
    assert judged >= 8


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[1:],
        lambda lines: lines[:1],
        lambda lines: [*lines[:9], lines[10], lines[9], *lines[11:]],
        lambda lines: [line.replace('"term": 1', '"term": 7') for line in lines],
        lambda lines: [*lines[:5], lines[5] + '"\\ud800"', *lines[6:]],
        lambda lines: [*lines[:5], lines[5].split()[0] + " =999", *lines[6:]],
        lambda lines: [*lines[:5], lines[5].split()[0] + " =0", *lines[6:]],
        lambda lines: [*lines[:5], lines[5].split()[0] + " =x", *lines[6:]],
        lambda lines: [*lines[:5], lines[5].split()[0] + ' ~99 {"status": {"log": []}}', *lines[6:]],
        lambda lines: [*lines[:5], lines[5].split()[0] + ' ~1 {"status": 5, "save": []}', *lines[6:]],
        lambda lines: ["x" * (33 * 2**20)],
        lambda lines: [],
    ],
    ids=[
        "from the second on",
        "the first only",
        "swapped",
        "another story",
        "half a character",
        "the same as none",
        "the same as a node's birth",
        "the same as no number",
        "more of a log than there is",
        "a log in no log's place",
        "huge",
        "none",
    ],
)
def test_notes_that_do_not_fit_the_questions_are_worth_nothing(notes, scenario, change):
    with pytest.raises(Astray):
        play_one(Rehearsed(notes_of(change(lines_of(notes)))).make, scenario, SEED)


@pytest.mark.parametrize("notes", [None, "", "%", "QQ==", 7, ["x"]])
def test_what_is_no_notes_is_worth_nothing(notes, scenario):
    with pytest.raises(Astray):
        play_one(Rehearsed(notes).make, scenario, SEED)


def test_notes_of_another_seed_are_worth_nothing(scenario):
    other = rehearse(names()["Election"], scenario.stage, scenario.name, SEED + 1)
    with pytest.raises(Astray):
        play_one(Rehearsed(other).make, scenario, SEED)


@pytest.mark.parametrize("answer", [lambda: {1}, lambda: 1 // 0])
def test_notes_end_where_a_node_raises_or_answers_no_plain_data(scenario, answer):
    class Odd(Node):
        def tick(self):
            return answer()

    told = rehearse(Odd, scenario.stage, scenario.name, SEED)
    assert len(lines_of(told)) == 3  # the three nodes came to life
    with pytest.raises(Astray):
        play_one(Rehearsed(told).make, scenario, SEED)
