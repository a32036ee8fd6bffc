"""What each kind is warned of when it is written, and when a request is for a kind that is on its way out."""

from typing import Any

import pytest

from tests.insideout.apiserver.conftest import POD, Api

Object = dict[str, Any]
SURPRISE = "which can result in surprising behavior; a DNS label is recommended: [must not contain dots]"
FRACTION = 'fractional byte value "100m" is invalid, must be an integer'
TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": POD["spec"]}
WORKLOAD = {"selector": {"matchLabels": {"a": "b"}}, "template": TEMPLATE}
JOB = {"template": {"spec": {**POD["spec"], "restartPolicy": "Never"}}}
PORTS = [{"port": 80}]
CLASS = "volume.beta.kubernetes.io/storage-class"
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "100m"}}}
V6 = 'should be in RFC 5952 canonical format ("2001:db8::1")'


def named(name: str, spec: Object, **metadata: Any) -> Object:
    return {"metadata": {"name": name, **metadata}, "spec": spec}


CREATED: dict[str, tuple[str, Object, list[str]]] = {
    "a pod that is no host": (
        "/api/v1/namespaces/default/pods",
        named("a.b", POD["spec"]),
        [f"metadata.name: this is used in the Pod's hostname, {SURPRISE}"],
    ),
    "a Deployment whose pods are none": (
        "/apis/apps/v1/namespaces/default/deployments",
        named("a.b", WORKLOAD),
        [f"metadata.name: this is used in Pod names and hostnames, {SURPRISE}"],
    ),
    "a Job whose pods are none": (
        "/apis/batch/v1/namespaces/default/jobs",
        named("a.b", JOB),
        [f"metadata.name: this is used in Pod names and hostnames, {SURPRISE}"],
    ),
    "external addresses": (
        "/api/v1/namespaces/default/services",
        named("s", {"ports": PORTS, "externalIPs": ["192.0.2.1"]}),
        ["spec.externalIPs is deprecated and may no longer be implemented in some clusters"],
    ),
    "affinity without an address": (
        "/api/v1/namespaces/default/services",
        named("s", {"ports": PORTS, "clusterIP": "None", "sessionAffinity": "ClientIP"}),
        ["spec.SessionAffinity is ignored for headless services"],
    ),
    "a name beside an address": (
        "/api/v1/namespaces/default/services",
        named("s", {"ports": PORTS, "externalName": "a.example.org", "trafficDistribution": "PreferClose"}),
        [
            'spec.externalName is ignored when spec.type is not "ExternalName"',
            'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
        ],
    ),
    "a claim for parts of a byte, of an old class": (
        "/api/v1/namespaces/default/persistentvolumeclaims",
        named("c", CLAIM, annotations={CLASS: "x"}),
        [
            f'metadata.annotations[{CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead',
            f"spec.resources.requests[storage]: {FRACTION}",
        ],
    ),
    "a quota that asks for more than it allows": (
        "/api/v1/namespaces/default/resourcequotas",
        named("q", {"hard": {"cpu": "2", "limits.cpu": "1"}}),
        ["ResourceQuota cpu (2) should be less than limits.cpu (1)"],
    ),
    "an account with an old annotation": (
        "/api/v1/namespaces/default/serviceaccounts",
        {"metadata": {"name": "a", "annotations": {"kubernetes.io/enforce-mountable-secrets": "true"}}},
        [
            "metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer "
            "separate namespaces to isolate access to mounted secrets"
        ],
    ),
    "a node with an old field": (
        "/api/v1/nodes",
        named("n", {"externalID": "x"}),
        ["spec.externalID: this field is deprecated, and is unused by Kubernetes"],
    ),
    "a policy with a range in a spelling of its own": (
        "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
        named("p", {"podSelector": {}, "egress": [{"to": [{"ipBlock": {"cidr": "2001:DB8::/32"}}]}]}),
        [
            'spec.egress[0].to[0].ipBlock.cidr: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 '
            'canonical format ("2001:db8::/32")'
        ],
    ),
    "a certificate that is none": (
        "/api/v1/namespaces/default/secrets",
        {"metadata": {"name": "s"}, "type": "kubernetes.io/tls", "data": {"tls.crt": "", "tls.key": ""}},
        ["tls: failed to find any PEM data in certificate input"],
    ),
}


@pytest.mark.parametrize("name", CREATED)
def test_what_is_created(api: Api, name: str) -> None:
    path, body, expected = CREATED[name]
    answer = api.send("POST", path, body)
    assert answer.code == 201, answer.body
    assert answer.headers["Warning"] == header(expected)


def header(texts: list[str]) -> str:
    quoted = (text.replace('"', '\\"') for text in texts)
    return ", ".join(f'299 - "{text}"' for text in quoted)


def test_a_template_is_looked_at_when_it_changes(api: Api) -> None:
    path = "/apis/apps/v1/namespaces/default/deployments"
    bad = {**POD["spec"], "nodeSelector": {"beta.kubernetes.io/os": "linux"}}
    api.ok("POST", path, named("d", {**WORKLOAD, "template": {**TEMPLATE, "spec": bad}}))
    merge = {"content_type": "application/merge-patch+json"}
    labelled = api.send("PATCH", f"{path}/d", {"metadata": {"labels": {"a": "b"}}}, **merge)
    assert "Warning" not in labelled.headers
    scaled = api.send("PATCH", f"{path}/d", {"spec": {"replicas": 3}}, **merge)
    assert "spec.template.spec.nodeSelector[beta.kubernetes.io/os]" in scaled.headers["Warning"]


def test_a_refusal_carries_warnings_too(api: Api) -> None:
    api.ok("POST", "pods", named("a.b", POD["spec"]))
    again = api.send("POST", "pods", named("a.b", POD["spec"]))
    assert again.code == 409
    assert "surprising behavior" in again.headers["Warning"]


@pytest.mark.parametrize("path", ["endpoints", "endpoints/none", "/api/v1/endpoints"])
def test_each_request_for_endpoints(api: Api, path: str) -> None:
    expected = ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"]
    assert api.send("GET", path).headers["Warning"] == header(expected)
    assert "Warning" not in api.send("GET", "pods").headers
