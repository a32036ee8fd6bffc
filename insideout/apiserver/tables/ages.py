"""Ages as kubectl shows them: "5s", "3m20s", "4h", "2d3h", two or three figures.

Source: k8s.io/apimachinery/pkg/util/duration/duration.go (HumanDuration)@v1.36.2.
"""

from datetime import datetime, timedelta

from insideout.apimachinery import timestamps


def age(timestamp: str | None, now: datetime) -> str:
    """Return how long ago `timestamp` was, "<unknown>" when there is none."""
    if not timestamp:
        return "<unknown>"
    return human_duration(now - timestamps.parse(timestamp))


def human_duration(span: timedelta) -> str:
    """Return a span of time in the largest units that say enough."""
    total_s = int(span.total_seconds())  # towards zero, as in Go
    if total_s < -1:
        return "<invalid>"
    total_s = max(total_s, 0)
    minutes, hours = total_s // 60, total_s // 3600
    days = hours // 24
    if total_s < 120:
        return f"{total_s}s"
    if minutes < 10:
        return _two(minutes, "m", total_s % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if days < 365 * 2:
        return f"{days}d"
    if days < 365 * 8:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large}{large_unit}{small}{small_unit}" if small else f"{large}{large_unit}"
