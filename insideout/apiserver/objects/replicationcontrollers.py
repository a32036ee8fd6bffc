"""ReplicationControllers and PodTemplates: what there was before Deployments.

Source: pkg/apis/core/validation/validation.go, pkg/apis/core/v1/defaults.go,
pkg/registry/core/{replicationcontroller,podtemplate}/strategy.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import counts, field, metadata, templates
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import defaults as pod_defaults
from insideout.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]


def defaults(obj: Object) -> None:
    """Fill in what a ReplicationController leaves out; it takes its template's labels for its own."""
    spec = obj.setdefault("spec", {})
    template = spec.get("template")
    labels = ((template or {}).get("metadata") or {}).get("labels")
    if labels:
        if not spec.get("selector"):
            spec["selector"] = dict(labels)
        if not obj["metadata"].get("labels"):
            obj["metadata"]["labels"] = dict(labels)
    spec.setdefault("replicas", 1)
    if template is not None:
        pod_defaults.template(template)


def _spec(spec: Object) -> Causes:
    causes = counts.not_negative(spec, ("minReadySeconds",), "spec")
    if not spec.get("selector"):
        causes.append(field.required("spec.selector"))
    causes += counts.not_negative(spec, ("replicas",), "spec")
    template = spec.get("template")
    if template is None:
        return [*causes, field.required("spec.template")]
    labels = (template.get("metadata") or {}).get("labels")
    if not (spec.get("selector") or {}).items() <= (labels or {}).items():
        shown = field.ordered(labels)
        causes.append(field.invalid("spec.template.metadata.labels", shown, templates.MISMATCH))
    causes += templates.template(template, "spec.template")
    return causes + templates.always_running(spec, "spec", "ReplicationController")


def _status(new: Object, old: Object) -> Causes:
    status = new.get("status") or {}
    keys = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration")
    causes = metadata_change(new, old) + counts.not_negative(status, keys, "status")
    limited = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
    causes += counts.at_most(status, limited, "replicas", "cannot be greater than status.replicas")
    detail = "cannot be greater than readyReplicas"
    return causes + counts.at_most(status, ("availableReplicas",), "readyReplicas", detail)


def _template_rules(obj: Object) -> Causes:
    return templates.template(obj.get("template") or {}, "template")


def _template_defaults(obj: Object) -> None:
    pod_defaults.template(obj.setdefault("template", {}))


def _count_template(new: Object, old: Object) -> None:
    """Count a change of the template, as a change of a spec is counted elsewhere."""
    if new.get("template") != old.get("template"):
        new["metadata"]["generation"] = (old["metadata"].get("generation") or 0) + 1


REPLICATION_CONTROLLER = Strategy(
    defaults=defaults,
    validate=lambda obj: (
        metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain) + _spec(obj["spec"])
    ),
    validate_update=lambda new, old: metadata_change(new, old) + _spec(new["spec"]),
    validate_status=_status,
    counts_generation=True,
    has_status=True,
)
POD_TEMPLATE = Strategy(
    defaults=_template_defaults,
    on_create=lambda obj: obj["metadata"].update(generation=1),
    on_update=_count_template,
    validate=lambda obj: (
        metadata.validate_kubernetes(obj["metadata"], True, names.dns_subdomain) + _template_rules(obj)
    ),
    validate_update=lambda new, old: metadata_change(new, old) + _template_rules(new),
)
