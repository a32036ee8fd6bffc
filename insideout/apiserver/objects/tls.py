"""Whether a certificate and a key belong together, in the words of Go's crypto/tls.

Source: crypto/tls/tls.go (X509KeyPair) of Go 1.26.
"""

import base64
import re

_BLOCK = re.compile(rb"-----BEGIN ([^-]+)-----.*?-----END \1-----", re.DOTALL)
_CERTIFICATE = b"CERTIFICATE"


def pair_problem(certificate: str, key: str) -> str:
    """Return why the two, PEM in base64, are no pair; "" when they are one."""
    chain, secret = base64.b64decode(certificate), base64.b64decode(key)
    kinds = [found[1] for found in _BLOCK.finditer(chain)]
    if _CERTIFICATE not in kinds:
        return _missing_certificate(kinds)
    kinds = [found[1] for found in _BLOCK.finditer(secret)]
    if not any(_is_key(kind) for kind in kinds):
        return _missing_key(kinds)
    return _mismatch(chain, secret)


def _is_key(kind: bytes) -> bool:
    return kind == b"PRIVATE KEY" or kind.endswith(b" PRIVATE KEY")


def _missing_certificate(kinds: list[bytes]) -> str:
    if not kinds:
        return "tls: failed to find any PEM data in certificate input"
    if len(kinds) == 1 and _is_key(kinds[0]):
        return (
            "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
            "PEM inputs may have been switched"
        )
    return (
        'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the '
        f"following types: {_shown(kinds)}"
    )


def _missing_key(kinds: list[bytes]) -> str:
    if not kinds:
        return "tls: failed to find any PEM data in key input"
    if kinds == [_CERTIFICATE]:
        return "tls: found a certificate rather than a key in the PEM for the private key"
    return (
        'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM '
        f"blocks of the following types: {_shown(kinds)}"
    )


def _shown(kinds: list[bytes]) -> str:
    return f"[{' '.join(kind.decode('utf-8', 'replace') for kind in kinds)}]"


def _mismatch(chain: bytes, secret: bytes) -> str:
    # Loaded here: few secrets hold certificates.
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        public = x509.load_pem_x509_certificate(chain).public_key()
    except ValueError:
        return "x509: malformed certificate"
    try:
        private = load_pem_private_key(secret, None)
    except (ValueError, TypeError):
        return "tls: failed to parse private key"
    return "" if public == private.public_key() else "tls: private key does not match public key"
