"""How full nodes are: each pod's cpu on its node, by the scheduler that placed it; refused pods stand out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from course.plots.svg.patches import Patch
from insideout.apimachinery import quantity
from insideout.cluster import Cluster

_LOOKS = ((picture.BLUE, ""), (picture.ORANGE, "//"), (picture.GREEN, ".."))


class Placed(NamedTuple):
    """A pod on a node: what it requests, who placed it, and whether the kubelet refused it."""

    name: str
    node: str
    cpu: float
    scheduler: str
    refused: bool


def placed(cluster: Cluster) -> list[Placed]:
    """Return the pods of a cluster that have a node, in the order of their names."""
    found = []
    for pod in cluster.client("observer").list("pods", "default")["items"]:
        if pod["spec"].get("nodeName"):
            requests = pod["spec"]["containers"][0].get("resources", {}).get("requests", {})
            found.append(
                Placed(
                    pod["metadata"]["name"],
                    pod["spec"]["nodeName"],
                    float(quantity.parse(requests.get("cpu", "0"))),
                    pod["spec"]["schedulerName"],
                    pod["status"].get("phase") == "Failed",
                )
            )
    return sorted(found)


def plot_fill(panels: Mapping[str, Sequence[Placed]], cpu: float, nodes: Sequence[str]) -> Picture:
    """Draw nodes of `cpu` CPUs side by side, a panel for each run by its name."""
    schedulers = sorted({each.scheduler for pods in panels.values() for each in pods})
    any_refused = any(each.refused for pods in panels.values() for each in pods)
    with picture.figure(9.6, 3.2) as drawn:
        axes = drawn.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for panel, (title, pods) in zip(axes, panels.items(), strict=True):
            refused = sum(each.refused for each in pods)
            panel.set_title(f"{title}: {refused} refused")
            for place, node in enumerate(nodes):
                _draw_node(panel, place, [each for each in pods if each.node == node], schedulers)
            panel.axhline(cpu, color=picture.BLACK, linestyle="--", linewidth=1.2)
            panel.set_xticks(range(len(nodes)), nodes)
            panel.set_xlim(-0.6, len(nodes) - 0.4)
        axes[0].set_ylabel("CPU requested")
        handles = [_patch(*look, label=name) for name, look in zip(schedulers, _LOOKS, strict=False)]
        if any_refused:
            handles.append(_patch("#ffffff", "xxx", label="refused by the kubelet (OutOfcpu)"))
        drawn.legend(handles=handles, loc="outside lower center", ncols=3)
        return picture.finish(drawn, say(panels, nodes))


def say(panels: Mapping[str, Sequence[Placed]], nodes: Sequence[str]) -> str:
    """Say for each run how much runs on each node and how many pods were refused."""
    parts = []
    for title, pods in panels.items():
        sums = (
            f"{node} {sum(each.cpu for each in pods if each.node == node and not each.refused):g}"
            for node in nodes
        )
        refused = sum(each.refused for each in pods)
        parts.append(f"{title}: CPU running on {', '.join(sums)}; {refused} pods refused")
    return ". ".join(parts) + "."


def _draw_node(panel, place: int, pods: Sequence[Placed], schedulers: list[str]) -> None:  # type: ignore[no-untyped-def]
    bottom = 0.0
    for each in sorted(pods, key=lambda one: one.refused):
        colour, hatch = _LOOKS[schedulers.index(each.scheduler)]
        edge = picture.VERMILION if each.refused else picture.BLACK
        panel.bar(
            place, each.cpu, 0.7, bottom, facecolor=colour, alpha=0.45 if each.refused else 1,
            hatch="xxx" if each.refused else hatch, edgecolor=edge, linewidth=0.6,
        )  # fmt: skip
        ground = {"facecolor": "#ffffff", "edgecolor": "none", "pad": 1, "alpha": 0.85}
        middle = bottom + each.cpu / 2
        panel.text(place, middle, each.name, ha="center", va="center", fontsize=7.5, bbox=ground)
        bottom += each.cpu


def _patch(colour: str, hatch: str, label: str) -> Patch:
    edge = picture.VERMILION if hatch == "xxx" else picture.BLACK
    return Patch(facecolor=colour, hatch=hatch, edgecolor=edge, label=label)
