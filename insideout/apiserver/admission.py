"""Rules that look beyond the object: its namespace, its priority class, addresses that others have.

kube-apiserver does most of this in admission plugins, the rest in the storage of Services.  Quotas are in
insideout.apiserver.quota, storage in insideout.apiserver.storage, limit ranges in insideout.apiserver.limits,
service accounts in insideout.apiserver.podaccounts, the security of pods in insideout.apiserver.podsecurity,
webhooks in insideout.apiserver.webhooks.  Left out: policies.

Source: k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle,
plugin/pkg/admission/{priority,runtimeclass}@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import timestamps
from insideout.apimachinery.goquote import go_quote
from insideout.apiserver import csr, keys, runtimeclass
from insideout.apiserver.kinds import Kind
from insideout.apiserver.limits import LimitRanger
from insideout.apiserver.podaccounts import PodAccounts
from insideout.apiserver.podsecurity.plugin import PodSecurity
from insideout.apiserver.registry import Registry
from insideout.apiserver.services import Allocator
from insideout.apiserver.status import Cause, forbidden, not_found
from insideout.apiserver.storage import StorageAdmission
from insideout.sim.loop import Loop
from insideout.store import Store

Object = dict[str, Any]


class Admission:
    """What a write must pass besides the rules of its kind."""

    def __init__(self, store: Store, registry: Registry, loop: Loop) -> None:
        self._store = store
        self.namespaces = _built_in(registry, "namespaces")
        self._priorities = _built_in(registry, "priorityclasses")
        self._runtime_classes = _built_in(registry, "runtimeclasses")
        self._pods = _built_in(registry, "pods")
        self._api_services = _built_in(registry, "apiservices")
        self._services = _built_in(registry, "services")
        self._claims = _built_in(registry, "persistentvolumeclaims")
        self._limits = LimitRanger(store, registry)
        self._security = PodSecurity(store, registry)
        self._storage = StorageAdmission(store, registry, loop)
        rng = loop.rng("apiserver/serviceaccounts")
        self.pod_accounts = PodAccounts(store, _built_in(registry, "serviceaccounts"), rng)
        self._loop = loop
        self._allocator = Allocator(store, self._services, loop.rng("apiserver/services"))

    def admit_create(self, kind: Kind, namespace: str, obj: Object) -> None:
        """Look at a new object before the rules of its kind do; raise 403 or 404 to refuse it."""
        name = obj["metadata"].get("name", "")
        if kind.ending:
            raise forbidden(kind, name, "create not allowed while custom resource definition is terminating")
        if kind.namespaced:
            self._check_namespace(kind, namespace, name)
        if kind is self._pods:
            self._limits.admit(namespace, obj)
            self.pod_accounts.admit(kind, obj, namespace)
            self._set_priority(kind, obj)
            self._set_overhead(kind, obj)
        elif kind is self._priorities:
            self._check_default(kind, obj)
        elif kind.qualified_resource == csr.RESOURCE:
            csr.name_requestor(obj)
        else:
            self._storage.admit_create(kind, obj)

    def validate_create(self, kind: Kind, obj: Object) -> None:
        """Look at a new object that the rules of its kind found right; raise 403 to refuse it."""
        if kind is self._pods or kind is self._claims:
            self._limits.check(kind, obj)
        self._security.check(kind, obj, None)
        if kind is self._pods:
            runtimeclass.check(kind, obj, self._runtime_class(kind, obj))
        elif kind.qualified_resource == csr.RESOURCE:
            csr.check_subject(kind, obj)

    def admit_update(self, kind: Kind, new: Object, old: Object) -> None:
        """Look at a change before the rules of its kind do; raise 403 to refuse it."""
        if kind is self._pods:
            for field in ("priority", "preemptionPolicy"):
                if new["spec"].get(field) is None and field in old["spec"]:
                    new["spec"][field] = old["spec"][field]
        elif kind is self._priorities:
            self._check_default(kind, new)

    def validate_update(self, kind: Kind, new: Object, old: Object, subresource: str) -> None:
        """Look at a change that the rules of its kind found right; raise 403 to refuse it."""
        if not subresource:
            self._storage.check_growth(kind, new, old)
        limited = self._pods if subresource == "resize" else self._claims if not subresource else None
        if kind is limited and "deletionTimestamp" not in old["metadata"]:
            self._limits.check(kind, new)
        self._security.check(kind, new, old, subresource)

    def stamp(self, kind: Kind, new: Object, old: Object | None, subresource: str) -> None:
        """Write into an object when something about it changed."""
        self._storage.stamp(kind, new, old, subresource)
        if kind is self._api_services and old is None:
            for condition in new["status"].get("conditions") or ():
                condition["lastTransitionTime"] = timestamps.seconds(self._loop.time())
        if kind.qualified_resource == csr.RESOURCE and old is not None and subresource:
            csr.stamp(new, old, timestamps.seconds(self._loop.time()))

    def allocate(self, kind: Kind, obj: Object, old: Object | None) -> None:
        """Give a Service its addresses and ports; raise 422 when what it asks for is taken."""
        if kind is self._services:
            self._allocator.allocate(obj, old)

    def _check_namespace(self, kind: Kind, namespace: str, name: str) -> None:
        """Refuse a new object where its namespace is missing or ending."""
        pair = self._store.get(keys.key(self.namespaces, "", namespace))
        if pair is None:
            raise not_found(self.namespaces, namespace)
        if "deletionTimestamp" in pair.value.object["metadata"]:
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            ending = f"namespace {namespace} is being terminated"
            raise forbidden(kind, name, why, [Cause("NamespaceTerminating", "metadata.namespace", ending)])

    def _set_priority(self, kind: Kind, pod: Object) -> None:
        """Give a pod the number and the preemption policy of its priority class, or of the default one."""
        spec = pod["spec"]
        name = spec.get("priorityClassName")
        chosen = self._priority_class(name) if name else self._default_priority_class()
        problem = f"no PriorityClass with name {name} was found" if name and chosen is None else ""
        value = chosen.get("value", 0) if chosen is not None else 0
        policy = (chosen or {}).get("preemptionPolicy", "PreemptLowerPriority")
        given = "must not be provided in pod spec; priority admission controller computed"
        if not problem and spec.get("priority") not in (None, value):
            problem = f"the integer value of priority ({spec['priority']}) {given} {value}"
            problem += " from the given PriorityClass name"
        elif not problem and spec.get("preemptionPolicy") not in (None, policy):
            problem = f"the string value of PreemptionPolicy ({spec['preemptionPolicy']}) {given} {policy}"
            problem += " from the given PriorityClass name"
        if problem:
            raise forbidden(kind, pod["metadata"].get("name", ""), problem)
        if chosen is not None:
            spec["priorityClassName"] = chosen["metadata"]["name"]
        spec["priority"], spec["preemptionPolicy"] = value, policy

    def _set_overhead(self, kind: Kind, pod: Object) -> None:
        """Give a pod what its runtime class costs besides its containers, and where it may run."""
        found = self._runtime_class(kind, pod)
        if found is not None:
            runtimeclass.admit(kind, pod, found)

    def _runtime_class(self, kind: Kind, pod: Object) -> Object | None:
        name = pod["spec"].get("runtimeClassName")
        if name is None:
            return None
        pair = self._store.get(keys.key(self._runtime_classes, "", name))
        if pair is None:
            why = f"pod rejected: RuntimeClass {go_quote(name)} not found"
            raise forbidden(kind, pod["metadata"].get("name", ""), why)
        found: Object = pair.value.object
        return found

    def _check_default(self, kind: Kind, obj: Object) -> None:
        """Refuse a second PriorityClass for pods that name none."""
        name = obj["metadata"].get("name", "")
        default = self._default_priority_class() if obj.get("globalDefault") else None
        if default is not None and default["metadata"]["name"] != name:
            found = default["metadata"]["name"]
            why = f"PriorityClass {found} is already marked as default. Only one default can exist"
            raise forbidden(kind, name, why)

    def _priority_class(self, name: str) -> Object | None:
        pair = self._store.get(keys.key(self._priorities, "", name))
        return pair.value.object if pair is not None else None

    def _default_priority_class(self) -> Object | None:
        """Return the class for pods that name none: of several, the one with the lowest value."""
        pairs = self._store.range(keys.prefix(self._priorities)).items
        found = [pair.value.object for pair in pairs if pair.value.object.get("globalDefault")]
        return min(found, key=lambda each: each.get("value", 0), default=None)


def _built_in(registry: Registry, name: str) -> Kind:
    kind = registry.named(name)
    assert kind is not None  # the registry begins with every built-in kind
    return kind
