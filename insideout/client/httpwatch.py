"""A watch over HTTP: a thread of its own reads the stream, and events come as callbacks of the loop."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

from insideout.client.interface import WatchEvent
from insideout.sim.loop import Loop


class HttpWatch:
    """A watch under way: `response` is its stream, not read yet."""

    def __init__(
        self,
        response: Any,
        loop: Loop,
        on_event: Callable[[WatchEvent], object],
        on_close: Callable[[], object] | None,
    ) -> None:
        self._response = response
        self._loop = loop
        self._on_event = on_event
        self._on_close = on_close
        self._stopped = False
        threading.Thread(target=self._read, name="course-watch", daemon=True).start()

    def stop(self) -> None:
        """End it; no event is delivered afterwards."""
        self._stopped = True
        # The thread is in the middle of a read, so closing the response would wait for it; this wakes it up.
        connection = getattr(self._response.connection, "sock", None)
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        # Loaded already: whoever made the response has it.
        import urllib3

        rest = b""
        try:
            for chunk in self._response.stream(amt=None, decode_content=False):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in filter(None, lines):
                    event = json.loads(line)
                    self._loop.call_soon(self._deliver, WatchEvent(event["type"], event["object"]))
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            pass  # the connection broke, or was closed by stop(): either way the watch is over
        self._response.close()
        self._loop.call_soon(self._closed)

    def _deliver(self, event: WatchEvent) -> None:
        if not self._stopped:
            self._on_event(event)

    def _closed(self) -> None:
        if not self._stopped and self._on_close is not None:
            self._stopped = True
            self._on_close()
