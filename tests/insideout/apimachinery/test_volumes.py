"""Which volume a claim gets: the one reserved for it, else the smallest that will do."""

from typing import Any

import pytest

from insideout.apimachinery import volumes

Object = dict[str, Any]


def claim(**spec: Any) -> Object:
    asked = {"requests": {"storage": "2Gi"}}
    metadata = {"name": "c", "namespace": "ns", "uid": "u", "resourceVersion": "7"}
    return {"metadata": metadata, "spec": {"accessModes": ["ReadWriteOnce"], "resources": asked, **spec}}


def volume(name: str, size: str = "2Gi", phase: str = "Available", **spec: Any) -> Object:
    full = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}, **spec}
    return {"metadata": {"name": name, "labels": {"name": name}}, "spec": full, "status": {"phase": phase}}


NODE = {"metadata": {"name": "n", "labels": {"zone": "a"}}}


def in_zone(zone: str) -> Object:
    expression = {"key": "zone", "operator": "In", "values": [zone]}
    return {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}


MINE = {"name": "c", "namespace": "ns"}
CASES: dict[str, tuple[Object, list[Object], Object, str | None]] = {
    "the smallest": (claim(), [volume("a", "9Gi"), volume("b", "3Gi"), volume("c", "4Gi")], {}, "b"),
    "none that is too small": (claim(), [volume("a", "1Gi")], {}, None),
    "none of another class": (claim(storageClassName="x"), [volume("a")], {}, None),
    "one of the class": (claim(storageClassName="x"), [volume("a", storageClassName="x")], {}, "a"),
    "none that is not free": (claim(), [volume("a", phase="Released")], {}, None),
    "none of another mode": (claim(volumeMode="Block"), [volume("a")], {}, None),
    "one that the selector means": (
        claim(selector={"matchLabels": {"name": "b"}}),
        [volume("a"), volume("b")],
        {},
        "b",
    ),
    "the reserved one before a smaller one": (
        claim(),
        [volume("a"), volume("b", "9Gi", claimRef=MINE)],
        {},
        "b",
    ),
    "none of another claim": (claim(), [volume("a", claimRef={**MINE, "name": "d"})], {}, None),
    "none of a claim that had the name": (claim(), [volume("a", claimRef={**MINE, "uid": "old"})], {}, None),
    "none while binding is delayed": (claim(), [volume("a")], {"delayed": True}, None),
    "the reserved one although delayed": (claim(), [volume("a", claimRef=MINE)], {"delayed": True}, "a"),
    "one that the node reaches": (
        claim(),
        [volume("a", nodeAffinity=in_zone("b")), volume("b", nodeAffinity=in_zone("a"))],
        {"node": NODE, "delayed": True},
        "b",
    ),
    "none that the node does not reach": (
        claim(),
        [volume("a", claimRef=MINE, nodeAffinity=in_zone("b")), volume("b")],
        {"node": NODE},
        None,
    ),
    "none that is taken": (claim(), [volume("a"), volume("b", "3Gi")], {"taken": {"a"}}, "b"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_best_match(name: str) -> None:
    """Each rule decides in a case of its own."""
    asked, offered, options, expected = CASES[name]
    found = volumes.best_match(asked, offered, **options)
    assert (found["metadata"]["name"] if found else None) == expected


def test_the_class_of_an_annotation_wins() -> None:
    """The old annotation says it before the field does, also when it says none."""
    asked = claim(storageClassName="new")
    assert volumes.class_of(asked) == "new"
    asked["metadata"]["annotations"] = {volumes.BETA_CLASS: ""}
    assert volumes.class_of(asked) == ""
    assert volumes.asks_for_class(asked)


def test_of_several_default_classes_the_newest_counts() -> None:
    """Of two as new as each other, the first by name."""

    def named(name: str, created: str, default: str = "true") -> Object:
        marks = {"storageclass.kubernetes.io/is-default-class": default}
        return {"metadata": {"name": name, "creationTimestamp": created, "annotations": marks}}

    classes = [named("c", "2026-01-02"), named("b", "2026-01-02"), named("a", "2026-01-01")]
    found = volumes.default_class([*classes, named("aa", "2026-01-03", "false")])
    assert found is not None
    assert found["metadata"]["name"] == "b"
    assert volumes.default_class([named("a", "2026", "no")]) is None


def test_a_bound_volume_names_its_claim() -> None:
    """A volume of nobody is marked as bound by the controller; a reserved one only gets the uid."""
    free, reserved = volume("a"), volume("b", claimRef=MINE)
    bound = volumes.bound(free, claim())
    assert bound["spec"]["claimRef"]["uid"] == "u"
    assert volumes.annotations(bound) == {volumes.BOUND_BY_CONTROLLER: "yes"}
    assert volumes.bound(bound, claim()) is bound
    assert volumes.annotations(volumes.bound(reserved, claim())) == {}
    assert "claimRef" not in free["spec"]
