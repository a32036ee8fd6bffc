"""tar in a container, as kubectl cp calls it: `tar cf - PATH` and `tar xmf - -C FOLDER`.

Archives are the business of Python's tarfile; here are the command's words and limits.  An archive that is
read ends at its two empty blocks, as not every client says that nothing follows.  Left out: compression, hard
links, devices, and archives in files.

The messages are those of GNU tar and BusyBox.

Source: kubectl pkg/cmd/cp/cp.go@v1.36.2 (what is asked of tar).
"""

import io
import posixpath
import tarfile
from collections.abc import Sequence
from typing import NamedTuple

from insideout.kubelet.files import MOST_BYTES, Entry, FileError, Files
from insideout.kubelet.programs import ExecResult

MOST_ARCHIVE_BYTES = 2 * MOST_BYTES
_BLOCK = tarfile.BLOCKSIZE
_EMPTY = bytes(_BLOCK)
_SIZE = slice(124, 136)
_KEPT = ("--no-same-permissions", "--no-same-owner", "--same-permissions", "--warning=no-timestamp")


class UsageError(Exception):
    """A call that tar does not understand."""


class Wanted(NamedTuple):
    """What a call asks for: to create or to extract, where, what, and whether to name it."""

    creates: bool
    folder: str
    paths: tuple[str, ...]
    is_verbose: bool
    keeps_times: bool


def read_arguments(words: Sequence[str]) -> Wanted:
    """Return what the words after "tar" ask for; raise UsageError."""
    flags, folder, paths, file = "", "/", [], "-"
    rest = list(words)
    if rest and not rest[0].startswith("-"):
        rest[0] = f"-{rest[0]}"
    while rest:
        word = rest.pop(0)
        if word in _KEPT:
            continue
        if word == "-" or not word.startswith("-"):
            paths.append(word)
            continue
        for flag in word[1:]:
            if flag not in "cxvmfpC":
                raise UsageError(f"tar: invalid option -- '{flag}'")
            if flag in "fC":
                if not rest:
                    raise UsageError(f"tar: option requires an argument -- '{flag}'")
                value = rest.pop(0)
                folder, file = (value, file) if flag == "C" else (folder, value)
            else:
                flags += flag
    if ("c" in flags) == ("x" in flags):
        raise UsageError("tar: You must specify one of the '-c' or '-x' options")
    if file != "-":
        raise UsageError(f"tar: {file}: Cannot open: only '-' is known here")
    if "c" in flags and not paths:
        raise UsageError("tar: Cowardly refusing to create an empty archive")
    return Wanted("c" in flags, folder, tuple(paths), "v" in flags, "m" not in flags)


def create(files: Files, wanted: Wanted) -> ExecResult:
    """Write an archive of the paths to standard output; nothing at all when none of them is there.

    A client that was sent the end of an archive would not wait for the exit code.
    """
    archive, errors, code, count = io.BytesIO(), "", 0, 0
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in wanted.paths:
            if path.startswith("/") and "removing leading" not in errors:
                errors += "tar: removing leading '/' from member names\n"
            try:
                for below, entry in files.walk(posixpath.join(wanted.folder, path)):
                    member = _member(posixpath.join(path, below).rstrip("/").lstrip("/") or ".", entry)
                    tar.addfile(member, io.BytesIO(entry.data or b""))
                    errors += f"{member.name}\n" if wanted.is_verbose else ""
                    count += 1
            except FileError as problem:
                errors += f"tar: {path}: {problem}\n"
                code = 1
    written = archive.getvalue() if count else b""
    return ExecResult(code, written.decode("utf-8", "surrogateescape"), errors)


def _member(name: str, entry: Entry) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mode, member.mtime, member.uname, member.gname = entry.mode, int(entry.modified_s), "root", "root"
    if entry.link:
        member.type, member.linkname = tarfile.SYMTYPE, entry.link
    elif entry.data is None:
        member.type = tarfile.DIRTYPE
    else:
        member.size = len(entry.data)
    return member


class Extraction:
    """An archive that comes in pieces, and what becomes of it once it is complete."""

    def __init__(self, files: Files, wanted: Wanted, now_s: float) -> None:
        self._files, self._wanted, self._now_s = files, wanted, now_s
        self._archive = bytearray()
        self._next_head = 0

    def feed(self, data: bytes) -> bool:
        """Take a piece; return whether the archive is complete, or longer than it may be."""
        self._archive += data
        while len(self._archive) >= self._next_head + _BLOCK:
            head = bytes(self._archive[self._next_head : self._next_head + _BLOCK])
            if head == _EMPTY:
                following = self._archive[self._next_head + _BLOCK : self._next_head + 2 * _BLOCK]
                return bytes(following) == _EMPTY
            try:
                size = tarfile.nti(head[_SIZE])  # type: ignore[attr-defined]  # the library's, undocumented
            except tarfile.HeaderError:
                return True
            self._next_head += _BLOCK + -(-max(size, 0) // _BLOCK) * _BLOCK
        return len(self._archive) > MOST_ARCHIVE_BYTES

    def finish(self) -> ExecResult:
        """Put the archive's files in their places."""
        folder = self._files.find(self._wanted.folder)
        if folder is None or not folder.is_folder:
            why = "No such file or directory" if folder is None else "Not a directory"
            return ExecResult(1, stderr=f"tar: can't change directory to '{self._wanted.folder}': {why}\n")
        if len(self._archive) > MOST_ARCHIVE_BYTES:
            return ExecResult(1, stderr="tar: write error: No space left on device\n")
        names = ""
        try:
            with tarfile.open(fileobj=io.BytesIO(self._archive), mode="r:") as tar:
                for member in tar:
                    if self._wanted.paths and not _is_wanted(member.name, self._wanted.paths):
                        continue
                    self._put(tar, member)
                    names += f"{member.name}\n" if self._wanted.is_verbose else ""
        except (tarfile.TarError, EOFError):
            return ExecResult(1, names, "tar: short read\n")
        except FileError as problem:
            return ExecResult(1, names, f"tar: can't create {problem}\n")
        return ExecResult(0, names)

    def _put(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        path = posixpath.join(self._wanted.folder, member.name.lstrip("/"))
        modified_s = float(member.mtime) if self._wanted.keeps_times else self._now_s
        if ".." in member.name.split("/"):
            raise FileError(f"'{member.name}': name contains '..'")
        try:
            if member.isdir():
                self._files.put_folders(path, modified_s)
                return
            self._files.put_folders(posixpath.dirname(path), self._now_s)
            if member.issym():
                self._files.put(path, Entry(link=member.linkname, modified_s=modified_s))
            elif member.isfile() and member.size <= MOST_BYTES:
                data = tar.extractfile(member)
                assert data is not None  # it is a file
                self._files.put(path, Entry(data.read(), mode=member.mode & 0o7777, modified_s=modified_s))
            elif member.isfile():
                raise FileError("No space left on device")
            else:
                raise FileError("Operation not permitted")
        except FileError as problem:
            raise FileError(f"'{member.name}': {problem}") from None


def _is_wanted(name: str, paths: Sequence[str]) -> bool:
    return any(name.strip("/") == path.strip("/") or name.startswith(f"{path.strip('/')}/") for path in paths)
