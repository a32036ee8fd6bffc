"""Certificates for one run of a server on 127.0.0.1: signed by itself, or by one of these.

kubectl sends a token only over TLS (client-go's clientcmd drops credentials for plain http), so the door
needs one.  The key never leaves the folder of the kubeconfig.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

_DAYS = 30


class Certificate(NamedTuple):
    """A certificate and its private key, both in PEM."""

    certificate: bytes
    key: bytes


def self_signed(host: str = "127.0.0.1", *, days: int = _DAYS) -> Certificate:
    """Return a new certificate for `host`, which may sign others."""
    return _made("kubernetes-inside-out", (), [host], (), days, None)


def signed(
    authority: Certificate,
    user: str,
    groups: Sequence[str] = (),
    addresses: Sequence[str] = (),
    *,
    names: Sequence[str] = (),
) -> Certificate:
    """Return a new certificate by which its owner is known as `user`, and as a server.

    It serves at IP addresses, and at DNS names such as "NAME.NAMESPACE.svc".
    """
    return _made(user, groups, addresses, names, _DAYS, authority)


def _made(
    user: str,
    groups: Sequence[str],
    hosts: Sequence[str],
    names: Sequence[str],
    days: int,
    authority: Certificate | None,
) -> Certificate:
    # Loaded here: only a server with an HTTP door needs it.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    of = x509.NameOID
    named = [x509.NameAttribute(of.ORGANIZATION_NAME, group) for group in groups]
    name = x509.Name([*named, x509.NameAttribute(of.COMMON_NAME, user)])
    issuer, signing_key = name, key
    if authority is not None:
        issuer = x509.load_pem_x509_certificate(authority.certificate).subject
        loaded = serialization.load_pem_private_key(authority.key, None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)  # all of ours are
        signing_key = loaded
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )
    kinds = _extensions(hosts, names, key.public_key(), signing_key.public_key())
    for extension, is_critical in kinds:
        builder = builder.add_extension(extension, critical=is_critical)
    return Certificate(
        builder.sign(signing_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def _extensions(
    hosts: Sequence[str],
    known_as: Sequence[str],
    own: "ec.EllipticCurvePublicKey",
    signer: "ec.EllipticCurvePublicKey",
) -> "Iterator[tuple[x509.ExtensionType, bool]]":
    """Yield what a certificate is for, and whether a reader must understand that."""
    from cryptography import x509
    from cryptography.x509 import oid

    may_sign = own == signer
    names: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(host)) for host in hosts]
    names += [x509.DNSName(name) for name in known_as]
    if may_sign:
        names += [x509.DNSName("localhost"), x509.DNSName("kubernetes")]
    if names:
        yield x509.SubjectAlternativeName(names), False
    yield x509.BasicConstraints(ca=may_sign, path_length=0 if may_sign else None), True
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=may_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    yield usage, True
    yield x509.SubjectKeyIdentifier.from_public_key(own), False
    if not may_sign:
        yield x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), False
        for_both = [oid.ExtendedKeyUsageOID.SERVER_AUTH, oid.ExtendedKeyUsageOID.CLIENT_AUTH]
        yield x509.ExtendedKeyUsage(for_both), False
