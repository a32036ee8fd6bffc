"""APIServices: which server answers for a group and version of the API.

Source: k8s.io/kube-aggregator/pkg/apis/apiregistration/validation/validation.go, .../v1/defaults.go,
.../pkg/registry/apiservice/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

LOCAL = {
    "lastTransitionTime": None,
    "message": "Local APIServices are always available",
    "reason": "Local",
    "status": "True",
    "type": "Available",
}
"""The condition of a group that this server answers for itself, but for its time."""


def defaults(obj: Object) -> None:
    """Fill in what an APIService leaves out."""
    service = obj["spec"].get("service")
    if service is not None:
        service.setdefault("port", 443)


def validate(obj: Object) -> Causes:
    """Return what is wrong with an APIService."""
    spec = obj["spec"]
    group, version = spec.get("group", ""), spec.get("version", "")
    wanted = f"{version}.{group}"

    def is_named_so(name: str) -> list[str]:
        wrong = list(names.path_segment(name))
        if not wrong and name != wanted:
            wrong = [f'must be `spec.version+"."+spec.group`: {go_quote(wanted)}']
        return wrong

    causes = metadata.validate_kubernetes(obj["metadata"], False, is_named_so)
    if not group and version != "v1":
        detail = "only v1 may have an empty group and it better be legacy kube"
        causes.append(field.required("spec.group", detail))
    causes += field.each("spec.group", group, names.dns_subdomain(group)) if group else []
    causes += field.each("spec.version", version, names.dns_1035_label(version))
    for name, most in (("groupPriorityMinimum", 20000), ("versionPriority", 1000)):
        value = spec.get(name, 0)
        if not 0 < value <= most:
            causes.append(field.invalid(f"spec.{name}", value, f"must be positive and less than {most}"))
    return causes + _service(spec)


def _service(spec: Object) -> Causes:
    service, bundle = spec.get("service"), spec.get("caBundle")
    insecure, at = spec.get("insecureSkipTLSVerify"), "spec.insecureSkipTLSVerify"
    if service is None:
        causes = []
        if bundle:
            shown = f"{len(bundle) * 3 // 4 - bundle.count('=')} bytes"
            detail = "local APIServices may not have a caBundle"
            causes.append(field.invalid("spec.caBundle", shown, detail))
        if insecure:
            detail = "local APIServices may not have insecureSkipTLSVerify"
            causes.append(field.invalid(at, True, detail))
        return causes
    parts = ("namespace", "name")
    causes = [field.required(f"spec.service.{part}") for part in parts if not service.get(part)]
    port = service["port"]
    if reasons := names.port_number(port):
        detail = f"port is not valid: {', '.join(reasons)}"
        causes.append(field.invalid("spec.service.port", port, detail))
    if insecure and bundle:
        causes.append(field.invalid(at, True, "may not be true if caBundle is present"))
    return causes


def _status(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old)
    for index, each in enumerate((new.get("status") or {}).get("conditions") or ()):
        at = f"status.conditions[{index}].status"
        causes += field.one_of(at, each.get("status", ""), ("True", "False", "Unknown"))
    return causes


def _local(obj: Object) -> None:
    """Call what this server answers for itself available, whoever registers it."""
    obj["status"] = {} if obj["spec"].get("service") is not None else {"conditions": [dict(LOCAL)]}


API_SERVICE = Strategy(
    defaults=defaults,
    on_create=_local,
    validate=validate,
    validate_update=lambda new, old: metadata_change(new, old) + validate(new),
    validate_status=_status,
    has_status=True,
)
