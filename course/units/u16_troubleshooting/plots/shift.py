"""A night: a bar for each thing from when it broke until it worked again, and each call of the repair."""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.units.u16_troubleshooting.night import Night, Trouble


def plot_night(nights: Sequence[tuple[str, Night]]) -> Picture:
    """Draw nights one below the other; the horizontal axis is minutes."""
    rows = sum(len(night.troubles) for _, night in nights)
    with picture.figure(9, 0.32 * rows + 0.75 * len(nights)) as drawn:
        all_axes = drawn.subplots(len(nights), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (name, night) in zip(all_axes, nights, strict=True):
            for row, one in enumerate(night.troubles):
                end_s = night.now_s if one.ended_s is None else one.ended_s
                colour = picture.VERMILION if one.ended_s is None else picture.ORANGE
                axes.barh(row, (end_s - one.began_s) / 60, left=one.began_s / 60, color=colour, height=0.6)
                words = "never" if one.ended_s is None else f"{end_s - one.began_s:.0f} s"
                axes.text(end_s / 60 + 0.1, row, words, va="center", fontsize=8)
            for call_s in night.calls:
                axes.axvline(call_s / 60, color=picture.GREY, linewidth=0.5, zorder=0)
            axes.set_yticks(range(len(night.troubles)), [one.cause for one in night.troubles])
            axes.invert_yaxis()
            axes.set_title(name, fontsize=9)
        all_axes[-1].set_xlabel("minutes; thin lines: the repair is called")
        return picture.finish(drawn, " ".join(_told(name, night) for name, night in nights))


def _told(name: str, night: Night) -> str:
    ends = []
    for one in night.troubles:
        never = one.ended_s is None
        ends.append(f"{one.cause} {'never worked again' if never else f'for {_lasted_s(one):.0f} s'}")
    return f"{name}: {', '.join(ends)}."


def _lasted_s(one: Trouble) -> float:
    return (one.ended_s or one.began_s) - one.began_s
