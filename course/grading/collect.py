"""Collecting that follows no links.

nbgrader copies what a link in a submission points to, with the instructor's rights: a link to the solution
would be handed in as an answer, one to another learner's work as one's own.  The learner owns the folder and
can change it at any moment, so looking first and copying then is not enough: every file is opened in a way
that fails for a link.
"""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect


class Refused(Exception):  # noqa: N818  it says what the submission is
    """A submission that is not collected; the text says why."""


class CollectWithoutLinks(ExchangeCollect):  # type: ignore[misc]  # nbgrader publishes no types
    """nbgrader's collect, which leaves out a submission that holds a link."""

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy a submission, unless something in it is no ordinary file or folder; it appears at once."""
        whole = Path(dest)
        partial = whole.with_name(f".{whole.name}.partial")
        if partial.exists():
            shutil.rmtree(partial)
        with tempfile.TemporaryDirectory(prefix="course-collect-") as folder:
            private = Path(folder) / "submission"
            try:
                copy_without_links(Path(src), private, self.coursedir.max_dir_size * 1000)
            except (Refused, OSError) as error:
                self.log.error("Not collected: %s: %s", src, error)
                return
            super().do_copy(str(private), str(partial), log)
        partial.rename(whole)


def copy_without_links(source: Path, target: Path, limit_bytes: float) -> None:
    """Copy a folder of ordinary files; Refused for a link, a pipe, or more than `limit_bytes`."""
    left = limit_bytes
    if source.is_symlink():
        raise Refused("it is a link")
    for folder, folders, files, folder_fd in os.fwalk(source, follow_symlinks=False):
        inside = Path(folder).relative_to(source)
        (target / inside).mkdir()
        for name in (*folders, *files):
            if stat.S_ISLNK(os.stat(name, dir_fd=folder_fd, follow_symlinks=False).st_mode):
                raise Refused(f"{inside / name} is a link")
        for name in files:
            # Without O_NONBLOCK, opening a pipe would wait for its other end.
            fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder_fd)
            with os.fdopen(fd, "rb") as file:
                status = os.fstat(fd)
                if not stat.S_ISREG(status.st_mode):
                    raise Refused(f"{inside / name} is no ordinary file")
                left -= status.st_size
                if left < 0:
                    raise Refused(f"it is larger than {limit_bytes / 1e6:g} MB")
                with (target / inside / name).open("wb") as copy:
                    shutil.copyfileobj(file, copy)
