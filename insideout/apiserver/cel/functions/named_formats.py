"""Formats by name, such as format.dns1123Label(), which say what is wrong with a text.

Source: k8s.io/apiserver/pkg/cel/library/format.go@v1.36.2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from insideout.apimachinery import formats, names
from insideout.apiserver.cel.functions.urls import refusal
from insideout.apiserver.cel.kubernetes_signatures import FORMATS
from insideout.apiserver.cel.values import NONE, Optional, no_such_overload, some


@dataclass(frozen=True, slots=True)
class Format:
    """A named format; `regex_size` is the size by which a validation costs."""

    name: str
    check: Callable[[str], Sequence[str]]
    regex_size: int
    TYPE: ClassVar[str] = "kubernetes.NamedFormat"


def _as_prefix(check: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    return lambda text: check(names.as_prefix(text))


def _known(format_: str, complaint: str) -> Callable[[str], list[str]]:
    return lambda text: [] if formats.fits(format_, text) else [complaint]


def _uri(text: str) -> list[str]:
    why = refusal(text)
    return [why] if why else []


_CHECKS: tuple[tuple[Callable[[str], Sequence[str]], int], ...] = (
    (names.dns_label, 30),
    (names.dns_subdomain, 60),
    (names.dns_1035_label, 30),
    (names.label_key, 60),
    (_as_prefix(names.dns_label), 30),
    (_as_prefix(names.dns_subdomain), 60),
    (_as_prefix(names.dns_1035_label), 30),
    (names.label_value, 40),
    (_uri, 1000),
    (_known("uuid", "does not match the UUID format"), 88),
    (_known("byte", "invalid base64"), 86),
    (_known("date", "invalid date"), 99),
    (_known("datetime", "invalid datetime"), 99),
)
_FORMATS = {name: Format(name, check, size) for name, (check, size) in zip(FORMATS, _CHECKS, strict=True)}


def _named(name: Any) -> Optional:
    return some(_FORMATS[name]) if name in _FORMATS else NONE


def _validate(format_: Format, text: Any) -> Optional:
    if not isinstance(text, str):
        raise no_such_overload()
    complaints = list(format_.check(text))
    return some(complaints) if complaints else NONE


def _constant(format_: Format) -> Callable[[], Format]:
    return lambda: format_


FUNCTIONS: dict[str, Any] = {
    "format.named": _named,
    "validate": _validate,
    **{f"format.{name}": _constant(each) for name, each in _FORMATS.items()},
}
