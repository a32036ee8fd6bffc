import pytest

from insideout.client import Object
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.scores import inter_pod_affinity
from tests.insideout.scheduler.builders import (
    HOSTNAME,
    ZONE,
    node,
    pod,
    preferred,
    required,
    scores,
    snapshot,
    term,
)

NODES = (node("a", {ZONE: "z1"}), node("b", {ZONE: "z2"}), node("c", {ZONE: "z2"}))


def near(*terms: tuple[int, Object]) -> Object:
    """Return preferred affinity."""
    return {"podAffinity": preferred(*terms)}


def apart(*terms: tuple[int, Object]) -> Object:
    """Return preferred anti-affinity."""
    return {"podAntiAffinity": preferred(*terms)}


PLAIN = pod("old", {"app": "x"})
NEW = {"app": "new"}

TABLE: dict[str, tuple[PodInfo, Object, dict[str, int] | None]] = {
    "no opinion": (PLAIN, {}, None),
    "liked": (PLAIN, near((5, term(ZONE, app="x"))), {"a": 0, "b": 100, "c": 100}),
    "disliked": (PLAIN, apart((5, term(ZONE, app="x"))), {"a": 100, "b": 0, "c": 0}),
    "nobody it likes": (PLAIN, near((5, term(ZONE, app="y"))), None),
    "weights add up": (
        PLAIN,
        near((10, term(ZONE, app="x")), (5, term(HOSTNAME, app="x"))),
        {"a": 0, "b": 100, "c": 66},
    ),
    "it is liked": (pod("old", affinity=near((3, term(ZONE, **NEW)))), {}, {"a": 0, "b": 100, "c": 100}),
    "it is disliked": (
        pod("old", affinity=apart((3, term(HOSTNAME, **NEW)))),
        {},
        {"a": 100, "b": 0, "c": 100},
    ),
    "it is required by a placed pod": (
        pod("old", affinity={"podAffinity": required(term(HOSTNAME, **NEW))}),
        {},
        {"a": 0, "b": 100, "c": 0},
    ),
    "opinions that cancel leave zeros": (
        PLAIN,
        {**near((5, term(ZONE, app="x"))), **apart((5, term(ZONE, app="x")))},
        {"a": 0, "b": 0, "c": 0},
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_likes_and_dislikes_add_up_by_domain(case: str) -> None:
    """Nodes a (zone z1), b and c (zone z2); one pod stands on b."""
    old, affinity, expected = TABLE[case]
    view = snapshot(*NODES, b=old)
    assert scores(inter_pod_affinity, pod(labels=NEW, affinity=affinity), view) == expected


def test_every_pod_of_the_domain_counts() -> None:
    """Two on c weigh twice one on b."""
    view = snapshot(*NODES, b=pod("b0", {"app": "x"}), c=[pod("c0", {"app": "x"}), pod("c1", {"app": "x"})])
    found = scores(inter_pod_affinity, pod(affinity=near((1, term(HOSTNAME, app="x")))), view)
    assert found == {"a": 0, "b": 50, "c": 100}
