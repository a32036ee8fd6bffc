"""A client whose requests fail now and then, before they reach the server or after it acted on them."""

import random
from collections.abc import Callable
from typing import Any

from insideout.client import ApiError, Client, Object
from insideout.client.interface import sharing


class FlakyClient:
    """Passes everything on to `client`; while `rate` is above 0, a share of the writes fails."""

    def __init__(self, client: Client, rng: random.Random, rates: list[float] | None = None) -> None:
        self._rates = rates if rates is not None else [0.0]  # one rate, which the sharing client has too
        self._client = client
        self._rng = rng
        self.get = client.get
        self.list = client.list
        self.watch = client.watch

    @property
    def rate(self) -> float:
        """The share of writes that fail."""
        return self._rates[0]

    @rate.setter
    def rate(self, rate: float) -> None:
        self._rates[0] = rate

    @property
    def shared(self) -> "FlakyClient":
        """The same client, handing out the server's own objects: its writes fail as often."""
        return FlakyClient(sharing(self._client), self._rng, self._rates)

    def create(self, *args: Any, **kwargs: Any) -> Object:
        """Create, or fail."""
        return self._write(self._client.create, *args, **kwargs)

    def update(self, *args: Any, **kwargs: Any) -> Object:
        """Update, or fail."""
        return self._write(self._client.update, *args, **kwargs)

    def patch(self, *args: Any, **kwargs: Any) -> Object:
        """Patch, or fail."""
        return self._write(self._client.patch, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Object:
        """Delete, or fail."""
        return self._write(self._client.delete, *args, **kwargs)

    def _write(self, verb: Callable[..., Object], *args: Any, **kwargs: Any) -> Object:
        if self._rng.random() >= self.rate:
            return verb(*args, **kwargs)
        if self._rng.random() < 0.5:
            verb(*args, **kwargs)  # the server acts, and its answer is lost
        status = {"code": 500, "reason": "InternalError", "message": "etcdserver: request timed out"}
        raise ApiError({"kind": "Status", "status": "Failure", **status})
