"""What a controller has asked for and not yet seen: until its cache shows it, it must not ask again.

Source: pkg/controller/controller_utils.go:ControllerExpectations, UIDTrackingControllerExpectations@v1.36.2.
"""

from insideout.client.informer import Key
from insideout.sim import Loop

TIMEOUT_S = 300.0
"""After so long an event is taken to be lost, and the controller goes by its cache."""


class Expectations:
    """For each key, how many creations and which deletions (by UID) are still to be seen."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._creations: dict[Key, int] = {}
        self._deletions: dict[Key, set[str]] = {}
        self._since_s: dict[Key, float] = {}

    def expect(self, key: Key, *, creations: int = 0, deletions: tuple[str, ...] = ()) -> None:
        """Note what is about to be asked for."""
        self._creations[key] = creations
        self._deletions[key] = set(deletions)
        self._since_s[key] = self._loop.now_s

    def created(self, key: Key, count: int = 1) -> None:
        """Note that creations were seen, or will never be because they failed."""
        if key in self._creations:
            self._creations[key] = max(0, self._creations[key] - count)

    def deleted(self, key: Key, uid: str) -> None:
        """Note that a deletion was seen, or failed."""
        self._deletions.get(key, set()).discard(uid)

    def are_met(self, key: Key) -> bool:
        """Tell whether everything was seen, or has been waited for long enough."""
        if self._loop.now_s - self._since_s.get(key, self._loop.now_s) > TIMEOUT_S:
            return True
        return not self._creations.get(key) and not self._deletions.get(key)

    def forget(self, key: Key) -> None:
        """Drop what is known of a key that is gone."""
        for table in (self._creations, self._deletions, self._since_s):
            table.pop(key, None)
