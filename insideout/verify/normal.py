"""Making two answers comparable, and saying where they still differ.

Volatile values (uids, times, ages, versions, addresses, generated names) become placeholders on both sides.
insideout/records/README.md says which.  A record may ask for more: resourceVersions told by what they are
newer than (insideout.verify.marks), or lists and events in few words (insideout.verify.brief).
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Tell = Callable[[Any, bool], Any]
"""Says a resourceVersion; the second argument: is it that of a list or a bookmark."""

LONGEST_TEXT = 20_000

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
    (r"in record \(\d+\)", "in record (<rv>)"),
    (r"(version: \d+, current: |version: \d+ \(|version: )\d+", r"\1<rv>"),
    (r"(version: )\d+( \(<rv>\)|, current: <rv>)", r"\1<rv>\2"),
    (r'(resourceVersion(?:\\*":\\*|: )")\d+', r"\1<rv>"),
    (r"^\d{1,2}s$", "<age>"),
    (r"(?<=-)[bcdfghjklmnpqrstvwxz2456789]{5}(?=$|[\"' ])", "<5>"),
)


def normal(value: Any, tell: Tell | None = None, *, listed: bool = False) -> Any:
    """Return `value` with everything volatile replaced.

    With `tell` resourceVersions are told by it; `listed`: the value is a list's or a bookmark's metadata.
    """
    if isinstance(value, dict):
        return {
            key: _field(key, each, tell, listed=listed or _is_listed(key, value))
            for key, each in value.items()
            if key not in _DROPPED
        }
    if isinstance(value, list):
        return [normal(each, tell) for each in value]
    return text(value) if isinstance(value, str) else value


def _is_listed(key: str, owner: dict[str, Any]) -> bool:
    return (key == "metadata" and "items" in owner) or (key == "object" and owner.get("type") == "BOOKMARK")


def _field(key: str, value: Any, tell: Tell | None, *, listed: bool) -> Any:
    if key == "clusterIPs" and value and value[0] != "None":
        return ["<ip>"]
    if key == "clusterIP" and value not in ("None", ""):
        return "<ip>"
    if key == "resourceVersion" and tell is not None:
        return tell(value, listed)
    if key in _PLACEHOLDERS and value not in (None, "") and isinstance(value, str | int):
        return _PLACEHOLDERS[key]
    return normal(value, tell, listed=listed and key in ("object", "metadata"))


def text(value: str) -> str:
    """Return a string with what is volatile in it replaced; a very long one becomes its length."""
    if len(value) > LONGEST_TEXT:
        return f"<{len(value)} characters>"
    for pattern, placeholder in _PATTERNS:
        value = re.sub(pattern, placeholder, value)
    return value


def aged(value: Any) -> Any:
    """Return what a record wants, with the ages of tables replaced: older records have them as they were."""
    if isinstance(value, dict):
        return {key: aged(each) for key, each in value.items()}
    if isinstance(value, list):
        return [aged(each) for each in value]
    return "<age>" if isinstance(value, str) and re.fullmatch(r"\d{1,2}s", value) else value


def sorted_causes(value: Any) -> Any:
    """Return a Status with its causes, and the list in its message, in the alphabet's order.

    Upstream finds causes about a map in Go's random order.
    """
    if not isinstance(value, dict):
        return value
    message = value.get("message") or ""
    quota = re.fullmatch(r"(.* is forbidden: )\[(.*)\]", message)
    if quota:
        parts = re.split(r", (?=minimum|maximum|\w+ max limit)", quota[2])
        return {**value, "message": f"{quota[1]}[{', '.join(sorted(parts))}]"}
    details = value.get("details") or {}
    causes = details.get("causes") or []
    if len(causes) < 2:
        return value
    causes = sorted(causes, key=lambda cause: (cause.get("field") or "", cause.get("message") or ""))
    listed = ", ".join(f"{cause.get('field')}: {cause.get('message')}" for cause in causes)
    head = message.split(" is invalid: ")[0]
    return {**value, "details": {**details, "causes": causes}, "message": f"{head} is invalid: [{listed}]"}


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
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 200 else f"{shown[:200]}..."
