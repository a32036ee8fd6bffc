"""Changes of a pod's status: what the server keeps, and what may not become of a container that ended.

Source: pkg/registry/core/pod/strategy.go (podStatusStrategy), pkg/apis/core/validation/validation.go
(ValidatePodStatusUpdate), pkg/api/v1/pod/util.go (ContainerShouldRestart)@v1.36.2.
"""

from collections.abc import Sequence
from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import addresses, field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import annotations

Object = dict[str, Any]

_OWN_CONDITIONS = ("PodScheduled", "Ready", "Initialized")
_NOT_NEGATIVE = "must be a non-negative integer"


def prepare(new: Object, old: Object) -> None:
    """Undo what an update of the status may not change, and keep what it leaves out."""
    new["spec"] = old["spec"]
    owners = old["metadata"].get("ownerReferences")
    new["metadata"].pop("ownerReferences", None)
    if owners:
        new["metadata"]["ownerReferences"] = owners
    status, before = new.setdefault("status", {}), old.get("status") or {}
    for name in ("qosClass", "observedGeneration"):
        if not status.get(name) and before.get(name):
            status[name] = before[name]
    generations: dict[str, list[int]] = {}
    for condition in before.get("conditions") or ():
        generations.setdefault(condition.get("type", ""), []).append(condition.get("observedGeneration", 0))
    for condition in status.get("conditions") or ():
        known = generations.get(condition.get("type", ""))
        generation = known.pop(0) if known else 0
        if generation and not condition.get("observedGeneration"):
            condition["observedGeneration"] = generation


def validate(new: Object, old: Object) -> Causes:
    """Return what is wrong with a change of a pod's status."""
    causes = metadata.validate_kubernetes_update(new["metadata"], old["metadata"])
    causes += annotations.validate_update(new, old, "metadata.annotations")
    status: Object = new.get("status") or {}
    before: Object = old.get("status") or {}
    causes += _conditions(status.get("conditions") or ())
    causes += _nomination(status, before, bound=bool(old["spec"].get("nodeName")))
    generation = status.get("observedGeneration", 0)
    if generation < 0:
        causes.append(field.invalid("status.observedGeneration", generation, _NOT_NEGATIVE))
    causes += field.immutable("status.qosClass", status.get("qosClass", ""), before.get("qosClass", ""))
    for containers in ("containers", "initContainers", "ephemeralContainers"):
        causes += _revived(containers, status, before, old["spec"])
    return causes + _addresses("podIPs", status, before) + _addresses("hostIPs", status, before)


def _conditions(conditions: Sequence[Object]) -> Causes:
    causes: Causes = []
    for index, condition in enumerate(conditions):
        at, name = f"status.conditions[{index}]", condition.get("type", "")
        generation = condition.get("observedGeneration") or 0
        if generation < 0:
            causes.append(field.invalid(f"{at}.observedGeneration", generation, _NOT_NEGATIVE))
        if name not in _OWN_CONDITIONS:
            causes += field.each(f"{at}.Type", name, names.label_key(name))
    return causes


def _nomination(status: Object, before: Object, *, bound: bool) -> Causes:
    path, node = "status.nominatedNodeName", status.get("nominatedNodeName", "")
    if not node or node == before.get("nominatedNodeName", ""):
        return []
    causes = field.each(path, node, names.dns_subdomain(node))
    if bound:
        causes.append(field.forbidden(path, "may not be set on pods that are already bound to a node"))
    return causes


def _revived(containers: str, status: Object, before: Object, spec: Object) -> Causes:
    """Find containers that run again though they have ended for good."""
    name = containers[:-1] + "Statuses"
    if not before.get(name):
        return []
    if containers != "ephemeralContainers" and _restarts_all(spec):
        return []
    now: dict[str, Object] = {}
    for each in status.get(name) or ():
        now.setdefault(each.get("name", ""), each)
    causes: Causes = []
    for index, each in enumerate(before.get(name) or ()):
        ended = (each.get("state") or {}).get("terminated")
        after = now.get(each.get("name", ""))
        if ended is None or after is None or (after.get("state") or {}).get("terminated") is not None:
            continue
        if not _may_restart(containers, each.get("name", ""), spec, ended.get("exitCode", 0)):
            detail = "may not be transitioned to non-terminated state"
            causes.append(field.forbidden(f"status.{name}[{index}].state", detail))
    return causes


def _restarts_all(spec: Object) -> bool:
    return any(
        rule.get("action") == "RestartAllContainers"
        for containers in ("initContainers", "containers")
        for container in spec.get(containers) or ()
        for rule in container.get("restartPolicyRules") or ()
    )


def _may_restart(containers: str, name: str, spec: Object, code: int) -> bool:
    """Tell whether a container that ended with `code` starts again; one the pod does not have never does."""
    container = next((each for each in spec.get(containers) or () if each.get("name") == name), None)
    if containers == "ephemeralContainers" or container is None:
        return False
    policy = container.get("restartPolicy")
    if policy:
        for rule in container.get("restartPolicyRules") or ():
            if _matches(rule.get("exitCodes") or {}, code):
                return True
    policy = policy or spec.get("restartPolicy", "")
    return code != 0 if policy == "OnFailure" else policy != "Never"


def _matches(codes: Object, code: int) -> bool:
    listed = code in (codes.get("values") or ())
    return {"In": listed, "NotIn": not listed}.get(codes.get("operator", ""), False)


def _addresses(name: str, status: Object, before: Object) -> Causes:
    path = f"status.{name}"
    given = [each.get("ip", "") for each in status.get(name) or ()]
    known = {each.get("ip", "") for each in before.get(name) or ()}
    causes: Causes = []
    if name == "hostIPs" and given and status.get("hostIP", "") != given[0]:
        causes.append(field.invalid(f"{path}[0].ip", given[0], "must be equal to `hostIP`"))
    for index, address in enumerate(given):
        causes += [] if address in known else addresses.ip(address, f"{path}[{index}]")
    parsed = [addresses.parse(address) for address in given]
    versions = [each.version for each in parsed if each is not None]
    if len(given) > 1 and sorted(versions) != [4, 6]:
        shown = [{"IP": address} for address in given]
        causes.append(field.invalid(path, shown, "may specify no more than one IP for each IP family"))
    return causes
