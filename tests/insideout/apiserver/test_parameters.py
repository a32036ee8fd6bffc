"""Query parameters that are no durations or versions are refused, where they mean anything."""

import pytest

from .conftest import Api


@pytest.mark.parametrize("path", ["configmaps", "/version", "/apis", "/api/v1"])
def test_a_timeout_that_is_no_duration(api: Api, path: str) -> None:
    code, reason, message = api.refused("GET", path, timeout="abc")
    assert (code, reason) == (400, "BadRequest")
    assert message == 'invalid timeout specified in the request URL - time: invalid duration "abc"'
    assert api.send("GET", path, timeout="10s").code == 200


def test_a_watch_has_no_timeout(api: Api) -> None:
    assert api.send("GET", "configmaps", watch="1", timeout="abc").code == 200
