r"""Regular expressions in Go's dialect, translated into Python's.

They differ where it hurts: Go's `$` matches at the end of the text only, not before a last newline; its `\d`,
`\s` and `\w` know ASCII only; it has `[[:alpha:]]` and `\z`, but neither lookaround nor backreferences, which
is why it can promise to match in linear time.  Left out: `\p{Greek}`, `\Q...\E` and `\C`.

Source: the documentation and error texts of Go's regexp/syntax.
"""

import re
from functools import lru_cache

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_TOKEN = re.compile(r"\[:(\^?)(\w+):\]|\\.|\[\^?\]?|\(\?[^:)]?<?[=!]?|.", re.DOTALL)
_REPEATED = re.compile(r"(?<!\\)(?:[*+?]|\{\d+(?:,\d*)?\})\Z")  # where Python takes a + for "possessive"
_SPECIAL_IN_CLASS = ("[", "&", "|", "~")  # of which Python warns that they may come to mean something
_LOOKAROUND = ("(?=", "(?!", "(?<=", "(?<!", "(?>", "(?#", "(?(")
_GO_ERRORS = {
    "missing ), unterminated subpattern": "missing closing ): `{pattern}`",
    "unbalanced parenthesis": "unexpected ): `{pattern}`",
    "unterminated character set": "missing closing ]: `{rest}`",
    "nothing to repeat": "missing argument to repetition operator: `{rest[0]}`",
    "multiple repeat": "invalid nested repetition operator: `{nested}`",
    "bad escape (end of pattern)": "trailing backslash at end of expression: ``",
}


@lru_cache(maxsize=1000)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of Go's dialect, compiled.  Raises ValueError with Go's words."""
    try:
        return re.compile(_translated(pattern), re.ASCII)
    except re.error as error:
        rest = pattern[error.pos or 0 :]
        nested = pattern[max((error.pos or 0) - 1, 0) :][:2]
        text = _GO_ERRORS.get(error.msg, error.msg).format(pattern=pattern, rest=rest, nested=nested)
    raise ValueError(f"error parsing regexp: {text}")


def _translated(pattern: str) -> str:
    found: list[str] = []
    in_class = False
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        if token[2] is not None and in_class:
            if token[2] not in _CLASSES or token[1]:
                raise ValueError(f"error parsing regexp: invalid character class range: `{text}`")
            text = _CLASSES[token[2]]
        elif in_class:
            in_class = text != "]"
            text = f"\\{text}" if text in _SPECIAL_IN_CLASS else text
        elif text.startswith("[") and token[2] is None:
            in_class = True
        elif text == "+" and _REPEATED.search(before := "".join(found)):
            nested = before[-1] if before[-1] != "}" else before[before.rindex("{") :]
            raise ValueError(f"error parsing regexp: invalid nested repetition operator: `{nested}{text}`")
        elif text == "$" or text == r"\z":
            text = r"\Z"
        elif text in (r"\Z", *(f"\\{digit}" for digit in "123456789")):
            raise ValueError(f"error parsing regexp: invalid escape sequence: `{text}`")
        elif text in _LOOKAROUND:
            raise ValueError(f"error parsing regexp: invalid or unsupported Perl syntax: `{text}`")
        found.append(text)
    return "".join(found)
