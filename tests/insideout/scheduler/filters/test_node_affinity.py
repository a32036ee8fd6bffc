import pytest

from insideout.client import Object
from insideout.scheduler.filters import node_affinity
from tests.insideout.scheduler.builders import node, pod, reasons, snapshot

NO_MATCH = "node(s) didn't match Pod's node affinity/selector"


def label(key: str, operator: str, *values: str) -> Object:
    """Return a term with one condition on a label."""
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(values)}]}


def name(operator: str, *values: str) -> Object:
    """Return a term with one condition on the node's name."""
    return {"matchFields": [{"key": "metadata.name", "operator": operator, "values": list(values)}]}


def affinity(*terms: Object) -> Object:
    """Return required node affinity."""
    inner = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    return {"nodeAffinity": inner}


VIEW = snapshot(
    node("a", {"disk": "ssd", "cores": "8"}), node("b", {"disk": "hdd", "cores": "16"}), node("c")
)

TABLE: dict[str, tuple[list[Object], set[str]]] = {
    "In": ([label("disk", "In", "ssd", "nvme")], {"a"}),
    "NotIn holds without the label": ([label("disk", "NotIn", "ssd")], {"b", "c"}),
    "Exists": ([label("disk", "Exists")], {"a", "b"}),
    "DoesNotExist": ([label("disk", "DoesNotExist")], {"c"}),
    "Gt compares numbers": ([label("cores", "Gt", "9")], {"b"}),
    "Lt compares numbers": ([label("cores", "Lt", "9")], {"a"}),
    "Gt fails on words": ([label("disk", "Gt", "1")], set()),
    "one term is enough": ([label("disk", "In", "ssd"), label("disk", "In", "hdd")], {"a", "b"}),
    "an empty term matches nothing": ([{}], set()),
    "no term matches nothing": ([], set()),
    "a name excluded": ([name("NotIn", "a")], {"b", "c"}),
    "fields and labels must both hold": ([{**label("disk", "Exists"), **name("NotIn", "a")}], {"b"}),
    "two values of a name make no sense": ([name("NotIn", "a", "b")], set()),
}


@pytest.mark.parametrize("case", TABLE)
def test_required_affinity_decides_where_a_pod_may_run(case: str) -> None:
    """Terms are alternatives, the conditions of a term must all hold."""
    terms, fits = TABLE[case]
    said = reasons(node_affinity, pod(affinity=affinity(*terms)), VIEW)
    assert said == {each: "" if each in fits else NO_MATCH for each in "abc"}


def test_the_node_selector_must_hold_besides_the_affinity() -> None:
    """Both are demanded."""
    new = pod(nodeSelector={"disk": "ssd"}, affinity=affinity(label("cores", "Gt", "9")))
    assert reasons(node_affinity, new, VIEW) == {"a": NO_MATCH, "b": NO_MATCH, "c": NO_MATCH}


def test_only_named_nodes_are_asked() -> None:
    """When every term names nodes, the others are not looked at."""
    new = pod(affinity=affinity(name("In", "a"), {**name("In", "b"), **label("disk", "In", "ssd")}))
    assert reasons(node_affinity, new, VIEW) == {"a": "", "b": NO_MATCH}


def test_contradicting_names_turn_the_pod_away() -> None:
    """No node has two names."""
    both = {"matchFields": [*name("In", "a")["matchFields"], *name("In", "b")["matchFields"]]}
    assert reasons(node_affinity, pod(affinity=affinity(both)), VIEW) == "pod affinity terms conflict"


def test_a_pod_without_wishes_asks_nothing() -> None:
    """The filter is skipped."""
    assert node_affinity.prepare(pod(), VIEW) is None
