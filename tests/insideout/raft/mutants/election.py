"""Wrong elections."""

from insideout.raft.broken import Rule
from tests.insideout.raft.mutants.mutant import Mutant

MUTANTS = (
    Mutant(
        "half-is-enough", "leads with half of the votes: quorum off by one", "election", Rule.ELECTION_QUORUM,
        "len(self.votes) > len(self.members) // 2:\n            self.lead()",
        "len(self.votes) >= len(self.members) // 2:\n            self.lead()",
    ),
    Mutant(
        "one-timeout-for-all", "uses the same election timeout every time", "election", Rule.ELECTION_TIMEOUT,
        "self.random.randrange(ELECTION_TICKS, 2 * ELECTION_TICKS)", "ELECTION_TICKS",
    ),
    Mutant(
        "any-message-is-a-heartbeat", "begins the wait for a leader anew at any message",
        "election", Rule.ELECTION_TIMEOUT,
        "def is_stale(self, message):\n", "def is_stale(self, message):\n        self.reset_timer()\n",
    ),
    Mutant(
        "any-request-resets", "begins the wait anew when it refuses a vote", "election", Rule.ELECTION_TIMEOUT,
        "if granted:\n            self.reset_timer()", "self.reset_timer()",
    ),
    Mutant(
        "deaf-to-heartbeats", "does not begin the wait anew at a heartbeat", "election", Rule.LEADER_STABLE,
        'leader=message["from"])\n            self.reset_timer()\n            success, index = self.append',
        'leader=message["from"])\n            success, index = self.append',
    ),
    Mutant(
        "no-heartbeats", "leads without telling anyone", "election", Rule.LEADER_STABLE,
        'if self.role == "leader":\n            self.broadcast()', 'if self.role == "leader":\n            pass',
    ),
    Mutant(
        "counts-every-yes", "counts a vote again when its message comes again", "election", Rule.ELECTION_QUORUM,
        'return\n        if message["granted"]:\n            self.votes.add(message["from"])',
        'return\n        if message["granted"]:\n            self.votes.add(len(self.votes))',
    ),
    Mutant(
        "counts-every-answer", "counts refusals as votes", "election", Rule.ELECTION_QUORUM,
        'return\n        if message["granted"]:\n            self.votes', "return\n        if True:\n            self.votes",
    ),
    Mutant(
        "counts-old-votes", "counts votes of an earlier election", "election", Rule.ELECTION_QUORUM,
        'if self.is_stale(message) or self.role != "candidate":', 'self.is_stale(message)\n        if self.role != "candidate":',
    ),
    Mutant(
        "clings-to-its-term", "goes on as leader or candidate when a reply shows a newer term",
        "election", Rule.NEWER_TERM,
        'if message["term"] > self.term:\n            self.follow(message["term"])\n        return',
        "return",
    ),
    Mutant(
        "leader-for-life", "adopts a newer term but stays leader", "election", Rule.NEWER_TERM,
        'self.role, self.leader = "follower", leader', 'self.leader = leader\n        if self.role != "leader":\n            self.role = "follower"',
    ),
    Mutant(
        "stubborn-candidate", "stays candidate when the leader of its term calls", "election", Rule.ELECTION_SAFETY,
        'self.follow(message["term"], leader=message["from"])\n            self.reset_timer()\n            success, index = self.append',
        'if self.role != "candidate":\n                self.follow(message["term"], leader=message["from"])\n            self.reset_timer()\n            success, index = self.append',
    ),
    Mutant(
        "obeys-the-past", "follows the leader of an older term", "election", Rule.STALE_REQUEST,
        'if not self.is_stale(message):\n            self.follow(message["term"], leader=message["from"])\n            self.reset_timer()\n            success, index = self.append',
        'self.is_stale(message)\n        if True:\n            self.follow(message["term"], leader=message["from"])\n            self.reset_timer()\n            success, index = self.append',
    ),
    Mutant(
        "same-term-again", "campaigns again in the same term", "election", Rule.ONE_VOTE,
        "self.term, self.vote = self.term + 1, self.id", "self.term, self.vote = max(self.term, 1), self.id",
    ),
    Mutant(
        "no-vote-for-itself", "campaigns, counts itself, and gives its vote to another in the same term",
        "election", Rule.ONE_VOTE,
        "self.term, self.vote = self.term + 1, self.id", "self.term, self.vote = self.term + 1, None",
    ),
    Mutant(
        "campaigns-once", "does not campaign again when votes were split", "election", Rule.ELECTION_TIMEOUT,
        "elif self.elapsed >= self.timeout:", 'elif self.elapsed >= self.timeout and self.role == "follower":',
    ),
)  # fmt: skip
