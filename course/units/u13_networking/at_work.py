"""Judges `allowed` at work: it guards a cluster's network, and clients in it send requests."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from course.checks.call import Raised
from course.checks.report import Case, as_yaml, kept
from course.units.u13_networking.town import NAMES, NAMESPACES, Object, app, as_objects, ns, policy
from insideout.apimachinery.pods import is_ready
from insideout.client import Client
from insideout.cluster import Cluster
from insideout.network import PolicyEnforcer

SERVICE = {"spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}, "metadata": {"name": "web"}}


def open_town(cluster: Cluster) -> dict[str, str]:
    """Create the town and a Service `web` in each namespace; return the addresses of its pods, all Ready."""
    client = cluster.client("town")
    spaces, pods = as_objects()
    for space in spaces:
        client.create("namespaces", space)
        client.create("services", SERVICE, space["metadata"]["name"])
    cluster.wait(lambda: NAMESPACES.keys() <= _with_account(client))  # before it there can be no pods
    for pod in pods:
        client.create("pods", pod, pod["metadata"]["namespace"])
    cluster.wait(lambda: all(is_ready(pod) for pod in client.list("pods")["items"]))
    listed = client.list("pods")["items"]
    return {
        f"{one['metadata']['namespace']}/{one['metadata']['name']}": one["status"]["podIP"] for one in listed
    }


def _with_account(client: Client) -> set[str]:
    """Return the namespaces that have their service account."""
    accounts = client.list("serviceaccounts")["items"]
    return {one["metadata"]["namespace"] for one in accounts if one["metadata"]["name"] == "default"}


def reach(cluster: Cluster, addresses: dict[str, str]) -> list[str]:
    """Send a request from every pod to every other; return the table, a line a source, "." for an answer."""
    lines = []
    for source in NAMES:
        namespace, _, name = source.partition("/")
        cells = []
        for destination in NAMES:
            if destination == source:
                cells.append("#")
                continue
            answer = cluster.request(f"http://{addresses[destination]}/", source=name, namespace=namespace)
            cells.append("." if answer.ok else "X")
        lines.append("".join(cells))
    return lines


def at_work(function: Callable[..., Any]) -> Callable[[list[Object]], list[str]]:
    """Return a function from policies to the table of the town's network, guarded by `function`."""

    def judge(*arguments: Any) -> bool:
        answer = function(*arguments)
        if not isinstance(answer, bool):
            raise Raised("ValueError", f"allowed answered {type(answer).__name__}; give True or False")
        return answer

    cluster = Cluster.create(nodes=3)
    addresses = open_town(cluster)
    cluster.replace("network-policy", lambda api, loop: PolicyEnforcer(api, loop, allowed=judge))
    return lambda policies: _guarded(cluster, addresses, policies)


@kept
def cases() -> Iterator[Case]:
    """Yield policies, with the table that the cluster's own evaluator makes of them."""
    with Cluster.create(nodes=3) as cluster:
        addresses = open_town(cluster)
        for rule, examples in _CASES.items():
            for policies in examples:
                yield Case(rule, (policies,), _guarded(cluster, addresses, policies))


def _guarded(cluster: Cluster, addresses: dict[str, str], policies: Sequence[Object]) -> list[str]:
    """Return the table of a town while these policies are there."""
    client = cluster.client("town")
    for each in policies:
        client.create("networkpolicies", each, each["metadata"]["namespace"])
    try:
        return reach(cluster, addresses)
    finally:
        for each in policies:
            metadata = each["metadata"]
            client.delete("networkpolicies", metadata["name"], metadata["namespace"])


def show(policies: list[Object]) -> str:
    """Write the policies."""
    return "\n---\n".join(as_yaml(each) for each in policies)


_CASES: dict[str, list[list[Object]]] = {
    "requests in the town pass as the cluster's own network lets them": [
        [policy({}), policy({"ingress": [{"from": [{"podSelector": app("web")}]}]}, name="q")],
        [
            policy(
                {
                    "podSelector": app("db"),
                    "ingress": [{"from": [{"namespaceSelector": ns("ops"), "podSelector": app("job")}]}],
                }
            )
        ],
        [policy({"egress": [{"to": [{"podSelector": {}}]}]}, "bank")],
    ]
}
