"""A client that may only write so often: what writes without end is stopped, and the cluster goes on."""

from collections import deque
from collections.abc import Callable
from typing import Any

from insideout.client.interface import Client, Object
from insideout.sim.loop import Loop

MOST = 100
WITHIN_S = 10.0


class TooManyWritesError(RuntimeError):
    """More writes than anybody needs who writes only where something differs."""

    def __init__(self) -> None:
        super().__init__(
            f"more than {MOST} writes within {WITHIN_S:g} s; a controller that is content writes nothing"
        )


class ThriftyClient:
    """A client with at most `MOST` writes in `WITHIN_S` of the loop's time; then TooManyWritesError."""

    def __init__(self, client: Client, loop: Loop) -> None:
        self._client = client
        self._loop = loop
        self._written_s: deque[float] = deque(maxlen=MOST)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def create(self, *args: Any, **options: Any) -> Object:
        """Create an object."""
        return self._write(self._client.create, args, options)

    def update(self, *args: Any, **options: Any) -> Object:
        """Replace an object."""
        return self._write(self._client.update, args, options)

    def patch(self, *args: Any, **options: Any) -> Object:
        """Change part of an object."""
        return self._write(self._client.patch, args, options)

    def delete(self, *args: Any, **options: Any) -> Object:
        """Delete an object."""
        return self._write(self._client.delete, args, options)

    def _write(self, do: Callable[..., Object], args: tuple[Any, ...], options: dict[str, Any]) -> Object:
        times = self._written_s
        if len(times) == MOST and self._loop.now_s - times[0] < WITHIN_S:
            raise TooManyWritesError
        times.append(self._loop.now_s)
        return do(*args, **options)
