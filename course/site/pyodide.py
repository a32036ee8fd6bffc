"""Pyodide's core: CPython for WebAssembly, from the package of that name in the npm registry.

The package holds the interpreter and its standard library, not the wheels of Pyodide's own distribution; the
site's wheels are made in `wheels`.  It is fetched once, held against its checksum, and kept in a folder.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from insideout.usage import UsageError

VERSION = "314.0.6"
"""What jupyterlite-pyodide-kernel 0.8.6 is made for."""
_INTEGRITY = "sha512-BKDTJyIqFxC4BExLqeRS3f5xvXZIjOt8C3zGLN/Cc7tFxSwvKVhVkchQQ2AGLOtR4YrVOIFxbV8poyDOOmWwxQ=="
TAG = "cp314"
"""The tag of bytecode that this Python runs."""
RUN = Path(__file__).parent / "static" / "python" / "run.mjs"
"""What starts Pyodide under Node.js and lets it run a program."""
SERVED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
"""What a browser asks for; the lock file is the site's own."""


def why_not() -> str:
    """Return what this machine lacks to build a site, in one line; "" when it lacks nothing."""
    missing = [tool for tool in ("node", "npm") if not shutil.which(tool)]
    if not missing:
        return ""
    have = "are" if len(missing) > 1 else "is"
    return f"{' and '.join(missing)} {have} not installed; the site needs Node.js 20 or newer with npm"


def core(cache: Path) -> Path:
    """Return the folder with Pyodide's files, which is fetched when `cache` does not have it yet.

    Raises UsageError when it cannot be had, or is not what it was when the checksum was taken.
    """
    folder = cache / f"pyodide-{VERSION}"
    if (folder / "package.json").is_file():
        return folder
    archive = cache / f"pyodide-{VERSION}.tgz"
    if not archive.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        call = ["npm", "pack", "--silent", f"pyodide@{VERSION}", "--pack-destination", str(cache)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode or not archive.is_file():
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise UsageError(
                f"npm could not fetch pyodide {VERSION}: {said[-1] if said else 'no reason given'}"
            )
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != _INTEGRITY:
        raise UsageError(f"{archive} is not pyodide {VERSION} as it was published; remove it and try again")
    partial = cache / f".pyodide-{VERSION}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with tarfile.open(archive) as files:
        files.extractall(partial, filter="data")
    (partial / "package").replace(folder)
    partial.rmdir()
    return folder


def lock(core_folder: Path) -> dict[str, Any]:
    """Return Pyodide's own list of packages, with what it says of the interpreter."""
    found: dict[str, Any] = json.loads((core_folder / "pyodide-lock.json").read_text("utf-8"))
    return found


def run(core_folder: Path, program: Path, mounted: Path, script: Path = RUN) -> None:
    """Run a Python program in Pyodide, with the folder `mounted` as its /work; RuntimeError when it fails."""
    call = ["node", str(script), str(core_folder.resolve()), str(program), str(mounted.resolve())]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError("\n".join((done.stderr or done.stdout).splitlines()[-12:]))
