"""The properties of the paper's Figure 3 and what they rest on, checked after every call of every node."""

from insideout.raft.rules.applies import ApplyInOrder, StateMachineSafety
from insideout.raft.rules.commits import (
    CommitGrows,
    CommitOfOwnTerm,
    CommitOnMajority,
    CommitTold,
    LeaderCompleteness,
)
from insideout.raft.rules.disks import SaveFirst, SaveSeldom
from insideout.raft.rules.logs import AppendHandling, CutAtSnapshot, LeaderAppendOnly, LogMatching
from insideout.raft.rules.step import SHOWN, Step, Watcher
from insideout.raft.rules.votes import ElectionSafety, OneVote, TermsGrow, UpToDateVote

__all__ = ["SHOWN", "Step", "Watcher", "always"]


def always(*, alone: bool = False, disk: bool = False) -> list[Watcher]:
    """Return new watchers of the rules that hold in every run, causes before their effects.

    `alone`: the peers are played by the scenario, so nobody knows what they store.  `disk`: also look at
    what is written when.
    """
    watchers: list[Watcher] = [
        TermsGrow(),
        UpToDateVote(),
        OneVote(),
        ElectionSafety(),
        AppendHandling(),
        CutAtSnapshot(),
        LeaderAppendOnly(),
        LogMatching(),
        CommitGrows(),
        CommitTold(),
        CommitOfOwnTerm(),
        LeaderCompleteness(),
        ApplyInOrder(),
        StateMachineSafety(alone=alone),
    ]
    if disk:
        watchers += [SaveFirst(), SaveSeldom()]
    if not alone:
        watchers.append(CommitOnMajority())
    return watchers
