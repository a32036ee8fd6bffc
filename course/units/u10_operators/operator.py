"""The operator around a learner's `reconcile(api, key)`: informers, a queue, and an api of plain data.

It is the same on the explorer's stage, in a Cluster, and when the function lives in another process: there a
kill can only come as an error, so once killed the api answers every call with one.
"""

from collections.abc import Callable
from typing import Any

from course.checks.call import Raised
from course.units.u10_operators.situation import CACHES, CHILDREN, NAMESPACE
from insideout.apimachinery import timestamps
from insideout.client.informer import Key
from insideout.client.interface import ApiError, Client, Object
from insideout.explore import Factory, reconciler
from insideout.explore.clients import Killed
from insideout.explore.stage import Violated
from insideout.explore.world import Known
from insideout.sim.loop import Loop

Reconcile = Callable[[Any, str], Any]

_OUTSIDE = ("TooSlow", "Stopped", "NotImplementedError")
"""What is no error of an operator's: there is no use in trying again."""


class Hopeless(BaseException):
    """The function cannot be tried any further; `error` is what to raise."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class OperatorGone(RuntimeError):  # noqa: N818  it says what happened
    """The operator was killed: nothing that this call of reconcile does has an effect any more."""


class Api:
    """Six verbs in the namespace default, on plain data, and the time."""

    offers = ("get", "list", "create", "update", "patch", "delete", "now")
    """What a learner's code may call from its own process."""

    def __init__(self, client: Client, loop: Loop) -> None:
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

    @staticmethod
    def _do(call: Callable[[], Object]) -> Object:
        try:
            return call()
        except (Killed, Violated, Known):  # the world has noted it; an error reaches another process too
            raise OperatorGone("the operator was killed here") from None


class _FailsFirst(Api):
    """An api whose first reads of an object fail: each is answered with 500, as when etcd takes too long."""

    def __init__(self, client: Client, loop: Loop, failing_reads: int) -> None:
        super().__init__(client, loop)
        self._failing = failing_reads

    def get(self, resource: str, name: str, namespace: str = NAMESPACE) -> Object:
        """Return the object; ApiError with code 500 as long as reads fail."""
        if self._failing > 0:
            self._failing -= 1
            why = "etcdserver: request timed out"
            raise ApiError({"status": "Failure", "code": 500, "message": why})
        return super().get(resource, name, namespace)


def operator(reconcile: Reconcile, *, failing_reads: int = 0) -> Factory:
    """Return a factory of operators for Caches; one watches Caches and ConfigMaps.

    So many of the first reads of an object fail after each start.
    """

    def handle(api: Any, key: Key) -> None:
        try:
            reconcile(api, "/".join(key))
        except (ApiError, OperatorGone):
            raise
        except NotImplementedError as error:
            raise Hopeless(error) from None
        except Raised as error:
            if error.kind in _OUTSIDE:
                raise Hopeless(error) from None
            if error.kind in ("ApiError", "UnreachableError"):  # of another process: the queue tries again
                status = {"code": 500, "reason": "", "message": error.message}
                raise ApiError(status) from None
            raise

    def make(client: Client, loop: Loop) -> Any:
        return reconciler(
            handle, CACHES, CHILDREN, api=lambda made: _FailsFirst(made.client, made.loop, failing_reads)
        )(client, loop)

    return make
