import os
from pathlib import Path

import pytest

from tests.insideout.backends.controlplane.folder import standins

__all__ = ["standins"]


@pytest.fixture
def gone():
    """Return a function that tells whether a process is gone."""

    def is_gone(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        # A process that ended and whose parent has not asked yet is gone, too.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"

    return is_gone
