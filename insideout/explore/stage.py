"""What an execution happens on: a server whose writes are noted, checked and told, and its users' clients.

It is what checks look at (`insideout.explore.scenario.State`).
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from insideout.apiserver.server import ApiServer
from insideout.apiserver.views import show
from insideout.client.interface import ApiError, Object
from insideout.client.local import LocalClient
from insideout.explore.clients import Call, no_answer
from insideout.explore.scenario import Scenario, Write
from insideout.explore.trace import CALL, Entry
from insideout.sim.loop import Loop
from insideout.store import MemoryStore


class Violated(BaseException):
    """A rule does not hold; the controller's own handlers have no say in it."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(f"{rule}: {why}")
        self.rule = rule
        self.why = why


class Stage:
    """A server on a copy of `store`, and a trace of everything that happens."""

    def __init__(self, store: MemoryStore, scenario: Scenario, seed: int) -> None:
        self.now_s = 0.0
        self.trace: list[Entry] = []
        self.notes: dict[str, Any] = {}
        self.serials = count()
        self.scenario = scenario
        self.history = 0
        """A digest of all writes so far."""
        self.ended: BaseException | None = None
        """What ended the execution before its time; noted, as a controller may catch what is raised."""
        self._loop = Loop(seed=seed + 1)  # the objects at the start have the UIDs of the seed itself
        self.server = ApiServer(self._loop, store.fork())

    def get(self, resource: str, name: str, namespace: str = "default") -> Object | None:
        """Return an object, or None."""
        kind = self.server.registry.named(resource)
        if kind is None:
            raise LookupError(f"the server serves no resource {resource!r}")
        pair = self.server.resources.find(kind, namespace if kind.namespaced else "", name)
        return None if pair is None else show(pair).object

    def list(self, resource: str, namespace: str = "") -> Sequence[Object]:
        """Return all objects of a resource."""
        items: list[Object] = LocalClient(self.server, share=True).list(resource, namespace or None)["items"]
        return items

    def local(self, who: str) -> LocalClient:
        """Return a client of the server itself."""
        return LocalClient(self.server, who)

    def end(self, how: BaseException) -> None:
        """End the execution."""
        self.ended = how
        raise how

    def drain(self) -> None:
        """Let the server do what is due: it tells watchers."""
        loop = self._loop
        while (due_s := loop.next_time_s()) is not None and due_s <= self.now_s:
            loop.step()

    def move_to(self, when_s: float) -> None:
        """Set the clock."""
        self.now_s = when_s
        self.drain()
        self._loop.now_s = when_s

    def perform(self, who: str, call: Call, perform: Callable[[], Object], *, lost: bool = False) -> Object:
        """Do a call; check every rule when it wrote.  With `lost`, its caller will not hear of it."""
        if not call.is_write:
            return perform()
        before = self._look(call)
        try:
            answer = perform()
        except ApiError as error:
            self.note_call(who, call, before, before, error.code, str(error))
            raise
        self.drain()
        if call.verb == "create" and not call.subresource:
            call = call._replace(name=answer["metadata"]["name"])
        after = self._look(call)
        self.history = hash((self.history, who, call.verb, call.resource, call.name, repr(after)))
        self.note_call(who, call, before, after, *((504, str(no_answer())) if lost else (200, "")))
        write = Write(
            who, call.verb, call.resource, call.subresource, call.namespace, call.name, before, after
        )
        for rule, check in self.scenario.always.items():
            if why := check(self, write):
                self.end(Violated(rule, why))
        return answer

    def note(self, kind: str, who: str, text: str = "") -> None:
        """Note that something happened."""
        self.trace.append(Entry(kind, self.now_s, who, text))

    def note_call(
        self, who: str, call: Call, before: Object | None, after: Object | None, code: int, message: str = ""
    ) -> None:
        """Note a write and what its caller was told."""
        self.trace.append(
            Entry(
                *(CALL, self.now_s, who, "", call.verb, call.resource, call.subresource, call.name),
                *(before, after, call.sent, code, message),
            )
        )

    def _look(self, call: Call) -> Object | None:
        return self.get(call.resource, call.name, call.namespace)
