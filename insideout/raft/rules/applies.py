"""Rules of what reaches the application: Figure 2 (lastApplied), §5.4.3 and §7."""

from typing import Any

from insideout.raft.broken import Rule
from insideout.raft.rules.step import Step, key_of


class ApplyInOrder:
    """Figure 2: entries are applied in log order, each once, and only when committed."""

    def __init__(self) -> None:
        self._applied: dict[tuple[str, int], int] = {}

    def see(self, step: Step) -> None:
        """Compare each item with the one applied before it since the node's start."""
        life = (step.node, step.boots)
        for item in step.ready["apply"]:
            applied = self._applied.get(life, step.disk["log"][0]["index"] if step.boots > 1 else 0)
            index = item["index"]
            if "snapshot" in item:
                if index <= applied:
                    step.broken(
                        Rule.SNAPSHOT,
                        f"{step.node} goes back to a snapshot of index {index} after applying up to "
                        f"{applied}",
                    )
            elif index != applied + 1:
                step.broken(Rule.APPLY_ORDER, f"{step.node} applies entry {index} after entry {applied}")
            if index > step.after["commit"]:
                step.broken(
                    Rule.APPLY_ORDER,
                    f"{step.node} applies entry {index}; its commit index is {step.after['commit']}",
                )
            self._applied[life] = index


class StateMachineSafety:
    """§5.4.3: no server ever applies a different log entry for an index that another has applied."""

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone
        self._applied: dict[int, str] = {}
        self._by: dict[int, str] = {}

    def see(self, step: Step) -> None:
        """Compare what is applied with what was applied elsewhere."""
        for item in step.ready["apply"]:
            index = item["index"]
            if "snapshot" in item:
                self._check_snapshot(step, index, item["snapshot"])
                continue
            command = key_of(item["command"])
            known = self._applied.setdefault(index, command)
            self._by.setdefault(index, step.node)
            if known != command:
                step.broken(
                    Rule.STATE_MACHINE_SAFETY,
                    f"{step.node} applies {command} at index {index}, where {self._by[index]} applied "
                    f"{known}",
                )

    def _check_snapshot(self, step: Step, index: int, snapshot: Any) -> None:
        if self._alone:
            return  # the scenario's peers applied it, and nobody watched them
        noop = key_of(None)
        commands = [self._applied.get(i, "") for i in range(1, index + 1)]
        if snapshot is None or [key_of(command) for command in snapshot] != [
            c for c in commands if c != noop
        ]:
            step.broken(
                Rule.SNAPSHOT, f"{step.node} takes over a snapshot that is not what was applied up to {index}"
            )
