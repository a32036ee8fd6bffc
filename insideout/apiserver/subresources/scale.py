"""The scale subresource: how many replicas, of any kind that has them, without knowing the kind.

Source: pkg/registry/apps/deployment/storage/storage.go:ScaleREST,
k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go:ScaleREST@v1.36.2.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from insideout.apimachinery import selectors
from insideout.apiserver.kinds import SCALE, Kind
from insideout.apiserver.managers import NOBODY
from insideout.apiserver.options import WriteOptions
from insideout.apiserver.resources import Resources
from insideout.apiserver.status import Cause, bad_request, conflict, internal_error, invalid
from insideout.apiserver.views import Object, View


class _Paths(NamedTuple):
    replicas: tuple[str, ...]
    status_replicas: tuple[str, ...]
    selector: tuple[str, ...]


_BUILT_IN = _Paths(("spec", "replicas"), ("status", "replicas"), ("spec", "selector"))


def read(kind: Kind, view: View) -> View:
    """Return the Scale that an object amounts to."""
    obj, paths = view.object, _paths(kind)
    if kind.definition is not None and _at(obj, paths.replicas) is None:
        path = kind.definition["subresources"]["scale"]["specReplicasPath"]
        raise internal_error(f'the spec replicas field "{path}" does not exist')
    own = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    metadata = {field: obj["metadata"][field] for field in own if field in obj["metadata"]}
    spec = {} if not _at(obj, paths.replicas) else {"replicas": _at(obj, paths.replicas)}
    status: Object = {"replicas": _at(obj, paths.status_replicas) or 0}
    selects = _at(obj, paths.selector)
    if kind.qualified_resource == "replicationcontrollers" and selects:
        selects = {"matchLabels": selects}
    if selector := _selector(selects):
        status["selector"] = selector
    scale = {
        "kind": SCALE.kind,
        "apiVersion": SCALE.api_version,
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }
    return View(scale, NOBODY)


def of(kind: Kind, obj: Object) -> tuple[Kind, Object]:
    """Return the Scale that an object amounts to, and its kind."""
    return SCALE, read(kind, View(obj, NOBODY)).object


def write(
    resources: Resources,
    kind: Kind,
    namespace: str,
    name: str,
    change: Callable[[View | None], Object],
    options: WriteOptions,
) -> View:
    """Change an object as `change` changes its Scale, and return the new Scale."""

    def through_scale(before: View | None) -> Object:
        assert before is not None  # no scale creates its object
        scale = change(read(kind, before))
        _check(kind, name, scale, before.object["metadata"]["uid"])
        replicas = scale.get("spec", {}).get("replicas", 0)
        metadata = {**before.object["metadata"]}
        version = scale["metadata"].get("resourceVersion") or ""
        if version or kind.definition is None:  # a custom resource's Scale may be replaced unseen
            metadata["resourceVersion"] = version
        return _with({**before.object, "metadata": metadata}, _paths(kind).replicas, replicas)

    view, _ = resources.update(kind, namespace, name, through_scale, options, subresource="scale")
    return read(kind, view)


def is_scale(applied: Any) -> bool:
    """Tell whether a configuration to apply says that it is a Scale."""
    named = (applied.get("apiVersion"), applied.get("kind")) if isinstance(applied, dict) else None
    return named == (SCALE.api_version, SCALE.kind)


def configuration(kind: Kind, applied: Object) -> Object:
    """Return what applying a Scale applies to the object behind it: its replicas."""
    metadata = applied.get("metadata") or {}
    own = ("name", "namespace", "uid", "resourceVersion")
    parent = {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": {field: metadata[field] for field in own if field in metadata},
    }
    replicas = (applied.get("spec") or {}).get("replicas")
    return parent if replicas is None else _with(parent, _paths(kind).replicas, replicas)


def _check(kind: Kind, name: str, scale: Object, uid: str) -> None:
    replicas = scale.get("spec", {}).get("replicas", 0)
    if replicas < 0 and kind.definition is None:
        message = f"Invalid value: {replicas}: must be greater than or equal to 0"
        raise invalid(SCALE, name, [Cause("FieldValueInvalid", "spec.replicas", message)])
    found = scale["metadata"].get("uid")
    if found and found != uid:
        why = f"Precondition failed: UID in precondition: {found}, UID in object meta: {uid}"
        problem = conflict(kind, name, why)
        raise problem


def _paths(kind: Kind) -> _Paths:
    if kind.definition is None:
        return _BUILT_IN
    declared: Mapping[str, str] = kind.definition["subresources"]["scale"]
    paths = [
        tuple(declared.get(field, "").strip(".").split("."))
        for field in ("specReplicasPath", "statusReplicasPath", "labelSelectorPath")
    ]
    return _Paths(paths[0], paths[1], paths[2])


def _selector(selector: Any) -> str:
    if isinstance(selector, str) or selector is None:
        return selector or ""
    try:
        return str(selectors.from_object(selector))
    except ValueError as problem:
        raise bad_request(str(problem)) from None


def _at(obj: Object, path: tuple[str, ...]) -> Any:
    found: Any = obj
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _with(obj: Object, path: tuple[str, ...], value: Any) -> Object:
    """Return the object with another value at `path`, sharing the rest."""
    if not path:
        return value  # type: ignore[no-any-return]  # the innermost step ends at the number
    inner = obj.get(path[0]) if isinstance(obj, dict) else None
    return {**obj, path[0]: _with(inner if isinstance(inner, dict) else {}, path[1:], value)}
