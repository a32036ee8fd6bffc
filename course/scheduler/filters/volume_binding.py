"""A pod waits until its volume claims are bound.

Binding itself, volumes that only some nodes reach and claims that wait for their first consumer are left
out: claims here are bound at once, to volumes that every node reaches.

Source: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go@v1.36.2 (podHasPVCs, PreFilter).
"""

from course.scheduler.filters import Prepared
from course.scheduler.podinfo import PodInfo
from course.scheduler.snapshot import Snapshot
from course.scheduler.status import unresolvable

NAME = "VolumeBinding"
UNBOUND = unresolvable(NAME, "pod has unbound immediate PersistentVolumeClaims")


def prepare(pod: PodInfo, snapshot: Snapshot) -> Prepared:
    """Turn the pod away while one of its claims is missing, lost, going or not yet bound."""
    claims = []
    for volume in pod.pod["spec"].get("volumes") or ():
        if volume.get("persistentVolumeClaim"):
            name, ephemeral = volume["persistentVolumeClaim"]["claimName"], False
        elif volume.get("ephemeral"):
            name, ephemeral = f"{pod.name}-{volume['name']}", True
        else:
            continue
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
        claims.append(phase)
    return UNBOUND if any(phase != "Bound" for phase in claims) else None
