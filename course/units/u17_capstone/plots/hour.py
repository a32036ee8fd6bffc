"""One hour of the day: ready pods of both apps, the Cache's children, what was done, requests that failed."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.units.u17_capstone.day import Day, Played
from course.units.u17_capstone.stage import CACHE, is_as_asked, name_of
from insideout.apimachinery import pods as podutil
from insideout.controllers.cache.kinds import CACHES, NAMESPACE

_APPS = {"web": (picture.BLUE, "-"), "db": (picture.VERMILION, (0, (4, 2)))}
_CHILDREN = "children of the Cache, as asked"


class _Line(NamedTuple):
    """How many pods, or children, were as they should be, from when on, in seconds of the hour."""

    times: list[float]
    ready: list[int]


def plot_hour(day: Day, hour: str) -> Picture:
    """Draw an hour that was played; LookupError when it was not."""
    played = day.named(hour)
    lines = {app: _ready(day, played, app) for app in _APPS}
    length_s = played.to_s - played.from_s
    failed = [
        one.time_s - played.from_s
        for one in day.stage.requests
        if played.from_s <= one.time_s <= played.to_s and not one.answer.ok
    ]
    with picture.figure(9, 3.4) as drawn:
        axes = drawn.subplots()
        for app, line in lines.items():
            colour, style = _APPS[app]
            axes.step(
                [*line.times, length_s], [*line.ready, line.ready[-1]], where="post", color=colour,
                linestyle=style, linewidth=2, label=f"ready pods of {app}",
            )  # fmt: skip
        if "operator" in played.hour.parts:
            line = lines["the Cache"] = _children(day, played)
            axes.step(
                [*line.times, length_s], [*line.ready, line.ready[-1]], where="post", color=picture.GREEN,
                linestyle=(0, (1, 1)), linewidth=2.6, label=_CHILDREN,
            )  # fmt: skip
        if failed:
            axes.plot(failed, [0.15] * len(failed), "x", color=picture.BLACK, label="request failed")
        for number, (second, _) in enumerate(_done(day, played), 1):
            axes.axvline(second, color=picture.GREY, linestyle=":", linewidth=1)
            axes.text(second, 5.45, f"{number}", fontsize=8, ha="center")
        axes.set_xlim(0, length_s)
        axes.set_ylim(0, 5.4)
        axes.set_xlabel("seconds of the hour")
        axes.set_ylabel("number")
        axes.legend(loc="lower left", fontsize=8)
        keys = "   ".join(f"{number} {what}" for number, (_, what) in enumerate(_done(day, played), 1))
        axes.set_title("\n".join(textwrap.wrap(keys, 125)[:3]), fontsize=7.5, pad=16)
        return picture.finish(drawn, _alt(day, played, lines, len(failed)))


def _ready(day: Day, played: Played, app: str) -> _Line:
    return _line(
        played,
        (
            (time_s, sum(podutil.is_active(pod) and podutil.is_ready(pod) for pod in pods))
            for time_s, pods in day.stage.seen(app, 0)
        ),
    )


def _children(day: Day, played: Played) -> _Line:
    [owner] = [one for one in day.stage.client.list(CACHES, NAMESPACE)["items"] if name_of(one) == CACHE]
    return _line(
        played,
        (
            (time_s, sum(is_as_asked(one, owner) for one in there.values()))
            for time_s, there in day.stage.maps_seen.moments()
        ),
    )


def _line(played: Played, counts: Iterable[tuple[float, int]]) -> _Line:
    line = _Line([0.0], [0])
    for time_s, ready in counts:
        if time_s > played.to_s:
            break
        if time_s <= played.from_s:
            line.ready[-1] = ready
        elif ready != line.ready[-1]:
            line.times.append(time_s - played.from_s)
            line.ready.append(ready)
    return line


def _done(day: Day, played: Played) -> list[tuple[float, str]]:
    """Return what was done in the hour, several things of one second together."""
    found: list[tuple[float, str]] = []
    for mark in day.stage.marks:
        if not played.from_s <= mark.time_s < played.to_s:
            continue
        second, what = mark.time_s - played.from_s, mark.what
        if found and second - found[-1][0] < 1:
            found[-1] = (found[-1][0], f"{found[-1][1]}; {what}")
        else:
            found.append((second, what))
    return found


def _alt(day: Day, played: Played, lines: dict[str, _Line], failed: int) -> str:
    least = ", ".join(f"{app} {min(line.ready)}" for app, line in lines.items())
    last = ", ".join(f"{app} {line.ready[-1]}" for app, line in lines.items())
    done: Sequence[str] = [f"at {second:.0f} s {what}" for second, what in _done(day, played)]
    return (
        f"The hour '{played.hour.name}': {'; '.join(done) or 'nothing is done'}. "
        f"Fewest that were well: {least}; in the end {last}. Requests that failed: {failed}."
    )
