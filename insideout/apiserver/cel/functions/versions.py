"""Semantic versions; and comparing, which versions share with quantities.

Source: k8s.io/apiserver/pkg/cel/library/semverlib.go@v1.36.2; semver.org 2.0.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from insideout.apiserver.cel.values import EvaluationError, no_such_overload

_FORM = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Semver:
    """A version: three numbers and what comes before a release."""

    major: int
    minor: int
    patch: int
    before: tuple[str, ...] = ()
    TYPE: ClassVar[str] = "kubernetes.Semver"

    def compared(self, other: "Semver") -> int:
        """Return -1, 0 or 1; a version with something before its release comes first."""
        mine, theirs = self._order(), other._order()
        return (mine > theirs) - (mine < theirs)

    def _order(self) -> tuple[Any, ...]:
        parts = tuple((0, int(each), "") if each.isdigit() else (1, 0, each) for each in self.before)
        return (self.major, self.minor, self.patch, not self.before, parts)


def semver(text: Any, normalize: bool = False) -> Semver:
    """Read a version; `normalize` allows "v1" and leading zeros."""
    if not isinstance(text, str):
        raise no_such_overload()
    match = _FORM.fullmatch(_normalized(text) if normalize else text)
    if match is None or any(
        len(each) > 1 and each.isdigit() and each[0] == "0" for each in (match[4] or "").split(".")
    ):
        raise EvaluationError(_wrong(text))
    return Semver(
        int(match[1]), int(match[2]), int(match[3]), tuple((match[4] or "").split(".")) if match[4] else ()
    )


def _wrong(text: str) -> str:
    if not text:
        return "Version string empty"
    parts = text.split(".", 2)
    if len(parts) != 3:
        return "No Major.Minor.Patch elements found"
    for name, part in zip(("major", "minor"), parts, strict=False):
        if not re.fullmatch(r"\d+", part, re.ASCII):
            return f'Invalid character(s) found in {name} number "{part}"'
        if len(part) > 1 and part[0] == "0":
            return f'{name.title()} number must not contain leading zeroes "{part}"'
    return f'Invalid character(s) found in patch number "{parts[2]}"'


def _normalized(text: str) -> str:
    parts = text.removeprefix("v").split(".", 2)
    for at, part in enumerate(parts):
        if len(part) > 1:
            stripped = part.lstrip("0")
            parts[at] = stripped if stripped[:1].isdigit() else f"0{stripped}"
    if len(parts) < 3 and "+" not in parts[-1] and "-" not in parts[-1]:
        parts += ["0"] * (3 - len(parts))
    return ".".join(parts)


def _is_semver(text: Any, normalize: bool = False) -> bool:
    try:
        semver(text, normalize)
    except EvaluationError as problem:
        if str(problem) == "no such overload":
            raise
        return False
    return True


def _compared(value: Any, other: Any) -> int:
    if type(value) is not type(other) or not hasattr(value, "compared"):
        raise no_such_overload()
    return int(value.compared(other))


FUNCTIONS: dict[str, Any] = {
    "semver": semver,
    "isSemver": _is_semver,
    "major": lambda value: value.major,
    "minor": lambda value: value.minor,
    "patch": lambda value: value.patch,
    "compareTo": _compared,
    "isGreaterThan": lambda value, other: _compared(value, other) > 0,
    "isLessThan": lambda value, other: _compared(value, other) < 0,
}
