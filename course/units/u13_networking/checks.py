"""Checks of lesson 13_networking: MTU, capacity, routes and NetworkPolicies."""

import re
from collections.abc import Mapping
from typing import Any

from course.checks import examples as examples_first
from course.checks.place import Place
from course.checks.report import Show, as_yaml, grade
from course.units.u13_networking import at_work as working
from course.units.u13_networking import cases as hand_made
from course.units.u13_networking import recorded, unseen
from course.units.u13_networking.misconceptions import KNOWN
from course.units.u13_networking.town import NAMES, NAMESPACES, OUTSIDE, PODS, Object, policy
from insideout.network.policies import allowed

_NOT_OF_CELLS = (
    "the first policy that refuses decides",
    "an address is outside the cluster, whoever has it",
)
"""What no cell of a table with one policy and names of pods can tell."""
_READ = {
    "mtu": Place("2. What an encapsulation costs", "insideout/records/mtu.json"),
    "capacity": Place("3. How many nodes, how many pods", "pkg/controller/nodeipam/ipam/cidrset/cidr_set.go"),
    "routes": Place("4. Which way between two nodes"),
    "allowed": Place(
        "5. Who may talk to whom", "kubernetes.io/docs/concepts/services-networking/network-policies"
    ),
}


def mtu_examples(function: Any, *, points: float) -> float:
    """Check `mtu(underlay, encap, outer)`, a rule at a time."""
    return _grade("mtu", function, hand_made.mtu_cases(), points)


def mtu_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `mtu` on underlays drawn with `seed`."""
    return _grade("mtu", function, unseen.mtu_cases(seed), points)


def capacity_examples(function: Any, *, points: float) -> float:
    """Check `capacity(cluster, node, max_pods)`, a rule at a time."""
    return _grade("capacity", function, hand_made.capacity_cases(), points)


def capacity_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `capacity` on plans drawn with `seed`."""
    return _grade("capacity", function, unseen.capacity_cases(seed), points)


def routes_examples(function: Any, *, points: float) -> float:
    """Check `routes(nodes, me)`, a rule at a time."""
    return _grade("routes", function, hand_made.routes_cases(), points)


def routes_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `routes` on nodes drawn with `seed`."""
    return _grade("routes", function, unseen.routes_cases(seed), points)


def cells_examples(examples: Any, *, points: float) -> float:
    """Try the learner's cells on the real evaluator and on known wrong ones."""
    beliefs = {
        belief: _of_the_town(function)
        for belief, function in KNOWN["allowed"].items()
        if belief not in _NOT_OF_CELLS
    }
    return examples_first.grade(
        "cells", examples, _cell, beliefs, points=points, read=_READ["allowed"], refuse=_no_cell
    )


def allowed_examples(function: Any, *, points: float) -> float:
    """Check `allowed(policies, namespaces, pods, src, dst, port, proto)`, a rule at a time."""
    return _grade("allowed", function, hand_made.allowed_cases(), points)


def allowed_e2e(function: Any, *, points: float) -> float:
    """Check `allowed` on the truth tables of the upstream e2e tests."""
    return _grade("allowed", function, recorded.e2e_cases(), points)


def allowed_records(function: Any, *, points: float) -> float:
    """Check `allowed` on recorded random clusters."""
    return _grade("allowed", function, recorded.random_cases(), points)


def allowed_unseen(function: Any, *, seed: int, points: float) -> float:
    """Check `allowed` on policies drawn with `seed`."""
    return _grade("allowed", function, unseen.allowed_cases(seed), points)


def allowed_at_work(function: Any, *, points: float) -> float:
    """Check `allowed` as the guard of a cluster's network."""
    live = working.at_work(function) if callable(function) else function
    return grade("allowed", live, working.cases(), points=points, read=_READ["allowed"], show=working.show)


def _grade(name: str, function: Any, cases: Any, points: float) -> float:
    return grade(
        name,
        function,
        cases,
        points=points,
        read=_READ[name],
        show=_SHOW.get(name),
        misconceptions=KNOWN[name],
    )


def _cell(spec: Object, source: str, destination: str, port: str) -> bool:
    return bool(_of_the_town(allowed)(spec, source, destination, port))


def _of_the_town(function: Any) -> Any:
    def judge(spec: Object, source: str, destination: str, port: str) -> Any:
        protocol, _, number = port.partition("/")
        return function([policy(spec)], NAMESPACES, PODS, source, destination, int(number), protocol)

    return judge


def _no_cell(spec: Object, source: str, destination: str, port: str) -> str | None:
    """Say what is no cell of the town's table, or no spec that the API server accepts."""
    known = [*NAMES, OUTSIDE]
    if source not in known or destination not in known or source == destination:
        return f"source and destination are two of the nine pods, or {OUTSIDE}"
    if not isinstance(spec, dict) or not re.fullmatch(r"(TCP|UDP|SCTP)/[0-9]+", str(port)):
        return "a spec is a dict, and a port is written as TCP/80"
    for direction, key in ("ingress", "from"), ("egress", "to"):
        for rule in spec.get(direction) or ():
            for peer in rule.get(key) or ():
                if not peer or ("ipBlock" in peer and len(peer) > 1):
                    return "a peer has selectors or an ipBlock, and not both"
    return None


def _show_allowed(
    policies: list[Object],
    namespaces: Mapping[str, Mapping[str, str]],
    pods: list[Object],
    source: str,
    destination: str,
    port: int,
    protocol: str,
) -> str:
    """Write the connection, the sides that have labels, and the policies, without what decides nothing."""
    lines = [f"{protocol}/{port} from {source} to {destination}"]
    for side in (source, destination):
        pod = next((one for one in pods if f"{one['namespace']}/{one['name']}" == side), None)
        if pod is not None:
            labels = {"pod": pod["labels"], "namespace": dict(namespaces[pod["namespace"]])}
            lines.append(f"{side} {pod['ip']}: {labels}")
    kept = [{"namespace": one["metadata"]["namespace"], "spec": one["spec"]} for one in policies]
    return "\n".join([*lines, "policies:" if kept else "no policies", *(as_yaml(one) for one in kept)])


_SHOW: Mapping[str, Show] = {"allowed": _show_allowed}
