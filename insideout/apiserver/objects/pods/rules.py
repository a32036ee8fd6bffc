"""Rules for a pod by itself: its metadata and its spec together.

Source: pkg/apis/core/validation/validation.go (validatePodMetadataAndSpec)@v1.36.2.
"""

from typing import Any

from insideout.apimachinery import names
from insideout.apiserver.objects import metadata
from insideout.apiserver.objects.field import Causes
from insideout.apiserver.objects.pods import annotations, containers
from insideout.apiserver.objects.pods import spec as pod_spec

Object = dict[str, Any]


def metadata_and_spec(pod: Object) -> Causes:
    """Return what is wrong with a pod by itself, new or changed."""
    meta, spec = pod["metadata"], pod["spec"]
    causes = metadata.validate_kubernetes(meta, True, names.dns_subdomain)
    causes += annotations.validate(meta.get("annotations"), spec, "metadata.annotations")
    causes += pod_spec.validate(spec, meta.get("name", ""), "spec", is_pod=True)
    causes += pod_spec.projected_tokens(spec, "spec")
    for name in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(name) or ()):
            causes += containers.image_spaces(container, f"spec.{name}[{index}]")
    return causes
