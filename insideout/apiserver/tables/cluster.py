"""The rows of Nodes, Namespaces, Events, configuration, Leases and priorities.

Source: pkg/printers/internalversion/printers.go@v1.36.2.
"""

from datetime import datetime

from insideout.apiserver.tables.ages import age
from insideout.apiserver.tables.columns import (
    AGE,
    NAME,
    Cells,
    Column,
    Object,
    Printer,
    created,
    name_of,
    part,
)

_ROLE = "node-role.kubernetes.io/"


def _node(obj: Object, now: datetime) -> Cells:
    status = part(obj, "status")
    info, addresses = part(status, "nodeInfo"), status.get("addresses") or []
    ready = [each for each in status.get("conditions") or [] if each.get("type") == "Ready"][-1:]
    words = ["Ready" if each.get("status") == "True" else "NotReady" for each in ready] or ["Unknown"]
    if part(obj, "spec").get("unschedulable"):
        words.append("SchedulingDisabled")
    found = {each.get("type"): each.get("address") for each in reversed(addresses)}
    kernel = info.get("kernelVersion") or "<unknown>"
    if info.get("architecture"):
        kernel += f" ({info['architecture']})"
    return [
        name_of(obj),
        ",".join(words),
        ",".join(_roles(obj)) or "<none>",
        age(created(obj), now),
        info.get("kubeletVersion", ""),
        found.get("InternalIP", "<none>"),
        found.get("ExternalIP", "<none>"),
        info.get("osImage") or "<unknown>",
        kernel,
        info.get("containerRuntimeVersion") or "<unknown>",
    ]


def _roles(node: Object) -> list[str]:
    labels = node["metadata"].get("labels") or {}
    roles = {name.removeprefix(_ROLE) for name in labels if name.startswith(_ROLE)}
    return sorted((roles | {labels.get("kubernetes.io/role", "")}) - {""})


NODES = Printer(
    (
        NAME,
        Column("Status", "The status of the node"),
        Column("Roles", "The roles of the node"),
        AGE,
        Column("Version", "V1NodeSystemInfo.kubeletVersion"),
        Column("Internal-IP", "V1NodeStatus.addresses", priority=1),
        Column("External-IP", "V1NodeStatus.addresses", priority=1),
        Column("OS-Image", "V1NodeSystemInfo.osImage", priority=1),
        Column("Kernel-Version", "V1NodeSystemInfo.kernelVersion", priority=1),
        Column("Container-Runtime", "V1NodeSystemInfo.containerRuntimeVersion", priority=1),
    ),
    _node,
)


def _namespace(obj: Object, now: datetime) -> Cells:
    return [name_of(obj), part(obj, "status").get("phase", ""), age(created(obj), now)]


NAMESPACES = Printer((NAME, Column("Status", "The status of the namespace"), AGE), _namespace)


def _event(obj: Object, now: datetime) -> Cells:
    about, source, series = part(obj, "involvedObject"), part(obj, "source"), obj.get("series")
    first = age(obj.get("firstTimestamp") or obj.get("eventTime"), now)
    last = age(obj["lastTimestamp"], now) if obj.get("lastTimestamp") else first
    count = obj.get("count") or 1
    if series is not None:
        last, count = age(series.get("lastObservedTime"), now), series.get("count", 0)
    kind, name = about.get("kind", "").lower(), about.get("name", "")
    component = source.get("component") or obj.get("reportingComponent") or ""
    host = source.get("host") or obj.get("reportingInstance") or ""
    return [
        last,
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{kind}/{name}" if name else kind,
        about.get("fieldPath", ""),
        f"{component}, {host}" if host else component,
        obj.get("message", "").strip(),
        first,
        count,
        name_of(obj),
    ]


EVENTS = Printer(
    (
        Column("Last Seen", "CoreV1Event.lastTimestamp"),
        Column("Type", "CoreV1Event.type"),
        Column("Reason", "CoreV1Event.reason"),
        Column("Object", "CoreV1Event.involvedObject"),
        Column("Subobject", "V1ObjectReference.fieldPath", priority=1),
        Column("Source", "CoreV1Event.source", priority=1),
        Column("Message", "CoreV1Event.message"),
        Column("First Seen", "CoreV1Event.firstTimestamp", priority=1),
        Column("Count", "CoreV1Event.count", priority=1),
        NAME._replace(priority=1),
    ),
    _event,
)


def _config_map(obj: Object, now: datetime) -> Cells:
    return [name_of(obj), len(part(obj, "data")) + len(part(obj, "binaryData")), age(created(obj), now)]


CONFIG_MAPS = Printer((NAME, Column("Data", "V1ConfigMap.data"), AGE), _config_map)


def _secret(obj: Object, now: datetime) -> Cells:
    return [name_of(obj), obj.get("type", ""), len(part(obj, "data")), age(created(obj), now)]


SECRETS = Printer((NAME, Column("Type", "V1Secret.type"), Column("Data", "V1Secret.data"), AGE), _secret)


def _service_account(obj: Object, now: datetime) -> Cells:
    return [name_of(obj), age(created(obj), now)]


SERVICE_ACCOUNTS = Printer((NAME, AGE), _service_account)


def _lease(obj: Object, now: datetime) -> Cells:
    return [name_of(obj), part(obj, "spec").get("holderIdentity", ""), age(created(obj), now)]


LEASES = Printer((NAME, Column("Holder", "V1LeaseSpec.holderIdentity"), AGE), _lease)


def _priority_class(obj: Object, now: datetime) -> Cells:
    return [
        name_of(obj),
        obj.get("value", 0),
        obj.get("globalDefault", False),
        age(created(obj), now),
        obj.get("preemptionPolicy", ""),
    ]


PRIORITY_CLASSES = Printer(
    (
        NAME,
        Column("Value", "V1PriorityClass.value", "integer"),
        Column("Global-Default", "V1PriorityClass.globalDefault", "boolean"),
        AGE,
        Column("PreemptionPolicy", "V1PriorityClass.preemptionPolicy"),
    ),
    _priority_class,
)


def _quota(obj: Object, now: datetime) -> Cells:
    status = part(obj, "status")
    hard, used = part(status, "hard"), part(status, "used")
    shown = {name: f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard)}
    limits = [text for name, text in shown.items() if name.startswith("limits.")]
    requests = [text for name, text in shown.items() if not name.startswith("limits.")]
    return [name_of(obj), ", ".join(requests), ", ".join(limits), age(created(obj), now)]


_MINIMUM = "Request represents a minimum amount of cpu/memory that a container may consume."
_MAXIMUM = (
    "Limits control the maximum amount of cpu/memory that a container may use independent of contention "
    "on the node."
)

RESOURCE_QUOTAS = Printer((NAME, Column("Request", _MINIMUM), Column("Limit", _MAXIMUM), AGE), _quota)


def _runtime_class(obj: Object, now: datetime) -> Cells:
    return [name_of(obj), obj.get("handler", ""), age(created(obj), now)]


RUNTIME_CLASSES = Printer((NAME, Column("Handler", "V1RuntimeClass.handler"), AGE), _runtime_class)


def _webhooks(obj: Object, now: datetime) -> Cells:
    return [name_of(obj), len(obj.get("webhooks") or ()), age(created(obj), now)]


_WEBHOOKS = Column(
    "Webhooks", "Webhooks indicates the number of webhooks registered in this configuration", "integer"
)
WEBHOOKS = Printer((NAME, _WEBHOOKS, AGE), _webhooks)


def _api_service(obj: Object, now: datetime) -> Cells:
    service, shown = part(obj, "spec").get("service"), "Unknown"
    for each in part(obj, "status").get("conditions") or ():
        if each.get("type") == "Available":
            status, reason = str(each.get("status", "")), each.get("reason")
            shown = status if status == "True" or not reason else f"{status} ({reason})"
    named = f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local"
    return [name_of(obj), named, shown, age(created(obj), now)]


API_SERVICES = Printer(
    (
        NAME,
        Column("Service", "The reference to the service that hosts this API endpoint."),
        Column("Available", "Whether this service is available."),
        AGE,
    ),
    _api_service,
)
