"""The objects that the unit's clusters are made of, as plain data."""

from typing import Any

Object = dict[str, Any]

Labels = dict[str, str]


def _workload(kind: str, namespace: str, name: str, labels: Labels, pod: Object, spec: Object) -> Object:
    template = {"metadata": {"labels": labels}, "spec": pod}
    if annotations := pod.pop("annotations", None):
        template["metadata"]["annotations"] = annotations
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {"selector": {"matchLabels": dict(labels)}, "template": template, **spec},
    }


def pod_spec(
    image: str = "registry.example/web:1", *, ports: tuple[tuple[str, int], ...] = (), **spec: Any
) -> Object:
    """Return the spec of pods with one container; `annotations` go to the template's metadata."""
    container: Object = {"name": "app", "image": image}
    if ports:
        container["ports"] = [{"name": name, "containerPort": number} for name, number in ports]
    return {"containers": [container], **spec}


def deployment(namespace: str, name: str, replicas: int, pod: Object | None = None, **spec: Any) -> Object:
    """Return a Deployment whose pods carry the label `app`."""
    wanted = {"replicas": replicas, **spec}
    return _workload("Deployment", namespace, name, {"app": name}, pod or pod_spec(), wanted)


def stateful_set(namespace: str, name: str, replicas: int, pod: Object | None = None, **spec: Any) -> Object:
    """Return a StatefulSet whose pods have a claim each."""
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    wanted = {"replicas": replicas, "serviceName": name, "volumeClaimTemplates": [claim], **spec}
    return _workload("StatefulSet", namespace, name, {"app": name}, pod or pod_spec(), wanted)


def daemon_set(namespace: str, name: str, pod: Object) -> Object:
    """Return a DaemonSet."""
    return _workload("DaemonSet", namespace, name, {"app": name}, pod, {})


def service(namespace: str, name: str, ports: list[Object] | None = None, **spec: Any) -> Object:
    """Return a Service; without `selector` in `spec` it selects the pods with its own name as `app`."""
    wanted = {"selector": {"app": name}, "ports": ports or [{"port": 80, "targetPort": 8080}], **spec}
    if wanted["selector"] is None:
        del wanted["selector"]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": wanted,
    }


def quota(namespace: str, name: str, hard: Labels) -> Object:
    """Return a ResourceQuota."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"hard": hard},
    }


def budget(namespace: str, name: str, app: str, **spec: Any) -> Object:
    """Return a PodDisruptionBudget for the pods with the label `app`."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"selector": {"matchLabels": {"app": app}}, **spec},
    }


def network_policy(namespace: str, name: str, **spec: Any) -> Object:
    """Return a NetworkPolicy for all pods of a namespace, or those of `podSelector` in `spec`."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": {}, **spec},
    }


def config_map(namespace: str, name: str, finalizers: tuple[str, ...] = ()) -> Object:
    """Return a ConfigMap."""
    metadata: Object = {"name": name, "namespace": namespace}
    if finalizers:
        metadata["finalizers"] = list(finalizers)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"key": "value"}}


def eviction(namespace: str, name: str) -> Object:
    """Return the request to evict a pod."""
    return {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name, "namespace": namespace},
    }


def claim(namespace: str, name: str, storage_class: str | None = None) -> Object:
    """Return a PersistentVolumeClaim, of the default class when none is named."""
    spec: Object = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    if storage_class is not None:
        spec["storageClassName"] = storage_class
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def storage_class(name: str, provisioner: str, **more: Any) -> Object:
    """Return a StorageClass."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": provisioner,
        **more,
    }


def validating_webhook(name: str, namespace: str, guarded: str, policy: str, ca_bundle: str = "") -> Object:
    """Return a webhook for new pods of the namespace `guarded`, at the Service of its own name."""
    hook: Object = {
        "name": f"{name}.example.com",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "failurePolicy": policy,
        "clientConfig": {"service": {"name": name, "namespace": namespace}},
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": guarded}},
        "rules": [
            {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
        ],
    }
    if ca_bundle:
        hook["clientConfig"]["caBundle"] = ca_bundle
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [hook],
    }


def api_service(group: str, namespace: str, name: str) -> Object:
    """Return the APIService of version v1 of a group, at port 443 of a Service."""
    spec = {"group": group, "version": "v1", "groupPriorityMinimum": 1000, "versionPriority": 10}
    where = {"namespace": namespace, "name": name, "port": 443}
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"v1.{group}"},
        "spec": {**spec, "insecureSkipTLSVerify": True, "service": where},
    }
