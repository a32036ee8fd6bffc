"""The files of one run of a container: a small tree in memory, gone when the run ends.

As a container's writable layer is, but of a few megabytes.  Left out: owners, hard links, devices; modes are
kept, and nobody is denied anything.
"""

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

MOST_BYTES = 8 * 1024 * 1024
"""What all files may hold; their paths count too."""
MOST_ENTRIES = 2000
_ROOT = ("bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var")
_MOST_LINKS = 8


class Entry(NamedTuple):
    """A file with its data, a link with its target, or a folder with neither."""

    data: bytes | None = None
    link: str = ""
    mode: int = 0o755
    modified_s: float = 0.0

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.data is None and not self.link


class FileError(Exception):
    """What a program is told of a path: "No such file or directory"."""


class Files:
    """A tree of files; paths are from the root, whether they begin with "/" or not."""

    def __init__(self, hostname: str, modified_s: float = 0.0) -> None:
        self._entries: dict[str, Entry] = {"/": Entry(modified_s=modified_s)}
        self._used_bytes = 0
        for name in _ROOT:
            self.put(name, Entry(modified_s=modified_s))
        self.put("/etc/hostname", Entry(f"{hostname}\n".encode(), mode=0o644, modified_s=modified_s))

    def find(self, path: str) -> Entry | None:
        """Return what is at a path, where a link leads; None where there is nothing."""
        return self._entries.get(self._followed(path))

    def get(self, path: str) -> Entry:
        """Return what is at a path, where a link leads; FileError where there is nothing."""
        found = self.find(path)
        if found is None:
            raise FileError("No such file or directory")
        return found

    def read(self, path: str) -> bytes:
        """Return what a file holds; raise FileError."""
        found = self.get(path)
        if found.data is None:
            raise FileError("Is a directory")
        return found.data

    def put(self, path: str, entry: Entry) -> None:
        """Create a file, folder or link, or put it in the place of another; a folder that is there stays.

        Raises FileError where the folder around it is missing, and where there is no room.
        """
        at = self._place(path)
        before = self._entries.get(at)
        if before is not None and before.is_folder:
            if entry.is_folder:
                return
            raise FileError("Is a directory")
        if before is not None and entry.is_folder:
            raise FileError("File exists")
        more = _size(at, entry) - (_size(at, before) if before is not None else 0)
        if self._used_bytes + more > MOST_BYTES or (before is None and len(self._entries) >= MOST_ENTRIES):
            raise FileError("No space left on device")
        self._used_bytes += more
        self._entries[at] = entry

    def put_folders(self, path: str, modified_s: float) -> None:
        """Create a folder and those around it that are missing; raise FileError."""
        parts = [part for part in path.split("/") if part]
        for count in range(1, len(parts) + 1):
            self.put("/".join(parts[:count]), Entry(modified_s=modified_s))

    def bring(self, path: str, data: bytes, modified_s: float) -> None:
        """Put a file where it belongs, its folders too; raise FileError."""
        self.put_folders(posixpath.dirname(_absolute(path)), modified_s)
        self.put(path, Entry(data, mode=0o644, modified_s=modified_s))

    def remove(self, path: str) -> None:
        """Remove a file, link, or folder with all in it; raise FileError."""
        at = self._place(path)
        if at == "/":
            raise FileError("Device or resource busy")
        if at not in self._entries:
            raise FileError("No such file or directory")
        for each in [each for each in self._entries if each == at or each.startswith(f"{at}/")]:
            self._used_bytes -= _size(each, self._entries.pop(each))

    def names(self, path: str) -> list[str]:
        """Return the names in a folder, sorted; raise FileError."""
        if not self.get(path).is_folder:
            raise FileError("Not a directory")
        at = self._followed(path).rstrip("/")
        below = (each.removeprefix(f"{at}/") for each in self._entries if each.startswith(f"{at}/"))
        return sorted(name for name in below if name and "/" not in name)

    def walk(self, path: str) -> Iterator[tuple[str, Entry]]:
        """Yield all below a path, itself first, with the path from there ("" for itself); raise FileError."""
        at = self._place(path)
        if at not in self._entries:
            raise FileError("No such file or directory")
        for each in sorted(self._entries, key=lambda each: each.split("/")):
            if each == at or each.startswith(f"{at.rstrip('/')}/"):
                yield each[len(at) :].lstrip("/"), self._entries[each]

    def _place(self, path: str) -> str:
        """Return where a path is, links of its folders followed; FileError where those are missing."""
        folder, name = posixpath.split(_absolute(path))
        at = self._followed(folder)
        if at not in self._entries:
            raise FileError("No such file or directory")
        if not self._entries[at].is_folder:
            raise FileError("Not a directory")
        return posixpath.join(at, name) if name else at

    def _followed(self, path: str) -> str:
        """Return a path with every link in it followed; "" when they lead nowhere."""
        at, rest, links = "/", [part for part in _absolute(path).split("/") if part], 0
        while rest:
            at = posixpath.join(at, rest.pop(0))
            entry = self._entries.get(at)
            if entry is not None and entry.link:
                links += 1
                if links > _MOST_LINKS:
                    return ""
                target = _absolute(posixpath.join(posixpath.dirname(at), entry.link))
                at, rest = "/", [*(part for part in target.split("/") if part), *rest]
        return at


def _absolute(path: str) -> str:
    return posixpath.normpath(f"/{path}").replace("//", "/")


def _size(path: str, entry: Entry) -> int:
    return len(path) + len(entry.data or b"") + len(entry.link)
