"""Warnings about volumes and claims."""

from collections.abc import Mapping

from insideout.apiserver.objects.pods import volume_warnings
from insideout.apiserver.objects.pods import warnings as pods
from insideout.apiserver.objects.warnings.rule import Object, Rule, Warnings

_ANNOTATIONS = (("storage-class", "1.8", "storageClassName"), ("mount-options", "1.31", "mountOptions"))


def _claim(new: Object, old: Object | None) -> Warnings:
    key = "volume.beta.kubernetes.io/storage-class"
    if key in (new["metadata"].get("annotations") or {}):
        deprecated = 'deprecated since v1.8; use "storageClassName" attribute instead'
        yield f"metadata.annotations[{key}]: {deprecated}"
    yield from volume_warnings.claim_spec(new["spec"], "spec")


def _volume(new: Object, old: Object | None) -> Warnings:
    spec, annotations = new["spec"], new["metadata"].get("annotations") or {}
    for key, since, field in _ANNOTATIONS:
        if f"volume.beta.kubernetes.io/{key}" in annotations:
            message = f'deprecated since v{since}; use "{field}" attribute instead'
            yield f"metadata.annotations[volume.beta.kubernetes.io/{key}]: {message}"
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        yield (
            "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the "
            "recommended approach is to use dynamic provisioning."
        )
    required = (spec.get("nodeAffinity") or {}).get("required") or {}
    for index, term in enumerate(required.get("nodeSelectorTerms") or ()):
        yield from pods.node_selector_term(term, f"spec.nodeAffinity.required.nodeSelectorTerms[{index}]")
    for name, message in volume_warnings.GONE_PERSISTENT.items():
        if spec.get(name) is not None:
            yield f"spec.{name if name != 'storageos' else 'storageOS'}: {message}"


def _storage_class(new: Object, old: Object | None) -> Warnings:
    for index, topology in enumerate(new.get("allowedTopologies") or ()):
        for position, expression in enumerate(topology.get("matchLabelExpressions") or ()):
            message = pods.node_label(expression.get("key", ""))
            if message:
                yield f"allowedTopologies[{index}].matchLabelExpressions[{position}].key: {message}"


RULES: Mapping[str, Rule] = {
    "persistentvolumeclaims": _claim,
    "persistentvolumes": _volume,
    "storageclasses.storage.k8s.io": _storage_class,
}
