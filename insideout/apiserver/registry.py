"""The registry that finds a served kind by any of its names."""

from collections.abc import Iterable, Iterator

from insideout.apiserver.kinds import ANSWERED, BUILT_IN, Kind


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
        """Return the served versions of every group, the core group "" first, then sorted."""
        groups: dict[str, list[str]] = {}
        for kind in sorted(self, key=lambda each: (each.group, each.version)):
            found = groups.setdefault(kind.group, [])
            if kind.version not in found:
                found.append(kind.version)
        return groups

    def in_version(self, group: str, version: str) -> list[Kind]:
        """Return the kinds of one group and version, sorted by resource."""
        kinds = [each for each in self if (each.group, each.version) == (group, version)]
        return sorted(kinds, key=lambda each: each.plural)
