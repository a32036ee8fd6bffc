"""A cluster at a glance, for notebooks: nodes as boxes, in them their pods; phases by shape, word and colour.

It takes the text colour of the page and tints in between, so that it reads in light and in dark themes.
"""

import html
from collections.abc import Sequence
from typing import NamedTuple

from insideout.apimachinery import conditions
from insideout.apimachinery import pods as podutil
from insideout.client.interface import Object

MOST_PODS = 24
"""More pods of one node than this are only counted."""
MOST_NODES = 24


class _Look(NamedTuple):
    shape: str
    colour: str
    """Of Okabe and Ito; the word stands beside it."""


_LOOKS = {
    "Running": _Look("●", "#009e73"),
    "not ready": _Look("◐", "#e69f00"),
    "Pending": _Look("○", "#56b4e9"),
    "Terminating": _Look("◌", "#767676"),
    "Succeeded": _Look("✓", "#0072b2"),
    "Failed": _Look("✕", "#d55e00"),
    "Unknown": _Look("?", "#cc79a7"),
}
_BOX = (
    "border:1px {line} currentColor;border-radius:6px;padding:4px 8px 6px;min-width:11em;"
    "background:rgba(127,127,127,0.07)"
)
_CHIP = (
    "display:block;margin-top:3px;padding:0 6px;border-left:4px solid {colour};border-radius:3px;"
    "background:rgba(127,127,127,0.12);white-space:nowrap"
)


class PodView(NamedTuple):
    """A pod as the view shows it."""

    name: str
    word: str


class NodeView(NamedTuple):
    """A node, or the place of pods that have none (""), with what is on it."""

    name: str
    word: str
    pods: tuple[PodView, ...]


class ClusterView(NamedTuple):
    """What is shown: nodes with their pods, and the parts that are stopped."""

    nodes: tuple[NodeView, ...]
    stopped: tuple[str, ...]

    def __str__(self) -> str:
        """Return the view as text, a node a line."""
        lines = []
        for node in self.nodes:
            pods = ", ".join(f"{pod.name} {pod.word}" for pod in node.pods) or "no pods"
            lines.append(f"{node.name or 'without a node'}{f' ({node.word})' if node.word else ''}: {pods}")
        if self.stopped:
            lines.append(f"stopped: {', '.join(self.stopped)}")
        return "\n".join(lines) or "no nodes"

    def html(self) -> str:
        """Return the view as HTML."""
        boxes = "".join(map(_box, self.nodes[:MOST_NODES]))
        more = len(self.nodes) - MOST_NODES
        note = f"<div>{more} more nodes</div>" if more > 0 else ""
        if self.stopped:
            note += f"<div style='margin-top:6px'>✕ stopped: {html.escape(', '.join(self.stopped))}</div>"
        label = html.escape(str(self).replace("\n", "; "), quote=True)
        return (
            f'<div role="img" aria-label="{label}" style="font-size:12px;line-height:1.45">'
            f'<div style="display:flex;flex-wrap:wrap;gap:8px;align-items:stretch">{boxes}</div>{note}</div>'
        )


def view(nodes: Sequence[Object], pods: Sequence[Object], stopped: Sequence[str] = ()) -> ClusterView:
    """Return the view of these objects, sorted by name."""
    by_node: dict[str, list[PodView]] = {node["metadata"]["name"]: [] for node in sorted(nodes, key=_name)}
    without: list[PodView] = []
    for pod in sorted(pods, key=_name):
        namespace = pod["metadata"].get("namespace", "default")
        prefix = "" if namespace == "default" else f"{namespace}/"
        shown = PodView(prefix + pod["metadata"]["name"], pod_word(pod))
        by_node.get(pod["spec"].get("nodeName", ""), without).append(shown)
    words = {node["metadata"]["name"]: _node_word(node) for node in nodes}
    views = [NodeView(name, words[name], tuple(found)) for name, found in by_node.items()]
    if without:
        views.append(NodeView("", "", tuple(without)))
    return ClusterView(tuple(views), tuple(stopped))


def pod_word(pod: Object) -> str:
    """Return a pod's state in a word or two; a running pod is "not ready" until it is."""
    if podutil.is_terminating(pod):
        return "Terminating"
    phase = podutil.phase(pod)
    if phase == "Running" and not podutil.is_ready(pod):
        return "not ready"
    return phase if phase in _LOOKS else "Unknown"


def _name(obj: Object) -> tuple[str, str]:
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


def _node_word(node: Object) -> str:
    ready = conditions.find(node, "Ready")
    status = ready["status"] if ready else "Unknown"
    word = {"True": "Ready", "False": "NotReady"}.get(status, "NotReady: silent")
    return word + (", cordoned" if node["spec"].get("unschedulable") else "")


def _box(node: NodeView) -> str:
    shown, more = node.pods[:MOST_PODS], len(node.pods) - MOST_PODS
    chips = "".join(
        f'<span style="{_CHIP.format(colour=_LOOKS[pod.word].colour)}">'
        f"{_LOOKS[pod.word].shape} {html.escape(pod.name)} <em>{pod.word}</em></span>"
        for pod in shown
    )
    if more > 0:
        chips += f"<span>{more} more pods</span>"
    title = f"<b>{html.escape(node.name)}</b> {node.word}" if node.name else "<b>without a node</b>"
    style = _BOX.format(line="solid" if node.word.startswith("Ready") else "dashed")
    return f'<div style="{style}">{title}{chips or "<div>no pods</div>"}</div>'
