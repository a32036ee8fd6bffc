"""Objects of kinds that a CustomResourceDefinition defines: what holds whatever their schema says.

Source: k8s.io/apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy,validator}.go@v1.36.2.
"""

from typing import Any

from course.apimachinery import names
from course.apiserver.kinds import Kind
from course.apiserver.objects import field, metadata
from course.apiserver.objects.field import Causes
from course.apiserver.objects.strategy import Strategy, metadata_change

Object = dict[str, Any]


def strategy(kind: Kind) -> Strategy:
    """Return the strategy of one served version."""
    has_status = kind.subresource("status") is not None

    def said_type(obj: Object) -> Causes:
        causes: Causes = []
        for name, due in (("kind", kind.kind), ("apiVersion", kind.api_version)):
            if obj.get(name) != due:
                causes.append(field.invalid(name, obj.get(name, ""), f"must be {due}"))
        return causes

    def validate(obj: Object) -> Causes:
        rule = names.dns_subdomain
        return metadata.validate(obj["metadata"], kind.namespaced, rule) + said_type(obj)

    def on_create(obj: Object) -> None:
        if has_status:
            obj.pop("status", None)
        obj["metadata"]["generation"] = 1

    def on_update(new: Object, old: Object) -> None:
        if has_status:
            new.pop("status", None)
            if "status" in old:
                new["status"] = old["status"]
        if _content(new, has_status) != _content(old, has_status):
            new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1

    return Strategy(
        on_create=on_create,
        on_update=on_update,
        on_status_update=_only_status,
        validate=validate,
        validate_update=lambda new, old: metadata_change(new, old) + said_type(new),
        validate_status=lambda new, old: metadata_change(new, old) + said_type(new),
    )


def _content(obj: Object, has_status: bool) -> Object:
    ignored = ("metadata", "status") if has_status else ("metadata",)
    return {key: value for key, value in obj.items() if key not in ignored}


def _only_status(new: Object, old: Object) -> None:
    """Take the status, and of the metadata only who manages the fields."""
    status = new.get("status")
    managers = new["metadata"].get("managedFields")
    version = new["metadata"].get("resourceVersion")
    new.clear()
    new.update(old)
    new["metadata"] = {**old["metadata"]}
    if managers is not None:
        new["metadata"]["managedFields"] = managers
    if version is not None:
        new["metadata"]["resourceVersion"] = version
    new.pop("status", None)
    if status is not None:
        new["status"] = status
