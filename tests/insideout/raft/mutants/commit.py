"""Wrong commit rules."""

from insideout.raft.broken import Rule
from tests.insideout.raft.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "half-commits", "commits what half of the members store: quorum off by one", "commit", Rule.COMMIT_MAJORITY,
        "quorum = len(match) // 2 + 1", "quorum = max(1, len(match) // 2)",
    ),
    Mutant(
        "upper-median", "takes the middle of the list, which is half of an even group",
        "commit", Rule.COMMIT_MAJORITY,
        "stored = sorted(match, reverse=True)[quorum - 1]", "stored = sorted(match)[len(match) // 2]",
    ),
    Mutant(
        "waits-for-all", "commits only what every member stores", "commit", Rule.COMMIT_PROGRESS,
        "stored = sorted(match, reverse=True)[quorum - 1]", "stored = min(match)",
    ),
    Mutant(
        "counts-old-terms", "commits an entry of an old term by counting (Figure 8)", "commit", Rule.COMMIT_TERM,
        "if stored > commit and log_terms[stored] == term:", "if stored > commit:",
    ),
    Mutant(
        "takes-commits-back", "lets the commit index go back", "commit", Rule.COMMIT_GROWS,
        "if stored > commit and log_terms[stored] == term:\n        return stored\n    return commit",
        "return stored if log_terms[stored] == term else commit",
    ),
    Mutant(
        "commits-unchecked", "follows the leader's commit index beyond what the message has checked",
        "commit", Rule.COMMIT_MAJORITY,
        'self.commit = max(self.commit, min(message["commit"], index))',
        'self.commit = max(self.commit, min(message["commit"], self.last["index"]))',
    ),
    Mutant(
        "commits-beyond-its-log", "follows the leader's commit index beyond its own log",
        "commit", Rule.COMMIT_MAJORITY,
        'self.commit = max(self.commit, min(message["commit"], index))',
        'self.commit = max(self.commit, message["commit"])',
    ),
    Mutant(
        "late-heartbeat-uncommits", "lets an overtaken heartbeat take the commit index back",
        "commit", Rule.COMMIT_GROWS,
        'self.commit = max(self.commit, min(message["commit"], index))', 'self.commit = min(message["commit"], index)',
    ),
    Mutant(
        "followers-never-learn", "followers do not follow the commit index", "commit", Rule.COMMIT_PROGRESS,
        'self.commit = max(self.commit, min(message["commit"], index))', "pass",
    ),
    Mutant(
        "commits-at-once", "commits a command as soon as it is in the leader's log", "commit", Rule.COMMIT_MAJORITY,
        "super().on_propose(command)\n        self.advance_commit()",
        'super().on_propose(command)\n        if self.role == "leader":\n            self.commit = self.last["index"]',
    ),
    Mutant(
        "forgets-itself", "does not count the leader's own copy", "commit", Rule.COMMIT_PROGRESS,
        'for index in [*self.match.values(), self.last["index"]]]', "for index in [*self.match.values(), 0]]",
    ),
    Mutant(
        "counts-old-confirmations", "counts confirmations that were given in an earlier term",
        "commit", Rule.COMMIT_MAJORITY,
        'if not self.is_stale(message) and self.role == "leader":\n            self.learn_match',
        'self.is_stale(message)\n        if self.role == "leader":\n            self.learn_match',
    ),
    Mutant(
        "keeps-match", "leads with what it knew of the others in an earlier term", "commit", Rule.COMMIT_MAJORITY,
        "self.match = dict.fromkeys(self.peers, 0)", 'self.match = getattr(self, "match", dict.fromkeys(self.peers, 0))',
    ),
)  # fmt: skip
