"""A notebook's cell that holds kept parts, so that the notebook is whole without any file beside it.

Each section becomes the body of a function, which keeps its helpers to itself, and PARTS names what comes
out.  The lines of a text that goes over several lines stay where they are.  What cannot stand in a function
is `global` and `import *`; a section with either is refused.
"""

import ast
import io
import tokenize
from collections.abc import Iterable, Mapping

from course.keep.files import Section, Unusable
from course.keep.wanted import PARTS, Part

Chosen = Mapping[str, Section]
"""Sections by the name of the part."""


def cell(chosen: Chosen) -> str:
    """Return the text of a cell that defines PARTS; Unusable for a section that cannot be carried."""
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in PARTS:
        if part.name in chosen:
            groups.setdefault((part.unit, part.exercise), []).append(part)
    texts = [_function(parts, chosen[parts[0].name]) for parts in groups.values()]
    calls = "".join(f"    **{_name(parts[0])}(),\n" for parts in groups.values())
    return "\n\n\n".join([*texts, f"PARTS = {{\n{calls}}}"]) if texts else "PARTS = {}"


def _name(part: Part) -> str:
    return f"from_{part.unit[:2]}_{part.exercise.replace('-', '_')}"


def _function(parts: list[Part], section: Section) -> str:
    first = parts[0]
    _refuse(section)
    names = ", ".join(f'"{part.name}": {part.written}' for part in parts)
    passed = f"{section.how} {section.at[:10]}".rstrip()
    said = f'    """Kept from {first.unit}, {passed}."""'
    return f"def {_name(first)}():\n{said}\n\n{indented(section.source)}\n\n    return {{{names}}}"


def _refuse(section: Section) -> None:
    try:
        tree = ast.parse(section.source)
    except SyntaxError as error:
        raise Unusable(f"{section.exercise}: line {error.lineno} is not Python") from None
    for node in ast.walk(tree):
        stars = isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        if isinstance(node, ast.Global) or stars:
            what = "import *" if stars else "global"
            raise Unusable(f"{section.exercise}: {what!r} cannot move to another notebook; write it without")


def indented(source: str) -> str:
    """Return Python source moved to the right by four, without touching the inside of texts."""
    inside = set(_inside_texts(source))
    lines = source.splitlines()
    return "\n".join(
        line if number in inside or not line.strip() else f"    {line}"
        for number, line in enumerate(lines, 1)
    )


def _inside_texts(source: str) -> Iterable[int]:
    """Yield the numbers of lines that begin inside a text."""
    begun = getattr(tokenize, "FSTRING_START", None)  # since 3.12 an f-string is several tokens
    ended = getattr(tokenize, "FSTRING_END", None)
    opened: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        first = token.start[0]
        if token.type == begun:
            opened.append(first)
        elif token.type == ended:
            first = opened.pop()
        elif token.type != tokenize.STRING:
            continue
        if token.type != begun:
            yield from range(first + 1, token.end[0] + 1)
