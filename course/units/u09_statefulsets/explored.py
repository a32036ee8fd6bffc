"""An update of a StatefulSet under the explorer: its controller is killed between any two writes.

The pods are brought up by a small kubelet that makes no mistakes.
"""

from typing import Any

from course.units.u09_statefulsets.stories import manifest, template
from insideout.apimachinery import pods as podutil
from insideout.apimachinery import timestamps
from insideout.client.informer import Informer
from insideout.client.interface import ApiError, Client, Object
from insideout.controllers.statefulset.controller import StatefulSetController
from insideout.controllers.statefulset.plandata import Sync, plan_by
from insideout.explore import Scenario, Step, Verdict, explore, faults
from insideout.explore.scenario import State, Write
from insideout.sim.loop import Loop

KILLS = (faults.KILL_BEFORE, faults.KILL_AFTER)
BUDGET = 60


class QuickKubelet:
    """Makes every pod ready a second after it is there, and lets a deleted one go a second later."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client
        self._loop = loop
        self._pods = Informer(client, loop, "pods")
        self._seen: set[tuple[str, str]] = set()
        self._pods.add_handler(on_add=self._look, on_update=lambda _, pod: self._look(pod))

    def start(self) -> None:
        """Begin."""
        self._pods.start()

    def stop(self) -> None:
        """End."""
        self._pods.stop()

    def _look(self, pod: Object) -> None:
        what = "end" if podutil.is_terminating(pod) else "begin"
        key = pod["metadata"]["uid"], what
        if key not in self._seen:
            self._seen.add(key)
            self._loop.call_later(1.0, self._end if what == "end" else self._begin, pod["metadata"])

    def _begin(self, metadata: Object) -> None:
        ready = {
            "type": "Ready",
            "status": "True",
            "lastTransitionTime": timestamps.seconds(self._loop.time()),
        }
        status = {"status": {"phase": "Running", "conditions": [ready]}}
        self._try(
            lambda: self._client.patch(
                "pods", metadata["name"], status, metadata["namespace"], subresource="status"
            )
        )

    def _end(self, metadata: Object) -> None:
        self._try(
            lambda: self._client.delete(
                "pods", metadata["name"], metadata["namespace"], uid=metadata["uid"], grace_period_s=0
            )
        )

    @staticmethod
    def _try(call: Any) -> None:
        try:
            call()
        except ApiError as problem:
            if problem.code not in (404, 409):
                raise


def explored(sync: Sync, *, budget: int = BUDGET) -> Verdict:
    """Update a set of three whose controller is `sync`, and kill it before or after any of its writes."""
    plan = plan_by(sync)
    body = manifest(3)
    body["metadata"]["namespace"] = "default"
    scenario = Scenario(
        objects=[{"apiVersion": "apps/v1", "kind": "StatefulSet", **body}],
        steps=[Step("releases v2", _release)],
        always={"one pod at a time is away": _one_away},
        goal=_all_new,
        goal_name="every pod runs v2 and is ready",
        others={"kubelet": QuickKubelet},
        name="statefulset-controller",
    )
    return explore(
        lambda client, loop: StatefulSetController(client, loop, plan=plan),
        scenario,
        budget=budget,
        depth=1,
        kinds=KILLS,
    )


def _release(client: Client) -> object:
    return client.patch("statefulsets", "db", {"spec": {"template": template("v2")}}, "default", type="merge")


def _one_away(state: State, write: Write) -> str | None:
    """Say so when two of the three pods are away at one time, once all have been there."""
    pods = state.list("pods", "default")
    there = [pod for pod in pods if podutil.is_active(pod) and podutil.is_ready(pod)]
    if len(there) == 3:
        state.notes["complete"] = True
    if state.notes.get("complete") and len(there) < 2:
        return f"only {len(there)} of 3 pods are ready"
    return None


def _all_new(state: State) -> str | None:
    pods = {pod["metadata"]["name"]: pod for pod in state.list("pods", "default")}
    for name in ("db-0", "db-1", "db-2"):
        pod = pods.get(name)
        if pod is None or not podutil.is_ready(pod):
            return f"{name} is not ready"
        if pod["spec"]["containers"][0]["image"] != "db:v2":
            return f"{name} does not run v2"
    return None
