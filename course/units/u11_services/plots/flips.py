"""What one flip costs: bars of the bytes that a watcher is sent, and what all nodes are sent together."""

from collections.abc import Sequence

from course.plots.picture import BLACK, BLUE, ORANGE, Picture, figure, finish
from course.units.u11_services.measure import Sent

_COLOURS = {"JSON": ORANGE, "protobuf": BLUE}
_HATCHES = {"JSON": "//", "protobuf": ""}


def plot_flips(sent: Sequence[Sent], endpoints: int, watchers: int) -> Picture:
    """Draw the bytes of one flip of a Service with `endpoints` endpoints, on a logarithmic scale."""
    with figure(8.2, 0.6 + 0.42 * len(sent)) as drawn:
        axes = drawn.add_subplot()
        for place, one in enumerate(sent):
            axes.barh(
                -place,
                one.size_bytes,
                color=_COLOURS[one.encoding],
                hatch=_HATCHES[one.encoding],
                edgecolor="white",
            )
            text = f" {size(one.size_bytes)}, to {watchers:,} nodes {size(one.size_bytes * watchers)}"
            axes.text(one.size_bytes, -place, text, va="center", color=BLACK, fontsize=9)
        axes.set_yticks([-place for place in range(len(sent))])
        axes.set_yticklabels([f"{one.object}, {one.encoding}" for one in sent])
        axes.set_xscale("log")
        axes.set_xlim(1_000, 100_000_000)
        axes.set_xlabel("bytes that one watcher is sent")
        axes.set_title(f"One of {endpoints:,} pods turns unready")
        words = "; ".join(
            f"{one.object} in {one.encoding}: {size(one.size_bytes)} to each watcher, "
            f"{size(one.size_bytes * watchers)} to {watchers:,}"
            for one in sent
        )
        return finish(drawn, f"One of {endpoints:,} pods turns unready. {words}.")


def size(size_bytes: float) -> str:
    """Write a number of bytes with three digits, in powers of a thousand."""
    for unit in ("B", "kB", "MB"):
        if size_bytes < 1000:
            return f"{size_bytes:.3g} {unit}"
        size_bytes /= 1000
    return f"{size_bytes:.3g} GB"
