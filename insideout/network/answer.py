"""What a client in the cluster's network sees of a request."""

from typing import NamedTuple


class Answer(NamedTuple):
    """What a client saw: an HTTP status and body, or status 0 and the error; and the pod that answered."""

    status: int
    body: str = ""
    pod: str = ""
    error: str = ""
    duration_s: float = 0.0
    """How long the pod took."""

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 400
