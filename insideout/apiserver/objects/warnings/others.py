"""Warnings about nodes, secrets, accounts and quotas."""

from collections.abc import Mapping

from insideout.apimachinery import amount
from insideout.apiserver.objects import addresses, tls
from insideout.apiserver.objects.pods import warnings as pods
from insideout.apiserver.objects.warnings.rule import Object, Rule, Warnings

_MOUNTABLE = "kubernetes.io/enforce-mountable-secrets"


def _runtime_class(new: Object, old: Object | None) -> Warnings:
    for key in (new.get("scheduling") or {}).get("nodeSelector") or ():
        if pods.node_label(key):
            yield f"scheduling.nodeSelector: {pods.node_label(key)}"


def _node(new: Object, old: Object | None) -> Warnings:
    spec = new.get("spec") or {}
    if spec.get("configSource") is not None:
        yield "spec.configSource: the feature is removed"
    if spec.get("externalID"):
        yield "spec.externalID: this field is deprecated, and is unused by Kubernetes"
    for index, cidr in enumerate(spec.get("podCIDRs") or ()):
        yield from addresses.cidr_warnings(cidr, f"spec.podCIDRs[{index}]")


def _secret(new: Object, old: Object | None) -> Warnings:
    if new.get("type") == "kubernetes.io/tls":
        data = new.get("data") or {}
        problem = tls.pair_problem(data.get("tls.crt", ""), data.get("tls.key", ""))
        if problem:
            yield problem


def _service_account(new: Object, old: Object | None) -> Warnings:
    had = _MOUNTABLE in ((old or {}).get("metadata") or {}).get("annotations", {})
    if not had and _MOUNTABLE in (new["metadata"].get("annotations") or {}):
        prefer = "prefer separate namespaces to isolate access to mounted secrets"
        yield f"metadata.annotations[{_MOUNTABLE}]: deprecated in v1.32+; {prefer}"


def _quota(new: Object, old: Object | None) -> Warnings:
    hard: Object = new["spec"].get("hard") or {}
    for name in ("cpu", "memory", "ephemeral-storage"):
        asked = f"requests.{name}"
        if asked not in hard and name != "ephemeral-storage":
            asked = name
        most = f"limits.{name}"
        if asked not in hard or most not in hard:
            continue
        if amount.parse(hard[asked]).value > amount.parse(hard[most]).value:
            yield f"ResourceQuota {asked} ({hard[asked]}) should be less than {most} ({hard[most]})"


RULES: Mapping[str, Rule] = {
    "nodes": _node,
    "resourcequotas": _quota,
    "runtimeclasses.node.k8s.io": _runtime_class,
    "secrets": _secret,
    "serviceaccounts": _service_account,
}
