"""The pytest plugin, in runs of pytest of its own: fixtures, options, what a failure shows."""

from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

DEPLOYMENT = """
BODY = {
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "nginx"}]},
        },
    },
}
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Return a function that runs a file of tests with this plugin and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(text: str) -> pytest.RunResult:
        pytester.makepyfile(DEPLOYMENT + text)
        return pytester.runpytest_subprocess("-p", "insideout.testing.plugin", "-p", "no:cacheprovider")

    return run


def test_a_cluster_schedules_and_runs_pods_in_virtual_time(run):
    done = run("""
def test_ready(cluster):
    cluster.apps.create_namespaced_deployment("default", BODY)
    cluster.run(minutes=5)
    assert cluster.apps.read_namespaced_deployment("web", "default").status.ready_replicas == 3
""")
    done.assert_outcomes(passed=1)


def test_the_marker_and_the_fixture_say_what_a_cluster_is_made_of(run):
    done = run("""
import pytest

@pytest.fixture
def cluster_options():
    return {"nodes": 1}

def test_from_the_fixture(cluster):
    assert len(cluster.core.list_node().items) == 1

@pytest.mark.cluster(nodes=2, without=["kube-scheduler"])
def test_from_the_marker(cluster):
    cluster.apps.create_namespaced_deployment("default", BODY)
    cluster.run(seconds=60)
    assert len(cluster.core.list_node().items) == 2
    assert [pod.spec.node_name for pod in cluster.core.list_namespaced_pod("default").items] == [None] * 3

class Binds:
    def __init__(self, client, loop):
        self.client = client
    def start(self):
        self.client.create("configmaps", {"metadata": {"name": "mine"}}, "default")
    def stop(self):
        pass

@pytest.mark.cluster(replace={"kube-scheduler": Binds})
def test_a_component_of_ones_own(cluster):
    assert cluster.core.read_namespaced_config_map("mine", "default")
""")
    done.assert_outcomes(passed=3)


def test_an_unknown_option_is_named(run):
    done = run("""
import pytest

@pytest.mark.cluster(node=2)
def test_it(cluster):
    pass
""")
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(
        ["*a cluster has no option node; there are nodes, seed, timing, without, replace*"]
    )


def test_the_seed_is_the_tests_name(run):
    done = run("""
names = []

def test_one(cluster):
    cluster.apps.create_namespaced_deployment("default", BODY)
    cluster.run(seconds=5)
    names.append(sorted(pod.metadata.name for pod in cluster.core.list_namespaced_pod("default").items))

def test_two(cluster):
    test_one(cluster)
    assert names[0] != names[1]
""")
    done.assert_outcomes(passed=2)


def test_a_failed_test_shows_events_and_requests(run):
    done = run("""
def test_too_large(cluster):
    BODY["spec"]["template"]["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "1000"}}
    cluster.apps.create_namespaced_deployment("default", BODY)
    cluster.run(seconds=5)
    assert cluster.apps.read_namespaced_deployment("web", "default").status.ready_replicas == 3
""")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            "*last 10 of * Events*",
            "*Warning FailedScheduling Pod/web-*0/3 nodes are available: 3 Insufficient cpu.*",
            "*last 20 of * requests and watch events*",
            "*get deployments default/web -> 200*",
        ]
    )


def test_the_installed_plugin_is_found_by_its_entry_point():
    (found,) = entry_points(group="pytest11", name="insideout")
    assert found.value == "insideout.testing.plugin"


def test_a_passed_test_shows_nothing_and_a_run_without_clusters_imports_none(run):
    done = run("""
import sys

def test_nothing_was_loaded():
    assert "insideout.cluster" not in sys.modules
""")
    done.assert_outcomes(passed=1)
    assert "Events" not in done.stdout.str()


def test_a_server_has_a_kubeconfig_and_is_gone_afterwards(run):
    done = run("""
import kubernetes

paths = []

def test_served(cluster_server):
    paths.append(cluster_server.kubeconfig)
    api = kubernetes.config.new_client_from_config(str(cluster_server.kubeconfig))
    assert len(kubernetes.client.CoreV1Api(api).list_node().items) == 3
    api.rest_client.pool_manager.clear()

def test_gone():
    assert not paths[0].exists()
""")
    done.assert_outcomes(passed=2)
