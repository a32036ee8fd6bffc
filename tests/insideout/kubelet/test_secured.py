"""TLS on a container's port, as a client sees it that speaks it, and one that does not."""

import ssl

import pytest

from insideout.apiserver.certificates import Certificate, self_signed
from insideout.kubelet.ports import PortConnection
from insideout.kubelet.webhook import Webhook
from insideout.sim import Loop
from tests.insideout.kubelet.test_ports import GET, container

MADE = self_signed()


class Client:
    """A connection to a port that has a certificate, and the TLS of whoever asks there."""

    def __init__(self, authority: Certificate = MADE) -> None:
        served = container("web", 80)
        assert served.process is not None
        self.process = served.process
        self.process.certificate = MADE
        self.ended = 0
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cadata=authority.certificate.decode())
        self.tls = context.wrap_bio(self._in, self._out, server_hostname="localhost")
        self.connection = PortConnection(Loop(), (served,), 80, self._in.write, self._end)

    def _end(self) -> None:
        self.ended += 1

    def through(self) -> None:
        """Carry bytes to and fro until both know each other."""
        for _ in range(4):
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self.carry()
        self.carry()

    def carry(self, most: int = 100_000) -> None:
        """Carry what the client has said, `most` bytes at a time."""
        while self._out.pending:
            self.connection.feed(self._out.read(most))

    def answer(self) -> bytes:
        """Return what has come."""
        came = b""
        while self._in.pending or self.tls.pending():
            came += self.tls.read(10_000)
        return came


@pytest.mark.parametrize("most", [100_000, 7])
def test_a_request_goes_in_and_its_answer_comes_out(most: int) -> None:
    """However the bytes come."""
    client = Client()
    client.through()
    for _ in range(2):
        client.tls.write(GET)
        client.carry(most)
        assert client.answer().endswith(b"\r\n\r\nGET /a?b 0")
    assert client.ended == 0


def test_a_client_that_does_not_trust_it_is_left() -> None:
    """It says so, and the connection ends."""
    client = Client(self_signed())
    with pytest.raises(ssl.SSLCertVerificationError):
        client.through()
    client.carry()
    assert client.ended == 1


def test_plain_text_ends_the_connection() -> None:
    """It is no handshake."""
    client = Client()
    client.connection.feed(GET)
    client.connection.feed(GET)
    assert client.ended == 1


def test_a_client_that_says_goodbye_ends_it_too() -> None:
    """By a close_notify, or without."""
    client = Client()
    client.through()
    with pytest.raises(ssl.SSLWantReadError):
        client.tls.unwrap()
    client.carry()
    client.connection.feed(b"")
    assert client.ended == 1


def test_the_end_of_the_process_is_the_end_of_its_connections() -> None:
    """Once, and not of one that has gone."""
    left, gone = Client(), Client()
    gone.connection.stop()
    for one in (left, gone):
        one.process.exit(0)
    assert (left.ended, gone.ended) == (1, 0)


def test_a_webhook_without_its_files_or_with_other_ones_ends() -> None:
    """With 255, and says why."""
    program = Webhook(tls_cert_file="/tls.crt", tls_private_key_file="/tls.key")
    for files, why in (({}, "No such file"), ({"/tls.crt": b"x", "/tls.key": b"y"}, "PEM")):
        process = container("web", 80).process
        assert process is not None
        for path, data in files.items():
            process.files.bring(path, data, 0)
        program.start(process)
        assert process.exit_status is not None
        assert process.exit_status.code == 255
        assert why in process.log_lines[-1].text
