"""What a Raft node is told and what it answers: the learner's interface, in plain data.

A node is an object that never waits, sends or writes by itself, like etcd's raft library.  It is told one
thing at a time and answers with what it wants done::

    node = Raft(id, members, saved, seed)   # "n0", ["n0", "n1", "n2"], what the disk holds, an int
    node.tick()                             # one tick of the clock has passed
    node.step(message)                      # a message has arrived
    node.propose(command)                   # a client asks for a command to be put in the log
    node.compact(index, snapshot)           # further: the application has put all up to index in a snapshot
    node.read(id)                           # further: a client asks for a linearizable read

Every call returns one answer (a `Ready`, as etcd calls it)::

    {"messages": [...],         # to send, once `save` is on the disk
     "save": None or {...},     # what must be on the disk before anything else happens; None: nothing new
     "apply": [...],            # committed entries for the application, each once, in order
     "reads": [...],            # further: {"id", "index"}: the read may be served when index is applied
     "status": {...}}           # what an observer sees: role, term, vote, leader, commit,
                                # and log, or None for a log that is as it was in the last answer

All of it is dict, list, str, int, bool and None, because in grading each call crosses to another process.

An entry is `{"index": 1, "term": 1, "command": ...}`; a command of None is a no-op that the application
skips.  A log is a list of entries that begins with the entry before the first: at first `ZERO`, later the
last entry that a snapshot replaced.  So every entry has one before it, and an empty log is no special case.

`save` has the four things that survive a crash: `{"term", "vote", "log", "snapshot"}`.

Source: Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)",
Figure 2 and 13; for the shape go.etcd.io/raft/v3/rawnode.go and node.go (Ready).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

Entry = dict[str, Any]
Message = dict[str, Any]
Saved = dict[str, Any]
Ready = dict[str, Any]

TICK_S = 0.1
"""Seconds between two ticks of a node whose clock is right.  Source: server/embed/config.go (TickMs)."""

ELECTION_TICKS = 10
"""A node that hears no leader campaigns after 10 to 19 ticks, drawn anew each time (section 5.2)."""

ROLES = ("follower", "pre-candidate", "candidate", "leader")

FIELDS: Mapping[str, Mapping[str, type]] = MappingProxyType(
    {
        "request_vote": {"last_index": int, "last_term": int},
        "request_vote_reply": {"granted": bool},
        "append_entries": {"prev_index": int, "prev_term": int, "entries": list, "commit": int},
        # success: all up to index is known to be the leader's; otherwise: at most up to index can be.
        "append_entries_reply": {"success": bool, "index": int},
        "install_snapshot": {"last_index": int, "last_term": int, "snapshot": object},
        "pre_vote": {"last_index": int, "last_term": int},
        "pre_vote_reply": {"granted": bool},
    }
)
"""The fields of each message besides type, from, to and term; a node may add more of its own."""


def zero() -> Entry:
    """Return the entry before the first: index 0, term 0."""
    return {"index": 0, "term": 0, "command": None}


def blank() -> Saved:
    """Return what the disk of a node holds that has never run."""
    return {"term": 0, "vote": None, "log": [zero()], "snapshot": None}


class RaftNode(Protocol):
    """A Raft node as the harness sees it; every method returns a Ready."""

    def tick(self) -> Ready:
        """Let one tick pass."""

    def step(self, message: Message) -> Ready:
        """Take in a message."""

    def propose(self, command: Any) -> Ready:
        """Append `command` to the log if this node leads; otherwise do nothing."""

    def compact(self, index: int, snapshot: Any) -> Ready:
        """Drop the log up to `index`, which is applied and contained in `snapshot`."""

    def read(self, id: int) -> Ready:
        """Begin a linearizable read if this node leads; otherwise do nothing."""


class MakeNode(Protocol):
    """What makes a node: the learner's class."""

    def __call__(self, id: str, members: Sequence[str], saved: Saved, seed: int) -> RaftNode:
        """Return node `id` of the group `members` (itself included), started from what was `saved`."""
