"""A name server with watches answers as one that asks each time, and asks nothing."""

import pytest

from insideout.apiserver.requestlog import RequestLog, RequestMade
from insideout.backends.embedded import EmbeddedBackend
from insideout.network import dns
from insideout.network.names import WatchedNames

PORTS = [{"port": 80}]


def headless(client, address):
    client.create(
        "services", {"metadata": {"name": "db"}, "spec": {"clusterIP": "None", "ports": PORTS}}, "d"
    )
    labels = {"kubernetes.io/service-name": "db"}
    endpoints = [
        {"addresses": [address], "conditions": {"ready": True}},
        {"addresses": ["10.1.0.9"], "conditions": {"ready": False}},
    ]
    body = {"metadata": {"name": "db-1", "labels": labels}, "addressType": "IPv4", "endpoints": endpoints}
    client.create("endpointslices", body, "d")
    client.create("endpointslices", body | {"metadata": {"name": "other", "labels": {}}}, "d")


@pytest.fixture
def backend():
    backend = EmbeddedBackend(log=RequestLog())
    client = backend.client("user")
    client.create("namespaces", {"metadata": {"name": "d"}})
    client.create("services", {"metadata": {"name": "web"}, "spec": {"ports": PORTS}}, "d")
    headless(client, "10.1.0.1")
    return backend


def asked(backend):
    """Return what the name server's client asked for and did not watch."""
    made = [one for one in backend.log if isinstance(one, RequestMade) and one.client == "dns"]
    return [(one.verb, one.resource, one.name) for one in made if one.verb != "watch"]


@pytest.mark.parametrize("is_synced", [False, True])
def test_it_answers_as_the_api_server_does(backend, is_synced):
    names, client = WatchedNames(backend.client("dns"), backend.loop), backend.client("user")
    if is_synced:
        backend.loop.run(1)
    for host in ("web", "web.d", "db"):
        assert dns.resolve(names, host, "d") == dns.resolve(client, host, "d")
    assert dns.resolve(names, "db", "d") == ["10.1.0.1"]
    with pytest.raises(dns.NoSuchHostError):
        dns.resolve(names, "nobody", "d")


def test_with_its_watches_it_asks_only_for_what_they_have_not_told_of(backend):
    names, user = WatchedNames(backend.client("dns"), backend.loop), backend.client("user")
    backend.loop.run(1)
    before = len(asked(backend))
    for _ in range(10):
        dns.resolve(names, "web", "d")
        dns.resolve(names, "db", "d")
    assert asked(backend)[before:] == []
    user.create("services", {"metadata": {"name": "new"}, "spec": {"ports": PORTS}}, "d")
    assert dns.resolve(names, "new", "d") == dns.resolve(user, "new", "d")
    assert asked(backend)[before:] == [("get", "services", "new")]
    user.delete("services", "web", "d")
    backend.loop.run(1)
    with pytest.raises(dns.NoSuchHostError):
        dns.resolve(names, "web", "d")


def test_a_changed_service_leads_elsewhere_once_its_watch_has_told(backend):
    names, user = WatchedNames(backend.client("dns"), backend.loop), backend.client("user")
    backend.loop.run(1)
    user.patch("endpointslices", "db-1", {"endpoints": [{"addresses": ["10.1.0.2"]}]}, "d")
    backend.loop.run(1)
    assert dns.resolve(names, "db", "d") == ["10.1.0.2"]
