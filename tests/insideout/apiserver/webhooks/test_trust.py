"""A server's certificate, its name and who signed it, in Go's words."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from insideout.apiserver.certificates import self_signed, signed
from insideout.apiserver.webhooks.trust import mistrust

AUTHORITY = self_signed()
HOST = "policy.default.svc"
UNKNOWN = "certificate signed by unknown authority"


def told(*names: str, host: str = HOST, authorities: bytes = AUTHORITY.certificate) -> str:
    chain = signed(AUTHORITY, "policy", names=names).certificate
    return mistrust(chain, host, authorities).removeprefix("tls: failed to verify certificate: x509: ")


@pytest.mark.parametrize("names", [[HOST], ["*.default.svc"], ["a.b", "POLICY.default.SVC"]])
def test_a_name_that_fits(names: list[str]) -> None:
    assert told(*names) == ""


@pytest.mark.parametrize("names", [["other.default.svc"], ["*.svc"], ["default.svc", "*"], ["policy.*.svc"]])
def test_names_that_do_not(names: list[str]) -> None:
    assert told(*names) == f"certificate is valid for {', '.join(names)}, not {HOST}"


def test_no_names() -> None:
    """The user's name is none, and the words differ when it would be."""
    assert told() == f"certificate is not valid for any names, but wanted to match {HOST}"
    assert told(host="policy") == "certificate relies on legacy Common Name field, use SANs instead"


def test_who_signed_it() -> None:
    """The name of an authority is not enough."""
    assert told(HOST, authorities=b"") == UNKNOWN
    stranger = signed(AUTHORITY, "stranger").certificate
    assert told(HOST, authorities=stranger) == UNKNOWN
    hint = 'while trying to verify candidate authority certificate "kubernetes-inside-out")'
    assert told(HOST, authorities=self_signed().certificate) == (
        f'{UNKNOWN} (possibly because of "x509: ECDSA verification failure" {hint}'
    )
    assert told(HOST, authorities=stranger + AUTHORITY.certificate) == ""


def test_a_certificate_that_is_its_own_authority() -> None:
    own = self_signed()
    assert mistrust(own.certificate, "localhost", own.certificate) == ""


def test_one_that_another_one_vouches_for() -> None:
    """Authorities between stand in the chain, in any order."""
    between = signed_by(AUTHORITY, "between")
    chain = signed(between, "policy", names=[HOST]).certificate
    assert UNKNOWN in mistrust(chain, HOST, AUTHORITY.certificate)
    assert mistrust(chain + between.certificate, HOST, AUTHORITY.certificate) == ""
    assert UNKNOWN in mistrust(chain + between.certificate, HOST, signed(AUTHORITY, "x").certificate)


def signed_by(authority, name):  # type: ignore[no-untyped-def]
    """Make an authority that another one has signed."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    issuer = x509.load_pem_x509_certificate(authority.certificate)
    builder = x509.CertificateBuilder(
        issuer.subject, x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    ).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    loaded = serialization.load_pem_private_key(authority.key, None)
    made = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = made.sign(loaded, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return type(authority)(pem, key.private_bytes(serialization.Encoding.PEM, form, plain))
