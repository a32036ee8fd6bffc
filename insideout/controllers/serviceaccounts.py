"""The ServiceAccount controller: every namespace has an account named default.

Source: pkg/controller/serviceaccount/serviceaccounts_controller.go@v1.36.2.
"""

from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller
from insideout.controllers.podcontrol import is_namespace_terminating

DEFAULT = "default"


class ServiceAccountsController(Controller):
    """Creates the account default wherever it is missing."""

    name = "serviceaccount-controller"

    def watch(self) -> None:
        """Watch Namespaces, and the accounts that somebody may delete."""
        self._namespaces = self.on(
            "namespaces", add=self.enqueue, update=lambda _, namespace: self.enqueue(namespace)
        )
        self._accounts = self.on("serviceaccounts", delete=self._account_deleted)

    def sync(self, key: Key) -> None:
        """Make sure that an active namespace has its account."""
        namespace = self._namespaces.get(key[1])
        if namespace is None or (namespace.get("status") or {}).get("phase") == "Terminating":
            return
        if self._accounts.get(DEFAULT, key[1]) is not None:
            return
        account = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": DEFAULT, "namespace": key[1]},
        }
        try:
            self.client.create("serviceaccounts", account)
        except ApiError as refused:
            if refused.reason != "AlreadyExists" and not is_namespace_terminating(refused):
                raise

    def _account_deleted(self, account: Object) -> None:
        if account["metadata"]["name"] == DEFAULT:
            self.queue.add(("", account["metadata"]["namespace"]))
