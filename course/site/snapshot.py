"""Python as a page starts it: a picture of its memory with the packages imported, and the packages' files.

A browser needs ten seconds of its processor to import what a first cell imports; the picture is copied into
its place in half a second.  Pyodide makes and reads such pictures (`_makeSnapshot`, `_loadSnapshot`).  They
hold memory only, so each page gets the files, too.  Both are compressed with gzip, which browsers unpack.
"""

import ast
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from course.site import pyodide
from course.site.compiled import SITE_PACKAGES

STATIC = Path(__file__).parent / "static" / "python"
SERVED = ("start.mjs", "untar.mjs", "interrupt.mjs")
"""What a page loads of `STATIC`; the rest runs while a site is built."""
MEMORY, PACKAGES = "memory.bin", "packages.bin"
"""Names that no server takes for files that it would have to unpack."""


def imports(notebooks: Iterable[Path]) -> list[str]:
    """Return the import statements at the top of the notebooks' cells, each once."""
    found: dict[str, None] = {}
    for notebook in notebooks:
        for cell in nbformat.read(notebook, as_version=4).cells:
            if cell.cell_type == "code":
                found.update(dict.fromkeys(_imports_of(cell.source)))
    return list(found)


def _imports_of(source: str) -> Iterator[str]:
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a magic, or a text to complete
        return
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield ast.unparse(statement)


def build(wheels: Iterable[Path], statements: list[str], core: Path, work: Path, cache: Path) -> Path:
    """Return the folder in `cache` with MEMORY and PACKAGES, which are made when it does not have them.

    RuntimeError with the last lines of what Pyodide said when a statement cannot be run there.
    """
    files = list(wheels)
    folder = cache / _digest(files, statements)
    if (folder / PACKAGES).is_file():
        return folder
    plain = _tar(files)
    (work / "packages.tar").write_bytes(plain)
    (work / "imports.json").write_text(json.dumps(statements), "utf-8")
    pyodide.run(core, Path(__file__).with_name("imported.py"), work, STATIC / "snapshot.mjs")
    folder.mkdir(parents=True, exist_ok=True)
    _compress((work / MEMORY).read_bytes(), folder / MEMORY)
    _compress(plain, folder / PACKAGES)
    return folder


def _digest(wheels: Iterable[Path], statements: list[str]) -> str:
    digest = hashlib.sha256("\n".join([pyodide.VERSION, *statements]).encode())
    made_by = [Path(__file__), Path(__file__).with_name("imported.py"), STATIC / "snapshot.mjs"]
    for path in [*made_by, *wheels]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _tar(wheels: Iterable[Path]) -> bytes:
    """Return all files of the wheels in one archive; the same bytes for the same content."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for wheel in sorted(wheels):
            with zipfile.ZipFile(wheel) as files:
                for name in files.namelist():
                    member = tarfile.TarInfo(name)
                    content = files.read(name)
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _compress(content: bytes, file: Path) -> None:
    partial = file.with_suffix(".partial")
    partial.write_bytes(gzip.compress(content, 9, mtime=0))
    partial.replace(file)


def serve(folder: Path, into: Path, info: Mapping[str, Any]) -> None:
    """Copy what a page loads into `into`, where Pyodide is; `info` is from Pyodide's lock file.

    The names carry what changes with the content: no browser puts an old memory beside new files.
    """
    for name in SERVED:
        (into / name).write_bytes((STATIC / name).read_bytes())
    for name in (MEMORY, PACKAGES):
        (into / name).write_bytes((folder / name).read_bytes())
    parts = {
        "LOCK": {"info": dict(info), "packages": {}},
        "MEMORY": f"{MEMORY}?{folder.name}",
        "PACKAGES": f"{PACKAGES}?{folder.name}",
        "SITE_PACKAGES": SITE_PACKAGES,
    }
    text = "".join(f"export const {name} = {json.dumps(value)};\n" for name, value in parts.items())
    (into / "parts.mjs").write_text(f"// Written by course/site/snapshot.py.\n{text}", "utf-8")
