"""Dynamic resource allocation as stored objects: device classes, claims, their templates, and slices.

Left out: CEL expressions are not compiled; limits on sizes of lists, but for requests and devices.
No scheduler plugin allocates: a claim stays pending until somebody writes its status.

Source: pkg/apis/resource/validation/validation.go, pkg/apis/resource/v1/defaults.go,
pkg/registry/resource/*/strategy.go@v1.36.2.
"""

from collections.abc import Iterator
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_MOST_REQUESTS = 32
_MOST_DEVICES = 128
_LONGEST_POOL = 253
_MODES = ("All", "ExactCount")
_SELECTED = ("nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection")


def _asked(claim: Object) -> Iterator[tuple[str, Object]]:
    """Yield every place where a claim's spec asks for devices of a class, and its path below devices."""
    for index, request in enumerate((claim.get("devices") or {}).get("requests") or ()):
        if request.get("exactly") is not None:
            yield f"requests[{index}].exactly", request["exactly"]
        for place, each in enumerate(request.get("firstAvailable") or ()):
            yield f"requests[{index}].firstAvailable[{place}]", each


def _claim_defaults(spec: Object | None) -> None:
    for _, asked in _asked(spec or {}):
        if not asked.get("allocationMode"):
            asked["allocationMode"] = "ExactCount"
        if asked["allocationMode"] == "ExactCount" and not asked.get("count"):
            asked["count"] = 1


def _claim_spec(spec: Object, path: str) -> Causes:
    causes: Causes = []
    at = f"{path}.devices"
    requests = (spec.get("devices") or {}).get("requests") or []
    if len(requests) > _MOST_REQUESTS:
        causes.append(field.too_many(f"{at}.requests", len(requests), _MOST_REQUESTS))
    seen: set[str] = set()
    for index, request in enumerate(requests):
        here, name = f"{at}.requests[{index}]", request.get("name", "")
        causes += field.each(f"{here}.name", name, names.dns_label(name))
        exactly, first = request.get("exactly") is not None, bool(request.get("firstAvailable"))
        one = "exactly one of `exactly` or `firstAvailable` is required"
        if not exactly and not first:
            causes.append(field.required(here, one))
        elif exactly and first:
            causes.append(field.invalid(here, None, f"{one}, but multiple fields are set"))
        if name in seen:
            causes.append(field.duplicate(f"{here}.name", name))
        seen.add(name)
    for place, asked in _asked(spec):
        causes += _device_request(asked, f"{at}.{place}")
    return causes


def _device_request(asked: Object, path: str) -> Causes:
    name = asked.get("deviceClassName", "")
    at = f"{path}.deviceClassName"
    causes = field.each(at, name, names.dns_subdomain(name)) if name else [field.required(at)]
    causes += _selectors(asked, path)
    mode, count = asked.get("allocationMode", ""), asked.get("count", 0)
    if mode == "All" and count:
        detail = "must not be specified when allocationMode is 'All'"
        causes.append(field.invalid(f"{path}.count", count, detail))
    elif mode == "ExactCount" and count <= 0:
        causes.append(field.invalid(f"{path}.count", count, "must be greater than zero"))
    return causes + field.one_of(f"{path}.allocationMode", mode, _MODES)


def _selectors(given: Object, path: str) -> Causes:
    return [
        field.required(f"{path}.selectors[{index}].cel")
        for index, each in enumerate(given.get("selectors") or ())
        if each.get("cel") is None
    ]


def _claim(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    return causes + _claim_spec(obj.get("spec") or {}, "spec")


def _same_spec(new: Object, old: Object) -> Causes:
    return field.immutable("spec", new.get("spec"), old.get("spec"))


def _claim_template(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    return causes + _claim_spec((obj.get("spec") or {}).get("spec") or {}, "spec.spec")


def _class(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    return causes + _selectors(obj.get("spec") or {}, "spec")


def _slice(obj: Object) -> Causes:
    spec = obj.get("spec") or {}
    causes = metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain)
    driver, pool = spec.get("driver", ""), spec.get("pool") or {}
    if not driver:
        causes.append(field.required("spec.driver"))
    else:
        causes += field.each("spec.driver", driver, names.dns_subdomain(driver.lower()))
    name = pool.get("name", "")
    if not name:
        causes.append(field.required("spec.pool.name"))
    elif len(name) > _LONGEST_POOL:
        causes.append(field.too_long("spec.pool.name", _LONGEST_POOL))
    for part in name.split("/") if name else ():
        causes += field.each("spec.pool.name", part, names.dns_subdomain(part))
    if pool.get("resourceSliceCount", 0) <= 0:
        shown, detail = pool.get("resourceSliceCount", 0), "must be greater than zero"
        causes.append(field.invalid("spec.pool.resourceSliceCount", shown, detail))
    causes += field.not_negative("spec.pool.generation", pool.get("generation"))
    chosen = [key for key in _SELECTED if spec.get(key)]
    listed = ", ".join(f"`{key}`" for key in _SELECTED)
    if not chosen and not spec.get("sharedCounters"):
        causes.append(field.required("spec", f"exactly one of {listed} is required"))
    elif len(chosen) > 1:
        shown = "{" + ", ".join(f"`{key}`" for key in chosen) + "}"
        causes.append(
            field.invalid("spec", shown, f"exactly one of {listed} is required, but multiple fields are set")
        )
    return causes + _devices(spec.get("devices") or [])


def _devices(devices: list[Object]) -> Causes:
    causes: Causes = []
    if len(devices) > _MOST_DEVICES:
        causes.append(field.too_many("spec.devices", len(devices), _MOST_DEVICES))
    seen: set[str] = set()
    for index, device in enumerate(devices):
        path, name = f"spec.devices[{index}].name", device.get("name", "")
        causes += field.each(path, name, names.dns_label(name))
        if name in seen:
            causes.append(field.duplicate(path, name))
        seen.add(name)
    return causes


def _slice_change(new: Object, old: Object) -> Causes:
    causes = _slice(new) + metadata_change(new, old)
    given, before = ((each.get("spec") or {}) for each in (new, old))
    causes += field.immutable("spec.driver", given.get("driver", ""), before.get("driver", ""))
    pools = ((each.get("pool") or {}).get("name", "") for each in (given, before))
    causes += field.immutable("spec.pool.name", *pools)
    return causes + field.immutable("spec.nodeName", given.get("nodeName"), before.get("nodeName"))


DEVICE_CLASS = Strategy(
    validate=_class,
    validate_update=lambda new, old: _class(new) + metadata_change(new, old),
    counts_generation=True,
)
RESOURCE_CLAIM = Strategy(
    defaults=lambda obj: _claim_defaults(obj.get("spec")),
    validate=_claim,
    validate_update=lambda new, old: metadata_change(new, old) + _same_spec(new, old),
    has_status=True,
)
RESOURCE_CLAIM_TEMPLATE = Strategy(
    defaults=lambda obj: _claim_defaults((obj.get("spec") or {}).get("spec")),
    validate=_claim_template,
    validate_update=lambda new, old: metadata_change(new, old) + _same_spec(new, old),
)
RESOURCE_SLICE = Strategy(validate=_slice, validate_update=_slice_change, counts_generation=True)
