"""One pod over time: its phase, its containers and its conditions, as they stood in the API server."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from course.client.history import Seen
from course.client.interface import Object
from course.plots import picture
from course.plots.picture import Picture

_CONDITIONS = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
_KINDS = {
    "not yet, or not true": ("Pending", "waiting", "False", "Unknown"),
    "running, or true": ("Running", "running", "True"),
    "ended well": ("Succeeded", "ended, code 0"),
    "ended badly": ("Failed", "ended"),
    "being deleted": ("deleting",),
}
_LOOKS = {  # face, edge, hatch
    "not yet, or not true": ("white", picture.GREY, ""),
    "running, or true": ("#99d8c7", picture.GREEN, ""),  # light, so that words can stand on it
    "ended well": ("#cfe3f1", picture.BLUE, ""),
    "ended badly": ("#f7d3b5", picture.VERMILION, "////"),
    "being deleted": ("#dddddd", picture.GREY, "...."),
}
_LETTER_SHARE = 0.0125
"""About the width of a letter as a share of the picture's."""


class Span(NamedTuple):
    """One state of one row, from and until."""

    row: str
    start_s: float
    end_s: float
    word: str
    """What stands in it and chooses its look."""


def spans_of(seen: Sequence[Seen], end_s: float) -> list[Span]:
    """Return the rows of a pod's history; states that follow each other unchanged are one span."""
    rows: dict[str, Callable[[Object], str]] = {"phase": _phase}
    for one in seen:
        for name in _containers(one.object):
            rows.setdefault(name, lambda pod, name=name: _container(pod, name))  # type: ignore[misc]
    for type_ in _CONDITIONS:
        rows[type_] = lambda pod, type_=type_: _condition(pod, type_)  # type: ignore[misc]
    spans: list[Span] = []
    for row, word_of in rows.items():
        last: Span | None = None
        for position, one in enumerate(seen):
            until_s = seen[position + 1].time_s if position + 1 < len(seen) else end_s
            word = word_of(one.object) if one.object is not None else ""
            if until_s <= one.time_s:
                continue
            if last is not None and last.word == word:
                last = last._replace(end_s=until_s)
                spans[-1] = last
            elif word:
                last = Span(row, one.time_s, until_s, word)
                spans.append(last)
            else:
                last = None
    return spans


def plot_timeline(seen: Sequence[Seen], *, end_s: float, start_s: float | None = None) -> Picture:
    """Draw what was `seen` of one pod until `end_s`; times are counted from `start_s`, or its first sight."""
    began_s = seen[0].time_s if start_s is None else start_s
    spans = spans_of(seen, end_s)
    rows = list(dict.fromkeys(span.row for span in spans))
    with picture.figure(8, 0.34 * len(rows) + 1.1) as drawn:
        axes = drawn.subplots()
        length_s = end_s - began_s
        for span in spans:
            y, left, width = rows.index(span.row), span.start_s - began_s, span.end_s - span.start_s
            face, edge, hatch = _LOOKS[_kind(span.word)]
            axes.barh(y, width, left=left, height=0.72, facecolor=face, edgecolor=edge, hatch=hatch)
            if width / length_s > _LETTER_SHARE * len(span.word):
                axes.text(
                    left + width / 2,
                    y,
                    span.word,
                    ha="center",
                    va="center",
                    fontsize=8,
                )
        axes.set_yticks(range(len(rows)), rows)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, length_s)
        axes.set_xlabel("seconds")
        axes.tick_params(axis="y", length=0)
        used = {_kind(span.word) for span in spans}
        for kind, (face, edge, hatch) in _LOOKS.items():
            if kind in used:
                axes.barh([0], [0], facecolor=face, edgecolor=edge, hatch=hatch, label=kind)
        drawn.legend(loc="outside lower center", ncols=len(used), fontsize=8.5, columnspacing=1.2)
        return picture.finish(drawn, _alt(spans, began_s))


def _kind(word: str) -> str:
    """Return what a state means; the longest beginning that fits decides."""
    fits = [
        (len(start), kind) for kind, starts in _KINDS.items() for start in starts if word.startswith(start)
    ]
    return max(fits)[1] if fits else "not yet, or not true"


def _phase(pod: Object) -> str:
    phase = str((pod.get("status") or {}).get("phase", "Pending"))
    return f"deleting, was {phase}" if pod["metadata"].get("deletionTimestamp") else phase


def _containers(pod: Object | None) -> Iterable[str]:
    spec = pod["spec"] if pod is not None else {}
    return [
        container["name"] for key in ("initContainers", "containers") for container in spec.get(key) or ()
    ]


def _container(pod: Object, name: str) -> str:
    status = pod.get("status") or {}
    for each in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        if each["name"] == name:
            return _container_word(each)
    return ""


def _container_word(status: Object) -> str:
    state, restarts = status.get("state") or {}, status.get("restartCount", 0)
    if "running" in state:
        return "running" + (f", restart {restarts}" if restarts else "")
    if "terminated" in state:
        return f"ended, code {state['terminated'].get('exitCode')}"
    reason = (state.get("waiting") or {}).get("reason", "")
    return f"waiting: {reason}" if reason else "waiting"


def _condition(pod: Object, type_: str) -> str:
    for condition in (pod.get("status") or {}).get("conditions") or ():
        if condition["type"] == type_:
            return str(condition["status"])
    return ""


def _alt(spans: Sequence[Span], began_s: float) -> str:
    said: dict[str, list[str]] = {}
    for span in spans:
        said.setdefault(span.row, []).append(
            f"{span.word} {span.start_s - began_s:.1f}-{span.end_s - began_s:.1f} s"
        )
    return "; ".join(f"{row}: {', '.join(words)}" for row, words in said.items()) + "."
