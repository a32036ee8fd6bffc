"""A StatefulSet's Pods by number: names, ordinals, revisions, and the Pod that belongs at an ordinal.

Source: pkg/controller/statefulset/stateful_set_utils.go@v1.36.2.
"""

import copy
import re

from insideout.apimachinery import owners
from insideout.client import Object

REVISION_LABEL = "controller-revision-hash"
NAME_LABEL = "statefulset.kubernetes.io/pod-name"
INDEX_LABEL = "apps.kubernetes.io/pod-index"
_NAME = re.compile(r"(.*)-([0-9]+)")


def parent_and_ordinal(name: str) -> tuple[str, int]:
    """Split a Pod's name at its last dash; ("", -1) when what follows is no number."""
    match = _NAME.fullmatch(name)
    return (match[1], int(match[2])) if match else ("", -1)


def ordinal_of(pod: Object) -> int:
    """Return the Pod's ordinal, -1 when its name has none."""
    return parent_and_ordinal(pod["metadata"]["name"])[1]


def revision_of(pod: Object) -> str:
    """Return the name of the ControllerRevision that the Pod was made from."""
    return str((pod["metadata"].get("labels") or {}).get(REVISION_LABEL, ""))


def start_ordinal(stateful_set: Object) -> int:
    """Return the first ordinal, spec.ordinals.start."""
    return int((stateful_set["spec"].get("ordinals") or {}).get("start", 0))


def partition_of(stateful_set: Object) -> int | None:
    """Return the rolling update's partition, None when there is no rollingUpdate section."""
    rolling = stateful_set["spec"].get("updateStrategy", {}).get("rollingUpdate")
    return None if rolling is None else int(rolling.get("partition", 0))


def is_below_partition(stateful_set: Object, ordinal: int, current_replicas: int) -> bool:
    """Tell whether a Pod missing at `ordinal` comes back at the current revision, not at the update.

    The partition counts from the first ordinal.  Without a rollingUpdate section the number of Pods still at
    the current revision stands in for it.
    """
    if (partition := partition_of(stateful_set)) is not None:
        return ordinal < start_ordinal(stateful_set) + partition
    rolls = stateful_set["spec"].get("updateStrategy", {}).get("type") == "RollingUpdate"
    return rolls and ordinal < start_ordinal(stateful_set) + current_replicas


def new_pod(stateful_set: Object, template: Object, revision: str, ordinal: int) -> Object:
    """Return the Pod for an ordinal from a revision's template, with its identity and its claims."""
    name = f"{stateful_set['metadata']['name']}-{ordinal}"
    pod: Object = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": copy.deepcopy(template.get("metadata") or {}),
        "spec": copy.deepcopy(template["spec"]),
    }
    pod["metadata"] |= {
        "name": name,
        "namespace": stateful_set["metadata"]["namespace"],
        "ownerReferences": [owners.controller_reference(stateful_set)],
    }
    labels = pod["metadata"].setdefault("labels", {})
    labels |= {NAME_LABEL: name, INDEX_LABEL: str(ordinal), REVISION_LABEL: revision}
    pod["spec"] |= {"hostname": name, "subdomain": stateful_set["spec"].get("serviceName", "")}
    _mount_claims(pod, stateful_set, ordinal)
    return pod


def claim_name(template: Object, stateful_set: Object, ordinal: int) -> str:
    """Return the name of the PersistentVolumeClaim that a Pod has from a claim template."""
    return f"{template['metadata']['name']}-{stateful_set['metadata']['name']}-{ordinal}"


def _mount_claims(pod: Object, stateful_set: Object, ordinal: int) -> None:
    templates = stateful_set["spec"].get("volumeClaimTemplates") or []
    claimed = {
        template["metadata"]["name"]: claim_name(template, stateful_set, ordinal) for template in templates
    }
    volumes = [
        {"name": name, "persistentVolumeClaim": {"claimName": claim}} for name, claim in claimed.items()
    ]
    volumes += [volume for volume in pod["spec"].get("volumes") or [] if volume["name"] not in claimed]
    if volumes:
        pod["spec"]["volumes"] = volumes
