"""Rules of the commit index: §5.3, §5.4.2 and §5.4.3."""

from insideout.raft.broken import Rule
from insideout.raft.messages import Entry
from insideout.raft.rules.step import Step, entry_at, holds, key_of


class CommitGrows:
    """Figure 2: commitIndex increases monotonically, and stays inside the log."""

    def see(self, step: Step) -> None:
        """Compare the commit index with the one before and with the log."""
        before, after = step.before["commit"], step.after["commit"]
        if after < before:
            step.broken(
                Rule.COMMIT_GROWS, f"{step.node} takes its commit index back from {before} to {after}"
            )
        if after > step.after["log"][-1]["index"]:
            step.broken(
                Rule.COMMIT_MAJORITY,
                f"{step.node} commits up to {after} with a log that ends at {step.after['log'][-1]['index']}",
            )


class CommitTold:
    """Figure 2: the leaderCommit of an AppendEntries is the leader's own commit index, or less."""

    def see(self, step: Step) -> None:
        """Compare what a leader tells its followers with what it has committed."""
        for message in step.sent("append_entries"):
            told, own = message["commit"], step.after["commit"]
            if not 0 <= told <= own:
                step.broken(
                    Rule.COMMIT_MAJORITY,
                    f"{step.node} tells {message['to']} that entries up to {told} are committed; its own "
                    f"commit index is {own}",
                )


class CommitOfOwnTerm:
    """§5.4.2: only log entries from the leader's current term are committed by counting replicas."""

    def see(self, step: Step) -> None:
        """Look at the entry up to which a leader commits."""
        before, after = step.before, step.after
        stays = before["role"] == after["role"] == "leader" and before["term"] == after["term"]
        if not stays or after["commit"] <= before["commit"]:
            return
        entry = entry_at(after["log"], after["commit"])
        if entry is not None and entry["term"] != after["term"]:
            step.broken(
                Rule.COMMIT_TERM,
                f"{step.node}, leader of term {after['term']}, commits entry {entry['index']} of term "
                f"{entry['term']} because a majority stores it; a later leader may still overwrite it "
                "(Figure 8)",
            )


class CommitOnMajority:
    """§5.3: an entry is committed once it is stored on a majority of the servers."""

    def see(self, step: Step) -> None:
        """Count who stores what this step commits."""
        for index in range(step.before["commit"] + 1, step.after["commit"] + 1):
            entry = _logged(step, index)
            if entry is None:
                continue
            owners = [member for member, log in step.logs.items() if holds(log, index, entry["term"])]
            if len(owners) < step.quorum:
                step.broken(
                    Rule.COMMIT_MAJORITY,
                    f"{step.node} commits entry {index} of term {entry['term']}, "
                    f"which only {' and '.join(owners)} of {len(step.logs)} nodes store",
                )


class LeaderCompleteness:
    """§5.4.3: an entry committed in a term is in the logs of the leaders of all higher terms."""

    def __init__(self) -> None:
        self._committed: dict[int, tuple[int, str]] = {}
        self._committed_in: dict[int, int] = {}
        self._leading: dict[str, int] = {}

    def see(self, step: Step) -> None:
        """Note what is committed; look whether a new leader has it all."""
        for index in range(step.before["commit"] + 1, step.after["commit"] + 1):
            entry = _logged(step, index)
            if entry is None:
                continue
            found = (entry["term"], key_of(entry["command"]))
            known = self._committed.setdefault(index, found)
            self._committed_in.setdefault(index, step.after["term"])
            if known != found:
                step.broken(
                    Rule.STATE_MACHINE_SAFETY,
                    f"{step.node} commits {found[1]} at index {index}, where {known[1]} was committed before",
                )
        if step.after["role"] == "leader" and self._leading.get(step.node) != step.after["term"]:
            self._leading[step.node] = step.after["term"]
            for index, (term, command) in self._committed.items():
                later = step.after["term"] > self._committed_in[index]
                if later and not holds(step.after["log"], index, term):
                    step.broken(
                        Rule.LEADER_COMPLETENESS,
                        f"{step.node} becomes leader of term {step.after['term']} without entry {index} "
                        f"({command} of term {term}), which was committed",
                    )


def _logged(step: Step, index: int) -> Entry | None:
    """Return the entry at `index`, or None when it came with a snapshot, which has its own rule."""
    log = step.after["log"]
    return entry_at(log, index) if index > log[0]["index"] else None
