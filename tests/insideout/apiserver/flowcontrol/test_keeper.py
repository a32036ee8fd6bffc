"""The configuration that every server has, and the condition of FlowSchemas.

Source: k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go@v1.36.2.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes.client import FlowcontrolApiserverV1Api

from insideout import Cluster
from insideout.apiserver.requests import Request
from insideout.apiserver.rest import Rest
from insideout.apiserver.server import ApiServer
from insideout.sim.loop import Loop

LEVELS = [
    "catch-all",
    "exempt",
    "global-default",
    "leader-election",
    "node-high",
    "system",
    "workload-high",
    "workload-low",
]
SCHEMAS = {
    "catch-all": 10_000,
    "exempt": 1,
    "global-default": 9900,
    "kube-controller-manager": 800,
    "kube-scheduler": 800,
    "kube-system-service-accounts": 900,
    "probes": 2,
    "service-accounts": 9000,
    "system-leader-election": 100,
    "system-node-high": 400,
    "system-nodes": 500,
}
EXISTS = 'This FlowSchema references the PriorityLevelConfiguration object named "{}" and it exists'
MISSING = (
    'This FlowSchema references the PriorityLevelConfiguration object named "{}" but there is no such object'
)


@pytest.fixture
def api() -> Iterator[tuple[Cluster, FlowcontrolApiserverV1Api]]:
    with Cluster.create() as cluster:
        yield cluster, FlowcontrolApiserverV1Api(cluster.api_client)


Api = tuple[Cluster, FlowcontrolApiserverV1Api]


def dangling(flowcontrol: FlowcontrolApiserverV1Api, name: str) -> Any:
    (condition,) = flowcontrol.read_flow_schema(name).status.conditions
    assert condition.type == "Dangling"
    return condition


def own(level: str) -> dict[str, Any]:
    subject = {"kind": "User", "user": {"name": "eve"}}
    resources = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "namespaces": ["*"]}
    rule = {"subjects": [subject], "resourceRules": [resources]}
    spec = {"priorityLevelConfiguration": {"name": level}, "matchingPrecedence": 700, "rules": [rule]}
    return {"metadata": {"name": "own"}, "spec": spec}


def test_every_server_has_eleven_flow_schemas_and_eight_levels(api: Api) -> None:
    """Each FlowSchema's level is there, and its status says so."""
    _, flowcontrol = api
    found = flowcontrol.list_flow_schema().items
    assert {each.metadata.name: each.spec.matching_precedence for each in found} == SCHEMAS
    assert [each.metadata.name for each in flowcontrol.list_priority_level_configuration().items] == LEVELS
    for each in found:
        assert each.metadata.annotations == {"apf.kubernetes.io/autoupdate-spec": "true"}
        condition = dangling(flowcontrol, each.metadata.name)
        assert (condition.status, condition.reason) == ("False", "Found")
        assert condition.message == EXISTS.format(each.spec.priority_level_configuration.name)


def test_a_flow_schema_dangles_while_its_level_is_not_there(api: Api) -> None:
    """The condition follows the level, and its time follows its status."""
    cluster, flowcontrol = api
    flowcontrol.create_flow_schema(own("mine"))
    cluster.run(seconds=1)
    condition = dangling(flowcontrol, "own")
    assert (condition.status, condition.reason, condition.message) == (
        "True",
        "NotFound",
        MISSING.format("mine"),
    )
    cluster.run(seconds=5)
    limited = {"limitResponse": {"type": "Reject"}}
    level = {"metadata": {"name": "mine"}, "spec": {"type": "Limited", "limited": limited}}
    flowcontrol.create_priority_level_configuration(level)
    cluster.run(seconds=1)
    later = dangling(flowcontrol, "own")
    assert (later.status, later.reason, later.message) == ("False", "Found", EXISTS.format("mine"))
    assert later.last_transition_time > condition.last_transition_time


def test_what_is_deleted_comes_back_within_a_minute(api: Api) -> None:
    """A suggested one and a mandatory one."""
    cluster, flowcontrol = api
    for name in ("probes", "exempt"):
        flowcontrol.delete_flow_schema(name)
    assert "probes" not in [each.metadata.name for each in flowcontrol.list_flow_schema().items]
    cluster.run(seconds=61)
    assert {each.metadata.name for each in flowcontrol.list_flow_schema().items} == SCHEMAS.keys()


@pytest.mark.parametrize(
    ("says", "kept"), [("false", 7), ("true", 800), ("perhaps", 7)], ids=["theirs", "ours", "unclear"]
)
def test_a_suggested_spec_is_its_changers_when_the_annotation_says_so(api: Api, says: str, kept: int) -> None:
    """An annotation that is no truth value counts as theirs, once the spec was changed."""
    cluster, flowcontrol = api
    body = {
        "metadata": {"annotations": {"apf.kubernetes.io/autoupdate-spec": says}},
        "spec": {"matchingPrecedence": 7},
    }
    flowcontrol.patch_flow_schema("kube-scheduler", body)
    cluster.run(seconds=61)
    found = flowcontrol.read_flow_schema("kube-scheduler")
    assert found.spec.matching_precedence == kept
    now = found.metadata.annotations["apf.kubernetes.io/autoupdate-spec"]
    assert now == ("false" if kept == 7 else "true")


def test_a_mandatory_spec_is_put_back_whatever_the_annotation_says(api: Api) -> None:
    """The last level, for whoever matches nothing else, keeps its five shares."""
    cluster, flowcontrol = api
    body = {
        "metadata": {"annotations": {"apf.kubernetes.io/autoupdate-spec": "false"}},
        "spec": {"limited": {"nominalConcurrencyShares": 50}},
    }
    flowcontrol.patch_priority_level_configuration("catch-all", body)
    cluster.run(seconds=61)
    found = flowcontrol.read_priority_level_configuration("catch-all")
    assert found.spec.limited.nominal_concurrency_shares == 5
    assert found.metadata.annotations["apf.kubernetes.io/autoupdate-spec"] == "true"


def test_a_cluster_that_nobody_asks_has_none_of_it() -> None:
    """A new server does not wait for nineteen objects; they come with the first request for one of them."""
    server = ApiServer(Loop())
    for path in ("/api/v1/nodes", "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas"):
        before = server.store.range("/registry/flowschemas").items
        Rest(server).handle(Request("GET", path))
        assert not before
    assert len(server.store.range("/registry/flowschemas").items) == len(SCHEMAS)
