"""Ctrl-C, or Interrupt in a notebook, between two events: so that an interrupted cluster is whole.

Raised in the middle of an event it would leave a controller with half of its work done and its queue without
the other half.  An event that takes longer than `PATIENCE_S` is a loop without an end in a component,
and is interrupted all the same.  Where the interpreter has no signals (a browser), or Ctrl-C is somebody
else's to handle, nothing changes.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

PATIENCE_S = 1.0
"""How long an event may take to end once it is to be interrupted."""


class Interrupt:
    """Whether an interrupt waits for the event at work to end."""

    def __init__(self) -> None:
        self.waits = False
        self._overdue: threading.Timer | None = None

    def came(self, number: int, frame: FrameType | None) -> None:
        """Note a first interrupt; a second one, or one that waited too long, does not wait any more."""
        if self.waits:
            raise KeyboardInterrupt
        self.waits = True
        self._overdue = threading.Timer(PATIENCE_S, signal.raise_signal, (signal.SIGINT,))
        self._overdue.daemon = True
        self._overdue.start()

    def stop_waiting(self) -> None:
        """Let nothing ring any more."""
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue.join()


@contextlib.contextmanager
def between_events() -> Iterator[Interrupt]:
    """Hold interrupts back; whoever runs events looks at `waits` after each, and raises KeyboardInterrupt."""
    interrupt = Interrupt()
    ours = (
        sys.platform != "emscripten"
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if not ours:
        yield interrupt
        return
    signal.signal(signal.SIGINT, interrupt.came)
    try:
        yield interrupt
    finally:
        interrupt.stop_waiting()
        signal.signal(signal.SIGINT, signal.default_int_handler)
