"""Keeps the server's own FlowSchemas and levels, and says of each FlowSchema whether its level is there.

They are put back within a minute when they go.

Source: pkg/registry/flowcontrol/rest/storage_flowcontrol.go, pkg/registry/flowcontrol/ensurer/strategy.go,
k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go (presyncFlowSchemaStatus)@v1.36.2.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from insideout.apiserver import strategy
from insideout.apiserver.flowcontrol.bootstrap import AUTO_UPDATE, MANDATORY, SUGGESTED
from insideout.apiserver.options import WriteOptions
from insideout.apiserver.ownobjects import OwnObjects
from insideout.apiserver.subresources.conditions import with_condition

if TYPE_CHECKING:
    from insideout.apiserver.kinds import Kind
    from insideout.apiserver.reading import Reader
    from insideout.apiserver.registry import Registry
    from insideout.apiserver.resources import Resources
    from insideout.apiserver.views import View
    from insideout.sim.loop import Loop

Object = dict[str, Any]

GROUP = "flowcontrol.apiserver.k8s.io"
EVERY_S = 60.0
_PRODUCER = WriteOptions(field_manager="api-priority-and-fairness-config-producer-v1")
_CONSUMER = WriteOptions(field_manager="api-priority-and-fairness-config-consumer-v1")
_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")


class FlowControl(OwnObjects):
    """Writes the configuration that every server has, and the condition Dangling."""

    def __init__(self, resources: "Resources", reader: "Reader", registry: "Registry", loop: "Loop") -> None:
        schemas, levels = f"flowschemas.{GROUP}", f"prioritylevelconfigurations.{GROUP}"
        super().__init__(resources, reader, registry, loop, schemas, levels)
        self._schemas, self._levels = self._kinds

    def write(self) -> None:
        """Write the configuration, and look after it every minute."""
        self._ensure(SUGGESTED, always=False)
        self._ensure(MANDATORY, always=True)
        self._loop.call_later(EVERY_S, self.write)

    def _ensure(self, wanted: Sequence[Object], *, always: bool) -> None:
        for each in wanted:
            kind = self._schemas if each["kind"] == "FlowSchema" else self._levels
            found = self._resources.find(kind, "", each["metadata"]["name"])
            if found is None:
                body, _ = strategy.decode(kind, deepcopy(each))
                self._resources.create(kind, "", body, _PRODUCER)
            else:
                self._revise(kind, found.value.object, each["spec"], always=always)

    def _revise(self, kind: "Kind", now: Object, spec: Object, *, always: bool) -> None:
        """Put a spec back that is not its user's to change, and say in the annotation whose it is."""
        said = (now["metadata"].get("annotations") or {}).get(AUTO_UPDATE, "")
        updates = always or said in _TRUE or (said not in _FALSE and now["metadata"].get("generation") == 1)
        is_said = said in (_TRUE if updates else _FALSE)
        if is_said and (not updates or now["spec"] == spec):
            return

        def change(view: "View | None") -> Object:
            assert view is not None  # found above, and nothing runs in between
            old = view.object
            annotations = {
                **(old["metadata"].get("annotations") or {}),
                AUTO_UPDATE: "true" if updates else "false",
            }
            return {
                **old,
                "metadata": {**old["metadata"], "annotations": annotations},
                "spec": deepcopy(spec) if updates else old["spec"],
            }

        self._resources.update(kind, "", now["metadata"]["name"], change, _PRODUCER)

    def look(self) -> None:
        """Bring the condition of every FlowSchema up to date."""
        levels = {each["metadata"]["name"] for each in self._all(self._levels)}
        levels |= {"catch-all", "exempt"}  # there as long as the server is, written or not
        for each in self._all(self._schemas):
            level = each["spec"]["priorityLevelConfiguration"]["name"]
            self._report(each, level, is_there=level in levels)

    def _report(self, schema: Object, level: str, *, is_there: bool) -> None:
        what = "and it exists" if is_there else "but there is no such object"
        message = f'This FlowSchema references the PriorityLevelConfiguration object named "{level}" {what}'
        status, reason = ("False", "Found") if is_there else ("True", "NotFound")
        conditions = (schema.get("status") or {}).get("conditions") or []
        before: Object = next((each for each in conditions if each.get("type") == "Dangling"), {})
        if (before.get("status"), before.get("reason"), before.get("message")) == (status, reason, message):
            return
        condition = {"type": "Dangling", "status": status, "reason": reason, "message": message}

        def change(view: "View") -> Object:
            known = (view.object.get("status") or {}).get("conditions") or []
            written = with_condition(known, condition, self._resources.now())
            return {**view.object, "status": {**(view.object.get("status") or {}), "conditions": written}}

        self._resources.change(
            self._schemas, "", schema["metadata"]["name"], change, _CONSUMER, subresource="status"
        )
