"""Health: as a whole and check by check, with what is left out and what fails."""

import pytest

from insideout.apiserver.status import unavailable

from .conftest import Api


@pytest.mark.parametrize("name", ["healthz", "livez", "readyz"])
def test_a_word_or_a_list(api: Api, name: str) -> None:
    assert api.ok("GET", f"/{name}") == "ok"
    lines = api.ok("GET", f"/{name}", verbose="").splitlines()
    assert lines[:3] == ["[+]ping ok", "[+]log ok", "[+]etcd ok"]
    assert lines[-1] == f"{name} check passed"
    for line in lines[:-1]:
        assert api.ok("GET", f"/{name}/{line[3:].split()[0]}") == "ok"
    assert api.send("GET", f"/{name}/nothing").code == 404


def test_readiness_knows_more(api: Api) -> None:
    ready = api.ok("GET", "/readyz", verbose="")
    assert "[+]informer-sync ok" in ready
    assert "[+]shutdown ok" in ready
    assert "shutdown" not in api.ok("GET", "/livez", verbose="")


def test_checks_left_out(api: Api) -> None:
    assert "[+]etcd excluded: ok" in api.ok("GET", "/healthz", verbose="", exclude="etcd")
    told = api.ok("GET", "/healthz", verbose="", exclude="x")
    assert 'warn: some health checks cannot be excluded: no matches for "x"' in told


def test_a_store_that_does_not_answer(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is told without being asked for, the reason to nobody."""

    def fail(*args: object) -> None:
        raise unavailable("no leader")

    monkeypatch.setattr(api.server.store, "range", fail)
    answer = api.send("GET", "/healthz")
    assert answer.code == 500
    assert "[-]etcd failed: reason withheld\n" in answer.body
    assert answer.body.endswith("healthz check failed\n")
    assert api.send("GET", "/healthz/etcd").code == 500
    assert api.ok("GET", "/healthz", exclude="etcd") == "ok"
