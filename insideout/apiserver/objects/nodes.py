"""Nodes.

Left out: dynamic kubelet configuration, which is gone, and swap.

Source: pkg/apis/core/validation/validation.go (ValidateNode), pkg/registry/core/node/strategy.go@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names, resources
from insideout.apiserver.objects import addresses, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import placement, requirements
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_CIDR_ONCE = 'node updates may not change podCIDR except from "" to valid'


def defaults(node: Object) -> None:
    """Let all of the capacity be allocatable; make podCIDR and podCIDRs agree."""
    status_defaults(node)
    spec = node.get("spec") or {}
    if spec.get("podCIDR") and (spec.get("podCIDRs") or [""])[0] != spec["podCIDR"]:
        spec["podCIDRs"] = [spec["podCIDR"]]
    elif spec.get("podCIDRs") and not spec.get("podCIDR"):
        spec["podCIDR"] = spec["podCIDRs"][0]


def status_defaults(node: Object) -> None:
    """Let all of the capacity be allocatable."""
    status = node.get("status") or {}
    if status.get("capacity") and not status.get("allocatable"):
        status["allocatable"] = dict(status["capacity"])


def validate(node: Object) -> Causes:
    """Return what is wrong with a Node."""
    spec = node.get("spec") or {}
    causes = metadata.validate_kubernetes(node["metadata"], False, names.dns_subdomain)
    causes += taints(spec.get("taints") or (), "metadata.taints")
    causes += _resources(node)
    ranges: list[str] = spec.get("podCIDRs") or []
    for index, each in enumerate(ranges):
        causes += addresses.cidr(each, f"spec.podCIDRs[{index}]")
    if len(ranges) > 1 and (len(ranges) > 2 or len({":" in each for each in ranges}) == 1):
        detail = "may specify no more than one CIDR for each IP family"
        causes.append(field.invalid("spec.podCIDRs", ranges, detail))
    return causes


def taints(given: Sequence[Object], path: str) -> Causes:
    """Return what is wrong with taints."""
    causes: Causes = []
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(given):
        at, key, effect = f"{path}[{index}]", taint.get("key", ""), taint.get("effect", "")
        value = taint.get("value", "")
        causes += metadata.label_name(key, f"{at}.key")
        reasons = names.label_value(value)
        if reasons:
            causes.append(field.invalid(f"{at}.value", value, ";".join(reasons)))
        causes += (
            field.one_of(f"{at}.effect", effect, placement.EFFECTS)
            if effect
            else [field.required(f"{at}.effect")]
        )
        if (effect, key) in seen:
            shown = {"Key": key, "Value": value, "Effect": effect, "TimeAdded": taint.get("timeAdded")}
            cause = field.duplicate(at, shown)
            detail = "taints must be unique by key and effect pair"
            causes.append(cause._replace(message=f"{cause.message}: {detail}"))
        seen.add((effect, key))
    return causes


def _resources(node: Object) -> Causes:
    causes: Causes = []
    for name in ("capacity", "allocatable"):
        for resource, value in sorted(resources.amounts((node.get("status") or {}).get(name)).items()):
            causes += requirements.quantity(resource, value, f"status.{name}.{resource}")
    return causes


def _change(new: Object, old: Object) -> Causes:
    spec, before = new.get("spec") or {}, old.get("spec") or {}
    causes = metadata_change(new, old) + _resources(new)
    seen: list[Object] = []
    for index, address in enumerate((new.get("status") or {}).get("addresses") or ()):
        if address in seen:
            shown = {"Type": address.get("type", ""), "Address": address.get("address", "")}
            causes.append(field.duplicate(f"status.addresses[{index}]", shown))
        seen.append(address)
    ranges, ranges_before = spec.get("podCIDRs") or [], before.get("podCIDRs") or []
    if ranges_before:
        changed = sum(one != other for one, other in zip(ranges, ranges_before, strict=False))
        count = 1 if len(ranges) != len(ranges_before) else changed
        causes += [field.forbidden("spec.podCIDRs", _CIDR_ONCE)] * count
    if before.get("providerID") and spec.get("providerID", "") != before["providerID"]:
        detail = 'node updates may not change providerID except from "" to valid'
        causes.append(field.forbidden("spec.providerID", detail))
    return causes + taints(spec.get("taints") or (), "metadata.taints")


def _on_create(node: Object) -> None:
    """Taint it until it is known to be ready: an admission plugin does."""
    spec = node.setdefault("spec", {})
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    if not any(
        each.get("key") == taint["key"] and each.get("effect") == taint["effect"]
        for each in spec.get("taints") or ()
    ):
        spec["taints"] = [*(spec.get("taints") or ()), taint]


NODE = Strategy(
    defaults=defaults,
    status_defaults=status_defaults,
    on_create=_on_create,
    validate=validate,
    validate_update=lambda new, old: validate(new) + _change(new, old),
    validate_status=_change,
    has_status=True,
    keeps_first_status=True,
)
