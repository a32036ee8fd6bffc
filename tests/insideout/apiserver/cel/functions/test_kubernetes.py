"""Kubernetes' own functions, by examples."""

from typing import Any

import pytest

from insideout.apiserver.cel import Environment
from insideout.apiserver.cel.functions.authorization import Asked, Authorizer
from insideout.apiserver.cel.types import struct


def outcome(text: str) -> Any:
    """Return the value of an expression, or its error as text."""
    found = Environment({}).compile(text).run({})
    return found.value if found.error is None else str(found.error)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("quantity('1Gi').isGreaterThan(quantity('1G'))", True),
        ("quantity('500m').add(quantity('0.5')) == quantity('1')", True),
        ("quantity('50k').sub(20000) == quantity('30k')", True),
        ("quantity('1.5').isInteger()", False),
        ("quantity('1.5').asInteger()", "cannot convert value to integer"),
        ("quantity('2k').asInteger()", 2000),
        ("sign(quantity('-1'))", -1),
        ("isQuantity('1.3Gx')", False),
        ("semver('1.2.3-rc.1').isLessThan(semver('1.2.3'))", True),
        ("semver('1.10.0').compareTo(semver('1.9.0'))", 1),
        ("semver('v1.02', true).minor()", 2),
        ("isSemver('1.2')", False),
    ],
)
def test_quantities_and_versions(text: str, value: Any) -> None:
    assert outcome(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ip('fe80::1').isLinkLocalUnicast() && ip('127.0.0.1').isLoopback()", True),
        ("ip('10.0.0.1').isGlobalUnicast() && !ip('224.0.0.1').isGlobalUnicast()", True),
        ("ip('224.0.0.5').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast()", True),
        ("ip.isCanonical('2001:DB8::1')", False),
        ("isIP('127.0.0.256') || isIP('fe80::1%en0') || isIP('::ffff:1.2.3.4')", False),
        ("string(cidr('10.1.2.3/8').masked())", "10.0.0.0/8"),
        ("cidr('10.0.0.0/8').containsIP('10.9.9.9') && !cidr('10.0.0.0/8').containsIP('::1')", True),
        ("cidr('10.0.0.0/8').containsCIDR(cidr('10.0.0.0/7'))", False),
        ("string(cidr('192.168.0.1/24').ip())", "192.168.0.1"),
        ("isCIDR('10.0.0.0/33') || isCIDR('10.0.0.0')", False),
        ("url('https://user@example.com:8443/a b?x=1&x=2').getPort()", "8443"),
        ("url('https://[::1]:80/').getHostname()", "::1"),
        ("url('/path?x=1&x=2').getQuery()", {"x": ["1", "2"]}),
        ("isURL('relative/path')", False),
        ("format.dns1123Label().validate('a-b').hasValue()", False),
        ("format.named('uuid').value().validate('x').value()", ["does not match the UUID format"]),
        ("format.named('nope').hasValue()", False),
        ("format.dns1123LabelPrefix().validate('a-').hasValue()", False),
    ],
)
def test_addresses_urls_and_formats(text: str, value: Any) -> None:
    assert outcome(text) == value


def test_a_question_to_the_authorizer_is_put_together() -> None:
    asked: list[Asked] = []

    def decide(question: Asked) -> tuple[bool, str]:
        asked.append(question)
        return question.verb == "get", "because"

    environment = Environment({"authorizer": struct("kubernetes.authorization.Authorizer")})
    text = (
        "authorizer.serviceAccount('ns', 'robot').group('apps').resource('deployments').subresource('scale')"
        ".namespace('a').name('b').check('update').allowed() "
        "|| authorizer.path('/x').check('get').reason() == 'no'"
    )
    found = environment.compile(text).run({"authorizer": Authorizer(decide)})
    assert found.value is False
    assert found.cost > 700_000
    assert asked == [
        Asked("update", "", "apps", "deployments", "scale", "a", "b", ("ns", "robot")),
        Asked("get", "/x"),
    ]
