"""StatefulSets.

Source: pkg/apis/apps/validation/validation.go (ValidateStatefulSet), pkg/apis/apps/v1/defaults.go,
pkg/registry/apps/statefulset/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names, selectors
from insideout.apiserver.objects import claims, counts, field, metadata, templates
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import defaults as pod_defaults
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_MUTABLE = (
    "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
)  # fmt: skip
_FORBIDDEN = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)


def defaults(obj: Object) -> None:
    """Fill in what a StatefulSet leaves out."""
    spec = obj["spec"]
    spec.setdefault("podManagementPolicy", "OrderedReady")
    strategy = spec["updateStrategy"]
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
        if strategy.get("rollingUpdate") is None:
            strategy["rollingUpdate"] = {}
    if strategy["type"] == "RollingUpdate" and strategy.get("rollingUpdate") is not None:
        strategy["rollingUpdate"].setdefault("partition", 0)
    retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
    retention.setdefault("whenDeleted", "Retain")
    retention.setdefault("whenScaled", "Retain")
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    pod_defaults.template(spec["template"])
    for claim in spec.get("volumeClaimTemplates") or ():
        claim.update(apiVersion="v1", kind="PersistentVolumeClaim")
        claims.defaults(claim)


def validate(obj: Object) -> Causes:
    """Return what is wrong with a new StatefulSet."""
    return metadata.validate_kubernetes(obj["metadata"], True, names.dns_label) + _spec(obj["spec"], new=True)


def _spec(spec: Object, *, new: bool) -> Causes:
    causes: Causes = []
    management = spec.get("podManagementPolicy", "")
    if not management:
        causes.append(field.required("spec.podManagementPolicy"))
    elif management not in ("OrderedReady", "Parallel"):
        detail = "must be 'OrderedReady' or 'Parallel'"
        causes.append(field.invalid("spec.podManagementPolicy", management, detail))
    causes += _update_strategy(spec["updateStrategy"], "spec.updateStrategy")
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    for name in ("whenDeleted", "whenScaled"):
        at = f"spec.persistentVolumeClaimRetentionPolicy.{name}"
        causes += field.one_of(at, retention.get(name, ""), ("Retain", "Delete"))
    if new:
        for index, claim in enumerate(spec.get("volumeClaimTemplates") or ()):
            causes += claims.spec_rules(claim["spec"], f"spec.volumeClaimTemplates[{index}].spec")
    causes += counts.not_negative(spec, ("replicas", "minReadySeconds"), "spec")
    causes += field.not_negative("spec.ordinals.start", (spec.get("ordinals") or {}).get("start"))
    service = spec.get("serviceName", "")
    if new and service:
        causes += field.each("spec.serviceName", service, names.dns_label(service))
    causes += templates.selector(spec.get("selector"), "spec.selector", "statefulset")
    causes += _template(spec)
    return causes + templates.always_running(spec, "spec", "StatefulSet")


def _update_strategy(strategy: Object, path: str) -> Causes:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    shown = None
    if rolling is not None:
        shown = {"Partition": rolling.get("partition", 0), "MaxUnavailable": rolling.get("maxUnavailable")}
    if not kind:
        return [field.required(path)]
    if kind == "OnDelete":
        detail = "only allowed for updateStrategy 'RollingUpdate'"
        return [] if rolling is None else [field.invalid(f"{path}.rollingUpdate", shown, detail)]
    if kind != "RollingUpdate":
        detail = "must be 'RollingUpdate' or 'OnDelete'"
        return [field.invalid(path, {"Type": kind, "RollingUpdate": shown}, detail)]
    return field.not_negative(f"{path}.rollingUpdate.partition", (rolling or {}).get("partition"))


def _template(spec: Object) -> Causes:
    """Look at the template as its pods will be: named, and with the claims' volumes."""
    try:
        wanted = selectors.from_object(spec.get("selector"))
    except ValueError:
        return [field.invalid("spec.selector", metadata.shown_selector(spec.get("selector")), "")]
    given = spec["template"]["spec"].items()
    pod = {key: value for key, value in given if key not in ("subdomain", "hostname")}
    claimed = [claim["metadata"].get("name", "") for claim in spec.get("volumeClaimTemplates") or ()]
    if claimed:
        volumes = [
            {"name": name, "persistentVolumeClaim": {"claimName": name}} for name in dict.fromkeys(claimed)
        ]
        pod["volumes"] = [*volumes, *(v for v in pod.get("volumes") or () if v.get("name") not in claimed)]
    meta = spec["template"].get("metadata") or {}
    labels = meta.get("labels")
    causes: Causes = []
    if wanted is None or not wanted.matches(labels):
        path = "spec.template.metadata.labels"
        causes.append(field.invalid(path, field.ordered(labels), templates.MISMATCH))
    causes += templates.template({"metadata": meta, "spec": pod}, "spec.template")
    causes += metadata.labels(labels, "spec.template.labels")
    return causes + metadata.annotations(meta.get("annotations"), "spec.template.annotations")


def _change(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old) + _spec(new["spec"], new=False)
    given, before = (
        {key: value for key, value in each["spec"].items() if key not in _MUTABLE} for each in (new, old)
    )
    return causes + ([] if given == before else [field.forbidden("spec", _FORBIDDEN)])


def _status(new: Object, old: Object) -> Causes:
    status = new.get("status") or {}
    keys = (
        "replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas",
        "observedGeneration", "collisionCount",
    )  # fmt: skip
    causes = counts.not_negative(status, keys, "status")
    causes += counts.at_most(status, keys[1:5], "replicas", "cannot be greater than status.replicas")
    detail = "cannot be greater than status.readyReplicas"
    causes += counts.at_most(status, ("availableReplicas",), "readyReplicas", detail)
    return causes + metadata_change(new, old) + counts.not_decremented(new, old, "collisionCount")


def _drop_disabled(obj: Object) -> None:
    """Drop maxUnavailable, whose feature is off by default in this version."""
    (obj["spec"]["updateStrategy"].get("rollingUpdate") or {}).pop("maxUnavailable", None)


def _on_update(new: Object, old: Object) -> None:
    if "maxUnavailable" not in (old["spec"]["updateStrategy"].get("rollingUpdate") or {}):
        _drop_disabled(new)


STATEFUL_SET = Strategy(
    pod_spec_at=("spec", "template", "spec"),
    defaults=defaults,
    on_create=_drop_disabled,
    on_update=_on_update,
    validate=validate,
    validate_update=_change,
    validate_status=_status,
    counts_generation=True,
    has_status=True,
)
