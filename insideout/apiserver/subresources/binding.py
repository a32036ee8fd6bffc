"""The binding subresource: how a scheduler gives a pod its node, once.

Source: pkg/registry/core/pod/storage/storage.go:BindingREST,
plugin/pkg/admission/podtopologylabels@v1.36.2.
"""

from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import WriteOptions
from insideout.apiserver.resources import Resources
from insideout.apiserver.status import Cause, StatusError, bad_request, conflict, success
from insideout.apiserver.subresources.conditions import with_condition
from insideout.apiserver.views import Object, View

_COPIED_LABELS = ("topology.kubernetes.io/zone", "topology.kubernetes.io/region")


def bind(
    resources: Resources,
    pods: Kind,
    nodes: Kind,
    namespace: str,
    name: str,
    binding: Object,
    options: WriteOptions,
) -> Object:
    """Set a pod's node; raise 409 when it has one already, is ending, or is not the one meant."""
    metadata, target = binding.get("metadata") or {}, binding.get("target") or {}
    if metadata.get("name") != name:
        raise bad_request("name in URL does not match name in Binding object")
    _check_target(target)
    labels = {**(metadata.get("labels") or {}), **_topology(resources, nodes, target["name"])}

    def assign(before: View) -> Object:
        pod = before.object
        _check_pod(name, pod, metadata)
        own = {**pod["metadata"]}
        for field, added in (("annotations", metadata.get("annotations")), ("labels", labels)):
            if added:
                own[field] = {**(own.get(field) or {}), **added}
        status = {key: value for key, value in pod["status"].items() if key != "nominatedNodeName"}
        scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
        status["conditions"] = with_condition(status.get("conditions") or [], scheduled, resources.now())
        return {
            **pod,
            "metadata": own,
            "spec": {**pod["spec"], "nodeName": target["name"]},
            "status": status,
        }

    resources.change(pods, namespace, name, assign, options, subresource="binding")
    return {**success(), "code": 201}


def _check_target(target: Object) -> None:
    causes = []
    if target.get("kind") not in (None, "", "Node"):
        message = f'Unsupported value: "{target["kind"]}": supported values: "<empty>", "Node"'
        causes.append(Cause("FieldValueNotSupported", "target.kind", message))
    if not target.get("name"):
        causes.append(Cause("FieldValueRequired", "target.name", "Required value"))
    if causes:  # upstream returns these bare, so the client sees a 500 without a reason
        texts = [f"{cause.field}: {cause.message}" for cause in causes]
        message = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        raise StatusError(500, "", message)


def _topology(resources: Resources, nodes: Kind, name: str) -> dict[str, str]:
    """Return the labels that say where the node is, which its pods get as well."""
    node = resources.find(nodes, "", name)
    labels = node.value.object["metadata"].get("labels") or {} if node is not None else {}
    return {label: labels[label] for label in _COPIED_LABELS if label in labels}


def _check_pod(name: str, pod: Object, wanted: Object) -> None:
    metadata, spec = pod["metadata"], pod["spec"]
    for field, title in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        if wanted.get(field) and wanted[field] != metadata[field]:
            why = f"Precondition failed: {title} in precondition: {wanted[field]}, "
            raise _refused(name, f"{why}{title} in object meta: {metadata[field]}")
    if "deletionTimestamp" in metadata:
        raise _refused(name, f"pod {name} is being deleted, cannot be assigned to a host")
    if spec.get("nodeName"):
        raise _refused(name, f'pod {name} is already assigned to node "{spec["nodeName"]}"')
    if spec.get("schedulingGates"):
        raise _refused(name, f"pod {name} has non-empty .spec.schedulingGates")


def _refused(name: str, why: str) -> StatusError:
    return conflict(_PODS_BINDING, name, why)


_PODS_BINDING = Kind("", "v1", "Binding", "pods/binding", "")
"""How messages about a refused binding name their resource."""
