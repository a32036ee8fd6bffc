"""Judges the learner's functions at work: they decide in a cluster's scheduler where pods go.

Queue, watches and bindings are the cluster's own; filters, scores and the message are the learner's.
"""

from collections.abc import Callable, Iterator
from typing import Any

from course.checks.report import Case, as_yaml
from course.units.u04_scheduling.answers import pod_object
from course.units.u04_scheduling.objects import ZONE, Gi, Plain, asks, bears, pod, spread, taint
from insideout.cluster import Cluster
from insideout.scheduler.plaindata import profile_by
from insideout.scheduler.scheduler import Scheduler

Function = Callable[..., Any]


def at_work(filters: Function, score: Function, fit_message: Function) -> Function:
    """Return a function from a scenario to sentences about where pods went with these in the scheduler."""

    def run(scenario: Plain) -> list[str]:
        failures: list[Exception] = []
        profile = profile_by(
            _remembering(filters, failures),
            _remembering(score, failures),
            fit_message=_remembering(fit_message, failures),
        )
        with Cluster.create(nodes=0, realtime=False) as cluster:
            cluster.replace("kube-scheduler", lambda client, loop: Scheduler(client, loop, profile=profile))
            sentences = _place(cluster, scenario)
            errors = cluster.errors("kube-scheduler")
        if failures:
            raise failures[0]
        return [*sentences, *(f"the scheduler crashed: {each.splitlines()[0]}" for each in errors)]

    return run


def cases() -> Iterator[Case]:
    """Yield scenarios: nodes, the pods that come one after another, and where each is in the end."""
    for rule, table in _CASES.items():
        for nodes, pods, places in table:
            named = [{**each, "name": f"p{number}"} for number, each in enumerate(pods, 1)]
            expected = [
                f"{one['name']} is on {place}" if len(place) < 3 else f"{one['name']} waits: {place}"
                for one, place in zip(named, places, strict=True)
            ]
            yield Case(rule, ({"nodes": nodes, "pods": named},), expected)


def show(scenario: Plain) -> str:
    """Write the scenario without what is empty."""
    pods = [{key: value for key, value in each.items() if value} for each in scenario["pods"]]
    return as_yaml({"nodes": scenario["nodes"], "pods": pods})


def _n(name: str, cpu: int, memory_gi: int, zone: str = "", *taints: Plain) -> Plain:
    labels = {"labels": {ZONE: zone}} if zone else {}
    return {
        "name": name,
        "cpu": cpu,
        "memory": f"{memory_gi}Gi",
        **labels,
        **({"taints": taints} if taints else {}),
    }


_WEB: Plain = {"labels": {"app": "web"}, "spread": [spread(app="web")], "containers": [asks(100, 100)]}
_SOFT, _HARD = taint("old", "PreferNoSchedule"), taint("gpu")

_CASES: dict[str, list[tuple[list[Plain], list[Plain], list[str]]]] = {
    "pods go where most is free, each counting for the next": [
        (
            [_n("n1", 4, 8), _n("n2", 3, 6)],
            [pod(containers=[asks(1000, 2 * Gi)]) for _ in range(3)],
            ["n1", "n2", "n1"],
        ),
        ([_n("n1", 4, 8), _n("n2", 10, 20)], [pod(containers=[asks(2000, 4 * Gi)])] * 2, ["n2", "n2"]),
    ],
    "a soft taint is avoided while another node is free, a hard one always": [
        ([_n("n1", 8, 16, "", _SOFT), _n("n2", 4, 8)], [pod(containers=[asks(3000)])] * 2, ["n2", "n1"]),
        (
            [_n("n1", 8, 16, "", _HARD), _n("n2", 4, 8)],
            [pod(containers=[asks(3000)], tolerations=[bears("gpu")]), pod(containers=[asks(3000)])],
            ["n1", "n2"],
        ),
    ],
    "pods that are kept spread alternate between zones, full as they may be": [
        ([_n("n1", 8, 16, "a"), _n("n2", 2, 4, "b")], [pod(**_WEB)] * 4, ["n1", "n2", "n1", "n2"]),
        (
            [_n("n1", 8, 16, "a"), _n("n2", 2, 4, "b", _HARD)],
            [pod(**_WEB)] * 2,
            [
                "n1",
                "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, "
                "1 node(s) had untolerated taint(s).",
            ],
        ),
    ],
    "a pod that fits nowhere says why for every node, and holds nobody up": [
        (
            [_n("n1", 2, 4), _n("n2", 4, 8, "", _HARD), _n("n3", 1, 2)],
            [pod(containers=[asks(3000, 6 * Gi)]), pod(containers=[asks(500)])],
            [
                "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu, "
                "2 Insufficient memory.",
                "n1",
            ],
        ),
        (
            [_n("n1", 2, 4), _n("n2", 4, 8)],
            [pod(containers=[asks(3000)]), pod(containers=[asks(3000)])],
            ["n2", "0/2 nodes are available: 2 Insufficient cpu."],
        ),
    ],
}


def _remembering(function: Function, failures: list[Exception]) -> Function:
    """Return `function`, which notes what it raises: the scheduler only tries the pod again."""

    def remember(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            failures.append(error)
            raise

    return remember


def _place(cluster: Cluster, scenario: Plain) -> list[str]:
    client = cluster.client("audit")
    for each in scenario["nodes"]:
        cluster.nodes.add(
            each["name"],
            cpu=str(each["cpu"]),
            memory=each["memory"],
            labels=each.get("labels"),
            taints=tuple(each.get("taints", ())),
        )
    cluster.run(seconds=1)
    for each in scenario["pods"]:
        client.create("pods", pod_object(each))
        cluster.run(seconds=0.2)
    return [_where(client.get("pods", each["name"], "default")) for each in scenario["pods"]]


def _where(pod: Plain) -> str:
    name = pod["metadata"]["name"]
    if pod["spec"].get("nodeName"):
        return f"{name} is on {pod['spec']['nodeName']}"
    conditions = pod["status"].get("conditions") or ()
    message = next((each.get("message", "") for each in conditions if each["type"] == "PodScheduled"), "")
    return f"{name} waits: {message.split(' no new claims')[0]}"
