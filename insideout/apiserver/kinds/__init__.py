"""The kinds that the API server serves, a file for each API group.

`BUILT_IN` holds every kind whose objects are stored, the core group first: a name that two kinds claim
belongs to the earlier one.  `ANSWERED` holds those that are resources of their own but are answered at once,
never stored; `SCALE`, `EVICTION` and `TOKEN_REQUEST` are bodies of subresources.  CustomResourceDefinitions
add theirs to the registry.
"""

from insideout.apiserver.kinds import (
    admissionregistration,
    apiextensions,
    apiregistration,
    apps,
    authentication,
    authorization,
    autoscaling,
    batch,
    certificates,
    coordination,
    core,
    discovery,
    events,
    flowcontrol,
    networking,
    node,
    policy,
    rbac,
    resource,
    scheduling,
    storage,
)
from insideout.apiserver.kinds.authentication import TOKEN_REQUEST
from insideout.apiserver.kinds.autoscaling import SCALE
from insideout.apiserver.kinds.core import BINDING, COMPONENT_STATUS
from insideout.apiserver.kinds.kind import ALL_VERBS, Kind, Subresource
from insideout.apiserver.kinds.policy import EVICTION

__all__ = [
    "ALL_VERBS",
    "ANSWERED",
    "BINDING",
    "BUILT_IN",
    "COMPONENT_STATUS",
    "EVICTION",
    "SCALE",
    "TOKEN_REQUEST",
    "Kind",
    "Subresource",
]

BUILT_IN: tuple[Kind, ...] = (
    *core.STORED,
    *apps.STORED,
    *autoscaling.STORED,
    *batch.STORED,
    *certificates.STORED,
    *coordination.STORED,
    *discovery.STORED,
    *events.STORED,
    *flowcontrol.STORED,
    *networking.STORED,
    *node.STORED,
    *policy.STORED,
    *rbac.STORED,
    *resource.STORED,
    *scheduling.STORED,
    *storage.STORED,
    *admissionregistration.STORED,
    *apiregistration.STORED,
    *apiextensions.STORED,
)
ANSWERED: tuple[Kind, ...] = (*core.ANSWERED, *authentication.ANSWERED, *authorization.ANSWERED)
