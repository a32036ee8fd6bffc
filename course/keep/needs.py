"""What an exercise's cell needs of its notebook to stand alone: imports, helpers, earlier exercises.

A cell's functions look names up among the notebook's own when they are called.  Python's `symtable` says
which names these are, so that a local variable that is called like a cluster of the notebook does not bring
the cluster along.  What a name stands for is the last statement that binds it up to the exercise, else the
first one below.  Left out: names that are bound by `exec` or by magics.
"""

import ast
import builtins
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


@dataclass(frozen=True)
class _Statement:
    """One statement at the top of a cell: its place, and the names that it binds and looks up."""

    cell: int
    text: str
    binds: frozenset[str]
    wants: frozenset[str]
    imported: ast.Import | ast.ImportFrom | None = None


def alone(cells: Sequence[str], exercise: int) -> str:
    """Return the code of the cell number `exercise` of a notebook's code cells with all that it needs.

    SyntaxError when that cell is not Python.  Statements that only do something, such as a print, stay out.
    """
    ast.parse(cells[exercise])
    statements = [one for number, cell in enumerate(cells) for one in _statements(number, cell)]
    chosen = {at for at, one in enumerate(statements) if one.cell == exercise and one.binds}
    wanted = {name for at in chosen for name in statements[at].wants}
    asked: set[str] = set()
    while wanted:
        name = wanted.pop()
        asked.add(name)
        found = _binding(name, statements, exercise)
        if found is not None and found not in chosen:
            chosen.add(found)
            wanted |= statements[found].wants - asked
    needed = asked | {
        name for at in chosen if statements[at].cell == exercise for name in statements[at].binds
    }
    return "\n\n".join(_written(statements[at], needed) for at in sorted(chosen))


def defined(source: str) -> list[str]:
    """Return the names of the functions and classes at the top of a cell."""
    kinds = ast.FunctionDef | ast.ClassDef
    return [one.name for one in ast.parse(source).body if isinstance(one, kinds)]


def _binding(name: str, statements: Sequence[_Statement], exercise: int) -> int | None:
    found = [at for at, one in enumerate(statements) if name in one.binds]
    before = [at for at in found if statements[at].cell <= exercise]
    return before[-1] if before else found[0] if found else None


def _statements(number: int, cell: str) -> Iterator[_Statement]:
    try:
        body = ast.parse(cell).body
    except SyntaxError:  # a magic, or a cell that never ran
        return
    lines = cell.splitlines()
    end = 0
    for one in body:
        first = min([one.lineno, *(each.lineno for each in getattr(one, "decorator_list", ()))]) - 1
        if first < end:  # a second statement on a line is there with the first
            first = end
        while first > end and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        end = one.end_lineno or one.lineno
        text = "\n".join(line for line in lines[first:end] if line.strip() not in _MARKS)
        binds = frozenset(_bound(one))
        imported = one if isinstance(one, ast.Import | ast.ImportFrom) else None
        yield _Statement(number, text, binds, frozenset(_looked_up(one)), imported)


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement at the top of a cell binds there."""
    table = symtable.symtable(ast.unparse(statement), "cell", "exec")
    return {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}


def _looked_up(statement: ast.stmt) -> set[str]:
    """Return the names that a statement looks up in the notebook, when it runs or when it is called."""

    def walk(table: symtable.SymbolTable) -> Iterator[str]:
        at_top = table.get_type() == "module"
        for one in table.get_symbols():
            if one.is_referenced() and (one.is_global() or at_top):
                yield one.get_name()
        for inner in table.get_children():
            yield from walk(inner)

    return set(walk(symtable.symtable(ast.unparse(statement), "cell", "exec"))) - set(vars(builtins))


def _written(statement: _Statement, needed: set[str]) -> str:
    """Return a statement as it was written, an import without what nobody asks for."""
    made = statement.imported
    if made is None or any(alias.name == "*" for alias in made.names):
        return statement.text
    names = [alias for alias in made.names if (alias.asname or alias.name).split(".")[0] in needed]
    if len(names) == len(made.names):
        return statement.text
    kept = (
        ast.Import(names) if isinstance(made, ast.Import) else ast.ImportFrom(made.module, names, made.level)
    )
    return ast.unparse(kept)
