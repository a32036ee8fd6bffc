"""What counts as a name: DNS labels, subdomains, label keys and values, with the messages for what does not.

Each function returns what is wrong with a value, in the order upstream finds it; an empty list means fine.

Source: k8s.io/apimachinery/pkg/api/validate/content/{dns,kube,errors}.go,
k8s.io/apimachinery/pkg/util/validation/validation.go@v1.36.2.
"""

import re

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = f"{_LABEL}(\\.{_LABEL})*"
_DNS_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = f"({_KEY})?"

_label = re.compile(_LABEL).fullmatch
_subdomain = re.compile(_SUBDOMAIN).fullmatch
_dns_1035 = re.compile(_DNS_1035).fullmatch
_key = re.compile(_KEY).fullmatch
_value = re.compile(_VALUE).fullmatch


def max_length_message(limit_bytes: int) -> str:
    """Return the message for a value over `limit_bytes`."""
    return f"must be no more than {limit_bytes} bytes"


def pattern_message(message: str, pattern: str, *examples: str) -> str:
    """Return the message for a value that does not match `pattern`."""
    if not examples:
        return f"{message} (regex used for validation is '{pattern}')"
    listed = " or ".join(f"'{each}', " for each in examples)
    return f"{message} (e.g. {listed}regex used for validation is '{pattern}')"


def dns_label(value: str) -> list[str]:
    """Check a DNS label (RFC 1123), such as the name of a Namespace."""
    problems = []
    if len(value.encode()) > 63:
        problems.append(max_length_message(63))
    if not _label(value):
        if _subdomain(value):
            problems.append("must not contain dots")
        else:
            message = (
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                "and must start and end with an alphanumeric character"
            )
            problems.append(pattern_message(message, _LABEL, "my-name", "123-abc"))
    return problems


def dns_subdomain(value: str) -> list[str]:
    """Check a DNS subdomain (RFC 1123), such as the name of most objects."""
    problems = []
    if len(value.encode()) > 253:
        problems.append(max_length_message(253))
    if not _subdomain(value):
        message = (
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
            "and must start and end with an alphanumeric character"
        )
        problems.append(pattern_message(message, _SUBDOMAIN, "example.com"))
    return problems


def dns_1035_label(value: str) -> list[str]:
    """Check a DNS label that starts with a letter (RFC 1035), such as the singular name of a custom kind."""
    problems = []
    if len(value.encode()) > 63:
        problems.append(max_length_message(63))
    if not _dns_1035(value):
        message = (
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
            "start with an alphabetic character, and end with an alphanumeric character"
        )
        problems.append(pattern_message(message, _DNS_1035, "my-name", "abc-123"))
    return problems


def label_key(value: str) -> list[str]:
    """Check a label's key (a "qualified name"): a name, with or without a DNS subdomain and "/" before it."""
    message = (
        "must consist of alphanumeric characters, '-', '_' or '.', "
        "and must start and end with an alphanumeric character"
    )
    pattern = pattern_message(message, _KEY, "MyName", "my.name", "123-abc")
    parts = value.split("/")
    if len(parts) > 2:
        optional = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a valid label key {pattern}{optional}"]
    problems = []
    name = parts[-1]
    if len(parts) == 2:
        found = ["must be non-empty"] if not parts[0] else dns_subdomain(parts[0])
        problems += [f"prefix part {each}" for each in found]
    if not name:
        problems.append("name part must be non-empty")
    elif len(name.encode()) > 63:
        problems.append(f"name part {max_length_message(63)}")
    if not _key(name):
        problems.append(f"name part {pattern}")
    return problems


def label_value(value: str) -> list[str]:
    """Check a label's value: empty, or like the name part of a key."""
    problems = []
    if len(value.encode()) > 63:
        problems.append(max_length_message(63))
    if not _value(value):
        message = (
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
            "and must start and end with an alphanumeric character"
        )
        problems.append(pattern_message(message, _VALUE, "MyValue", "my_value", "12345"))
    return problems
