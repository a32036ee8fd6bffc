"""Reads a submitted notebook whatever its state, and puts right what is not the learner's to change.

nbgrader stops at a file that is no notebook, at a repeated grade_id and at metadata of another version, for
everyone who comes after it.  Here each of these is a note for the learner, and the rest counts.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from course.grading.parts import CELL_TYPES, new_cell
from course.grading.unit import ManagedCell, UnitNotebook

SIZE_LIMIT_BYTES = 20 * 2**20
"""A larger file is not read; a notebook without outputs is some 30 kB."""
CELLS_LIMIT = 2_000
CELL_LIMIT = 50_000
"""How many characters a cell may have, as parsing and colouring it takes time and memory in the grader."""
TEXT_LIMIT = 500_000
"""How many characters all cells may have."""
LEFT_OUT = "# This cell was left out while grading: it, or all cells together, are too long."
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Unreadable(Exception):  # noqa: N818  it says what the file is
    """The file holds no notebook; the text says why, for its author."""


def read(data: bytes) -> NotebookNode:
    """Return the notebook in `data` with clean cells and no outputs; Unreadable when there is none."""
    if len(data) > SIZE_LIMIT_BYTES:
        raise Unreadable(f"it has {len(data) // 2**20} MB; at most {SIZE_LIMIT_BYTES // 2**20} are read")
    if not data.strip():
        raise Unreadable("it is empty")
    try:
        raw = json.loads(data.decode(json.detect_encoding(data)))  # some editors write UTF-16
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise Unreadable("it is JSON, but not a notebook")
    cells = raw.get("cells")
    if cells is None and "worksheets" in raw:
        cells = _upgraded(raw)
    if not isinstance(cells, list):
        raise Unreadable("it is JSON, but it has no list of cells")
    notebook: NotebookNode = new_notebook()
    kernelspec = _kernelspec(raw.get("metadata"))
    if kernelspec:
        notebook.metadata["kernelspec"] = nbformat.from_dict(kernelspec)
    try:
        notebook.cells = list(_cells(cells[:CELLS_LIMIT]))
    except RecursionError as error:
        raise Unreadable("something in its cells is nested too deep") from error
    return notebook


def _kernelspec(metadata: Any) -> dict[str, str]:
    """Return which kernel the notebook names, if it does so in the right form."""
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if not isinstance(spec, dict) or not {"name", "display_name"} <= spec.keys():
        return {}
    return {_clean(str(key)): _clean(value) for key, value in spec.items() if isinstance(value, str)}


def _upgraded(raw: dict[str, Any]) -> Any:
    """Return the cells of a notebook of version 3, which had worksheets."""
    try:
        return nbformat.reads(json.dumps(raw), as_version=4).cells
    except Exception as error:  # what nbformat raises for malformed notebooks is not documented
        raise Unreadable(f"it is of an old version and cannot be converted: {error}") from error


def _cells(raw: list[Any]) -> Iterator[NotebookNode]:
    taken: set[str] = set()
    left = TEXT_LIMIT
    for number, one in enumerate(raw):
        if not isinstance(one, dict) or one.get("cell_type") not in CELL_TYPES:
            continue
        source = one.get("source", "")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if len(text) > min(left, CELL_LIMIT):
            text = LEFT_OUT
        left -= len(text)
        name = one.get("id")
        if not isinstance(name, str) or not _ID.fullmatch(name) or name in taken:
            name = next(made for made in (f"cell-{number}", *_more(number)) if made not in taken)
        taken.add(name)
        cell = new_cell(one["cell_type"], _clean(text), name)
        metadata = one.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("nbgrader"), dict):
            cell.metadata["nbgrader"] = nbformat.from_dict(_clean(metadata["nbgrader"]))
        if cell.cell_type != "code":
            attachments = _attachments(one.get("attachments"))
            if attachments:
                cell["attachments"] = nbformat.from_dict(attachments)
        yield cell


def _attachments(raw: Any) -> dict[str, dict[str, str]]:
    """Return a cell's pictures: name -> MIME type -> data; without what has another form."""
    if not isinstance(raw, dict):
        return {}
    return {
        _clean(name): {_clean(kind): _clean(data) for kind, data in bundle.items() if isinstance(data, str)}
        for name, bundle in raw.items()
        if isinstance(bundle, dict)
    }


def _more(number: int) -> Iterator[str]:
    for letter in range(CELLS_LIMIT):
        yield f"cell-{number}-{letter}"


def _clean(value: Any) -> Any:
    """Replace half characters, which JSON can hold and a file cannot."""
    if isinstance(value, str):
        return (
            value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, dict):
        return {_clean(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def repair(notebook: NotebookNode, unit: UnitNotebook) -> list[str]:
    """Make every managed cell of `notebook` what the gradebook says, and return notes on what was wrong."""
    known = {cell.name: cell for cell in unit.cells}
    notes = []
    kept: dict[str, int] = {}
    for position, cell in enumerate(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if isinstance(name, str) and name in known:
            if name in kept:
                notes.append(f"The cell {name} was there more than once; the last one counts.")
                notebook.cells[kept[name]].metadata.pop("nbgrader")
            kept[name] = position
        else:
            cell.metadata.pop("nbgrader", None)
    for name, position in kept.items():
        notes += _restore(notebook.cells, position, known[name])
    notes += _add_missing(notebook.cells, kept, unit.cells)
    if unit.kernelspec != "{}":
        notebook.metadata["kernelspec"] = nbformat.from_dict(json.loads(unit.kernelspec))
    return notes


def _restore(cells: list[NotebookNode], position: int, managed: ManagedCell) -> Iterator[str]:
    """Give the cell its type, its metadata and, if it is locked, its text back."""
    cell = cells[position]
    if cell.cell_type != managed.cell_type:
        yield f"The cell {managed.name} was no {managed.cell_type} cell any more; it was made one again."
        cell = new_cell(managed.cell_type, cell.source, cell.id)
        cells[position] = cell
    cell.metadata["nbgrader"] = nbformat.from_dict(managed.metadata())
    if managed.locked and cell.source != managed.source:
        # The released cell has no hidden tests, so a difference is no sign of anything.
        cell.source = managed.source


def _add_missing(
    cells: list[NotebookNode], kept: dict[str, int], managed: tuple[ManagedCell, ...]
) -> Iterator[str]:
    """Put missing graded cells back, each after the managed cell before it that is there."""
    missing = [cell for cell in managed if cell.name not in kept and (cell.points is not None)]
    if not missing:
        return
    order = [cell.name for cell in managed]
    taken = {cell.id for cell in cells}
    for one in missing:
        earlier = order[: order.index(one.name)]
        place = max(
            (
                position + 1
                for position, cell in enumerate(cells)
                if cell.metadata.get("nbgrader", {}).get("grade_id") in earlier
            ),
            default=len(cells),
        )
        if one.is_test and not any(name in kept for name in earlier):
            place = len(cells)  # nothing tells where it was; at the end everything is defined
        name = one.name if one.name not in taken and _ID.fullmatch(one.name) else f"{one.name[:50]}-restored"
        restored = new_cell(one.cell_type, one.source, name)
        restored.metadata["nbgrader"] = nbformat.from_dict(one.metadata())
        cells.insert(place, restored)
        yield f"The cell {one.name} was missing; it was put back."


def blank(unit: UnitNotebook) -> NotebookNode:
    """Return a notebook with the managed cells of `unit` and nothing of the learner's."""
    notebook: NotebookNode = new_notebook()
    for one in unit.cells:
        cell = new_cell(one.cell_type, one.source, one.name if _ID.fullmatch(one.name) else "restored")
        cell.metadata["nbgrader"] = nbformat.from_dict(one.metadata())
        notebook.cells.append(cell)
    if unit.kernelspec != "{}":
        notebook.metadata["kernelspec"] = nbformat.from_dict(json.loads(unit.kernelspec))
    return notebook


def add_notes(notebook: NotebookNode, notes: list[str]) -> None:
    """Put the notes on top of the notebook, for the learner to read in the feedback."""
    if notes:
        text = "**While grading:**\n\n" + "".join(f"- {note}\n" for note in notes)
        notebook.cells.insert(0, new_cell("markdown", text, "notes-of-the-grader"))
