"""APIServices: the server's own groups are Local, and others are available when a pod answers for them."""

import json
from typing import Any

import pytest

from insideout.apiserver.webhooks.calls import CallError, Outgoing, Reply

from .conftest import Api

PLACE = "/apis/apiregistration.k8s.io/v1/apiservices"
GROUP = "boats.example.com"


def claim(api: Api) -> None:
    spec = {"group": GROUP, "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10}
    body = {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"v1.{GROUP}"},
        "spec": {**spec, "service": {"name": "boats", "namespace": "default"}},
    }
    api.ok("POST", PLACE, body)
    api.loop.run(0)


def service(api: Api, port: int = 443) -> None:
    body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "boats"}}
    api.ok("POST", "services", {**body, "spec": {"ports": [{"port": port}]}})
    api.loop.run(0)


def endpoints(api: Api, *, ready: bool = True) -> None:
    body = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "boats-1", "labels": {"kubernetes.io/service-name": "boats"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.244.0.9"], "conditions": {"ready": ready}}],
        "ports": [{"name": "", "port": 8443, "protocol": "TCP"}],
    }
    api.ok("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", body)
    api.loop.run(0)


def available(api: Api) -> tuple[str, str, str]:
    [found] = api.ok("GET", f"{PLACE}/v1.{GROUP}")["status"]["conditions"]
    return found["status"], found["reason"], found["message"]


def test_the_servers_own_groups_are_local(api: Api) -> None:
    """Each version has one; a custom kind's comes and goes with it."""
    items = api.ok("GET", PLACE)["items"]
    by_name = {each["metadata"]["name"]: each for each in items}
    assert {"v1.", "v1.apps", "v2.autoscaling", "v1.storage.k8s.io"} <= by_name.keys()
    assert f"v1.{PLACE.split('/')[2]}" not in by_name
    [condition] = by_name["v1.apps"]["status"]["conditions"]
    assert (condition["status"], condition["reason"]) == ("True", "Local")
    assert condition["lastTransitionTime"]
    assert by_name["v1.apps"]["spec"] == {
        "group": "apps",
        "version": "v1",
        "groupPriorityMinimum": 17800,
        "versionPriority": 15,
    }
    version = {"name": "v1", "served": True, "storage": True}
    version["schema"] = {"openAPIV3Schema": {"type": "object"}}  # type: ignore[assignment]
    names = {"plural": "cars", "singular": "car", "kind": "Car"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "cars.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]},
    }
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    api.ok("POST", definitions, definition)
    api.loop.run(5)
    assert api.ok("GET", f"{PLACE}/v1.example.com")["spec"]["groupPriorityMinimum"] == 1000
    api.ok("DELETE", f"{definitions}/cars.example.com")
    api.loop.run(5)
    assert api.refused("GET", f"{PLACE}/v1.example.com")[0] == 404


def test_what_is_missing_is_said(api: Api) -> None:
    """From the Service to its endpoints, one thing after the other."""
    claim(api)
    assert available(api) == ("False", "ServiceNotFound", 'service/boats in "default" is not present')
    service(api, 80)
    why = 'service/boats in "default" is not listening on port 443'
    assert available(api) == ("False", "ServicePortError", why)
    api.ok("DELETE", "services/boats")
    service(api)
    why = 'cannot find endpointslices for service/boats in "default"'
    assert available(api) == ("False", "EndpointsNotFound", why)
    endpoints(api, ready=False)
    why = 'endpointslices for service/boats in "default" have no addresses with port name ""'
    assert available(api) == ("False", "MissingEndpoints", why)


ANSWERS: dict[str, tuple[Any, tuple[str, str, str]]] = {
    "yes": (Reply(200, "{}"), ("True", "Passed", "all checks passed")),
    "no": (
        Reply(404, ""),
        (
            "False",
            "FailedDiscoveryCheck",
            f"failing or missing response from https://10.244.0.9:8443/apis/{GROUP}/v1: bad status from "
            f"https://10.244.0.9:8443/apis/{GROUP}/v1: 404",
        ),
    ),
    "nothing": (
        CallError("dial tcp 10.244.0.9:8443: connect: connection refused"),
        (
            "False",
            "FailedDiscoveryCheck",
            f"failing or missing response from https://10.244.0.9:8443/apis/{GROUP}/v1: Get "
            f'"https://10.244.0.9:8443/apis/{GROUP}/v1": dial tcp 10.244.0.9:8443: connect: connection '
            "refused",
        ),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_pod_must_answer(api: Api, name: str) -> None:
    """The path of the group and version; it is asked again every thirty seconds."""
    answer, expected = ANSWERS[name]

    def dial(asked: Outgoing) -> Reply:
        assert (asked.method, asked.path) == ("GET", f"/apis/{GROUP}/v1")
        if isinstance(answer, CallError):
            raise answer
        assert isinstance(answer, Reply)
        return answer

    claim(api)
    service(api)
    endpoints(api)
    api.server.webhooks.caller.dial = dial
    api.loop.run(31)
    assert available(api) == expected


def test_a_group_is_stale_while_nobody_answers(api: Api) -> None:
    """It is listed, and requests for it get 503; afterwards they go on to a pod."""
    claim(api)
    assert GROUP in [each["name"] for each in api.ok("GET", "/apis")["groups"]]
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    items = api.ok("GET", "/apis", accept=accept)["items"]
    [found] = [each for each in items if each["metadata"]["name"] == GROUP]
    assert found["versions"] == [{"version": "v1", "resources": [], "freshness": "Stale"}]
    assert api.send("GET", f"/apis/{GROUP}/v1").code == 503
    assert api.send("GET", f"/apis/{GROUP}/v1/namespaces/default/boats").code == 503
    service(api)
    endpoints(api)
    api.server.webhooks.caller.dial = lambda asked: Reply(200, json.dumps({"path": asked.path}))
    api.loop.run(31)
    path = f"/apis/{GROUP}/v1/namespaces/default/boats"
    assert json.loads(api.ok("GET", path)) == {"path": path}
    api.ok("DELETE", f"{PLACE}/v1.{GROUP}")
    api.loop.run(31)
    assert api.send("GET", path).code == 404
