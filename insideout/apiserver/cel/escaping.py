"""How fields are called in expressions when their own name cannot be written there.

Source: k8s.io/apiserver/pkg/cel/escaping.go@v1.36.2.
"""

import re

_RESERVED = frozenset(
    [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_SPECIAL = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_PLAIN = {value: key for key, value in _SPECIAL.items()}
_SPECIAL_PART = re.compile(r"__|[-./]")
_ALLOWED = re.compile(r"[a-zA-Z_./-][a-zA-Z0-9_./-]*", re.ASCII)
_ESCAPED_PART = re.compile(r"__[^_]+__")


def escape(name: str) -> str | None:
    """Return the name under which expressions find a field, None when they cannot."""
    if name in _RESERVED:
        return f"__{name}__"
    if not _ALLOWED.fullmatch(name):
        return None
    return _SPECIAL_PART.sub(lambda part: _SPECIAL[part[0]], name)


def is_reserved(name: str) -> bool:
    """Tell whether the language keeps a name for itself."""
    return name in _RESERVED


def unescape(name: str) -> str | None:
    """Return the field that a name in an expression stands for, None for no field."""
    if "__" not in name:
        return name
    word = name[2:-2]
    if name == f"__{word}__" and word in _RESERVED:
        return word
    known = True

    def plain(part: re.Match[str]) -> str:
        nonlocal known
        known = known and part[0] in _PLAIN
        return _PLAIN.get(part[0], "")

    text = _ESCAPED_PART.sub(plain, name)
    return text if known else None
