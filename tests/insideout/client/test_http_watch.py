"""What a watch over HTTP asks for, where the server's etcd is old."""

import pytest

from insideout.client.http import HttpClient


@pytest.mark.parametrize(
    ("version", "asked"),
    [("", {"resourceVersion": "0"}), ("7", {"resourceVersion": "7", "allowWatchBookmarks": "true"})],
)
def test_a_watch_never_needs_etcd_s_progress(served, monkeypatch, version, asked):
    client = HttpClient.from_kubeconfig(served.kubeconfig(), served.loop, "test")
    sent = []
    send = client._send

    def noting(method, path, query=None, *rest, **options):
        sent.append({name: value for name, value in (query or {}).items() if value})
        return send(method, path, query, *rest, **options)

    monkeypatch.setattr(client, "_send", noting)
    watch = client.watch("configmaps", lambda event: None, "default", resource_version=version)
    watch.stop()
    client.close()
    assert sent[-1] == {"watch": "true"} | asked
