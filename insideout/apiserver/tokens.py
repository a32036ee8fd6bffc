"""Tokens of service accounts: JSON Web Tokens that this server signs and nobody else can.

Upstream signs with RSA, so that others can check a token with the public key alone.  Here the server checks
its own tokens, by HMAC-SHA256: that needs nothing but the standard library.

Source: pkg/serviceaccount/{claims,jwt}.go@v1.36.2; RFC 7519.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

Claims = dict[str, Any]

ISSUER = "https://kubernetes.default.svc.cluster.local"
_HEADER = {"alg": "HS256", "typ": "JWT"}


class Tokens:
    """Signs and reads tokens with a key that lives as long as the server."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def sign(self, claims: Claims) -> str:
        """Return a token that says `claims`."""
        text = f"{_encoded(_HEADER)}.{_encoded(claims)}"
        return f"{text}.{self._signature(text)}"

    def read(self, token: str, now: float) -> Claims:
        """Return what a token says; raise ValueError with the reason why it is not taken."""
        text, _, signature = token.rpartition(".")
        if token.count(".") != 2 or not hmac.compare_digest(signature, self._signature(text)):
            raise ValueError("invalid bearer token")
        claims: Claims = json.loads(_decoded(text.partition(".")[2]))
        if now < claims["nbf"]:
            raise ValueError("service account token is not valid yet")
        if now > claims["exp"]:
            raise ValueError("service account token has expired")
        return claims

    def _signature(self, text: str) -> str:
        digest = hmac.new(self._key, text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _encoded(value: Any) -> str:
    data = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
