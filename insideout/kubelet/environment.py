"""The variables that a container finds: values as written, and fields of its Pod.

Left out: what other objects hold and what files hold, which is empty here; references to other variables.

Source: pkg/kubelet/kubelet_pods.go:makeEnvironmentVariables, podFieldSelectorRuntimeValue;
pkg/fieldpath/fieldpath.go:ExtractFieldPathAsString@v1.36.2.
"""

import re

from insideout.client import Object

_SUBSCRIPT = re.compile(r"metadata\.(annotations|labels)\['(.*)'\]", re.DOTALL)


def variables(container: Object, pod: Object, pod_ip: str, host_ip: str) -> dict[str, str]:
    """Return the variables of a container of a Pod with these addresses, by name."""
    return {entry["name"]: _value(entry, pod, pod_ip, host_ip) for entry in container.get("env") or ()}


def _value(entry: Object, pod: Object, pod_ip: str, host_ip: str) -> str:
    reference = (entry.get("valueFrom") or {}).get("fieldRef")
    if reference is None:
        return str(entry.get("value", ""))
    path, metadata, spec = reference["fieldPath"], pod["metadata"], pod["spec"]
    subscript = _SUBSCRIPT.fullmatch(path)
    if subscript is not None:
        return str((metadata.get(subscript[1]) or {}).get(subscript[2], ""))
    fields = {
        "metadata.name": metadata.get("name"),
        "metadata.namespace": metadata.get("namespace"),
        "metadata.uid": metadata.get("uid"),
        "spec.nodeName": spec.get("nodeName"),
        "spec.serviceAccountName": spec.get("serviceAccountName"),
        "status.hostIP": host_ip,
        "status.hostIPs": host_ip,
        "status.podIP": pod_ip,
        "status.podIPs": pod_ip,
    }
    return str(fields.get(path) or "")
