"""What happened in an execution, entry by entry, before it is put into words."""

from typing import Any, NamedTuple

from insideout.client.interface import Object

STEP, CALL, FAULT, EVENT, START, CRASH, QUIET = "step", "call", "fault", "event", "start", "crash", "quiet"


class Entry(NamedTuple):
    """One thing that happened.

    `kind` is STEP (a user's step begins, `text` says it), CALL (a write, with the object before and after
    it, and the code that its caller got), EVENT (the controller is told), FAULT (`text` is its kind), START
    (a controller begins), CRASH (it failed by itself, `text` is the error) or QUIET.
    """

    kind: str
    time_s: float
    who: str
    text: str = ""
    verb: str = ""
    resource: str = ""
    subresource: str = ""
    name: str = ""
    before: Object | None = None
    after: Object | None = None
    sent: Any = None
    code: int = 0
    message: str = ""
