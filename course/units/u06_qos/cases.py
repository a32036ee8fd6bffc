"""The visible cases of the lesson on QoS: each rule is a contrast, so that no constant answer holds."""

from collections.abc import Iterator
from typing import Any

from course.checks.cases import KEEPS
from course.checks.pods import container, pod, sidecar
from course.checks.report import Case, kept, with_keeping

Mi, Gi = 2**20, 2**30
FULL = {"cpu": "500m", "memory": "256Mi"}
HALF = {"cpu": "250m", "memory": "128Mi"}


@kept
def class_cases() -> Iterator[Case]:
    """Yield the examples for `qos(pod)`."""
    yield from with_keeping(
        Case(rule, (example,), expected) for rule, table in _CLASS.items() for example, expected in table
    )
    filled = pod(container("app"), resources={"requests": {"cpu": "500m"}, "limits": FULL})
    yield Case(KEEPS, (filled,), "Guaranteed", keeps=True)


@kept
def oom_cases() -> Iterator[Case]:
    """Yield the examples for `oom_adj(pod, name, capacity)`."""
    yield from with_keeping(
        Case(rule, (example, name, capacity_bytes), expected)
        for rule, table in _OOM.items()
        for example, name, capacity_bytes, expected in table
    )


@kept
def evict_cases() -> Iterator[Case]:
    """Yield the examples for `evict_order(pods)`."""
    yield from with_keeping(
        Case(rule, (pods,), expected) for rule, table in _EVICT.items() for pods, expected in table
    )


_APP = container("app", FULL, FULL)


def _asks(name: str, milli: int, mebi: int, keeps_running: bool = False) -> dict[str, Any]:
    made = sidecar if keeps_running else container
    return made(name, {"cpu": f"{milli}m", "memory": f"{mebi}Mi"})


_SETUP = _asks("setup", 300, 128)


def _limits(milli: int, mebi: int) -> dict[str, Any]:
    return {"limits": {"cpu": f"{milli}m", "memory": f"{mebi}Mi"}}


_CLASS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "Guaranteed: every container limits cpu and memory, and requests equal limits": [
        (pod(_APP), "Guaranteed"),
        (pod(container("app", HALF, FULL)), "Burstable"),
        (pod(container("app", {"cpu": "1"}, {"cpu": "1"})), "Burstable"),
        (pod(container("app")), "BestEffort"),
    ],
    "one container that does not qualify is enough to lose Guaranteed": [
        (pod(_APP, container("log", HALF, HALF)), "Guaranteed"),
        (pod(_APP, container("log")), "Burstable"),
        (pod(_APP, container("log", HALF)), "Burstable"),
    ],
    "a missing request takes the limit, a missing limit takes nothing": [
        (pod(container("app", None, FULL)), "Guaranteed"),
        (pod(container("app", {"cpu": "500m"}, FULL)), "Guaranteed"),
        (pod(container("app", FULL)), "Burstable"),
        (pod(container("app", None, {"memory": "1Gi"})), "Burstable"),
    ],
    "init containers and sidecars count like the others": [
        (pod(_APP, init=(container("setup", HALF, HALF),)), "Guaranteed"),
        (pod(_APP, init=(container("setup"),)), "Burstable"),
        (pod(_APP, init=(sidecar("proxy"),)), "Burstable"),
        (pod(container("app"), init=(container("setup", {"cpu": "10m"}),)), "Burstable"),
    ],
    "only cpu and memory decide": [
        (pod(container("app", {"ephemeral-storage": "1Gi"}, {"ephemeral-storage": "1Gi"})), "BestEffort"),
        (pod(container("app", None, {"example.com/gpu": "1"})), "BestEffort"),
        (pod(container("app", {**FULL, "ephemeral-storage": "1Gi"}, FULL)), "Guaranteed"),
        (pod(container("app", {"cpu": "1m", "ephemeral-storage": "1Gi"})), "Burstable"),
    ],
    "an amount of zero counts as not set": [
        (pod(container("app", {"cpu": "0", "memory": "0"})), "BestEffort"),
        (pod(container("app", {"cpu": "0"}, {"cpu": "0", "memory": "0"})), "BestEffort"),
        (pod(container("app", {"memory": "1Gi"}, {"cpu": "0", "memory": "1Gi"})), "Burstable"),
        (pod(_APP, container("log", None, {"cpu": "0", "memory": "64Mi"})), "Burstable"),
        (pod(container("app", {"memory": "0"}, {"cpu": "1", "memory": "4Gi"})), "Burstable"),
    ],
    "quantities are compared by what they are worth, not by how they are written": [
        (
            pod(container("app", {"cpu": "1000m", "memory": "1024Mi"}, {"cpu": 1, "memory": "1Gi"})),
            "Guaranteed",
        ),
        (
            pod(container("app", {"cpu": "0.5", "memory": "1G"}, {"cpu": "500m", "memory": "1Gi"})),
            "Burstable",
        ),
        (pod(container("app", {"cpu": "1e3", "memory": "1Gi"}, {"cpu": "2k", "memory": "1Gi"})), "Burstable"),
    ],
    "resources on the pod itself replace what its containers say, even `resources: {}`": [
        (pod(container("app", HALF), resources={"requests": FULL, "limits": FULL}), "Guaranteed"),
        (pod(_APP, resources={}), "BestEffort"),
        (pod(_APP, resources={"requests": {"cpu": "1"}}), "Burstable"),
    ],
    "a request missing on the pod is its containers' request, and its limit only where they have none": [
        (pod(container("app"), resources={"limits": {"cpu": "2", "memory": "2Gi"}}), "Guaranteed"),
        (
            pod(container("app", {"cpu": "500m"}), resources={"limits": {"cpu": "2", "memory": "2Gi"}}),
            "Burstable",
        ),
        (pod(container("app", FULL), resources={"limits": FULL}), "Guaranteed"),
        (pod(container("app", {"cpu": "0"}), resources={"limits": FULL}), "Burstable"),
        (pod(container("app"), resources={"limits": {"memory": "1Gi"}}), "Burstable"),
    ],
    "containers request together what runs at the same time; a plain init container only its own moment": [
        (pod(_asks("app", 100, 64), _asks("log", 200, 64), resources=_limits(300, 128)), "Guaranteed"),
        (pod(_asks("app", 100, 64), _asks("log", 200, 64), resources=_limits(200, 64)), "Burstable"),
        (
            pod(_asks("app", 200, 64), init=(_asks("proxy", 100, 64, True),), resources=_limits(300, 128)),
            "Guaranteed",
        ),
        (
            pod(_asks("app", 200, 64), init=(_asks("setup", 300, 128),), resources=_limits(300, 128)),
            "Guaranteed",
        ),
        (
            pod(_asks("app", 200, 64), init=(_asks("setup", 100, 64),), resources=_limits(300, 128)),
            "Burstable",
        ),
        (pod(container("app"), init=(_asks("setup", 300, 128),), resources=_limits(300, 128)), "Guaranteed"),
        (pod(container("app"), init=(_asks("setup", 300, 128),), resources=_limits(400, 256)), "Burstable"),
        (
            pod(
                container("app"),
                init=(_asks("setup", 300, 128), container("more")),
                resources=_limits(300, 128),
            ),
            "Guaranteed",
        ),
        (
            pod(
                container("app"),
                init=(_asks("setup", 300, 128), container("more")),
                resources=_limits(400, 9),
            ),
            "Burstable",
        ),
        (pod(container("app"), init=(container("setup"),), resources=_limits(300, 128)), "Guaranteed"),
        (
            pod(
                _asks("app", 200, 64),
                init=(_asks("proxy", 100, 64, True), _asks("setup", 300, 128)),
                resources=_limits(400, 192),
            ),
            "Guaranteed",
        ),
        (
            pod(
                _asks("app", 200, 64),
                init=(_asks("setup", 300, 128), _asks("proxy", 100, 64, True)),
                resources=_limits(300, 128),
            ),
            "Guaranteed",
        ),
        (
            pod(
                _asks("app", 100, 64),
                init=(_asks("one", 100, 64), _asks("two", 300, 128), _asks("three", 200, 64)),
                resources=_limits(300, 128),
            ),
            "Guaranteed",
        ),
    ],
}

_OOM: dict[str, list[tuple[dict[str, Any], str, int, int]]] = {
    "Guaranteed is -997 and BestEffort 1000, whatever the node's size": [
        (pod(_APP), "app", 8 * Gi, -997),
        (pod(container("app")), "app", 8 * Gi, 1000),
        (pod(_APP, init=(sidecar("proxy", HALF, HALF),)), "proxy", 1 * Gi, -997),
    ],
    "Burstable is 1000 less the share of the node's memory that the container requests, in thousandths": [
        (pod(container("app", {"memory": "2Gi"})), "app", 8 * Gi, 750),
        (pod(container("app", {"memory": "100Mi"})), "app", 8 * Gi, 988),
        (pod(container("app", {"memory": "2Gi"}), container("log", {"memory": "1Gi"})), "log", 8 * Gi, 875),
        (pod(container("app", {"memory": "3Gi"})), "app", 7 * Gi, 572),
        (pod(container("app", {"memory": "2Gi"}, {"memory": "4Gi"})), "app", 8 * Gi, 750),
        (pod(container("app", {"memory": str(2 * Gi - 1)})), "app", 8 * Gi, 751),
    ],
    "Burstable stays between the others: never below 3, never above 999": [
        (pod(container("app", {"memory": "8Gi"})), "app", 8 * Gi, 3),
        (pod(container("app", {"cpu": "1"})), "app", 8 * Gi, 999),
        (pod(container("app", {"memory": "1Mi"})), "app", 64 * Gi, 999),
    ],
    "a sidecar takes the lower of its own value and that of the smallest main request": [
        (
            _SIDE := pod(container("app", {"memory": "2Gi"}), init=(sidecar("proxy", {"memory": "50Mi"}),)),
            "proxy",
            8 * Gi,
            750,
        ),
        (
            pod(
                container("app", {"memory": "4Gi"}),
                container("log", {"memory": "1Gi"}),
                init=(sidecar("proxy", {"memory": "50Mi"}),),
            ),
            "proxy",
            8 * Gi,
            875,
        ),
        (
            pod(container("app", {"memory": "1Gi"}), init=(sidecar("proxy", {"memory": "2Gi"}),)),
            "proxy",
            8 * Gi,
            750,
        ),
        (
            pod(container("app", {"memory": "2Gi"}), init=(container("setup", {"memory": "50Mi"}),)),
            "setup",
            8 * Gi,
            994,
        ),
        (
            pod(
                container("app", {"memory": "2Gi"}),
                container("log", {"memory": "50Mi"}, restartPolicy="Always"),
            ),
            "log",
            8 * Gi,
            994,
        ),
    ],
    "what the pod requests beyond its containers is shared equally among them, init containers too": [
        (
            {**_SIDE, "spec": {**_SIDE["spec"], "resources": {"requests": {"memory": "4Gi"}}}},
            "app",
            8 * Gi,
            629,
        ),
        (
            {**_SIDE, "spec": {**_SIDE["spec"], "resources": {"requests": {"memory": "4Gi"}}}},
            "proxy",
            8 * Gi,
            629,
        ),
        (
            pod(container("app"), container("log"), resources={"requests": {"memory": "4Gi"}}),
            "app",
            8 * Gi,
            750,
        ),
        *(
            (
                pod(
                    container("app", {"memory": "1Gi"}),
                    init=(container("setup"),),
                    resources={"requests": {"memory": str(3 * Gi - less)}},
                ),
                "app",
                8 * Gi,
                750 + less,
            )
            for less in (0, 1)
        ),
    ],
    "class system-node-critical is -997, whatever is requested": [
        (
            pod(container("app"), priorityClassName="system-node-critical", priority=2000001000),
            "app",
            8 * Gi,
            -997,
        ),
        (
            pod(container("app"), priorityClassName="system-cluster-critical", priority=2000000000),
            "app",
            8 * Gi,
            1000,
        ),
    ],
}


def _p(name: str, priority: int, usage: int | None, request: int, critical: bool = False) -> dict[str, Any]:
    return {"name": name, "priority": priority, "usage": usage, "request": request, "critical": critical}


RULE_OF_KIND = {
    "own": "resources on the pod itself replace what its containers say, even `resources: {}`",
    "inits": "init containers and sidecars count like the others",
    "several": "one container that does not qualify is enough to lose Guaranteed",
    "one": "Guaranteed: every container limits cpu and memory, and requests equal limits",
}
"""The rule that pods of a kind are about, where nobody chose them for one."""


_EVICT: dict[str, list[tuple[list[dict[str, Any]], list[str]]]] = {
    "the QoS class decides nothing": [
        (
            [_p("best-effort", 1000, 50 * Mi, 0), _p("burstable", 0, 300 * Mi, 200 * Mi)],
            ["burstable", "best-effort"],
        ),
        (
            [_p("burstable", 0, 210 * Mi, 200 * Mi), _p("best-effort", 0, 50 * Mi, 0)],
            ["best-effort", "burstable"],
        ),
    ],
    "pods above their request go before pods within it": [
        ([_p("b", 0, 90 * Mi, 100 * Mi), _p("a", 0, 110 * Mi, 100 * Mi)], ["a", "b"]),
        ([_p("b", 1000, 110 * Mi, 100 * Mi), _p("a", 0, 900 * Mi, 1000 * Mi)], ["b", "a"]),
        ([_p("b", 0, 90 * Mi, 100 * Mi), _p("a", 9, 100 * Mi + 1, 100 * Mi)], ["a", "b"]),
    ],
    "usage equal to the request is within it": [
        ([_p("b", 0, 100 * Mi, 100 * Mi), _p("a", 5, 101 * Mi, 100 * Mi)], ["a", "b"]),
        ([_p("b", 5, 1 * Mi, 0), _p("a", 0, 0, 0)], ["b", "a"]),
    ],
    "among pods on the same side, lower priority goes first": [
        ([_p("b", 100, 900 * Mi, 100 * Mi), _p("a", -5, 110 * Mi, 100 * Mi)], ["a", "b"]),
        ([_p("b", 1, 10 * Mi, 100 * Mi), _p("a", 2, 90 * Mi, 100 * Mi)], ["b", "a"]),
    ],
    "at equal priority, the larger excess over the request goes first": [
        ([_p("a", 0, 900 * Mi, 880 * Mi), _p("b", 0, 200 * Mi, 100 * Mi)], ["b", "a"]),
        ([_p("b", 0, 10 * Mi, 500 * Mi), _p("a", 0, 480 * Mi, 500 * Mi)], ["a", "b"]),
    ],
    "a pod without statistics goes before all others": [
        ([_p("a", 0, 900 * Mi, 100 * Mi), _p("b", 100, None, 500 * Mi)], ["b", "a"]),
        ([_p("c", 2, None, 0), _p("b", 1, None, 0), _p("a", 0, 0, 0)], ["b", "c", "a"]),
    ],
    "a critical pod is never evicted": [
        ([_p("dns", 2000000000, 900 * Mi, 100 * Mi, True), _p("web", 0, 1 * Mi, 100 * Mi)], ["web"]),
        ([_p("mirror", 0, None, 0, True)], []),
    ],
}
