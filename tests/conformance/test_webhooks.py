"""Webhooks that pods serve, on both API servers: they answer over TLS, and fail in the same words."""

import base64
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from insideout import Cluster
from insideout.apiserver.certificates import Certificate, self_signed, signed
from insideout.client import ApiError, Client
from insideout.kubelet.webhook import Webhook
from tests.conformance.backends import PROGRAMS, reachable

Object = dict[str, Any]

FAILED = 'Internal error occurred: failed calling webhook "owner.example.com": failed to call webhook: Post '
URL = '"https://policy.default.svc:443/?timeout=3s": '
OTHER = '"https://other.default.svc:443/?timeout=3s": '
CERTIFICATE = "tls: failed to verify certificate: x509: certificate "
PATHS = {"tls_cert_file": "/etc/tls/tls.crt", "tls_private_key_file": "/etc/tls/tls.key"}
HOOKS = "validatingwebhookconfigurations"


def needs_owner(request: Object) -> object:
    return "owner" in (request["object"]["metadata"].get("labels") or {}) or "say whose it is"


class Guarded(NamedTuple):
    """A cluster with a webhook for ConfigMaps of "guarded", and who signed the webhook's certificate."""

    cluster: Cluster
    client: Client
    authority: Certificate

    def written(self, name: str, **labels: str) -> str:
        """Try to write a ConfigMap; return how that was refused, "" where it was not."""
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}}
        try:
            self.client.create("configmaps", body, "guarded", dry_run=True)
        except ApiError as refused:
            return str(refused)
        return ""

    def fails(self, client_config: Object) -> str:
        """Have another place asked, until the API server knows; return how it then fails."""
        found = self.client.get(HOOKS, "owner")
        found["webhooks"][0]["clientConfig"] = client_config
        self.client.update(HOOKS, found)
        before, seen = self.written("a", owner="me"), ""
        for _ in range(20):
            self.cluster.run(seconds=0.2)
            seen = self.written("a", owner="me")
            if seen == before:
                break
            before = seen
        return seen.removeprefix(FAILED)

    def right(self, **more: object) -> Object:
        """Return the right clientConfig, with what is to be otherwise."""
        service = {"name": "policy", "namespace": "default"}
        return {"service": service, "caBundle": _text(self.authority.certificate), **more}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _service(name: str, app: str, port: int) -> Object:
    spec = {"selector": {"app": app}, "ports": [{"port": 443, "targetPort": port}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def _pod(name: str) -> Object:
    mount = {"name": "tls", "mountPath": "/etc/tls"}
    container = {
        "name": "c",
        "image": f"{name}:1",
        "ports": [{"containerPort": 8443}],
        "volumeMounts": [mount],
    }
    volume = {"name": "tls", "secret": {"secretName": "tls"}}
    metadata = {"name": name, "labels": {"app": name}}
    spec = {"containers": [container], "volumes": [volume]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


@pytest.fixture(scope="module", params=PROGRAMS)
def guarded(request: pytest.FixtureRequest) -> Iterator[Guarded]:
    """Give a cluster whose webhook's pod is ready, and one with a pod that thinks too long."""
    with reachable(request.param) as cluster:
        client, authority = cluster.client(), self_signed()
        names = [f"{name}.default.svc" for name in ("policy", "slow")]
        made = signed(authority, "policy", names=names)
        data = {"tls.crt": _text(made.certificate), "tls.key": _text(made.key)}
        secret = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "data": data}
        client.create("secrets", {**secret, "metadata": {"name": "tls"}}, "default")
        client.create(
            "namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "guarded"}}
        )
        cluster.nodes.programs.register("policy:1", Webhook(needs_owner, **PATHS))
        cluster.nodes.programs.register("slow:1", Webhook(needs_owner, takes_s=5, **PATHS))
        for service in (_service("other", "policy", 8443), _service("none", "nobody", 8443)):
            client.create("services", service, "default")
        for name in ("policy", "slow"):
            client.create("pods", _pod(name), "default")
            client.create("services", _service(name, name, 8443), "default")
        hook = {
            "name": "owner.example.com",
            "admissionReviewVersions": ["v1"],
            "sideEffects": "None",
            "timeoutSeconds": 3,
            "clientConfig": Guarded(cluster, client, authority).right(),
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "guarded"}},
            "rules": [
                {
                    "operations": ["CREATE"],
                    "apiGroups": [""],
                    "apiVersions": ["v1"],
                    "resources": ["configmaps"],
                }
            ],
        }
        body = {"kind": "ValidatingWebhookConfiguration", "metadata": {"name": "owner"}, "webhooks": [hook]}
        client.create(HOOKS, {"apiVersion": "admissionregistration.k8s.io/v1", **body})
        slices = "endpointslices.discovery.k8s.io"

        def ready() -> int:
            found = client.list(slices, "default")["items"]
            ends = [end for one in found for end in one.get("endpoints") or ()]
            return sum(end["conditions"]["ready"] for end in ends if "targetRef" in end)

        cluster.wait(lambda: ready() == 3, timeout_s=30)
        cluster.run(seconds=1)  # until the API server knows of the slices, too
        yield Guarded(cluster, client, authority)


def test_the_program_in_the_pod_decides(guarded: Guarded) -> None:
    """Over a connection that it keeps."""
    assert guarded.fails(guarded.right()) == ""
    for _ in range(2):
        denied = 'admission webhook "owner.example.com" denied the request: say whose it is'
        assert guarded.written("a") == denied
        assert guarded.written("a", owner="me") == ""


def test_a_certificate_is_compared_with_the_bundle(guarded: Guarded) -> None:
    """With another authority, one that has its name and another key, none, and another name of the server."""
    unknown = f"{URL}{CERTIFICATE}signed by unknown authority"
    hint = (
        ' (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority '
        'certificate "kubernetes-inside-out")'
    )
    stranger = signed(self_signed(), "stranger").certificate
    assert guarded.fails(guarded.right(caBundle=_text(stranger))) == unknown
    assert guarded.fails(guarded.right(caBundle=_text(self_signed().certificate))) == unknown + hint
    assert guarded.fails({"service": guarded.right()["service"]}) == unknown
    assert guarded.fails(guarded.right(service={"name": "other", "namespace": "default"})) == (
        f"{OTHER}{CERTIFICATE}is valid for policy.default.svc, slow.default.svc, not other.default.svc"
    )


def test_a_service_without_pods_or_that_is_not_there(guarded: Guarded) -> None:
    """What the aggregator's resolver says."""
    said = guarded.fails(guarded.right(service={"name": "none", "namespace": "default"}))
    assert said == ('"https://none.default.svc:443/?timeout=3s": no endpoints available for service "none"')
    said = guarded.fails(guarded.right(service={"name": "gone", "namespace": "default"}))
    assert said == '"https://gone.default.svc:443/?timeout=3s": service "gone" not found'


def test_who_thinks_too_long_and_who_does_not_listen(guarded: Guarded) -> None:
    """Behind the tunnel, too, a refused connection says so at its end."""
    said = guarded.fails(guarded.right(service={"name": "slow", "namespace": "default", "path": "/a"}))
    assert said == '"https://slow.default.svc:443/a?timeout=3s": context deadline exceeded'
    port = [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 9}]
    guarded.client.patch("services", "other", port, "default", type="json")
    guarded.cluster.run(seconds=2)
    said = guarded.fails(guarded.right(service={"name": "other", "namespace": "default"}))
    assert said.startswith(OTHER)
    assert said.endswith("connect: connection refused")


def test_a_pod_that_ends_takes_its_connections_along(guarded: Guarded) -> None:
    """The next one in its place is asked at once, as if nobody had been asked before."""
    assert guarded.fails(guarded.right()) == ""
    guarded.client.delete("pods", "policy", "default", grace_period_s=0)
    guarded.cluster.wait(lambda: "no endpoints available" in guarded.written("a", owner="me"), timeout_s=30)
    guarded.client.create("pods", _pod("policy"), "default")
    guarded.cluster.wait(lambda: guarded.written("a", owner="me") == "", timeout_s=30)
