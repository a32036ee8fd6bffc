"""Parts of a notebook, made as nbformat makes them but for the check of each against the schema.

That check takes most of the time of reading a notebook, and the whole one is checked when it is written.
"""

from typing import Any

from nbformat import NotebookNode

CELL_TYPES = ("code", "markdown", "raw")


def new_cell(cell_type: str, source: str, name: str) -> NotebookNode:
    """Return a cell of one of CELL_TYPES with the id `name`."""
    cell = NotebookNode(id=name, cell_type=cell_type, metadata=NotebookNode(), source=source)
    if cell_type == "code":
        cell.update(execution_count=None, outputs=[])
    return cell


def stream(name: str, text: str) -> NotebookNode:
    """Return what a cell wrote to the stream `name`."""
    return NotebookNode(output_type="stream", name=name, text=text)


def shown(text: str) -> NotebookNode:
    """Return what a cell displayed, as text."""
    data = NotebookNode({"text/plain": text})
    return NotebookNode(output_type="display_data", data=data, metadata=NotebookNode())


def result(text: str, count: int) -> NotebookNode:
    """Return the value of the cell that ran as number `count`, as text."""
    return NotebookNode(shown(text), output_type="execute_result", execution_count=count)


def error(name: str, message: str, lines: list[str]) -> NotebookNode:
    """Return the error that ended a cell."""
    fields: dict[str, Any] = {"ename": name, "evalue": message, "traceback": lines}
    return NotebookNode(output_type="error", **fields)
