"""What a guess costs: a row for each way to begin, with what was done, ready pods and failed requests."""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.units.u16_troubleshooting.guesses import WATCHED_S, Run


def plot_cost(runs: Sequence[Run]) -> Picture:
    """Draw the runs one below the other; the horizontal axis is minutes since the call."""
    with picture.figure(9, 1.05 * len(runs) + 0.6) as drawn:
        all_axes = drawn.subplots(len(runs), 1, sharex=True, squeeze=False)[:, 0]
        for axes, run in zip(all_axes, runs, strict=True):
            minutes = [second / 60 for second in range(len(run.ready))]
            axes.step(minutes, run.ready, where="post", color=picture.GREEN, linewidth=2)
            axes.plot(
                [second / 60 for second in run.errors],
                [0.25] * len(run.errors),
                linestyle="none",
                marker="x",
                markersize=4,
                color=picture.VERMILION,
            )
            for second, what in run.acts:
                axes.axvline(second / 60, color=picture.GREY, linestyle="--", linewidth=1)
                axes.text(second / 60 + 0.05, 4.3, what, fontsize=8, va="top")
            axes.set_ylim(-0.3, 4.4)
            axes.set_yticks([0, 3])
            axes.set_title(f"{run.name}: failed requests: {len(run.errors)}", fontsize=9)
        all_axes[-1].set_xlim(0, WATCHED_S / 60)
        all_axes[-1].set_xlabel("minutes since the call; line: ready pods, crosses: failed requests")
        told = "; ".join(
            f"{run.name}: {len(run.errors)} failed requests, all pods ready after {run.whole_s} s"
            for run in runs
        )
        return picture.finish(
            drawn, f"Ready pods and failed requests over {WATCHED_S // 60} minutes. {told}."
        )
