"""Rules for pod templates and for the selectors that must match them.

Source: pkg/apis/core/validation/validation.go (ValidatePodTemplateSpec),
pkg/apis/apps/validation/validation.go (ValidatePodTemplateSpecForReplicaSet)@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import selectors
from insideout.apiserver.objects import field, metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import annotations
from insideout.apiserver.objects.pods import spec as pod_spec

Object = dict[str, Any]

MISMATCH = "`selector` does not match template `labels`"


def template(given: Object, path: str) -> Causes:
    """Return what is wrong with a pod template."""
    meta, spec = given.get("metadata") or {}, given.get("spec") or {}
    causes = metadata.labels(meta.get("labels"), f"{path}.labels")
    causes += metadata.annotations(meta.get("annotations"), f"{path}.annotations")
    causes += annotations.validate(meta.get("annotations"), spec, f"{path}.annotations")
    causes += pod_spec.validate(spec, "", f"{path}.spec", is_pod=False)
    if spec.get("ephemeralContainers"):
        detail = "ephemeral containers not allowed in pod template"
        causes.append(field.forbidden(f"{path}.spec.ephemeralContainers", detail))
    return causes


def selector(given: Object | None, path: str, owner: str) -> Causes:
    """Return what is wrong with a selector that has to be there and to select something."""
    if given is None:
        return [field.required(path)]
    causes = metadata.label_selector(given, path)
    if not given.get("matchLabels") and not given.get("matchExpressions"):
        shown = metadata.shown_selector(given)
        causes.append(field.invalid(path, shown, f"empty selector is invalid for {owner}"))
    return causes


def selected_template(spec: Object, path: str, bad_selector: str) -> Causes:
    """Return what is wrong with a template that the selector beside it must match."""
    labels = (spec["template"].get("metadata") or {}).get("labels")
    try:
        wanted = selectors.from_object(spec.get("selector"))
    except ValueError:
        shown = metadata.shown_selector(spec.get("selector"))
        return [field.invalid(f"{path}.selector", shown, bad_selector)]
    causes: Causes = []
    if wanted is None or not wanted.matches(labels):
        causes.append(field.invalid(f"{path}.template.metadata.labels", field.ordered(labels), MISMATCH))
    return causes + template(spec["template"], f"{path}.template")


def always_running(spec: Object, path: str, owner: str) -> Causes:
    """Refuse pods that are meant to finish."""
    pod = spec["template"].get("spec") or {}
    at, policy = f"{path}.template.spec", pod.get("restartPolicy", "")
    causes = field.one_of(f"{at}.restartPolicy", policy, ("Always",))
    if pod.get("activeDeadlineSeconds") is not None:
        detail = f"activeDeadlineSeconds in {owner} is not Supported"
        causes.append(field.forbidden(f"{at}.activeDeadlineSeconds", detail))
    return causes


def immutable_selector(new: Object, old: Object) -> Causes:
    """Refuse a change of spec.selector."""
    given, before = (metadata.shown_selector(each["spec"].get("selector")) for each in (new, old))
    return [] if given == before else [field.invalid("spec.selector", given, field.IMMUTABLE)]
