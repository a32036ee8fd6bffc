"""Where connections go: the shares of a Service's endpoints under two ways of writing probabilities."""

from collections.abc import Mapping

from course.plots import picture
from course.plots.picture import Picture

NOWHERE = "nowhere"
_LOOKS = (
    {"color": picture.VERMILION, "hatch": "//"},
    {"color": picture.BLUE, "hatch": ""},
)


def plot_shares(counts: Mapping[str, Mapping[str, int]]) -> Picture:
    """Draw for each way, by name, how many connections each destination got; two ways.

    A destination that is no endpoint is drawn last, under the name that NOWHERE holds.
    """
    names = sorted({name for counted in counts.values() for name in counted}, key=lambda n: (n == NOWHERE, n))
    endpoints = [name for name in names if name != NOWHERE]
    total = sum(next(iter(counts.values())).values())
    with picture.figure(8, 3.3) as drawn:
        axes = drawn.subplots()
        width = 0.38
        for number, ((way, counted), looks) in enumerate(zip(counts.items(), _LOOKS, strict=True)):
            places = [place + (number - 0.5) * (width + 0.02) for place in range(len(names))]
            shares = [100 * counted.get(name, 0) / total for name in names]
            axes.bar(
                places,
                shares,
                width,
                label=way,
                facecolor="white" if looks["hatch"] else looks["color"],
                edgecolor=looks["color"],
                hatch=looks["hatch"],
            )
            for place, share in zip(places, shares, strict=True):
                axes.text(place, share + 0.4, f"{share:.1f}", ha="center", va="bottom", fontsize=8.5)
        equal = 100 / len(endpoints)
        axes.axhline(equal, color=picture.GREY, linewidth=1, linestyle="--", zorder=0)
        axes.text(len(names) - 0.42, equal, f"{equal:.3g} %", va="center", color=picture.GREY)
        axes.set_xlim(-0.55, len(names) - 0.45)
        axes.set_xticks(range(len(names)), names)
        axes.set_ylabel(f"% of {total:,} connections")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
        return picture.finish(drawn, _alt(counts, names, total))


def _alt(counts: Mapping[str, Mapping[str, int]], names: list[str], total: int) -> str:
    said = [
        f"{way}: " + ", ".join(f"{name} {100 * counted.get(name, 0) / total:.1f} %" for name in names)
        for way, counted in counts.items()
    ]
    return f"Shares of {total:,} connections. " + "; ".join(said) + "."
