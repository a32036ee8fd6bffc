"""How the cost of kube-proxy's three modes grows with the number of Services, counted in rules."""

from collections.abc import Sequence

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.ticker import StrMethodFormatter
from insideout.proxy.cost_curve import Cost

_LOOKS = {
    "iptables": {"color": picture.VERMILION, "marker": "o", "linestyle": "-"},
    "ipvs": {"color": picture.GREEN, "marker": "^", "linestyle": "--"},
    "nftables": {"color": picture.BLUE, "marker": "s", "linestyle": ":"},
}


def plot_cost(costs: Sequence[Cost]) -> Picture:
    """Draw rules looked at for a connection and rules written for a change over the number of Services."""
    with picture.figure(8, 3.5) as drawn:
        packet, change = drawn.subplots(1, 2, sharex=True)
        for mode, looks in _LOOKS.items():
            of_mode = [cost for cost in costs if cost.mode == mode]
            services = [cost.services for cost in of_mode]
            packet.plot(services, [cost.looked_at for cost in of_mode], label=mode, **looks)
            change.plot(services, [cost.written for cost in of_mode], label=mode, **looks)
        packet.set_title("looked at, for a new connection")
        change.set_title("written, when one endpoint is replaced")
        for axes in (packet, change):
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_ylim(bottom=0.7)
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_formatter(StrMethodFormatter("{x:,g}"))
            axes.set_xlabel("Services")
            axes.grid(color=picture.GREY, alpha=0.2)
        packet.set_ylabel("rules")
        handles, labels = packet.get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside lower center", ncols=3)
        return picture.finish(drawn, _alt(costs))


def _alt(costs: Sequence[Cost]) -> str:
    first, last = (pick(cost.services for cost in costs) for pick in (min, max))
    said = []
    for mode in _LOOKS:
        ends = {cost.services: cost for cost in costs if cost.mode == mode}
        said.append(
            f"{mode}: {ends[first].looked_at:.0f} to {ends[last].looked_at:.0f} rules looked at, "
            f"{ends[first].written} to {ends[last].written} written"
        )
    return f"Cost from {first:,} to {last:,} Services. " + "; ".join(said) + "."
