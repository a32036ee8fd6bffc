"""Wrong nodes of the kinds that people ask about: each overrides one class of the lesson's solution.

Those that are one replaced line of the solution are in `tests.insideout.raft.mutants`.
"""

from tests.course.units.graded import Wrong


def _node(exercise: str, belief: str, code: str) -> Wrong:
    return Wrong(exercise, belief, (f"{exercise}-situations",), code)


WRONG = (
    _node("election", "a majority is one of those that answered", """
class Election(Election):
    def campaign(self):
        self.answered = {self.id}
        super().campaign()

    def on_request_vote_reply(self, message):
        self.answered.add(message["from"])
        super().on_request_vote_reply(message)

    def count_votes(self):
        if len(self.answered) > 1 and len(self.votes) > len(self.answered) // 2 or len(self.members) == 1:
            self.lead()
"""),
    _node("election", "who votes for itself need not tell it from a vote that came by message", """
class Election(Election):
    def count_votes(self):
        if len(self.votes) + 1 > len(self.members) // 2 + (len(self.members) == 1):
            self.lead()
"""),
    _node("election", "a refused request for votes is a sign that somebody lives, so wait anew", """
class Election(Election):
    def on_request_vote_reply(self, message):
        self.reset_timer()
        super().on_request_vote_reply(message)
"""),
    _node("election", "a candidate that hears of a newer term takes it and goes on asking", """
class Election(Election):
    def is_stale(self, message):
        role = self.role
        stale = super().is_stale(message)
        if role == "candidate" and message["type"] == "request_vote_reply":
            self.role = role
        return stale
"""),
    _node("replication", "a heartbeat has no entries, so there is nothing to compare", """
class Replication(Replication):
    def append(self, message):
        if not message["entries"]:
            return True, message["prev_index"]
        return super().append(message)
"""),
    _node("replication", "the newest confirmation says how far a follower is", """
class Replication(Replication):
    def learn_match(self, message):
        if message["success"]:
            self.match[message["from"]] = message["index"]
            self.next[message["from"]] = message["index"] + 1
"""),
    _node("repair", "an append makes the log end where the message ends", """
class Repair(Repair):
    def append(self, message):
        success, index = super().append(message)
        if success and message["entries"]:
            del self.log[index - self.log[0]["index"] + 1 :]
        return success, index
"""),
    _node("repair", "a stale leader's refusal may still be learnt from", """
class Repair(Repair):
    def on_append_entries_reply(self, message):
        if message["term"] > self.term:
            return
        super().on_append_entries_reply(message)
"""),
    _node("commit", "each confirmation is one more copy, also when it comes twice", """
class Commit(Commit):
    def lead(self):
        self.copies = {}
        super().lead()

    def learn_match(self, message):
        super(__class__.__mro__[1], self).learn_match(message)
        if message["success"]:
            index = message["index"]
            self.copies[index] = self.copies.get(index, 1) + 1
            mine = self.entry(index)
            if self.copies[index] > len(self.members) // 2 and mine and mine["term"] == self.term:
                self.commit = max(self.commit, index)
"""),
    _node("commit", "the leader's own copy is in the list of matches and counts once more", """
class Commit(Commit):
    def advance_commit(self):
        if self.role == "leader":
            base = self.log[0]["index"]
            match = sorted(index - base for index in [*self.match.values(), self.last["index"]])
            stored = match[-2] if len(match) > 1 else match[-1]
            if stored > self.commit - base and self.log[stored]["term"] == self.term:
                self.commit = base + stored
"""),
    _node("commit", "a refused append still tells what is committed", """
class Commit(Commit):
    def append(self, message):
        success, index = super().append(message)
        self.commit = max(self.commit, min(message["commit"], self.last["index"]))
        return success, index
"""),
    _node("commit", "an entry is committed when everything that the leader has is on a majority", """
class Commit(Commit):
    def advance_commit(self):
        stored = sorted([*self.match.values(), self.last["index"]], reverse=True)[len(self.members) // 2]
        if stored == self.last["index"]:
            super().advance_commit()
"""),
    _node("persistence", "what was voted is of the past: a restarted node has a free vote", """
class Raft(Raft):
    def restore(self, saved):
        super().restore(saved)
        self.vote = None
"""),
    _node("persistence", "saving can wait for the next tick", """
class Raft(Raft):
    ticked = False

    def on_tick(self):
        self.ticked = True
        super().on_tick()

    def save(self):
        ticked, self.ticked = self.ticked, False
        return super().save() if ticked else None
"""),
    _node("persistence", "what the log holds after a restart was committed before", """
class Raft(Raft):
    def restore(self, saved):
        super().restore(saved)
        self.commit = self.last["index"]
"""),
    _node("persistence", "what was applied before a crash need not be applied again", """
class Raft(Raft):
    def restore(self, saved):
        super().restore(saved)
        self.commit = self.applied = saved.get("commit", 0)

    def state(self):
        return {**super().state(), "commit": self.commit}
"""),
    _node("snapshots", "a snapshot comes from the leader, so it is newer than the own log", """
class Snapshots(Snapshots):
    def on_install_snapshot(self, message):
        if not self.is_stale(message):
            self.follow(message["term"], leader=message["from"])
            self.reset_timer()
            if message["last_index"] > self.log[0]["index"]:
                self.install(message)
        self.send(message["from"], "append_entries_reply", success=True, index=message["last_index"])
"""),
    _node("snapshots", "the entry at the index is enough to keep what is behind a snapshot", """
class Snapshots(Snapshots):
    def install(self, message):
        kept = self.entries_after(message["last_index"])
        super().install(message)
        self.log = [self.log[0], *kept] if kept and kept[0]["index"] == self.log[0]["index"] + 1 else self.log
"""),
    _node("read-index", "the leader hears itself, too", """
class ReadIndex(ReadIndex):
    def lead(self):
        super().lead()

    def answer_reads(self):
        if self.peers and self.round:
            self.heard[self.id] = self.round
        super().answer_reads()
"""),
    _node("read-index", "who was elected a moment ago leads, so a read needs no round", """
class ReadIndex(ReadIndex):
    def lead(self):
        super().lead()
        self.since = 0

    def on_tick(self):
        self.since = getattr(self, "since", 0) + 1
        super().on_tick()

    def on_read(self, id):
        committed = self.entry(self.commit)["term"] == self.term
        if self.role == "leader" and self.since < ELECTION_TICKS and committed:
            self.reads.append({"id": id, "index": self.commit})
        else:
            super().on_read(id)
"""),
    _node("read-index", "what was committed in an earlier term can be read at once", """
class ReadIndex(ReadIndex):
    def answer_reads(self):
        for read in list(self.pending):
            if 1 + sum(r >= read["round"] for r in self.heard.values()) > len(self.members) // 2:
                self.pending.remove(read)
                self.reads.append({"id": read["id"], "index": self.commit})
"""),
    _node("pre-vote", "who was heard once is there", """
class PreVote(PreVote):
    def on_tick(self):
        active = getattr(self, "active", set())
        super().on_tick()
        if self.role == "leader":
            self.active |= active
"""),
    _node("pre-vote", "a leader has no lease: it votes for whoever is ahead", """
class PreVote(PreVote):
    def leased(self):
        return self.role != "leader" and super().leased()
"""),
    _node("pre-vote", "a pre-vote that is granted begins the wait anew, as a vote does", """
class PreVote(PreVote):
    def on_pre_vote(self, message):
        super().on_pre_vote(message)
        if self.outbox[-1]["granted"]:
            self.reset_timer()
            self.vote = message["from"]
"""),
)  # fmt: skip
