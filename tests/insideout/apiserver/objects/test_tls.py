"""Certificates and keys that are no pair, in the words of Go's library."""

import base64

import pytest

from insideout.apiserver.certificates import self_signed
from insideout.apiserver.objects.tls import pair_problem

ONE, OTHER = self_signed("127.0.0.1"), self_signed("127.0.0.1")
EMPTY = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
REQUEST = b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"


def pem(value: bytes | str) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


@pytest.mark.parametrize(
    ("certificate", "key", "problem"),
    [
        (ONE.certificate, ONE.key, ""),
        (ONE.certificate, OTHER.key, "tls: private key does not match public key"),
        (b"", ONE.key, "tls: failed to find any PEM data in certificate input"),
        (ONE.certificate, b"x", "tls: failed to find any PEM data in key input"),
        (
            ONE.key,
            ONE.certificate,
            "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
            "PEM inputs may have been switched",
        ),
        (
            ONE.certificate,
            ONE.certificate,
            "tls: found a certificate rather than a key in the PEM for the private key",
        ),
        (
            REQUEST,
            ONE.key,
            'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of '
            "the following types: [CERTIFICATE REQUEST]",
        ),
        (EMPTY, ONE.key, "x509: malformed certificate"),
    ],
)
def test_pairs(certificate: bytes, key: bytes, problem: str) -> None:
    given = (base64.b64encode(pem(each)).decode() for each in (certificate, key))
    assert pair_problem(*given) == problem
