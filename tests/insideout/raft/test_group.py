"""A group: crashes, disks, clocks and links do to a node what they do to a process."""

import pytest

from insideout.raft.broken import Broken, Rule
from insideout.raft.group import Group
from insideout.raft.messages import blank
from insideout.raft.node import Node
from insideout.raft.setup import Setup


class Recorder(Node):
    """Writes down what it is told; on a tick it may send and save."""

    def __init__(self, id, members, saved, seed):
        self.told = []
        self.to_save = None
        super().__init__(id, members, saved, seed)

    def restore(self, saved):
        self.term = saved["term"]
        self.told.append(("restored", saved["term"]))

    def on_tick(self):
        self.told.append("tick")

    def on_propose(self, command):
        self.term += 1
        self.to_save = {**blank(), "term": self.term}
        if self.peers:
            self.send(self.peers[0], "request_vote", last_index=0, last_term=0)

    def on_request_vote(self, message):
        self.told.append(message["from"])

    def save(self):
        saved, self.to_save = self.to_save, None
        return saved


def group_of(nodes=2, **setup):
    return Group(Recorder, Setup(nodes=nodes, **setup), seed=1)


def told(group, id):
    return group.members[id].node.told


def test_a_node_hears_ten_ticks_a_second():
    group = group_of()
    group.run(5)
    assert 49 <= told(group, "n0").count("tick") <= 50


def test_a_slow_clock_ticks_less_often():
    group = group_of(skew={"n0": 0.25})
    group.run(5)
    assert 39 <= told(group, "n0").count("tick") <= 40


def test_a_message_leaves_only_when_the_write_is_done():
    group = group_of(disk_s=0.5)
    group.act("propose", "n0", "x", "")
    group.run(0.4)
    assert group.sent == 0
    group.run(0.2)
    assert group.sent == 1
    assert "n0" in told(group, "n1")


def test_a_node_that_writes_hears_no_ticks_and_gets_its_messages_afterwards():
    group = group_of(slow_disks={"n1": 1.0})
    group.act("propose", "n1", "x", "")
    group.act("propose", "n0", "y", "")
    group.run(0.9)
    assert told(group, "n1") == [("restored", 0)]
    group.run(0.2)
    assert told(group, "n1")[1] == "n0"


def test_a_crash_loses_everything_but_what_was_written():
    group = group_of()
    group.act("propose", "n0", "x", "")
    group.run(0.1)
    group.act("crash", "n0")
    group.act("restart", "n0")
    assert told(group, "n0") == [("restored", 1)]


def test_a_crash_during_a_write_loses_the_write_and_its_messages():
    group = group_of(disk_s=0.5)
    group.act("propose", "n0", "x", "")
    group.run(0.3)
    group.act("crash", "n0")
    group.act("restart", "n0")
    group.run(2)
    assert told(group, "n0")[0] == ("restored", 0)
    assert group.sent == 0


def test_a_crashed_node_hears_nothing_and_its_old_clock_stays_silent():
    group = group_of()
    group.act("crash", "n0")
    group.run(1)
    group.act("restart", "n0")
    group.run(1)
    assert 9 <= told(group, "n0").count("tick") <= 10


def test_a_cut_link_drops_what_is_under_way_in_its_direction():
    group = group_of()
    group.act("propose", "n0", "x", "")
    group.run(0.002)
    assert group.sent == 1
    group.act("cut", [("n0", "n1")])
    group.run(0.2)
    assert "n0" not in told(group, "n1")
    group.act("propose", "n1", "x", "")
    group.run(0.2)
    assert "n1" in told(group, "n0")


def test_a_held_message_arrives_at_the_release_even_over_a_cut_link():
    group = group_of()
    group.act("hold", [("n0", "n1")])
    group.act("propose", "n0", "x", "")
    group.run(0.2)
    group.act("cut", [("n0", "n1")])
    assert "n0" not in told(group, "n1")
    group.act("release")
    assert told(group, "n1")[-1] == "n0"


def test_alone_only_n0_is_a_real_node():
    group = group_of(3, alone=True)
    assert [member.id for member in group.running()] == ["n0"]


def test_what_a_node_raises_is_a_finding_that_names_the_call():
    group = group_of()
    with pytest.raises(Broken, match=r"n0\.step") as caught:
        group.act("inject", {"type": "unheard_of", "from": "n1", "to": "n0", "term": 1})
    assert caught.value.rule is Rule.NO_EXCEPTION


def test_a_flood_of_messages_is_stopped():
    class Flood(Recorder):
        def on_tick(self):
            for _ in range(100):
                self.send(self.peers[0], "request_vote", last_index=0, last_term=0)

    group = Group(Flood, Setup(nodes=2, max_messages=500), seed=1)
    with pytest.raises(Broken) as caught:
        group.run(60)
    assert caught.value.rule is Rule.BUDGET
    assert group.now_s < 1


def test_huge_messages_are_stopped():
    class Bloated(Recorder):
        def on_tick(self):
            self.send(self.peers[0], "request_vote", last_index=0, last_term=0, padding="x" * 100_000)

    group = Group(Bloated, Setup(nodes=2, max_bytes=1_000_000), seed=1)
    with pytest.raises(Broken, match=r"messages and logs of 1,\d+,\d+ bytes") as caught:
        group.run(60)
    assert caught.value.rule is Rule.BUDGET


def test_huge_logs_are_stopped():
    class Hoarder(Recorder):
        def on_tick(self):
            command = "x" * 100_000
            self.log = [{"index": 0, "term": 0, "command": None}, {"index": 1, "term": 0, "command": command}]
            self.log[1]["term"] = self.ticks = getattr(self, "ticks", 0) + 1

    group = Group(Hoarder, Setup(nodes=1, max_bytes=1_000_000), seed=1)
    with pytest.raises(Broken) as caught:
        group.run(60)
    assert caught.value.rule is Rule.BUDGET


def test_a_node_cannot_reach_into_another_through_a_message():
    class Meddler(Recorder):
        def on_request_vote(self, message):
            message["from"] = "changed"

    group = Group(Meddler, Setup(nodes=2), seed=1)
    group.act("propose", "n0", "x", "")
    group.run(0.2)
    sent = [event.data["message"] for event in group.trace.events if event.kind == "deliver"]
    assert [message["from"] for message in sent] == ["n0"]
