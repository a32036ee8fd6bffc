"""The pictures' drawing library where matplotlib is missing: plain SVG, in plain Python.

matplotlib has compiled parts, which a browser would have to load from a distribution of its own.  The
course's pictures use some forty of its calls; these are here, under the same names, so that one text of a
picture draws with both.  `stand_in` puts this package in matplotlib's place.  Left out: everything that no
picture uses.
"""

import contextlib
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

PARTS = ("axes", "figure", "patches", "lines", "ticker", "artist")

rcParams: dict[str, Any] = {}  # noqa: N816  matplotlib's name; the style here is fixed


@contextlib.contextmanager
def rc_context() -> Iterator[None]:
    """Do nothing: there are no settings."""
    yield


def rcdefaults() -> None:
    """Do nothing: there are no settings."""


def stand_in() -> None:
    """Let `import matplotlib` find this package, and those parts of it that the pictures import."""
    sys.modules["matplotlib"] = sys.modules[__name__]
    for part in PARTS:
        sys.modules[f"matplotlib.{part}"] = import_module(f"{__name__}.{part}")
