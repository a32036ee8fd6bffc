"""The pods of a StatefulSet over time: a row an ordinal, a bar a pod, coloured by its version."""

from collections.abc import Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from course.plots.svg.patches import Patch
from insideout.apimachinery import pods as podutil
from insideout.client.history import History
from insideout.client.interface import Object

_COLOURS = {"v1": picture.SKY, "v2": picture.ORANGE, "bad": picture.VERMILION}
_HATCHES = {"ready": "", "not ready": "////", "going": "...."}


class Span(NamedTuple):
    """A pod in one state: "ready", "not ready" or "going"; seconds from the beginning."""

    ordinal: int
    version: str
    state: str
    from_s: float
    to_s: float


class Panel(NamedTuple):
    """One story."""

    title: str
    spans: Sequence[Span]


def spans_of(history: History, began_s: float, end_s: float) -> list[Span]:
    """Return what a history of pods shows between two instants."""
    moments = list(history.moments())
    spans: list[Span] = []
    for index, (time_s, present) in enumerate(moments):
        until_s = moments[index + 1][0] if index + 1 < len(moments) else end_s
        if until_s <= began_s or until_s <= time_s:
            continue
        for pod in present.values():
            span = _span(pod, max(time_s, began_s) - began_s, min(until_s, end_s) - began_s)
            before = next((s for s in spans if s[:3] == span[:3] and s.to_s == span.from_s), None)
            if before is not None:
                spans[spans.index(before)] = before._replace(to_s=span.to_s)
            else:
                spans.append(span)
    return sorted(spans, key=lambda span: (span.ordinal, span.from_s))


def _span(pod: Object, from_s: float, to_s: float) -> Span:
    ordinal = int(pod["metadata"]["name"].rpartition("-")[2])
    version = pod["spec"]["containers"][0]["image"].partition(":")[2]
    state = "going" if podutil.is_terminating(pod) else "ready" if podutil.is_ready(pod) else "not ready"
    return Span(ordinal, version, state, round(from_s, 1), round(to_s, 1))


def plot_ordinals(
    panels: Sequence[Panel], seconds: float, marks: Sequence[tuple[float, str]] = ()
) -> Picture:
    """Draw the panels one below the other; `marks` are instants and what was done then."""
    rows = sum(len(_ordinals(panel)) for panel in panels)
    with picture.figure(8, 0.9 + 0.75 * len(panels) + 0.32 * rows) as drawn:
        ratios = [len(_ordinals(panel)) + 1 for panel in panels]
        each = drawn.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=ratios)
        for (axes,), panel in zip(each, panels, strict=True):
            _draw(axes, panel, seconds, marks)
        each[-1][0].set_xlabel("seconds")
        _legend(each[0][0], {span.version for panel in panels for span in panel.spans})
        return picture.finish(drawn, " ".join(_words(panel) for panel in panels))


def _ordinals(panel: Panel) -> list[int]:
    return sorted({span.ordinal for span in panel.spans})


def _draw(axes: Axes, panel: Panel, seconds: float, marks: Sequence[tuple[float, str]]) -> None:
    ordinals = _ordinals(panel)
    axes.set_title(panel.title)
    axes.set_yticks(range(len(ordinals)), [f"db-{ordinal}" for ordinal in ordinals])
    axes.set_ylim(-0.6, len(ordinals) - 0.2)
    axes.set_xlim(0, seconds)
    for span in panel.spans:
        axes.barh(
            ordinals.index(span.ordinal), span.to_s - span.from_s, left=span.from_s, height=0.6,
            color=_COLOURS[span.version], hatch=_HATCHES[span.state], edgecolor=picture.BLACK, linewidth=0.5,
            alpha=1.0 if span.state == "ready" else 0.55,
        )  # fmt: skip
    for at_s, what in marks:
        axes.axvline(at_s, color=picture.BLACK, linestyle="--", linewidth=1)
        axes.text(at_s + seconds / 150, len(ordinals) - 0.55, what, fontsize=8)


def _legend(axes: Axes, versions: set[str]) -> None:
    marks = [
        Patch(facecolor=colour, edgecolor=picture.BLACK, label=version)
        for version, colour in _COLOURS.items()
        if version in versions
    ]
    marks += [
        Patch(facecolor="#ffffff", edgecolor=picture.BLACK, hatch=_HATCHES[state], label=state)
        for state in ("not ready", "going")
    ]
    axes.figure.legend(handles=marks, loc="outside lower center", ncols=5, fontsize=8)


def _words(panel: Panel) -> str:
    """Say which pod was which version when it ended, and in which order pods were replaced."""
    last = {span.ordinal: span for span in panel.spans}
    ends = ", ".join(f"db-{one} {span.version} {span.state}" for one, span in sorted(last.items()))
    changed = sorted(
        (after.from_s, after.ordinal)
        for before in panel.spans
        for after in panel.spans
        if after.ordinal == before.ordinal and after.version != before.version and after.from_s >= before.to_s
    )
    order = list(dict.fromkeys(ordinal for _, ordinal in changed))
    said = ", ".join(f"db-{ordinal}" for ordinal in order) or "nobody"
    return f"{panel.title}: replaced {said}; at the end {ends}."
