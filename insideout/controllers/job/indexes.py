"""Completion indexes of an Indexed Job: which are done, written short, and which come next.

Source: pkg/controller/job/indexed_job_utils.go@v1.36.2.
"""

from collections.abc import Iterable

from insideout.client import Object

INDEX = "batch.kubernetes.io/job-completion-index"


def index_of(pod: Object) -> int | None:
    """Return a Pod's completion index, None when it has none."""
    text = (pod["metadata"].get("annotations") or {}).get(INDEX, "")
    return int(text) if text.isdigit() else None


def parse(text: str, completions: int) -> set[int]:
    """Read "0,2-4"; indexes beyond the completions, which may have been lowered, do not count."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return {index for index in found if index < completions}


def write(indexes: Iterable[int]) -> str:
    """Write indexes as "0,2-4"."""
    parts: list[list[int]] = []
    for index in sorted(indexes):
        if parts and parts[-1][-1] == index - 1:
            parts[-1].append(index)
        else:
            parts.append([index])
    return ",".join(f"{part[0]}-{part[-1]}" if len(part) > 2 else ",".join(map(str, part)) for part in parts)


def first_pending(taken: Iterable[int], completions: int, count: int) -> list[int]:
    """Return the lowest `count` indexes that are neither done nor at work."""
    busy = set(taken)
    return [index for index in range(completions) if index not in busy][:count]


def repeated(active: Iterable[Object], completions: int) -> list[Object]:
    """Return the Pods to remove because their index is at work already, or is none of the Job's."""
    seen: set[int] = set()
    surplus = []
    for pod in active:
        index = index_of(pod)
        if index is None or index >= completions or index in seen:
            surplus.append(pod)
        else:
            seen.add(index)
    return surplus
