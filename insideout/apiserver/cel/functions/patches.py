"""jsonpatch.escapeKey: a key as a step of a JSON pointer.

Source: k8s.io/apiserver/pkg/cel/library/jsonpatch.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from typing import Any

from insideout.apiserver.cel.values import no_such_overload


def escape_key(key: Any) -> str:
    """Return a key with ~ and / escaped; raises EvaluationError for what is no text."""
    if not isinstance(key, str):
        raise no_such_overload()
    return key.replace("~", "~0").replace("/", "~1")


FUNCTIONS: Mapping[str, Callable[..., Any]] = {"jsonpatch.escapeKey": escape_key}
