"""Lifecycle hooks: what runs after a container's start and before its stop, and for how long.

Source: pkg/kubelet/lifecycle/handlers.go, pkg/kubelet/kuberuntime/kuberuntime_container.go
:executePreStopHook@v1.36.2.
"""

from insideout.client import Object
from insideout.kubelet.process import Process
from insideout.kubelet.programs import ExecResult, Program, Request


def run_hook(program: Program, process: Process, handler: Object | None) -> ExecResult:
    """Return what a postStart or preStop hook comes to; a missing one succeeds at once."""
    if not handler:
        return ExecResult(0)
    if "sleep" in handler:
        return ExecResult(0, duration_s=float(handler["sleep"]["seconds"]))
    if "exec" in handler:
        return program.execute(process, handler["exec"].get("command") or [])
    if "httpGet" in handler:
        port = handler["httpGet"].get("port", 80)
        request = Request(port if isinstance(port, int) else 0, path=handler["httpGet"].get("path", "/"))
        response = program.answer(process, request)
        return ExecResult(0 if 200 <= response.status < 400 else 1, duration_s=response.duration_s)
    return ExecResult(1)
