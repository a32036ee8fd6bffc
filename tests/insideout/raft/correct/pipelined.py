"""Raft as etcd builds it: a leader sends entries ahead without waiting, and tracks each follower's progress.

A follower is probed, one message at a time, until it confirms; then it is streamed to, until it refuses.
"""

from insideout.raft.messages import ELECTION_TICKS
from insideout.raft.node import Node


class Progress:
    """What a leader knows of one follower."""

    def __init__(self, next):
        self.match, self.next = 0, next
        self.streaming, self.paused, self.active = False, False, False
        self.stamp = 0


class PipelinedRaft(Node):
    """All of Raft on one class; quorum by sorting, reads by stamps on heartbeats."""

    def restore(self, saved):
        self.term, self.vote, self.log = saved["term"], saved["vote"], list(saved["log"])
        self.snapshot = saved["snapshot"]
        self.commit = self.applied = self.log[0]["index"]
        self.on_disk = self.persistent()
        self.wait()

    def persistent(self):
        return {"term": self.term, "vote": self.vote, "log": self.log[:], "snapshot": self.snapshot}

    def save(self):
        before, self.on_disk = self.on_disk, self.persistent()
        return None if before == self.on_disk else self.on_disk

    def wait(self):
        self.elapsed, self.timeout = 0, self.random.randint(ELECTION_TICKS, 2 * ELECTION_TICKS - 1)

    def majority(self, count):
        return 2 * count > len(self.members)

    def id_of_last(self):
        return {"last_term": self.last["term"], "last_index": self.last["index"]}

    def is_behind(self, message):
        return (message["last_term"], message["last_index"]) < (self.last["term"], self.last["index"])

    def in_lease(self):
        return self.leader is not None and self.elapsed < ELECTION_TICKS

    # Time.

    def on_tick(self):
        self.elapsed += 1
        if self.role != "leader":
            if self.elapsed >= self.timeout:
                self.poll("pre-candidate")
            return
        if self.elapsed >= ELECTION_TICKS:
            active = sum(progress.active for progress in self.progress.values())
            self.elapsed = 0
            if not self.majority(1 + active):
                self.step_down(self.term)
                return
            for progress in self.progress.values():
                progress.active = False
        for peer in self.peers:
            self.progress[peer].paused = False
            # A heartbeat goes out from what is confirmed, so that it finds what got lost on the way.
            if self.progress[peer].streaming:
                self.progress[peer].next = self.progress[peer].match + 1
            self.replicate(peer, heartbeat=True)

    # Elections.

    def step_down(self, term, leader=None):
        if term > self.term:
            self.term, self.vote = term, None
        self.role, self.leader = "follower", leader

    def poll(self, role):
        self.role, self.leader, self.ballot = role, None, {self.id: True}
        self.wait()
        if role == "candidate":
            self.term, self.vote = self.term + 1, self.id
        for peer in self.peers:
            if role == "candidate":
                self.send(peer, "request_vote", **self.id_of_last())
            else:
                self.send(peer, "pre_vote", term=self.term + 1, **self.id_of_last())
        self.tally()

    def tally(self):
        if not self.majority(sum(self.ballot.values())):
            return
        if self.role == "pre-candidate":
            self.poll("candidate")
        else:
            self.take_office()

    def take_office(self):
        self.role, self.leader, self.elapsed = "leader", self.id, 0
        self.progress = {peer: Progress(self.last["index"] + 1) for peer in self.peers}
        self.stamp, self.queue = 0, []
        self.on_propose(None)

    def on_request_vote(self, message):
        term = message["term"]
        if term < self.term or (term > self.term and self.in_lease()):
            return
        if term > self.term:
            self.step_down(term)
        may = self.vote == message["from"] or (self.vote is None and self.leader is None)
        granted = may and not self.is_behind(message)
        if granted:
            self.vote, self.elapsed = message["from"], 0
        self.send(message["from"], "request_vote_reply", granted=granted)

    def on_request_vote_reply(self, message):
        if message["term"] > self.term:
            self.step_down(message["term"])
        elif message["term"] == self.term and self.role == "candidate":
            self.ballot[message["from"]] = message["granted"]
            self.tally()

    def on_pre_vote(self, message):
        granted = message["term"] > self.term and not self.in_lease() and not self.is_behind(message)
        self.send(
            message["from"], "pre_vote_reply", granted=granted, term=message["term"] if granted else self.term
        )

    def on_pre_vote_reply(self, message):
        if not message["granted"]:
            if message["term"] > self.term:
                self.step_down(message["term"])
        elif self.role == "pre-candidate" and message["term"] == self.term + 1:
            self.ballot[message["from"]] = True
            self.tally()

    # Replication, the leader's side.

    def on_propose(self, command):
        if self.role == "leader":
            self.log.append({"index": self.last["index"] + 1, "term": self.term, "command": command})
            for peer in self.peers:
                self.replicate(peer)
            self.settle()

    def replicate(self, peer, heartbeat=False):
        progress = self.progress[peer]
        if progress.paused:
            return
        previous = self.entry(progress.next - 1)
        if previous is None:
            first = self.log[0]
            self.send(
                peer,
                "install_snapshot",
                last_index=first["index"],
                last_term=first["term"],
                snapshot=self.snapshot,
                stamp=self.stamp,
            )
            progress.paused = True
            return
        entries = self.entries_after(previous["index"])
        if not entries and not heartbeat:
            return
        self.send(
            peer,
            "append_entries",
            prev_index=previous["index"],
            prev_term=previous["term"],
            entries=entries,
            commit=self.commit,
            stamp=self.stamp,
        )
        if progress.streaming:
            progress.next = self.last["index"] + 1
        else:
            progress.paused = True

    def on_append_entries_reply(self, message):
        if message["term"] > self.term:
            self.step_down(message["term"])
        if self.role != "leader" or message["term"] != self.term:
            return
        progress = self.progress[message["from"]]
        progress.active = True
        progress.stamp = max(progress.stamp, message.get("stamp", 0))
        if not message["success"]:
            progress.streaming, progress.paused = False, False
            progress.next = max(progress.match, self.common(message)) + 1
            self.replicate(message["from"])
        else:
            progress.match = max(progress.match, message["index"])
            progress.next = max(progress.next, progress.match + 1)
            if not progress.streaming:
                progress.streaming, progress.paused = True, False
                progress.next = progress.match + 1
                self.replicate(message["from"])
        self.settle()

    def common(self, message):
        """Return the last index at which this log can agree with one that has `hint_term` at the hint."""
        index = message["index"]
        hint = message.get("hint_term")
        while hint is not None and index > self.log[0]["index"]:
            mine = self.entry(index)
            if mine is not None and mine["term"] <= hint:
                break
            index -= 1
        return index

    def settle(self):
        stored = sorted([self.last["index"], *(p.match for p in self.progress.values())])
        index = stored[(len(stored) - 1) // 2]
        if index > self.commit and self.entry(index)["term"] == self.term:
            self.commit = index
        if self.entry(self.commit)["term"] != self.term:
            return
        for read in list(self.queue):
            if self.majority(1 + sum(p.stamp >= read["stamp"] for p in self.progress.values())):
                self.queue.remove(read)
                self.reads.append({"id": read["id"], "index": self.commit})

    def on_read(self, id):
        if self.role == "leader":
            self.stamp += 1
            self.queue.append({"id": id, "stamp": self.stamp})
            for peer in self.peers:
                self.progress[peer].paused = False
                self.replicate(peer, heartbeat=True)
            self.settle()

    # Replication, the follower's side.

    def accept(self, message):
        if message["term"] < self.term:
            return False
        self.step_down(message["term"], message["from"])
        self.wait()
        return True

    def confirm(self, message, success, index, **more):
        stamp = message.get("stamp", 0)
        self.send(message["from"], "append_entries_reply", success=success, index=index, stamp=stamp, **more)

    def on_append_entries(self, message):
        if not self.accept(message):
            self.confirm(message, False, 0)
            return
        entries, previous = message["entries"], message["prev_index"]
        reach = previous + len(entries)
        if previous < self.commit:  # what is committed here agrees with every leader
            skipped = self.commit - previous
            entries, previous = entries[skipped:], self.commit
        elif (mine := self.entry(previous)) is None or mine["term"] != message["prev_term"]:
            index = min(previous - 1, self.last["index"])
            while self.entry(index)["term"] > message["prev_term"] and index > self.commit:
                index -= 1
            self.confirm(message, False, index, hint_term=self.entry(index)["term"])
            return
        for position, entry in enumerate(entries):
            mine = self.entry(entry["index"])
            if mine is None or mine["term"] != entry["term"]:
                self.log[entry["index"] - self.log[0]["index"] :] = entries[position:]
                break
        self.commit = max(self.commit, min(message["commit"], reach))
        self.confirm(message, True, reach)

    def on_install_snapshot(self, message):
        if not self.accept(message):
            self.confirm(message, False, 0)
            return
        index, term = message["last_index"], message["last_term"]
        if index > self.commit:
            mine = self.entry(index)
            rest = self.entries_after(index) if mine is not None and mine["term"] == term else []
            self.log = [{"index": index, "term": term, "command": None}, *rest]
            self.snapshot = message["snapshot"]
            self.commit = self.applied = index
            self.restored.append({"index": index, "term": term, "snapshot": self.snapshot})
        self.confirm(message, True, index)

    def on_compact(self, index, snapshot):
        if self.log[0]["index"] < index <= self.applied:
            self.log = [{**self.entry(index), "command": None}, *self.entries_after(index)]
            self.snapshot = snapshot
