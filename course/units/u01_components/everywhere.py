"""A ReplicaSet controller at every moment at which something can go wrong, by the explorer.

Left out is what skips events for good: a controller that waits for an event of a Pod it has created goes on
after five minutes, as the real one does (ExpectationsTimeout).
"""

from insideout.client.interface import Client, Object
from insideout.explore import KINDS, Factory, Scenario, State, Step, Verdict, Write, explore
from insideout.explore.faults import SKIP, TRAVEL

EXECUTIONS = 60
_CONTAINER = {"name": "app", "image": "web:1"}
_LABELS = {"app": "web"}
_REPLICA_SET: Object = {
    "apiVersion": "apps/v1",
    "kind": "ReplicaSet",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": _LABELS},
        "template": {"metadata": {"labels": _LABELS}, "spec": {"containers": [_CONTAINER]}},
    },
}


def everywhere(factory: Factory, *, executions: int = EXECUTIONS) -> Verdict:
    """Try a controller of the ReplicaSet web: two Pods, then three, one is killed, then one."""
    scenario = Scenario(
        objects=[_REPLICA_SET],
        steps=[_scale(3), Step("kills a Pod", _kill), _scale(1)],
        always={"never far too many Pods": _not_too_many},
        goal=_goal,
        goal_name="in the end there are as many Pods as asked for",
        name="controller",
    )
    return explore(factory, scenario, budget=executions, kinds=[k for k in KINDS if k not in (SKIP, TRAVEL)])


def _scale(replicas: int) -> Step:
    def act(client: Client) -> object:
        return client.patch("replicasets", "web", {"spec": {"replicas": replicas}}, "default")

    return Step(f"asks for {replicas} Pods", act)


def _kill(client: Client) -> None:
    pods = client.list("pods", "default")["items"]
    if pods:
        client.delete("pods", pods[0]["metadata"]["name"], "default", grace_period_s=0)


def _active(state: State) -> list[Object]:
    pods = state.list("pods", "default")
    return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]


def _not_too_many(state: State, write: Write) -> str | None:
    count = len(_active(state))
    return f"there are {count} Pods, and never more than 3 were asked for" if count > 4 else None


def _goal(state: State) -> str | None:
    found = state.get("replicasets", "web")
    wanted = found["spec"]["replicas"] if found is not None else 0
    count = len(_active(state))
    return None if count == wanted else f"there are {count}, asked for {wanted}"
