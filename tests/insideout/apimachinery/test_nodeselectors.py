"""A Pod's nodeSelector and required affinity: terms are alternatives, what is in a term holds together."""

from typing import Any

import pytest

from insideout.apimachinery import nodeselectors

NODE = {"metadata": {"name": "n1", "labels": {"zone": "a", "cpus": "8"}}}


def affinity(*terms: dict[str, Any]) -> dict[str, Any]:
    """Return a Pod's spec that requires one of `terms`."""
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
    return {"affinity": {"nodeAffinity": required}}


def label(key: str, operator: str, *values: str) -> dict[str, Any]:
    """Return a requirement on a label or field."""
    return {"key": key, "operator": operator, "values": list(values)}


CASES = [
    ({}, True),
    ({"nodeSelector": {"zone": "a"}}, True),
    ({"nodeSelector": {"zone": "a", "disk": "ssd"}}, False),
    (affinity({"matchExpressions": [label("zone", "In", "a", "b")]}), True),
    (affinity({"matchExpressions": [label("zone", "NotIn", "a")]}), False),
    (affinity({"matchExpressions": [label("disk", "DoesNotExist")]}), True),
    (affinity({"matchExpressions": [label("cpus", "Gt", "7")]}), True),
    (affinity({"matchExpressions": [label("cpus", "Lt", "8")]}), False),
    (affinity({"matchExpressions": [label("zone", "Exists"), label("disk", "Exists")]}), False),
    (
        affinity(
            {"matchExpressions": [label("disk", "Exists")]}, {"matchExpressions": [label("zone", "Exists")]}
        ),
        True,
    ),
    (affinity({"matchFields": [label("metadata.name", "In", "n1")]}), True),
    (affinity({"matchFields": [label("metadata.name", "In", "n2")]}), False),
    (affinity({}), False),
    ({"nodeSelector": {"zone": "b"}} | affinity({"matchExpressions": [label("zone", "Exists")]}), False),
]


@pytest.mark.parametrize(("pod_spec", "expected"), CASES)
def test_allows(pod_spec: dict[str, Any], expected: bool) -> None:
    assert nodeselectors.allows(pod_spec, NODE) is expected
