"""Text that stops growing: endless printing costs no memory."""

import io


class Bounded(io.StringIO):
    """Keeps the first `limit` characters that are written."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        room = self._limit - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)
