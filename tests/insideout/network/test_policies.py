"""NetworkPolicies: the recorded tables cell for cell, the rules one by one, and a cluster that obeys them."""

from typing import Any

import pytest

from insideout import records
from insideout.client import Client
from insideout.cluster import Cluster
from insideout.network import PolicyEnforcer
from insideout.network.policies import allowed, explain, policy_types
from insideout.verify.netpol import table
from insideout.verify.players import PLAYERS


@pytest.mark.parametrize(("name", "tables"), [("netpol", 60), ("netpol_e2e", 65), ("netpol_disputed", 4)])
def test_every_recorded_cell(name: str, tables: int) -> None:
    """As three engines and the e2e tests have it; where one of them differs, as the others do."""
    outcomes = list(PLAYERS["netpol"](None, records.read(name)))  # type: ignore[arg-type]
    assert len(outcomes) == tables
    assert {outcome.place: outcome.differences for outcome in outcomes if outcome.differences} == {}


def test_a_wrong_cell_is_noticed() -> None:
    """A record that says something else is not passed over."""
    row = records.read("netpol")[0]
    lines = table(row, "TCP/80")
    flipped = [lines[0].replace(".", "X", 1), *lines[1:]]
    (outcome,) = PLAYERS["netpol"](None, [row | {"want": {"TCP/80": flipped}}])  # type: ignore[arg-type]
    assert outcome.differences == ("TCP/80 from x/a to x/b: want X, got .",)


NAMESPACES = {"x": {"team": "red"}, "y": {}}


def pod(namespace: str, name: str, ip: str, **labels: str) -> dict[str, Any]:
    """Return a Pod as policies see it."""
    return {
        "namespace": namespace,
        "name": name,
        "labels": labels,
        "ip": ip,
        "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
        "hostNetwork": False,
    }


PODS = [
    pod("x", "a", "10.0.0.1", app="a"),
    pod("x", "b", "10.0.0.2", app="b"),
    pod("y", "a", "10.0.1.1", app="a"),
]


def policy(**spec: Any) -> dict[str, Any]:
    """Return a policy of namespace x for all its Pods."""
    return {"metadata": {"namespace": "x", "name": "p"}, "spec": {"podSelector": {}, **spec}}


def may(spec: dict[str, Any], source: str, destination: str, port: int = 80, protocol: str = "TCP") -> bool:
    """Tell whether a connection passes with one policy."""
    return allowed([policy(**spec)], NAMESPACES, PODS, source, destination, port, protocol)


RULES: dict[str, tuple[dict[str, Any], tuple[Any, ...], bool]] = {
    "selected without rules: nobody comes in": ({}, ("y/a", "x/a"), False),
    "and everybody may go out": ({}, ("x/a", "y/a"), True),
    "an empty egress does not isolate egress": ({"egress": []}, ("x/a", "y/a"), True),
    "egress rules do": ({"egress": [{"to": [{"podSelector": {}}]}]}, ("x/a", "y/a"), False),
    "a podSelector alone means the policy's own namespace": (
        {"ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "a"}}}]}]},
        ("y/a", "x/b"),
        False,
    ),
    "both selectors of a peer must match": (
        {
            "ingress": [
                {
                    "from": [
                        {
                            "namespaceSelector": {"matchLabels": {"team": "red"}},
                            "podSelector": {"matchLabels": {"app": "a"}},
                        }
                    ]
                }
            ]
        },
        ("x/b", "x/a"),
        False,
    ),
    "an exception counts for its own block only": (
        {
            "ingress": [
                {"from": [{"ipBlock": {"cidr": "10.0.0.0/16", "except": ["10.0.1.0/24"]}}]},
                {"from": [{"ipBlock": {"cidr": "10.0.1.1/32"}}]},
            ]
        },
        ("y/a", "x/a"),
        True,
    ),
    "endPort is inside": ({"ingress": [{"ports": [{"port": 70, "endPort": 80}]}]}, ("y/a", "x/a"), True),
    "a port without a protocol is TCP": (
        {"ingress": [{"ports": [{"port": 80}]}]},
        ("y/a", "x/a", 80, "UDP"),
        False,
    ),
    "a protocol without a port is all its ports": (
        {"ingress": [{"ports": [{"protocol": "UDP"}]}]},
        ("y/a", "x/a", 9, "UDP"),
        True,
    ),
    "a named port is the destination's": ({"ingress": [{"ports": [{"port": "http"}]}]}, ("y/a", "x/a"), True),
    "and no address outside has it": (
        {"egress": [{"ports": [{"port": "http"}]}]},
        ("x/a", "203.0.113.7"),
        False,
    ),
}


@pytest.mark.parametrize(("spec", "connection", "expected"), RULES.values(), ids=RULES)
def test_rules(spec: dict[str, Any], connection: tuple[Any, ...], expected: bool) -> None:
    """One sentence of the API's documentation each."""
    assert may(spec, *connection) is expected


def test_missing_policy_types_are_worked_out() -> None:
    """Egress only with rules for it."""
    assert policy_types({}) == policy_types({"egress": []}) == ["Ingress"]
    assert policy_types({"egress": [{}]}) == ["Ingress", "Egress"]


def test_each_side_says_why() -> None:
    """Which policy, and which of its rules."""
    rules = [{"from": [{"podSelector": {}}]}, {"ports": [{"port": 443}]}]
    given = ([policy(ingress=rules)], NAMESPACES, PODS)
    assert [str(why) for why in explain(*given, "y/a", "x/a", 443, "TCP")] == [
        "Egress: no policy selects the pod",
        "Ingress: x/p ingress[1]",
    ]
    assert str(explain(*given, "y/a", "x/a", 80, "TCP")[1]) == "Ingress: no rule of x/p matches"


# In a cluster.


@pytest.fixture
def cluster() -> Any:
    """Two Pods, and a Service for one of them."""
    with Cluster.create(nodes=2) as cluster:
        client = cluster.client()
        for name in ("web", "client"):
            spec = {"containers": [{"name": "c", "image": "web:1", "ports": [{"containerPort": 80}]}]}
            body = {"metadata": {"name": name, "labels": {"app": name}}, "spec": spec}
            client.create("pods", body, "default")
        service = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
        client.create("services", {"metadata": {"name": "web"}, "spec": service}, "default")
        cluster.run(seconds=5)
        yield cluster


def apply(client: Client, **spec: Any) -> None:
    """Create a policy in the default namespace."""
    body = {"metadata": {"name": "p"}, "spec": {"podSelector": {}, **spec}}
    client.create("networkpolicies", body, "default")


def test_requests_pass_the_policies_after_they_were_sent_to_an_endpoint(cluster: Cluster) -> None:
    """A request to a Service is judged by the Pod that it reaches."""
    assert cluster.request("http://web/", source="client").ok
    only_client = [{"from": [{"podSelector": {"matchLabels": {"app": "client"}}}]}]
    apply(cluster.client(), podSelector={"matchLabels": {"app": "web"}}, ingress=only_client)
    assert cluster.request("http://web/", source="client").ok
    assert cluster.request("http://web/").error == "timeout"
    assert cluster.request("http://web/", source="outside").error == "timeout"


def test_without_an_enforcer_policies_are_accepted_and_change_nothing(cluster: Cluster) -> None:
    """And with one again they hold at once."""
    apply(cluster.client())
    assert cluster.request("http://web/", source="client").error == "timeout"
    cluster.replace("network-policy", None)
    assert cluster.request("http://web/", source="client").ok
    cluster.restore("network-policy")
    assert cluster.request("http://web/", source="client").error == "timeout"


def test_who_may_not_send_to_the_name_server_finds_no_names(cluster: Cluster) -> None:
    """The best-known accident with a policy that denies all egress."""
    apply(cluster.client(), policyTypes=["Egress"])
    refused = cluster.request("http://web/", source="client")
    assert refused.error == "timeout: the name server does not answer"
    names = {
        "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
        "ports": [{"port": 53, "protocol": "UDP"}],
    }
    web = {"to": [{"podSelector": {"matchLabels": {"app": "web"}}}]}
    cluster.client().patch("networkpolicies", "p", {"spec": {"egress": [names, web]}}, "default")
    assert cluster.request("http://web/", source="client").ok


def test_another_function_may_judge_in_the_evaluators_place(cluster: Cluster) -> None:
    """It is asked once there is a policy, with plain data."""
    asked: list[tuple[Any, ...]] = []

    def nobody(*arguments: Any) -> bool:
        asked.append(arguments)
        return False

    cluster.replace("network-policy", lambda client, loop: PolicyEnforcer(client, loop, allowed=nobody))
    assert cluster.request("http://web/").ok
    apply(cluster.client(), ingress=[{}])
    assert cluster.request("http://web/").error == "timeout"
    policies, namespaces, pods, _, destination, port, protocol = asked[-1]
    assert (policies[0]["metadata"]["name"], port, protocol) == ("p", 80, "TCP")
    assert namespaces["default"] == {"kubernetes.io/metadata.name": "default"}
    assert destination in [each["ip"] for each in pods if each["name"] == "web"]


def test_the_policies_outlive_the_api_server(cluster: Cluster) -> None:
    """What was seen last holds."""
    address = cluster.client().get("services", "web", "default")["spec"]["clusterIP"]
    apply(cluster.client())
    assert cluster.request(f"http://{address}/").error == "timeout"
    cluster.replace("kube-apiserver", None)
    assert cluster.request(f"http://{address}/").error == "timeout"
