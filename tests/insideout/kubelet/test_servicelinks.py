"""The variables that name Services to containers, as pkg/kubelet/envvars/envvars_test.go@v1.36.2 has them."""

from collections.abc import Iterator
from typing import Any

import pytest

from insideout import Cluster
from insideout.kubelet.servicelinks import variables_of

Object = dict[str, Any]


def service(name: str, address: str | None, *ports: Object) -> Object:
    return {"metadata": {"name": name}, "spec": {"clusterIP": address, "ports": list(ports)}}


def test_variables_of_services() -> None:
    services = [
        service("foo-bar", "1.2.3.4", {"port": 8080, "protocol": "TCP"}),
        service(
            "abc-123",
            "5.6.7.8",
            {"name": "u-d-p", "port": 8081, "protocol": "UDP"},
            {"name": "t-c-p", "port": 8081, "protocol": "TCP"},
        ),
        service("svrc-clusterip-none", "None", {"port": 8082}),
        service("svrc-clusterip-empty", None, {"port": 8082}),
        service("super-ipv6", "2001:DB8::", {"name": "u-d-p", "port": 8084, "protocol": "UDP"}),
    ]
    assert variables_of(services) == {
        "FOO_BAR_SERVICE_HOST": "1.2.3.4",
        "FOO_BAR_SERVICE_PORT": "8080",
        "FOO_BAR_PORT": "tcp://1.2.3.4:8080",
        "FOO_BAR_PORT_8080_TCP": "tcp://1.2.3.4:8080",
        "FOO_BAR_PORT_8080_TCP_PROTO": "tcp",
        "FOO_BAR_PORT_8080_TCP_PORT": "8080",
        "FOO_BAR_PORT_8080_TCP_ADDR": "1.2.3.4",
        "ABC_123_SERVICE_HOST": "5.6.7.8",
        "ABC_123_SERVICE_PORT": "8081",
        "ABC_123_SERVICE_PORT_U_D_P": "8081",
        "ABC_123_SERVICE_PORT_T_C_P": "8081",
        "ABC_123_PORT": "udp://5.6.7.8:8081",
        "ABC_123_PORT_8081_UDP": "udp://5.6.7.8:8081",
        "ABC_123_PORT_8081_UDP_PROTO": "udp",
        "ABC_123_PORT_8081_UDP_PORT": "8081",
        "ABC_123_PORT_8081_UDP_ADDR": "5.6.7.8",
        "ABC_123_PORT_8081_TCP": "tcp://5.6.7.8:8081",
        "ABC_123_PORT_8081_TCP_PROTO": "tcp",
        "ABC_123_PORT_8081_TCP_PORT": "8081",
        "ABC_123_PORT_8081_TCP_ADDR": "5.6.7.8",
        "SUPER_IPV6_SERVICE_HOST": "2001:DB8::",
        "SUPER_IPV6_SERVICE_PORT": "8084",
        "SUPER_IPV6_SERVICE_PORT_U_D_P": "8084",
        "SUPER_IPV6_PORT": "udp://[2001:DB8::]:8084",
        "SUPER_IPV6_PORT_8084_UDP": "udp://[2001:DB8::]:8084",
        "SUPER_IPV6_PORT_8084_UDP_PROTO": "udp",
        "SUPER_IPV6_PORT_8084_UDP_PORT": "8084",
        "SUPER_IPV6_PORT_8084_UDP_ADDR": "2001:DB8::",
    }


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster.create(nodes=1) as made:
        made.core.create_namespace({"metadata": {"name": "other"}})
        made.run(seconds=1)
        for namespace, name in (("default", "web"), ("other", "db")):
            spec = {"selector": {"app": name}, "ports": [{"port": 80}]}
            made.core.create_namespaced_service(namespace, {"metadata": {"name": name}, "spec": spec})
        yield made


def hosts(
    cluster: Cluster, namespace: str = "default", env: tuple[Object, ...] = (), **spec: Any
) -> dict[str, str]:
    """Run a Pod, and return which Services its container knows, with all that it was given besides."""
    containers = [{"name": "main", "image": "i", "env": list(env)}]
    body = {"metadata": {"generateName": "p-"}, "spec": {"containers": containers, **spec}}
    uid = cluster.core.create_namespaced_pod(namespace, body).metadata.uid
    cluster.run(seconds=5)
    container = cluster.nodes.nodes["node-0"].pods.workers[uid].container("main")
    assert container is not None
    assert container.process is not None
    given = {each["name"] for each in env}
    return {
        name: value
        for name, value in container.process.env.items()
        if name.endswith("_SERVICE_HOST") or name in given
    }


def test_the_services_of_the_namespace_and_the_api_server(cluster: Cluster) -> None:
    found = hosts(cluster)
    assert set(found) == {"KUBERNETES_SERVICE_HOST", "WEB_SERVICE_HOST"}
    web = cluster.core.read_namespaced_service("web", "default")
    assert found["WEB_SERVICE_HOST"] == web.spec.cluster_ip
    assert set(hosts(cluster, "other")) == {"KUBERNETES_SERVICE_HOST", "DB_SERVICE_HOST"}


def test_without_links_only_the_api_server(cluster: Cluster) -> None:
    assert set(hosts(cluster, enableServiceLinks=False)) == {"KUBERNETES_SERVICE_HOST"}


def test_services_are_those_of_the_start(cluster: Cluster) -> None:
    assert "WEB_SERVICE_HOST" in hosts(cluster)
    cluster.core.delete_namespaced_service("web", "default")
    cluster.run(seconds=1)
    assert set(hosts(cluster)) == {"KUBERNETES_SERVICE_HOST"}


def test_a_variable_of_its_own_comes_first_and_may_refer_to_them(cluster: Cluster) -> None:
    env = (
        {"name": "URL", "value": "http://$(WEB_SERVICE_HOST):80"},
        {"name": "WEB_SERVICE_HOST", "value": "mine"},
        {"name": "LATER", "value": "$(WEB_SERVICE_HOST)"},
    )
    address = cluster.core.read_namespaced_service("web", "default").spec.cluster_ip
    found = hosts(cluster, env=env)
    assert found["URL"] == f"http://{address}:80"
    assert found["WEB_SERVICE_HOST"] == found["LATER"] == "mine"
