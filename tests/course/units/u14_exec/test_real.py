"""An exec over a WebSocket leaves the trace that one without a socket leaves."""

from types import SimpleNamespace

import kubernetes.config
import pytest

from course.units.u14_exec.hops import exec_in, pod
from insideout import Cluster

COMMANDS = {
    "two outputs and an exit code": (["sh", "-c", "cat /no; exit 3"], {}),
    "what is typed, and its end": (["sh"], {"stdin": "echo $A\nexit 3\n"}),
    "a program that is not there": (["nosuch"], {}),
    "success": (["echo", "Grüße"], {}),
}


@pytest.fixture(scope="module")
def clusters():
    """Give a cluster, and the same one as a client over the network sees it."""
    with Cluster.create(nodes=1, realtime=True) as cluster:
        cluster.core.create_namespaced_pod("default", pod("web"))
        cluster.wait(lambda: cluster.core.read_namespaced_pod("web", "default").status.phase == "Running")
        with kubernetes.config.new_client_from_config(str(cluster.kubeconfig)) as client:
            yield cluster, SimpleNamespace(api_client=client, nodes=cluster.nodes, backend=None)


@pytest.mark.parametrize("case", COMMANDS.values(), ids=COMMANDS)
def test_a_command(clusters, case):
    command, options = case
    here, there = (exec_in(each, "web", command, **options) for each in clusters)
    assert (there.answer, there.frames, there.steps) == (101, here.frames, here.steps)


def test_a_refusal(clusters):
    here, there = (exec_in(each, "none", ["ls"]) for each in clusters)
    assert (there.answer, there.steps) == (404, here.steps)
    assert there.steps[1] == ("API server", "client", '404 pods "none" not found')
