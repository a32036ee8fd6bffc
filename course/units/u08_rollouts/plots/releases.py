"""What a client saw of releases, one panel each: which version answered, what failed, who was ready."""

from collections import Counter
from collections.abc import Mapping, Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.axes import Axes
from course.plots.svg.figure import Figure
from course.plots.svg.lines import Line2D
from course.plots.svg.patches import Patch
from course.plots.svg.ticker import MaxNLocator
from insideout.network.caller import Seen

# Version, colour and hatching of each kind of answer, from the bottom of a bar to its top.
_KINDS = (("v2", picture.BLUE, ""), ("v1", picture.ORANGE, ""), ("", "white", "xxxxx"))


def plot_releases(releases: Mapping[str, Sequence[Seen]], *, released_s: float, columns: int = 2) -> Picture:
    """Draw the answers of every second, stacked by version, failed ones on top, and the ready endpoints.

    `released_s` is when the new version was released, in seconds after the first request.
    """
    rows = -(-len(releases) // columns)
    with picture.figure(9.6, 2.2 * rows + 0.6) as drawn:
        panels = drawn.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for panel, (name, seen) in zip(panels.flat, releases.items(), strict=False):
            failed = sum(bool(one.error) for one in seen)
            panel.set_title(f"{name}: {failed} of {len(seen)} failed")
            _draw_answers(panel, seen)
            panel.axvline(released_s, color=picture.BLACK, linestyle=":", linewidth=1.5)
            _draw_ready(panel, seen)
        for panel in panels.flat[len(releases) :]:
            panel.set_visible(False)
        for panel in panels[-1]:
            panel.set_xlabel("seconds")
        for panel in panels[:, 0]:
            panel.set_ylabel("requests a second")
        _draw_legend(drawn)
        return picture.finish(drawn, say(releases))


def _draw_answers(panel: Axes, seen: Sequence[Seen]) -> None:
    seconds = range(int(seen[-1].time_s))
    bottom = [0] * len(seconds)
    for version, colour, hatch in _KINDS:
        counts = Counter(int(one.time_s + 1e-6) for one in seen if one.version == version)
        heights = [counts[second] for second in seconds]
        edge = picture.VERMILION if hatch else colour
        panel.bar(
            seconds,
            heights,
            1.0,
            bottom,
            align="edge",
            color=colour,
            edgecolor=edge,
            hatch=hatch,
            linewidth=0 if hatch else 0.4,
        )
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
    panel.set_xlim(0, len(seconds))
    panel.set_ylim(0, max(bottom) * 1.04)


def _draw_ready(panel: Axes, seen: Sequence[Seen]) -> None:
    right = panel.twinx()
    times, ready = [one.time_s for one in seen], [one.ready for one in seen]
    right.step(times, ready, where="post", color="white", linewidth=4)
    right.step(times, ready, where="post", color=picture.BLACK, linewidth=2)
    right.set_ylim(0, max(ready) * 1.3)
    right.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    right.spines["right"].set_visible(True)
    right.set_ylabel("ready")


def _draw_legend(drawn: Figure) -> None:
    handles = [
        Patch(facecolor=picture.ORANGE, label="answered by v1"),
        Patch(facecolor=picture.BLUE, label="answered by v2"),
        Patch(facecolor="white", edgecolor=picture.VERMILION, hatch="xxxxx", linewidth=0, label="failed"),
        Line2D([], [], color=picture.BLACK, linewidth=2, label="ready pods"),
        Line2D([], [], color=picture.BLACK, linestyle=":", label="release"),
    ]
    drawn.legend(handles=handles, loc="outside lower center", ncols=5)


def say(releases: Mapping[str, Sequence[Seen]]) -> str:
    """Return what the panels show in words."""
    sentences = []
    for name, seen in releases.items():
        failed = sum(bool(one.error) for one in seen)
        new = [one.time_s for one in seen if one.version == "v2"]
        old = [one.time_s for one in seen if one.version == "v1"]
        mixed = max(0.0, old[-1] - new[0]) if old and new else 0.0
        ready = [one.ready for one in seen]
        sentences.append(
            f"{name}: {failed} of {len(seen)} requests failed, both versions answered for {mixed:.0f} s, "
            f"ready pods between {min(ready)} and {max(ready)}."
        )
    return " ".join(sentences)
