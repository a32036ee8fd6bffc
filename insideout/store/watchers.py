"""Which watchers a change concerns: found by its key's folder, since there are a hundred prefixes.

For each folder that something was written in, the prefixes that keys in it can have are remembered; they are
forgotten when a prefix is watched for the first time or no longer.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

_MOST_FOLDERS = 4096


class Notified(Protocol):
    """Somebody to be told that there is something to read."""

    @property
    def notify(self) -> Callable[[], object]:
        """Called without arguments."""


W = TypeVar("W", bound=Notified)


class Watchers(Generic[W]):
    """The watchers of a store by prefix, told in the order in which prefixes came."""

    def __init__(self) -> None:
        self._by_prefix: dict[str, list[W]] = {}
        self._possible: dict[str, list[tuple[str, list[W]]]] = {}

    def __iter__(self) -> Iterator[W]:
        return (watcher for watchers in self._by_prefix.values() for watcher in watchers)

    def add(self, prefix: str, watcher: W) -> None:
        """Tell `watcher` of changes of keys with `prefix` from now on."""
        if prefix not in self._by_prefix:
            self._by_prefix[prefix] = []
            self._possible.clear()
        self._by_prefix[prefix].append(watcher)

    def remove(self, prefix: str, watcher: W) -> None:
        """Tell `watcher` nothing more; a second call changes nothing."""
        watchers = self._by_prefix.get(prefix, [])
        if watcher in watchers:
            watchers.remove(watcher)
            if not watchers:
                del self._by_prefix[prefix]
                self._possible.clear()

    def notify(self, keys: Sequence[str]) -> None:
        """Tell everybody whom a change of all `keys` concerns, once each."""
        if len(keys) == 1:  # nearly always
            key = keys[0]
            concerned = [watchers for prefix, watchers in self._possible_for(key) if key.startswith(prefix)]
        else:
            concerned = [
                watchers
                for prefix, watchers in self._by_prefix.items()
                if any(key.startswith(prefix) for key in keys)
            ]
        for watchers in concerned:
            for watcher in list(watchers):
                watcher.notify()

    def _possible_for(self, key: str) -> list[tuple[str, list[W]]]:
        """Return the watched prefixes that keys in the folder of `key` can have."""
        folder = key[: key.rfind("/") + 1]
        found = self._possible.get(folder)
        if found is None:
            if len(self._possible) >= _MOST_FOLDERS:
                self._possible.clear()
            found = self._possible[folder] = [
                (prefix, watchers)
                for prefix, watchers in self._by_prefix.items()
                if folder.startswith(prefix) or prefix.startswith(folder)
            ]
        return found
