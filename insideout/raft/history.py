"""What clients asked and were told, and when: the history that linearizability is about."""

from typing import NamedTuple


class Operation(NamedTuple):
    """One call of one client on one key.

    `op` is put, append or get; `result` is what a get returned.  `returned_s` is infinite when no answer
    came: the operation may then have taken effect at any time after `called_s`, or never.
    """

    client: str
    op: str
    key: str
    value: str
    result: str
    called_s: float
    returned_s: float

    def __str__(self) -> str:
        """Tell the operation as a reader would."""
        what = (
            f"get {self.key} -> {self.result!r}"
            if self.op == "get"
            else f"{self.op} {self.key} {self.value!r}"
        )
        end = "no answer" if self.returned_s == float("inf") else f"{self.returned_s:.2f} s"
        return f"{self.client}: {what} ({self.called_s:.2f} s to {end})"
