"""Numbers that may be percentages, such as maxSurge: 25% of 10 replicas is 3 rounded up, 2 rounded down.

Source: k8s.io/apimachinery/pkg/util/intstr/intstr.go:GetScaledValueFromIntOrPercent@v1.36.2.
"""

import re

_PERCENT = re.compile(r"([+-]?[0-9]+)%", re.ASCII)

IntOrPercent = int | str


def scaled(value: IntOrPercent, total: int, *, round_up: bool) -> int:
    """Return the number, or the percentage of `total` rounded up or down to a whole number.

    Raises ValueError for a string that is not a percentage.
    """
    if isinstance(value, int):
        return value
    match = _PERCENT.fullmatch(value)
    if match is None:
        raise ValueError(f"{value!r} is neither a number nor a percentage such as '25%'")
    product = int(match[1]) * total
    return -(-product // 100) if round_up else product // 100
