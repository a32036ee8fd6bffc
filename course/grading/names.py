"""The names that a cell defines, read from its text."""

import ast
import re

_DEFINES = re.compile(r"^(?:def|class|async def)\s+(\w+)|^(\w+)\s*=(?!=)", re.MULTILINE)


def defined(source: str) -> set[str]:
    """Return the names that the cell `source` binds; none for what is not Python, or too deep."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
    return found


def meant(source: str) -> set[str]:
    """Return the names that a cell binds at its top, even if its text is not Python."""
    return defined(source) | {name for pair in _DEFINES.findall(source) for name in pair if name}
