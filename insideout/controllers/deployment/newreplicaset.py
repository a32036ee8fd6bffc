"""The ReplicaSet that a Deployment makes of its template.

Source: pkg/controller/deployment/sync.go:getNewReplicaSet, generateReplicaSetName@v1.36.2.
"""

from collections.abc import Iterable

from insideout.apimachinery import owners
from insideout.apimachinery.copies import copied
from insideout.client import Object
from insideout.controllers.deployment import fenceposts, revisions, rolling
from insideout.controllers.hashing import template_hash

MAX_NAME = 253


def design(deployment: Object, replica_sets: Iterable[Object], revision: int) -> Object:
    """Return the new ReplicaSet as it is created: as large as the strategy allows beside the others."""
    spec = deployment["spec"]
    collisions = (deployment.get("status") or {}).get("collisionCount")
    hash_ = template_hash(spec["template"], collisions)
    template, selector = copied(spec["template"]), copied(spec["selector"])
    labels = template.setdefault("metadata", {}).setdefault("labels", {})
    labels[revisions.HASH_LABEL] = hash_
    selector.setdefault("matchLabels", {})[revisions.HASH_LABEL] = hash_
    size: int = spec["replicas"]
    if spec["strategy"]["type"] == "RollingUpdate":
        others = sum(rs["spec"]["replicas"] for rs in replica_sets)
        size = rolling.new_size(size, fenceposts.of(deployment).surge, others, 0)
    annotations = revisions.annotations_for_new(deployment, {}, revision)
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{deployment['metadata']['name'][: MAX_NAME - 1 - len(hash_)]}-{hash_}",
            "namespace": deployment["metadata"]["namespace"],
            "labels": dict(labels),
            "annotations": annotations | size_annotations(deployment),
            "ownerReferences": [owners.controller_reference(deployment)],
        },
        "spec": {
            "replicas": size,
            "minReadySeconds": spec.get("minReadySeconds", 0),
            "selector": selector,
            "template": template,
        },
    }


def size_annotations(deployment: Object) -> dict[str, str]:
    """Return what a ReplicaSet remembers of the Deployment that it was sized for."""
    replicas = deployment["spec"]["replicas"]
    return {
        revisions.DESIRED_REPLICAS: str(replicas),
        revisions.MAX_REPLICAS: str(replicas + fenceposts.of(deployment).surge),
    }
