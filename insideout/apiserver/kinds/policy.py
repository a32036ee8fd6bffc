"""The kinds of the group policy."""

from insideout.apiserver.kinds.kind import STATUS, Kind

STORED: tuple[Kind, ...] = (
    Kind(
        "policy",
        "v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
        "poddisruptionbudget",
        short_names=("pdb",),
        subresources=(STATUS,),
        model="V1PodDisruptionBudget",
    ),
)

EVICTION = Kind("policy", "v1", "Eviction", "evictions", "eviction", model="V1Eviction", verbs=("create",))
