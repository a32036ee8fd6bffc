"""Who asked the API server for what, and whom it told: a sequence diagram drawn from its log.

A row is one write, or one change told to all who watch it, where the first of them hears of it.  Left out:
reads, Events, Leases and tokens; what a client hears of its own change to an object that it knows; and of the
writes to a workload's status all but the last.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from insideout.apiserver.requestlog import WRITES, EventDelivered, RequestMade

_LIFELINES = {
    "controller manager": ("kcm", "kube-controller-manager", "controller-manager", "controllers"),
    "scheduler": ("scheduler", "kube-scheduler", "default-scheduler"),
    "kubelet": ("kubelet",),
}
_YOU, _SERVER = "you", "API server"
_ORDER = (_YOU, _SERVER, *_LIFELINES)
_COLOURS = {
    _YOU: picture.VERMILION,
    "controller manager": picture.BLUE,
    "scheduler": picture.GREEN,
    "kubelet": picture.PURPLE,
}
_LEFT_OUT = ("events", "leases", "serviceaccounts")
_WORKLOADS = ("deployments", "replicasets", "statefulsets", "daemonsets", "jobs")
_ROW_IN = 0.27
_WIDER = 0.15
"""Most words stand between the server and its neighbour."""


class Row(NamedTuple):
    """One row: who wrote, or who was told ("" and names); what; and when."""

    time_s: float
    writer: str
    told: tuple[str, ...]
    text: str


def rows_of(entries: Iterable[RequestMade | EventDelivered]) -> list[Row]:
    """Return what the diagram shows of a log, a row each; refused requests stand with their code."""
    kept = list(_without_early_status(entries))
    rows: list[Row] = []
    writer_of: dict[tuple[str, str], str] = {}
    known: set[tuple[str, str, str]] = set()
    told: dict[tuple[str, ...], tuple[str, int]] = {}  # by change: whose it is, and its row
    for entry in kept:
        who = lifeline(entry.client)
        what = entry.resource, entry.name
        if isinstance(entry, RequestMade):
            refused = "" if entry.code < 300 and entry.code else f": {entry.code or 'no answer'}"
            rows.append(Row(entry.time_s, who, (), f"{_request(entry)}{refused}"))
            if not refused:
                writer_of[what] = who
            continue
        change = (*what, entry.resource_version)
        writer, number = told.get(change, (writer_of.get(what, ""), len(rows)))
        is_echo = writer == who and (who, *what) in known
        known.add((who, *what))
        if is_echo or (entry.resource in _WORKLOADS and entry.type == "MODIFIED"):
            continue
        if change in told:
            names = {*rows[number].told, who}
            rows[number] = rows[number]._replace(told=tuple(sorted(names, key=_ORDER.index)))
        else:
            told[change] = writer, number
            state = f": {entry.state}" if entry.resource == "pods" else ""
            rows.append(Row(entry.time_s, "", (who,), f"{entry.resource}{state}"))
    return rows


def order_of(rows: Sequence[Row], steps: Mapping[tuple[str, str], str]) -> str:
    """Return the names of `steps`, each a (writer, what), in the order in which they were last written."""
    last = {
        steps[row.writer, row.text.split()[1]]: number
        for number, row in enumerate(rows)
        if row.writer and (row.writer, row.text.split()[1]) in steps
    }
    return "".join(sorted(last, key=lambda step: last[step]))


def lifeline(client: str) -> str:
    """Return whose line a client belongs to; whoever is no component is "you"."""
    return next((name for name, clients in _LIFELINES.items() if client in clients), _YOU)


def _request(entry: RequestMade) -> str:
    what = f"{entry.resource}/{entry.subresource}" if entry.subresource else entry.resource
    return f"{entry.verb} {what}"


def _without_early_status(
    entries: Iterable[RequestMade | EventDelivered],
) -> Iterable[RequestMade | EventDelivered]:
    entries = [entry for entry in entries if entry.resource not in _LEFT_OUT]
    last = {
        (entry.resource, entry.name): position
        for position, entry in enumerate(entries)
        if isinstance(entry, RequestMade) and entry.subresource == "status"
    }
    for position, entry in enumerate(entries):
        if isinstance(entry, RequestMade):
            early = entry.subresource == "status" and entry.resource in _WORKLOADS
            if entry.verb not in WRITES or (early and last[entry.resource, entry.name] != position):
                continue
        yield entry


def plot_sequence(
    entries: Sequence[RequestMade | EventDelivered], *, start_s: float | None = None, first: int | None = None
) -> Picture:
    """Draw a log from top to bottom; times are counted from `start_s`, or from the first row.

    `first` draws as many rows as that, in the frame of all: so a log can be stepped through.
    """
    rows = rows_of(entries)
    names = [name for name in _ORDER if name == _SERVER or any(name in (r.writer, *r.told) for r in rows)]
    at = {name: place + (_WIDER if place > names.index(_SERVER) else 0) for place, name in enumerate(names)}
    began_s = start_s if start_s is not None else (rows[0].time_s if rows else 0.0)
    height = len(rows) + 0.6
    with picture.figure(9, _ROW_IN * (len(rows) + 3)) as drawn:
        axes = drawn.subplots()
        axes.set_axis_off()
        axes.set_xlim(-0.62, len(names) - 0.55)
        axes.set_ylim(height + 0.7, -1.5)
        for name, x in at.items():
            colour = _COLOURS.get(name, picture.BLACK)
            axes.plot([x, x], [-0.6, height], color=colour, linewidth=1.2, alpha=0.55, zorder=1)
            axes.text(
                x,
                -0.9,
                name,
                ha="center",
                va="center",
                fontweight="bold",
                color=colour,
                bbox={"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": colour},
            )
        axes.text(
            at[names[-1]] + 0.4,
            height + 0.35,
            "solid line, bold: a write    dashed line: a watcher is told",
            ha="right",
            va="center",
            fontsize=8,
            color=picture.GREY,
        )
        before = ""
        for number, row in enumerate(rows[:first]):
            y = number + 0.5
            when = f"{row.time_s - began_s:.3f} s"
            if when != before:
                axes.text(-0.6, y, when, va="center", ha="left", fontsize=8, color=picture.GREY)
            before = when
            _draw_row(axes, row, at, y)
        return picture.finish(drawn, _alt(rows[:first]))


def _draw_row(axes: Axes, row: Row, at: dict[str, float], y: float) -> None:
    server = at[_SERVER]
    if row.writer:
        colour = _COLOURS[row.writer]
        picture.arrow(axes, at[row.writer], server, y, colour, "-")
        side, weight = at[row.writer], "bold"
    else:
        for name in row.told:
            picture.arrow(axes, server, at[name], y, picture.GREY, (0, (4, 2)))
            axes.plot([at[name]], [y], marker="o", markersize=4, color=_COLOURS[name], zorder=4)
        side, weight = min(at[name] for name in row.told), "normal"
    axes.text(
        server + (0.5 + _WIDER / 2 if side > server else -0.5),
        y - 0.02,
        row.text,
        ha="center",
        va="center",
        fontsize=8,
        fontweight=weight,
        zorder=5,
        bbox={"boxstyle": "square,pad=0.12", "facecolor": "white", "edgecolor": "none"},
    )


def _alt(rows: Sequence[Row]) -> str:
    """Say the rows in words, as who does what."""
    said = [
        f"{number}. {row.writer} to API server: {row.text}"
        if row.writer
        else f"{number}. API server tells {', '.join(row.told)}: {row.text}"
        for number, row in enumerate(rows, 1)
    ]
    return "; ".join(said) + "."
