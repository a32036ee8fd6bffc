"""Where learners work: `work/`, an ignored copy of release/ into which new versions of a unit are merged.

Merging goes by cell ids and by what the unit was like when it was last brought in (`work/.base/`).  A cell
that the learner changed stays as it is; one that they did not touch becomes the new one.  Checks always are
the new ones, for points come from them.  Cells that the learner added stay where they are.  What was there
before is kept in `work/.before/`.
"""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

Cell = dict[str, Any]
Notebook = dict[str, Any]


class Changes(NamedTuple):
    """What a new version of a unit did to the learner's copy, by cell ids."""

    added: list[str]
    changed: list[str]
    removed: list[str]
    yours: list[str]
    """Changed in the new version and by the learner: theirs stayed."""

    def __bool__(self) -> bool:
        return any(self)

    def sentence(self) -> str:
        """Say in one sentence what changed."""
        parts = [
            f"{what}: {', '.join(cells)}"
            for what, cells in (
                ("new", self.added),
                ("changed", self.changed),
                ("gone", self.removed),
                ("changed, but yours stayed", self.yours),
            )
            if cells
        ]
        return "; ".join(parts) if parts else "nothing changed"


def prepare(project: Path) -> dict[str, str]:
    """Bring every unit of release/ into work/; return what changed, in a sentence, by unit.

    A unit that is there for the first time is no change.
    """
    said = {}
    for released in sorted((project / "release").glob("*/*.ipynb")):
        unit = released.parent.name
        if released.stem != unit:
            continue
        changes = bring(project, unit)
        if changes:
            said[unit] = changes.sentence()
    if said:
        _tell(project, said)
    return said


def told(project: Path) -> dict[str, str]:
    """Return what the last updates changed, by unit."""
    try:
        found = json.loads((project / "work" / ".base" / "changes.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(unit): str(text) for unit, text in found.items()} if isinstance(found, dict) else {}


def _tell(project: Path, said: dict[str, str]) -> None:
    _write(project / "work" / ".base" / "changes.json", {**told(project), **said})


def bring(project: Path, unit: str) -> Changes:
    """Bring the released version of a unit into work/; return what it changed in the learner's copy.

    A copy that is no notebook any more is put aside, and a new one takes its place.
    """
    released = project / "release" / unit / f"{unit}.ipynb"
    mine = project / "work" / unit / f"{unit}.ipynb"
    base = project / "work" / ".base" / f"{unit}.ipynb"
    _bring_files(released.parent, mine.parent)
    new = _read(released)
    if new is None:
        return Changes([], [], [], [])
    current, before = _read(mine), _read(base)
    if current is None:
        if mine.exists():
            _put_aside(project, mine)
        _write(mine, new)
        _write(base, new)
        return Changes([], [], [], [])
    if before is not None and _same(before, new):
        return Changes([], [], [], [])
    merged, changes = merge(before or current, current, new)
    if changes:
        _put_aside(project, mine)
        _write(mine, merged)
    _write(base, new)
    return changes


def merge(base: Notebook, mine: Notebook, new: Notebook) -> tuple[Notebook, Changes]:
    """Return `mine` with what changed from `base` to `new`, and what that was; none is changed."""
    bases, news = _by_id(base), _by_id(new)
    changes = Changes([], [], [], [])
    kept: dict[str, Cell] = {}
    met: set[str] = set()
    for place, cell in enumerate(mine["cells"]):
        id = str(cell.get("id", ""))
        if not id or id in met:  # a copy, or from an editor without ids: theirs, under a key that no id has
            kept[f"{id}/{place}"] = cell
            continue
        met.add(id)
        touched = id not in bases or _source(cell) != _source(bases[id])
        if id not in news:
            if touched:
                kept[id] = cell
            else:
                changes.removed.append(id)
            continue
        updated = id not in bases or _core(bases[id]) != _core(news[id])
        if not updated and not (_is_locked(news[id]) and touched):
            kept[id] = cell
        elif touched and not _is_locked(news[id]):
            if updated and _source(cell) != _source(news[id]):
                changes.yours.append(id)
            kept[id] = {**cell, "metadata": news[id].get("metadata", {})}
        else:
            changes.changed.append(id)
            kept[id] = news[id]
    return {**mine, "cells": _in_order(kept, new, bases, changes)}, changes


def _in_order(kept: dict[str, Cell], new: Notebook, bases: dict[str, Cell], changes: Changes) -> list[Cell]:
    """Return the kept cells in the new version's order, each of the learner's own after its predecessor."""
    followers: dict[str, list[str]] = {}
    news = _by_id(new)
    last = ""
    for id in kept:
        if id in news:
            last = id
        else:
            followers.setdefault(last, []).append(id)
    order = followers.get("", [])
    for id, cell in news.items():
        if id in kept:
            order.append(id)
        elif id not in bases or _is_graded(cell):  # a check or an exercise that was deleted comes back
            kept[id] = cell
            order.append(id)
            changes.added.append(id)
        order += followers.get(id, [])
    return [kept[id] for id in order]


def _by_id(notebook: Notebook) -> dict[str, Cell]:
    return {str(cell.get("id", "")): cell for cell in notebook["cells"]}


def _source(cell: Cell) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _core(cell: Cell) -> tuple[str, str, str]:
    grading = json.dumps(cell.get("metadata", {}).get("nbgrader"), sort_keys=True)
    return str(cell.get("cell_type")), _source(cell), grading


def _same(one: Notebook, other: Notebook) -> bool:
    return [_core(cell) for cell in one["cells"]] == [_core(cell) for cell in other["cells"]]


def _is_locked(cell: Cell) -> bool:
    return bool(cell.get("metadata", {}).get("nbgrader", {}).get("locked"))


def _is_graded(cell: Cell) -> bool:
    grading = cell.get("metadata", {}).get("nbgrader", {})
    return bool(grading.get("grade") or grading.get("solution"))


def _read(path: Path) -> Notebook | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    cells = found.get("cells") if isinstance(found, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return None
    notebook: Notebook = found
    return notebook


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    os.replace(partial, path)


def _put_aside(project: Path, mine: Path) -> None:
    """Keep the learner's copy as it was, under the time of this moment."""
    folder = project / "work" / ".before"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    shutil.copyfile(mine, folder / f"{mine.stem}-{stamp}.ipynb")


def _bring_files(released: Path, into: Path) -> None:
    """Copy the unit's other files that are not there yet."""
    into.mkdir(parents=True, exist_ok=True)
    for file in released.iterdir():
        if file.is_file() and file.suffix != ".ipynb" and not (into / file.name).exists():
            shutil.copyfile(file, into / file.name)
