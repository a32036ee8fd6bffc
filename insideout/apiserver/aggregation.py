"""APIServices: the groups that this server answers for itself, and those that go on to others.

Each group and version that is served here has a Local APIService; they are written when somebody first asks
for APIServices over HTTP.  One with a Service is looked at after every change and every thirty seconds: the
Service, its port, its endpoints, and whether a pod answers /apis/GROUP/VERSION.  While it is not available
its group is listed in discovery as stale, and requests for it get 503; else they go on to a pod.

Left out: watches and streams of other servers; what their groups hold, in the aggregated form of discovery;
APIServices of extensions within this process (insideout.apiserver.extensions).

Source: k8s.io/kube-aggregator/pkg/controllers/status/{local,remote}/*_available_controller.go,
pkg/controllers/autoregister, pkg/apiserver/handler_proxy.go, pkg/controlplane/apiserver/aggregator.go
@v1.36.2.
"""

import json
from typing import TYPE_CHECKING, Any

from insideout.apiserver import keys
from insideout.apiserver.extensions import UnavailableError
from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import DeleteOptions, WriteOptions
from insideout.apiserver.reading import Reader
from insideout.apiserver.registry import Registry
from insideout.apiserver.resources import Resources
from insideout.apiserver.subresources.conditions import with_condition
from insideout.apiserver.views import View
from insideout.apiserver.watching import Selection
from insideout.apiserver.webhooks.calls import CallError, Outgoing, Reply
from insideout.sim.loop import Loop

if TYPE_CHECKING:
    from insideout.apiserver.watching import Change

Object = dict[str, Any]

GROUP = "apiregistration.k8s.io"
RESYNC_S = 30.0
TIMEOUT_S, PROXY_TIMEOUT_S = 5.0, 60.0
MANAGED = "kube-aggregator.kubernetes.io/automanaged"
_PRIORITIES = {
    "": (18000, 1),
    "apps": (17800, 15),
    "events.k8s.io": (17750, 15),
    "authentication.k8s.io": (17700, 15),
    "authorization.k8s.io": (17600, 15),
    "autoscaling": (17500, 15),
    "batch": (17400, 15),
    "certificates.k8s.io": (17300, 15),
    "networking.k8s.io": (17200, 15),
    "policy": (17100, 15),
    "rbac.authorization.k8s.io": (17000, 15),
    "storage.k8s.io": (16800, 15),
    "admissionregistration.k8s.io": (16700, 15),
    "apiextensions.k8s.io": (16700, 15),
    "scheduling.k8s.io": (16600, 15),
    "coordination.k8s.io": (16500, 15),
    "node.k8s.io": (16300, 15),
    "discovery.k8s.io": (16200, 15),
    "flowcontrol.apiserver.k8s.io": (16100, 21),
    "resource.k8s.io": (16200, 21),
}
_VERSIONS = {("autoscaling", "v2"): 30}
_CUSTOM = (1000, 100)


class Aggregator:
    """Keeps the APIServices' conditions, and knows which groups nobody can be asked about."""

    def __init__(self, resources: Resources, reader: Reader, registry: Registry, loop: Loop) -> None:
        kind = registry.named(f"apiservices.{GROUP}")
        services = registry.named("services")
        slices = registry.named("endpointslices.discovery.k8s.io")
        assert kind is not None  # built in
        assert services is not None
        assert slices is not None
        self.kind = kind
        self._services, self._slices = services, slices
        self._resources = resources
        self._reader = reader
        self._registry = registry
        self._loop = loop
        self._follows = False
        """Whether there is any APIService with a Service."""
        self._listens = False
        self._is_due = False
        reader.hub(kind).subscribe(Selection(), self._changed)

    # The server's own groups.

    def register_local(self) -> None:
        """Write an APIService for each group and version served here that lacks one; remove what is not."""
        wanted = {
            f"{version}.{group}": (group, version)
            for group, versions in self._registry.versions().items()
            for version in versions
            if group != GROUP and self._is_own(group, version)
        }
        managed = {
            pair.value.object["metadata"]["name"]
            for pair in self._resources.store.range(keys.prefix(self.kind)).items
            if MANAGED in (pair.value.object["metadata"].get("labels") or {})
        }
        for name in sorted(managed - wanted.keys()):
            self._resources.delete(self.kind, "", name, DeleteOptions(), is_admitted=True)
        for name in sorted(wanted.keys() - managed):
            if self._resources.find(self.kind, "", name) is None:
                self._register(name, *wanted[name])

    def _is_own(self, group: str, version: str) -> bool:
        """Tell whether this server answers for a group: its kinds are built in, or defined by objects."""
        return group in _PRIORITIES or any(
            kind.definition is not None for kind in self._registry.in_version(group, version)
        )

    def _register(self, name: str, group: str, version: str) -> None:
        minimum, priority = _PRIORITIES.get(group, _CUSTOM)
        label = "onstart" if group in _PRIORITIES else "true"
        spec: Object = {
            "groupPriorityMinimum": minimum,
            "version": version,
            "versionPriority": _VERSIONS.get((group, version), priority),
        }
        if group:
            spec["group"] = group
        body = {
            "apiVersion": self.kind.api_version,
            "kind": self.kind.kind,
            "metadata": {"name": name, "labels": {MANAGED: label}},
            "spec": spec,
        }
        self._resources.create(self.kind, "", body, WriteOptions(field_manager="kube-apiserver"))

    # Other servers' groups.

    def claimed(self) -> dict[str, list[str]]:
        """Return the versions of each group that another server answers for."""
        found: dict[str, list[str]] = {}
        for obj in self._others() if self._follows else ():
            spec = obj["spec"]
            if self._registry.versions().get(spec.get("group", "")) is None:
                found.setdefault(spec["group"], []).append(spec["version"])
        return found

    def is_stale(self, group: str) -> bool:
        """Whether nobody can be asked now what there is in a group."""
        others = self._others() if self._follows else ()
        return any(obj["spec"].get("group") == group and not _is_available(obj) for obj in others)

    def pass_on(self, method: str, parts: list[str], path: str, body: bytes | Object) -> Reply | None:
        """Return another server's answer, None for what this one answers itself; raise 503 without any."""
        if not self._follows or parts[0] != "apis" or len(parts) < 3:
            return None
        if parts[2] not in self.claimed().get(parts[1], ()):
            return None
        found = self._resources.find(self.kind, "", f"{parts[2]}.{parts[1]}")
        if found is None or not _is_available(found.value.object):
            raise UnavailableError("")
        caller = self._resources.chain.webhooks.caller
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else json.dumps(body)
        try:
            address, port = caller.resolve(found.value.object["spec"]["service"])
            return caller.dial(Outgoing(address, port, path, text, PROXY_TIMEOUT_S, method))
        except CallError:
            raise UnavailableError("") from None

    def _others(self) -> list[Object]:
        pairs = self._resources.store.range(keys.prefix(self.kind)).items
        return [pair.value.object for pair in pairs if pair.value.object["spec"].get("service") is not None]

    def _changed(self, change: "Change") -> None:
        if change.type == "DELETED" or change.view.object["spec"].get("service") is None:
            return
        if not self._follows:
            self._follows = True
            if not self._listens:
                self._listens = True
                for kind in (self._services, self._slices):
                    self._reader.hub(kind).subscribe(Selection(), lambda _: self._look_soon())
            self._loop.call_later(RESYNC_S, self._resync)
        self._look_soon()

    def _resync(self) -> None:
        self._look()
        self._follows = bool(self._others())
        if self._follows:
            self._loop.call_later(RESYNC_S, self._resync)

    def _look_soon(self) -> None:
        if self._follows and not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._look)

    def _look(self) -> None:
        """Look at every APIService that has a Service."""
        self._is_due = False
        others = self._others()
        for obj in others:
            status, reason, message = self._verdict(obj)
            self._report(obj, status, reason, message)

    def _verdict(self, obj: Object) -> tuple[str, str, str]:
        """Return status, reason and message of the condition Available."""
        spec = obj["spec"]
        reference = spec["service"]
        namespace, name, port = reference["namespace"], reference["name"], reference["port"]
        shown = f'service/{name} in "{namespace}"'
        found = self._resources.find(self._services, namespace, name)
        if found is None:
            return "False", "ServiceNotFound", f"{shown} is not present"
        service = found.value.object["spec"]
        if service.get("type", "ClusterIP") == "ClusterIP":
            wanted = next((each for each in service.get("ports") or () if each["port"] == port), None)
            if wanted is None:
                return "False", "ServicePortError", f"{shown} is not listening on port {port}"
            slices = self._resources.chain.webhooks.caller.slices_of(namespace, name)
            if not slices:
                return "False", "EndpointsNotFound", f"cannot find endpointslices for {shown}"
            port_name = wanted.get("name") or ""
            if not any(_has_endpoint(each, port_name) for each in slices):
                why = f'endpointslices for {shown} have no addresses with port name "{port_name}"'
                return "False", "MissingEndpoints", why
        path = f"/apis/{spec['group']}/{spec['version']}" if spec.get("group") else "/api/v1"
        why = self._probe(reference, path)
        return ("False", "FailedDiscoveryCheck", why) if why else ("True", "Passed", "all checks passed")

    def _probe(self, reference: Object, path: str) -> str:
        """Return why a pod of a Service does not answer a path, "" when it does."""
        caller = self._resources.chain.webhooks.caller
        try:
            address, port = caller.resolve(reference)
        except CallError as problem:
            return str(problem)
        url = f"https://{address}:{port}{path}"
        try:
            reply = caller.dial(Outgoing(address, port, path, "", TIMEOUT_S, "GET"))
        except CallError as problem:
            return f'failing or missing response from {url}: Get "{url}": {problem}'
        if not 200 <= reply.status < 300:
            return f"failing or missing response from {url}: bad status from {url}: {reply.status}"
        return ""

    def _report(self, obj: Object, status: str, reason: str, message: str) -> None:
        before: Object = next(iter((obj.get("status") or {}).get("conditions") or ()), {})
        if (before.get("status"), before.get("reason"), before.get("message")) == (status, reason, message):
            return
        condition = {"type": "Available", "status": status, "reason": reason, "message": message}

        def change(view: View) -> Object:
            known = (view.object.get("status") or {}).get("conditions") or []
            written = with_condition(known, condition, self._resources.now())
            return {**view.object, "status": {"conditions": written}}

        options = WriteOptions(field_manager="kube-apiserver")
        self._resources.change(self.kind, "", obj["metadata"]["name"], change, options, subresource="status")


def _is_available(obj: Object) -> bool:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return any(each.get("type") == "Available" and each.get("status") == "True" for each in conditions)


def _has_endpoint(endpoint_slice: Object, port_name: str) -> bool:
    ready = any(
        (each.get("conditions") or {}).get("ready") is not False
        for each in endpoint_slice.get("endpoints") or ()
    )
    named = any(
        (each.get("name") or "") == port_name and each.get("port") is not None
        for each in endpoint_slice.get("ports") or ()
    )
    return ready and named


def is_api_service(kind: Kind) -> bool:
    """Tell whether a kind is APIService."""
    return kind.group == GROUP
