"""Stepping through a Raft run, an event forward or back, for one node or all, with every node's state.

In JupyterLab it is a widget.  Where nobody can press a button (the build, nbval, print, a viewer) the whole
diagram stands in its place.
"""

import html
from collections.abc import Sequence
from typing import Any

from course.plots.control import someone_is_there
from course.plots.picture import Picture
from course.units.u03_raft.plots.spacetime import plot_run
from insideout.raft.broken import Broken
from insideout.raft.story import sentences
from insideout.raft.trace import Event, Trace

ALL = "all nodes"


class Stepper:
    """A run to step through; the last expression of a cell shows it."""

    def __init__(
        self, trace: Trace, members: Sequence[str], *, from_s: float = 0.0, broken: Broken | None = None
    ) -> None:
        self._trace = trace
        self._members = list(members)
        self._from_s = from_s
        self._broken = broken

    def steps(self, node: str = ALL) -> list[tuple[Event, str]]:
        """Return the events worth a step, each with its sentence: those of one node and of the group."""
        return [
            (event, sentence)
            for event in self._trace.events
            if event.t_s >= self._from_s and (node == ALL or event.node in (node, ""))
            for sentence in sentences(event)
        ]

    def table(self, until: Event) -> list[dict[str, Any]]:
        """Return what every node is just after an event: role, term, vote, log and commit index."""
        rows: dict[str, dict[str, Any]] = {id: {"node": id, "role": "down"} for id in self._members}
        for event in self._trace.events:
            if event.kind in ("boot", "restart"):
                rows[event.node] = {"node": event.node, "role": "follower", "term": event.data["term"]}
            elif event.kind == "crash":
                rows[event.node] = {"node": event.node, "role": "down"}
            elif event.kind == "status":
                after = event.data["after"]
                rows[event.node] = {
                    "node": event.node,
                    "role": after["role"],
                    "term": after["term"],
                    "vote": after["vote"],
                    "log": " ".join(f"{entry['term']}.{entry['index']}" for entry in after["log"][1:][-8:]),
                    "commit": after["commit"],
                }
            if event is until:
                break
        return [rows[id] for id in self._members]

    def whole(self) -> Picture:
        """Return the diagram of the whole run."""
        return plot_run(self._trace, self._members, from_s=self._from_s, broken=self._broken)

    def until(self, event: Event, node: str = ALL) -> Picture:
        """Return the diagram up to an event, with the messages of one node or of all."""
        only = "" if node == ALL else node
        return plot_run(
            self._trace, self._members, from_s=self._from_s, only=only, until_s=max(event.t_s, self._from_s)
        )

    def open(self) -> Any:
        """Return the widget: buttons, a slider, the choice of a node."""
        import ipywidgets

        node = ipywidgets.Dropdown(options=[ALL, *self._members], value=ALL, description="node")
        place = ipywidgets.IntSlider(
            min=0, max=len(self.steps()) - 1, description="event", continuous_update=False
        )
        back = ipywidgets.Button(description="Back", icon="step-backward")
        forward = ipywidgets.Button(description="Forward", icon="step-forward")
        shown = ipywidgets.HTML()

        def draw(_: object = None) -> None:
            steps = self.steps(node.value)
            event, sentence = steps[min(place.value, len(steps) - 1)]
            shown.value = self._page(event, sentence, node.value)

        def choose(_: object) -> None:
            place.value = 0
            place.max = len(self.steps(node.value)) - 1
            draw()

        back.on_click(lambda _: setattr(place, "value", max(place.value - 1, 0)))
        forward.on_click(lambda _: setattr(place, "value", min(place.value + 1, place.max)))
        place.observe(draw, names="value")
        node.observe(choose, names="value")
        draw()
        return ipywidgets.VBox([ipywidgets.HBox([back, forward, place, node]), shown])

    def _page(self, event: Event, sentence: str, node: str) -> str:
        columns = ("node", "role", "term", "vote", "log", "commit")
        head = "".join(f"<th>{column}</th>" for column in columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(str(row.get(c, '') or ''))}</td>" for c in columns) + "</tr>"
            for row in self.table(event)
        )
        figure = self.until(event, node).html()
        said = f"<p><b>t={event.t_s:.2f} s: {html.escape(sentence)}</b></p>"
        note = "<p>log: term.index of the last eight entries</p>"
        return f"{said}{figure}<table><tr>{head}</tr>{rows}</table>{note}"

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.open() if someone_is_there() else self.whole())  # type: ignore[no-untyped-call]
