"""The strategy of every kind: built-in ones in a table, the others as their CustomResourceDefinition says."""

from collections.abc import Mapping

from insideout.apiserver import crd
from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects import (
    apiservices,
    autoscalers,
    certificates,
    claims,
    configs,
    cronjobs,
    daemonsets,
    devices,
    disruption,
    drivers,
    endpoints,
    events,
    flowcontrol,
    ingresses,
    ipaddresses,
    jobs,
    leases,
    limitranges,
    mutating_policies,
    namespaces,
    network_policies,
    nodes,
    persistentvolumes,
    policies,
    priorities,
    quotas,
    rbac,
    replicationcontrollers,
    runtimeclasses,
    services,
    statefulsets,
    storageclasses,
    webhooks,
    workloads,
)
from insideout.apiserver.objects.pods.strategy import POD
from insideout.apiserver.objects.strategy import Strategy

_STRATEGIES: Mapping[str, Strategy] = {
    "apiservices.apiregistration.k8s.io": apiservices.API_SERVICE,
    "certificatesigningrequests.certificates.k8s.io": certificates.CERTIFICATE_SIGNING_REQUEST,
    "clusterrolebindings.rbac.authorization.k8s.io": rbac.CLUSTER_ROLE_BINDING,
    "clusterroles.rbac.authorization.k8s.io": rbac.CLUSTER_ROLE,
    "csidrivers.storage.k8s.io": drivers.CSI_DRIVER,
    "csinodes.storage.k8s.io": drivers.CSI_NODE,
    "csistoragecapacities.storage.k8s.io": drivers.CSI_STORAGE_CAPACITY,
    "limitranges": limitranges.LIMIT_RANGE,
    "volumeattachments.storage.k8s.io": drivers.VOLUME_ATTACHMENT,
    "volumeattributesclasses.storage.k8s.io": drivers.VOLUME_ATTRIBUTES_CLASS,
    "configmaps": configs.CONFIG_MAP,
    "controllerrevisions.apps": daemonsets.CONTROLLER_REVISION,
    "cronjobs.batch": cronjobs.CRON_JOB,
    "daemonsets.apps": daemonsets.DAEMON_SET,
    "deployments.apps": workloads.DEPLOYMENT,
    "deviceclasses.resource.k8s.io": devices.DEVICE_CLASS,
    "endpoints": endpoints.ENDPOINTS,
    "endpointslices.discovery.k8s.io": endpoints.ENDPOINT_SLICE,
    "events": events.EVENT,
    "flowschemas.flowcontrol.apiserver.k8s.io": flowcontrol.FLOW_SCHEMA,
    "horizontalpodautoscalers.autoscaling": autoscalers.HORIZONTAL_POD_AUTOSCALER,
    "ingressclasses.networking.k8s.io": ingresses.INGRESS_CLASS,
    "ingresses.networking.k8s.io": ingresses.INGRESS,
    "ipaddresses.networking.k8s.io": ipaddresses.IP_ADDRESS,
    "jobs.batch": jobs.JOB,
    "leases.coordination.k8s.io": leases.LEASE,
    "mutatingwebhookconfigurations.admissionregistration.k8s.io": webhooks.CONFIGURATION,
    "namespaces": namespaces.NAMESPACE,
    "mutatingadmissionpolicies.admissionregistration.k8s.io": mutating_policies.POLICY,
    "mutatingadmissionpolicybindings.admissionregistration.k8s.io": mutating_policies.BINDING,
    "networkpolicies.networking.k8s.io": network_policies.NETWORK_POLICY,
    "nodes": nodes.NODE,
    "persistentvolumeclaims": claims.PERSISTENT_VOLUME_CLAIM,
    "persistentvolumes": persistentvolumes.PERSISTENT_VOLUME,
    "poddisruptionbudgets.policy": disruption.POD_DISRUPTION_BUDGET,
    "pods": POD,
    "podtemplates": replicationcontrollers.POD_TEMPLATE,
    "priorityclasses.scheduling.k8s.io": priorities.PRIORITY_CLASS,
    "prioritylevelconfigurations.flowcontrol.apiserver.k8s.io": flowcontrol.PRIORITY_LEVEL,
    "replicasets.apps": workloads.REPLICA_SET,
    "replicationcontrollers": replicationcontrollers.REPLICATION_CONTROLLER,
    "resourceclaims.resource.k8s.io": devices.RESOURCE_CLAIM,
    "resourceclaimtemplates.resource.k8s.io": devices.RESOURCE_CLAIM_TEMPLATE,
    "resourcequotas": quotas.RESOURCE_QUOTA,
    "resourceslices.resource.k8s.io": devices.RESOURCE_SLICE,
    "rolebindings.rbac.authorization.k8s.io": rbac.ROLE_BINDING,
    "roles.rbac.authorization.k8s.io": rbac.ROLE,
    "runtimeclasses.node.k8s.io": runtimeclasses.RUNTIME_CLASS,
    "secrets": configs.SECRET,
    "serviceaccounts": configs.SERVICE_ACCOUNT,
    "servicecidrs.networking.k8s.io": ipaddresses.SERVICE_CIDR,
    "services": services.SERVICE,
    "statefulsets.apps": statefulsets.STATEFUL_SET,
    "storageclasses.storage.k8s.io": storageclasses.STORAGE_CLASS,
    "validatingadmissionpolicies.admissionregistration.k8s.io": policies.POLICY,
    "validatingadmissionpolicybindings.admissionregistration.k8s.io": policies.BINDING,
    "validatingwebhookconfigurations.admissionregistration.k8s.io": webhooks.CONFIGURATION,
}
_PLAIN = Strategy()


def strategy_of(kind: Kind) -> Strategy:
    """Return the strategy of a kind; one without particulars has the plainest."""
    if kind.definition is not None:
        return crd.strategy_of(kind)
    if kind.qualified_resource == "customresourcedefinitions.apiextensions.k8s.io":
        return crd.STRATEGY
    return _STRATEGIES.get(kind.qualified_resource, _PLAIN)
