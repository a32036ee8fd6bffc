"""Both volume filters: a claim must be bound, and an exclusive one free."""

import pytest

from insideout.client import Object
from insideout.scheduler.filters import volume_binding, volume_restrictions
from insideout.scheduler.podinfo import PodInfo
from tests.insideout.scheduler.builders import node, pod, reasons, snapshot


def claim(phase: str = "Bound", *, mode: str = "ReadWriteOnce", **metadata: str) -> Object:
    """Return a PersistentVolumeClaim."""
    return {
        "metadata": {"name": "data", "namespace": "default", **metadata},
        "spec": {"accessModes": [mode], "volumeName": "pv1"},
        "status": {"phase": phase},
    }


def using(name: str = "new") -> PodInfo:
    """Return a pod with the claim "data"."""
    return pod(name, volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])


TABLE: dict[str, tuple[Object | None, str | dict[str, str]]] = {
    "bound": (claim(), {"n": ""}),
    "missing": (None, 'persistentvolumeclaim "data" not found'),
    "unbound": (claim("Pending"), "pod has unbound immediate PersistentVolumeClaims"),
    "lost": (claim("Lost"), 'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv1"'),
    "going": (
        claim(deletionTimestamp="2026-01-01T00:00:00Z"),
        'persistentvolumeclaim "data" is being deleted',
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_a_pod_waits_for_its_claims(case: str) -> None:
    """Only a bound claim lets the pod go on."""
    known, said = TABLE[case]
    view = snapshot(node("n"))
    if known:
        view.claims["default/data"] = known
    assert reasons(volume_binding, using(), view) == said


def test_an_ephemeral_volume_waits_for_its_claim_to_be_made() -> None:
    """The claim is named after pod and volume."""
    new = pod(volumes=[{"name": "v", "ephemeral": {}}])
    assert reasons(volume_binding, new, snapshot(node("n"))) == (
        'waiting for ephemeral volume controller to create the persistentvolumeclaim "new-v"'
    )


@pytest.mark.parametrize(("mode", "fits"), [("ReadWriteOnce", True), ("ReadWriteOncePod", False)])
def test_an_exclusive_claim_serves_one_pod(mode: str, fits: bool) -> None:
    """ReadWriteOncePod keeps every other pod from every node."""
    view = snapshot(node("a"), node("b"), a=using("old"))
    view.claims["default/data"] = claim(mode=mode)
    said = reasons(volume_restrictions, using(), view)
    assert isinstance(said, dict)
    assert [not why for why in said.values()] == [fits, fits]
