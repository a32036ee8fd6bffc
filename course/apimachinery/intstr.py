"""Numbers that may be percentages, such as maxSurge: 25% of 10 replicas is 3 rounded up, 2 rounded down.

Source: k8s.io/apimachinery/pkg/util/intstr/intstr.go@v1.36.2.
"""

import re

_PERCENT = re.compile(r"([+-]?[0-9]+)%", re.ASCII)

INVALID_TYPE = "invalid type: string is not a percentage"


def percent(value: int | str | None) -> int | None:
    """Return 25 for "25%", None for a number or anything else."""
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else None


def scaled(value: int | str, total: int, *, round_up: bool) -> int:
    """Return the number, or the percentage of `total` rounded up or down to a whole number.

    Raises ValueError for a string that is not a percentage.
    """
    if isinstance(value, int):
        return value
    share = percent(value)
    if share is None:
        raise ValueError(f"invalid value for IntOrString: {INVALID_TYPE}")
    return -(-share * total // 100) if round_up else share * total // 100
