"""What CSI drivers say of themselves, of nodes and of their room, and which volume is attached where.

Source: pkg/apis/storage/validation/validation.go, pkg/apis/storage/v1/defaults.go,
pkg/registry/storage/{csidriver,csinode,csistoragecapacity,volumeattachment,volumeattributesclass}
/strategy.go@v1.36.2.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from insideout.apimachinery import amount, names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.persistentvolumes import driver_name
from insideout.apiserver.objects.persistentvolumes import spec_rules as volume_rules
from insideout.apiserver.objects.storageclasses import parameters, provisioner
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_FS_GROUP = ("File", "None", "ReadWriteOnceWithFSType")
_LIFECYCLES = ("Persistent", "Ephemeral")
_LONGEST_ID, _LONGEST_METADATA, _LONGEST_MESSAGE = 256, 256 * 1024, 1024
_TEN_MINUTES_S = 600


def _driver_defaults(obj: Object) -> None:
    spec = obj["spec"]
    spec.setdefault("attachRequired", True)
    for name in ("podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"):
        spec.setdefault(name, False)
    spec.setdefault("fsGroupPolicy", "ReadWriteOnceWithFSType")
    if not spec.get("volumeLifecycleModes"):
        spec["volumeLifecycleModes"] = ["Persistent"]


def _driver(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    return causes + _driver_spec(obj["spec"])


def _driver_spec(spec: Object) -> Causes:
    causes = field.one_of("spec.fsGroupPolicy", spec["fsGroupPolicy"], _FS_GROUP)
    requests = spec.get("tokenRequests") or ()
    causes += _token_requests(requests, "spec.tokenRequests")
    for mode in spec["volumeLifecycleModes"]:
        causes += field.one_of("spec.volumeLifecycleModes", mode, _LIFECYCLES)
    period = spec.get("nodeAllocatableUpdatePeriodSeconds")
    if period is not None and period < 10:
        detail = "must be greater than or equal to 10 seconds"
        causes.append(field.invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, detail))
    in_secrets = spec.get("serviceAccountTokenInSecrets")
    if in_secrets is not None and not requests:
        detail = "serviceAccountTokenInSecrets is set but no tokenRequests are specified"
        causes.append(field.invalid("spec.serviceAccountTokenInSecrets", in_secrets, detail))
    return causes


def _token_requests(requests: Sequence[Object], path: str) -> Causes:
    causes: Causes = []
    audiences: set[str] = set()
    for index, each in enumerate(requests):
        at, audience = f"{path}[{index}]", each.get("audience", "")
        if audience in audiences:
            causes.append(field.duplicate(f"{at}.audience", audience))
            continue
        audiences.add(audience)
        seconds = each.get("expirationSeconds")
        for wrong, detail in (
            (seconds is not None and seconds < _TEN_MINUTES_S, "less than 10 minutes"),
            (seconds is not None and seconds > 2**32, "larger than 2^32 seconds"),
        ):
            if wrong:
                text = f"may not specify a duration {detail}"
                causes.append(field.invalid(f"{at}.expirationSeconds", seconds, text))
    return causes


def _driver_change(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old) + _driver_spec(new["spec"])
    for shown, name in (
        ("attachedRequired", "attachRequired"),
        ("volumeLifecycleModes", "volumeLifecycleModes"),
    ):
        if new["spec"][name] != old["spec"][name]:
            causes.append(field.invalid(f"spec.{shown}", new["spec"][name], field.IMMUTABLE))
    return causes


def _driver_update(new: Object, old: Object) -> None:
    if new["spec"] != old["spec"]:
        new["metadata"]["generation"] = (old["metadata"].get("generation") or 0) + 1


def _clean_driver(obj: Object) -> None:
    obj["spec"].pop("preventPodSchedulingIfMissing", None)  # alpha


CSI_DRIVER = Strategy(
    defaults=_driver_defaults,
    on_create=_clean_driver,
    on_update=_driver_update,
    validate=_driver,
    validate_update=_driver_change,
)


def _node(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    seen: set[str] = set()
    for index, driver in enumerate(obj["spec"].get("drivers") or ()):
        at, name = f"spec.drivers[{index}]", driver.get("name", "")
        causes += driver_name(name, f"{at}.name") + _node_id(driver.get("nodeID", ""), f"{at}.nodeID")
        count = (driver.get("allocatable") or {}).get("count")
        causes += field.not_negative(f"{at}.allocatable.count", count)
        if name in seen:
            causes.append(field.duplicate(f"{at}.name", name))
        seen.add(name)
        keys = driver.get("topologyKeys") or ()
        for number, key in enumerate(keys):
            causes += [] if key else [field.required(at)]
            causes += [field.duplicate(at, key)] if key in keys[:number] else []
            causes += field.each(at, key, names.label_key(key))
    return causes


def _node_id(text: str, path: str) -> Causes:
    if not text:
        return [field.required(path)]
    if len(text) > _LONGEST_ID:
        return [field.invalid(path, text, f"must be {_LONGEST_ID} characters or less")]
    return []


def _node_change(new: Object, old: Object) -> Causes:
    causes = _node(new)
    for before in old["spec"].get("drivers") or ():
        for after in new["spec"].get("drivers") or ():
            one, other = (
                {name: value for name, value in each.items() if name != "allocatable"}
                for each in (after, before)
            )
            if before["name"] == after["name"] and one != other:
                causes.append(field.invalid("spec.drivers", after, field.IMMUTABLE))
    return causes


CSI_NODE = Strategy(validate=_node, validate_update=_node_change)


def _capacity(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    causes += metadata.label_selector(obj.get("nodeTopology"), "nodeTopology")
    name = obj.get("storageClassName", "")
    causes += field.each("storageClassName", name, names.dns_subdomain(name))
    if amount.parse(obj.get("capacity", "0")).value < 0:
        causes.append(field.invalid("capacity", obj["capacity"], field.NOT_NEGATIVE))
    return causes


def _capacity_change(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old)
    for name in ("nodeTopology", "storageClassName"):
        if new.get(name) != old.get(name):
            causes.append(field.invalid(name, new.get(name), field.IMMUTABLE))
    return causes


CSI_STORAGE_CAPACITY = Strategy(validate=_capacity, validate_update=_capacity_change)


def _attachment(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    spec = obj["spec"]
    source, node = spec.get("source") or {}, spec.get("nodeName", "")
    causes += driver_name(spec.get("attacher", ""), "spec.attacher") + _source(source, "spec.source")
    causes += field.each("spec.nodeName", node, names.dns_subdomain(node))
    causes += _attachment_status(obj.get("status") or {})
    name = source.get("persistentVolumeName")
    if name is not None:
        causes += field.each("spec.source.persistentVolumeName", name, names.dns_subdomain(name))
    return causes


def _source(source: Object, path: str) -> Causes:
    inline, name = source.get("inlineVolumeSpec"), source.get("persistentVolumeName")
    detail = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
    if inline is None and name is None:
        return [field.required(path, detail)]
    if inline is not None and name is not None:
        return [field.forbidden(path, detail)]
    if name == "":
        return [field.required(f"{path}.persistentVolumeName", "must specify non empty persistentVolumeName")]
    return volume_rules(inline, f"{path}.inlineVolumeSpec", inline=True) if inline is not None else []


def _attachment_status(status: Object) -> Causes:
    causes: Causes = []
    size = sum(len(key) + len(value) for key, value in (status.get("attachmentMetadata") or {}).items())
    if size > _LONGEST_METADATA:
        causes.append(field.too_long("status.attachmentMetadata", _LONGEST_METADATA))
    for name in ("attachError", "detachError"):
        error: Mapping[str, Any] = status.get(name) or {}
        if len(error.get("message") or "") > _LONGEST_MESSAGE:
            causes.append(field.too_long(f"status.{name}.message", _LONGEST_METADATA))
        code = error.get("errorCode")
        if code is not None and code < 0:
            detail = names.between(0, 2**31 - 1)
            causes.append(field.invalid(f"status.{name}.errorCode", code, detail))
    return causes


def _attachment_change(new: Object, old: Object) -> Causes:
    causes = _attachment(new)
    if new["spec"] != old["spec"]:
        causes.append(field.invalid("spec", new["spec"], field.IMMUTABLE))
    return causes


VOLUME_ATTACHMENT = Strategy(
    validate=_attachment,
    validate_update=_attachment_change,
    validate_status=_attachment_change,
    has_status=True,
)


def _attributes_class(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    causes += provisioner(obj.get("driverName", ""), "driverName")
    given = obj.get("parameters") or {}
    causes += parameters(given, "parameters")
    if not given:
        causes.append(field.required("parameters", "must contain at least one key/value pair"))
    return causes


def _attributes_class_change(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old)
    for name in ("driverName", "parameters"):
        if new.get(name) != old.get(name):
            causes.append(field.forbidden(name, f"updates to {name} are forbidden."))
    return causes + _attributes_class(new)


VOLUME_ATTRIBUTES_CLASS = Strategy(validate=_attributes_class, validate_update=_attributes_class_change)
