"""A container whose command is known ends as it says; any other runs on."""

from typing import Any

import pytest

from insideout import Cluster
from insideout.kubelet.commands import is_known

Object = dict[str, Any]


@pytest.mark.parametrize(
    ("words", "known"),
    [
        (["echo", "hi"], True),
        (["/bin/true"], True),
        (["sh", "-c", "echo a; sleep 5 && exit 3"], True),
        (["/bin/bash", "-ec", "/bin/echo a\n# done\nexit 0"], True),
        (["sh", "-c", "echo a; nginx -g 'daemon off;'"], False),
        (["sh", "-c", "while true; do sleep 1; done"], False),
        (["sh", "-c", "echo $(date)"], False),
        (["sh", "-c", "echo 'open"], False),
        (["nginx"], False),
        (["/opt/true"], False),
        ([], False),
    ],
)
def test_which_commands_are_known(words: list[str], known: bool) -> None:
    """Every program of it must be."""
    assert is_known(words) is known


def pod(command: list[str], args: list[str] | None = None, **spec: Any) -> Object:
    container = {
        "name": "c",
        "image": "busybox:1",
        "command": command,
        "env": [{"name": "WHO", "value": "you"}],
    }
    if args:
        container["args"] = args
    return {"metadata": {"name": "p"}, "spec": {"restartPolicy": "Never", "containers": [container], **spec}}


@pytest.fixture
def cluster():
    with Cluster.create(nodes=1) as made:
        yield made


@pytest.mark.parametrize(
    ("command", "args", "after_s", "code", "log"),
    [
        (["sh", "-c", "echo hello"], None, 1, 0, "hello\n"),
        (["false"], None, 1, 1, ""),
        (["sleep"], ["20"], 25, 0, ""),
        (["sh", "-c"], ["echo one; sleep 2; /bin/echo two; exit 7"], 5, 7, "one\ntwo\n"),
        (["echo"], ["$(WHO)", "$$(WHO)", "$(NOBODY)"], 1, 0, "you $(WHO) $(NOBODY)\n"),
        (["sh", "-c", "echo $WHO && false && echo no"], None, 1, 1, "you\n"),
        (["cat", "/nowhere"], None, 1, 1, "cat: /nowhere: No such file or directory\n"),
    ],
)
def test_it_ends_as_its_command_says(cluster, command, args, after_s, code, log) -> None:
    """Its exit code and its log are the command's."""
    cluster.core.create_namespaced_pod("default", pod(command, args))
    cluster.run(seconds=after_s + 2)
    found = cluster.core.read_namespaced_pod("p", "default")
    assert found.status.phase == ("Failed" if code else "Succeeded")
    assert found.status.container_statuses[0].state.terminated.exit_code == code
    assert cluster.core.read_namespaced_pod_log("p", "default", _preload_content=False).data.decode() == log


def test_one_that_sleeps_waits_to_be_killed(cluster) -> None:
    """Process 1 of a container does not hear SIGTERM unless it asks for it."""
    cluster.core.create_namespaced_pod("default", pod(["sleep", "1000"], terminationGracePeriodSeconds=10))
    cluster.run(seconds=5)
    cluster.core.delete_namespaced_pod("p", "default")
    cluster.run(seconds=8)
    assert cluster.core.read_namespaced_pod("p", "default").metadata.deletion_timestamp
    cluster.run(seconds=4)
    assert not cluster.core.list_namespaced_pod("default").items


def test_init_containers_go_before(cluster) -> None:
    """[sig-node] InitContainer should invoke init containers, and not start others when one fails."""
    first = {"name": "i", "image": "busybox:1", "command": ["/bin/true"]}
    cluster.core.create_namespaced_pod("default", pod(["/bin/true"], initContainers=[first]))
    cluster.run(seconds=5)
    assert cluster.core.read_namespaced_pod("p", "default").status.phase == "Succeeded"
    bad = pod(["/bin/true"], initContainers=[{**first, "command": ["/bin/false"]}])
    bad["metadata"]["name"] = "q"
    cluster.core.create_namespaced_pod("default", bad)
    cluster.run(seconds=5)
    found = cluster.core.read_namespaced_pod("q", "default").status
    assert found.phase == "Failed"
    assert found.container_statuses[0].state.waiting.reason == "PodInitializing"


def test_a_name_that_an_annotation_gives_comes_first(cluster) -> None:
    """A Pod's annotation says more than its command."""
    body = pod(["false"])
    body["metadata"]["annotations"] = {"program.course/c": "exit 0"}
    cluster.core.create_namespaced_pod("default", body)
    cluster.run(seconds=5)
    assert cluster.core.read_namespaced_pod("p", "default").status.phase == "Succeeded"
