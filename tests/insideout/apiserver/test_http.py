"""The HTTP door serves whoever knows the token, on loopback only, and leaves nothing behind."""

import os
import socket
import stat

import pytest
import urllib3
import yaml

from insideout.backends.embedded import EmbeddedBackend
from insideout.client import UnreachableError
from insideout.client.http import HttpClient


def pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(cert_reqs="CERT_NONE", assert_hostname=False)


@pytest.fixture(autouse=True)
def _no_warnings() -> None:
    urllib3.disable_warnings()


@pytest.mark.parametrize("path", ["/api/v1/pods", "/healthz", "/version", "/nonsense", "/openapi/v2"])
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic YTpi"])
def test_no_request_without_the_token(served: EmbeddedBackend, path: str, header: str | None):
    """Every path answers 401 with a Status to whoever has not the token."""
    headers = {"Authorization": header} if header else {}
    with pool() as connections:
        answer = connections.request("GET", served.url + path, headers=headers)
        assert answer.status == 401
        assert answer.json()["reason"] == "Unauthorized"


def test_of_a_header_given_twice_the_first_counts(served: EmbeddedBackend):
    """So it is with the server's own language: Header.Get; the groups to impersonate are all looked at."""
    document = yaml.safe_load(served.kubeconfig().read_text())
    right, wrong = f"Bearer {document['users'][0]['user']['token']}", "Bearer wrong"
    with pool() as connections:
        for both, code in (((right, wrong), 200), ((wrong, right), 401)):
            headers = urllib3.HTTPHeaderDict([("Authorization", each) for each in both])
            assert connections.request("GET", f"{served.url}/api/v1/pods", headers=headers).status == code
        accepts = [("Authorization", right), ("Accept", "application/yaml"), ("Accept", "application/json")]
        answer = connections.request(
            "GET", f"{served.url}/api/v1/pods", headers=urllib3.HTTPHeaderDict(accepts)
        )
        assert answer.headers["Content-Type"] == "application/yaml"


def test_only_loopback(served: EmbeddedBackend):
    """The door is bound to 127.0.0.1: another address of this machine does not answer."""
    port = int(served.url.rsplit(":", 1)[1])
    with socket.socket() as probe:
        probe.settimeout(1)
        with pytest.raises(ConnectionRefusedError):
            probe.connect(("127.0.0.2", port))


def test_kubeconfig_is_its_owners(served: EmbeddedBackend):
    """Only the owner can read the kubeconfig, and the folder around it."""
    path = served.kubeconfig()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(path.parent).st_mode) == 0o700
    assert all(stat.S_IMODE(os.stat(each).st_mode) == 0o600 for each in path.parent.iterdir())


def test_certificate_is_checked(served: EmbeddedBackend, tmp_path):
    """The kubeconfig's certificate authority is the one that signed the server's certificate."""
    import base64

    document = yaml.safe_load(served.kubeconfig().read_text())
    authority = tmp_path / "ca.crt"
    data = document["clusters"][0]["cluster"]["certificate-authority-data"]
    authority.write_bytes(base64.b64decode(data))
    token = document["users"][0]["user"]["token"]
    with urllib3.PoolManager(ca_certs=str(authority)) as connections:
        headers = {"Authorization": f"Bearer {token}"}
        answer = connections.request("GET", f"{served.url}/healthz", headers=headers)
        assert answer.data == b"ok"
        not_found = connections.request("GET", f"{served.url}/nonsense", headers=headers)
        assert (not_found.status, not_found.data) == (404, b"404 page not found\n")
        as_yaml = connections.request(
            "GET",
            f"{served.url}/api/v1/namespaces/default",
            headers={**headers, "Accept": "application/yaml"},
        )
        assert yaml.safe_load(as_yaml.data)["metadata"]["name"] == "default"
        too_large = connections.request(
            "POST", f"{served.url}/api/v1/namespaces", headers=headers, body=b"x" * (3 * 1024 * 1024 + 1)
        )
        assert (too_large.status, too_large.json()["reason"]) == (413, "RequestEntityTooLarge")


def test_a_paused_server_refuses_connections(tmp_path):
    """Pausing closes the door, also for a watch under way; the same kubeconfig leads to it again."""
    backend = EmbeddedBackend(realtime=True)
    try:
        client = HttpClient.from_kubeconfig(backend.kubeconfig(), backend.loop)
        port = int(backend.url.rsplit(":", 1)[1])
        backend.pause()
        with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
            probe.connect(("127.0.0.1", port))
        with pytest.raises(UnreachableError):
            client.list("namespaces")
        backend.resume()
        assert client.get("namespaces", "default")["metadata"]["name"] == "default"
        client.close()
    finally:
        backend.stop()


def test_stop_removes_everything(tmp_path):
    """After stop() the port is closed and the files are gone."""
    path = tmp_path / "kubeconfig"
    backend = EmbeddedBackend(realtime=True, kubeconfig=path)
    assert backend.kubeconfig() == path
    port = int(backend.url.rsplit(":", 1)[1])
    backend.stop()
    assert not path.exists()
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", port))


def test_virtual_time_has_no_door():
    """A cluster in virtual time says how to make one that other programs can reach."""
    with pytest.raises(RuntimeError, match="realtime=True"):
        EmbeddedBackend().kubeconfig()
