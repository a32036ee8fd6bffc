"""What the functions of expressions do, by their names; arguments come as values, the target first.

A function raises EvaluationError where it has no value for its arguments.
"""

from collections.abc import Callable, Mapping
from typing import Any

from insideout.apiserver.cel.functions import (
    addresses,
    authorization,
    conversions,
    lists,
    named_formats,
    operators,
    optionals,
    patches,
    quantities,
    strings,
    times,
    urls,
    versions,
)

Function = Callable[..., Any]

FUNCTIONS: Mapping[str, Function] = {
    **operators.FUNCTIONS,
    **conversions.FUNCTIONS,
    **times.FUNCTIONS,
    **optionals.FUNCTIONS,
    **strings.FUNCTIONS,
    **lists.FUNCTIONS,
    **urls.FUNCTIONS,
    **addresses.FUNCTIONS,
    **named_formats.FUNCTIONS,
    **quantities.FUNCTIONS,
    **authorization.FUNCTIONS,
    **patches.FUNCTIONS,
    # These three names are lists' and strings', quantities' and versions'.
    "indexOf": lambda target, *args: (strings if isinstance(target, str) else lists).index_of(target, *args),
    "lastIndexOf": lambda target, *args: (strings if isinstance(target, str) else lists).last_index_of(
        target, *args
    ),
    **versions.FUNCTIONS,
}
