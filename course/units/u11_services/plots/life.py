"""A Service's endpoints by their state over time, and the requests that failed meanwhile."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from course.plots.picture import BLACK, GREEN, GREY, ORANGE, VERMILION, Picture, figure, finish
from insideout.client import Client
from insideout.network.caller import Seen
from insideout.sim import Loop

Object = dict[str, Any]
STATES = ("ready", "terminating, still serving", "not ready")
_COLOURS = dict(zip(STATES, (GREEN, ORANGE, GREY), strict=True))
_HATCHES = dict(zip(STATES, ("", "//", ".."), strict=True))


class Sample(NamedTuple):
    """How many endpoints of each state the slices of a Service list from a moment on."""

    time_s: float
    counts: dict[str, int]


class Life:
    """Follows the slices of one Service from now on; `samples` holds each change."""

    def __init__(self, client: Client, loop: Loop, service: str) -> None:
        self._loop = loop
        self._began_s = loop.now_s
        self._slices: dict[str, Object] = {}
        self.samples: list[Sample] = []
        selector = f"kubernetes.io/service-name={service}"
        client.watch("endpointslices", self._seen, "default", label_selector=selector)

    def _seen(self, event: Any) -> None:
        if event.type not in ("ADDED", "MODIFIED", "DELETED"):
            return
        name = event.object["metadata"]["name"]
        self._slices.pop(name, None)
        if event.type != "DELETED":
            self._slices[name] = event.object
        endpoints = [one for slice_ in self._slices.values() for one in slice_.get("endpoints") or ()]
        counts = {state: sum(state_of(one) == state for one in endpoints) for state in STATES}
        self.samples.append(Sample(self._loop.now_s - self._began_s, counts))


def state_of(endpoint: Object) -> str:
    """Return the state of an endpoint, as the picture names it."""
    said = endpoint["conditions"]
    if said.get("ready") is not False:
        return "ready"
    serving = said.get("serving") is not False and said.get("terminating") is True
    return "terminating, still serving" if serving else "not ready"


def plot_life(samples: Sequence[Sample], seen: Sequence[Seen], title: str) -> Picture:
    """Draw the endpoints by state, stacked, and a mark for each request that failed."""
    end_s = max(one.time_s for one in seen)
    times = [one.time_s for one in samples] + [end_s]
    stacks = [[one.counts[state] for one in [*samples, samples[-1]]] for state in STATES]
    failed = [one.time_s for one in seen if one.error]
    with figure(8.2, 2.9) as drawn:
        axes = drawn.add_subplot()
        below = [0.0] * len(times)
        for state, counts in zip(STATES, stacks, strict=True):
            above = [low + count for low, count in zip(below, counts, strict=True)]
            axes.fill_between(
                times,
                below,
                above,
                step="post",
                color=_COLOURS[state],
                hatch=_HATCHES[state],
                edgecolor="white",
                linewidth=0,
                label=state,
            )
            below = above
        axes.plot(failed, [-0.3] * len(failed), "x", color=VERMILION, label="request that failed")
        axes.set_ylim(-0.6, max(below) * 1.35 + 1)
        axes.set_xlim(0, end_s)
        axes.set_xlabel("seconds")
        axes.set_ylabel("endpoints", color=BLACK)
        axes.set_title(title)
        axes.legend(loc="upper right", ncols=4, fontsize=8)
        return finish(drawn, f"{title}. {_words(samples, seen, len(failed))}")


def _words(samples: Sequence[Sample], seen: Sequence[Seen], failed: int) -> str:
    most = {state: max(one.counts[state] for one in samples) for state in STATES}
    always = "always" if all(one.counts["ready"] for one in samples) else "not always"
    serving = "some" if most[STATES[1]] else "none"
    lost = "none" if not failed else "some" if failed < len(seen) / 2 else "most"
    return (
        f"There are {always} ready endpoints, and {serving} that terminate and still serve. "
        f"Requests that failed: {lost}."
    )
