"""Parts of volumes whose paths are made of variables: test/e2e/common/node/expansion.go@v1.36.2."""

from typing import Any

import pytest

from insideout import Cluster
from insideout.kubelet.sources import SourceError
from insideout.kubelet.subpaths import resolved

Object = dict[str, Any]
ENV = {"NAME": "p", "UP": "..", "ROOT": "/etc", "EMPTY": ""}


def mount(**more: str) -> Object:
    return {"name": "v", "mountPath": "/v", **more}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, None),
        ({"subPath": "a/b"}, "a/b"),
        ({"subPathExpr": "logs/$(NAME)"}, "logs/p"),
        ({"subPathExpr": "$$(NAME)"}, "$(NAME)"),
    ],
)
def test_the_path_that_is_mounted(given: Object, path: str | None) -> None:
    (found,) = resolved([mount(**given)], ENV)
    assert found.get("subPath") == path


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"subPathExpr": "$(NOPE)/$(EMPTY)/$(NAME)"}, "missing value for EMPTY, NOPE"),
        ({"subPathExpr": "$(UP)"}, "unable to provision SubPath `..`: must not contain '..'"),
        ({"subPathExpr": "$(ROOT)"}, "error SubPath `/etc` must not be an absolute path"),
    ],
)
def test_what_is_no_path_to_mount(given: Object, said: str) -> None:
    with pytest.raises(SourceError) as told:
        resolved([mount(), mount(**given)], ENV)
    assert str(told.value) == said


def test_a_container_waits_for_a_path_and_mounts_it() -> None:
    with Cluster.create(nodes=1) as cluster:
        data = {"metadata": {"name": "cm"}, "data": {"here": "1", "there": "2"}}
        cluster.core.create_namespaced_config_map("default", data)
        source = {"fieldRef": {"fieldPath": "metadata.annotations['key']"}}
        container = {
            "name": "main",
            "image": "i",
            "env": [{"name": "KEY", "valueFrom": source}],
            "volumeMounts": [{"name": "v", "mountPath": "/file", "subPathExpr": "$(KEY)"}],
        }
        spec = {"containers": [container], "volumes": [{"name": "v", "configMap": {"name": "cm"}}]}
        pod = cluster.core.create_namespaced_pod("default", {"metadata": {"name": "p"}, "spec": spec})
        cluster.run(seconds=5)
        status = cluster.core.read_namespaced_pod("p", "default").status.container_statuses[0]
        assert status.state.waiting.reason == "CreateContainerConfigError"
        assert status.state.waiting.message == "missing value for KEY"
        cluster.core.patch_namespaced_pod("p", "default", {"metadata": {"annotations": {"key": "there"}}})
        cluster.run(seconds=20)
        found = cluster.nodes.nodes["node-0"].pods.workers[pod.metadata.uid].container("main")
        assert found is not None
        assert found.process is not None
        assert found.process.files.read("/file") == b"2"
