"""The controller that checks the expressions of ValidatingAdmissionPolicies against the kinds they are about.

What it finds are warnings in status.typeChecking; status.observedGeneration says what it has looked at.

Source: pkg/controller/validatingadmissionpolicystatus/controller.go@v1.36.2.
"""

from collections.abc import Iterator

from insideout.apiserver import crd
from insideout.apiserver.cel import reading
from insideout.apiserver.kinds import BUILT_IN, Kind
from insideout.apiserver.policies.typechecking import warnings_of
from insideout.client import ApiError, Object
from insideout.client.informer import Key
from insideout.controllers.controller import Controller

_RESOURCE = "validatingadmissionpolicies"
_MANAGER = "validatingadmissionpolicy-status"


class PolicyStatusController(Controller):
    """Writes down what the types of objects say against a policy's expressions."""

    name = "validatingadmissionpolicy-status-controller"

    def watch(self) -> None:
        """Watch the policies."""
        self._policies = self.on(_RESOURCE, add=self.enqueue, update=lambda _, policy: self.enqueue(policy))

    def sync(self, key: Key) -> None:
        """Check one policy, once for each generation."""
        policy = self._policies.get(key[1])
        if policy is None or not reading.installed():
            return
        generation = policy["metadata"]["generation"]
        if generation <= (policy.get("status") or {}).get("observedGeneration", 0):
            return
        stamp = self.loop.time().microsecond * 1000
        found = warnings_of(policy["spec"], self._served(), stamp)
        checked: Object = {"expressionWarnings": found} if found else {}
        status = {"observedGeneration": generation, "typeChecking": checked}
        try:
            self.client.patch(
                _RESOURCE,
                key[1],
                {
                    "apiVersion": policy["apiVersion"],
                    "kind": policy["kind"],
                    "metadata": {"name": key[1]},
                    "status": status,
                },
                type="apply",
                subresource="status",
                field_manager=_MANAGER,
                force=True,
            )
        except ApiError as refused:
            if refused.code != 404:
                raise

    def _served(self) -> Iterator[Kind]:
        yield from BUILT_IN
        for definition in self.client.list("customresourcedefinitions")["items"]:
            yield from crd.kinds_of(definition)
