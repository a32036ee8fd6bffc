"""What a rule for warnings is."""

from collections.abc import Callable, Iterator
from typing import Any

Object = dict[str, Any]
Warnings = Iterator[str]
Rule = Callable[[Object, Object | None], Warnings]
"""Yields the warnings about a new object, or about a changed one and what it was before."""
