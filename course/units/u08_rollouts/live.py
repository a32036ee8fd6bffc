"""Judges `rolling_step` at work: it drives a cluster's Deployment controller while a client sends requests.

The shop's pods need five seconds before they answer, have a readiness probe, and keep answering for three
seconds after they are told to stop.  So nothing fails unless the strategy takes away pods too early.
"""

from collections.abc import Callable, Iterator
from typing import Any

from course.checks.call import Raised
from course.checks.report import Case, as_yaml
from course.units.u08_rollouts.shop import SlowStart
from insideout.client import Client
from insideout.client.history import History
from insideout.cluster import Cluster
from insideout.controllers.deployment.controller import DeploymentController
from insideout.controllers.deployment.plandata import RollingStep, Sizes, plan_by
from insideout.network.caller import Caller

Object = dict[str, Any]
_WARM_UP_S = 5.0
_LABELS = {"app": "shop"}


def at_work(step: RollingStep) -> Callable[[Object], list[str]]:
    """Return a function from a scenario to sentences about the rollout that `step` drove there."""

    def run(scenario: Object) -> list[str]:
        failures: list[Exception] = []
        with Cluster.create(nodes=3, realtime=False) as cluster:
            plan = plan_by(_remembering(step, failures))
            cluster.replace(
                "deployment-controller",
                lambda client, loop: DeploymentController(client, loop, plan=plan),
            )
            sentences = _roll(cluster, scenario, failures)
        if failures:
            raise failures[0]
        return sentences

    return run


def cases() -> Iterator[Case]:
    """Yield scenarios; those in which the new version never gets ready must leave the old one in service."""
    for rule, table in _CASES.items():
        for scenario, completes, most, least in table:
            expected = [
                "the new version is complete" if completes else "the new version is not complete",
                "requests failed: 0",
                f"pods asked for, at most: {most}",
                f"pods ready, at least: {least}",
            ]
            yield Case(rule, (scenario,), expected)


def _scenario(replicas: int, surge: int | str, unavailable: int | str, new: str = "works") -> Object:
    return {"replicas": replicas, "maxSurge": surge, "maxUnavailable": unavailable, "new version": new}


# (scenario, whether it completes, most pods asked for, fewest pods ready)
_CASES: dict[str, list[tuple[Object, bool, int, int]]] = {
    "with maxUnavailable 0 capacity never drops, and no request fails": [
        (_scenario(3, 1, 0), True, 4, 3),
        (_scenario(4, "50%", 0), True, 6, 4),
    ],
    "with maxSurge 0 there is never a pod more": [
        (_scenario(4, 0, 1), True, 4, 3),
        (_scenario(6, 0, "50%"), True, 6, 3),
    ],
    "the defaults lose a quarter at most": [
        (_scenario(4, "25%", "25%"), True, 5, 3),
        (_scenario(8, "25%", "25%"), True, 10, 6),
    ],
    "a version that never gets ready takes nothing away but maxUnavailable": [
        (_scenario(4, 1, 1, "never ready"), False, 5, 3),
        (_scenario(4, 1, 0, "never ready"), False, 5, 4),
        (_scenario(4, 1, 0), True, 5, 4),
    ],
}


def show(scenario: Object) -> str:
    """Write the scenario."""
    return as_yaml(scenario)


def _remembering(step: RollingStep, failures: list[Exception]) -> RollingStep:
    """Return `step`, which notes what it raises: the cluster only restarts a component that crashed."""

    def remember(replicas: int, surge: int, unavailable: int, rss: Sizes) -> Sizes:
        if failures:
            return rss
        try:
            return _complete(step(replicas, surge, unavailable, rss), rss)
        except Exception as error:
            failures.append(error)
            return rss

    return remember


def _complete(answer: Any, rss: Sizes) -> Sizes:
    """Return a usable answer; raises Raised with what is wrong with it."""
    names = [rs["name"] for rs in rss]
    if not isinstance(answer, list) or [rs.get("name") for rs in answer if isinstance(rs, dict)] != names:
        raise Raised("ValueError", f"rolling_step must give back all ReplicaSets, in the order {names}")
    for rs in answer:
        if type(rs.get("spec")) is not int or rs["spec"] < 0:
            raise Raised("ValueError", f"the spec of {rs['name']} is {rs.get('spec')!r}; give a whole number")
    return answer


def _roll(cluster: Cluster, scenario: Object, failures: list[Exception]) -> list[str]:
    client = cluster.client("audit")
    cluster.nodes.programs.default = SlowStart(_WARM_UP_S)
    cluster.nodes.programs.register("shop:never ready", SlowStart(1e9))
    client.create("deployments", _deployment(scenario), "default")
    client.create("services", _SERVICE, "default")
    cluster.run(seconds=10)
    sets = History(client, cluster.loop, "replicasets")
    caller = Caller(cluster, "http://shop/", every_s=0.2)
    image = "shop:v2" if scenario["new version"] == "works" else f"shop:{scenario['new version']}"
    template = {"spec": {"containers": [{"name": "app", "image": image}]}}
    client.patch("deployments", "shop", {"spec": {"template": template}}, "default", type="strategic")
    for _ in range(10):
        cluster.run(seconds=5)
        if failures:
            return []
        if _is_complete(client, scenario["replicas"]):
            cluster.run(seconds=5)  # the last pods leave
            break
    seen = caller.stop()
    sizes = [sum(rs["spec"]["replicas"] for rs in present.values()) for _, present in sets.moments()]
    completes = _is_complete(client, scenario["replicas"])
    return [
        "the new version is complete" if completes else "the new version is not complete",
        f"requests failed: {sum(bool(one.error) for one in seen)}",
        f"pods asked for, at most: {max(sizes)}",
        f"pods ready, at least: {min(one.ready for one in seen)}",
    ]


def _is_complete(client: Client, replicas: int) -> bool:
    status = client.get("deployments", "shop", "default")["status"]
    counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
    return counts == [replicas] * 3


_SERVICE: Object = {
    "metadata": {"name": "shop"},
    "spec": {"selector": _LABELS, "ports": [{"port": 80, "targetPort": 8080}]},
}


def _deployment(scenario: Object) -> Object:
    container = {
        "name": "app",
        "image": "shop:v1",
        "ports": [{"containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
        "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
    }
    rolling = {key: scenario[key] for key in ("maxSurge", "maxUnavailable")}
    return {
        "metadata": {"name": "shop"},
        "spec": {
            "replicas": scenario["replicas"],
            "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling},
            "selector": {"matchLabels": _LABELS},
            "template": {"metadata": {"labels": _LABELS}, "spec": {"containers": [container]}},
        },
    }
