"""Fields that hold a number or a percentage, such as maxSurge and minAvailable.

Source: staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go:GetScaledValueFromIntOrPercent@v1.36.2.
"""

IntOrPercent = int | str


def scaled_value(value: IntOrPercent, total: int, *, round_up: bool) -> int:
    """Return a number as it is, or a percentage such as "25%" of `total`, rounded up or down."""
    if isinstance(value, int):
        return value
    if not value.endswith("%") or not value[:-1].isdigit():
        raise ValueError(f"{value!r} is neither a number nor a percentage such as '25%'")
    product = int(value[:-1]) * total
    return -(-product // 100) if round_up else product // 100
