"""The ResourceQuota controller: it says in a quota's status what counts and how much of it is used.

Admission refuses and charges by that status; it never gives back.  This controller counts anew when a quota
changes, when something that it counts is gone, when a pod has run to its end, and every five minutes.

Left out: kinds of CustomResourceDefinitions, and Services that change their type.

Source: pkg/controller/resourcequota/{resource_quota_controller,resource_quota_monitor}.go@v1.36.2.
"""

from datetime import datetime

from insideout.apimachinery import pods as podutil
from insideout.apimachinery import quota as evaluator
from insideout.apimachinery import resources
from insideout.apimachinery.amount import ZERO
from insideout.apimachinery.resources import Amounts
from insideout.client import Object
from insideout.client.informer import Informer, Key
from insideout.controllers import kinds
from insideout.controllers.controller import Controller

RESYNC_S = 300.0


class ResourceQuotaController(Controller):
    """Keeps the status of every ResourceQuota."""

    name = "resourcequota-controller"

    def watch(self) -> None:
        """Watch quotas; what they count only once there is one, as most clusters have none."""
        self._counted: dict[str, Informer] = {}
        self._quotas = self.on("resourcequotas", add=self._added, update=self._updated)

    def sync(self, key: Key) -> None:
        """Count what a quota's namespace uses, and write it when it differs."""
        namespace, name = key
        quota = self._quotas.get(name, namespace)
        if quota is None:
            return
        self.queue.add_after(key, RESYNC_S)
        if not all(informer.synced for informer in self._counted.values()):
            self.queue.add_after(key, 0.1)
            return
        hard = resources.amounts(quota["spec"].get("hard"))
        used = self._used(quota, list(hard), self.loop.time())
        status = {
            "hard": {name: each.text for name, each in sorted(hard.items())},
            "used": {name: each.text for name, each in sorted(used.items())},
        }
        if status != quota.get("status"):
            self.client.update("resourcequotas", quota | {"status": status}, subresource="status")

    def _used(self, quota: Object, names: list[str], now: datetime) -> Amounts:
        total: Amounts = dict.fromkeys(names, ZERO)
        namespace = quota["metadata"]["namespace"]
        for resource, informer in self._counted.items():
            for obj in informer.list(namespace) if evaluator.matching(resource, names) else ():
                if evaluator.in_scope(quota, resource, obj):
                    cost = evaluator.usage(resource, obj, now)
                    total = evaluator.added(total, {n: cost[n] for n in names if n in cost})
        return total

    # Events.

    def _added(self, quota: Object) -> None:
        if not self._counted:
            found = [each.resource for each in kinds.built_in() if each.namespaced]
            self._counted = {
                name: self.on(name, update=self._changed, delete=self._count_again) for name in found
            }
        self.enqueue(quota)

    def _updated(self, before: Object, quota: Object) -> None:
        if before["spec"] != quota["spec"]:
            self.enqueue(quota)

    def _changed(self, before: Object, obj: Object) -> None:
        if podutil.is_terminal(obj) and not podutil.is_terminal(before):
            self._count_again(obj)

    def _count_again(self, obj: Object) -> None:
        for quota in self._quotas.list(obj["metadata"]["namespace"]):
            self.enqueue(quota)
