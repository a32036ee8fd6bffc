"""One cluster for each module of specs, and a namespace for each spec."""

from collections.abc import Iterator

import pytest

from insideout import Cluster
from tests.conformance.specs.api import Api


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Give a cluster of three nodes in virtual time."""
    with Cluster.create(nodes=3) as made:
        yield made


@pytest.fixture
def api(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Api]:
    """Give the API of the cluster with a namespace of the spec's own."""
    made = Api(cluster, f"spec-{abs(hash(request.node.name)) % 10**8}")
    made.create("/api/v1/namespaces", {"metadata": {"name": made.namespace}})
    cluster.run(seconds=1)
    yield made
    made.delete(f"/api/v1/namespaces/{made.namespace}")
    cluster.run(seconds=10)
