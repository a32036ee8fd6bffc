"""A counter's samples, the window of a query, and the line that rate() lays through them."""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.units.u15_monitoring.answers import prom_rate


def plot_window(samples: Sequence[Sequence[float]], t: float, window: float) -> Picture:
    """Draw samples as [seconds, value]; those in the window that ends at `t` are filled."""
    start = t - window
    inside = [(at, value) for at, value in samples if start < at <= t]
    outside = [(at, value) for at, value in samples if not start < at <= t]
    rate = prom_rate(samples, t, window)
    with picture.figure(8, 3.2) as drawn:
        axes = drawn.subplots()
        axes.axvspan(start, t, color=picture.SKY, alpha=0.25, label=f"the last {window:g} s")
        axes.plot(*zip(*samples, strict=True), color=picture.GREY, linewidth=0.8)
        if outside:
            axes.plot(
                *zip(*outside, strict=True),
                "o",
                color=picture.GREY,
                markerfacecolor="none",
                label="does not count",
            )
        if inside:
            axes.plot(*zip(*inside, strict=True), "o", color=picture.BLUE, label="counts")
        if rate is not None:
            first = inside[0][1]
            ends = [first - rate * (inside[0][0] - start), first + rate * (t - inside[0][0])]
            axes.plot([start, t], ends, color=picture.VERMILION, label=f"rate {rate:.4g} a second")
        axes.set_xlabel("seconds")
        axes.set_ylabel("counter")
        axes.legend(loc="upper left", fontsize=8)
        said = "no rate" if rate is None else f"a rate of {rate:.4g} a second"
        begin = f"A counter and a window of {window:g} s that ends at {t:g} s"
        return picture.finish(drawn, f"{begin}: {len(inside)} samples count, {said}.")
