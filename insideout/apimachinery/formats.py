"""The string formats that a custom resource's schema may ask for; all others are ignored.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go@v1.36.2,
k8s.io/kube-openapi/pkg/validation/strfmt/{default,date,time,duration,kubernetes-extensions}.go.
"""

import base64
import binascii
import datetime
import ipaddress
import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from urllib.parse import urlsplit

from insideout.apimachinery import names

_DATE_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))")
_GO_DURATION = re.compile(r"[-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+|[-+]?0")
_SCALA_DURATION = re.compile(
    r"\d+\s*(ns|nano\w*|us|µs|micro\w*|ms|milli\w*|s|sec\w*|m|min\w*|h|hr|hour\w*|d|day\w*|w|wk|week\w*)",
    re.IGNORECASE,
)
_CREDIT_CARD = re.compile(
    r"4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}"
)
_HOST_PART = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")


def known(format_: str, type_: str) -> bool:
    """Tell whether the server checks this format on values of this type ("" for any)."""
    match type_:
        case "" | "string":
            return format_.replace("-", "") in _CHECKS
        case "integer":
            return format_ in ("int32", "int64")
        case "number":
            return format_ in ("float", "double")
        case _:
            return False


def fits(format_: str, text: str) -> bool:
    """Tell whether `text` has a known format."""
    return _CHECKS[format_.replace("-", "")](text)


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: compiled.fullmatch(text) is not None


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return check


def _is_date_time(text: str) -> bool:
    date, t, time = text.lower().partition("t")
    found = _DATE_TIME.fullmatch(time)
    if not t or found is None or not _CHECKS["date"](date):
        return False
    return found[1] <= "23" and found[2] <= "59" and found[3] <= "59"


def _is_host_name(text: str) -> bool:
    parts = text.split(".")
    if len(text) > 255 or not all(_HOST_PART.fullmatch(part) for part in parts):
        return False
    return len(parts) == 1 or re.fullmatch(r"[a-zA-Z]{2,63}", parts[-1]) is not None


def _is_email(text: str) -> bool:
    address = parseaddr(text)[1]
    name, at, host = address.rpartition("@")
    return bool(name and at and host) and " " not in address


def _is_uri(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (bool(parts.scheme) or text.startswith("/")) and not re.search(r"[\s\x00-\x1f]", text)


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return bool(text)


def _is_isbn10(text: str) -> bool:
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{9}[\dX]", digits):
        return False
    weights = [(10 if digit == "X" else int(digit)) * (place + 1) for place, digit in enumerate(digits)]
    return sum(weights) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{13}", digits):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def _is_credit_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if not _CREDIT_CARD.fullmatch(digits):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(each // 10 + each % 10 for each in doubled) % 10 == 0


def _is_rgb_color(text: str) -> bool:
    found = re.fullmatch(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", text)
    return found is not None and all(int(each) <= 255 for each in found.groups())


_HEX4, _HEX8, _HEX12 = "[0-9a-f]{4}", "[0-9a-f]{8}", "[0-9a-f]{12}"
_MAC = r"([0-9a-f]{2}[:-]){5}([0-9a-f]{2})|([0-9a-f]{2}[:-]){7}([0-9a-f]{2})|([0-9a-f]{4}\.){2}[0-9a-f]{4}"

_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "bsonobjectid": _matches("[0-9a-f]{24}"),
    "byte": _is_base64,
    "cidr": lambda text: "/" in text and _parses(lambda each: ipaddress.ip_network(each, strict=False))(text),
    "creditcard": _is_credit_card,
    "date": _parses(datetime.date.fromisoformat),
    "datetime": _is_date_time,
    "duration": lambda text: bool(_GO_DURATION.fullmatch(text) or _SCALA_DURATION.search(text)),
    "email": _is_email,
    "hexcolor": _matches("#?([0-9a-f]{3}|[0-9a-f]{6})"),
    "hostname": _is_host_name,
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "isbn": lambda text: _is_isbn10(text) or _is_isbn13(text),
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "k8slongname": lambda text: not names.dns_subdomain(text),
    "k8sshortname": lambda text: not names.dns_label(text),
    "mac": _matches(_MAC),
    "password": lambda text: True,
    "rgbcolor": _is_rgb_color,
    "ssn": _matches(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "uri": _is_uri,
    "uuid": _matches(f"{_HEX8}-?{_HEX4}-?{_HEX4}-?{_HEX4}-?{_HEX12}"),
    "uuid3": _matches(f"{_HEX8}-?{_HEX4}-?3[0-9a-f]{{3}}-?{_HEX4}-?{_HEX12}"),
    "uuid4": _matches(f"{_HEX8}-?{_HEX4}-?4[0-9a-f]{{3}}-?[89ab][0-9a-f]{{3}}-?{_HEX12}"),
    "uuid5": _matches(f"{_HEX8}-?{_HEX4}-?5[0-9a-f]{{3}}-?[89ab][0-9a-f]{{3}}-?{_HEX12}"),
}
