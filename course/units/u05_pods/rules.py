"""The right answers of unit 05's exercises; those that the package's own parts give are asked of them."""

from typing import Any

from insideout.apimachinery import resources
from insideout.kubelet import initcontainers
from insideout.kubelet.termination import MINIMUM_GRACE_S

Object = dict[str, Any]


def ns_owner(spec: Object, container: str, kind: str) -> str:
    """Return whose namespace of a kind a container is in.

    Raises ValueError for a pod that the API server refuses.

    Source: pkg/kubelet/kuberuntime/util/util.go:NamespacesForPod@v1.36.2; containerd's sandbox_run_linux.go.
    """
    if spec.get("hostPID") and spec.get("shareProcessNamespace"):
        raise ValueError("ShareProcessNamespace and HostPID cannot both be enabled")
    own = f"container:{container}"
    match kind:
        case "net" | "uts":
            return "host" if spec.get("hostNetwork") else "pod"
        case "ipc":
            return "host" if spec.get("hostIPC") else "pod"
        case "pid":
            shared = "pod" if spec.get("shareProcessNamespace") else own
            return "host" if spec.get("hostPID") else shared
    return own


def reaper(spec: Object) -> str:
    """Return who waits for a process of a container whose parent has ended."""
    owner = ns_owner(spec, "", "pid").partition(":")[0]
    return {"host": "host-init", "pod": "pause"}.get(owner, "container")


def effective(pod: Object) -> dict[str, int]:
    """Return a stored pod's effective requests: millicores of cpu, bytes of anything else."""
    amounts = resources.pod_requests(pod)
    return {name: int(value * 1000 if name == "cpu" else value) for name, value in amounts.items()}


def next_starts(kinds: list[Any], status: list[Any], main_running: bool) -> tuple[list[int], bool]:
    """Return which init containers the kubelet starts next, and whether main containers may start."""
    actions = initcontainers.next_starts(kinds, status, main_running=main_running)
    return actions.start, actions.ready_for_main


def term_at(mains: list[int], sidecars: list[int], grace: int) -> list[int]:
    """Return when each sidecar is told to stop, in seconds from the start of stopping.

    Source: pkg/kubelet/kuberuntime/kuberuntime_termination_order.go@v1.36.2.
    """
    told: list[int] = []
    gone = max(min(leaves, max(MINIMUM_GRACE_S, grace)) for leaves in mains)
    for leaves in reversed(sidecars):
        at = min(grace, gone)
        told.insert(0, at)
        gone = max(gone, at + min(leaves, max(MINIMUM_GRACE_S, grace - at)))
    return told
