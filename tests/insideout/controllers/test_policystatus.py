"""A policy's status says what its expressions are warned of, once for each generation."""

from collections.abc import Iterator
from typing import Any

import pytest

from insideout import Cluster
from insideout.apiserver.cel import reading

pytestmark = pytest.mark.skipif(not reading.installed(), reason=reading.MISSING)
POLICIES = "validatingadmissionpolicies"
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Widget", "plural": "widgets"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {"type": "object", "properties": {"size": {"type": "integer"}}}
                },
            }
        ],
    },
}


@pytest.fixture
def made() -> Iterator[Cluster]:
    with Cluster.create(nodes=0) as cluster:
        yield cluster


def policy(expression: str, group: str = "apps", resource: str = "deployments") -> dict[str, Any]:
    rule = {
        "apiGroups": [group],
        "apiVersions": ["v1"],
        "operations": ["CREATE"],
        "resources": [resource],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "p"},
        "spec": {
            "matchConstraints": {"resourceRules": [rule]},
            "validations": [{"expression": expression}],
        },
    }


def status_of(cluster: Cluster) -> dict[str, Any]:
    cluster.run(seconds=1)
    found: dict[str, Any] = cluster.client("test").get(POLICIES, "p")["status"]
    return found


def test_each_generation_is_checked_once(made: Cluster) -> None:
    client = made.client("test")
    client.create(POLICIES, policy("object.spec.replicas > 1"))
    assert status_of(made) == {"observedGeneration": 1, "typeChecking": {}}
    client.patch(POLICIES, "p", {"spec": {"validations": [{"expression": "object.spec.nope == 1"}]}})
    status = status_of(made)
    assert status["observedGeneration"] == 2
    (warning,) = status["typeChecking"]["expressionWarnings"]
    assert warning["fieldRef"] == "spec.validations[0].expression"
    assert "undefined field 'nope'" in warning["warning"]
    mine = {"expressionWarnings": [{"fieldRef": "spec", "warning": "mine"}]}
    client.patch(POLICIES, "p", {"status": {"typeChecking": mine}}, subresource="status")
    assert status_of(made) == {"observedGeneration": 2, "typeChecking": mine}


def test_a_kind_that_a_definition_brought(made: Cluster) -> None:
    client = made.client("test")
    client.create("customresourcedefinitions", CRD)
    made.run(seconds=1)
    client.create(POLICIES, policy("object.size > 1 && object.nope == 1", "example.com", "widgets"))
    (warning,) = status_of(made)["typeChecking"]["expressionWarnings"]
    assert warning["warning"].startswith("example.com/v1, Kind=Widget: ERROR: <input>:1:26: undefined field")


def test_nothing_is_said_where_expressions_cannot_be_read(
    made: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.client("test").create(POLICIES, policy("object.spec.nope == 1"))
    monkeypatch.setattr(reading, "installed", lambda: False)
    assert status_of(made) == {}
