"""The pytest plugin: `cluster` in virtual time, `cluster_server` in real time for other programs, `explore`.

    def test_three_pods_are_scheduled(cluster):
        cluster.apps.create_namespaced_deployment("default", three_pods)
        cluster.run(seconds=10)
        assert all(pod.spec.node_name for pod in cluster.core.list_namespaced_pod("default").items)

What a cluster is made of is said by a marker, or for many tests by a fixture `cluster_options` of your own:

    @pytest.mark.cluster(nodes=5, without=["kube-scheduler"], replace={"replicaset-controller": Mine})

pytest loads this module in every run, so it imports no part of a cluster before a test asks for one.
"""

import zlib
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from insideout.cluster import Cluster
    from insideout.explore import Factory as ControllerFactory
    from insideout.explore import Scenario, Verdict

OPTIONS = ("nodes", "seed", "timing", "without", "replace")
_CLUSTERS = pytest.StashKey[list["Cluster"]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "cluster(nodes=3, seed=..., timing=..., without=[...], replace={...}): "
        "what the cluster of this test is made of",
    )


@pytest.fixture
def cluster_options() -> dict[str, Any]:
    """Return options for all clusters of these tests; override it where they differ from the defaults.

    The options are those of the marker, which wins: `nodes`, how many; `seed`, an int; `timing`, how long a
    node takes (insideout.kubelet.host.Timing); `without`, names of components that do not run; `replace`,
    factories of components by the names of those that they replace.
    """
    return {}


@pytest.fixture
def cluster(request: pytest.FixtureRequest, cluster_options: dict[str, Any]) -> Iterator["Cluster"]:
    """Give a cluster in virtual time, seeded by the test's name, stopped at the end."""
    yield from _made(request, cluster_options, realtime=False)


@pytest.fixture
def cluster_server(request: pytest.FixtureRequest, cluster_options: dict[str, Any]) -> Iterator["Cluster"]:
    """Give a cluster in real time with its HTTPS door on 127.0.0.1; `kubeconfig` is the way in.

    For kubectl, kopf and programs in other languages.
    """
    yield from _made(request, cluster_options, realtime=True)


@pytest.fixture
def explore() -> "Callable[..., Verdict]":
    """Give `explore(factory, scenario, **options)`, which fails the test with a story when a rule breaks.

    The options are those of `insideout.explore.explore`; what it returns says how much was tried.
    """

    def explored(factory: "ControllerFactory", scenario: "Scenario", **options: Any) -> "Verdict":
        __tracebackhide__ = True
        from insideout.explore import explore

        verdict = explore(factory, scenario, **options)
        if not verdict:
            pytest.fail(str(verdict), pytrace=False)
        return verdict

    return explored


def _made(request: pytest.FixtureRequest, options: dict[str, Any], *, realtime: bool) -> Iterator["Cluster"]:
    from insideout.cluster import Cluster

    marker = request.node.get_closest_marker("cluster")
    wanted = {**options, **(marker.kwargs if marker else {})}
    unknown = sorted(set(wanted) - set(OPTIONS))
    if unknown or (marker and marker.args):
        raise pytest.UsageError(
            f"{request.node.nodeid}: a cluster has no option {', '.join(unknown) or 'without a name'}; "
            f"there are {', '.join(OPTIONS)}"
        )
    without, replace = wanted.pop("without", ()), wanted.pop("replace", {})
    wanted.setdefault("seed", zlib.crc32(request.node.nodeid.encode()))
    with Cluster.create(**wanted, realtime=realtime, log=True, backend="embedded") as made:
        for name in without:
            made.replace(name, None)
        for name, factory in replace.items():
            made.replace(name, factory)
        if realtime:
            _ = made.kubeconfig  # opens the door
        request.node.stash.setdefault(_CLUSTERS, []).append(made)
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the clusters of a failed test last did to its report."""
    report = yield
    if report.failed and call.when == "call":
        from insideout.testing.last import last

        for made in item.stash.get(_CLUSTERS, []):
            report.sections += last(made)
    return report
