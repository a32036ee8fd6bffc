"""A small scheduler that sees the cluster through somebody's Reflector and works off somebody's WorkQueue.

It asks the API server what the Reflector says, hands over every answer and event, and adds the name of each
pod that changed to the queue.  Two workers take names from it; each thinks for a second and then binds the
pod, if the Reflector's copy says that it has no node yet.  What must never happen is noted as a ConfigMap
called "alarm": so it can be seen in the cluster, and in a story.

A reflector answers `ask()` with ["list", version] or ["watch", version] and is told what came:
`on_list(code, version, items)` and `on_event(type, thing)` return changes as [what, name] pairs, `on_close()`
ends a watch; `objects()` is its copy by name.  A queue has `add(name)`, `get()`, which is None when it is
empty, and `done(name)`.
"""

import contextlib
from collections.abc import Callable
from typing import Any

from insideout.client.interface import ApiError, Client, Object, Watch, WatchEvent
from insideout.sim.loop import Loop

RESOURCE, NAMESPACE = "pods", "default"
WORKERS, THINKS_S, RETRY_S = 2, 1.0, 1.0
PAUSE_S = 0.05
"""Between two questions, so that one who asks for ever lets time pass."""
NODES = ("node-0", "node-1")
ALARM = "alarm"


class Feeder:
    """The scheduler, of all pods or of those whose `spec.schedulerName` is `name`."""

    def __init__(self, client: Client, loop: Loop, reflector: Any, queue: Any, name: str = "") -> None:
        self.reflector = reflector
        self._client = client
        self._loop = loop
        self._queue = queue
        self._only: dict[str, Any] = {"field_selector": f"spec.schedulerName={name}"} if name else {}
        self._watch: Watch | None = None
        self._turn = 0  # of the watch that counts: what comes from an older one is dropped
        self._versions: dict[str, int] = {}
        self._at_work: list[str] = []
        self._running = False

    def start(self) -> None:
        """Begin to ask and to work."""
        self._running = True
        self._loop.call_soon(self._ask)

    def stop(self) -> None:
        """Ask nothing any more."""
        self._running = False
        self._drop()

    def _drop(self) -> None:
        self._turn += 1
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()

    def _ask(self) -> None:
        """Do what the Reflector wants next."""
        if not self._running:
            return
        what, version = self.reflector.ask()
        if what == "list":
            self._list(version)
        else:
            self._start_watch(version)

    def _list(self, version: str) -> None:
        try:
            answer = self._client.list(RESOURCE, NAMESPACE, resource_version=version, **self._only)
        except ApiError as problem:
            self.reflector.on_list(problem.code, "", [])
            self._loop.call_later(RETRY_S, self._ask)
            return
        items = [thing(obj) for obj in answer["items"]]
        self._take(self.reflector.on_list(200, answer["metadata"]["resourceVersion"], items))
        self._loop.call_later(PAUSE_S, self._ask)

    def _start_watch(self, version: str) -> None:
        turn = self._turn

        def on_event(event: WatchEvent) -> None:
            if turn == self._turn:
                self._on_event(event)

        def on_close() -> None:
            if turn == self._turn:
                self._turn += 1
                self.reflector.on_close()
                self._loop.call_later(PAUSE_S, self._ask)

        try:
            self._watch = self._client.watch(
                RESOURCE, on_event, NAMESPACE, resource_version=version, on_close=on_close, **self._only
            )
        except ApiError as problem:
            if problem.code == 410:
                self.reflector.on_event("ERROR", {"code": 410})
            self._loop.call_later(RETRY_S, self._ask)

    def _on_event(self, event: WatchEvent) -> None:
        if event.type == "ERROR":
            self._drop()
            self.reflector.on_event("ERROR", {"code": event.object.get("code", 500)})
            self._loop.call_later(PAUSE_S, self._ask)
        elif event.type == "BOOKMARK":
            self.reflector.on_event("BOOKMARK", {"version": event.object["metadata"]["resourceVersion"]})
        else:
            self._take(self.reflector.on_event(event.type, thing(event.object)))

    def _take(self, changes: Any) -> None:
        """Queue what changed; the copy must never go back to an older version of a pod."""
        copy = self.reflector.objects()
        for name, obj in copy.items():
            version = int(obj["version"])
            if version < self._versions.get(name, 0):
                self._alarm(f"the copy of pod {name} went back to an older version")
            self._versions[name] = version
        for _, name in changes:
            self._queue.add(name)
        self._wake()

    def _wake(self) -> None:
        while self._running and len(self._at_work) < WORKERS:
            name = self._queue.get()
            if name is None:
                return
            if name in self._at_work:
                self._alarm(f"two workers are at work on pod {name} at once")
            self._at_work.append(name)
            self._loop.call_later(THINKS_S, self._finish, name, self.reflector.objects().get(name))

    def _finish(self, name: str, pod: Object | None) -> None:
        """Bind the pod that a worker thought about."""
        if not self._running:
            return
        self._at_work.remove(name)
        if pod is not None and not pod["node"]:
            target = {"apiVersion": "v1", "kind": "Node", "name": NODES[len(name) % len(NODES)]}
            metadata = {"name": name, "uid": pod["uid"]}
            binding = {"apiVersion": "v1", "kind": "Binding", "metadata": metadata, "target": target}
            try:
                self._client.create(RESOURCE, binding, NAMESPACE, name=name, subresource="binding")
            except ApiError as problem:
                if problem.code not in (404, 409):  # gone, or bound already
                    self._queue.add(name)
        self._queue.done(name)
        self._wake()

    def _alarm(self, what: str) -> None:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": ALARM}, "data": {"what": what}}
        with contextlib.suppress(ApiError):  # it rings already
            self._client.create("configmaps", body, NAMESPACE)


def thing(obj: Object) -> Object:
    """Return a pod as a Reflector gets it."""
    metadata = obj["metadata"]
    return {
        "name": metadata["name"],
        "version": metadata["resourceVersion"],
        "uid": metadata["uid"],
        "node": (obj.get("spec") or {}).get("nodeName", ""),
    }


def feeder_of(
    reflector: Callable[[], Any], queue: Callable[[], Any], made: list[Feeder] | None = None
) -> Callable[[Client, Loop], Feeder]:
    """Return a factory of such schedulers, as `Cluster.replace` takes it; each is noted in `made`."""

    def make(client: Client, loop: Loop) -> Feeder:
        one = Feeder(client, loop, reflector(), queue())
        if made is not None:
            made.append(one)
        return one

    return make


def missing(feeder: Feeder, pods: list[Object]) -> str | None:
    """Return what is wrong when all is quiet: in a sentence, or None."""
    real = {pod["metadata"]["name"]: pod for pod in pods}
    for name, pod in sorted(real.items()):
        if not pod["spec"].get("nodeName"):
            return f"pod {name} was never bound"
    copy = feeder.reflector.objects()
    for name in sorted({*copy} ^ {*real}):
        return f"pod {name} is gone, but still in the copy" if name in copy else f"pod {name} was missed"
    for name, pod in sorted(real.items()):
        if str(copy[name]["version"]) != pod["metadata"]["resourceVersion"]:
            return f"the copy of pod {name} is an old version"
    return None
