"""Imports what validates notebooks without what no notebook needs."""

import importlib
import sys

GRAMMAR = "rfc3987_syntax"
"""Checks international addresses; it compiles a grammar when it is imported, for most of a second."""


def import_jsonschema() -> None:
    """Import jsonschema as if GRAMMAR were not installed: the schema of notebooks has no such addresses."""
    if GRAMMAR in sys.modules:
        return
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]  # Python's way to say that there is none
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[GRAMMAR]
