"""A pod waits until its volume claims are bound.

Binding itself, volumes that only some nodes reach and claims that wait for their first consumer are left
out: claims here are bound at once, to volumes that every node reaches.

Source: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go@v1.36.2 (podHasPVCs, PreFilter).
"""

from insideout.scheduler.filters import Prepared
from insideout.scheduler.podinfo import PodInfo
from insideout.scheduler.snapshot import Snapshot
from insideout.scheduler.status import unresolvable

NAME = "VolumeBinding"
UNBOUND = unresolvable(NAME, "pod has unbound immediate PersistentVolumeClaims")


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Turn the pod away while one of its claims is missing, lost, going or not yet bound."""
    phases = []
    for name, ephemeral in claims_of(pod):
        claim = snapshot.claims.get(f"{pod.namespace}/{name}")
        if claim is None:
            waiting = "waiting for ephemeral volume controller to create the "
            missing = f'persistentvolumeclaim "{name}"'
            return unresolvable(NAME, waiting + missing if ephemeral else missing + " not found")
        phase = (claim.get("status") or {}).get("phase")
        if phase == "Lost":
            volume_name = claim["spec"].get("volumeName", "")
            return unresolvable(
                NAME, f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{volume_name}"'
            )
        if claim["metadata"].get("deletionTimestamp"):
            return unresolvable(NAME, f'persistentvolumeclaim "{name}" is being deleted')
        phases.append(phase)
    return UNBOUND if any(phase != "Bound" for phase in phases) else None


def claims_of(pod: PodInfo) -> list[tuple[str, bool]]:
    """Return the names of the claims that the pod's volumes use, each with whether it is made for the pod."""
    found = []
    for volume in pod.pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            found.append((volume["persistentVolumeClaim"]["claimName"], False))
        elif "ephemeral" in volume:
            found.append((f"{pod.name}-{volume['name']}", True))
    return found
