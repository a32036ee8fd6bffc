"""A learner's progress leaves as one JSON file, and is read in elsewhere without losing what is there."""

import json
from typing import Any

from course.learn.keeping import SECTIONS, VERSION, Content, Kept

LIMIT_BYTES = 5_000_000


class NotProgress(ValueError):  # noqa: N818  learners read it
    """What was read in is no file of progress; the text says why."""


def export(kept: Kept) -> str:
    """Return all that is kept, as the text of a file."""
    return json.dumps({"version": VERSION, **kept.read()}, indent=1, sort_keys=True, ensure_ascii=False)


def bring_in(kept: Kept, text: str) -> int:
    """Add the entries of an exported file; return how many are new or newer than what was there.

    Of two entries of one name the later one stays; of two checks the one with more points.  NotProgress for
    a text that is no export.
    """
    found = _read(text)
    taken = 0

    def add(content: Content) -> None:
        nonlocal taken
        for section in SECTIONS:
            for name, entry in found[section].items():
                if _is_better(section, entry, content[section].get(name)):
                    content[section][name] = entry
                    taken += 1

    kept.change(add)
    return taken


def _read(text: str) -> Content:
    if len(text) > LIMIT_BYTES:
        raise NotProgress("the file is larger than any progress")
    try:
        found = json.loads(text)
    except ValueError:
        raise NotProgress("it is not JSON") from None
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise NotProgress(f"it is not a file of progress of version {VERSION}")
    content: Content = {}
    for section in SECTIONS:
        entries = found.get(section, {})
        if not isinstance(entries, dict) or not all(isinstance(each, dict) for each in entries.values()):
            raise NotProgress(f"its {section} are not what they should be")
        content[section] = entries
    return content


def _is_better(section: str, new: dict[str, Any], old: dict[str, Any] | None) -> bool:
    if old is None:
        return True
    if section == "predictions" and ("revealed" in old) != ("revealed" in new):
        return "revealed" in new  # what was said before a reveal stays
    if section == "checks":
        return _points(new) > _points(old)
    return str(new.get("at", "")) > str(old.get("at", ""))


def _points(entry: dict[str, Any]) -> float:
    points = entry.get("points")
    return points if isinstance(points, int | float) else -1
