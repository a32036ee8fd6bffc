"""The visible cases of unit 11: each rule is a contrast, so that no constant answer holds."""

from collections.abc import Iterator
from typing import Any

from course.checks.report import Case, kept
from course.units.u11_services import answers, canonical
from course.units.u11_services.objects import at, bare, endpoint, headless, node, pod, port, service

Object = dict[str, Any]
NODES = [node("n1", "a"), node("n2", "b"), node("n3")]
NAMED = service(port(80, "web", "http"))


@kept
def group_cases() -> Iterator[Case]:
    """Yield the examples for `endpoint_groups(service, pods, nodes, family)`."""
    for rule, table in _GROUPS.items():
        for given in table:
            yield group_case(rule, *given)


def group_case(
    rule: str, svc: Object, pods: list[Object], family: str = "IPv4", nodes: list[Object] | None = None
) -> Case:
    """Return one case with its right answer."""
    known = NODES if nodes is None else nodes
    right = canonical.groups(answers.endpoint_groups(svc, pods, known, family))
    return Case(rule, (svc, pods, known, family), right, canonical.groups, keeps=True)


@kept
def usable_cases() -> Iterator[Case]:
    """Yield the examples for `usable(endpoints, zone, node)`."""
    for rule, table in _USABLE.items():
        for endpoints, zone, name in table:
            yield usable_case(rule, endpoints, zone, name)


def usable_case(rule: str, endpoints: list[Object], zone: str, name: str) -> Case:
    """Return one case with its right answer."""
    right = canonical.addresses(sorted(answers.usable(endpoints, zone, name)))
    return Case(rule, (endpoints, zone, name), right, canonical.addresses, keeps=True)


@kept
def plan_cases() -> Iterator[Case]:
    """Yield the examples for `plan(slices, desired, limit)`."""
    for rule, table in _PLAN.items():
        for given in table:
            yield plan_case(rule, *given)


def plan_case(rule: str, slices: dict[str, list[Object]], desired: list[Object], *limit: int) -> Case:
    """Return one case; what counts is what is written and how much is in it."""
    answer = answers.plan(slices, desired, *limit)
    return Case(
        rule, (slices, desired, *limit), canonical.effect(slices, desired, answer, *limit), keeps=True
    )


@kept
def bytes_cases() -> Iterator[Case]:
    """Yield the examples for `bytes_sent(sizes, flips, watchers)`."""
    for rule, table in _BYTES.items():
        for sizes, flips, watchers in table:
            yield Case(rule, (sizes, flips, watchers), answers.bytes_sent(sizes, flips, watchers), keeps=True)


def _many(first: int, last: int, **fields: Any) -> list[Object]:
    """Return the endpoints numbered from `first` to `last`."""
    return [endpoint(number, **fields) for number in range(first, last + 1)]


_GROUPS: dict[str, list[tuple[Any, ...]]] = {
    "a pod that the selector matches is listed with its address, node and zone": [
        (service(), []),
        (service(), [pod(1)]),
        (service(), [pod(1), pod(2, node="n2")]),
        (service(), [pod(1), pod(2, node="n3")]),
        (service(), [pod(1), pod(2, labels={"app": "db"})]),
        (service(), [pod(1), bare("p2")]),
        (service(), [pod(1), {**bare("p2"), "metadata": pod(2)["metadata"]}]),
    ],
    "all labels of the selector must match": [
        (service(selector={"app": "web", "tier": "front"}), [pod(1)]),
        (
            service(selector={"app": "web", "tier": "front"}),
            [pod(1, labels={"app": "web", "tier": "front", "x": "y"}), pod(2, labels={"tier": "front"})],
        ),
    ],
    "pods of other namespaces are other people's": [
        (service(), [pod(1), pod(2, namespace="test")]),
        (service(namespace="test"), [pod(1), pod(2, namespace="test")]),
    ],
    "without a selector, and for an ExternalName, the answer is None": [
        (service(selector={}), [pod(1)]),
        (service(type="ExternalName", externalName="db.example.org"), [pod(1)]),
        (service(), [pod(1)]),
    ],
    "an unready pod is listed, not ready and not serving": [
        (service(), [pod(1, ready=False)]),
        (service(), [pod(1, ready=None), pod(2)]),
        (service(), [pod(1, ready="Unknown"), pod(2)]),
        (service(), [pod(1, ready=False, phase="Pending"), pod(2)]),
    ],
    "a terminating pod stays listed: it may serve, and it is not ready": [
        (service(), [pod(1, terminating=True), pod(2)]),
        (service(), [pod(1, terminating=True, ready=False)]),
    ],
    "what publishNotReadyAddresses does to the conditions is what the record shows": [
        (service(publishNotReadyAddresses=True), [pod(1, ready=False)]),
        (service(publishNotReadyAddresses=True), [pod(1, terminating=True)]),
        (service(publishNotReadyAddresses=True), [pod(1)]),
    ],
    "a pod at its end, without an address, or without one of the family is not listed": [
        (service(), [pod(1, phase="Succeeded"), pod(2)]),
        (service(), [pod(1, phase="Failed"), pod(3)]),
        (service(), [pod(1, phase="Pending", ips=[]), pod(4)]),
        (service(), [pod(1, ips=["fd00::1"]), pod(2, ips=["fd00::2", "10.1.0.2"])]),
        (service(), [pod(1, ips=["fd00::1"]), pod(2, ips=["fd00::2", "10.1.0.2"])], "IPv6"),
        (service(publishNotReadyAddresses=True), [pod(1, phase="Failed", ready=False)]),
    ],
    "a pod whose Node does not exist is left out, except under publishNotReadyAddresses": [
        (service(), [pod(1, node="gone"), pod(2)]),
        (service(publishNotReadyAddresses=True), [pod(1, node="gone"), pod(2)]),
        (service(publishNotReadyAddresses=True), [pod(1, node="")]),
    ],
    "a number as targetPort is the port, and without a targetPort it is the Service's own": [
        (service(port(80)), [pod(1)]),
        (service(port(8443)), [pod(1)]),
        (service(port(80, 8080), port(443, 8443, "tls", "TCP")), [pod(1)]),
        (service(port(53, 5353, "dns", "UDP")), [pod(1, ports={"dns": 53})]),
    ],
    "a name as targetPort is looked up in each pod, its sidecars last, and must have the protocol": [
        (NAMED, [pod(1, ports={"web": 8080}), pod(2, ports={"web": 9090}), pod(3, ports={"web": 8080})]),
        (NAMED, [pod(1, sidecar_ports={"web": 15001})]),
        (NAMED, [pod(1, ports={"web": 8080}, sidecar_ports={"web": 15001})]),
        (NAMED, [pod(1, ports={"web": 8080}, protocol="UDP"), pod(2, ports={"web": 8080})]),
        (NAMED, [pod(1, init_ports={"web": 9}), pod(2, init_ports={"web": 9}, sidecar_ports={"web": 15001})]),
        (service(port(53, "web", "dns", "UDP")), [pod(1, ports={"web": 8080})]),
        (service(port(53, "dns", "dns", "UDP")), [pod(1, ports={"dns": 5353}, protocol="UDP")]),
    ],
    "where a pod lacks the name, the port goes and the address stays": [
        (NAMED, [pod(1, ports={"other": 8080})]),
        (service(port(80, "web", "http"), port(443, 8443, "tls")), [pod(1), pod(2, ports={"web": 8080})]),
    ],
    "a headless Service may have no ports at all": [
        (headless(), [pod(1)]),
        (headless(), [pod(1), pod(2, ready=False)]),
    ],
}


_USABLE: dict[str, list[tuple[list[Object], str, str]]] = {
    "ready endpoints are used, and no others": [
        ([at("10.1.0.1"), at("10.1.0.2", ready=False)], "a", "n1"),
        ([at("10.1.0.1"), at("10.1.0.2"), at("10.1.0.3", ready=False, serving=True)], "a", "n1"),
        ([at("10.1.0.1", ready=False, serving=False)], "a", "n1"),
        ([], "a", "n1"),
    ],
    "a condition that is not given means ready, serving and not terminating": [
        ([at("10.1.0.1", ready=None)], "a", "n1"),
        ([at("10.1.0.1", ready=None), at("10.1.0.2", ready=False)], "a", "n1"),
        ([at("10.1.0.1", ready=None, serving=False), at("10.1.0.2")], "a", "n1"),
        ([at("10.1.0.1", ready=False, terminating=True), at("10.1.0.2", ready=False)], "a", "n1"),
        (
            [at("10.1.0.1", ready=False, serving=True), at("10.1.0.2", ready=False, terminating=True)],
            "a",
            "n1",
        ),
    ],
    "when none is ready, those that terminate and still serve are used": [
        (
            [
                at("10.1.0.1", ready=False, serving=True, terminating=True),
                at("10.1.0.2", ready=False, serving=False, terminating=True),
            ],
            "a",
            "n1",
        ),
        (
            [
                at("10.1.0.1", ready=False, serving=True, terminating=True),
                at("10.1.0.2", ready=True, serving=True, terminating=False),
            ],
            "a",
            "n1",
        ),
        (
            [
                at("10.1.0.1", ready=False, serving=True, terminating=True),
                at("10.1.0.3", ready=False, serving=True, terminating=False),
            ],
            "a",
            "n1",
        ),
    ],
    "when every ready endpoint has a hint for zones, those for my zone are used": [
        ([at("10.1.0.1", zones="a"), at("10.1.0.2", zones="b")], "a", "n1"),
        ([at("10.1.0.1", zones="a"), at("10.1.0.2", zones="b")], "b", "n1"),
        ([at("10.1.0.1", zones="a b"), at("10.1.0.2", zones="b"), at("10.1.0.3", zones="c")], "b", "n1"),
        ([at("10.1.0.1", zones="a"), at("10.1.0.2", zones="b"), at("10.1.0.3", ready=False)], "a", "n1"),
    ],
    "a single ready endpoint without a hint, and no hint counts": [
        ([at("10.1.0.1", zones="a"), at("10.1.0.2")], "a", "n1"),
        ([at("10.1.0.1", zones="a"), at("10.1.0.2"), at("10.1.0.3", zones="b")], "b", "n1"),
        ([at("10.1.0.1", zones="a"), at("10.1.0.2", ready=False)], "a", "n1"),
    ],
    "when no hint names my zone, all ready endpoints are used": [
        ([at("10.1.0.1", zones="a"), at("10.1.0.2", zones="b")], "c", "n1"),
        ([at("10.1.0.1", zones="a"), at("10.1.0.2", zones="b")], "a", "n1"),
        ([at("10.1.0.1", zones="a"), at("10.1.0.2", ready=False, zones="c")], "c", "n1"),
    ],
    "hints for nodes come before hints for zones, under the same conditions": [
        ([at("10.1.0.1", zones="a", nodes="n1"), at("10.1.0.2", zones="a", nodes="n2")], "a", "n1"),
        ([at("10.1.0.1", zones="a", nodes="n1"), at("10.1.0.2", zones="a", nodes="n2")], "a", "n3"),
        ([at("10.1.0.1", zones="a", nodes="n1"), at("10.1.0.2", zones="a")], "a", "n1"),
        ([at("10.1.0.1", nodes="n1"), at("10.1.0.2", nodes="n2")], "a", "n2"),
        ([at("10.1.0.1", zones="b", nodes="n1"), at("10.1.0.2", zones="a", nodes="n2")], "a", "n1"),
        ([at("10.1.0.1", zones="a", nodes="n1"), at("10.1.0.2", zones="b")], "a", "n1"),
    ],
    "of an endpoint with several addresses the first is used": [
        ([at("10.1.0.1", "10.1.1.1"), at("10.1.0.2", ready=False)], "a", "n1"),
        ([at("10.1.0.1", "10.1.1.1", zones="a"), at("10.1.0.2", "10.1.1.2", zones="b")], "b", "n1"),
        ([at("10.1.0.3", "10.1.1.3", ready=False, terminating=True)], "a", "n1"),
    ],
    "terminating endpoints are used in all zones": [
        (
            [
                at("10.1.0.1", ready=False, serving=True, terminating=True, zones="a"),
                at("10.1.0.2", ready=False, serving=True, terminating=True, zones="b"),
            ],
            "a",
            "n1",
        ),
        (
            [
                at("10.1.0.1", ready=False, serving=True, terminating=True, zones="a"),
                at("10.1.0.2", zones="b"),
            ],
            "b",
            "n1",
        ),
    ],
}

_PLAN: dict[str, list[tuple[Any, ...]]] = {
    "new endpoints go into new slices, of at most `limit` each": [
        ({}, _many(1, 2)),
        ({}, _many(1, 3), 3),
        ({}, _many(1, 7), 3),
        ({}, _many(1, 250)),
        ({}, []),
    ],
    "what is listed stays where it is, and what did not change is not written": [
        ({"s1": _many(1, 2)}, _many(1, 2), 3),
        ({"s1": _many(1, 2), "s2": _many(3, 4)}, [*_many(1, 3), endpoint(4, ready=False)], 3),
        ({"s1": _many(1, 3), "s2": _many(4, 5)}, [*_many(1, 2, ready=False), *_many(3, 5)], 3),
        ({"s1": _many(1, 2), "s2": _many(3, 5)}, [endpoint(1, ready=False), endpoint(2), *_many(4, 5)], 5),
    ],
    "what is not desired any more goes; a slice that it leaves empty is deleted": [
        ({"s1": _many(1, 3), "s2": _many(4, 5)}, [*_many(1, 2), *_many(4, 5)], 3),
        ({"s1": _many(1, 3), "s2": _many(4, 5)}, _many(1, 3), 3),
        ({"s1": _many(1, 3), "s2": _many(4, 5)}, [], 3),
    ],
    "new endpoints go first into slices that are written anyway, the fullest first": [
        ({"s1": _many(1, 3), "s2": _many(4, 6)}, [*_many(1, 2), *_many(4, 7)], 4),
        ({"s1": _many(1, 4), "s2": _many(5, 8)}, [*_many(1, 3), endpoint(5), endpoint(6), endpoint(9)], 4),
        ({"s1": _many(1, 4), "s2": _many(5, 8)}, [endpoint(1), *_many(5, 7), endpoint(9)], 4),
        ({"s1": _many(1, 3), "s2": _many(4, 5)}, [*_many(1, 2), *_many(4, 6)], 3),
        ({"s1": _many(1, 4), "s2": _many(5, 6)}, [*_many(2, 4), *_many(5, 7), endpoint(8)], 4),
    ],
    "what then remains goes whole into one untouched slice: the one that it leaves fullest": [
        ({"s1": _many(1, 2), "s2": _many(11, 13)}, [*_many(1, 2), *_many(11, 14)], 5),
        ({"s1": _many(1, 2), "s2": _many(11, 14)}, [*_many(1, 4), *_many(11, 14)], 5),
        (
            {"s1": _many(1, 4), "s2": _many(11, 12), "s3": _many(21, 23)},
            _many(1, 5) + _many(11, 12) + _many(21, 23),
            5,
        ),
    ],
    "what fits into no single untouched slice goes into a new one, even where two have room": [
        ({"s1": _many(1, 4), "s2": _many(11, 14)}, [*_many(1, 6), *_many(11, 14)], 5),
        ({"s1": _many(1, 99), "s2": _many(101, 199)}, _many(1, 99) + _many(101, 201)),
        ({"s1": _many(1, 4), "s2": _many(11, 13)}, [*_many(1, 6), *_many(11, 13)], 5),
        ({"s1": _many(1, 4), "s2": _many(11, 14)}, [*_many(1, 4), *_many(11, 20)], 5),
    ],
    "a whole slice's worth of new endpoints gets a new slice, even where an empty one stands": [
        ({"s1": []}, _many(1, 3), 3),
        ({"s1": []}, _many(1, 2), 3),
        ({"s1": []}, _many(1, 5), 3),
    ],
    "a slice to create beside one to delete is one update": [
        ({"s1": _many(1, 3)}, _many(4, 6), 3),
        ({"s1": _many(1, 3), "s2": _many(4, 6)}, _many(7, 9), 3),
        ({"s1": _many(1, 3)}, _many(4, 9), 3),
        ({"s1": _many(1, 3)}, _many(3, 4), 3),
    ],
    "half-empty slices are never put together": [
        ({"s1": _many(1, 4), "s2": _many(11, 14)}, [endpoint(1), endpoint(11)], 4),
        ({"s1": _many(1, 2), "s2": _many(11, 12), "s3": [endpoint(21)]}, _many(1, 2) + _many(11, 12), 4),
    ],
}

_BYTES: dict[str, list[tuple[list[int], list[list[int]], int]]] = {
    "each watcher gets the whole slice": [
        ([1000], [[0]], 1),
        ([1000], [[0]], 5000),
        ([1000, 700], [[1]], 10),
    ],
    "a slice is sent once however many of its endpoints flipped at that moment": [
        ([1000, 700], [[0, 0, 0]], 1),
        ([1000, 700], [[0, 1, 0, 1]], 2),
    ],
    "another moment is another write": [
        ([1000], [[0], [0]], 1),
        ([1000, 700], [[0, 0], [1], [0]], 3),
        ([1000, 700], [], 3),
        ([1000, 700], [[], [0]], 3),
    ],
}
