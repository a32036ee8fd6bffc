"""JupyterLite around the notebooks: which applications and extensions, where Python comes from, what is kept.

The browser keeps a learner's files in its own database under names that do not depend on the site's address
(`STORAGE`), so that the front door, a page without JupyterLite, reads the progress too.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from course.lab.command import DATA

STORAGE = "Kubernetes Inside Out"
"""The name of the databases in the browser; `static/site.js` knows it, too."""
SHARE = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
KERNEL = SHARE / "@jupyterlite" / "pyodide-kernel-extension"
EXTENSIONS = (
    KERNEL,
    SHARE / "@jupyter-widgets" / "jupyterlab-manager",  # predictions and controls
    DATA / "labextensions" / "kubernetes-inside-out",  # the start page, and "Check my unit"
)
THERE = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython")
"""What the kernel would install when it starts; `static/python/start.mjs` has them, or does without."""
_PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
_TAKES_ALL = ":shouldDrop(t,a)||(n=maybeFromCache(e))"
"""In JupyterLite's service worker: what is no question of a kernel, it fetches itself."""
_ASKED_BY_KERNELS = """
"use strict";
self.addEventListener("install", (event) => {
  if (!event.addRoutes) return; // this browser asks the worker about each file, and is told nothing
  event.addRoutes([
    { condition: { urlPattern: { pathname: "*/api/*" } }, source: "fetch-event" },
    { condition: { urlPattern: { pathname: "*" } }, source: "network" },
  ]);
});
"""
_MOVES = re.compile(r"\n *animation: jupyterlite-orbit [^;]*;")


def kernel_wheels() -> list[Path]:
    """Return the wheels that the kernel brings: itself, and what stands in for ipykernel."""
    folder = KERNEL / "static" / "pypi"
    names = ("pyodide_kernel-*", "ipykernel-*")
    return [file for name in names for file in sorted(folder.glob(f"{name}.whl"))]


def configure(lite: Path) -> None:
    """Write the site's configuration into the folder that JupyterLite is built from."""
    config = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Kubernetes Inside Out",
            "courseSite": "true",  # the course's extension runs checks in the page
            "disabledExtensions": ["@jupyterlab/apputils-extension:splash"],  # it moves, see `hold_still`
            "contentsStorageName": STORAGE,
            "settingsStorageName": f"{STORAGE}: settings",
            "workspacesStorageName": f"{STORAGE}: workspaces",
            "litePluginSettings": {
                _PLUGIN: {
                    "disablePyPIFallback": True,
                    "pyodideUrl": "./static/python/start.mjs",
                    "loadPyodideOptions": {"packages": list(THERE)},
                }
            },
        },
    }
    (lite / "jupyter-lite.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")
    build = {
        "LiteBuildConfig": {
            "apps": ["lab"],
            "contents": ["contents"],
            "federated_extensions": [str(path) for path in EXTENSIONS],
            "ignore_sys_prefix": ["federated_extensions"],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
        }
    }
    (lite / "jupyter_lite_config.json").write_text(json.dumps(build, indent=1) + "\n", "utf-8")


def build(lite: Path, into: Path) -> None:
    """Build JupyterLite from the folder `lite`; RuntimeError with its last lines when it fails."""
    shutil.rmtree(into, ignore_errors=True)
    call = [
        sys.executable,
        "-m",
        "jupyterlite_core",
        "build",
        "--lite-dir",
        str(lite),
        "--output-dir",
        str(into),
    ]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=lite)
    if done.returncode:
        raise RuntimeError("\n".join((done.stdout + done.stderr).splitlines()[-12:]))


def start_early(site: Path) -> None:
    """Let JupyterLab's page start Python before anything else; RuntimeError when it is not as expected."""
    static = Path(__file__).parent / "static"
    extension = KERNEL.relative_to(SHARE) / "static"
    workers = sorted((site / "extensions" / extension).glob("comlink.worker.*.js"))
    page = site / "lab" / "index.html"
    text = page.read_text("utf-8")
    if len(workers) != 1 or "<head>" not in text:
        raise RuntimeError("JupyterLite's page or its kernel's worker is not where it was: see start_early")
    shutil.copyfile(static / "early.js", site / "early.js")
    page.write_text(text.replace("<head>", '<head>\n    <script src="../early.js"></script>', 1), "utf-8")
    worker = f"../../extensions/{extension.as_posix()}/{workers[0].name}"
    (site / "static" / "python" / "worker.mjs").write_text(
        f'import {{ begin }} from "./start.mjs";\nimport "{worker}";\n\nbegin();\n', "utf-8"
    )


def leave_files_to_the_browser(site: Path) -> None:
    """Let JupyterLite's service worker answer kernels only; RuntimeError when it is not as expected.

    It would fetch each file for the page, and browsers keep no compiled JavaScript of files that come so.
    """
    worker = site / "service-worker.js"
    text = worker.read_text("utf-8")
    if text.count(_TAKES_ALL) != 1:
        raise RuntimeError("JupyterLite's service worker is another one: see leave_files_to_the_browser")
    worker.write_text(_ASKED_BY_KERNELS + text.replace(_TAKES_ALL, ":0"), "utf-8")


def hold_still(site: Path) -> None:
    """Stop what turns while JupyterLab loads; RuntimeError when nothing does.

    Without a graphics processor, drawing it takes time of the processor that JupyterLab loads with.
    """
    page = site / "lab" / "index.html"
    text, found = _MOVES.subn("", page.read_text("utf-8"))
    if not found:
        raise RuntimeError("JupyterLite's page has nothing any more that turns: take this step out")
    page.write_text(text, "utf-8")
