"""The files beside a notebook, laid out in a learner's process before any of its code runs.

They come in one piece: for each the lengths of its name and of its data, in eight bytes each, then both.
They lie in a folder of their own that nothing can be written to; the notebook's folder has a link to each.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import jail

FOLDER = ".beside"
_SLACK_BYTES = 2**20


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the files in one piece."""
    parts = []
    for name, data in files:
        path = name.encode()
        parts += [len(path).to_bytes(8, "big"), len(data).to_bytes(8, "big"), path, data]
    return b"".join(parts)


def lay_out(fd: int, here: Path, *, separate: bool) -> None:
    """Lay the files that `fd` holds below `here`; with `separate`, where nothing can be written then."""
    with os.fdopen(fd, "rb") as file:
        data = file.read()
    files = list(_unpacked(data))
    folder = here / FOLDER
    folder.mkdir()
    if separate:
        names = 10 + sum(len(Path(name).parts) for name, _ in files)
        jail.mount_files(str(folder), len(data) + _SLACK_BYTES + 4096 * len(files), names)
    for name, content in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o444)
    if separate:
        jail.freeze_files(str(folder))
    for top in dict.fromkeys(Path(name).parts[0] for name, _ in files):
        (here / top).symlink_to(Path(FOLDER) / top)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(data):
        path, size = (int.from_bytes(data[at + offset : at + offset + 8], "big") for offset in (0, 8))
        at += 16
        yield data[at : at + path].decode(), data[at + path : at + path + size]
        at += path + size
