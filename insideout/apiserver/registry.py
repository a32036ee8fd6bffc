"""The registry that finds a served kind by any of its names."""

import re
from collections.abc import Iterable, Iterator

from insideout.apiserver.kinds import ANSWERED, BUILT_IN, Kind

_VERSION = re.compile(r"v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?")
_LEVELS = {None: 0, "beta": 1, "alpha": 2}


def version_rank(version: str) -> tuple[int, int, int, str]:
    """Return what sorts versions: v2, v1, v1beta2, v1beta1, v1alpha1, then anything else by its name.

    Source: k8s.io/apimachinery/pkg/version/helpers.go:CompareKubeAwareVersionStrings@v1.36.2.
    """
    found = _VERSION.fullmatch(version)
    if found is None:
        return len(_LEVELS), 0, 0, version
    return _LEVELS[found[2]], -int(found[1]), -int(found[3] or 0), version


class Registry:
    """The served kinds, found by path, by kind, or by any name that kubectl would take."""

    def __init__(self, kinds: Iterable[Kind] = (*BUILT_IN, *ANSWERED)) -> None:
        self._by_path: dict[tuple[str, str, str], Kind] = {}
        self._by_name: dict[str, Kind] = {}
        for kind in kinds:
            self._by_path[kind.group, kind.version, kind.plural] = kind
        self._index()

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._by_path.values())

    def add(self, kind: Kind) -> None:
        """Serve `kind` from now on, in place of an earlier entry for the same path."""
        self._by_path[kind.group, kind.version, kind.plural] = kind
        self._index()

    def remove(self, kind: Kind) -> None:
        """Stop serving `kind`."""
        self._by_path.pop((kind.group, kind.version, kind.plural), None)
        self._index()

    def _index(self) -> None:
        self._by_name = {}
        for kind in self:  # a name that two kinds claim belongs to the one that came first
            for name in (kind.plural, kind.singular, *kind.short_names):
                if not name:  # a kind of another server has no singular
                    continue
                self._by_name.setdefault(name, kind)
                self._by_name.setdefault(f"{name}.{kind.group}", kind)
                self._by_name.setdefault(f"{name}.{kind.version}.{kind.group}", kind)

    def at(self, group: str, version: str, plural: str) -> Kind | None:
        """Return the kind served at /apis/group/version/plural, or None."""
        return self._by_path.get((group, version, plural))

    def named(self, resource: str) -> Kind | None:
        """Return the kind that "pods", "po", "deployments.apps" or "boats.v1.example.com" means, or None."""
        return self._by_name.get(resource)

    def of(self, api_version: str, kind: str) -> Kind | None:
        """Return the kind of an object that says this apiVersion and kind, or None."""
        return next((each for each in self if each.api_version == api_version and each.kind == kind), None)

    def versions(self) -> dict[str, list[str]]:
        """Return the served versions of every group, the preferred first; the core group "", then by name."""
        groups: dict[str, list[str]] = {}
        for kind in sorted(self, key=lambda each: (each.group, version_rank(each.version))):
            found = groups.setdefault(kind.group, [])
            if kind.version not in found:
                found.append(kind.version)
        return groups

    def in_version(self, group: str, version: str) -> list[Kind]:
        """Return the kinds of one group and version, sorted by resource."""
        kinds = [each for each in self if (each.group, each.version) == (group, version)]
        return sorted(kinds, key=lambda each: each.plural)
