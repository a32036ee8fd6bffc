"""Both volume filters: a claim must be bound, and an exclusive one free."""

import pytest

from insideout.client import Object
from insideout.scheduler.filters import volume_binding, volume_restrictions
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from tests.insideout.scheduler.builders import HOSTNAME, node, pod, reasons, snapshot


def claim(phase: str = "Bound", *, mode: str = "ReadWriteOnce", **metadata: str) -> Object:
    """Return a PersistentVolumeClaim, finished when it is bound."""
    marks = {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}} if phase == "Bound" else {}
    return {
        "metadata": {"name": "data", "namespace": "default", "uid": "u", **marks, **metadata},
        "spec": {"accessModes": [mode], "volumeName": "pv1"},
        "status": {"phase": phase},
    }


def waiting(**annotations: str) -> Object:
    """Return a claim that waits for its first consumer."""
    metadata = {"name": "data", "namespace": "default", "uid": "u", "annotations": annotations}
    asked = {"requests": {"storage": "1Gi"}}
    spec = {"accessModes": ["ReadWriteOnce"], "resources": asked, "storageClassName": "late"}
    return {"metadata": metadata, "spec": spec, "status": {"phase": "Pending"}}


def volume(name: str = "pv1", where: str = "", **spec: object) -> Object:
    """Return a free volume of the class "late", that one node reaches or all."""
    full = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "storageClassName": "late"}
    if where:
        term = {"matchExpressions": [{"key": HOSTNAME, "operator": "In", "values": [where]}]}
        full["nodeAffinity"] = {"required": {"nodeSelectorTerms": [term]}}
    return {"metadata": {"name": name}, "spec": full | spec, "status": {"phase": "Available"}}


def storage_class(provisioner: str = "kubernetes.io/no-provisioner", **rest: object) -> Object:
    """Return the class "late"."""
    mode = {"volumeBindingMode": "WaitForFirstConsumer"}
    return {"metadata": {"name": "late"}, "provisioner": provisioner, **mode, **rest}


def using(name: str = "new") -> PodInfo:
    """Return a pod with the claim "data"."""
    return pod(name, volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])


NO_VOLUMES = "node(s) didn't find available persistent volumes to bind"
TOO_FAR = "node(s) didn't match PersistentVolume's node affinity"
GONE = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
IN_N = [{"matchLabelExpressions": [{"key": HOSTNAME, "values": ["n"]}]}]
TABLE: dict[str, tuple[list[Object], str | dict[str, str]]] = {
    "bound": ([claim(), volume()], {"n": "", "m": ""}),
    "bound to a volume that one node reaches": ([claim(), volume(where="m")], {"n": TOO_FAR, "m": ""}),
    "bound to a volume that is gone": ([claim()], {"n": GONE, "m": GONE}),
    "missing": ([], 'persistentvolumeclaim "data" not found'),
    "unbound": ([claim("Pending")], "pod has unbound immediate PersistentVolumeClaims"),
    "lost": ([claim("Lost")], 'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv1"'),
    "going": (
        [claim(deletionTimestamp="2026-01-01T00:00:00Z")],
        'persistentvolumeclaim "data" is being deleted',
    ),
    "waiting without a class": ([waiting()], "pod has unbound immediate PersistentVolumeClaims"),
    "waiting for a volume": ([waiting(), storage_class()], {"n": NO_VOLUMES, "m": NO_VOLUMES}),
    "waiting beside a volume": (
        [waiting(), storage_class(), volume(where="m")],
        {"n": NO_VOLUMES, "m": ""},
    ),
    "waiting for a provisioner": ([waiting(), storage_class("p")], {"n": "", "m": ""}),
    "waiting for a provisioner that serves one node": (
        [waiting(), storage_class("p", allowedTopologies=IN_N)],
        {"n": "", "m": NO_VOLUMES},
    ),
    "waiting for a volume near a chosen node": (
        [waiting(**{"volume.kubernetes.io/selected-node": "m"}), storage_class("p")],
        {"n": NO_VOLUMES, "m": ""},
    ),
}


def view_of(objects: list[Object]) -> Snapshot:
    """Return a snapshot of two nodes and these claims, volumes and classes."""
    view = snapshot(node("n"), node("m"))
    for each in objects:
        name = each["metadata"]["name"]
        if "provisioner" in each:
            view.storage_classes[name] = each
        elif "capacity" in each["spec"]:
            view.volumes[name] = each
        else:
            view.claims[f"default/{name}"] = each
    return view


@pytest.mark.parametrize("case", TABLE)
def test_a_pod_waits_for_its_claims(case: str) -> None:
    """Only a bound claim lets the pod go on, or one that can be bound for a node."""
    objects, said = TABLE[case]
    assert reasons(volume_binding, using(), view_of(objects)) == said


def test_the_plan_for_a_node_takes_free_volumes_first() -> None:
    """What no volume serves is left to the provisioner."""
    objects = [waiting(), storage_class("p"), volume("here", where="n"), volume("there", where="m")]
    view = view_of(objects)
    here = volume_binding.plan(using(), view.nodes[0], view)
    assert [(one["metadata"]["name"], other["metadata"]["name"]) for one, other in here.bindings] == [
        ("here", "data")
    ]
    assert here.provisions == ()
    del view.volumes["here"]
    assert volume_binding.plan(using(), view.nodes[0], view).provisions == (objects[0],)
    assert volume_binding.plan(pod("plain"), view.nodes[0], view) == volume_binding.Plan()


def test_an_ephemeral_volume_waits_for_its_claim_to_be_made() -> None:
    """The claim is named after pod and volume."""
    new = pod(volumes=[{"name": "v", "ephemeral": {}}])
    assert reasons(volume_binding, new, snapshot(node("n"))) == (
        'waiting for ephemeral volume controller to create the persistentvolumeclaim "new-v"'
    )


def test_an_ephemeral_volume_takes_no_claim_of_others() -> None:
    """The claim must belong to the pod."""
    new = pod(volumes=[{"name": "v", "ephemeral": {}}])
    view = snapshot(node("n"))
    view.claims["default/new-v"] = claim()
    assert reasons(volume_binding, new, view) == (
        "PVC default/new-v was not created for pod default/new (pod is not owner)"
    )


@pytest.mark.parametrize(("mode", "fits"), [("ReadWriteOnce", True), ("ReadWriteOncePod", False)])
def test_an_exclusive_claim_serves_one_pod(mode: str, fits: bool) -> None:
    """ReadWriteOncePod keeps every other pod from every node."""
    view = snapshot(node("a"), node("b"), a=using("old"))
    view.claims["default/data"] = claim(mode=mode)
    said = reasons(volume_restrictions, using(), view)
    assert isinstance(said, dict)
    assert [not why for why in said.values()] == [fits, fits]
