"""Objects as tables: what `kubectl get` shows is worked out in the server, the same for every client.

A client asks with `Accept: application/json;as=Table;v=v1;g=meta.k8s.io` and gets columns and rows of cells;
each row carries the object's metadata, or the whole object, or nothing.

Source: pkg/printers/internalversion/printers.go, k8s.io/apiserver/pkg/endpoints/handlers/response.go@v1.36.2.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from insideout.apiserver.kinds import Kind
from insideout.apiserver.status import bad_request
from insideout.apiserver.tables import (
    access,
    cluster,
    devices,
    flowcontrol,
    ingresses,
    metrics,
    network,
    pods,
    policies,
    storage,
    templates,
    workloads,
)
from insideout.apiserver.tables.columns import NAME, Column, Printer, Row, created, name_of
from insideout.apiserver.tables.custom import printer_of

Object = dict[str, Any]

_PRINTERS: Mapping[str, Printer] = {
    "CertificateSigningRequest": access.CERTIFICATE_REQUESTS,
    "ClusterRoleBinding": access.CLUSTER_ROLE_BINDINGS,
    "APIService": cluster.API_SERVICES,
    "CSIDriver": storage.CSI_DRIVERS,
    "CSINode": storage.CSI_NODES,
    "CSIStorageCapacity": storage.CSI_CAPACITIES,
    "ConfigMap": cluster.CONFIG_MAPS,
    "ControllerRevision": workloads.CONTROLLER_REVISIONS,
    "CronJob": templates.CRON_JOBS,
    "DaemonSet": workloads.DAEMON_SETS,
    "Deployment": workloads.DEPLOYMENTS,
    "DeviceClass": devices.NAMES_AND_AGES,
    "EndpointSlice": network.ENDPOINT_SLICES,
    "Endpoints": network.ENDPOINTS,
    "Event": cluster.EVENTS,
    "FlowSchema": flowcontrol.FLOW_SCHEMAS,
    "HorizontalPodAutoscaler": workloads.AUTOSCALERS,
    "IPAddress": ingresses.IP_ADDRESSES,
    "Ingress": ingresses.INGRESSES,
    "IngressClass": ingresses.INGRESS_CLASSES,
    "Job": workloads.JOBS,
    "Lease": cluster.LEASES,
    "MutatingWebhookConfiguration": cluster.WEBHOOKS,
    "Namespace": cluster.NAMESPACES,
    "NetworkPolicy": network.NETWORK_POLICIES,
    "Node": cluster.NODES,
    "NodeMetrics": metrics.NODE_METRICS,
    "PersistentVolume": storage.VOLUMES,
    "PersistentVolumeClaim": storage.CLAIMS,
    "Pod": pods.PODS,
    "PodDisruptionBudget": workloads.DISRUPTION_BUDGETS,
    "PodMetrics": metrics.POD_METRICS,
    "PodTemplate": templates.POD_TEMPLATES,
    "PriorityClass": cluster.PRIORITY_CLASSES,
    "PriorityLevelConfiguration": flowcontrol.PRIORITY_LEVELS,
    "ReplicaSet": workloads.REPLICA_SETS,
    "ReplicationController": templates.REPLICATION_CONTROLLERS,
    "ResourceClaim": devices.CLAIMS,
    "ResourceClaimTemplate": devices.NAMES_AND_AGES,
    "ResourceQuota": cluster.RESOURCE_QUOTAS,
    "ResourceSlice": devices.SLICES,
    "RoleBinding": access.ROLE_BINDINGS,
    "RuntimeClass": cluster.RUNTIME_CLASSES,
    "Scale": workloads.SCALES,
    "Secret": cluster.SECRETS,
    "Service": network.SERVICES,
    "ServiceAccount": cluster.SERVICE_ACCOUNTS,
    "ServiceCIDR": ingresses.SERVICE_CIDRS,
    "StatefulSet": workloads.STATEFUL_SETS,
    "StorageClass": storage.STORAGE_CLASSES,
    "ValidatingAdmissionPolicy": policies.POLICIES,
    "ValidatingAdmissionPolicyBinding": policies.BINDINGS,
    "ValidatingWebhookConfiguration": cluster.WEBHOOKS,
    "VolumeAttachment": storage.ATTACHMENTS,
    "VolumeAttributesClass": storage.ATTRIBUTES_CLASSES,
}
_PLAIN = Printer(
    (NAME, Column("Created At", "V1ObjectMeta.creationTimestamp", "date")),
    lambda obj, now: [name_of(obj), created(obj) or "0001-01-01T00:00:00Z"],
)


def check_include_object(include_object: str) -> None:
    """Refuse an includeObject that is not known.  Raises StatusError 400."""
    if include_object not in ("", "None", "Metadata", "Object"):
        problem = f'includeObject: Invalid value: "{include_object}": must be '
        allowed = "'Metadata', 'Object', 'None', or empty"
        raise bad_request(f"Unable to convert to Table as requested: {problem}{allowed}")


def render(
    kind: Kind, obj_or_list: Object, now: datetime, include_object: str = "", *, version: str = "v1"
) -> Object:
    """Return the Table of an object or of a list of `kind`.

    `include_object` is None, Object, or Metadata (also when empty).  Ages are counted from `now`.
    Raises StatusError 400 for another include_object.
    """
    metadata = obj_or_list.get("metadata") or {}
    names = ("resourceVersion", "continue", "remainingItemCount")
    listed = {name: metadata[name] for name in names if metadata.get(name)}
    objects = obj_or_list.get("items", [obj_or_list])
    return table(kind, objects, listed, now, include_object, version=version)


def table(
    kind: Kind,
    objects: Iterable[Object],
    metadata: Object,
    now: datetime,
    include_object: str = "",
    *,
    version: str = "v1",
    headers: bool = True,
) -> Object:
    """Return a Table with a row for each object; `metadata` is the list's.

    Without `headers` the columns are left out: in a watch only the first event has them.
    """
    check_include_object(include_object)
    printer = _printer(kind)
    return {
        "kind": "Table",
        "apiVersion": f"meta.k8s.io/{version}",
        "metadata": metadata,
        "columnDefinitions": [each.wire() for each in printer.columns] if headers else None,
        "rows": [_row(printer, kind, each, now, include_object, version) for each in objects],
    }


def partial_metadata(obj: Object, *, version: str = "v1") -> Object:
    """Return an object's metadata alone, as PartialObjectMetadata."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": f"meta.k8s.io/{version}",
        "metadata": obj["metadata"],
    }


def _printer(kind: Kind) -> Printer:
    if kind.definition is not None:
        return printer_of(kind)
    return _PRINTERS.get(kind.kind, _PLAIN)


def _row(
    printer: Printer, kind: Kind, obj: Object, now: datetime, include_object: str, version: str
) -> Object:
    found = printer.row(obj, now)
    cells, conditions = found if isinstance(found, Row) else (found, None)
    row: Object = {"cells": cells}
    if conditions:
        row["conditions"] = conditions
    match include_object:
        case "None":
            row["object"] = None
        case "Object":
            row["object"] = {**obj, "kind": kind.kind, "apiVersion": kind.api_version}
        case _:
            row["object"] = partial_metadata(obj, version=version)
    return row
