"""Names that are right pass; the others are refused with upstream's reasons."""

import pytest

from insideout.apimachinery import names

RIGHT = {
    names.dns_label: ("a", "my-name", "123-abc", "a" * 63),
    names.dns_subdomain: ("a", "example.com", "a-b.c1", "a" * 253),
    names.dns_subdomain_with_underscore: ("_tcp.example.com",),
    names.dns_1035_label: ("abc-123",),
    names.label_key: ("a", "MyName", "example.com/my.name_1"),
    names.label_value: ("", "a", "12345", "a.b_c-d"),
    names.config_key: ("a", "KEY_NAME", ".hidden"),
    names.environment_name: ("A", "my.env-name", "1 2"),
    names.http_header: ("X-Header-Name",),
    names.percentage: ("0%", "100%"),
    names.port_name: ("http", "a-1", "p" * 15),
    names.path_segment: ("a", "", "A b"),
}


@pytest.mark.parametrize("rule", RIGHT, ids=lambda rule: rule.__name__)
def test_right_names(rule: object) -> None:
    """No reason is given against a name that is right."""
    assert callable(rule)
    assert [text for text in RIGHT[rule] if rule(text)] == []


WRONG = {
    (names.dns_label, "a.b"): ["must not contain dots"],
    (names.dns_label, "a" * 64): ["must be no more than 63 characters"],
    (names.dns_subdomain, "a" * 254): ["must be no more than 253 characters"],
    (names.label_value, "a" * 64): ["must be no more than 63 bytes"],
    (names.label_key, "/a"): ["prefix part must be non-empty"],
    (names.config_key, ".."): ["must not be '..'"],
    (names.config_key, "..a"): ["must not start with '..'"],
    (names.port_name, "a--b"): ["must not contain consecutive hyphens"],
    (names.port_name, "-a"): ["must not begin or end with a hyphen"],
    (names.path_segment, ".."): ["may not be '..'"],
    (names.path_segment, "a/%"): ["may not contain '/'", "may not contain '%'"],
}


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case[0].__name__}-{case[1][:8]}")
def test_wrong_names(case: tuple[object, str]) -> None:
    """Each reason is given, in upstream's order."""
    rule, text = case
    assert callable(rule)
    assert rule(text) == WRONG[rule, text]


@pytest.mark.parametrize("text", ["Bad", "a_b", "-a", "a-", "", "é", "a\n"])
def test_a_form_is_shown_with_examples(text: str) -> None:
    """What a name should look like comes with the expression that says so."""
    [reason] = names.dns_subdomain(text)
    assert reason.startswith("a lowercase RFC 1123 subdomain must consist of")
    assert reason.endswith(r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")


def test_a_prefix_may_end_with_a_dash() -> None:
    """What follows a generateName is not known yet."""
    assert names.dns_label(names.as_prefix("web-")) == []
    assert names.dns_label(names.as_prefix("Web-")) != []
