"""Each cluster IP of a Service has its IPAddress.

Source: pkg/registry/core/service/ipallocator/controller/repairip.go@v1.36.2.
"""

from collections.abc import Iterator

import pytest
from kubernetes.client import NetworkingV1Api

from insideout import Cluster


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster.create(nodes=0) as made:
        yield made


def create(cluster: Cluster, name: str, **spec: str) -> str:
    body = {"metadata": {"name": name}, "spec": {"ports": [{"port": 80}], **spec}}
    return cluster.core.create_namespaced_service("default", body).spec.cluster_ip


def addresses(cluster: Cluster) -> dict[str, str]:
    found = NetworkingV1Api(cluster.api_client).list_ip_address().items
    return {each.metadata.name: each.spec.parent_ref.name for each in found}


def test_every_service_has_one_but_those_without_an_address(cluster: Cluster) -> None:
    """Those that were there before anybody asked, and later ones."""
    web = create(cluster, "web")
    create(cluster, "headless", clusterIP="None")
    assert addresses(cluster) == {"10.96.0.1": "kubernetes", web: "web"}
    shop = create(cluster, "shop")
    cluster.run(seconds=1)
    assert addresses(cluster) == {"10.96.0.1": "kubernetes", web: "web", shop: "shop"}
    labels = NetworkingV1Api(cluster.api_client).read_ip_address(shop).metadata.labels
    assert labels == {
        "ipaddress.kubernetes.io/ip-family": "IPv4",
        "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
    }


def test_it_goes_with_its_service_and_not_before(cluster: Cluster) -> None:
    web = create(cluster, "web")
    networking = NetworkingV1Api(cluster.api_client)
    networking.delete_ip_address(web)
    cluster.run(seconds=1)
    assert web in addresses(cluster)
    cluster.core.delete_namespaced_service("web", "default")
    cluster.run(seconds=1)
    assert addresses(cluster) == {"10.96.0.1": "kubernetes"}


def test_one_of_somebody_s_own_stays(cluster: Cluster) -> None:
    networking = NetworkingV1Api(cluster.api_client)
    reference = {"group": "example.com", "resource": "boats", "name": "ada"}
    networking.create_ip_address({"metadata": {"name": "192.0.2.1"}, "spec": {"parentRef": reference}})
    cluster.run(seconds=1)
    assert addresses(cluster) == {"10.96.0.1": "kubernetes", "192.0.2.1": "ada"}
