"""What a RuntimeClass does to the pods that name it: overhead, and where they may run.

Source: plugin/pkg/admission/runtimeclass/admission.go, pkg/util/tolerations/tolerations.go
:MergeTolerations@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import resources
from insideout.apiserver.kinds import Kind
from insideout.apiserver.status import StatusError, forbidden

Object = dict[str, Any]

_DIFFERS = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
_WITHOUT = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
_ONE_TOLERATION = ("key", "operator", "value", "effect", "tolerationSeconds")


def admit(kind: Kind, pod: Object, runtime_class: Object) -> None:
    """Give a new pod its class's overhead, node selector and tolerations; raise 403 where they conflict."""
    spec = pod["spec"]
    fixed = _fixed(runtime_class)
    if fixed is not None:
        if spec.get("overhead") and not _same(spec["overhead"], fixed):
            raise _refused(kind, pod, _DIFFERS)
        spec["overhead"] = dict(fixed)
    scheduling = runtime_class.get("scheduling") or {}
    for name, value in sorted((scheduling.get("nodeSelector") or {}).items()):
        selector = spec.setdefault("nodeSelector", {})
        if selector.setdefault(name, value) != value:
            why = f"conflict: runtimeClass.scheduling.nodeSelector[{name}] = {value}; "
            raise _refused(kind, pod, f"{why}pod.spec.nodeSelector[{name}] = {selector[name]}")
    own = spec.get("tolerations") or []
    extra = [
        each for each in scheduling.get("tolerations") or () if _identity(each) not in map(_identity, own)
    ]
    if extra:
        spec["tolerations"] = own + extra


def check(kind: Kind, pod: Object, runtime_class: Object | None) -> None:
    """Raise 403 for a pod with another overhead than its class's, or with overhead that no class gave it."""
    fixed = _fixed(runtime_class) if runtime_class is not None else None
    overhead = pod["spec"].get("overhead")
    if fixed is None and overhead is not None:
        raise _refused(kind, pod, _WITHOUT)
    if fixed is not None and not _same(overhead or {}, fixed):
        raise _refused(kind, pod, _DIFFERS)


def _fixed(runtime_class: Object) -> Object | None:
    overhead = runtime_class.get("overhead")
    return None if overhead is None else overhead.get("podFixed") or {}


def _same(left: Object, right: Object) -> bool:
    one, other = (resources.amounts(each) for each in (left, right))
    return {name: each.value for name, each in one.items()} == {n: each.value for n, each in other.items()}


def _identity(toleration: Object) -> tuple[Any, ...]:
    return tuple(toleration.get(name, "") for name in _ONE_TOLERATION)


def _refused(kind: Kind, pod: Object, why: str) -> StatusError:
    return forbidden(kind, pod["metadata"].get("name", ""), why)
