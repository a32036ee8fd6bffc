"""DaemonSets and ControllerRevisions.

Source: pkg/apis/apps/validation/validation.go, pkg/apis/apps/v1/{defaults,conversion}.go,
pkg/registry/apps/{daemonset,controllerrevision}/strategy.go@v1.36.2.
"""

import json
from typing import Any

from insideout.apimachinery import names, selectors
from insideout.apiserver.objects import counts, field, metadata, templates
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import defaults as pod_defaults
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]

_GENERATION = "deprecated.daemonset.template.generation"
"""An annotation that stands for a field of the internal form."""


def defaults(obj: Object) -> None:
    """Fill in what a DaemonSet leaves out."""
    spec = obj["spec"]
    strategy = spec["updateStrategy"]
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", 10)
    pod_defaults.template(spec["template"])


def validate(obj: Object) -> Causes:
    """Return what is wrong with a new DaemonSet."""
    return metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain) + _spec(obj["spec"])


def _spec(spec: Object) -> Causes:
    given: Object | None = spec.get("selector")
    shown = metadata.shown_selector(given)
    causes = metadata.label_selector(given, "spec.selector")
    labels = (spec["template"].get("metadata") or {}).get("labels")
    try:
        wanted = selectors.from_object(given)
        if wanted is None or not wanted.matches(labels):
            path = "spec.template.metadata.labels"
            causes.append(field.invalid(path, field.ordered(labels), templates.MISMATCH))
    except ValueError:
        pass  # what is wrong with the selector is among the causes already
    if given is not None and not given.get("matchLabels") and not given.get("matchExpressions"):
        causes.append(field.invalid("spec.selector", shown, "empty selector is invalid for daemonset"))
    causes += templates.template(spec["template"], "spec.template")
    causes += templates.always_running(spec, "spec", "DaemonSet")
    causes += field.not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    causes += _update_strategy(spec["updateStrategy"], "spec.updateStrategy")
    return causes + field.not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))


def _update_strategy(strategy: Object, path: str) -> Causes:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind == "OnDelete":
        return []
    if kind != "RollingUpdate":
        shown = None
        if rolling is not None:
            shown = {key[0].upper() + key[1:]: rolling.get(key, 0) for key in ("maxUnavailable", "maxSurge")}
        known = ("RollingUpdate", "OnDelete")
        return [field.not_supported(path, {"Type": kind, "RollingUpdate": shown}, known)]
    at = f"{path}.rollingUpdate"
    if rolling is None:
        return [field.required(at)]
    unavailable, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge")
    causes: Causes = []
    for rule in (counts.int_or_percent, counts.at_most_100_percent):
        causes += rule(unavailable, f"{at}.maxUnavailable") + rule(surge, f"{at}.maxSurge")
    has_unavailable, has_surge = counts.magnitude(unavailable) != 0, counts.magnitude(surge) != 0
    if has_unavailable and has_surge:
        detail = "may not be set when maxUnavailable is non-zero"
        causes.append(field.invalid(f"{at}.maxSurge", surge, detail))
    elif not has_unavailable and not has_surge:
        causes.append(field.required(f"{at}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return causes


def _change(new: Object, old: Object) -> Causes:
    return metadata_change(new, old) + templates.immutable_selector(new, old) + _spec(new["spec"])


def _status(new: Object, old: Object) -> Causes:
    keys = (
        "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
        "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable",
        "collisionCount",
    )  # fmt: skip
    causes = metadata_change(new, old) + counts.not_negative(new.get("status") or {}, keys, "status")
    return causes + counts.not_decremented(new, old, "collisionCount")


def _template_generation(obj: Object) -> int:
    text = (obj["metadata"].get("annotations") or {}).get(_GENERATION, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _set_template_generation(obj: Object, generation: int) -> None:
    annotations = obj["metadata"].get("annotations") or {}
    obj["metadata"]["annotations"] = {**annotations, _GENERATION: str(generation)}


def _on_update(new: Object, old: Object) -> None:
    changed = new["spec"]["template"] != old["spec"]["template"]
    _set_template_generation(new, _template_generation(old) + changed)


DAEMON_SET = Strategy(
    pod_spec_at=("spec", "template", "spec"),
    defaults=defaults,
    on_create=lambda obj: _set_template_generation(obj, max(1, _template_generation(obj))),
    on_update=_on_update,
    validate=validate,
    validate_update=_change,
    validate_status=_status,
    counts_generation=True,
    has_status=True,
)


def _revision(obj: Object) -> Causes:
    causes = metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain)
    return causes + field.not_negative("revision", obj.get("revision"))


def _new_revision(obj: Object) -> Causes:
    causes, data = _revision(obj), obj.get("data")
    if data is None:
        causes.append(field.required("data", "data is mandatory"))
    elif not isinstance(data, dict):
        causes.append(field.required("data", "data must be a valid JSON object"))
    return causes


def _revision_change(new: Object, old: Object) -> Causes:
    causes = metadata_change(new, old) + _revision(new)
    given, before = new.get("data"), old.get("data")
    same = json.dumps(given) == json.dumps(before)  # the bytes are compared, so the order of keys counts
    return causes if same else [*causes, field.invalid("data", given, field.IMMUTABLE)]


CONTROLLER_REVISION = Strategy(validate=_new_revision, validate_update=_revision_change)
