"""A run is told in sentences."""

from insideout.raft.group import Group
from insideout.raft.play import Play
from insideout.raft.setup import Setup
from insideout.raft.story import sides_of, tell
from tests.insideout.raft.reference import names


def story_of(nodes=3):
    group = Group(names()["Raft"], Setup(nodes=nodes), seed=1)
    play = Play(group)
    play.agree("a", on=nodes)
    play.isolate(play.others(play.leader())[0])
    play.crash(play.leader())
    play.run(0.1)
    play.heal()
    play.restart(*play.ids)
    return tell(group.trace, last=200)


def test_the_story_says_what_was_done_and_what_came_of_it():
    text = "\n".join(story_of())
    for part in (
        "is candidate in term 1", "for its vote in term 1", "votes for", "is leader in term 1",
        "a client proposes 'a' to", "stores entry 1 of term 1 ('a')", "commits up to entry 1",
        "tells the client that 'a' is done", "the group is split", "crashes", "every link works again",
        "restarts; its disk says term 1",
    ):  # fmt: skip
        assert part in text


def test_heartbeats_are_not_told():
    lines = story_of()
    assert not [line for line in lines if "gets entries 1 to 0" in line]
    assert len(lines) < 60


def test_a_long_story_keeps_its_end():
    group = Group(names()["Raft"], Setup(), seed=1)
    Play(group).agree("a", on=3)
    lines = tell(group.trace, last=3)
    assert len(lines) == 4
    assert lines[0].endswith("earlier events)")


def test_sides_are_the_groups_between_which_nothing_passes():
    both = {("a", "c"), ("c", "a"), ("b", "c"), ("c", "b")}
    assert sides_of(["a", "b", "c"], both) == [["a", "b"], ["c"]]
    assert sides_of(["a", "b", "c"], {("a", "c")}) == [["a", "b", "c"]]
    chain = {("a", "c"), ("c", "a")}
    assert sides_of(["a", "b", "c"], chain) == [["a", "b", "c"]]
