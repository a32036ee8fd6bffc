"""The wheels that a browser loads: this package, and what it needs, from what is installed here.

They are taken from the environment that builds the site, so their versions are those of constraints.txt, and
no second list of versions exists.  Only pure Python is taken.  The modules are compiled (`compiled`).  Left
out of the course's own wheel: lessons, whose text holds solutions and hidden tests, and what builds, grades
and serves.
"""

import hashlib
import json
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from packaging.markers import default_environment
from packaging.requirements import Requirement

from course.site import pyodide
from course.site.lazy import lazily
from insideout.usage import UsageError

ROOTS = ("ipywidgets", "ipython", "comm")
"""What notebooks and the kernel import beside what the cluster depends on; what these need comes along."""

LEFT_OUT = {
    "cryptography": "the HTTP door's certificate; a page has no door",
    "uvicorn": "the HTTP door",
    "wsproto": "the HTTP door",
    "aiohttp": "only kubernetes.aio imports it, which is left out too",
    "widgetsnbextension": "files for Jupyter Notebook; the kernel brings a stand-in",
    "tzdata": "nothing asks for a time zone by name",
    "prompt-toolkit": "IPython's terminal; a page has none",
    "jedi": "slow to load; completion looks at what is there in the kernel",
    "jupyterlab-widgets": "its JavaScript is part of the site",
}

IN_PURE_PYTHON_TOO = ("pyyaml", "charset-normalizer")
"""They have compiled parts that only make them faster."""

_UNUSED = (
    r"kubernetes/(aio|e2e_test|docs)/",
    r"pygments/lexers/(?!__init__|_mapping|python|special|text|_builtins)",
    r"(.*/)?tests?/",
    r".*_test\.py$",
    r".*\.(so|pyi|c|h|pyx|pxd|typed)$",
    r".*\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$",
    r"(.*/)?__pycache__/",
    r"\.\./",
)
OURS = "kubernetes-inside-out"
_NOT_IN_A_PAGE = ("build", "grading", "lab", "sandbox", "site", "cli.py")
"""What of the course builds, grades and serves: no notebook imports it."""

_WITH_TEXT = re.compile(rf"{OURS}-|kubernetes-[^/]*/kubernetes/client/models/")
"""Whose text stays beside the bytecode: the course's, for tracebacks and for who reads it; the models', for
the API server takes its schema from there."""

_LAZILY = re.compile(r"kubernetes/client/((models|api)/)?__init__\.py$")
"""Packages whose imports are put off (`lazy`)."""

_WITHOUT_DOCSTRINGS = ("kubernetes",)
"""Half of its bytecode would be docstrings that say what its models' names say."""


class Wheel(NamedTuple):
    """A wheel in a folder that is not packed yet."""

    name: str
    version: str
    folder: Path

    @property
    def file_name(self) -> str:
        """The name of its file; bytecode runs on one Python only, and the tag says so."""
        return f"{self.name.replace('-', '_')}-{self.version}-{pyodide.TAG}-none-any.whl"


def collect(project: Path, work: Path, kernel_wheels: Iterable[Path], units: Iterable[str]) -> list[Wheel]:
    """Lay out all wheels in `work`/wheels: what is needed, the course with these units, and the kernel's own.

    UsageError for a package that is not installed, or has compiled parts that it cannot do without.
    """
    wheels = work / "wheels"
    shutil.rmtree(work, ignore_errors=True)
    found = [_installed(distribution, wheels) for distribution in _needed([*_direct(project), *ROOTS])]
    found += [_unpacked(file, wheels) for file in kernel_wheels]
    found += [_no_jedi(wheels), _no_installer(wheels)]
    found.append(_course(project, wheels, units))
    return found


def build(wheels: Iterable[Wheel], core: Path, work: Path, cache: Path) -> list[Path]:
    """Compile and pack what `cache` does not have in this very form; return the wheels' files."""
    packed = [(wheel, cache / _digest(wheel) / wheel.file_name) for wheel in wheels]
    missing = [(wheel, file) for wheel, file in packed if not file.is_file()]
    if missing:
        _compile([wheel for wheel, _ in missing], core, work)
    for wheel, file in missing:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        _pack(wheel, partial)
        partial.replace(file)
    return [file for _, file in packed]


def _digest(wheel: Wheel) -> str:
    """Return what changes with the wheel's content and with how it is made."""
    digest = hashlib.sha256()
    for path in (Path(__file__), Path(__file__).with_name("compiled.py")):
        digest.update(path.read_bytes())
    digest.update(pyodide.VERSION.encode())
    for path in sorted(path for path in wheel.folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(wheel.folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _compile(wheels: Iterable[Wheel], core: Path, work: Path) -> None:
    """Compile the modules with the browser's own Python; most are without their text from then on."""
    modules, optimize = {}, {}
    for wheel in wheels:
        for source in sorted(wheel.folder.rglob("*.py")):
            name = source.relative_to(work / "wheels").as_posix()
            modules[name] = source
            optimize[name] = 2 if wheel.name in _WITHOUT_DOCSTRINGS else 0
    (work / "modules.json").write_text(json.dumps(optimize), "utf-8")
    with zipfile.ZipFile(work / "modules.zip", "w") as archive:
        for name, source in modules.items():
            archive.write(source, name)
    pyodide.run(core, Path(__file__).with_name("compiled.py"), work)
    with zipfile.ZipFile(work / "bytecode.zip") as archive:
        for name, source in modules.items():
            if bytecode := archive.read(name):
                _put(bytecode, source, keeps_text=bool(_WITH_TEXT.match(name)))


def _put(bytecode: bytes, source: Path, *, keeps_text: bool) -> None:
    if keeps_text:
        place = source.parent / "__pycache__" / f"{source.stem}.cpython-314.pyc"
        place.parent.mkdir(exist_ok=True)
    else:
        place = source.with_suffix(".pyc")
        source.unlink()
    place.write_bytes(bytecode)


def _pack(wheel: Wheel, file: Path) -> None:
    """Write the wheel's file; the same bytes for the same content."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in wheel.folder.rglob("*") if path.is_file()):
            member = zipfile.ZipInfo(path.relative_to(wheel.folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, path.read_bytes())


def canonical(name: str) -> str:
    """Return a distribution's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _direct(project: Path) -> list[str]:
    """Return the names of the cluster's dependencies, as pyproject.toml lists them."""
    listed = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return [Requirement(line).name for line in listed]


def _needed(roots: Iterable[str]) -> Iterator[metadata.Distribution]:
    environment: dict[str, Any] = {
        **default_environment(),
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "os_name": "posix",
        "platform_machine": "wasm32",
        "python_version": "3.14",
        "python_full_version": "3.14.2",
        "extra": "",
    }
    waiting, seen = list(roots), set(LEFT_OUT)
    while waiting:
        name = canonical(waiting.pop(0))
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise UsageError(
                f"{name} is not installed; install the course with its extras lab and site"
            ) from None
        yield distribution
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate(environment):
                waiting.append(requirement.name)


def _installed(distribution: metadata.Distribution, wheels: Path) -> Wheel:
    name = canonical(distribution.metadata["Name"])
    folder = wheels / f"{name}-{distribution.version}"
    files = distribution.files or []
    if name not in IN_PURE_PYTHON_TOO and any(file.suffix in (".so", ".pyd") for file in files):
        raise UsageError(
            f"{name} has compiled parts, which a browser cannot load: leave it out or replace it"
        )
    for file in files:
        if not any(re.match(pattern, file.as_posix()) for pattern in _UNUSED):
            _copy(Path(str(file.locate())), folder / file)
        if _LAZILY.match(file.as_posix()):
            (folder / file).write_text(lazily((folder / file).read_text("utf-8")), "utf-8")
    return Wheel(name, distribution.version, folder)


def _unpacked(file: Path, wheels: Path) -> Wheel:
    name, version, *_ = file.name.split("-")
    folder = wheels / f"{canonical(name)}-{version}"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    if canonical(name) == "pyodide-kernel":
        _without_empty_resource(folder / "pyodide_kernel" / "mocks.py")
    return Wheel(canonical(name), version, folder)


def _without_empty_resource(mocks: Path) -> None:
    """Let `import resource` fail as on any system without it: an empty module breaks those with a way out."""
    text = mocks.read_text("utf-8")
    without = text.replace("    mock_resource,\n", "")
    if without == text:
        raise UsageError("pyodide-kernel puts no empty module resource in place any more: take this step out")
    mocks.write_text(without, "utf-8")


def _no_installer(wheels: Path) -> Wheel:
    """Return a wheel of the kernel's installer that installs nothing: all that a page can have is there."""
    folder = wheels / "piplite-0"
    _write_metadata(folder, "piplite", "0")
    for source in (Path(__file__).parent / "static" / "piplite").glob("*.py"):
        _copy(source, folder / "piplite" / source.name)
    return Wheel("piplite", "0", folder)


def _no_jedi(wheels: Path) -> Wheel:
    """Return an empty wheel of the name that the kernel asks for; IPython completes without its modules."""
    folder = wheels / "jedi-0"
    _write_metadata(folder, "jedi", "0")
    return Wheel("jedi", "0", folder)


def _course(project: Path, wheels: Path, units: Iterable[str]) -> Wheel:
    version = metadata.version(OURS)
    folder = wheels / f"{OURS}-{version}"
    for source in sorted((project / "insideout").rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            _copy(source, folder / source.relative_to(project))
    for source in sorted((project / "course").rglob("*")):
        place = source.relative_to(project)
        is_ours = source.is_file() and "__pycache__" not in place.parts and source.name != "lesson.py"
        if is_ours and place.parts[1] not in _NOT_IN_A_PAGE:
            _copy(source, folder / place)
    for unit in units:  # they say what there is to earn
        _copy(project / "release" / unit / f"{unit}.ipynb", folder / "release" / unit / f"{unit}.ipynb")
    _write_metadata(folder, OURS, version)
    return Wheel(OURS, version, folder)


def _write_metadata(folder: Path, name: str, version: str) -> None:
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    wheel = "Wheel-Version: 1.0\nGenerator: course\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    (info / "WHEEL").write_text(wheel, "utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
