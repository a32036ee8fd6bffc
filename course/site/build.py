"""Build the site: JupyterLite with the notebooks, Pyodide with the wheels, the front door, pages to read."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from course.learn.syllabus import UNITS
from course.site import front, lite, pyodide, reading, snapshot, wheels
from insideout.usage import UsageError


class Built(NamedTuple):
    """A site: its folder, the units in it, and its size."""

    folder: Path
    units: list[str]
    size_bytes: int


def build(project: Path, into: Path, cache: Path, only: Sequence[str] = ()) -> Built:
    """Build the site of `project` into a folder, with `only` these units or with all of them.

    UsageError when a unit is not there or something is not installed.
    """
    if missing := pyodide.why_not():
        raise UsageError(missing)
    if not lite.KERNEL.is_dir():
        raise UsageError("JupyterLite is not installed; pip install -c constraints.txt -e '.[lab,site]'")
    units = _units(project, only)
    core = pyodide.core(cache)
    work = cache / "work"
    packed = wheels.build(
        wheels.collect(project, work, lite.kernel_wheels(), units), core, work, cache / "wheels"
    )
    notebooks = [project / "release" / unit / f"{unit}.ipynb" for unit in units]
    started = snapshot.build(packed, snapshot.imports(notebooks), core, work, cache / "snapshots")
    source = work / "lite"
    for unit in units:
        notebook = source / "contents" / "work" / unit / f"{unit}.ipynb"
        notebook.parent.mkdir(parents=True)
        shutil.copyfile(project / "release" / unit / notebook.name, notebook)
    lite.configure(source)
    lite.build(source, into)
    runtime = into / "static" / "python"
    runtime.mkdir(parents=True)
    for name in pyodide.SERVED:
        shutil.copyfile(core / name, runtime / name)
    snapshot.serve(started, runtime, pyodide.lock(core)["info"])
    lite.start_early(into)
    lite.leave_files_to_the_browser(into)
    lite.hold_still(into)
    (into / "index.html").write_text(front.index(units), "utf-8")
    titles = {unit.name: f"{unit.number} · {unit.title} · Kubernetes Inside Out" for unit in UNITS}
    (into / "read").mkdir()
    for unit in units:
        (into / "read" / f"{unit}.html").write_text(reading.page(project, unit, titles[unit]), "utf-8")
        (into / f"report-{unit}.html").write_text(front.report(unit), "utf-8")
    shutil.copyfile(Path(__file__).parent / "static" / "site.js", into / "site.js")
    return Built(into, units, sum(path.stat().st_size for path in into.rglob("*") if path.is_file()))


def _units(project: Path, only: Sequence[str]) -> list[str]:
    there = sorted(
        path.stem for path in (project / "release").glob("*/*.ipynb") if path.stem == path.parent.name
    )
    for unit in only:
        if unit not in there:
            raise UsageError(f"there is no unit {unit!r}; the released ones are {', '.join(there)}")
    return [unit for unit in there if not only or unit in only]
