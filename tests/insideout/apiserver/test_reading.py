"""Lists show the version they were asked for, in chunks of one revision; watches go on from any kept one."""

import pytest

from insideout.apiserver.watching import INITIAL_EVENTS_END

from .conftest import Api


def names(listing: dict) -> list[str]:
    return [each["metadata"]["name"] for each in listing["items"]]


@pytest.fixture
def versions(api: Api) -> list[str]:
    """Three ConfigMaps a, b, c; the version at which each was written."""
    return [api.config_map(name)["metadata"]["resourceVersion"] for name in "abc"]


def test_versions(api: Api, versions: list[str]):
    """A list at an old version is not older than it, exactly it, or chunks of exactly it."""
    b = versions[1]
    assert names(api.ok("GET", "configmaps", resourceVersion=b)) == ["a", "b", "c"]
    exact = api.ok("GET", "configmaps", resourceVersion=b, resourceVersionMatch="Exact")
    assert (names(exact), exact["metadata"]["resourceVersion"]) == (["a", "b"], b)
    assert names(api.ok("GET", "configmaps", resourceVersion=b, limit="5")) == ["a", "b"]
    assert names(api.ok("GET", "configmaps", resourceVersion="0")) == ["a", "b", "c"]


def test_future_version_times_out(api: Api):
    """A version that has not happened is answered with 504, for lists and gets alike."""
    for path in ("configmaps", "/api/v1/namespaces/default"):
        response = api.send("GET", path, resourceVersion="999")
        assert response.code == 504
        assert response.body["reason"] == "Timeout"
        assert response.body["message"].startswith("Timeout: Too large resource version: 999, current: ")
        assert response.headers["Retry-After"] == "1"


def test_compacted_version_is_gone(api: Api, versions: list[str]):
    """A list at a compacted version is answered with 410, a watch with an ERROR in the stream."""
    api.server.store.compact(api.server.store.revision)
    code, reason, message = api.refused(
        "GET", "configmaps", resourceVersion=versions[0], resourceVersionMatch="Exact"
    )
    assert (code, reason) == (410, "Expired")
    assert message == "The resourceVersion for the provided list is too old."
    stream = api.watch("configmaps", resourceVersion=versions[0])
    api.loop.run(0)
    (event,) = stream.read()
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert stream.closed


@pytest.mark.parametrize("limit", ["1", "2", "3", "7"])
def test_chunks_show_one_revision(api: Api, versions: list[str], limit: str):
    """Whatever is written between two chunks, together they are the list of the first one's revision."""
    found, token, first = [], "", ""
    while True:
        chunk = api.ok("GET", "configmaps", limit=limit, **({"continue": token} if token else {}))
        first = first or chunk["metadata"]["resourceVersion"]
        assert chunk["metadata"]["resourceVersion"] == first
        found += names(chunk)
        token = chunk["metadata"].get("continue", "")
        if not token:
            break
        api.ok("DELETE", f"configmaps/{names(chunk)[0]}")
        api.config_map(f"new-{len(found)}")
    assert found == ["a", "b", "c"]


def test_chunks_with_a_selector_lose_nothing(api: Api):
    """A chunk of a selected list holds as many matches as asked for, and the next goes on after the last."""
    for number in range(9):
        api.config_map(f"c{number}", labels={"odd": str(number % 2)})
    found, token = [], ""
    while True:
        query = {"continue": token} if token else {}
        chunk = api.ok("GET", "configmaps", limit="2", labelSelector="odd=1", **query)
        assert len(chunk["items"]) <= 2
        found += names(chunk)
        token = chunk["metadata"].get("continue", "")
        if not token:
            break
    assert found == ["c1", "c3", "c5", "c7"]


def test_expired_token_offers_another(api: Api, versions: list[str]):
    """A token whose revision was compacted is answered with 410 and a token for the inconsistent rest."""
    token = api.ok("GET", "configmaps", limit="1")["metadata"]["continue"]
    api.config_map("bb")
    api.server.store.compact(api.server.store.revision)
    response = api.send("GET", "configmaps", limit="5", **{"continue": token})
    assert (response.code, response.body["reason"]) == (410, "Expired")
    rest = api.ok("GET", "configmaps", **{"continue": response.body["metadata"]["continue"]})
    assert names(rest) == ["b", "bb", "c"]


def test_token_and_version_exclude_each_other(api: Api, versions: list[str]):
    """A token has its revision in it."""
    token = api.ok("GET", "configmaps", limit="1")["metadata"]["continue"]
    message = api.refused("GET", "configmaps", resourceVersion=versions[0], **{"continue": token})[2]
    assert message == "specifying resource version is not allowed when using continue"


def test_token_cannot_leave_its_list(api: Api):
    """A token that climbs out of the namespace is refused."""
    from insideout.apiserver.chunks import Continue, encode_token

    token = encode_token(
        Continue(3, "/registry/configmaps/default/../kube-system/x"), "/registry/configmaps/default/"
    )
    assert api.refused("GET", "configmaps", **{"continue": token})[:2] == (400, "BadRequest")


def test_watch_without_a_version_begins_with_what_is_there(api: Api, versions: list[str]):
    """Present objects come as ADDED, then changes."""
    stream = api.watch("configmaps")
    api.merge("configmaps/b", {"data": {"k": "v"}})
    api.loop.run(0)
    events = [(event["type"], event["object"]["metadata"]["name"]) for event in stream.read()]
    assert events == [("ADDED", "a"), ("ADDED", "b"), ("ADDED", "c"), ("MODIFIED", "b")]


def test_streaming_list_ends_with_a_bookmark(api: Api, versions: list[str]):
    """SendInitialEvents ends the present objects with an annotated bookmark."""
    query = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
    }
    stream = api.watch("configmaps", **query)
    api.loop.run(0)
    events = stream.read()
    assert [event["type"] for event in events] == ["ADDED"] * 3 + ["BOOKMARK"]
    assert events[3]["object"]["metadata"]["annotations"] == {INITIAL_EVENTS_END: "true"}


def test_bookmarks_every_minute_and_before_the_end(api: Api):
    """A watch that asks for bookmarks gets one a minute, and one two seconds before its timeout."""
    begin = api.config_map("a")["metadata"]["resourceVersion"]
    api.config_map("b")
    stream = api.watch("configmaps", allowWatchBookmarks="true", timeoutSeconds="100", resourceVersion=begin)
    times = []
    for _ in range(110):
        api.loop.run(1)
        times += [api.loop.now_s for event in stream.read() if event["type"] == "BOOKMARK"]
    assert times == [60, 98]
    assert stream.closed


def test_no_bookmark_while_nothing_changed(api: Api):
    """A bookmark tells how far a watch has come; one that has not moved has nothing to tell."""
    begin = api.config_map("a")["metadata"]["resourceVersion"]
    stream = api.watch("configmaps", allowWatchBookmarks="true", timeoutSeconds="100", resourceVersion=begin)
    api.loop.run(110)
    assert stream.read() == []


def test_a_watch_can_begin_at_what_the_store_has_forgotten(api: Api, versions: list[str]):
    """The watch cache remembers what was compacted in the usual way; a list at that version is gone."""
    api.loop.run(700)
    assert api.refused("GET", "configmaps", resourceVersion=versions[0], resourceVersionMatch="Exact")[
        :2
    ] == (410, "Expired")
    stream = api.watch("configmaps", resourceVersion=versions[0])
    api.loop.run(0)
    assert [event["object"]["metadata"]["name"] for event in stream.read()] == ["b", "c"]


def test_no_watch_begins_before_the_server_did(api: Api):
    """The watch caches begin with the server: an older version is too old, though nothing was compacted."""
    stream = api.watch("configmaps", resourceVersion="1")
    api.loop.run(0)
    (event,) = stream.read()
    assert event["object"]["message"] == f"too old resource version: 1 ({api.server.reader.begun_at})"


def test_a_watch_from_the_future_tells_nothing_older(api: Api):
    """A watch begins after the version it names, even when that has yet to come."""
    stream = api.watch("configmaps", resourceVersion="999")
    api.config_map("a")
    api.loop.run(1)
    assert stream.read() == []


def test_a_streamed_list_from_the_future_is_refused_in_the_stream(api: Api):
    """The answer is a watch already, so the refusal comes as its only event."""
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "resourceVersion": "999"}
    stream = api.watch("configmaps", **query)
    api.loop.run(0)
    (event,) = stream.read()
    assert (event["type"], event["object"]["code"]) == ("ERROR", 504)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"resourceVersionMatch": "Exact"}, "resourceVersionMatch"),
        ({"resourceVersionMatch": "x", "resourceVersion": "1"}, "resourceVersionMatch"),
        ({"resourceVersionMatch": "Exact", "resourceVersion": "0"}, "resourceVersionMatch"),
        ({"sendInitialEvents": "true"}, "sendInitialEvents"),
        ({"watch": "1", "resourceVersionMatch": "Exact"}, "resourceVersionMatch"),
        ({"watch": "1", "sendInitialEvents": "true"}, "resourceVersionMatch"),
    ],
)
def test_contradictory_options(api: Api, query: dict[str, str], field: str):
    """Options that make no sense together are refused as ListOptions."""
    response = api.send("GET", "configmaps", **query)
    assert (response.code, response.body["details"]["kind"]) == (422, "ListOptions")
    assert response.body["details"]["causes"][0]["field"] == field
