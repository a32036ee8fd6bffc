import pytest

from insideout.client import Object
from insideout.scheduler.filters import pod_topology_spread
from insideout.scheduler.podinfo import PodInfo
from tests.insideout.scheduler.builders import HOSTNAME, ZONE, node, pod, reasons, snapshot, spread

SKEWED = "node(s) didn't match pod topology spread constraints"
NO_LABEL = f"{SKEWED} (missing required label)"


def placed(*counts: int, app: str = "x", **more: object) -> dict[str, PodInfo | list[PodInfo]]:
    """Return that many pods labelled app=x on each of the nodes a, b, c."""
    return {
        name: [pod(f"{name}{index}", {"app": app}, **more) for index in range(count)]  # type: ignore[arg-type]
        for name, count in zip("abc", counts, strict=False)
    }


NODES = (node("a", {ZONE: "z1"}), node("b", {ZONE: "z2"}), node("c", {ZONE: "z2"}))

TABLE: dict[str, tuple[list[Object], dict[str, PodInfo | list[PodInfo]], dict[str, str]]] = {
    "even": ([spread(HOSTNAME)], placed(1, 1, 1), {"a": "", "b": "", "c": ""}),
    "one ahead": ([spread(HOSTNAME)], placed(1, 0, 1), {"a": SKEWED, "b": "", "c": SKEWED}),
    "zones add up": ([spread(ZONE)], placed(1, 1, 1), {"a": "", "b": SKEWED, "c": SKEWED}),
    "a larger skew": ([spread(ZONE, 2)], placed(1, 1, 1), {"a": "", "b": "", "c": ""}),
    "other pods do not count": ([spread(HOSTNAME)], placed(3, app="y"), {"a": "", "b": "", "c": ""}),
    "going pods do not count": (
        [spread(HOSTNAME)],
        placed(3, metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"}),
        {"a": "", "b": "", "c": ""},
    ),
    "other namespaces do not count": (
        [spread(HOSTNAME)],
        placed(3, namespace="n"),
        {"a": "", "b": "", "c": ""},
    ),
    "every constraint must hold": (
        [spread(ZONE), spread(HOSTNAME)],
        placed(1, 0, 1),
        {"a": SKEWED, "b": "", "c": SKEWED},
    ),
    "too few domains: the emptiest counts as empty": (
        [spread(ZONE, 1, minDomains=3)],
        placed(1, 1, 0),
        {"a": SKEWED, "b": SKEWED, "c": SKEWED},
    ),
    "a label no node has": ([spread("rack")], {}, {"a": NO_LABEL, "b": NO_LABEL, "c": NO_LABEL}),
    "soft constraints turn nothing down": (
        [spread(HOSTNAME, hard=False)],
        placed(5),
        {"a": "", "b": "", "c": ""},
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_no_domain_runs_ahead_by_more_than_the_skew(case: str) -> None:
    """Nodes a (zone z1), b and c (zone z2)."""
    constraints, pods, said = TABLE[case]
    new = pod(labels={"app": "x"}, topologySpreadConstraints=constraints)
    assert reasons(pod_topology_spread, new, snapshot(*NODES, **pods)) == said


def test_a_pod_that_does_not_count_itself_may_join_the_fullest_allowed_domain() -> None:
    """The skew is met, not passed, by a pod that the selector leaves out."""
    new = pod(labels={"app": "y"}, topologySpreadConstraints=[spread(HOSTNAME)])
    said = reasons(pod_topology_spread, new, snapshot(*NODES, **placed(1, 0, 2)))
    assert said == {"a": "", "b": "", "c": SKEWED}


def test_nodes_that_the_affinity_rules_out_make_no_domains() -> None:
    """The empty zone z1 does not hold the pod back from z2, unless the policy is to ignore affinity."""
    nowhere_near_a = {"nodeSelector": {ZONE: "z2"}}
    for policy, at_b in ((None, ""), ("Ignore", SKEWED)):
        more = {"nodeAffinityPolicy": policy} if policy else {}
        new = pod(labels={"app": "x"}, topologySpreadConstraints=[spread(ZONE, **more)], **nowhere_near_a)
        said = reasons(pod_topology_spread, new, snapshot(*NODES, **placed(0, 1, 0)))
        assert isinstance(said, dict)
        assert said["b"] == at_b


def test_tainted_nodes_make_domains_unless_taints_are_honoured() -> None:
    """By default an empty tainted node holds others back."""
    nodes = (node("a", taints=[("k", "", "NoSchedule")]), node("b"))
    for policy, at_b in (("Ignore", SKEWED), ("Honor", "")):
        new = pod(labels={"app": "x"}, topologySpreadConstraints=[spread(HOSTNAME, nodeTaintsPolicy=policy)])
        said = reasons(pod_topology_spread, new, snapshot(*nodes, **placed(0, 1)))
        assert isinstance(said, dict)
        assert said["b"] == at_b


def test_match_label_keys_count_one_revision_only() -> None:
    """Pods of another pod-template-hash do not count."""
    constraint = spread(HOSTNAME, matchLabelKeys=["pod-template-hash"])
    old = [pod(f"old{index}", {"app": "x", "pod-template-hash": "1"}) for index in range(3)]
    new = pod(labels={"app": "x", "pod-template-hash": "2"}, topologySpreadConstraints=[constraint])
    assert reasons(pod_topology_spread, new, snapshot(*NODES, a=old)) == {"a": "", "b": "", "c": ""}


def test_an_empty_selector_counts_no_pods_but_the_newcomer() -> None:
    """So nothing is ever too full."""
    constraint = {**spread(HOSTNAME), "labelSelector": {}}
    new = pod(labels={"app": "x"}, topologySpreadConstraints=[constraint])
    assert reasons(pod_topology_spread, new, snapshot(*NODES, **placed(5))) == {"a": "", "b": "", "c": ""}
