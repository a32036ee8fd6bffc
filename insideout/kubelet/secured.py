"""TLS on a container's port: plain text towards its program, sealed towards its client.

Left out: certificates of clients, HTTP/2.

Source: the library is Python's ssl, over memory in place of a socket; RFC 8446.
"""

import functools
import ssl
import tempfile
from collections.abc import Callable
from pathlib import Path

from insideout.apiserver.certificates import Certificate

MOST_BYTES = 65536
"""So much plain text is read at a time."""


class Secured:
    """One connection's TLS, the server's side; `put` gets what is for the client."""

    def __init__(self, certificate: Certificate, put: Callable[[bytes], object]) -> None:
        self._put = put
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = _context(certificate).wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._knows_client = False

    def receive(self, data: bytes) -> bytes | None:
        """Return the plain text in what came, b"" after the last of it, None while there is none yet.

        Raises OSError (ssl.SSLError) for what is no TLS, and for a client that does not trust us.
        """
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        try:
            if not self._knows_client:
                self._tls.do_handshake()
                self._knows_client = True
            return self._read()
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLEOFError:  # it left without a word
            return b""
        finally:
            self._flush()

    def _read(self) -> bytes:
        """Return all that is there, b"" after the last word; raise ssl.SSLWantReadError for nothing yet."""
        parts = [self._tls.read(MOST_BYTES)]
        while parts[-1]:
            try:
                parts.append(self._tls.read(MOST_BYTES))
            except (ssl.SSLWantReadError, ssl.SSLEOFError):
                break
        return b"".join(parts)

    def send(self, data: bytes) -> None:
        """Seal what is for the client and send it."""
        self._tls.write(data)
        self._flush()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._put(self._outgoing.read())


def check(certificate: Certificate) -> None:
    """Raise OSError (ssl.SSLError) for a certificate, or a key, that no server can be known by."""
    _context(certificate)


@functools.lru_cache(maxsize=64)
def _context(certificate: Certificate) -> ssl.SSLContext:
    """Return the context of a server with this certificate; the library reads it from files only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="kubernetes-inside-out-") as folder:
        paths = Path(folder, "tls.crt"), Path(folder, "tls.key")
        for path, content in zip(paths, certificate, strict=True):
            path.touch(mode=0o600)
            path.write_bytes(content)
        context.load_cert_chain(*paths)
    return context
