"""Pyodide's lock file: which wheels the site has, so that Pyodide loads them itself, side by side."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from course.site.wheels import Wheel


def write(into: Path, info: Mapping[str, Any], packed: Iterable[tuple[Wheel, Path]]) -> None:
    """Write `into`/pyodide-lock.json with the interpreter's `info` and the packed wheels."""
    packages = {
        wheel.name: {
            "name": wheel.name,
            "version": wheel.version,
            "file_name": file.name,
            "install_dir": "site",
            "package_type": "package",
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "imports": wheel.imports,
            "depends": [],
            "unvendored_tests": False,
        }
        for wheel, file in packed
    }
    content = {"info": dict(info), "packages": packages}
    (into / "pyodide-lock.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")
