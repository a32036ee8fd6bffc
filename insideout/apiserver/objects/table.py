"""The strategy of every kind: built-in ones in a table, the others as their CustomResourceDefinition says."""

from collections.abc import Mapping

from insideout.apiserver import crd
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import (
    autoscalers,
    claims,
    configs,
    daemonsets,
    disruption,
    endpoints,
    events,
    jobs,
    leases,
    namespaces,
    network_policies,
    nodes,
    persistentvolumes,
    priorities,
    quotas,
    runtimeclasses,
    services,
    statefulsets,
    storageclasses,
    workloads,
)
from insideout.apiserver.objects.pods.strategy import POD
from insideout.apiserver.objects.strategy import Strategy

_STRATEGIES: Mapping[str, Strategy] = {
    "configmaps": configs.CONFIG_MAP,
    "controllerrevisions.apps": daemonsets.CONTROLLER_REVISION,
    "daemonsets.apps": daemonsets.DAEMON_SET,
    "deployments.apps": workloads.DEPLOYMENT,
    "endpoints": endpoints.ENDPOINTS,
    "endpointslices.discovery.k8s.io": endpoints.ENDPOINT_SLICE,
    "events": events.EVENT,
    "horizontalpodautoscalers.autoscaling": autoscalers.HORIZONTAL_POD_AUTOSCALER,
    "jobs.batch": jobs.JOB,
    "leases.coordination.k8s.io": leases.LEASE,
    "namespaces": namespaces.NAMESPACE,
    "networkpolicies.networking.k8s.io": network_policies.NETWORK_POLICY,
    "nodes": nodes.NODE,
    "persistentvolumeclaims": claims.PERSISTENT_VOLUME_CLAIM,
    "persistentvolumes": persistentvolumes.PERSISTENT_VOLUME,
    "poddisruptionbudgets.policy": disruption.POD_DISRUPTION_BUDGET,
    "pods": POD,
    "priorityclasses.scheduling.k8s.io": priorities.PRIORITY_CLASS,
    "replicasets.apps": workloads.REPLICA_SET,
    "resourcequotas": quotas.RESOURCE_QUOTA,
    "runtimeclasses.node.k8s.io": runtimeclasses.RUNTIME_CLASS,
    "secrets": configs.SECRET,
    "serviceaccounts": configs.SERVICE_ACCOUNT,
    "services": services.SERVICE,
    "statefulsets.apps": statefulsets.STATEFUL_SET,
    "storageclasses.storage.k8s.io": storageclasses.STORAGE_CLASS,
}
_PLAIN = Strategy()


def strategy_of(kind: Kind) -> Strategy:
    """Return the strategy of a kind; one without particulars has the plainest."""
    if kind.definition is not None:
        return crd.strategy_of(kind)
    if kind.qualified_resource == "customresourcedefinitions.apiextensions.k8s.io":
        return crd.STRATEGY
    return _STRATEGIES.get(kind.qualified_resource, _PLAIN)
