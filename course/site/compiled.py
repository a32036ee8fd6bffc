"""What runs in Pyodide while a site is built: it compiles modules for the browser's Python.

Compiling the official client takes a browser seven seconds at each start; its bytecode is read in two.
/work/modules.zip has the modules, /work/bytecode.zip gets what came of them: whole archives, for each file
that crosses the border between Pyodide and the machine costs milliseconds.
"""

import json
import py_compile
import zipfile
from pathlib import Path

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH
"""The bytecode holds whatever the times of its files are: nobody edits them in a browser."""
SITE_PACKAGES = "/lib/python3.14/site-packages"


def bytecode(source: bytes, name: str, optimize: int) -> bytes:
    """Return the compiled form of a module; nothing for one that this Python cannot read."""
    before, after = Path("/tmp/before.py"), Path("/tmp/after.pyc")
    before.write_bytes(source)
    try:
        py_compile.compile(
            str(before),
            cfile=str(after),
            dfile=f"{SITE_PACKAGES}/{name}",
            doraise=True,
            optimize=optimize,
            invalidation_mode=UNCHECKED,
        )
    except py_compile.PyCompileError:  # templates, and syntax of other Pythons
        return b""
    return after.read_bytes()


def compile_all(work: Path) -> None:
    """Compile every module; /work/modules.json has how far each is optimized."""
    optimize = json.loads((work / "modules.json").read_text("utf-8"))
    with (
        zipfile.ZipFile(work / "modules.zip") as modules,
        zipfile.ZipFile(work / "bytecode.zip", "w") as compiled,
    ):
        for name in modules.namelist():
            compiled.writestr(name, bytecode(modules.read(name), name.split("/", 1)[1], optimize[name]))


if __name__ == "__main__":
    compile_all(Path("/work"))
