"""Making two answers comparable, and saying where they still differ.

Volatile values (uids, times, ages, versions, addresses, generated names) become placeholders on both sides.
insideout/records/README.md says which.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

_PLACEHOLDERS = {
    "uid": "<uid>",
    "resourceVersion": "<rv>",
    "creationTimestamp": "<t>",
    "lastTransitionTime": "<t>",
    "lastUpdateTime": "<t>",
    "deletionTimestamp": "<t>",
    "startTime": "<t>",
    "nodePort": "<port>",
    "healthCheckNodePort": "<port>",
    "lastProbeTime": "<t>",
    "lastHeartbeatTime": "<t>",
    "continue": "<continue>",
    "nodeName": "<node>",
}
_DROPPED = ("managedFields", "serverAddressByClientCIDRs", "storageVersionHash", "hash")
_PATTERNS = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<t>"),
    (r"ns-[a-z0-9-]+?-\d+", "<ns>"),
    (r"^\d+s$", "<age>"),
    (r"in record \(\d+\)", "in record (<rv>)"),
    (r"(?<=-)[bcdfghjklmnpqrstvwxz2456789]{5}(?=$|[\"' ])", "<5>"),
)


def normal(value: Any) -> Any:
    """Return `value` with everything volatile replaced."""
    if isinstance(value, dict):
        return {key: _field(key, each) for key, each in value.items() if key not in _DROPPED}
    if isinstance(value, list):
        return [normal(each) for each in value]
    if isinstance(value, str):
        for pattern, placeholder in _PATTERNS:
            value = re.sub(pattern, placeholder, value)
    return value


def _field(key: str, value: Any) -> Any:
    if key == "clusterIPs" and value and value[0] != "None":
        return ["<ip>"]
    if key == "clusterIP" and value not in ("None", ""):
        return "<ip>"
    if key in _PLACEHOLDERS and value not in (None, ""):
        return _PLACEHOLDERS[key]
    return normal(value)


def differences(want: Any, got: Any, path: str = "") -> Iterator[str]:
    """Yield a line for each place where `got` is not what is wanted."""
    if type(want) is not type(got):
        yield f"{path or '.'}: want {_short(want)}, got {_short(got)}"
    elif isinstance(want, dict):
        for key in sorted({*want, *got}):
            if key not in got:
                yield f"{path}.{key}: missing, want {_short(want[key])}"
            elif key not in want:
                yield f"{path}.{key}: unexpected {_short(got[key])}"
            else:
                yield from differences(want[key], got[key], f"{path}.{key}")
    elif isinstance(want, list) and len(want) == len(got):
        for index, (one, other) in enumerate(zip(want, got, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif isinstance(want, list):
        yield f"{path or '.'}: want {len(want)} items, got {len(got)}"
    elif want != got:
        yield f"{path or '.'}: want {_short(want)}, got {_short(got)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}..."
