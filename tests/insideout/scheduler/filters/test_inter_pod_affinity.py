import pytest

from insideout.client import Object
from insideout.scheduler.filters import inter_pod_affinity
from insideout.scheduler.podinfo import PodInfo
from tests.insideout.scheduler.builders import HOSTNAME, ZONE, node, pod, reasons, required, snapshot, term

NO_FRIENDS = "node(s) didn't match pod affinity rules"
FOES = "node(s) didn't match pod anti-affinity rules"
UNWANTED = "node(s) didn't satisfy existing pods anti-affinity rules"
NODES = (node("a", {ZONE: "z1"}), node("b", {ZONE: "z2"}), node("c", {ZONE: "z2"}), node("d"))


def near(*terms: Object) -> Object:
    """Return affinity to pods."""
    return {"podAffinity": required(*terms)}


def apart(*terms: Object) -> Object:
    """Return anti-affinity from pods."""
    return {"podAntiAffinity": required(*terms)}


X_AT_B = pod("old", {"app": "x"})
SHY_AT_B = pod("old", {"app": "x"}, affinity=apart(term(ZONE, app="new")))

TABLE: dict[str, tuple[PodInfo, Object, dict[str, str]]] = {
    "near a pod's node": (
        X_AT_B,
        near(term(HOSTNAME, app="x")),
        {"a": NO_FRIENDS, "b": "", "c": NO_FRIENDS, "d": NO_FRIENDS},
    ),
    "near a pod's zone": (
        X_AT_B,
        near(term(ZONE, app="x")),
        {"a": NO_FRIENDS, "b": "", "c": "", "d": NO_FRIENDS},
    ),
    "nobody to be near": (X_AT_B, near(term(ZONE, app="y")), dict.fromkeys("abcd", NO_FRIENDS)),
    "away from a node": (X_AT_B, apart(term(HOSTNAME, app="x")), {"a": "", "b": FOES, "c": "", "d": ""}),
    "away from a zone": (X_AT_B, apart(term(ZONE, app="x")), {"a": "", "b": FOES, "c": FOES, "d": ""}),
    "avoided by a zone": (SHY_AT_B, {}, {"a": "", "b": UNWANTED, "c": UNWANTED, "d": ""}),
    "affinity speaks before anti-affinity": (
        SHY_AT_B,
        {**near(term(HOSTNAME, app="y")), **apart(term(ZONE, app="x"))},
        dict.fromkeys("abcd", NO_FRIENDS),
    ),
    "its own anti-affinity speaks before others'": (
        SHY_AT_B,
        apart(term(HOSTNAME, app="x")),
        {"a": "", "b": FOES, "c": UNWANTED, "d": ""},
    ),
    "every affinity term must hold": (
        X_AT_B,
        near(term(ZONE, app="x"), term(HOSTNAME, app="x")),
        {"a": NO_FRIENDS, "b": "", "c": NO_FRIENDS, "d": NO_FRIENDS},
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_domains_decide_who_may_be_near(case: str) -> None:
    """Nodes a (zone z1), b and c (zone z2), d without a zone; one pod stands on b."""
    old, affinity, said = TABLE[case]
    new = pod(labels={"app": "new"}, affinity=affinity)
    assert reasons(inter_pod_affinity, new, snapshot(*NODES, b=old)) == said


def test_the_first_of_its_kind_goes_anywhere_with_the_label() -> None:
    """A group that wants to be together must begin somewhere."""
    new = pod(labels={"app": "new"}, affinity=near(term(ZONE, app="new")))
    assert reasons(inter_pod_affinity, new, snapshot(*NODES)) == {"a": "", "b": "", "c": "", "d": NO_FRIENDS}


def test_terms_mean_pods_of_their_own_namespace_unless_they_say_so() -> None:
    """`namespaces` and `namespaceSelector` widen a term."""
    elsewhere = pod("old", {"app": "x"}, namespace="prod")
    for more, fits in (
        ({}, False),
        ({"namespaces": ["prod"]}, True),
        ({"namespaceSelector": {}}, True),
        ({"namespaceSelector": {"matchLabels": {"team": "a"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"team": "b"}}}, False),
    ):
        view = snapshot(*NODES, b=elsewhere)
        view.namespaces = {"prod": {"team": "a"}, "default": {}}
        said = reasons(inter_pod_affinity, pod(affinity=near({**term(HOSTNAME, app="x"), **more})), view)
        assert isinstance(said, dict)
        assert (not said["b"]) is fits, more


def test_existing_terms_are_asked_about_the_newcomers_namespace() -> None:
    """A placed pod may avoid all pods of namespaces with a label."""
    shy = pod(
        "old",
        affinity=apart({**term(HOSTNAME, app="new"), "namespaceSelector": {"matchLabels": {"team": "a"}}}),
    )
    view = snapshot(*NODES, b=shy)
    view.namespaces = {"default": {"team": "a"}, "other": {"team": "b"}}
    for namespace, at_b in (("default", UNWANTED), ("other", "")):
        said = reasons(inter_pod_affinity, pod(labels={"app": "new"}, namespace=namespace), view)
        assert isinstance(said, dict)
        assert said["b"] == at_b


def test_a_missing_selector_means_no_pod() -> None:
    """So affinity without one is never met."""
    said = reasons(inter_pod_affinity, pod(affinity=near({"topologyKey": ZONE})), snapshot(*NODES, b=X_AT_B))
    assert said == dict.fromkeys("abcd", NO_FRIENDS)
