"""What a new pod gets of its service account: the account's name, a token to mount, secrets to pull with.

A pod may be quicker than the controller that makes a namespace's account named default.  Upstream's server
then waits up to two seconds for it; here the account is taken for there.

Source: plugin/pkg/admission/serviceaccount/admission.go@v1.36.2.
"""

import random
from typing import Any

from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.apiserver.naming import generated_name
from insideout.apiserver.status import forbidden
from insideout.store import Store

Object = dict[str, Any]

MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
ROOT_CA = "kube-root-ca.crt"
_MIRROR = "kubernetes.io/config.mirror"
_PREFIX = "kube-api-access-"
_ENFORCE = "kubernetes.io/enforce-mountable-secrets"
_TOKEN_S = 3607  # an hour and seven seconds: the lifetime by which such volumes are known


class PodAccounts:
    """The plugin; without a controller that makes accounts, pods go without them."""

    def __init__(self, store: Store, accounts: Kind, rng: random.Random) -> None:
        self.is_on = False
        self._store, self._kind, self._rng = store, accounts, rng

    def admit(self, kind: Kind, pod: Object, namespace: str) -> None:
        """Complete a new pod; raise 403 when its account is not there or may not use what it names."""
        if not self.is_on:
            return
        spec, name = pod["spec"], pod["metadata"].get("name", "")
        if (pod["metadata"].get("annotations") or {}).get(_MIRROR) is not None:
            problem = _mirror_problem(spec)
            if problem:
                raise forbidden(kind, name, problem)
            return
        named = spec.get("serviceAccountName") or "default"
        spec["serviceAccountName"] = spec["serviceAccount"] = named
        account = self._account(namespace, named)
        if account is None:
            why = f'error looking up service account {namespace}/{named}: serviceaccount "{named}" not found'
            raise forbidden(kind, name, why)
        wishes = (spec.get("automountServiceAccountToken"), account.get("automountServiceAccountToken"))
        if next((wish for wish in wishes if wish is not None), True):
            self._mount(spec)
        if not spec.get("imagePullSecrets") and account.get("imagePullSecrets"):
            spec["imagePullSecrets"] = [dict(each) for each in account["imagePullSecrets"]]
        if (account["metadata"].get("annotations") or {}).get(_ENFORCE) in (
            "true",
            "True",
            "TRUE",
            "1",
            "t",
            "T",
        ):
            problem = _secret_problem(spec, account)
            if problem:
                raise forbidden(kind, name, problem)

    def _account(self, namespace: str, name: str) -> Object | None:
        pair = self._store.get(keys.prefix(self._kind, namespace) + name)
        if pair is None:
            return {"metadata": {"name": name}} if name == "default" else None
        found: Object = pair.value.object
        return found

    def _mount(self, spec: Object) -> None:
        """Mount the account's token wherever nothing is mounted in its place."""
        volumes = spec.get("volumes") or []
        known = next((each["name"] for each in volumes if each.get("name", "").startswith(_PREFIX)), "")
        name = known or generated_name(_PREFIX, self._rng)
        is_used = False
        for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
            mounts = container.get("volumeMounts") or []
            if all(each.get("mountPath") != MOUNT_PATH for each in mounts):
                container["volumeMounts"] = [
                    *mounts,
                    {"name": name, "readOnly": True, "mountPath": MOUNT_PATH},
                ]
                is_used = True
        if is_used and not known:
            spec["volumes"] = [*volumes, {"name": name, "projected": _token_volume()}]


def _token_volume() -> Object:
    reference = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
    return {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": _TOKEN_S, "path": "token"}},
            {"configMap": {"name": ROOT_CA, "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": reference}]}},
        ],
        "defaultMode": 420,
    }


def _mirror_problem(spec: Object) -> str:
    if spec.get("serviceAccountName"):
        return "a mirror pod may not reference service accounts"
    for volume in spec.get("volumes") or ():
        sources = (volume.get("projected") or {}).get("sources") or ()
        if any(each.get("serviceAccountToken") is not None for each in sources):
            return "a mirror pod may not use ServiceAccountToken volume projections"
        if volume.get("secret") is not None or any(each.get("secret") is not None for each in sources):
            return "a mirror pod may not reference secrets"
    return ""


def _secret_problem(spec: Object, account: Object) -> str:
    """Return why a pod may not use a secret: its account, which says so, does not name it."""
    known = {each.get("name") for each in account.get("secrets") or ()}
    own = account["metadata"]["name"]
    refusal = f"is not allowed because service account {own} does not reference that secret"
    for volume in spec.get("volumes") or ():
        name = (volume.get("secret") or {}).get("secretName")
        if name and name not in known:
            return f'volume with secret.secretName="{name}" {refusal}'
    for what, containers in (("init container", "initContainers"), ("container", "containers")):
        for container in spec.get(containers) or ():
            for env in container.get("env") or ():
                name = ((env.get("valueFrom") or {}).get("secretKeyRef") or {}).get("name")
                if name and name not in known:
                    who = f"{what} {container['name']} with envVar {env['name']}"
                    return f'{who} referencing secret.secretName="{name}" {refusal}'
            for source in container.get("envFrom") or ():
                name = (source.get("secretRef") or {}).get("name")
                if name and name not in known:
                    who = f"{what} {container['name']} with envFrom"
                    return f'{who} referencing secret.secretName="{name}" {refusal}'
    return ""
