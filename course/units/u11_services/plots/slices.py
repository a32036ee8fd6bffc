"""Slices filling and draining: after each change a bar for every slice, and which of them were written."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from course.plots.picture import BLACK, BLUE, GREY, VERMILION, Picture, figure, finish

Object = dict[str, Any]
Plan = Callable[..., Any]


class Change(NamedTuple):
    """What happens to a Service's pods: which numbers go, which come."""

    title: str
    gone: range
    come: range


STORY = (
    Change("250 pods start", range(0), range(250)),
    Change("10 go, 15 come", range(10), range(250, 265)),
    Change("80 of the second slice go", range(110, 190), range(0)),
    Change("30 come", range(0), range(265, 295)),
    Change("5 more come", range(0), range(295, 300)),
    Change("all but 20 of the first go", range(30, 300), range(0)),
)
"""What the lesson's Service lives through."""


class Frame(NamedTuple):
    """The slices after a change: how many endpoints each has, and what was done to it."""

    title: str
    sizes: Mapping[str, int]
    done: Mapping[str, str]

    @property
    def writes(self) -> int:
        """How many slices were created, updated or deleted."""
        return len(self.done)


def played(plan: Plan, story: Sequence[Change] = STORY, limit: int = 100) -> list[Frame]:
    """Let a plan follow a story from nothing; return a frame for each change."""
    slices: dict[str, list[Object]] = {}
    present: dict[int, Object] = {}
    frames, serial = [], 0
    for change in story:
        present = {number: one for number, one in present.items() if number not in change.gone}
        present |= {number: _endpoint(number) for number in change.come}
        create, update, delete = plan(slices, list(present.values()), limit)
        done = dict.fromkeys(update, "updated") | dict.fromkeys(delete, "deleted")
        slices = {name: members for name, members in (slices | update).items() if name not in delete}
        for members in create:
            serial += 1
            slices[f"web-{serial}"] = members
            done[f"web-{serial}"] = "created"
        sizes = {name: len(members) for name, members in slices.items()}
        frames.append(Frame(change.title, sizes, done))
    return frames


def plot_slices(frames: Sequence[Frame], step: int, limit: int = 100) -> Picture:
    """Draw the slices after the first `step` changes; written ones are in colour."""
    shown = frames[:step]
    names = list(dict.fromkeys(name for frame in shown for name in [*frame.sizes, *frame.done]))
    with figure(1.2 + 1.5 * len(frames), 2.6) as drawn:
        axes = drawn.add_subplot()
        for place, frame in enumerate(shown):
            for row, name in enumerate(names):
                _bar(axes, place, row, frame.sizes.get(name), frame.done.get(name, ""), limit)
            axes.text(place, -0.75, f"{frame.writes} written", ha="center", fontsize=9, color=BLACK)
        axes.set_xlim(-0.6, len(frames) - 0.4)
        axes.set_ylim(len(names) - 0.3, -1.1)
        axes.set_xticks(range(len(shown)))
        axes.set_xticklabels([_folded(frame.title) for frame in shown], fontsize=9)
        axes.set_yticks(range(len(names)))
        axes.set_yticklabels(names)
        axes.tick_params(length=0)
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        axes.set_title(
            "Endpoints in each slice (bars; 100 is full), and the slices that were written (in colour)"
        )
        return finish(drawn, f"Slices after each change. {words(shown)}")


def words(frames: Sequence[Frame]) -> str:
    """Return the frames in words."""
    told = []
    for frame in frames:
        sizes = ", ".join(
            f"{name} has {count}{_mark(frame.done.get(name))}" for name, count in frame.sizes.items()
        )
        gone = "".join(f", {name} deleted" for name, done in frame.done.items() if done == "deleted")
        told.append(f"{frame.title}: {sizes}{gone}; {frame.writes} written.")
    return " ".join(told)


def _mark(done: str | None) -> str:
    return f" ({done})" if done else ""


def _bar(axes: Any, place: int, row: int, count: int | None, done: str, limit: int) -> None:
    width = 0.84
    if done == "deleted":
        axes.text(place, row, "deleted", ha="center", va="center", fontsize=9, color=VERMILION)
        return
    if count is None:
        return
    left = place - width / 2
    axes.barh(row, width, left=left, height=0.62, color="white", edgecolor=GREY, linewidth=0.8)
    colour = {"created": BLUE, "updated": VERMILION}.get(done, "#bbbbbb")
    hatch = {"created": "", "updated": "//"}.get(done, "")
    filled = width * min(1, count / limit)
    axes.barh(row, filled, left=left, height=0.62, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
    label = f"{count} {done}" if done else str(count)
    axes.text(
        place,
        row,
        label,
        ha="center",
        va="center",
        fontsize=8,
        color=BLACK,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
    )


def _folded(title: str) -> str:
    middle = title.find(" ", len(title) // 2 - 2)
    return title if middle < 0 or len(title) < 14 else f"{title[:middle]}\n{title[middle + 1 :]}"


def _endpoint(number: int) -> Object:
    return {"addresses": [f"10.1.{number // 250}.{number % 250}"], "conditions": {"ready": True}}
