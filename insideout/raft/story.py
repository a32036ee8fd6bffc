"""A run as sentences: what each node did and what was done to it, up to the rule that broke."""

from collections.abc import Iterator, Sequence
from typing import Any

from insideout.raft.broken import Broken
from insideout.raft.messages import Entry
from insideout.raft.trace import Event, Trace


def tell(trace: Trace, broken: Broken | None = None, last: int = 16) -> list[str]:
    """Return the last lines of the story of a run; the breach, if any, ends it."""
    said = [(event.t_s, sentence) for event in trace.events for sentence in sentences(event)]
    if broken is not None and said and broken.what.startswith(said[-1][1]):
        said.pop()  # the breach says it again, and more
    lines = [f"t={t_s:.2f} s: {sentence}" for t_s, sentence in said]
    left_out = len(lines) - last
    if left_out > 0:
        lines = [f"(… {left_out} earlier events)", *lines[-last:]]
    if broken is not None:
        when = "" if broken.t_s is None else f"t={broken.t_s:.2f} s: "
        lines.append(f"{when}{broken.what}")
    return lines


def sentences(event: Event) -> Iterator[str]:
    """Yield what is worth telling about an event: nothing, a sentence, or several."""
    node, data = event.node, event.data
    match event.kind:
        case "crash":
            yield f"{node} crashes"
        case "restart":
            yield f"{node} restarts; its disk says term {data['term']}"
        case "heal":
            yield "every link works again"
        case "cut":
            yield _cut(data["links"])
        case "propose":
            yield f"a client proposes {brief(data['command'])} to {node}"
        case "read":
            yield f"{data['client']} asks {node} for {data['key']!r}"
        case "served":
            yield f"{node} answers {data['client']}: {data['key']} is {data['result']!r}"
        case "acknowledge":
            yield f"{node} tells the client that {brief(data['command'])} is done"
        case "compact":
            yield f"the application of {node} hands over a snapshot up to {data['index']}"
        case "deliver" if _matters(data["message"]):
            yield _delivery(node, data["message"])
        case "status":
            yield from _changes(node, data["before"], data["after"])


def brief(command: Any) -> str:
    """Return a command as a reader would write it: put x '1'."""
    if isinstance(command, dict) and {"op", "key"} <= command.keys():
        value = f" {command['value']!r}" if "value" in command else ""
        return f"{command['op']} {command['key']}{value}"
    return "no-op" if command is None else f"{command!r:.40}"


def _matters(message: dict[str, Any]) -> bool:
    """Return whether a message is worth a line: not a heartbeat, and not its answer."""
    match message["type"]:
        case "append_entries":
            return bool(message["entries"])
        case "append_entries_reply":
            return not message["success"]
        case _:
            return True


def _delivery(node: str, message: dict[str, Any]) -> str:
    sender, term = message["from"], message["term"]
    match message["type"]:
        case "request_vote":
            log = f"its log ends with entry {message['last_index']} of term {message['last_term']}"
            return f"{sender} asks {node} for its vote in term {term}; {log}"
        case "pre_vote":
            return f"{sender} asks {node} whether it would vote for it in term {term}"
        case "request_vote_reply" | "pre_vote_reply":
            return f"{node} hears {'yes' if message['granted'] else 'no'} from {sender}, term {term}"
        case "append_entries":
            first, last = message["entries"][0], message["entries"][-1]
            which = (
                f"entry {first['index']}" if first is last else f"entries {first['index']} to {last['index']}"
            )
            return f"{node} gets {which} from {sender}, leader of term {term}"
        case "append_entries_reply":
            return f"{node} hears that {sender} refuses; their logs can agree up to {message['index']}"
        case _:
            return (
                f"{node} gets a snapshot up to {message['last_index']} from {sender}, leader of term {term}"
            )


def _changes(node: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    if (before["role"], before["term"]) != (after["role"], after["term"]):
        yield f"{node} is {after['role']} in term {after['term']}"
    if after["vote"] not in (None, node) and (before["vote"], before["term"]) != (
        after["vote"],
        after["term"],
    ):
        yield f"{node} votes for {after['vote']} in term {after['term']}"
    if before["log"] != after["log"]:
        yield _log_change(node, before["log"], after["log"])
    if before["commit"] != after["commit"]:
        yield f"{node} commits up to entry {after['commit']}"


def _log_change(node: str, before: list[Entry], after: list[Entry]) -> str:
    if after[0]["index"] > before[0]["index"]:
        return f"{node} replaces its log up to entry {after[0]['index']} by a snapshot"
    same = sum(1 for mine, new in zip(before, after, strict=False) if mine == new)
    parts = []
    if before[same:]:
        parts.append(f"drops {_range(before[same:])}")
    if after[same:]:
        parts.append(f"stores {_range(after[same:])}")
    return f"{node} {' and '.join(parts)}"


def _range(entries: list[Entry]) -> str:
    first, last = entries[0], entries[-1]
    if len(entries) == 1:
        return f"entry {first['index']} of term {first['term']} ({brief(first['command'])})"
    return f"entries {first['index']} to {last['index']}, the last of term {last['term']}"


def _cut(links: list[tuple[str, str]]) -> str:
    ids = sorted({id for link in links for id in link})
    sides = sides_of(ids, {tuple(link) for link in links})
    if len(sides) > 1:
        return "the group is split: " + " | ".join(" ".join(side) for side in sides)
    return "links cut: " + ", ".join(f"{a}>{b}" for a, b in sorted(links))


def sides_of(ids: Sequence[str], cut: set[tuple[str, ...]]) -> list[list[str]]:
    """Return the groups of nodes between which nothing passes; one group if some links still join all."""
    sides: list[list[str]] = []
    for id in ids:
        joined = [side for side in sides if any((id, o) not in cut or (o, id) not in cut for o in side)]
        sides = [side for side in sides if side not in joined]
        sides.append(sorted([id, *(other for side in joined for other in side)]))
    return sorted(sides)
