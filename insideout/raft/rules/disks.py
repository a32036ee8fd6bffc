"""Rules of the disk: Figure 2, "updated on stable storage before responding to RPCs"."""

from insideout.raft.broken import Rule
from insideout.raft.rules.step import Step, holds


class SaveFirst:
    """Figure 2: what a message says about term, vote and log is on the disk before it leaves."""

    def see(self, step: Step) -> None:
        """Compare the messages with what the disk will hold when they leave."""
        disk = step.ready["save"] or step.disk
        for message in step.ready["messages"]:
            if message["term"] > disk["term"] and not message["type"].startswith("pre_vote"):
                step.broken(
                    Rule.SAVE_FIRST,
                    f"{step.node} speaks in term {message['term']} while its disk says term {disk['term']}",
                )
            granted = message["type"] == "request_vote_reply" and message["granted"]
            chosen = message["to"] if granted else step.node
            if (granted or message["type"] == "request_vote") and disk.get("vote") != chosen:
                step.broken(
                    Rule.SAVE_FIRST,
                    f"{step.node} votes for {chosen} in term {message['term']}; its disk says "
                    f"{disk.get('vote')}",
                )
            if message["type"] == "append_entries_reply" and message["success"]:
                self._check_log(step, message["index"], disk["log"])
            for entry in message.get("entries", []):
                if not holds(disk["log"], entry["index"], entry["term"]):
                    step.broken(
                        Rule.SAVE_FIRST,
                        f"{step.node} sends entry {entry['index']}, which its own disk does not hold",
                    )

    def _check_log(self, step: Step, index: int, log: list[dict[str, int]]) -> None:
        for entry in step.after["log"]:
            if entry["index"] <= index and not holds(log, entry["index"], entry["term"]):
                step.broken(
                    Rule.SAVE_FIRST,
                    f"{step.node} confirms up to entry {index}, but entry {entry['index']} is not on its "
                    "disk",
                )


class SaveSeldom:
    """Thesis §10.2.1: a write to the disk is the slow part of Raft, so only changes are written."""

    def see(self, step: Step) -> None:
        """Compare what is saved with what the disk holds."""
        if step.ready["save"] is not None and step.ready["save"] == step.disk:
            step.broken(Rule.SAVE_SELDOM, f"{step.node} writes to its disk what the disk holds already")
