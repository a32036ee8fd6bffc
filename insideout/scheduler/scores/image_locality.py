"""Better the more bytes of the pod's images the node holds already.

An image counts with its size times the share of nodes that hold it, so that a node is not preferred for
having what only few have.  Below 23 MiB the score is 0, from 1000 MiB a container on it is 100.

Source: pkg/scheduler/framework/plugins/imagelocality/image_locality.go@v1.36.2.
"""

from collections.abc import Sequence

from insideout.client import Object
from insideout.scheduler.nodeinfo import NodeInfo
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import MAX_SCORE
from insideout.scheduler.snapshot import Snapshot

NAME = "ImageLocality"
MIN_BYTES = 23 * 2**20
MAX_BYTES_PER_CONTAINER = 1000 * 2**20


def score(pod: PodInfo, nodes: Sequence[NodeInfo], snapshot: Snapshot) -> list[int] | None:
    """Return how much of the pod's images each node holds, between the two thresholds."""
    spec = pod.pod["spec"]
    images = [image for image in _images(spec) if snapshot.image_nodes[image] > 0]
    if not images:
        return [0] * len(nodes)
    known = len(snapshot.nodes)
    shares = [(image, snapshot.image_nodes[image] / known) for image in images]
    most = MAX_BYTES_PER_CONTAINER * (len(spec["containers"]) + len(spec.get("initContainers") or ()))
    scores = []
    for node in nodes:
        held = sum(int(node.images[image] * share) for image, share in shares if image in node.images)
        held = min(max(held, MIN_BYTES), most)
        scores.append(MAX_SCORE * (held - MIN_BYTES) // (most - MIN_BYTES))
    return scores


def _images(spec: Object) -> list[str]:
    containers = (*(spec.get("initContainers") or ()), *spec["containers"])
    named = [each.get("image") or "" for each in containers]
    volumes = (each.get("image") for each in spec.get("volumes") or ())
    named.extend(each.get("reference") or "" for each in volumes if each)
    return [normalized(name) for name in named]


def normalized(name: str) -> str:
    """Return the image's name with the tag that is meant when it has none."""
    return name if name.rfind(":") > name.rfind("/") else f"{name}:latest"
