"""How to bring n0 into a state when it is the only real node and the scenario speaks for its peers."""

from collections.abc import Sequence
from typing import Any

from insideout.raft.broken import Rule
from insideout.raft.messages import TICK_S, Entry, Message
from insideout.raft.play import Play


def asked_for_votes_s(play: Play, id: str) -> list[float]:
    """Return when the node began to ask for votes (or pre-votes), once for each time."""
    times = {
        event.t_s
        for event in play.group.trace.events
        if event.kind == "send"
        and event.node == id
        and event.data["message"]["type"] in ("request_vote", "pre_vote")
    }
    # A pre-vote that succeeds is followed by the vote itself; that is one election, not two.
    return [t for t in sorted(times) if not any(t - TICK_S < earlier < t for earlier in times)]


def campaign(play: Play) -> int:
    """Let n0 wait until it begins an election, help it over a pre-vote, and return its term."""
    before = len(asked_for_votes_s(play, "n0"))
    done = play.group.run_until(lambda: len(asked_for_votes_s(play, "n0")) > before, 3)
    play.expect(done, Rule.ELECTION_TIMEOUT, "n0 hears nothing for 3 s and asks nobody for a vote", "n0")
    play.run(0.02)
    if play.n0["role"] == "pre-candidate":
        for peer in play.others("n0"):
            play.hear(peer, "pre_vote_reply", play.n0["term"] + 1, granted=True)
    play.expect(
        play.n0["role"] == "candidate", Rule.ELECTION_TIMEOUT, f"n0 is {play.n0['role']}, not candidate", "n0"
    )
    return int(play.n0["term"])


def lead(play: Play) -> int:
    """Let n0 win an election by the votes of all its peers; return its term."""
    term = campaign(play)
    for peer in play.others("n0"):
        play.hear(peer, "request_vote_reply", term, granted=True)
    play.expect(
        play.n0["role"] == "leader", Rule.ELECTION_PROGRESS, "n0 has every vote and does not lead", "n0"
    )
    return term


def entries(terms: Sequence[int], first: int = 1) -> list[Entry]:
    """Return entries of these terms at the indices from `first` on; term and index name the command."""
    return [
        {"index": index, "term": term, "command": f"{term}.{index}"}
        for index, term in enumerate(terms, first)
    ]


def append(
    play: Play, sender: str, term: int, after: tuple[int, int], terms: Sequence[int], commit: int = 0
) -> Message:
    """Let n0 hear entries of `terms` after (index, term) from the leader `sender`; return its answer."""
    sent = play.hear(
        sender,
        "append_entries",
        term,
        prev_index=after[0],
        prev_term=after[1],
        entries=entries(terms, after[0] + 1),
        commit=commit,
    )
    replies = [message for message in sent if message["type"] == "append_entries_reply"]
    play.expect(bool(replies), Rule.LOGS_AGREE, f"n0 does not answer {sender}'s append_entries", "n0")
    return replies[-1]


def refuses_from_0(play: Play, answer: Message) -> None:
    """Expect of n0's refusal of a leader of an older term that it says nothing about its log."""
    play.expect(
        answer["index"] == 0,
        Rule.STALE_REQUEST,
        f"n0 refuses the leader of an older term without a look at logs, and says index {answer['index']}",
        "n0",
    )


def terms_of(play: Play) -> list[int]:
    """Return the terms of the entries in n0's log."""
    return [entry["term"] for entry in play.n0["log"][1:]]


def confirm(play: Play, peer: str, term: int, index: int, **fields: Any) -> list[Message]:
    """Let n0, leader of `term`, hear that `peer`'s log is its own up to `index`."""
    return play.hear(peer, "append_entries_reply", term, success=True, index=index, **fields)
