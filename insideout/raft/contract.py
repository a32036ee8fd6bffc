"""Whether a node's answer is plain data of the agreed form; if not, one line says what to change."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from insideout.raft.broken import Broken, Rule
from insideout.raft.messages import FIELDS, ROLES, Message, Ready

ANSWER = {"messages": list, "apply": list, "status": dict}
STATUS = {"role": str, "term": int, "commit": int}
SAVED = {"term": int, "log": list}
ENTRY = {"index": int, "term": int, "command": object}


class Crossed(NamedTuple):
    """An answer that came from another process.

    `value` is what its JSON says, and nobody else has it; the first `known` entries of its logs were checked
    in an earlier answer.  `letters` is equal for answers that are equal, None where nobody can tell.
    """

    value: Any
    letters: str | None = None
    known: int = 0


def crossed(answer: Any, *, call: str, node: str) -> Any:
    """Return a copy of `answer` as it looks after crossing to another process.

    Raises Broken (CONTRACT) when it is not plain data.
    """
    if isinstance(answer, Crossed):
        return answer.value
    try:
        return json.loads(json.dumps(answer))
    except (TypeError, ValueError, RecursionError) as error:
        raise _broken(node, f"{call} returned something that is not plain data: {error}") from None


def as_ready(answer: Any, *, call: str, node: str, members: Sequence[str]) -> Ready:
    """Return a copy of `answer`, complete; raises Broken (CONTRACT) when it lacks a field."""
    ready = crossed(answer, call=call, node=node)
    _expect(ready, ANSWER, f"the answer of {call}", node)
    _expect(ready["status"], STATUS, f"status in the answer of {call}", node)
    status = ready["status"]
    if status["role"] not in ROLES:
        raise _broken(node, f"status.role is {status['role']!r}; it is one of {', '.join(ROLES)}")
    log = status.setdefault("log", None)
    if log is not None and not (isinstance(log, list) and log):
        raise _broken(
            node, f"status.log is {log!r:.60}; it is None or begins with the entry before the first"
        )
    for message in ready["messages"]:
        _check_message(message, node, members)
    saved = ready.setdefault("save", None)
    if saved is not None:
        _expect(saved, SAVED, f"save in the answer of {call}", node)
        known = answer.known if isinstance(answer, Crossed) else 0
        _check_log(saved["log"], "save.log", node, known)
        saved.setdefault("snapshot", None)
    for name in ("vote", "leader"):
        status.setdefault(name, None)
    for item in ready["apply"]:
        _expect(item, {"index": int}, "what is to be applied", node)
        if "command" not in item and "snapshot" not in item:
            raise _broken(node, f"what is to be applied at {item['index']} is neither command nor snapshot")
    for read in ready.setdefault("reads", []):
        _expect(read, {"id": int, "index": int}, "the answer to a read", node)
    return ready  # type: ignore[no-any-return]  # json.loads cannot know; checked above


def _check_message(message: Message, node: str, members: Sequence[str]) -> None:
    _expect(message, {"type": str, "from": str, "to": str, "term": int}, "a message", node)
    fields = FIELDS.get(message["type"])
    if fields is None:
        raise _broken(node, f"a message has type {message['type']!r}; known are {', '.join(FIELDS)}")
    if message["from"] != node or message["to"] not in members or message["to"] == node:
        raise _broken(node, f"{node} sends a message from {message['from']} to {message['to']}")
    _expect(message, fields, message["type"], node)
    for entry in message.get("entries", []):
        if not _is_entry(entry):
            _expect(entry, ENTRY, "an entry in a message", node)


def _check_log(log: Any, where: str, node: str, known: int) -> None:
    if not (isinstance(log, list) and log):
        raise _broken(node, f"{where} is {log!r:.60}; a log begins with the entry before the first")
    for entry in log[known:]:
        if not _is_entry(entry):
            _expect(entry, ENTRY, f"an entry of {where}", node)


def _is_entry(value: Any) -> bool:
    """Tell, at once, whether `value` is an entry beyond doubt; logs are long."""
    return (
        type(value) is dict
        and type(value.get("index")) is int
        and type(value.get("term")) is int
        and "command" in value
    )


def _expect(value: Any, fields: Any, where: str, node: str) -> None:
    if not isinstance(value, dict):
        raise _broken(node, f"{where} is {value!r:.60}; it must be a dict with {', '.join(fields)}")
    for name, kind in fields.items():
        if name not in value:
            raise _broken(node, f"{where} lacks {name!r}")
        if not isinstance(value[name], kind):
            raise _broken(node, f"{where}: {name} is {value[name]!r:.60}; it must be {kind.__name__}")


def _broken(node: str, what: str) -> Broken:
    return Broken(Rule.CONTRACT, what, node=node)
