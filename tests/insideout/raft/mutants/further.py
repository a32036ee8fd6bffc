"""Wrong snapshots, wrong reads, wrong pre-votes."""

from insideout.raft.broken import Rule
from tests.insideout.raft.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "older-snapshot-wins", "installs a snapshot that was overtaken by a newer one", "snapshot", Rule.SNAPSHOT,
        'if message["last_index"] > self.commit:\n                self.install(message)', "self.install(message)",
    ),
    Mutant(
        "snapshot-drops-the-rest", "drops the entries behind a snapshot that agree with it", "snapshot", Rule.SNAPSHOT,
        'kept = self.entries_after(index) if mine is not None and mine["term"] == term else []', "kept = []",
    ),
    Mutant(
        "snapshot-keeps-everything", "keeps the entries behind a snapshot that contradicts them",
        "snapshot", Rule.LOG_MATCHING,
        'kept = self.entries_after(index) if mine is not None and mine["term"] == term else []',
        "kept = self.entries_after(index) if mine is not None else []",
    ),
    Mutant(
        "forgets-the-last-term", "forgets the term of the last entry that a snapshot replaced",
        "snapshot", Rule.SNAPSHOT,
        'self.log = [{**self.entry(index), "command": None}, *', 'self.log = [{"index": index, "term": 0, "command": None}, *',
    ),
    Mutant(
        "never-sends-its-snapshot", "sends entries that it no longer has instead of its snapshot",
        "snapshot", Rule.NO_EXCEPTION,
        'if self.next[peer] > first["index"]:', "if True:",
    ),
    Mutant(
        "snapshot-not-saved", "keeps the snapshot in memory only", "snapshot", Rule.ACKNOWLEDGED,
        '{**super().state(), "snapshot": self.snapshot}', "super().state()",
    ),
    Mutant(
        "applies-again-after-restart", "applies from the first entry after a restart with a snapshot",
        "snapshot", Rule.COMMIT_GROWS,
        'self.commit = self.applied = self.log[0]["index"]', "self.commit = self.applied = 0",
    ),
    Mutant(
        "snapshot-not-applied", "takes a snapshot without giving it to the application", "snapshot", Rule.APPLY_ORDER,
        'self.restored.append({"index": index, "term": term, "snapshot": self.snapshot})', "pass",
    ),
    Mutant(
        "never-compacts", "keeps the whole log whatever the application hands over", "snapshot", Rule.SNAPSHOT,
        'if self.log[0]["index"] < index <= self.applied:', "if False:",
    ),
    Mutant(
        "reads-at-once", "serves reads as leader without asking whether it still is", "read", Rule.READ_INDEX,
        "if confirmed > len(self.members) // 2:", "if True:",
    ),
    Mutant(
        "reads-before-its-own-commit", "serves reads before it has committed in its term", "read", Rule.READ_INDEX,
        'if self.entry(self.commit)["term"] != self.term:\n            return', "pass",
    ),
    Mutant(
        "old-rounds-count", "counts heartbeats that were confirmed before the read", "read", Rule.LINEARIZABLE,
        'round >= read["round"]', 'round >= read["round"] - 1',
    ),
    Mutant(
        "no-op-forgotten", "leads without an entry of its own term, and can never serve a read",
        "read", Rule.READ_INDEX,
        "super().lead()\n        self.on_propose(None)", "super().lead()",
    ),
    Mutant(
        "pre-vote-takes-a-term", "goes to the next term already for the pre-vote", "prevote", Rule.PRE_VOTE,
        'self.role, self.leader = "pre-candidate", None\n', 'self.role, self.leader = "pre-candidate", None\n        self.term, self.vote = self.term + 1, None\n',
    ),
    Mutant(
        "pre-vote-binds", "notes a pre-vote as its vote", "prevote", Rule.PRE_VOTE,
        'term = message["term"] if granted else self.term\n',
        'term = message["term"] if granted else self.term\n        self.vote = message["from"] if granted else self.vote\n',
    ),
    Mutant(
        "pre-vote-without-lease", "grants pre-votes while it hears its leader", "prevote", Rule.LEASE,
        "and not self.leased() and theirs >= mine\n        term", "and theirs >= mine\n        term",
    ),
    Mutant(
        "pre-vote-for-any-log", "grants pre-votes to logs behind its own", "prevote", Rule.UP_TO_DATE,
        "and not self.leased() and theirs >= mine\n        term", "and not self.leased()\n        term",
    ),
    Mutant(
        "no-lease", "gives up a leader that it hears", "prevote", Rule.LEASE,
        "return self.leader is not None and self.elapsed < ELECTION_TICKS", "return False",
    ),
    Mutant(
        "no-check-quorum", "leads for ever without hearing a majority", "prevote", Rule.CHECK_QUORUM,
        "if len(self.active) + 1 <= len(self.members) // 2:", "if False:",
    ),
    Mutant(
        "check-quorum-of-one", "is content with one follower heard, whatever the size of the group",
        "prevote", Rule.CHECK_QUORUM,
        "if len(self.active) + 1 <= len(self.members) // 2:", "if not self.active:",
    ),
    Mutant(
        "frees-its-vote-when-it-follows", "follows and forgets in its own term whom it voted for",
        "prevote", Rule.ONE_VOTE,
        "        if term > self.term:\n            self.term, self.vote = term, None\n        self.role",
        "        self.term, self.vote = term, None\n        self.role",
    ),
    Mutant(
        "pre-votes-with-its-commit-index", "takes its commit index for the end of its log when it asks",
        "prevote", Rule.ELECTION_PROGRESS,
        'self.send(peer, "pre_vote", term=self.term + 1, **last)',
        'self.send(peer, "pre_vote", term=self.term + 1, last_index=self.commit, last_term=self.entry(self.commit)["term"])',
    ),
    Mutant(
        "boasts-after-a-snapshot", "confirms its whole log when it took a snapshot of the first part",
        "snapshot", Rule.HONEST_REPLY,
        'success, index = True, message["last_index"]', 'success, index = True, self.last["index"]',
    ),
)  # fmt: skip
