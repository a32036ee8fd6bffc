"""Rules of logs and their replication: §5.3."""

from insideout.raft.broken import Rule
from insideout.raft.messages import Message
from insideout.raft.rules.step import Log, Step, entry_at, holds, key_of


class LeaderAppendOnly:
    """§5.3: a leader never overwrites or deletes entries in its log."""

    def see(self, step: Step) -> None:
        """Compare the leader's log with the one before this call."""
        before, after = step.before, step.after
        same = before["role"] == after["role"] == "leader" and before["term"] == after["term"]
        if not (same and step.log_changed):
            return
        for entry in before["log"][1:]:
            if not holds(after["log"], entry["index"], entry["term"]):
                step.broken(
                    Rule.LEADER_APPEND_ONLY,
                    f"{step.node}, leader of term {after['term']}, loses entry {entry['index']} of its own "
                    "log",
                )


class CutAtSnapshot:
    """§7: what is left of a log cut at a snapshot begins with the last index and term that it replaced."""

    def see(self, step: Step) -> None:
        """Compare the new beginning with the entry that was there."""
        first = step.after["log"][0]
        was = entry_at(step.before["log"], first["index"])
        if step.call == "compact" and (was is None or was["term"] != first["term"]):
            step.broken(
                Rule.SNAPSHOT,
                f"{step.node} cuts its log at entry {first['index']} and takes that for one of term "
                f"{first['term']}; it was {'not there' if was is None else 'of term ' + str(was['term'])}",
            )


class LogMatching:
    """§5.3: if two logs hold an entry of the same index and term, they are identical up to it."""

    def __init__(self) -> None:
        # An entry's index and term name its command and the term before it; by induction the whole prefix.
        self._known: dict[tuple[int, int], tuple[str, int, str]] = {}

    def see(self, step: Step) -> None:
        """Compare what is new in this log with every log seen so far."""
        if not step.log_changed:
            return
        log, old = step.after["log"], step.before["log"]
        for position in range(_first_new(log, old), len(log)):
            entry, previous = log[position], log[position - 1]
            where = f"entry {entry['index']} of term {entry['term']}"
            if entry["index"] != previous["index"] + 1:
                step.broken(Rule.LOG_MATCHING, f"{step.node} has {where} after entry {previous['index']}")
            seen = (key_of(entry["command"]), previous["term"])
            command, term, owner = self._known.setdefault((entry["index"], entry["term"]), (*seen, step.node))
            if command != seen[0]:
                step.broken(
                    Rule.LOG_MATCHING, f"{step.node} has {seen[0]} in {where}, where {owner} had {command}"
                )
            if term != seen[1]:
                step.broken(
                    Rule.LOG_MATCHING,
                    f"{step.node} has {where} after an entry of term {seen[1]}, {owner} after one of term "
                    f"{term}",
                )


def _first_new(log: Log, old: Log) -> int:
    """Return the first position, 1 at least, from which on `log` differs from `old`, or goes beyond it."""
    shared = min(len(log), len(old))
    if log[:shared] == old[:shared]:
        return shared
    return next((i for i in range(1, shared) if log[i] != old[i] or log[i - 1] != old[i - 1]), shared)


class AppendHandling:
    """§5.1 and §5.3: what a follower does with AppendEntries, receiver steps 1 to 4 of Figure 2."""

    def see(self, step: Step) -> None:
        """Look at a follower's answer to one message."""
        message = step.received("append_entries")
        if message is None:
            return
        replies = [reply for reply in step.sent("append_entries_reply") if reply["success"]]
        if message["term"] < step.before["term"]:
            if replies or step.log_changed:
                step.broken(
                    Rule.STALE_REQUEST,
                    f"{step.node} in term {step.before['term']} accepts entries of {message['from']}, "
                    f"which leads only term {message['term']}",
                )
            return
        for reply in replies:
            self._check_confirmed(step, message, reply["index"])
        if step.log_changed:
            self._check_truncation(step, message)

    def _check_confirmed(self, step: Step, message: Message, index: int) -> None:
        previous, covered = message["prev_index"], message["prev_index"] + len(message["entries"])
        if not holds(step.before["log"], previous, message["prev_term"]):
            mine = entry_at(step.before["log"], previous)
            step.broken(
                Rule.CONSISTENCY_CHECK,
                f"{step.node} accepts entries after entry {previous} of term {message['prev_term']}, "
                + (f"where its own is of term {mine['term']}" if mine else "which it does not have"),
            )
        if index > covered:
            step.broken(
                Rule.HONEST_REPLY,
                f"{step.node} confirms up to entry {index}, but the message only went up to {covered}",
            )
        for entry in message["entries"]:
            if entry["index"] <= index and not holds(step.after["log"], entry["index"], entry["term"]):
                step.broken(
                    Rule.HONEST_REPLY,
                    f"{step.node} confirms entry {entry['index']} of term {entry['term']} without having it",
                )

    def _check_truncation(self, step: Step, message: Message) -> None:
        before, after = step.before["log"], step.after["log"]
        if any(not holds(before, entry["index"], entry["term"]) and entry_at(before, entry["index"])
               for entry in message["entries"]):  # fmt: skip
            return  # a conflict: from there on the old entries go
        for entry in before[1:]:
            if not holds(after, entry["index"], entry["term"]):
                step.broken(
                    Rule.TRUNCATION,
                    f"{step.node} drops entry {entry['index']} of term {entry['term']}, "
                    f"which nothing in {message['from']}'s message contradicts",
                )
