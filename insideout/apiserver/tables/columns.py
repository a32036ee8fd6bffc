"""What a table is made of: columns with their descriptions, and rows of cells.

A column's description is a text of its own or that of an API field, such as "V1PodStatus.podIP".

Source: k8s.io/apimachinery/pkg/apis/meta/v1/types.go (Table),
pkg/printers/internalversion/printers.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from insideout.apiserver.openapi.descriptions import descriptions

Object = dict[str, Any]
Cells = list[Any]


class Column(NamedTuple):
    """One column; those with priority 1 are shown by `kubectl get -o wide` only."""

    name: str
    description: str
    type: str = "string"
    priority: int = 0
    format: str = ""

    def wire(self) -> Object:
        """Return the column's definition as a Table has it."""
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": _text(self.description),
            "priority": self.priority,
        }


class Row(NamedTuple):
    """The cells of one object, and what a client may want to know of it besides (that a Pod is completed)."""

    cells: Cells
    conditions: list[Object] | None = None


class Printer(NamedTuple):
    """How one kind is shown."""

    columns: tuple[Column, ...]
    row: Callable[[Object, datetime], Row | Cells]


NAME = Column("Name", "V1ObjectMeta.name", format="name")
AGE = Column("Age", "V1ObjectMeta.creationTimestamp")
CONTAINERS = Column("Containers", "Names of each container in the template.", priority=1)
IMAGES = Column("Images", "Images referenced by each container in the template.", priority=1)

_UNDESCRIBED: Mapping[str, str] = {
    "CoreV1Event.involvedObject": "The object that this event is about.",
    "CoreV1Event.source": (
        "The component reporting this event. Should be a short machine understandable string."
    ),
    "V1DaemonSetSpec.selector": (
        "A label query over pods that are managed by the daemon set. Must match in order to be controlled. "
        "It must match the pod template's labels. More info: "
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"
    ),
    "V1DeploymentSpec.selector": (
        "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones "
        "affected by this deployment. It must match the pod template's labels."
    ),
    "V1JobSpec.selector": (
        "A label query over pods that should match the pod count. Normally, the system sets this field for "
        "you. More info: "
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"
    ),
    "V1PersistentVolumeSpec.claimRef": (
        "claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. "
        "Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. "
        "More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding"
    ),
    "V1NetworkPolicySpec.podSelector": (
        "podSelector selects the pods to which this NetworkPolicy object applies. The array of rules is "
        "applied to any pods selected by this field. An empty selector matches all pods in the policy's "
        "namespace. Multiple network policies can select the same set of pods. In this case, the ingress "
        "rules for each are combined additively. This field is optional. If it is not specified, it defaults "
        "to an empty selector."
    ),
    "V1ReplicaSetSpec.selector": (
        "Selector is a label query over pods that should match the replica count. Label keys and values that "
        "must match in order to be controlled by this replica set. It must match the pod template's labels. "
        "More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"
    ),
    "V1ObjectMeta.creationTimestamp": (
        "CreationTimestamp is a timestamp representing the server time when this object was created. It is "
        "not guaranteed to be set in happens-before order across separate operations. Clients may not set "
        "this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. "
        "Null for lists. More info: "
        "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
    ),
    "V2HorizontalPodAutoscalerSpec.scaleTargetRef": (
        "scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics "
        "should be collected, as well as to actually change the replica count."
    ),
}
"""Descriptions that the official client lacks (of fields whose type is another model) or puts on one line."""


def _text(description: str) -> str:
    model, dot, name = description.partition(".")
    if not dot or " " in description or not model[:1].isupper():
        return description
    return _UNDESCRIBED.get(description) or descriptions(model)[name]


def name_of(obj: Object) -> str:
    """Return the object's name."""
    return str(obj["metadata"].get("name", ""))


def created(obj: Object) -> str | None:
    """Return when the object was created."""
    found: str | None = obj["metadata"].get("creationTimestamp")
    return found


def part(obj: Object, name: str) -> Object:
    """Return the part `name` of an object ("spec", "status"), empty when it is not there."""
    return obj.get(name) or {}


def container_cells(template: Object) -> tuple[str, str]:
    """Return the names and the images of a pod template's containers."""
    containers = part(template, "spec").get("containers") or []
    return (
        ",".join(each.get("name", "") for each in containers),
        ",".join(each.get("image", "") for each in containers),
    )


def labels_text(labels: Mapping[str, str] | None) -> str:
    """Return labels as `a=b,c=d`."""
    return ",".join(f"{name}={each}" for name, each in sorted((labels or {}).items())) or "<none>"


def selector_text(selector: Mapping[str, Any] | None) -> str:
    """Return a label selector as `a=b,c in (d,e),!f`, "" when it selects everything or nothing."""
    terms = [(name, f"{name}={each}") for name, each in ((selector or {}).get("matchLabels") or {}).items()]
    for each in (selector or {}).get("matchExpressions") or []:
        key, values = each.get("key", ""), ",".join(sorted(each.get("values") or []))
        match each.get("operator"):
            case "In":
                terms.append((key, f"{key} in ({values})"))
            case "NotIn":
                terms.append((key, f"{key} notin ({values})"))
            case "Exists":
                terms.append((key, key))
            case "DoesNotExist":
                terms.append((key, f"!{key}"))
    return ",".join(text for _, text in sorted(terms, key=lambda term: term[0]))


def few(texts: list[str], most: int, when_none: str, separator: str = ",") -> str:
    """Return the first `most` texts, and how many more there are."""
    shown = separator.join(texts[:most])
    return f"{shown} + {len(texts) - most} more..." if len(texts) > most else shown or when_none
