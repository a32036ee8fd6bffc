"""Available memory of a node over time, and the pods that its kubelet evicted to keep it."""

from collections.abc import Sequence
from typing import NamedTuple

from course.plots import picture
from course.plots.picture import Picture
from insideout.cluster import Cluster
from insideout.kubelet.eviction import THRESHOLD_BYTES

Mi = 2**20


class Sample(NamedTuple):
    """A node's memory at one instant, the pods evicted since the last, and what the node says of itself."""

    time_s: float
    available_bytes: int
    evicted: tuple[str, ...]
    under_pressure: bool


def watch_memory(cluster: Cluster, node_name: str, seconds: int) -> list[Sample]:
    """Let `seconds` pass and take a sample of a node every second."""
    node, client = cluster.nodes.nodes[node_name], cluster.client("observer")
    samples: list[Sample] = []
    known: set[str] = set()
    began_s = cluster.loop.now_s
    for second in range(1, seconds + 1):
        cluster.run(seconds=max(0, began_s + second - cluster.loop.now_s))
        gone = [
            pod["metadata"]["name"]
            for pod in client.list("pods", field_selector=f"spec.nodeName={node_name}")["items"]
            if pod["status"].get("reason") == "Evicted" and pod["metadata"]["name"] not in known
        ]
        known.update(gone)
        conditions = client.get("nodes", node_name)["status"]["conditions"]
        pressed = any(one["type"] == "MemoryPressure" and one["status"] == "True" for one in conditions)
        available_bytes = node.memory.available_bytes(node.pods.workers.values())
        samples.append(Sample(cluster.loop.now_s - began_s, available_bytes, tuple(gone), pressed))
    return samples


def plot_pressure(samples: Sequence[Sample], threshold_bytes: int = THRESHOLD_BYTES) -> Picture:
    """Draw available memory, the threshold, and each eviction."""
    with picture.figure(8, 3.4) as drawn:
        axes = drawn.subplots()
        times = [sample.time_s for sample in samples]
        free = [sample.available_bytes / Mi for sample in samples]
        axes.plot(times, free, color=picture.BLUE, label="memory available")
        axes.axhline(threshold_bytes / Mi, color=picture.VERMILION, linestyle="--", label="hard threshold")
        top = max(free)
        evictions = [(sample, name) for sample in samples for name in sample.evicted]
        for number, (sample, name) in enumerate(evictions):
            height = top * (0.95 - 0.13 * (number % 4))
            axes.plot(
                [sample.time_s] * 2, [sample.available_bytes / Mi, height], color=picture.GREY, linewidth=0.8
            )
            axes.text(sample.time_s + 0.6, height, name, va="center")
        pressed = [sample.time_s for sample in samples if sample.under_pressure]
        if pressed:
            axes.axvspan(
                pressed[0], pressed[-1], color=picture.YELLOW, alpha=0.25, label="MemoryPressure=True"
            )
        axes.set_xlabel("seconds")
        axes.set_ylabel("MiB available")
        axes.set_ylim(0, top * 1.08)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
        said = ", then ".join(order_of(samples)) or "nobody"
        return picture.finish(drawn, f"Available memory over {times[-1]:.0f} s. Evicted: {said}.")


def order_of(samples: Sequence[Sample]) -> list[str]:
    """Return the names of the pods that were evicted, in their order: it is the same in every run."""
    return [name for sample in samples for name in sample.evicted]
