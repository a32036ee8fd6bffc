"""ServiceCIDRs, from which Services get addresses, and IPAddresses, which say who has one.

Source: pkg/apis/networking/validation/validation.go,
pkg/registry/networking/{ipaddress,servicecidr}/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import addresses, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]


def _address_name(text: str) -> list[str]:
    return [each.message.partition(": ")[2].partition(": ")[2] for each in addresses.canonical_ip(text, "")]


def _address(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], False, _address_name)
    path, parent = "spec.parentRef", (obj.get("spec") or {}).get("parentRef")
    if parent is None:
        return [*causes, field.required(path)]
    group = parent.get("group")
    if group:
        causes += field.each(f"{path}.group", group, names.dns_subdomain(group))
    for key in ("resource", "name", "namespace"):
        value = parent.get(key, "")
        if value:
            causes += field.each(f"{path}.{key}", value, names.path_segment(value))
        elif key != "namespace":
            causes.append(field.required(f"{path}.{key}"))
    return causes


def _address_change(new: Object, old: Object) -> Causes:
    given, before = ((each.get("spec") or {}).get("parentRef") for each in (new, old))
    if given == before:
        return metadata_change(new, old)
    shown = {key: (given or {}).get(key.lower(), "") for key in ("Group", "Resource", "Namespace", "Name")}
    return [*metadata_change(new, old), field.invalid("spec.parentRef", shown, field.IMMUTABLE)]


def _ranges(obj: Object) -> Causes:
    path, ranges = "spec.cidrs", (obj.get("spec") or {}).get("cidrs") or []
    if not ranges:
        return [field.required(path, "at least one CIDR required")]
    if len(ranges) > 2:
        return [field.invalid(path, {"CIDRs": ranges}, "may only hold up to 2 values")]
    causes: Causes = []
    for index, each in enumerate(ranges):
        causes += addresses.cidr(each, f"{path}[{index}]")
    families = [":" in each for each in ranges]
    if not causes and len(set(families)) < len(families):
        detail = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"
        causes.append(field.invalid(path, ranges, detail))
    return causes


def _ranges_change(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old)
    given, before = ((each.get("spec") or {}).get("cidrs") or [] for each in (new, old))
    if len(given) != len(before) and (len(before), len(given)) != (1, 2):
        return [*causes, field.invalid("spec.cidrs", given, field.IMMUTABLE)]
    for index, (one, other) in enumerate(zip(given, before, strict=False)):
        if one != other:
            causes.append(field.invalid(f"spec.cidrs[{index}]", one, field.IMMUTABLE))
    return causes + (_ranges(new) if len(given) > len(before) else [])


IP_ADDRESS = Strategy(validate=_address, validate_update=_address_change)
SERVICE_CIDR = Strategy(
    validate=lambda obj: (
        metadata.validate_kubernetes(obj["metadata"], False, names.dns_subdomain) + _ranges(obj)
    ),
    validate_update=_ranges_change,
    has_status=True,
)
