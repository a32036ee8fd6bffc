"""A table as kubectl prints it, which a notebook shows as one."""

import html
from collections.abc import Sequence
from typing import Any, NamedTuple

_LEFT = 'style="text-align: left"'
"""JupyterLab aligns the cells of tables to the right, and only their own style is stronger."""


class Table(NamedTuple):
    """Columns and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, answer: dict[str, Any], *, wide: bool = False, with_namespace: bool = False) -> "Table":
        """Return the table in a server's answer; `wide` adds what `kubectl -o wide` adds."""
        shown = [
            index
            for index, column in enumerate(answer["columnDefinitions"])
            if wide or column.get("priority", 0) == 0
        ]
        columns = [answer["columnDefinitions"][index]["name"].upper() for index in shown]
        rows = [[_text(row["cells"][index]) for index in shown] for row in answer.get("rows") or []]
        if with_namespace:
            spaces = [row["object"]["metadata"].get("namespace", "") for row in answer.get("rows") or []]
            columns = ["NAMESPACE", *columns]
            rows = [[space, *row] for space, row in zip(spaces, rows, strict=True)]
        return cls(tuple(columns), tuple(tuple(row) for row in rows))

    def __str__(self) -> str:
        if not self.rows:
            return "No resources found."
        lines: Sequence[Sequence[str]] = (self.columns, *self.rows)
        widths = [max(len(line[index]) for line in lines) for index in range(len(self.columns))]
        return "\n".join(
            "   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        )

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return the table as a notebook shows it: every column begins at its left, as kubectl's do."""
        head = "".join(f"<th {_LEFT}>{html.escape(column)}</th>" for column in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td {_LEFT}>{html.escape(cell)}</td>' for cell in row)}</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(cell: Any) -> str:
    return "<none>" if cell is None else str(cell)
