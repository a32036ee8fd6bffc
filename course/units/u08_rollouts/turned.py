"""Rolling updates whose limits the reader turns: one picture for each surge and unavailable.

The shop has four pods that need three seconds to begin; the client is left out, only sizes are looked at.
All updates are made in one cluster, one after the other: a real control plane takes seconds to begin.
"""

from typing import Any

from course.plots.picture import Picture
from course.units.u08_rollouts.plots.rollout import TEMPLATE_HASH, plot_rollout, samples_of
from course.units.u08_rollouts.shop import SlowStart
from insideout.client.history import History
from insideout.client.interface import Object
from insideout.cluster import Cluster

REPLICAS = 4
_BEFORE_S, _AFTER_S = 1.0, 20.0
_LABELS = {"app": "shop"}


class Rollouts:
    """Releases v2 within limits, numbers of pods, and draws it; in words what the API server refuses."""

    def __init__(self) -> None:
        self._cluster: Cluster | None = None

    def __call__(self, surge: int, unavailable: int) -> Picture | str:
        """Make one rolling update; return its picture."""
        if surge == unavailable == 0:
            return "The API server refuses 0 and 0: nothing could ever move."
        if self._cluster is None:
            self._cluster = Cluster.create(nodes=1)
            self._cluster.nodes.programs.default = SlowStart(3)
        try:
            return _rollout(self._cluster, surge, unavailable)
        finally:
            _remove(self._cluster)


def _rollout(cluster: Cluster, surge: int, unavailable: int) -> Picture:
    client = cluster.client()
    client.create("deployments", _deployment(surge, unavailable), "default")
    cluster.wait(lambda: _is_complete(cluster))
    pods = History(cluster.client("picture"), cluster.loop, "pods")
    began_s = cluster.loop.now_s
    cluster.run(seconds=_BEFORE_S)
    image = [{"name": "app", "image": "shop:v2"}]
    patch = {"spec": {"template": {"spec": {"containers": image}}}}
    client.patch("deployments", "shop", patch, "default", type="strategic")
    cluster.wait(lambda: _is_complete(cluster))
    cluster.run(seconds=1)  # until the picture's watch has seen that, too
    pods.stop()
    sets = client.list("replicasets", "default")["items"]
    [new] = [rs for rs in sets if rs["spec"]["template"]["spec"]["containers"][0]["image"] == "shop:v2"]
    samples = samples_of(pods, new["metadata"]["labels"][TEMPLATE_HASH])
    last_s = max((one.time_s for one in samples), default=began_s) - began_s - _BEFORE_S
    return plot_rollout(
        samples,
        most=REPLICAS + surge,
        least=REPLICAS - unavailable,
        start_s=began_s,
        end_s=began_s + _BEFORE_S + max(_AFTER_S, last_s),
        title=f"maxSurge {surge}, maxUnavailable {unavailable}: done after {last_s:.0f} s",
    )


def _is_complete(cluster: Cluster) -> bool:
    """Tell whether the controller has seen the latest spec, and all its pods and no others are available."""
    deployment = cluster.client().get("deployments", "shop", "default")
    status = deployment.get("status") or {}
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    is_seen = status.get("observedGeneration", 0) >= deployment["metadata"]["generation"]
    return is_seen and counts == [REPLICAS] * 3


def _remove(cluster: Cluster) -> None:
    """Delete the shop and wait until the garbage collector has taken its pods."""
    client = cluster.client()
    client.delete("deployments", "shop", "default")
    cluster.wait(lambda: not _left(client.list("replicasets", "default"), client.list("pods", "default")))


def _left(*lists: Object) -> list[Object]:
    return [item for each in lists for item in each["items"]]


def _deployment(surge: int, unavailable: int) -> dict[str, Any]:
    probe = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}
    container = {"name": "app", "image": "shop:v1", "readinessProbe": probe}
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    return {
        "metadata": {"name": "shop"},
        "spec": {
            "replicas": REPLICAS,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling},
            "selector": {"matchLabels": _LABELS},
            "template": {"metadata": {"labels": _LABELS}, "spec": {"containers": [container]}},
        },
    }
