"""The watchers of a run, which look at every step of a node that could break a rule."""

from collections.abc import Sequence

from insideout.raft.rules.step import Step, Watcher


class Judge:
    """Shows steps to watchers.

    Most steps of a run are heartbeats and their answers.  One that repeats an earlier step and changes
    nothing keeps the rules that the earlier one kept.
    """

    def __init__(self, watchers: Sequence[Watcher]) -> None:
        self._watchers = watchers
        # Of steps that changed nothing; each keeps the objects alive whose ids are in its key.
        self._seen: dict[tuple[object, ...], Step] = {}

    def see(self, step: Step) -> None:
        """Raise Broken when `step` breaks a rule."""
        if step.is_quiet:
            if step.call == "tick" and not step.ready["messages"]:
                return
            objects = (step.argument, step.ready, step.disk, step.after["log"])
            key = (step.node, step.boots, step.call, *map(id, objects))
            if key in self._seen:
                return
            self._seen[key] = step
        for watcher in self._watchers:
            watcher.see(step)

    def forget(self) -> None:
        """Look at every step again: what is known of earlier ones keeps their logs alive."""
        self._seen.clear()
