"""Events: what happened to an object, told once and counted.

Left out: the newer group events.k8s.io, whose rules are stricter.

Source: pkg/apis/core/validation/events.go@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.strategy import Strategy

Object = dict[str, Any]

_MOST_CHARS = 128
_MOST_NOTE_CHARS = 1024


def validate(event: Object) -> Causes:
    """Return what is wrong with an Event."""
    namespace = event["metadata"].get("namespace", "")
    about = (event.get("involvedObject") or {}).get("namespace", "")
    causes: Causes = []
    if not event.get("eventTime"):
        is_elsewhere = about != namespace and (about or namespace != "default")
    else:
        is_elsewhere = not about and namespace not in ("default", "kube-system")
    if is_elsewhere:
        causes.append(field.invalid("involvedObject.namespace", about, "does not match event.namespace"))
    if event.get("eventTime"):
        causes += _reporter(event)
    return causes + field.each("namespace", namespace, names.dns_subdomain(namespace))


def _reporter(event: Object) -> Causes:
    """Return what a precise Event does not say: who saw it, and what was done."""
    causes: Causes = []
    reporter = event.get("reportingComponent", "")
    if not reporter:
        causes.append(field.required("reportingComponent"))
    causes += field.each("reportingComponent", reporter, names.label_key(reporter))
    for name in ("reportingInstance", "action", "reason"):
        given = event.get(name, "")
        if not given:
            causes.append(field.required(name))
        if len(given.encode("utf-8", "replace")) > _MOST_CHARS:
            causes.append(field.invalid(name, "", f"can have at most {_MOST_CHARS} characters"))
    if len(event.get("message", "").encode("utf-8", "replace")) > _MOST_NOTE_CHARS:
        causes.append(field.invalid("message", "", f"can have at most {_MOST_NOTE_CHARS} characters"))
    return causes


EVENT = Strategy(validate=validate, validate_update=lambda new, old: validate(new))
