"""Static Pods: run from a node's own files, whoever is up, and shown in the API as mirror Pods.

Source: pkg/kubelet/config/{file,common}.go, pkg/kubelet/pod/mirror_client.go@v1.36.2.
"""

import hashlib
import json

from insideout.apimachinery.copies import copied
from insideout.client import Object

SOURCE = "kubernetes.io/config.source"
HASH = "kubernetes.io/config.hash"
MIRROR = "kubernetes.io/config.mirror"


def static_pod(manifest: Object, node_name: str) -> Object:
    """Return the Pod of a manifest file: named for its node, with a UID that only its content settles."""
    pod = copied(manifest)
    metadata = pod.setdefault("metadata", {})
    metadata.setdefault("namespace", "default")
    digest = hashlib.md5(
        json.dumps([manifest, node_name], sort_keys=True).encode(), usedforsecurity=False
    ).hexdigest()
    metadata |= {"name": f"{manifest['metadata']['name']}-{node_name}", "uid": digest}
    metadata["annotations"] = (metadata.get("annotations") or {}) | {SOURCE: "file", HASH: digest}
    pod["spec"]["nodeName"] = node_name
    tolerations = pod["spec"].setdefault("tolerations", [])
    tolerations.append({"operator": "Exists", "effect": "NoExecute"})
    return dict(pod)


def mirror_of(pod: Object, node: Object) -> Object:
    """Return the Pod that shows a static Pod in the API; its Node owns it."""
    mirror: Object = copied(pod)
    metadata = mirror["metadata"]
    del metadata["uid"]
    metadata["annotations"][MIRROR] = metadata["annotations"][HASH]
    owner = {"apiVersion": "v1", "kind": "Node", "controller": True}
    owner |= {"name": node["metadata"]["name"], "uid": node["metadata"]["uid"]}
    metadata["ownerReferences"] = [owner]
    return mirror


def is_mirror(pod: Object) -> bool:
    """Tell whether a Pod of the API only shows a static one."""
    return MIRROR in (pod["metadata"].get("annotations") or {})
