"""The retention policy says who owns a Pod's claims; nobody else's reference is touched."""

from typing import Any

import pytest

from insideout.apimachinery import owners
from insideout.controllers.statefulset import claims

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db-1", "namespace": "ns", "uid": "pod"}}


def stateful_set(when_deleted: str = "Retain", when_scaled: str = "Retain") -> dict[str, Any]:
    """Return a StatefulSet with one claim template and a retention policy."""
    policy = {"whenDeleted": when_deleted, "whenScaled": when_scaled}
    template = {
        "metadata": {"name": "data", "labels": {"own": "y"}},
        "spec": {"accessModes": ["ReadWriteOnce"]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "ns", "uid": "set"},
        "spec": {
            "selector": {"matchLabels": {"app": "db"}},
            "volumeClaimTemplates": [template],
            "persistentVolumeClaimRetentionPolicy": policy,
        },
    }


def test_a_claim_is_named_for_its_template_and_pod() -> None:
    (claim,) = claims.claims_for(stateful_set(), 1)
    assert claim["metadata"] == {"name": "data-db-1", "namespace": "ns", "labels": {"own": "y", "app": "db"}}
    assert claim["spec"] == {"accessModes": ["ReadWriteOnce"]}


# (whenDeleted, whenScaled, is the ordinal in range) -> the owner
OWNERS = [
    ("Retain", "Retain", True, None),
    ("Retain", "Retain", False, None),
    ("Delete", "Retain", True, "set"),
    ("Delete", "Retain", False, "set"),
    ("Retain", "Delete", True, None),
    ("Retain", "Delete", False, "pod"),
    ("Delete", "Delete", True, "set"),
    ("Delete", "Delete", False, "pod"),
]


@pytest.mark.parametrize(("when_deleted", "when_scaled", "in_range", "owner"), OWNERS)
def test_owner(when_deleted: str, when_scaled: str, in_range: bool, owner: str | None) -> None:
    """The table holds whoever of the two owned the claim before."""
    sts = stateful_set(when_deleted, when_scaled)
    for before in ([], [owners.controller_reference(sts)], [owners.controller_reference(POD)]):
        references = claims.owner_references(
            {"metadata": {"ownerReferences": before}}, sts, POD, in_range=in_range
        )
        assert [reference["uid"] for reference in references] == ([owner] if owner else [])


def test_a_claim_of_another_controller_is_left_alone() -> None:
    other = [{"uid": "x", "kind": "Thing", "name": "x", "controller": True}]
    claim = {"metadata": {"ownerReferences": other}}
    assert claims.owner_references(claim, stateful_set("Delete"), POD, in_range=True) == other


def test_a_claim_of_an_earlier_set_of_this_name_is_left_alone() -> None:
    stale = [{"uid": "before", "kind": "StatefulSet", "name": "db"}]
    claim = {"metadata": {"ownerReferences": stale}}
    assert claims.owner_references(claim, stateful_set("Delete"), POD, in_range=True) == stale
