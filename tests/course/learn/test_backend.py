"""A unit that cannot run on the named backend runs on the embedded one, and tells why in one line."""

from pathlib import Path

import pytest

from course.learn import backend
from course.lessons_need import NEEDS, NO
from insideout import Cluster
from insideout.backends import choice
from insideout.backends.embedded import EmbeddedBackend


@pytest.fixture(autouse=True)
def heeded(monkeypatch):
    """Forget afterwards what was heeded."""
    monkeypatch.setenv("COURSE_BACKEND", "kubeconfig")
    choice.say_once.cache_clear()
    yield
    choice.keep_embedded("")


def test_a_unit_with_nodes_of_ours_is_embedded_beside_somebody_s_cluster(capsys):
    needs = NEEDS["06_qos"].kubeconfig
    assert needs.runs == NO
    backend.heed(Path("course/06_qos"))
    with Cluster.create(nodes=1) as cluster:
        assert isinstance(cluster.backend, EmbeddedBackend)
        cluster.nodes.add("more")
    assert capsys.readouterr().err == f"an embedded cluster, not COURSE_BACKEND=kubeconfig: {needs.why}\n"


@pytest.mark.parametrize("folder", ["course/02_watch", "somewhere/else"])
def test_a_unit_that_runs_there_and_a_notebook_that_is_none_of_ours_are_left_alone(folder):
    backend.heed(Path(folder))
    assert choice.choose("") == "kubeconfig"


def test_who_asks_by_name_is_not_kept_from_it():
    backend.heed(Path("06_qos"))
    assert choice.choose("kubeconfig") == "kubeconfig"
    assert choice.choose("") == "embedded"


def test_a_backend_that_is_none_is_refused_by_the_cluster_not_by_the_import(monkeypatch):
    monkeypatch.setenv("COURSE_BACKEND", "kind")
    backend.heed(Path("06_qos"))
    with pytest.raises(ValueError, match="no backend 'kind'"):
        choice.choose("")
