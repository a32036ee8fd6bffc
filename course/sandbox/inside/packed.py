"""Arguments of a call in Python's own form, on their way to the learner's process; nothing comes back so.

Python's marshal takes a tenth of the time of JSON with tags, but whoever writes it decides what its reader
makes of it.  The trusted process writes it and never reads it.
"""

import marshal
from collections.abc import Callable
from typing import Any

from . import wire

VERSION = 2
"""The last one that writes shared data once for each place, and equal data as equal bytes."""


def pack(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Return arguments as bytes, each on its own; none when one of them is more than plain data."""
    try:
        return marshal.dumps(([marshal.dumps(one, VERSION) for one in args], kwargs), VERSION)
    except ValueError:
        return b""


class Pieces:
    """Arguments that were packed, to be unpacked and compared with what became of them."""

    def __init__(self, data: bytes) -> None:
        pieces, kwargs = marshal.loads(data)
        self._pieces: list[bytes] = pieces
        self.args = [marshal.loads(piece) for piece in pieces]
        self.kwargs: dict[str, Any] = kwargs

    def is_as_it_was(self, position: int) -> bool:
        """Whether the argument is unchanged; not all that it says is changed really is."""
        try:
            return marshal.dumps(self.args[position], VERSION) == self._pieces[position]
        except ValueError:  # it holds something that is not plain data now
            return False

    def encoded(self, position: int, encode: Callable[[Any], Any]) -> Any:
        """Return the argument as it came, encoded as an answer would be."""
        return encode(marshal.loads(self._pieces[position]))


class Frames(wire.Frames):
    """The end of the channel in the learner's process: the frames of a caller that may pack arguments."""

    def _message(self, body: bytes) -> dict[str, Any]:
        text, _mark, data = body.partition(wire.MARK)
        message = super()._message(text)
        return message | {"packed": Pieces(data)} if data else message
