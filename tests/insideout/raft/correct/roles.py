"""Raft as one class a role, and with batches: a leader sends what came in since its last tick at the next."""

import random
from bisect import bisect_left


class Log:
    """Entries as two lists, of terms and of commands, behind a base."""

    def __init__(self, entries):
        self.base = entries[0]["index"]
        self.terms = [entry["term"] for entry in entries]
        self.commands = [entry["command"] for entry in entries]

    @property
    def last(self):
        return self.base + len(self.terms) - 1

    def term(self, index):
        return self.terms[index - self.base] if self.base <= index <= self.last else None

    def push(self, term, command):
        self.terms.append(term)
        self.commands.append(command)

    def cut(self, length):
        del self.terms[length:], self.commands[length:]

    def slice(self, first):
        return [
            {"index": i, "term": self.terms[i - self.base], "command": self.commands[i - self.base]}
            for i in range(first, self.last + 1)
        ]

    def drop_before(self, index):
        offset = index - self.base
        del self.terms[:offset], self.commands[:offset]
        self.base, self.commands[0] = index, None


class Role:
    """A follower, and what is common to all."""

    name = "follower"

    def __init__(self, raft):
        self.raft = raft
        self.age = 0

    def tick(self):
        self.age += 1
        if self.age >= self.raft.patience:
            self.raft.become(PreCandidate)

    def propose(self, command):
        """Only a leader takes commands."""

    def read(self, id):
        """Only a leader serves reads."""

    def vote_came(self, message):
        """Only a candidate wants votes."""

    def pre_vote_came(self, message):
        """Only a pre-candidate wants pre-votes."""

    def confirmation_came(self, message):
        """Only a leader wants confirmations."""

    def hears_leader(self):
        return self.raft.leader is not None and self.age < 10


class Asking(Role):
    """What candidates of both kinds do."""

    request = ""
    ahead = 0

    def __init__(self, raft):
        super().__init__(raft)
        raft.leader = None
        raft.patience = raft.random.choice(range(10, 20))
        self.granted = {raft.id}

    def start(self):
        log = self.raft.log
        for peer in self.raft.peers:
            self.raft.post(
                peer,
                self.request,
                term=self.raft.term + self.ahead,
                last_index=log.last,
                last_term=log.terms[-1],
            )
        self.check()

    def check(self):
        if 2 * len(self.granted) > self.raft.size:
            self.won()


class PreCandidate(Asking):
    """Asks whether it could win, and disturbs nobody."""

    name = "pre-candidate"
    request = "pre_vote"
    ahead = 1

    def pre_vote_came(self, message):
        if message["term"] == self.raft.term + 1:
            self.granted.add(message["from"])
            self.check()

    def won(self):
        self.raft.become(Candidate)


class Candidate(Asking):
    """Asks for votes in a new term."""

    name = "candidate"
    request = "request_vote"

    def start(self):
        self.raft.term += 1
        self.raft.vote = self.raft.id
        super().start()

    def vote_came(self, message):
        if message["granted"]:
            self.granted.add(message["from"])
            self.check()

    def won(self):
        self.raft.become(Leader)


class Leader(Role):
    """Replicates, commits and serves reads."""

    name = "leader"

    def __init__(self, raft):
        super().__init__(raft)
        raft.leader = raft.id
        self.match = dict.fromkeys(raft.peers, 0)
        self.next = dict.fromkeys(raft.peers, raft.log.last + 1)
        self.seen = dict.fromkeys(raft.peers, 0)
        self.alive = set()
        self.stamp = 0
        self.waiting = []

    def start(self):
        self.raft.log.push(self.raft.term, None)
        self.flush()
        self.count()

    def tick(self):
        self.age += 1
        if self.age == 10:
            if 2 * (len(self.alive) + 1) <= self.raft.size:
                self.raft.leader = None
                self.raft.become(Role)
                return
            self.age, self.alive = 0, set()
        self.flush()

    def flush(self):
        for peer in self.raft.peers:
            self.send_to(peer)

    def send_to(self, peer):
        log, first = self.raft.log, self.next[peer]
        if first <= log.base:
            self.raft.post(
                peer,
                "install_snapshot",
                last_index=log.base,
                last_term=log.terms[0],
                snapshot=self.raft.snapshot,
                stamp=self.stamp,
            )
        else:
            self.raft.post(
                peer,
                "append_entries",
                prev_index=first - 1,
                prev_term=log.term(first - 1),
                entries=log.slice(first),
                commit=self.raft.commit,
                stamp=self.stamp,
            )

    def propose(self, command):
        self.raft.log.push(self.raft.term, command)
        self.count()  # a group of one need not wait for a tick

    def read(self, id):
        self.stamp += 1
        self.waiting.append((self.stamp, id))
        self.flush()
        self.serve()

    def confirmation_came(self, message):
        peer = message["from"]
        self.alive.add(peer)
        self.seen[peer] = max(self.seen[peer], message.get("stamp", 0))
        if message["success"]:
            self.match[peer] = max(self.match[peer], message["index"])
            self.next[peer] = self.match[peer] + 1
            self.count()
        else:
            self.next[peer] = max(self.match[peer], message["index"]) + 1
            self.send_to(peer)
        self.serve()

    def count(self):
        stored = sorted([*self.match.values(), self.raft.log.last], reverse=True)[self.raft.size // 2]
        if stored > self.raft.commit and self.raft.log.term(stored) == self.raft.term:
            self.raft.commit = stored
            self.serve()

    def serve(self):
        if self.raft.log.term(self.raft.commit) != self.raft.term:
            return
        while self.waiting:
            stamp, id = self.waiting[0]
            if 2 * (1 + sum(seen >= stamp for seen in self.seen.values())) <= self.raft.size:
                return
            self.waiting.pop(0)
            self.raft.reads.append({"id": id, "index": self.raft.commit})

    def hears_leader(self):
        return True


class RolesRaft:
    """What all roles share: the log, the messages and the state on the disk."""

    def __init__(self, id, members, saved, seed):
        self.id, self.size, self.peers = id, len(members), [m for m in members if m != id]
        self.random = random.Random(seed)
        self.patience = self.random.choice(range(10, 20))
        self.term, self.vote, self.snapshot = saved["term"], saved["vote"], saved["snapshot"]
        self.log = Log(saved["log"])
        self.leader = None
        self.commit = self.applied = self.log.base
        self.posts, self.items, self.reads = [], [], []
        self.disk = repr(self.persistent())
        self.role = Role(self)

    def persistent(self):
        log = self.log.slice(self.log.base)
        return {"term": self.term, "vote": self.vote, "log": log, "snapshot": self.snapshot}

    def become(self, role):
        self.role = role(self)
        if isinstance(self.role, (Asking, Leader)):
            self.role.start()

    def post(self, to, type, **fields):
        self.posts.append({"type": type, "from": self.id, "to": to, "term": self.term, **fields})

    def adopt(self, term):
        if term > self.term:
            self.term, self.vote, self.leader = term, None, None
            age = self.role.age
            self.become(Role)
            self.role.age = min(age, 9)

    def answer(self):
        items = self.items + self.log.slice(self.applied + 1)[: self.commit - self.applied]
        self.applied = self.commit
        persistent = self.persistent()
        changed, self.disk = repr(persistent) != self.disk, repr(persistent)
        posts, self.posts, self.items = self.posts, [], []
        reads, self.reads = self.reads, []
        return {
            "messages": posts,
            "save": persistent if changed else None,
            "apply": items,
            "reads": reads,
            "status": {
                "role": self.role.name,
                "term": self.term,
                "vote": self.vote,
                "leader": self.leader,
                "commit": self.commit,
                "log": persistent["log"] if changed else None,
            },
        }

    def tick(self):
        self.role.tick()
        return self.answer()

    def propose(self, command):
        self.role.propose(command)
        return self.answer()

    def read(self, id):
        self.role.read(id)
        return self.answer()

    def compact(self, index, snapshot):
        if self.log.base < index <= self.applied:
            self.log.drop_before(index)
            self.snapshot = snapshot
        return self.answer()

    def step(self, message):
        type, sender, term = message["type"], message["from"], message["term"]
        last = (self.log.terms[-1], self.log.last)
        if type == "pre_vote":
            fine = term > self.term and not self.role.hears_leader()
            granted = fine and (message["last_term"], message["last_index"]) >= last
            self.post(sender, "pre_vote_reply", granted=granted, term=term if granted else self.term)
        elif type == "pre_vote_reply" and message["granted"]:
            self.role.pre_vote_came(message)
        elif type == "request_vote":
            if term >= self.term and not (term > self.term and self.role.hears_leader()):
                self.adopt(term)
                free = self.vote in (None, sender) and (self.vote == sender or self.leader is None)
                granted = free and (message["last_term"], message["last_index"]) >= last
                if granted:
                    self.vote, self.role.age = sender, 0
                self.post(sender, "request_vote_reply", granted=granted)
        elif type in ("append_entries", "install_snapshot"):
            self.from_leader(message)
        else:
            self.adopt(term)
            if term == self.term:
                came = {"request_vote_reply": "vote_came", "append_entries_reply": "confirmation_came"}.get(
                    type
                )
                if came:
                    getattr(self.role, came)(message)
        return self.answer()

    def from_leader(self, message):
        success, index = False, 0
        if message["term"] >= self.term:
            self.adopt(message["term"])
            self.become(Role)
            self.leader = message["from"]
            take = self.take_entries if message["type"] == "append_entries" else self.take_snapshot
            success, index = take(message)
        stamp = message.get("stamp", 0)
        self.post(message["from"], "append_entries_reply", success=success, index=index, stamp=stamp)

    def take_entries(self, message):
        previous, entries = message["prev_index"], message["entries"]
        reach = previous + len(entries)
        if previous >= self.log.base and self.log.term(previous) != message["prev_term"]:
            # Go back over the whole term that does not fit; its terms are sorted.
            hint = min(previous - 1, self.log.last)
            if previous <= self.log.last:
                wrong = self.log.terms[previous - self.log.base]
                hint = self.log.base + max(bisect_left(self.log.terms, wrong) - 1, 0)
            return False, max(min(hint, previous - 1), self.log.base)
        for entry in entries:
            if entry["index"] <= self.log.base or self.log.term(entry["index"]) == entry["term"]:
                continue
            self.log.cut(entry["index"] - self.log.base)
            self.log.push(entry["term"], entry["command"])
        self.commit = max(self.commit, min(message["commit"], reach))
        return True, reach

    def take_snapshot(self, message):
        index, term = message["last_index"], message["last_term"]
        if index > self.commit:
            if self.log.term(index) == term:
                self.log.drop_before(index)
            else:
                self.log = Log([{"index": index, "term": term, "command": None}])
            self.snapshot = message["snapshot"]
            self.commit = self.applied = index
            self.items.append({"index": index, "term": term, "snapshot": self.snapshot})
        return True, index
