"""What the backends' own tests have, too."""

from tests.insideout.backends.controlplane.folder import standins

__all__ = ["standins"]
