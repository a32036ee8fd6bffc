"""The strategy of every built-in kind, and of those that a CustomResourceDefinition defines."""

from collections.abc import Mapping

from course.apiserver.kinds import Kind
from course.apiserver.objects import (
    configs,
    disruption,
    endpoints,
    events,
    leases,
    namespaces,
    network_policies,
    nodes,
    priorities,
    services,
    workloads,
)
from course.apiserver.objects.pods.strategy import POD
from course.apiserver.objects.strategy import Strategy

_STRATEGIES: Mapping[str, Strategy] = {
    "configmaps": configs.CONFIG_MAP,
    "deployments.apps": workloads.DEPLOYMENT,
    "endpoints": endpoints.ENDPOINTS,
    "endpointslices.discovery.k8s.io": endpoints.ENDPOINT_SLICE,
    "events": events.EVENT,
    "leases.coordination.k8s.io": leases.LEASE,
    "namespaces": namespaces.NAMESPACE,
    "networkpolicies.networking.k8s.io": network_policies.NETWORK_POLICY,
    "nodes": nodes.NODE,
    "poddisruptionbudgets.policy": disruption.POD_DISRUPTION_BUDGET,
    "pods": POD,
    "priorityclasses.scheduling.k8s.io": priorities.PRIORITY_CLASS,
    "replicasets.apps": workloads.REPLICA_SET,
    "secrets": configs.SECRET,
    "serviceaccounts": configs.SERVICE_ACCOUNT,
    "services": services.SERVICE,
}


def strategy_of(kind: Kind) -> Strategy:
    """Return the strategy of a kind; one without particulars has the plainest."""
    # Imported here: custom kinds build on the rules of this package.
    from course.apiserver import crd

    if kind.definition is not None:
        return crd.strategy_of(kind)
    if kind.qualified_resource == "customresourcedefinitions.apiextensions.k8s.io":
        return crd.STRATEGY
    return _STRATEGIES.get(kind.qualified_resource, _PLAIN)


_PLAIN = Strategy()
