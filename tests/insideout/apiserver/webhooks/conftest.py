"""A server with webhooks behind a Service, whose answers a test decides."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from insideout.apiserver.webhooks.calls import CallError, Outgoing, Reply
from insideout.kubelet.webhook import response
from tests.insideout.apiserver.conftest import Api

Object = dict[str, Any]

GROUP = "/apis/admissionregistration.k8s.io/v1"
CREATE_CONFIG_MAPS = {
    "operations": ["CREATE", "UPDATE", "DELETE"],
    "apiGroups": [""],
    "apiVersions": ["v1"],
    "resources": ["configmaps"],
}


class Hooked(Api):
    """A server whose webhooks' Service has one endpoint; `answers` says what it answers, by path."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Callable[[Object], Any]] = {}
        self.asked: list[tuple[str, Object]] = []
        self.server.webhooks.caller.dial = self._dial
        spec = {"ports": [{"port": 443, "targetPort": 8443}]}
        self.ok("POST", "services", _object("v1", "Service", "hook", spec=spec))
        metadata = {"name": "hook-1", "labels": {"kubernetes.io/service-name": "hook"}}
        endpoints = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": metadata,
            "addressType": "IPv4",
            "endpoints": [{"addresses": ["10.244.0.9"], "conditions": {"ready": True}}],
            "ports": [{"name": "", "port": 8443, "protocol": "TCP"}],
        }
        self.ok("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", endpoints)

    def hook(self, name: str, answer: Callable[[Object], Any] | None, **spec: Any) -> None:
        """Register a webhook "NAME.example.com", mutating unless its name begins with "check"."""
        kind = "Validating" if name.startswith("check") else "Mutating"
        if answer is not None:
            self.answers[f"/{name}"] = answer
        hook = {
            "name": f"{name}.example.com",
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "clientConfig": {"service": {"name": "hook", "namespace": "default", "path": f"/{name}"}},
            "rules": [CREATE_CONFIG_MAPS],
            **spec,
        }
        body = _object(
            "admissionregistration.k8s.io/v1", f"{kind}WebhookConfiguration", name, webhooks=[hook]
        )
        self.ok("POST", f"{GROUP}/{kind.lower()}webhookconfigurations", body)

    def _dial(self, post: Outgoing) -> Reply:
        assert (post.address, post.port) == ("10.244.0.9", 8443)
        path = post.path.partition("?")[0]
        review = json.loads(post.body)
        self.asked.append((path, review["request"]))
        if path not in self.answers:
            raise CallError(f"dial tcp {post.address}:{post.port}: connect: connection refused")
        said = self.answers[path](review["request"])
        if isinstance(said, Reply):
            return said
        answer = {"uid": review["request"]["uid"], **response(said)}
        body = {"apiVersion": review["apiVersion"], "kind": "AdmissionReview", "response": answer}
        return Reply(200, json.dumps(body))

    def paths(self) -> list[str]:
        """Return who was asked, in order, since the last time."""
        paths = [path for path, _ in self.asked]
        self.asked.clear()
        return paths


def _object(api_version: str, kind: str, name: str, **rest: Any) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


@pytest.fixture
def api() -> Hooked:
    """Return a new server."""
    return Hooked()
