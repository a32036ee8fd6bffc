"""The operator around a function `reconcile(api, key)`: informers, a queue, and an api of plain data.

It is the same on the explorer's stage, in a Cluster, and when the function lives in another process: there a
kill can only come as an error, so once killed the api answers every call with one, and when the function is
through, the kill goes on to whom it concerns.
"""

from collections.abc import Callable
from typing import Any

from insideout.apimachinery import timestamps
from insideout.client.informer import Key
from insideout.client.interface import ApiError, Client, Object
from insideout.controllers.cache.kinds import CACHES, CHILDREN, NAMESPACE
from insideout.explore import Factory, reconciler
from insideout.explore.clients import Killed
from insideout.explore.stage import Violated
from insideout.explore.world import Known
from insideout.sim.loop import Loop

Reconcile = Callable[[Any, str], Any]

_REFUSED = ("ApiError", "UnreachableError")
"""What an error is called in another process that was an API server's answer, or none."""


class OperatorGone(RuntimeError):  # noqa: N818  it says what happened
    """The operator was killed: nothing that this call of reconcile does has an effect any more."""


class Api:
    """Six verbs in the namespace default, on plain data, and the time."""

    offers = ("get", "list", "create", "update", "patch", "delete", "now")
    """What a learner's code may call from its own process."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self.killed: BaseException | None = None
        """What ended the operator, once it was killed."""
        self._client = client
        self._loop = loop

    def get(self, resource: str, name: str, namespace: str = NAMESPACE) -> Object:
        """Return the object; ApiError with code 404 when there is none."""
        return self._do(lambda: self._client.get(resource, name, namespace))

    def list(self, resource: str, namespace: str = NAMESPACE, *, label_selector: str = "") -> Object:
        """Return the List object: its objects are in "items"."""
        return self._do(lambda: self._client.list(resource, namespace, label_selector=label_selector))

    def create(self, resource: str, obj: Object, namespace: str = NAMESPACE) -> Object:
        """Create the object and return it; ApiError with code 409 when the name is taken."""
        return self._do(lambda: self._client.create(resource, obj, namespace))

    def update(
        self, resource: str, obj: Object, namespace: str = NAMESPACE, *, subresource: str = ""
    ) -> Object:
        """Replace the object and return it; ApiError with code 409 when its resourceVersion is old."""
        return self._do(lambda: self._client.update(resource, obj, namespace, subresource=subresource))

    def patch(
        self,
        resource: str,
        name: str,
        patch: Any,
        namespace: str = NAMESPACE,
        *,
        type: str = "merge",
        subresource: str = "",
    ) -> Object:
        """Merge into the object and return it."""
        kind: Any = type
        return self._do(
            lambda: self._client.patch(resource, name, patch, namespace, type=kind, subresource=subresource)
        )

    def delete(
        self,
        resource: str,
        name: str,
        namespace: str = NAMESPACE,
        *,
        uid: str = "",
        resource_version: str = "",
    ) -> Object:
        """Delete the object, or begin to; with `uid` only the one that has it."""
        return self._do(
            lambda: self._client.delete(resource, name, namespace, uid=uid, resource_version=resource_version)
        )

    def now(self) -> str:
        """Return the time as objects write it."""
        return timestamps.seconds(self._loop.time())

    def _do(self, call: Callable[[], Object]) -> Object:
        if self.killed is None:
            try:
                return call()
            except (Killed, Violated, Known) as end:
                self.killed = end
        raise OperatorGone("the operator was killed here") from None  # an error reaches another process too


def operator(reconcile: Reconcile, *, api: Callable[[Client, Loop], Api] = Api) -> Factory:
    """Return a factory of operators for Caches; one watches Caches and ConfigMaps.

    `api` makes what the function speaks to, anew at each start.
    """

    def handle(asked: Api, key: Key) -> None:
        try:
            reconcile(asked, "/".join(key))
        except Exception as error:
            if asked.killed is not None:
                raise asked.killed from None
            if getattr(error, "kind", "") in _REFUSED:  # of another process: the queue tries again
                status = {"code": 500, "reason": "", "message": getattr(error, "message", "")}
                raise ApiError(status) from None
            raise
        if asked.killed is not None:
            raise asked.killed

    def make(client: Client, loop: Loop) -> Any:
        return reconciler(handle, CACHES, CHILDREN, api=lambda made: api(made.client, made.loop))(
            client, loop
        )

    return make
