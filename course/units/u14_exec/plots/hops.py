"""The hops of one exec: client, API server and kubelet, and the frames between them, step by step."""

from course.plots.picture import BLACK, BLUE, GREEN, GREY, ORANGE, Picture, figure, finish
from course.units.u14_exec.trace import Trace

_LANES = {"client": 0, "API server": 1, "kubelet": 2}


def plot_hops(trace: Trace, step: int) -> Picture:
    """Draw the first `step` steps of a trace."""
    shown = trace.steps[:step]
    rows = len(trace.steps)
    with figure(8.2, 0.9 + 0.3 * rows) as drawn:
        axes = drawn.add_subplot()
        for name, at in _LANES.items():
            axes.plot([at, at], [0, rows], color=GREY, linewidth=1)
            axes.text(at, -0.7, name, ha="center", color=BLACK, fontsize=10, fontweight="bold")
        for row, (start, end, words) in enumerate(shown):
            y, left, right = row + 0.6, _LANES[start], _LANES[end]
            colour = _colour(words)
            axes.annotate(
                "",
                xy=(right, y),
                xytext=(left, y),
                arrowprops={"arrowstyle": "->", "color": colour, "lw": 1.6},
            )
            text = words if len(words) < 46 else f"{words[:43]}..."
            axes.text((left + right) / 2, y - 0.08, text, ha="center", va="bottom", fontsize=8, color=BLACK)
        axes.set_xlim(-0.3, 2.3)
        axes.set_ylim(rows + 0.2, -1.2)
        axes.axis("off")
        told = "; ".join(f"{start} to {end}: {words}" for start, end, words in shown)
        return finish(drawn, f"{len(shown)} of {rows} steps. {told}.")


def _colour(words: str) -> str:
    if words.startswith(("GET", "POST", "101")):
        return GREEN
    return BLUE if words.startswith(("0 ", "255", "4 ")) else ORANGE
