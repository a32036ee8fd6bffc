"""One node on a bench: told one thing at a time by a question, which looks at what it answers."""

from collections.abc import Callable, Sequence
from typing import Any

from insideout.raft.contract import as_ready
from insideout.raft.messages import ELECTION_TICKS, Entry, MakeNode, Message, Ready, Saved, blank

LONGEST = 2 * ELECTION_TICKS
"""By so many ticks of silence every node has campaigned."""


class Unfit(Exception):  # noqa: N818  it says what the node is for a question
    """The node does not even come to where the question begins."""


class Bench:
    """A node n0 of a group; the bench plays its peers n1, n2, and so on.

    `status` is the node's last one, `log` the last log that it showed, and `saved` what its disk holds.
    """

    def __init__(self, make: MakeNode, members: int = 3, saved: Saved | None = None) -> None:
        self.members = [f"n{number}" for number in range(members)]
        self.saved = saved or blank()
        self.log: list[Entry] = self.saved["log"]
        self.status: dict[str, Any] = {"term": self.saved["term"], "role": "follower", "commit": 0}
        self.applied: list[dict[str, Any]] = []
        self.reads: list[dict[str, Any]] = []
        self.saves: list[Saved | None] = []
        self._node = make("n0", self.members, self.saved, 7)

    @property
    def peers(self) -> list[str]:
        """The other members."""
        return self.members[1:]

    @property
    def last(self) -> Entry:
        """The last entry of the log."""
        return self.log[-1]

    def tick(self, times: int = 1) -> list[Message]:
        """Let ticks pass; return what was sent."""
        return [message for _ in range(times) for message in self._read(self._node.tick(), "tick")]

    def propose(self, command: str = "x") -> list[Message]:
        """Ask for a command to be put in the log; return what was sent."""
        return self._read(self._node.propose(command), "propose")

    def read(self) -> list[Message]:
        """Begin a read; return what was sent."""
        return self._read(self._node.read(1), "read")

    def step(self, type: str, sender: str, term: int, **fields: Any) -> list[Message]:
        """Let a message arrive; return what was sent."""
        message = {"type": type, "from": sender, "to": "n0", "term": term, **fields}
        return self._read(self._node.step(message), "step")

    def asks(self, candidate: str, term: int, index: int = 0, last_term: int = 0) -> bool:
        """Let a candidate ask for a vote; return whether it got it."""
        sent = self.step("request_vote", candidate, term, last_index=index, last_term=last_term)
        return _granted(sent, "request_vote_reply")

    def asks_before(self, candidate: str, term: int, index: int = 0, last_term: int = 0) -> bool:
        """Let a node ask for a pre-vote; return whether it got it."""
        sent = self.step("pre_vote", candidate, term, last_index=index, last_term=last_term)
        return _granted(sent, "pre_vote_reply")

    def append(
        self,
        leader: str,
        term: int,
        before: tuple[int, int] = (0, 0),
        entries: Sequence[int] = (),
        commit: int = 0,
    ) -> Message:
        """Let a leader's entries arrive, given by their terms behind (index, term); return the reply."""
        index, previous = before
        new = [
            {"index": index + place, "term": each, "command": f"{index + place}/{each}"}
            for place, each in enumerate(entries, 1)
        ]
        sent = self.step(
            "append_entries", leader, term, prev_index=index, prev_term=previous, entries=new, commit=commit
        )
        replies = [one for one in sent if one["type"] == "append_entries_reply"]
        if not replies:
            raise Unfit
        return replies[-1]

    def confirms(
        self, peer: str, index: int, *, success: bool = True, term: int | None = None
    ) -> list[Message]:
        """Let a peer answer how far its log is this one's; return what was sent then."""
        at = self.status["term"] if term is None else term
        return self.step("append_entries_reply", peer, at, success=success, index=index)

    def campaign(self) -> int:
        """Be silent until the node asks for votes, granting its pre-votes; return the term.

        Raises Unfit where it does not.
        """
        for _ in range(3 * LONGEST):
            sent = self.tick()
            for one in [one for one in sent if one["type"] == "pre_vote"]:
                sent += self.step("pre_vote_reply", one["to"], one["term"], granted=True)
            if any(one["type"] == "request_vote" for one in sent):
                return int(self.status["term"])
        raise Unfit

    def votes(self, peer: str, *, granted: bool = True, term: int | None = None) -> list[Message]:
        """Let a peer answer a request for its vote; return what was sent then."""
        at = self.status["term"] if term is None else term
        return self.step("request_vote_reply", peer, at, granted=granted)

    def lead(self) -> list[Message]:
        """Let the node be elected; return what it sent as it became leader.

        Raises Unfit where it does not.
        """
        self.campaign()
        sent: list[Message] = []
        for peer in self.peers:
            if self.status["role"] != "leader":
                sent = self.votes(peer)
        if self.status["role"] != "leader":
            raise Unfit
        return sent

    def leads(self) -> bool:
        """Whether the node says that it leads."""
        return bool(self.status["role"] == "leader")

    def _read(self, answer: Any, call: str) -> list[Message]:
        ready: Ready = as_ready(answer, call=call, node="n0", members=self.members)
        self.status = ready["status"]
        self.log = ready["status"]["log"] or self.log
        self.applied += ready["apply"]
        self.reads += ready["reads"]
        self.saves.append(ready["save"])
        self.saved = ready["save"] or self.saved
        return list(ready["messages"])


def _granted(sent: list[Message], type: str) -> bool:
    return any(one["type"] == type and one["granted"] is True for one in sent)


NewBench = Callable[..., Bench]
"""Makes a bench with a new node: `members` of the group, and what was `saved`."""

Question = Callable[[NewBench], bool]
"""Whether a node does what somebody with the belief would write."""
