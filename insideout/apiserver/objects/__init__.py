"""Everything the API server knows about the content of objects, as pure functions on plain dicts.

A write goes: decode, set_defaults, (patch, then decode and set_defaults again,) prepare_for_create or
prepare_for_update, validate_create or validate_update.  Each changes only the object that it is given, never
the old one, and asks neither clock nor store.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import metadata
from insideout.apiserver.objects.decode import decode, normalize
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import disabled
from insideout.apiserver.objects.schema import struct
from insideout.apiserver.objects.strategy import Strategy
from insideout.apiserver.objects.table import strategy_of

__all__ = [
    "decode",
    "normalize",
    "prepare_for_create",
    "prepare_for_update",
    "set_defaults",
    "validate_create",
    "validate_update",
]

Object = dict[str, Any]


def set_defaults(kind: Kind, obj: Object, settled: Object | None = None) -> None:
    """Fill in what a decoded object leaves out and the API promises a value for.

    What `normalize` took over from the stored object `settled` has its defaults.
    """
    strategy = strategy_of(kind)
    if settled is not None and strategy.status_defaults and obj.get("spec") is settled.get("spec"):
        strategy.status_defaults(obj)
    else:
        strategy.defaults(obj)


def prepare_for_create(kind: Kind, obj: Object) -> None:
    """Set what the server owns on a new object: its status, its generation, and what admission always adds.

    The object has its name, namespace, uid and creationTimestamp already.
    """
    strategy = strategy_of(kind)
    obj["metadata"].pop("generation", None)
    if strategy.has_status and not strategy.keeps_first_status:
        _reset_status(kind, obj)
    if strategy.counts_generation:
        obj["metadata"]["generation"] = 1
    _drop_disabled(strategy, obj, None)
    strategy.on_create(obj)


def prepare_for_update(kind: Kind, new: Object, old: Object, subresource: str = "") -> None:
    """Keep what this write may not change, and count generations.

    `subresource` is "" for the object itself, "status", or another one that the kind has rules for.
    """
    strategy = _strategy(kind, subresource)
    meta, generation = new["metadata"], old["metadata"].get("generation")
    meta.pop("generation", None)
    if generation is not None:
        meta["generation"] = generation
    if subresource == "status":
        _keep_all_but_status(kind, new, old)
        strategy.on_status_update(new, old)
        return
    if strategy.has_status:
        new.pop("status", None)
        if "status" in old:
            new["status"] = old["status"]
    _drop_disabled(strategy, new, old)
    strategy.on_update(new, old)
    if strategy.counts_generation and _counted(kind, new) != _counted(kind, old):
        meta["generation"] = (generation or 0) + 1


def validate_create(kind: Kind, obj: Object) -> Causes:
    """Return what is wrong with a new object, in upstream's order; nothing when it may be stored.

    The rule that every name must keep is only looked at when the kind's own rules find nothing.
    """
    causes = strategy_of(kind).create_rules(obj)
    return causes or metadata.validate(obj["metadata"], kind.namespaced, names.path_segment)


def validate_update(kind: Kind, new: Object, old: Object, subresource: str = "") -> Causes:
    """Return what is wrong with a change, in upstream's order, which finds some things more than once."""
    strategy = _strategy(kind, subresource)
    causes = metadata.validate(new["metadata"], kind.namespaced, names.path_segment)
    causes += metadata.validate_update(new["metadata"], old["metadata"])
    own = strategy.validate_status if subresource == "status" else strategy.update_rules
    return causes + own(new, old)


def _drop_disabled(strategy: Strategy, obj: Object, old: Object | None) -> None:
    spec = strategy.pod_spec(obj)
    if spec is not None:
        disabled.drop(spec, strategy.pod_spec(old))


def _strategy(kind: Kind, subresource: str) -> Strategy:
    strategy = strategy_of(kind)
    return strategy.subresources.get(subresource, strategy)


def _reset_status(kind: Kind, obj: Object) -> None:
    obj.pop("status", None)
    if kind.model:
        obj["status"] = struct(kind.model).fields["status"].type.zero()


def _keep_all_but_status(kind: Kind, new: Object, old: Object) -> None:
    """Undo changes outside of the status; of a custom resource, changes of its labels and the like, too."""
    if kind.model:
        if "spec" in old:
            new["spec"] = old["spec"]
        return
    own = {"resourceVersion", "managedFields"}
    kept = {key: value for key, value in old["metadata"].items() if key not in own}
    meta = {key: value for key, value in new["metadata"].items() if key in own}
    status = {"status": new["status"]} if "status" in new else {}
    content = {key: value for key, value in old.items() if key not in ("metadata", "status")}
    new.clear()
    new.update({**content, "metadata": {**kept, **meta}, **status})


def _counted(kind: Kind, obj: Object) -> Object:
    """Return what a generation counts: the spec, or all of a custom resource but metadata and status."""
    if kind.model:
        return obj.get("spec") or {}
    ignored = ("metadata", "status") if kind.subresource("status") else ("metadata",)
    return {key: value for key, value in obj.items() if key not in ignored}
