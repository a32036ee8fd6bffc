"""Events: what a component tells people about an object; best effort, and nobody may rely on them.

The same words about the same object raise the count of the Event that is there.

Source: staging/src/k8s.io/client-go/tools/record/{event,events_cache}.go@v1.36.2.
"""

from course.apimachinery import timestamps
from course.client.interface import ApiError, Client, Object
from course.sim.loop import Loop


class EventRecorder:
    """Writes core/v1 Events in the name of one component."""

    def __init__(self, client: Client, loop: Loop, component: str) -> None:
        self._client = client
        self._loop = loop
        self._component = component
        self._seen: dict[tuple[str, ...], tuple[str, int]] = {}
        self._serial = 0

    def event(self, about: Object, type_: str, reason: str, message: str) -> None:
        """Tell that something happened to `about`: `type_` is "Normal" or "Warning"."""
        metadata = about["metadata"]
        namespace = metadata.get("namespace") or "default"
        key = (about["kind"], namespace, metadata["name"], metadata.get("uid", ""), type_, reason, message)
        now = timestamps.seconds(self._loop.time())
        try:
            if key in self._seen:
                name, count = self._seen[key]
                self._seen[key] = (name, count + 1)
                self._client.patch("events", name, {"count": count + 1, "lastTimestamp": now}, namespace)
                return
            self._serial += 1
            name = f"{metadata['name']}.{self._component[:4]}{self._serial:012x}"
            self._seen[key] = (name, 1)
            self._client.create(
                "events",
                {
                    "apiVersion": "v1",
                    "kind": "Event",
                    "metadata": {"name": name, "namespace": namespace},
                    "involvedObject": {
                        "apiVersion": about["apiVersion"],
                        "kind": about["kind"],
                        "name": metadata["name"],
                        "uid": metadata.get("uid", ""),
                        "resourceVersion": metadata.get("resourceVersion", ""),
                    }
                    | ({"namespace": metadata["namespace"]} if metadata.get("namespace") else {}),
                    "type": type_,
                    "reason": reason,
                    "message": message,
                    "count": 1,
                    "firstTimestamp": now,
                    "lastTimestamp": now,
                    "source": {"component": self._component},
                    "reportingComponent": self._component,
                    "reportingInstance": "",
                },
                namespace,
            )
        except ApiError:
            self._seen.pop(key, None)
