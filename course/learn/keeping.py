"""What a learner said and earned, in one JSON file of theirs that survives restarts and moves elsewhere.

    {"version": 1, "predictions": {"06_qos/first-evicted": {...}}, "reviews": {"06_qos/who-first": {...}}}

A change reads the file, changes it and puts a whole new one in its place, under a lock: a kill leaves the old
file or the new one, and two notebooks do not lose each other's entries.  Where the file cannot be written,
what is said is kept until the kernel ends, and the learner is told once.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course.project import PROJECT

VARIABLE = "COURSE_PROGRESS"
NAME = "progress.json"
VERSION = 1
SECTIONS = ("predictions", "reviews", "checks")

Content = dict[str, dict[str, Any]]


def place() -> Path:
    """Return the learner's file: $COURSE_PROGRESS, or in the project's work/, or among the user's data."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    if (PROJECT / "nbgrader_config.py").exists():
        return PROJECT / "work" / NAME
    return _user_data() / "kubernetes-inside-out" / NAME


def _user_data() -> Path:
    if os.environ.get("XDG_DATA_HOME"):
        return Path(os.environ["XDG_DATA_HOME"])
    if os.name == "nt" and os.environ.get("APPDATA"):
        return Path(os.environ["APPDATA"])
    return Path.home() / ".local" / "share"


def now() -> str:
    """Return the time as it is kept: UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Kept:
    """The file at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._unwritten: Content = {}
        self._told = False

    def read(self) -> Content:
        """Return all that is kept; what the file lacks or holds in another form is empty."""
        content = _empty()
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            found = {}
        for section in SECTIONS:
            entries = found.get(section) if isinstance(found, dict) else None
            if isinstance(entries, dict):
                content[section] = {name: each for name, each in entries.items() if isinstance(each, dict)}
            content[section].update(self._unwritten.get(section, {}))
        return content

    def get(self, section: str, name: str) -> dict[str, Any]:
        """Return one entry; empty when there is none."""
        entry: dict[str, Any] = self.read()[section].get(name, {})
        return entry

    def put(self, section: str, name: str, entry: dict[str, Any]) -> str:
        """Keep an entry; return one line when it could not be written, the first time, else nothing."""

        def add(content: Content) -> None:
            content[section][name] = entry

        try:
            self.change(add)
        except OSError as problem:
            self._unwritten.setdefault(section, {})[name] = entry
            if self._told:
                return ""
            self._told = True
            reason = problem.strerror or type(problem).__name__
            return f"Note: {self.path} cannot be written ({reason}); your answers last until the kernel ends."
        return ""

    def change(self, edit: Callable[[Content], None]) -> None:
        """Let `edit` change what is kept, and write it; OSError when that cannot be done."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(self.path):
            _set_aside_unreadable(self.path)
            content = self.read()
            edit(content)
            _replace(self.path, {"version": VERSION, **content})
        self._unwritten.clear()


def _empty() -> Content:
    return {section: {} for section in SECTIONS}


def _set_aside_unreadable(path: Path) -> None:
    """Rename a file that is no JSON, so that nothing of it is lost by writing."""
    try:
        json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return
    except ValueError:
        path.replace(path.with_suffix(".unreadable.json"))


def _replace(path: Path, content: dict[str, Any]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, sort_keys=True, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the file's lock; where the system has no such locks, go on without."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    if not hasattr(fcntl, "flock"):  # a browser: one tab, one kernel
        yield
        return
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        with contextlib.suppress(OSError):  # some network folders refuse
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


_open: dict[Path, Kept] = {}


def kept() -> Kept:
    """Return the learner's file; the same object while the place is the same."""
    path = place()
    if path not in _open:
        _open[path] = Kept(path)
    return _open[path]
