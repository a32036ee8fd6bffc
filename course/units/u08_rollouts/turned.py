"""A rolling update whose limits the reader turns: one picture for each surge and unavailable.

The shop has four pods that need three seconds to begin; the client is left out, only sizes are looked at.
"""

from typing import Any

from course.plots.picture import Picture
from course.units.u08_rollouts.plots.rollout import TEMPLATE_HASH, plot_rollout, samples_of
from course.units.u08_rollouts.shop import SlowStart
from insideout.client.history import History
from insideout.cluster import Cluster

REPLICAS = 4
_BEFORE_S, _AFTER_S = 1.0, 20.0
_LABELS = {"app": "shop"}


def rollout(surge: int, unavailable: int) -> Picture | str:
    """Release v2 within these limits, numbers of pods, and draw it; in words what the API server refuses."""
    if surge == unavailable == 0:
        return "The API server refuses 0 and 0: nothing could ever move."
    with Cluster.create(nodes=1, realtime=False) as cluster:  # whoever turns it does not wait half a minute
        cluster.nodes.programs.default = SlowStart(3)
        client = cluster.client()
        client.create("deployments", _deployment(surge, unavailable), "default")
        cluster.run(seconds=10)
        pods = History(cluster.client("picture"), cluster.loop, "pods")
        began_s = cluster.loop.now_s
        cluster.run(seconds=_BEFORE_S)
        image = [{"name": "app", "image": "shop:v2"}]
        patch = {"spec": {"template": {"spec": {"containers": image}}}}
        client.patch("deployments", "shop", patch, "default", type="strategic")
        cluster.run(seconds=_AFTER_S)
        sets = client.list("replicasets", "default")["items"]
    [new] = [rs for rs in sets if rs["spec"]["template"]["spec"]["containers"][0]["image"] == "shop:v2"]
    samples = samples_of(pods, new["metadata"]["labels"][TEMPLATE_HASH])
    last_s = max((one.time_s for one in samples), default=began_s) - began_s - _BEFORE_S
    return plot_rollout(
        samples,
        most=REPLICAS + surge,
        least=REPLICAS - unavailable,
        start_s=began_s,
        end_s=began_s + _BEFORE_S + _AFTER_S,
        title=f"maxSurge {surge}, maxUnavailable {unavailable}: done after {last_s:.0f} s",
    )


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
