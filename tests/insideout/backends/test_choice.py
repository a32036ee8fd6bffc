"""What the environment says of the backend gives way where only the embedded cluster will do."""

import pytest

from insideout import Cluster
from insideout.backends import choice
from insideout.backends.embedded import EmbeddedBackend
from insideout.raft.messages import MakeNode
from insideout.sim.loop import Loop


@pytest.fixture
def named(monkeypatch):
    """Name another backend in the environment, as if nothing had been said yet."""
    monkeypatch.setenv("COURSE_BACKEND", "controlplane")
    choice.say_once.cache_clear()


OPTIONS = {
    "its time is virtual": {"realtime": False},
    "it is asked for by name": {"backend": "embedded"},
}


@pytest.mark.parametrize("why", OPTIONS)
def test_a_cluster_that_needs_it_is_embedded_and_says_so_once(named, capsys, why):
    for _ in range(2):
        with Cluster.create(nodes=0, **OPTIONS[why]) as cluster:
            assert isinstance(cluster.backend, EmbeddedBackend)
            assert type(cluster.loop) is Loop
    assert capsys.readouterr().err == f"an embedded cluster, not COURSE_BACKEND=controlplane: {why}\n"


def test_a_log_is_of_clients_that_are_started_here(named, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_BACKEND", "kubeconfig")
    with Cluster.create(nodes=0, log=True) as cluster:
        assert isinstance(cluster.backend, EmbeddedBackend)
    why = "it keeps a log of requests"
    assert capsys.readouterr().err == f"an embedded cluster, not COURSE_BACKEND=kubeconfig: {why}\n"
    with pytest.raises(ValueError, match=f"only an embedded cluster will do, not kubeconfig: {why}"):
        Cluster.create(backend="kubeconfig", log=True)


def test_nothing_is_said_where_nothing_else_was_asked_for(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_BACKEND", raising=False)
    choice.say_once.cache_clear()
    assert choice.choose("embedded", "its time is virtual") == "embedded"
    assert choice.choose("", "its time is virtual") == "embedded"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ({"raft": MakeNode, "raft_lasts": True}, "its Raft group lives for hours"),
        ({"realtime": False}, "its time is virtual"),
    ],
)
def test_what_was_asked_for_by_name_is_refused_not_replaced(option, why):
    with pytest.raises(ValueError, match=f"only an embedded cluster will do, not controlplane: {why}"):
        Cluster.create(backend="controlplane", **option)


def test_a_raft_group_is_no_part_of_a_cluster_that_is_there_already(monkeypatch, capsys):
    why = "its data is on a Raft group"
    with pytest.raises(ValueError, match=f"only an embedded cluster will do, not kubeconfig: {why}"):
        Cluster.create(backend="kubeconfig", raft=MakeNode)


def test_a_control_plane_on_a_raft_group_says_what_it_lacks(monkeypatch, capsys):
    missing = "etcd's protocol needs grpcio, which is not installed"
    monkeypatch.setattr("insideout.etcd.why_not", lambda: missing)
    with pytest.raises(ValueError, match=f"only an embedded cluster will do, not controlplane: {missing}"):
        Cluster.create(backend="controlplane", raft=MakeNode)


def test_a_backend_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("COURSE_BACKEND", "kind")
    with pytest.raises(ValueError, match="no backend 'kind'; there are: embedded, controlplane, kubeconfig"):
        Cluster.create()
