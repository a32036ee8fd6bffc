"""A load over time, and the pods that an autoscaler keeps for it."""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.units.u15_monitoring.atwork import REQUEST_M, Sync


def plot_syncs(syncs: Sequence[Sync], *, target: int = 50) -> Picture:
    """Draw the load as the pods that it needs at the target, the size that was set, and the pods ready."""
    times = [sync.at_s / 60 for sync in syncs]
    needed = [sync.load_m / (REQUEST_M * target / 100) for sync in syncs]
    with picture.figure(8, 3.2) as drawn:
        axes = drawn.subplots()
        axes.fill_between(times, needed, step="pre", color=picture.YELLOW, alpha=0.5, label="load, in pods")
        axes.step(times, [sync.size for sync in syncs], where="pre", color=picture.BLUE, label="size set")
        axes.step(
            times,
            [sync.ready for sync in syncs],
            where="pre",
            color=picture.GREEN,
            linestyle="--",
            label="pods ready",
        )
        axes.set_xlabel("minutes")
        axes.set_ylabel("pods")
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper right", fontsize=8)
        sizes = [sync.size for sync in syncs]
        asks = f"The load asks for {min(needed):g} to {max(needed):g} pods."
        return picture.finish(drawn, f"{asks} The sizes that were set: {sizes}.")
