"""Names, labels and other short texts: what is allowed, and why a text is not, in the API server's words.

Each function returns its reasons, none for a good text.

Source: k8s.io/apimachinery/pkg/util/validation/validation.go, pkg/api/validate/content/*.go,
pkg/api/validation/generic.go@v1.36.2.
"""

import re
from functools import lru_cache

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    "and must start and end with an alphanumeric character"
)
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)
_UNDERSCORE_LABEL = r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_UNDERSCORE_SUBDOMAIN = rf"{_UNDERSCORE_LABEL}(\.{_UNDERSCORE_LABEL})*"
_UNDERSCORE_TEXT = _SUBDOMAIN_TEXT.replace("characters, '-'", "characters, '_', '-'")
_LABEL_1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_LABEL_1035_TEXT = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
    "start with an alphabetic character, and end with an alphanumeric character"
)
_WILDCARD_TEXT = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
    "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
)
_KEY_NAME = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_KEY_NAME_TEXT = (
    "must consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character"
)
_VALUE = rf"({_KEY_NAME})?"
_VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character"
)
_CONFIG_KEY = r"[-._a-zA-Z0-9]+"
_CONFIG_KEY_TEXT = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
_PERCENT = r"[0-9]+%"
_PERCENT_TEXT = "a valid percent string must be a numeric string followed by an ending '%'"
_HEADER = r"[-A-Za-z0-9]+"
_HEADER_TEXT = "a valid HTTP header must consist of alphanumeric characters or '-'"
_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"
_ENV_TEXT = "a valid environment variable name must consist only of printable ASCII characters other than '='"

Reasons = list[str]


@lru_cache(maxsize=4096)
def _matches(form: str, text: str) -> bool:
    return re.fullmatch(form, text, re.ASCII) is not None


def _form(text: str, form: str, *examples: str) -> str:
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{text} (e.g. {shown}regex used for validation is '{form}')"


def too_long(most: int, unit: str = "bytes") -> str:
    """Return the reason against a text of more than `most` bytes or characters."""
    return f"must be no more than {most} {unit}"


def between(least: int, most: int) -> str:
    """Return the reason against a number outside a range."""
    return f"must be between {least} and {most}, inclusive"


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def dns_label(text: str) -> Reasons:
    """Check a name of one part: "my-name"."""
    reasons = [too_long(63, "characters")] if _size(text) > 63 else []
    if not _matches(_LABEL, text):
        dots = _matches(_SUBDOMAIN, text)
        reasons.append("must not contain dots" if dots else _form(_LABEL_TEXT, _LABEL, "my-name", "123-abc"))
    return reasons


def dns_subdomain(text: str) -> Reasons:
    """Check a name of parts with dots: "example.com"."""
    reasons = [too_long(253, "characters")] if _size(text) > 253 else []
    if not _matches(_SUBDOMAIN, text):
        reasons.append(_form(_SUBDOMAIN_TEXT, _SUBDOMAIN, "example.com"))
    return reasons


def wildcard_dns_subdomain(text: str) -> Reasons:
    """Check a name that stands for all below a domain: "*.example.com"."""
    reasons = [too_long(253)] if _size(text) > 253 else []
    if not _matches(rf"\*\.{_SUBDOMAIN}", text):
        reasons.append(_form(_WILDCARD_TEXT, rf"\*\.{_SUBDOMAIN}", "*.example.com"))
    return reasons


def dns_subdomain_with_underscore(text: str) -> Reasons:
    """Check a subdomain whose parts may have underscores, as search domains do."""
    reasons = [too_long(253, "characters")] if _size(text) > 253 else []
    if not _matches(_UNDERSCORE_SUBDOMAIN, text):
        reasons.append(_form(_UNDERSCORE_TEXT, _UNDERSCORE_SUBDOMAIN, "example.com"))
    return reasons


def dns_1035_label(text: str) -> Reasons:
    """Check a label that starts with a letter, as names of Services do."""
    reasons = [too_long(63, "characters")] if _size(text) > 63 else []
    if not _matches(_LABEL_1035, text):
        reasons.append(_form(_LABEL_1035_TEXT, _LABEL_1035, "my-name", "abc-123"))
    return reasons


def label_key(text: str) -> Reasons:
    """Check a key of a label, with or without a prefix: "example.com/name"."""
    parts = text.split("/")
    if len(parts) > 2:
        shown = _form(_KEY_NAME_TEXT, _KEY_NAME, "MyName", "my.name", "123-abc")
        optional = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a valid label key {shown} {optional}"]
    reasons: Reasons = []
    name = parts[-1]
    if len(parts) == 2:
        if not parts[0]:
            reasons.append("prefix part must be non-empty")
        else:
            reasons += [f"prefix part {why}" for why in _prefix(parts[0])]
    if not name:
        reasons.append("name part must be non-empty")
    elif _size(name) > 63:
        reasons.append(f"name part {too_long(63)}")
    if not _matches(_KEY_NAME, name):
        reasons.append(f"name part {_form(_KEY_NAME_TEXT, _KEY_NAME, 'MyName', 'my.name', '123-abc')}")
    return reasons


def _prefix(text: str) -> Reasons:
    # The same rule as a subdomain's, in a newer package that counts bytes.
    return [
        why.replace("characters", "bytes") if why.startswith("must be no") else why
        for why in dns_subdomain(text)
    ]


def label_value(text: str) -> Reasons:
    """Check a value of a label, which may be empty."""
    reasons = [too_long(63)] if _size(text) > 63 else []
    if not _matches(_VALUE, text):
        reasons.append(_form(_VALUE_TEXT, _VALUE, "MyValue", "my_value", "12345"))
    return reasons


def config_key(text: str) -> Reasons:
    """Check a key in a ConfigMap or Secret, which may become the name of a file."""
    reasons = [too_long(253, "characters")] if _size(text) > 253 else []
    if not _matches(_CONFIG_KEY, text):
        reasons.append(_form(_CONFIG_KEY_TEXT, _CONFIG_KEY, "key.name", "KEY_NAME", "key-name"))
    if text in (".", ".."):
        reasons.append(f"must not be '{text}'")
    elif text.startswith(".."):
        reasons.append("must not start with '..'")
    return reasons


def environment_name(text: str) -> Reasons:
    """Check a name of an environment variable."""
    reasons = [] if text else ["environment variable name must be non-empty"]
    if any(not " " <= char <= "~" or char == "=" for char in text):
        reasons.append(_ENV_TEXT)
    return reasons


def http_header(text: str) -> Reasons:
    """Check a name of an HTTP header."""
    return [] if _matches(_HEADER, text) else [_form(_HEADER_TEXT, _HEADER, "X-Header-Name")]


def http_path(text: str) -> Reasons:
    """Check a path as a URL may have it."""
    return [] if _matches(_PATH, text) else [f"Invalid path (regex used for validation is '{_PATH}')"]


def percentage(text: str) -> Reasons:
    """Check a percentage such as "25%"."""
    return [] if _matches(_PERCENT, text) else [_form(_PERCENT_TEXT, _PERCENT, "1%", "93%")]


def port_number(port: int) -> Reasons:
    """Check a port, which is never 0."""
    return [] if 1 <= port <= 65535 else [between(1, 65535)]


def port_name(text: str) -> Reasons:
    """Check a name of a port, at most 15 letters, digits and hyphens."""
    reasons = [too_long(15, "characters")] if _size(text) > 15 else []
    if not _matches(r"[-a-z0-9]+", text):
        reasons.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not any("a" <= char <= "z" for char in text):
        reasons.append("must contain at least one letter (a-z)")
    if "--" in text:
        reasons.append("must not contain consecutive hyphens")
    if text.startswith("-") or text.endswith("-"):
        reasons.append("must not begin or end with a hyphen")
    return reasons


def path_segment(text: str) -> Reasons:
    """Check a name that is to stand in a URL: the least that every name must be."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{char}'" for char in "/%" if char in text]


def as_prefix(text: str) -> str:
    """Return a generateName as it is checked: what follows a trailing dash is not known yet."""
    return text[:-2] + "a" if len(text) > 1 and text.endswith("-") else text
