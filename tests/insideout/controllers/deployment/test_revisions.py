"""Which ReplicaSet is the new one goes by the template, and each takes the next revision in turn."""

from typing import Any

from insideout.controllers.deployment import revisions


def template(image: str, **labels: str) -> dict[str, Any]:
    """Return a Pod template."""
    return {
        "metadata": {"labels": {"app": "x"} | labels},
        "spec": {"containers": [{"name": "c", "image": image}]},
    }


def replica_set(
    name: str, image: str, revision: int = 0, *, replicas: int = 0, pods: int = 0
) -> dict[str, Any]:
    """Return a ReplicaSet; younger ones have later names."""
    metadata: dict[str, Any] = {"name": name, "creationTimestamp": f"2026-01-01T00:00:0{name[-1]}Z"}
    if revision:
        metadata["annotations"] = {revisions.REVISION: str(revision)}
    spec = {"replicas": replicas, "template": template(image, **{revisions.HASH_LABEL: name})}
    return {"metadata": metadata, "spec": spec, "status": {"replicas": pods}}


def deployment(image: str, **annotations: str) -> dict[str, Any]:
    """Return a Deployment with that template."""
    return {"metadata": {"annotations": annotations}, "spec": {"template": template(image)}}


def test_the_hash_label_does_not_count() -> None:
    old, new = replica_set("rs1", "v1"), replica_set("rs2", "v2")
    assert revisions.find_new(deployment("v2"), [old, new]) is new
    assert revisions.find_new(deployment("v3"), [old, new]) is None


def test_of_two_with_the_template_the_older_is_new() -> None:
    twins = [replica_set("rs2", "v1"), replica_set("rs1", "v1")]
    assert revisions.find_new(deployment("v1"), twins) is twins[1]


def test_after_a_rollback_the_old_one_takes_the_next_number() -> None:
    old, new = replica_set("rs1", "v1", 1), replica_set("rs2", "v2", 2)
    number = revisions.next_revision([new])
    annotations = revisions.annotations_for_new(deployment("v1"), old["metadata"]["annotations"], number)
    assert annotations == {revisions.REVISION: "3", revisions.REVISION_HISTORY: "1"}


def test_the_history_grows_and_drops_its_oldest() -> None:
    existing = {revisions.REVISION: "900", revisions.REVISION_HISTORY: ",".join(map(str, range(100, 600)))}
    history = revisions.annotations_for_new(deployment("v1"), existing, 901)[revisions.REVISION_HISTORY]
    assert history.endswith(",599,900")
    assert history.startswith("101,")


def test_the_deployments_annotations_are_copied_but_not_its_own_book_keeping() -> None:
    copied = revisions.annotations_for_new(deployment("v1", note="n", **{revisions.REVISION: "7"}), {}, 1)
    assert copied == {"note": "n", revisions.REVISION: "1"}


def test_pruning_keeps_the_latest_and_whatever_is_not_empty() -> None:
    old = [
        replica_set("rs1", "v1", 1),
        replica_set("rs2", "v2", 2, pods=1),
        replica_set("rs3", "v3", 3, replicas=1),
        replica_set("rs4", "v4", 4),
    ]
    assert revisions.to_prune(old, 4) == []
    assert revisions.to_prune(old, 0) == [old[0], old[3]]
    assert revisions.to_prune(old, 2) == [old[0]]
