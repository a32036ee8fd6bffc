"""A pod that nobody looks at: it names a scheduler that does not run."""

from course.units.u16_troubleshooting.objects import Object, pod_spec
from course.units.u16_troubleshooting.town import Town

REAL_S = 30
"""How long it is watched where time is real: nobody comes later, either."""


def silent_pod(*, minutes: float) -> tuple[Object, list[Object]]:
    """Return such a pod and the events about it, after some time."""
    town = Town(1, live=True)
    with town.cluster:
        namespace, name = town.namespace(), town.name()
        metadata = {"name": name, "namespace": namespace}
        spec = pod_spec(schedulerName="our-scheduler")
        town.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
        if town.is_real:
            print(f"in real time: after {REAL_S} s, not {minutes:g} minutes")  # noqa: T201  it is said in the cell
        town.run(REAL_S if town.is_real else 60 * minutes)
        pod: Object = town.client.get("pods", name, namespace)
        return pod, town.objects("events", namespace)
