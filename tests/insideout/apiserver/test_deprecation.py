"""Deprecated versions of custom kinds: their own words, or a default that names the version to use."""

import pytest

from insideout.apiserver import deprecation
from insideout.apiserver.kinds import Kind


def boats(version: str, **facts: object) -> Kind:
    return Kind("example.com", version, "Boat", "boats", "boat", definition={"name": version, **facts})


def test_versions_by_how_stable_they_are() -> None:
    versions = ["v1", "foo10", "v11alpha2", "v10", "v3beta1", "v12alpha1", "foo1", "v2", "v10beta3"]
    expected = ["v10", "v2", "v1", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo10", "foo1"]
    assert sorted(versions, key=deprecation.rank, reverse=True) == expected


@pytest.mark.parametrize(
    ("kind", "warning"),
    [
        (boats("v2"), None),
        (boats("v1", deprecated=True), "example.com/v1 Boat is deprecated; use example.com/v3 Boat"),
        (boats("v4", deprecated=True), "example.com/v4 Boat is deprecated"),
        (boats("v1", deprecated=True, deprecationWarning="sold"), "sold"),
    ],
)
def test_warnings(kind: Kind, warning: str | None) -> None:
    served = [kind, boats("v2"), boats("v3"), boats("v5", deprecated=True), boats("v3alpha1")]
    assert deprecation.of(served, kind) == ([warning] if warning else [])
