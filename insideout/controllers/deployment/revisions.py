"""A Deployment's ReplicaSets as its history: which is the new one, and how revisions are counted.

The new ReplicaSet is found by its template, not by its name: after a rollback the old one is the new one
again and takes the next revision number.

Source: pkg/controller/deployment/util/deployment_util.go:FindNewReplicaSet, SetNewReplicaSetAnnotations,
sync.go:cleanupDeployment@v1.36.2.
"""

from collections.abc import Iterable, Mapping

from insideout.client import Object
from insideout.controllers.deployment.sizes import ReplicaSetSize

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
_NOT_COPIED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        REVISION_HISTORY,
        DESIRED_REPLICAS,
        MAX_REPLICAS,
        "deprecated.deployment.rollback.to",
    }
)
_MAX_HISTORY_CHARACTERS = 2000


def by_age(replica_sets: Iterable[Object]) -> list[Object]:
    """Sort ReplicaSets from the oldest, names breaking ties."""
    return sorted(replica_sets, key=lambda rs: (rs["metadata"]["creationTimestamp"], rs["metadata"]["name"]))


def find_new(deployment: Object, replica_sets: Iterable[Object]) -> Object | None:
    """Return the oldest ReplicaSet with the Deployment's template, or None."""
    wanted = without_hash(deployment["spec"]["template"])
    return next((rs for rs in by_age(replica_sets) if without_hash(rs["spec"]["template"]) == wanted), None)


def without_hash(template: Object) -> Object:
    """Return a template without the label that a ReplicaSet adds; an empty part equals a missing one."""
    metadata = dict(template.get("metadata") or {})
    labels = {k: v for k, v in (metadata.pop("labels", None) or {}).items() if k != HASH_LABEL}
    if labels:
        metadata["labels"] = labels
    kept = {key: value for key, value in metadata.items() if value not in (None, {}, [])}
    return {"metadata": kept, "spec": template["spec"]}


def revision_of(replica_set: Object) -> int:
    """Return the revision, 0 when there is none or it is no number."""
    text = (replica_set["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def next_revision(old: Iterable[Object]) -> int:
    """Return the number of the revision that comes after all old ones."""
    return max((revision_of(rs) for rs in old), default=0) + 1


def annotations_for_new(deployment: Object, existing: Mapping[str, str], revision: int) -> dict[str, str]:
    """Return the new ReplicaSet's annotations: the Deployment's, and its place in the history."""
    annotations = dict(existing)
    for key, value in (deployment["metadata"].get("annotations") or {}).items():
        if key not in _NOT_COPIED:
            annotations[key] = value
    before = existing.get(REVISION, "")
    if before and not before.isdigit():
        return annotations
    if int(before or 0) < revision:
        annotations[REVISION] = str(revision)
        if before:
            annotations[REVISION_HISTORY] = _extended_history(existing.get(REVISION_HISTORY, ""), before)
    return annotations


def size_of(replica_set: Object, *, is_new: bool) -> ReplicaSetSize:
    """Return what the strategies need to know of a ReplicaSet."""
    metadata, spec = replica_set["metadata"], replica_set["spec"]
    return ReplicaSetSize(
        name=metadata["name"],
        created=metadata.get("creationTimestamp", ""),
        spec=spec["replicas"],
        available=(replica_set.get("status") or {}).get("availableReplicas", 0),
        is_new=is_new,
        max_replicas=annotated_number(replica_set, MAX_REPLICAS),
    )


def annotated_number(replica_set: Object, key: str) -> int | None:
    """Return a count that the controller wrote down in an annotation, or None."""
    text = (replica_set["metadata"].get("annotations") or {}).get(key, "")
    return int(text) if text.isdigit() else None


def to_prune(old: Iterable[Object], limit: int) -> list[Object]:
    """Return the empty ReplicaSets beyond the history limit, which may go, the lowest revision first."""
    alive = [rs for rs in by_age(old) if "deletionTimestamp" not in rs["metadata"]]
    excess = len(alive) - limit
    if excess <= 0:
        return []
    return [rs for rs in sorted(alive, key=revision_of)[:excess] if _is_empty(rs)]


def _is_empty(replica_set: Object) -> bool:
    status = replica_set.get("status") or {}
    observed = status.get("observedGeneration", 0) >= replica_set["metadata"].get("generation", 0)
    return observed and not status.get("replicas") and replica_set["spec"]["replicas"] == 0


def _extended_history(history: str, revision: str) -> str:
    """Append a revision; the oldest are dropped when the list grows too long."""
    revisions = [*history.split(","), revision] if history else [revision]
    while len(",".join(revisions)) > _MAX_HISTORY_CHARACTERS:
        del revisions[0]
    return ",".join(revisions)
