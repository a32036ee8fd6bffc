"""Rules of terms, votes and elections: §5.1, §5.2 and §5.4.1."""

from insideout.raft.broken import Rule
from insideout.raft.rules.step import Step, last_of

VOTES = ("request_vote", "pre_vote", "pre_vote_reply")


class TermsGrow:
    """§5.1: the current term increases monotonically, also over a crash."""

    def see(self, step: Step) -> None:
        """Compare the term with the one before."""
        before, after = step.before["term"], step.after["term"]
        if after < before:
            if step.boots > 1 and before == step.disk["term"]:
                step.broken(Rule.RESTORED, f"{step.node} restarts in term {after}; its disk says {before}")
            step.broken(Rule.TERMS_GROW, f"{step.node} goes back from term {before} to term {after}")
        message = step.argument if step.call == "step" else None
        # Requests for votes have rules of their own: a lease may ignore them, a pre-vote changes no term.
        if message is not None and message["term"] > after and message["type"] not in VOTES:
            step.broken(
                Rule.NEWER_TERM,
                f"{step.node} stays in term {after} after a message of term {message['term']}",
            )


class UpToDateVote:
    """§5.4.1: a voter denies its vote if its own log is more up to date than the candidate's."""

    def see(self, step: Step) -> None:
        """Compare the two logs when a vote is granted."""
        request = step.received("request_vote")
        if request is None or not any(reply["granted"] for reply in step.sent("request_vote_reply")):
            return
        theirs, mine = (request["last_term"], request["last_index"]), last_of(list(step.after["log"]))
        if theirs < mine:
            step.broken(
                Rule.UP_TO_DATE,
                f"{step.node} votes for {request['from']}, whose log ends with (term, index) {theirs}, "
                f"although its own ends with {mine}",
            )


class OneVote:
    """§5.2: each server votes for at most one candidate in a term, and a leader has a majority's votes."""

    def __init__(self) -> None:
        self._vote: dict[tuple[str, int], str] = {}

    def see(self, step: Step) -> None:
        """Note the votes given in this step and look for a second one."""
        for message in step.sent("request_vote"):
            self._note(step, step.node, message["term"], step.node)
        for message in step.sent("request_vote_reply"):
            if message["granted"]:
                self._note(step, step.node, message["term"], message["to"])
        heard = step.received("request_vote_reply")
        if heard is not None and heard["granted"]:
            self._vote.setdefault((heard["from"], heard["term"]), step.node)
        if step.after["role"] == "leader" and step.before["role"] != "leader":
            term = step.after["term"]
            voters = sum(self._vote.get((member, term)) == step.node for member in step.logs)
            # A group of one votes for itself without sending anything.
            if voters < step.quorum and len(step.logs) > 1:
                step.broken(
                    Rule.ELECTION_QUORUM,
                    f"{step.node} becomes leader of term {term} with {voters} of {len(step.logs)} votes",
                )

    def _note(self, step: Step, voter: str, term: int, candidate: str) -> None:
        earlier = self._vote.setdefault((voter, term), candidate)
        if earlier != candidate:
            step.broken(
                Rule.ONE_VOTE,
                f"{voter} votes for {candidate} in term {term} although it voted for {earlier}",
            )


class ElectionSafety:
    """§5.2: at most one leader can be elected in a given term."""

    def __init__(self) -> None:
        self._leader: dict[int, str] = {}

    def see(self, step: Step) -> None:
        """Note who leads."""
        if step.after["role"] != "leader":
            return
        term = step.after["term"]
        earlier = self._leader.setdefault(term, step.node)
        if earlier != step.node:
            step.broken(Rule.ELECTION_SAFETY, f"{step.node} leads term {term}, which {earlier} leads already")
