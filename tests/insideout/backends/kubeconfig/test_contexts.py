"""Which cluster is meant: files merged as kubectl does, paths kept, production refused."""

import os

import pytest
import yaml

from insideout import Cluster
from insideout.backends.kubeconfig import contexts
from insideout.backends.kubeconfig.contexts import ContextError


def write(path, name, server="https://127.0.0.1:1", current=True, **cluster):
    document = {
        "clusters": [{"name": f"{name}-cluster", "cluster": {"server": server, **cluster}}],
        "users": [{"name": f"{name}-user", "user": {"token": name, "client-key": "keys/a.key"}}],
        "contexts": [{"name": name, "context": {"cluster": f"{name}-cluster", "user": f"{name}-user"}}],
        **({"current-context": name} if current else {}),
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(document))
    return str(path)


def test_the_first_file_gives_the_current_context_and_any_file_a_named_one(tmp_path):
    files = os.pathsep.join(
        (
            write(tmp_path / "a" / "config", "one"),
            write(tmp_path / "b" / "config", "two"),
            str(tmp_path / "no"),
        )
    )
    assert contexts.find("", {"KUBECONFIG": files}).name == "one"
    two = contexts.find("two", {"KUBECONFIG": files})
    assert two.user == {"token": "two", "client-key": str(tmp_path / "b" / "keys" / "a.key")}
    two.write(tmp_path / "alone", "mine")
    alone = yaml.safe_load((tmp_path / "alone").read_text())
    assert [one["context"]["namespace"] for one in alone["contexts"]] == ["mine"]
    assert [one["name"] for one in alone["users"]] == ["two-user"]
    assert (tmp_path / "alone").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no kubeconfig at .*: set KUBECONFIG"),
        ("a: [", "is no kubeconfig"),
        ("text", "is no kubeconfig: it holds no mapping"),
        ("current-context: gone", "no context 'gone' in .*; there are: none"),
        (
            "contexts: [{name: x, context: {cluster: y}}]\ncurrent-context: x",
            "names no cluster with a server",
        ),
    ],
)
def test_a_file_that_leads_nowhere_is_named_with_what_to_do(tmp_path, content, said):
    path = tmp_path / "config"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ContextError, match=said):
        contexts.find("", {"KUBECONFIG": str(path)})


@pytest.mark.parametrize(
    ("name", "server", "is_one"),
    [
        ("prod", "https://127.0.0.1:1", True),
        ("acme_PRD_eu", "https://127.0.0.1:1", True),
        ("kind", "https://api.production.example.com", True),
        ("live-1", "https://127.0.0.1:1", True),
        ("kind", "https://127.0.0.1:1", False),
        ("product-dev", "https://127.0.0.1:1", False),
        ("olive", "https://delivery.example.com", False),
    ],
)
def test_what_looks_like_production(tmp_path, name, server, is_one):
    found = contexts.find("", {"KUBECONFIG": write(tmp_path / "c" / "config", name, server)})
    assert bool(found.looks_like()) == is_one


def test_production_is_refused_before_anything_is_sent(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", write(tmp_path / "c" / "config", "prod"))
    with pytest.raises(
        ContextError, match=r"'prod' looks like production .*COURSE_CONTEXT.*COURSE_PRODUCTION=yes"
    ):
        Cluster.create(backend="kubeconfig")


def test_the_environment_names_a_context(tmp_path, monkeypatch):
    files = os.pathsep.join(
        (write(tmp_path / "a" / "config", "one"), write(tmp_path / "b" / "config", "prod"))
    )
    monkeypatch.setenv("KUBECONFIG", files)
    monkeypatch.setenv("COURSE_CONTEXT", "prod")
    with pytest.raises(ContextError, match="'prod' looks like production"):
        Cluster.create(backend="kubeconfig")
