"""The reference solution, until the lesson holds it."""

from course.raft.messages import ELECTION_TICKS
from course.raft.node import Node


def on_vote(state, request):
    if request["term"] < state["term"]:
        return state, None
    if request["term"] > state["term"]:
        if state["lease"] and not request.get("transfer", False):
            return state, None
        state = {**state, "term": request["term"], "vote": None, "leader": None}
    free = state["vote"] is None and state["leader"] is None
    theirs = (request["last_term"], request["last_index"])
    mine = (state["last_term"], state["last_index"])
    if (free or state["vote"] == request["from"]) and theirs >= mine:
        return {**state, "vote": request["from"]}, True
    return state, False


def commit_index(match, log_terms, term, commit):
    quorum = len(match) // 2 + 1
    stored = sorted(match, reverse=True)[quorum - 1]
    if stored > commit and log_terms[stored] == term:
        return stored
    return commit


class Election(Node):
    def __init__(self, id, members, saved, seed):
        super().__init__(id, members, saved, seed)
        self.reset_timer()

    def reset_timer(self):
        self.elapsed = 0
        self.timeout = self.random.randrange(ELECTION_TICKS, 2 * ELECTION_TICKS)

    def on_tick(self):
        self.elapsed += 1
        if self.role == "leader":
            self.broadcast()
        elif self.elapsed >= self.timeout:
            self.campaign()

    def campaign(self):
        self.role, self.leader = "candidate", None
        self.term, self.vote = self.term + 1, self.id
        self.votes = {self.id}
        self.reset_timer()
        for peer in self.peers:
            self.send(peer, "request_vote", last_index=self.last["index"], last_term=self.last["term"])
        self.count_votes()

    def count_votes(self):
        if len(self.votes) > len(self.members) // 2:
            self.lead()

    def lead(self):
        self.role, self.leader = "leader", self.id
        self.broadcast()

    def broadcast(self):
        for peer in self.peers:
            self.send_append(peer)

    def send_append(self, peer):
        self.send(peer, "append_entries", prev_index=0, prev_term=0, entries=[], commit=0)

    def follow(self, term, leader=None):
        if term > self.term:
            self.term, self.vote = term, None
        self.role, self.leader = "follower", leader

    def is_stale(self, message):
        if message["term"] > self.term:
            self.follow(message["term"])
        return message["term"] < self.term

    def leased(self):
        return False

    def on_request_vote(self, message):
        state = {
            "term": self.term,
            "vote": self.vote,
            "leader": self.leader,
            "last_term": self.last["term"],
            "last_index": self.last["index"],
            "lease": self.leased(),
        }
        state, granted = on_vote(state, message)
        if state["term"] > self.term:
            self.follow(state["term"])
        self.vote = state["vote"]
        if granted:
            self.reset_timer()
        if granted is not None:
            self.send(message["from"], "request_vote_reply", granted=granted)

    def on_request_vote_reply(self, message):
        if self.is_stale(message) or self.role != "candidate":
            return
        if message["granted"]:
            self.votes.add(message["from"])
            self.count_votes()

    def on_append_entries(self, message):
        success, index = False, 0
        if not self.is_stale(message):
            self.follow(message["term"], leader=message["from"])
            self.reset_timer()
            success, index = self.append(message)
        self.send(message["from"], "append_entries_reply", success=success, index=index)

    def append(self, message):
        return True, 0

    def on_append_entries_reply(self, message):
        if not self.is_stale(message) and self.role == "leader":
            self.learn_match(message)

    def learn_match(self, message):
        pass


class Replication(Election):
    def lead(self):
        self.next = dict.fromkeys(self.peers, self.last["index"] + 1)
        self.match = dict.fromkeys(self.peers, 0)
        super().lead()

    def on_propose(self, command):
        if self.role == "leader":
            self.log.append({"index": self.last["index"] + 1, "term": self.term, "command": command})
            self.broadcast()

    def send_append(self, peer):
        previous = self.entry(self.next[peer] - 1)
        self.send(
            peer,
            "append_entries",
            prev_index=previous["index"],
            prev_term=previous["term"],
            entries=self.entries_after(previous["index"]),
            commit=self.commit,
        )

    def append(self, message):
        previous = self.entry(message["prev_index"])
        if previous is None or previous["term"] != message["prev_term"]:
            return False, min(message["prev_index"] - 1, self.last["index"])
        for entry in message["entries"]:
            self.store(entry)
        return True, message["prev_index"] + len(message["entries"])

    def store(self, entry):
        if entry["index"] > self.last["index"]:
            self.log.append(entry)

    def learn_match(self, message):
        if message["success"]:
            peer = message["from"]
            self.match[peer] = max(self.match[peer], message["index"])
            self.next[peer] = self.match[peer] + 1


class Repair(Replication):
    def store(self, entry):
        mine = self.entry(entry["index"])
        if mine is not None and mine["term"] != entry["term"]:
            del self.log[entry["index"] - self.log[0]["index"] :]
        super().store(entry)

    def learn_match(self, message):
        super().learn_match(message)
        if not message["success"]:
            peer = message["from"]
            self.next[peer] = max(self.match[peer], message["index"]) + 1
            self.send_append(peer)


class Commit(Repair):
    def on_propose(self, command):
        super().on_propose(command)
        self.advance_commit()

    def learn_match(self, message):
        super().learn_match(message)
        self.advance_commit()

    def advance_commit(self):
        if self.role == "leader":
            base = self.log[0]["index"]
            match = [index - base for index in [*self.match.values(), self.last["index"]]]
            terms = [entry["term"] for entry in self.log]
            self.commit = base + commit_index(match, terms, self.term, self.commit - base)

    def append(self, message):
        success, index = super().append(message)
        if success:
            self.commit = max(self.commit, min(message["commit"], index))
        return success, index


class Raft(Commit):
    def restore(self, saved):
        self.saved = saved
        self.term, self.vote, self.log = saved["term"], saved["vote"], list(saved["log"])

    def state(self):
        return {"term": self.term, "vote": self.vote, "log": list(self.log), "snapshot": None}

    def save(self):
        state = self.state()
        if state == self.saved:
            return None
        self.saved = state
        return state


class Snapshots(Raft):
    def restore(self, saved):
        super().restore(saved)
        self.snapshot = saved["snapshot"]
        self.commit = self.applied = self.log[0]["index"]

    def state(self):
        return {**super().state(), "snapshot": self.snapshot}

    def on_compact(self, index, snapshot):
        if self.log[0]["index"] < index <= self.applied:
            self.log = [{**self.entry(index), "command": None}, *self.entries_after(index)]
            self.snapshot = snapshot

    def send_append(self, peer):
        if self.next[peer] > self.log[0]["index"]:
            super().send_append(peer)
        else:
            first = self.log[0]
            self.send(
                peer,
                "install_snapshot",
                last_index=first["index"],
                last_term=first["term"],
                snapshot=self.snapshot,
            )

    def append(self, message):
        # What the snapshot holds is committed, so it agrees with every leader's log.
        base = self.log[0]
        if message["prev_index"] < base["index"]:
            entries = message["entries"][base["index"] - message["prev_index"] :]
            covered = message["prev_index"] + len(message["entries"])
            if covered <= base["index"]:
                return True, covered
            message = {**message, "prev_index": base["index"], "prev_term": base["term"], "entries": entries}
        return super().append(message)

    def on_install_snapshot(self, message):
        if not self.is_stale(message):
            self.follow(message["term"], leader=message["from"])
            self.reset_timer()
            if message["last_index"] > self.commit:
                self.install(message)
            success, index = True, message["last_index"]
        else:
            success, index = False, 0
        self.send(message["from"], "append_entries_reply", success=success, index=index)

    def install(self, message):
        index, term = message["last_index"], message["last_term"]
        mine = self.entry(index)
        kept = self.entries_after(index) if mine is not None and mine["term"] == term else []
        self.log = [{"index": index, "term": term, "command": None}, *kept]
        self.snapshot = message["snapshot"]
        self.commit = self.applied = index
        self.restored.append({"index": index, "term": term, "snapshot": self.snapshot})


class ReadIndex(Snapshots):
    def lead(self):
        self.round = 0
        self.heard = dict.fromkeys(self.peers, 0)
        self.pending = []
        super().lead()
        self.on_propose(None)

    def on_read(self, id):
        if self.role == "leader":
            self.round += 1
            self.pending.append({"id": id, "round": self.round, "index": None})
            self.broadcast()
            self.answer_reads()

    def send_append(self, peer):
        super().send_append(peer)
        self.outbox[-1]["round"] = self.round

    def on_append_entries(self, message):
        super().on_append_entries(message)
        self.outbox[-1]["round"] = message.get("round", 0)

    def learn_match(self, message):
        peer = message["from"]
        self.heard[peer] = max(self.heard[peer], message.get("round", 0))
        super().learn_match(message)
        self.answer_reads()

    def answer_reads(self):
        committed = self.entry(self.commit)
        if committed["term"] != self.term:
            return
        waiting = []
        for read in self.pending:
            if read["index"] is None:
                read["index"] = self.commit
            confirmed = 1 + sum(round >= read["round"] for round in self.heard.values())
            if confirmed > len(self.members) // 2:
                self.reads.append({"id": read["id"], "index": read["index"]})
            else:
                waiting.append(read)
        self.pending = waiting


class PreVote(ReadIndex):
    def leased(self):
        return self.leader is not None and self.elapsed < ELECTION_TICKS

    def lead(self):
        self.elapsed, self.active = 0, set()
        super().lead()

    def on_tick(self):
        super().on_tick()
        if self.role == "leader" and self.elapsed >= ELECTION_TICKS:
            if len(self.active) + 1 <= len(self.members) // 2:
                self.follow(self.term)
                self.reset_timer()
            self.elapsed, self.active = 0, set()

    def learn_match(self, message):
        self.active.add(message["from"])
        super().learn_match(message)

    def campaign(self):
        self.role, self.leader = "pre-candidate", None
        self.votes = {self.id}
        self.reset_timer()
        for peer in self.peers:
            last = self.last
            self.send(peer, "pre_vote", term=self.term + 1, last_index=last["index"], last_term=last["term"])
        self.count_votes()

    def count_votes(self):
        if self.role == "candidate":
            super().count_votes()
        elif len(self.votes) > len(self.members) // 2:
            super().campaign()

    def on_pre_vote(self, message):
        theirs = (message["last_term"], message["last_index"])
        mine = (self.last["term"], self.last["index"])
        granted = message["term"] > self.term and not self.leased() and theirs >= mine
        term = message["term"] if granted else self.term
        self.send(message["from"], "pre_vote_reply", term=term, granted=granted)

    def on_pre_vote_reply(self, message):
        if message["granted"]:
            if self.role == "pre-candidate" and message["term"] == self.term + 1:
                self.votes.add(message["from"])
                self.count_votes()
        else:
            self.is_stale(message)
