"""ResourceQuota admission: a new object is charged to its namespace's quotas, or refused.

A quota counts from its status, which the quota controller writes: what is not in `status.hard` yet is not
limited yet.  Left out: charging changes (a Service's type, a pod's resize), and the server's own
configuration of resources that need a quota.

Source: k8s.io/apiserver/pkg/admission/plugin/resourcequota/{admission,controller}.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from insideout.apimachinery import quota as evaluator
from insideout.apimachinery import resources
from insideout.apimachinery.resources import Amounts
from insideout.apiserver import keys
from insideout.apiserver.eachstored import EachStored
from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import WriteOptions
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import StatusError, forbidden
from insideout.apiserver.views import View
from insideout.sim.loop import Loop
from insideout.store import Store

if TYPE_CHECKING:
    from insideout.apiserver.resources import Resources

Object = dict[str, Any]


class Quotas:
    """The quotas of all namespaces, as the store has them."""

    def __init__(self, store: Store, loop: Loop, registry: Registry) -> None:
        kind = registry.named("resourcequotas")
        assert kind is not None  # built in
        self._kind = kind
        self._store = store
        self._all = EachStored(store, kind)
        self._loop = loop

    def charge(self, written: "Resources", kind: Kind, namespace: str, obj: Object, *, dry_run: bool) -> None:
        """Add a new object to every quota that it concerns; raise 403 where one would be exceeded.

        `written` writes the quotas' status.  A dry run is checked, and not counted.
        """
        if not namespace or not self._all.objects():
            return
        pairs = self._store.range(keys.prefix(self._kind, namespace)).items
        if not pairs:
            return
        resource = kind.qualified_resource
        cost = evaluator.usage(resource, obj, self._loop.time())
        counted = [
            (pair.value.object["metadata"]["name"], new)
            for pair in pairs
            if (new := self._after(pair.value.object, kind, obj, cost)) is not None
        ]
        if dry_run:
            return
        for name, used in counted:
            options = WriteOptions(field_manager="kube-apiserver")
            written.change(self._kind, namespace, name, _used(used), options, subresource="status")

    def _after(self, quota: Object, kind: Kind, obj: Object, cost: Amounts) -> Amounts | None:
        """Return a quota's use with a new object, None when that changes nothing; raise 403 beyond."""
        resource, name = kind.qualified_resource, quota["metadata"]["name"]
        status = quota.get("status") or {}
        hard, used = resources.amounts(status.get("hard")), resources.amounts(status.get("used"))
        restricted = evaluator.matching(resource, hard)
        if not restricted or not evaluator.in_scope(quota, resource, obj):
            return None
        lacking = evaluator.missing(obj, restricted) if resource == "pods" else ""
        if lacking:
            raise _refused(kind, obj, f"failed quota: {name}: must specify {lacking}")
        if not set(restricted) <= set(used):
            listed = ",".join(sorted(restricted))
            raise _refused(kind, obj, f"status unknown for quota: {name}, resources: {listed}")
        negative = sorted(each for each, value in cost.items() if value.value < 0)
        if negative:
            raise _refused(kind, obj, f"quota usage is negative for resource(s): {','.join(negative)}")
        asked = {each: value for each, value in cost.items() if value.value and each in hard}
        after = evaluator.added(used, asked)
        exceeded = sorted(each for each in asked if after[each].value > hard[each].value)
        if exceeded:
            shown = [_shown(amounts, exceeded) for amounts in (asked, used, hard)]
            why = "exceeded quota: {}, requested: {}, used: {}, limited: {}".format(name, *shown)
            raise _refused(kind, obj, why)
        return after if asked else None


def _used(used: Amounts) -> Callable[[View], Object]:
    def change(before: View) -> Object:
        quota = before.object
        status = {**quota["status"], "used": {name: value.text for name, value in sorted(used.items())}}
        return {**quota, "status": status}

    return change


def _shown(amounts: Mapping[str, Any], names: list[str]) -> str:
    return ",".join(f"{name}={amounts[name]}" for name in names)


def _refused(kind: Kind, obj: Object, why: str) -> StatusError:
    return forbidden(kind, obj["metadata"].get("name", ""), why)
