"""The operator around a learner's `reconcile(api, key)`, which is not tried on where that is of no use."""

from typing import Any

from course.checks.call import Raised
from insideout.client.interface import ApiError, Client, Object
from insideout.controllers.cache import operator as cache
from insideout.controllers.cache.kinds import NAMESPACE
from insideout.controllers.cache.operator import Api, Reconcile
from insideout.explore import Factory
from insideout.sim.loop import Loop

__all__ = ["Api", "Hopeless", "Reconcile", "operator"]

_OUTSIDE = ("TooSlow", "Stopped", "NotImplementedError")
"""What is no error of an operator's: there is no use in trying again."""


class Hopeless(BaseException):
    """The function cannot be tried any further; `error` is what to raise."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


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
    """Return a factory of operators for Caches; Hopeless where the function cannot be tried.

    So many of the first reads of an object fail after each start.
    """

    def tried(api: Any, key: str) -> None:
        try:
            reconcile(api, key)
        except NotImplementedError as error:
            raise Hopeless(error) from None
        except Raised as error:
            if error.kind in _OUTSIDE:
                raise Hopeless(error) from None
            raise

    return cache.operator(tried, api=lambda client, loop: _FailsFirst(client, loop, failing_reads))
