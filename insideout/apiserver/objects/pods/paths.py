"""Rules for paths in volumes and containers.

Source: pkg/apis/core/validation/validation.go (validatePathNoBacksteps, validateLocalDescendingPath,
ValidateLocalNonReservedPath)@v1.36.2.
"""

from insideout.apiserver.objects import field
from insideout.apiserver.objects.field import Causes

_MODE = "must be a number between 0 and 0777 (octal), both inclusive"


def no_backsteps(given: str, path: str) -> Causes:
    """Refuse a path that goes up."""
    return [field.invalid(path, given, "must not contain '..'")] if ".." in given.split("/") else []


def descending(given: str, path: str) -> Causes:
    """Refuse a path that is absolute or goes up."""
    causes = [field.invalid(path, given, "must be a relative path")] if given.startswith("/") else []
    return causes + no_backsteps(given, path)


def not_reserved(given: str, path: str) -> Causes:
    """Refuse a path that leaves its folder or could hide the kubelet's own files."""
    causes = descending(given, path)
    if given.startswith("..") and not given.startswith("../"):
        causes.append(field.invalid(path, given, "must not start with '..'"))
    return causes


def file_mode(mode: int | None, path: str) -> Causes:
    """Refuse a mode of a file outside 0 to 0777."""
    return [] if mode is None or 0 <= mode <= 0o777 else [field.invalid(path, mode, _MODE)]
