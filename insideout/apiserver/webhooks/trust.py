"""Whether a client trusts a server's certificate, and if not, why: the words of Go's crypto/x509.

Left out: dates, for virtual time has its own; addresses as names; what a certificate may be used for.

Source: Certificate.Verify, VerifyHostname, matchHostnames and UnknownAuthorityError.Error in Go 1.26's
crypto/x509/verify.go.
"""

from typing import TYPE_CHECKING, Any

from insideout.apimachinery.goquote import go_quote

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, NameAttribute

UNKNOWN = "certificate signed by unknown authority"


def mistrust(chain: bytes, host: str, authorities: bytes) -> str:
    """Return why a server at `host` with this chain is not trusted, "" where it is; both are PEM."""
    # Loaded here: only a server that shows a certificate needs it.
    from cryptography import x509

    leaf, *between = x509.load_pem_x509_certificates(chain)
    roots = x509.load_pem_x509_certificates(authorities) if authorities.strip() else []
    why = _mismatch(leaf, host) or _unknown(leaf, between, roots)
    return f"tls: failed to verify certificate: x509: {why}" if why else ""


def _mismatch(leaf: "Certificate", host: str) -> str:
    """Return why a certificate is none for `host`, "" when it is."""
    from cryptography import x509

    try:
        known = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        if any(_matches(str(one.value), host) for one in _common_names(leaf)):
            return "certificate relies on legacy Common Name field, use SANs instead"
        names = []
    else:
        names = known.get_values_for_type(x509.DNSName)
    if any(_matches(name.lower(), host.lower()) for name in names):
        return ""
    if not names:
        return f"certificate is not valid for any names, but wanted to match {host}"
    return f"certificate is valid for {', '.join(names)}, not {host}"


def _common_names(found: "Certificate") -> list["NameAttribute[Any]"]:
    from cryptography import x509

    return found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)


def _matches(pattern: str, host: str) -> bool:
    """Tell whether a name fits; "*" stands for the first label only."""
    first, *rest = pattern.split(".")
    mine, *others = host.split(".")
    return rest == others and first in ("*" if rest else mine, mine)


def _unknown(leaf: "Certificate", between: list["Certificate"], roots: list["Certificate"]) -> str:
    """Return why no authority vouches for a certificate, "" when one does."""
    if leaf in roots:
        return ""
    from cryptography.exceptions import InvalidSignature

    hint = ""
    for parent in (*roots, *between):
        if parent.subject != leaf.issuer or parent == leaf:
            continue
        try:
            leaf.verify_directly_issued_by(parent)
        except (InvalidSignature, TypeError, ValueError):
            hint = hint or _candidate(parent)
            continue
        others = [one for one in between if one != parent]
        if parent in roots or not _unknown(parent, others, roots):
            return ""
    return UNKNOWN + hint


def _candidate(parent: "Certificate") -> str:
    """Return what is said of an authority of the right name and with another key."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    name = next((str(one.value) for one in _common_names(parent)), f"serial:{parent.serial_number}")
    failed = "crypto/rsa: verification error"
    if not isinstance(parent.public_key(), rsa.RSAPublicKey):
        failed = "x509: ECDSA verification failure"
    because = f"possibly because of {go_quote(failed)} while trying to verify candidate authority certificate"
    return f" ({because} {go_quote(name)})"
