"""PodSecurity admission: refuse pods that their namespace does not want, and warn of those it would not want.

Left out: exemptions by a configuration file, and annotations of the audit log.

Source: k8s.io/pod-security-admission/admission/{admission,pods}.go@v1.36.2.
"""

from collections.abc import Callable, Mapping
from typing import Any

from insideout.apiserver import keys
from insideout.apiserver.kinds import Kind
from insideout.apiserver.podsecurity.evaluation import in_detail, in_short, violations
from insideout.apiserver.podsecurity.policy import Policy, Standard, is_set, policy_of
from insideout.apiserver.registry import Registry
from insideout.apiserver.status import forbidden, invalid
from insideout.apiserver.warning import is_heard, warn
from insideout.store import Store

Object = dict[str, Any]

_MOST_PODS = 3000
_WITH_PODS = frozenset({"", "ephemeralcontainers", "resize"})
"""The subresources of pods that may change what a pod is; the others are not looked at."""


def _in_spec(obj: Object) -> Object | None:
    template: Object | None = obj["spec"].get("template")
    return template


_TEMPLATES: dict[str, Callable[[Object], Object | None]] = {
    "podtemplates": lambda obj: obj.get("template"),
    "replicationcontrollers": _in_spec,
    "replicasets.apps": _in_spec,
    "deployments.apps": _in_spec,
    "statefulsets.apps": _in_spec,
    "daemonsets.apps": _in_spec,
    "jobs.batch": _in_spec,
    "cronjobs.batch": lambda obj: obj["spec"]["jobTemplate"]["spec"].get("template"),
}


class PodSecurity:
    """The plugin, with the namespaces and the pods as the store has them."""

    def __init__(self, store: Store, registry: Registry) -> None:
        namespaces, pods = registry.named("namespaces"), registry.named("pods")
        assert namespaces is not None  # built in
        assert pods is not None
        self._namespaces, self._pods = namespaces, pods
        self._store = store
        self._known: dict[str, Policy | None] = {}
        store.watch(keys.prefix(namespaces), store.revision + 1, self._known.clear)

    def check(self, kind: Kind, new: Object, old: Object | None, subresource: str = "") -> None:
        """Raise what refuses a new or changed object; warn of what is merely unwanted."""
        if kind is self._pods:
            if subresource in _WITH_PODS and (old is None or _changes_images(new["spec"], old["spec"])):
                self._check_pod(new)
        elif kind is self._namespaces:
            if not subresource:
                self._check_namespace(new, old)
        elif not subresource and kind.qualified_resource in _TEMPLATES and is_heard():
            self._check_template(kind, new)

    def _check_pod(self, pod: Object) -> None:
        policy = self._policy(pod["metadata"].get("namespace", ""))
        if policy is None:
            return
        metadata, spec = pod["metadata"], pod["spec"]
        if found := violations(policy.enforce, metadata, spec):
            why = f'violates PodSecurity "{policy.enforce}": {in_detail(found)}'
            raise forbidden(self._pods, metadata.get("name", ""), why)
        if is_heard():
            _warn(policy.warn, metadata, spec)

    def _check_template(self, kind: Kind, obj: Object) -> None:
        policy = self._policy(obj["metadata"].get("namespace", ""))
        template = _TEMPLATES[kind.qualified_resource](obj) if policy is not None else None
        if policy is not None and template is not None:
            _warn(policy.warn, template.get("metadata") or {}, template["spec"])

    def _check_namespace(self, new: Object, old: Object | None) -> None:
        """Refuse wrong labels; tell which pods a stricter level would not let in any more."""
        labels = new["metadata"].get("labels") or {}
        if not is_set(labels):
            return
        name = new["metadata"].get("name", "")
        policy, causes = policy_of(labels)
        before, old_causes = policy_of((old or new)["metadata"].get("labels") or {})
        if causes and (old is None or causes != old_causes):
            raise invalid(self._namespaces, name, causes)
        enforced, was = policy.enforce, before.enforce
        if old is None or enforced == was or enforced.level == "privileged" or not is_heard():
            return
        if enforced.version != was.version or enforced.strictness > was.strictness:
            self._warn_of_pods(name, enforced)

    def _warn_of_pods(self, namespace: str, enforced: Standard) -> None:
        pairs = self._store.range(keys.prefix(self._pods, namespace)).items
        pods = _one_per_controller_first([pair.value.object for pair in pairs])
        if len(pods) > _MOST_PODS:
            warn(
                f"new PodSecurity enforce level only checked against the first {_MOST_PODS} of {len(pods)} "
                "existing pods"
            )
        named: dict[str, list[str]] = {}
        for pod in pods[:_MOST_PODS]:
            if found := violations(enforced, pod["metadata"], pod["spec"]):
                named.setdefault(in_short(found), []).append(pod["metadata"]["name"])
        if named:
            violate = f'violate the new PodSecurity enforce level "{enforced}"'
            warn(f'existing pods in namespace "{namespace}" {violate}')
        for text in sorted(f"{_some(names)}: {reasons}" for reasons, names in named.items()):
            warn(text)

    def _policy(self, namespace: str) -> Policy | None:
        """Return what a namespace demands, read again after any was written; None: nothing."""
        if namespace not in self._known:
            pair = self._store.get(keys.key(self._namespaces, "", namespace))
            labels: Mapping[str, str] = (pair.value.object["metadata"].get("labels") or {}) if pair else {}
            self._known[namespace] = policy_of(labels)[0] if is_set(labels) else None
        return self._known[namespace]


def _warn(wanted: Standard, metadata: Object, spec: Object) -> None:
    if found := violations(wanted, metadata, spec):
        warn(f'would violate PodSecurity "{wanted}": {in_detail(found)}')


def _some(names: list[str]) -> str:
    first, others = min(names), len(names) - 1
    return f"{first} (and {others} other {'pod' if others == 1 else 'pods'})" if others else first


def _one_per_controller_first(pods: list[Object]) -> list[Object]:
    """Put the pods that are like one before them last."""
    seen: set[str] = set()
    first: list[Object] = []
    rest: list[Object] = []
    for pod in pods:
        owners = pod["metadata"].get("ownerReferences") or ()
        uid = next((owner["uid"] for owner in owners if owner.get("controller")), "")
        (rest if uid in seen else first).append(pod)
        if uid:
            seen.add(uid)
    return first + rest


def _changes_images(new: Object, old: Object) -> bool:
    """Tell whether a change of a pod is one that makes it another pod to a policy."""
    for field in ("containers", "initContainers"):
        images = [[container.get("image") for container in spec.get(field) or ()] for spec in (new, old)]
        if images[0] != images[1]:
            return True
    known = {each["name"]: each.get("image") for each in old.get("ephemeralContainers") or ()}
    return any(
        each["name"] not in known or known[each["name"]] != each.get("image")
        for each in new.get("ephemeralContainers") or ()
    )
