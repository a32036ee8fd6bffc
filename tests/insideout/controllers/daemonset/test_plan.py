"""A DaemonSet gives every node that fits one Pod, and replaces old ones within its limits."""

from datetime import UTC, datetime

import pytest

from insideout.client import Object
from insideout.controllers.daemonset import placement, plan
from insideout.controllers.daemonset.placement import Fit
from insideout.controllers.daemonset.plan import Limits

RUN, STAY, NO = Fit(True, True), Fit(False, True), Fit(False, False)


def pod(
    name: str, hash_: str = "new", *, ready: bool = True, phase: str = "Running", bound: bool = True
) -> Object:
    """Return a daemon's Pod."""
    return {
        "metadata": {"name": name, "labels": {placement.REVISION_LABEL: hash_}, "creationTimestamp": name},
        "spec": {"nodeName": "n"} if bound else {},
        "status": {"phase": phase, "conditions": [{"type": "Ready", "status": str(ready)}]},
    }


def going(name: str) -> Object:
    """Return a Pod that is being deleted."""
    doomed = pod(name, "old")
    doomed["metadata"]["deletionTimestamp"] = "t"
    return doomed


def names(changes: plan.Changes) -> tuple[list[str], list[str]]:
    """Return nodes that get a Pod, and names of Pods that go."""
    return changes.create, [each["metadata"]["name"] for each in changes.delete]


available = plan.is_available_at(datetime(2026, 1, 1, tzinfo=UTC), 0)

MANAGE: dict[str, tuple[Fit, list[Object], bool, tuple[list[str], list[str]]]] = {
    "a node without a Pod gets one": (RUN, [], False, (["n"], [])),
    "one that does not fit gets none": (STAY, [], False, ([], [])),
    "a Pod may stay where no new one may come": (STAY, [pod("a")], False, ([], [])),
    "and must go where it may not": (NO, [pod("a")], False, ([], ["a"])),
    "of two the older stays": (RUN, [pod("b"), pod("a")], False, ([], ["b"])),
    "a failed one goes": (RUN, [pod("a", phase="Failed")], False, ([], ["a"])),
    "so does one that succeeded": (RUN, [pod("a", phase="Succeeded")], False, ([], ["a"])),
    "one that is going is waited for": (RUN, [going("a")], False, ([], [])),
    "unless surging is allowed": (RUN, [going("a")], True, (["n"], [])),
    "old and new may stand side by side": (RUN, [pod("a", "old"), pod("b", ready=False)], True, ([], [])),
    "until the new one is available": (RUN, [pod("a", "old"), pod("b")], True, ([], ["a"])),
    "or the old one is not ready": (
        RUN,
        [pod("a", "old", ready=False), pod("b", ready=False)],
        True,
        ([], ["a"]),
    ),
}


@pytest.mark.parametrize(("fit", "pods", "surges", "expected"), MANAGE.values(), ids=MANAGE)
def test_manage(fit: Fit, pods: list[Object], surges: bool, expected: tuple[list[str], list[str]]) -> None:
    """What one node needs."""
    changes = plan.manage(
        {"n": fit}, {"n": pods}, "new", surges=surges, is_available=available, backs_off=lambda _: False
    )
    assert names(changes) == expected


def test_a_failed_pod_is_left_alone_while_its_node_backs_off() -> None:
    """Or the controller and a kubelet that refuses would fight."""
    pods = {"n": [pod("a", phase="Failed")]}
    changes = plan.manage(
        {"n": RUN}, pods, "new", surges=False, is_available=available, backs_off=lambda _: True
    )
    assert names(changes) == ([], [])


def test_a_pod_made_for_a_node_that_is_gone_goes_if_it_was_never_bound() -> None:
    """The Pods that were bound are the Pod garbage collector's."""
    pods = {"gone": [pod("a", bound=False), pod("b")]}
    changes = plan.manage({}, pods, "new", surges=False, is_available=available, backs_off=lambda _: False)
    assert names(changes) == ([], ["a"])


ROLL: dict[str, tuple[list[list[Object]], Limits, tuple[list[str], list[str]]]] = {
    "one at a time": ([[pod("a", "old")], [pod("b", "old")]], Limits(0, 1), ([], ["a"])),
    "none while a new one is not ready": (
        [[pod("a", ready=False)], [pod("b", "old")]],
        Limits(0, 1),
        ([], []),
    ),
    "old ones that are not available go anyway": (
        [[pod("a", "old", ready=False)], [pod("b", "old", ready=False)], [pod("c", "old")]],
        Limits(0, 1),
        ([], ["a", "b"]),
    ),
    "a node without a Pod counts as unavailable": ([[], [pod("b", "old")]], Limits(0, 1), ([], [])),
    "a surge puts new ones beside old ones": (
        [[pod("a", "old")], [pod("b", "old")], [pod("c", "old")]],
        Limits(2, 0),
        (["0", "1"], []),
    ),
    "and takes the old one when the new one is available": (
        [[pod("a", "old"), pod("a2")], [pod("b", "old")]],
        Limits(1, 0),
        (["1"], ["a"]),
    ),
}


@pytest.mark.parametrize(("pods", "limits", "expected"), ROLL.values(), ids=ROLL)
def test_rolling_update(
    pods: list[list[Object]], limits: Limits, expected: tuple[list[str], list[str]]
) -> None:
    """What an update replaces on nodes 0, 1, ..."""
    by_node = {str(index): here for index, here in enumerate(pods)}
    assert names(plan.rolling_update(by_node, "new", limits, available, lambda _: True)) == expected


def daemon_set(**spec: object) -> Object:
    """Return a DaemonSet."""
    metadata = {"name": "d", "namespace": "ns", "uid": "u"}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [], **spec}}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata,
        "spec": {"template": template},
    }


FITS = {
    "an empty node": ({}, [], RUN),
    "a cordoned one": ({}, [("node.kubernetes.io/unschedulable", "NoSchedule")], RUN),
    "a silent one": ({}, [("node.kubernetes.io/unreachable", "NoExecute")], RUN),
    "a taint that keeps away": ({}, [("mine", "NoSchedule")], STAY),
    "a taint that drives out": ({}, [("mine", "NoExecute")], NO),
    "other labels": ({"nodeSelector": {"disk": "hdd"}}, [], NO),
    "the right labels": ({"nodeSelector": {"disk": "ssd"}}, [], RUN),
    "another node's name": ({"nodeName": "m"}, [], NO),
}


@pytest.mark.parametrize(("spec", "taints", "expected"), FITS.values(), ids=FITS)
def test_fit(spec: Object, taints: list[tuple[str, str]], expected: Fit) -> None:
    """Whether a node should get a Pod, and whether one may stay there."""
    node = {
        "metadata": {"name": "n", "labels": {"disk": "ssd"}},
        "spec": {"taints": [{"key": key, "effect": effect} for key, effect in taints]},
    }
    assert placement.fit(daemon_set(**spec), node) == expected


def test_a_pod_names_its_node_before_it_is_bound() -> None:
    """By its affinity; and it tolerates node trouble."""
    made = placement.pod_for(daemon_set(), "n", "hash")
    assert placement.node_of(made) == "n"
    assert {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"} in made[
        "spec"
    ]["tolerations"]


def test_a_daemon_tolerates_for_ever_what_its_template_tolerates_for_a_time() -> None:
    silent = {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"}
    mine = {"key": "mine", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
    found = placement.with_tolerations({"tolerations": [silent | {"tolerationSeconds": 30}, mine]})
    assert found[:2] == [silent, mine]
    assert [each["key"] for each in found].count("node.kubernetes.io/unreachable") == 1
