"""The rules of Raft, each with its place in the paper, and the exception that says that one was broken.

Section numbers are those of the extended paper (Ongaro and Ousterhout 2014); "thesis" is Ongaro's (2014).
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Rule(Enum):
    """A rule that a correct Raft keeps; the value is how reports name it."""

    CONTRACT = "the answer is plain data of the agreed form"
    NO_EXCEPTION = "a call returns"
    BUDGET = "work stays bounded"
    TERMS_GROW = "terms never go back"
    NEWER_TERM = "a newer term makes a follower"
    STALE_REQUEST = "a stale request is refused"
    ONE_VOTE = "one vote in a term"
    UP_TO_DATE = "a vote only for a log at least as up to date"
    FREE_VOTE = "a free vote goes to an up-to-date candidate"
    LEASE = "no vote while a leader is heard"
    ELECTION_QUORUM = "a leader has the votes of a majority"
    ELECTION_SAFETY = "one leader in a term"
    ELECTION_PROGRESS = "a leader is elected"
    ELECTION_TIMEOUT = "elections begin after a random silence, and only then"
    LEADER_STABLE = "a leader that is heard stays"
    LEADER_APPEND_ONLY = "a leader only appends to its log"
    LOG_MATCHING = "equal index and term, equal log up to there"
    CONSISTENCY_CHECK = "entries are accepted only where the logs agree before them"
    TRUNCATION = "entries are removed only where they conflict"
    HONEST_REPLY = "a follower confirms only what it has checked"
    LOGS_AGREE = "followers' logs become the leader's"
    ECONOMY = "no needless messages"
    COMMIT_MAJORITY = "committed means stored on a majority"
    COMMIT_TERM = "only entries of the leader's own term are committed by counting"
    COMMIT_GROWS = "the commit index never goes back"
    COMMIT_PROGRESS = "what a majority can store gets committed"
    LEADER_COMPLETENESS = "every later leader has every committed entry"
    APPLY_ORDER = "entries are applied once, in order"
    STATE_MACHINE_SAFETY = "no two nodes apply different entries at one index"
    ACKNOWLEDGED = "nothing acknowledged is lost"
    LINEARIZABLE = "clients see one copy of the data"
    SAVE_FIRST = "on the disk before it is said"
    SAVE_SELDOM = "only what changed goes to the disk"
    RESTORED = "a restarted node begins where its disk ends"
    SNAPSHOT = "a snapshot is what was committed up to its index"
    READ_INDEX = "a read waits for its index, confirmed by a majority"
    PRE_VOTE = "asking for votes disturbs nobody"
    CHECK_QUORUM = "a leader that hears no majority steps down"


SECTIONS: Mapping[Rule, str] = MappingProxyType(
    {
        Rule.CONTRACT: "insideout.raft.messages",
        Rule.NO_EXCEPTION: "insideout.raft.messages",
        Rule.BUDGET: "§5.6",
        Rule.TERMS_GROW: "§5.1",
        Rule.NEWER_TERM: "§5.1",
        Rule.STALE_REQUEST: "§5.1",
        Rule.ONE_VOTE: "§5.2",
        Rule.UP_TO_DATE: "§5.4.1",
        Rule.FREE_VOTE: "§5.2",
        Rule.LEASE: "§6",
        Rule.ELECTION_QUORUM: "§5.2",
        Rule.ELECTION_SAFETY: "§5.2",
        Rule.ELECTION_PROGRESS: "§5.2",
        Rule.ELECTION_TIMEOUT: "§5.2",
        Rule.LEADER_STABLE: "§5.2",
        Rule.LEADER_APPEND_ONLY: "§5.3",
        Rule.LOG_MATCHING: "§5.3",
        Rule.CONSISTENCY_CHECK: "§5.3",
        Rule.TRUNCATION: "§5.3",
        Rule.HONEST_REPLY: "§5.3",
        Rule.LOGS_AGREE: "§5.3",
        Rule.ECONOMY: "§5.3",
        Rule.COMMIT_MAJORITY: "§5.3",
        Rule.COMMIT_TERM: "§5.4.2",
        Rule.COMMIT_GROWS: "Figure 2",
        Rule.COMMIT_PROGRESS: "§5.3",
        Rule.LEADER_COMPLETENESS: "§5.4.3",
        Rule.APPLY_ORDER: "Figure 2",
        Rule.STATE_MACHINE_SAFETY: "§5.4.3",
        Rule.ACKNOWLEDGED: "§8",
        Rule.LINEARIZABLE: "§8",
        Rule.SAVE_FIRST: "Figure 2",
        Rule.SAVE_SELDOM: "thesis §10.2.1",
        Rule.RESTORED: "§5.5",
        Rule.SNAPSHOT: "§7",
        Rule.READ_INDEX: "§8, thesis §6.4",
        Rule.PRE_VOTE: "thesis §9.6",
        Rule.CHECK_QUORUM: "thesis §6.2",
    }
)


class Broken(Exception):  # noqa: N818  it is a finding about a node, not an error of the program
    """A rule was broken: which, by which node ("" for the group), when if in a run, and how."""

    def __init__(self, rule: Rule, what: str, *, node: str = "", t_s: float | None = None) -> None:
        when = "" if t_s is None else f"t={t_s:.2f} s: "
        super().__init__(f"{when}{what}  [{rule.value}, {SECTIONS[rule]}]")
        self.rule = rule
        self.what = what
        self.node = node
        self.t_s = t_s

    @property
    def section(self) -> str:
        """Where the paper states the rule."""
        return SECTIONS[self.rule]
