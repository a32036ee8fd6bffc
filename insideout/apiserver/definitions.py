"""What CustomResourceDefinitions set in motion: accepted names, served kinds, the end of objects.

The real server has a controller for each of these; here one pass does all, right after every write of a
definition, as if the controllers were quick.  Each step is a write of its own, so watchers see them all.

Source: k8s.io/apiextensions-apiserver/pkg/controller/{status,establish,finalizer}@v1.36.2.
"""

from collections.abc import Callable

from insideout.apiserver import crd, keys
from insideout.apiserver.crd.definition import FINALIZER
from insideout.apiserver.kinds import Kind
from insideout.apiserver.options import DeleteOptions, WriteOptions
from insideout.apiserver.reading import Reader
from insideout.apiserver.registry import Registry
from insideout.apiserver.resources import Resources
from insideout.apiserver.status import StatusError
from insideout.apiserver.views import Object, View, show

_AGAIN_AFTER_S = 5.0


class Definitions:
    """Brings the registry, and the objects of custom kinds, in line with the stored definitions."""

    def __init__(self, resources: Resources, reader: Reader, registry: Registry) -> None:
        kind = registry.of("apiextensions.k8s.io/v1", "CustomResourceDefinition")
        assert kind is not None  # built in
        self.kind = kind
        self._resources = resources
        self._reader = reader
        self._registry = registry
        for pair in resources.store.range(keys.prefix(kind)).items:
            self.reconcile(pair.value.object["metadata"]["name"])

    def reconcile(self, name: str) -> None:
        """Do what the definition `name` asks for now."""
        definition = self._find(name)
        if definition is None:
            self._serve(name, [])
            return
        if "deletionTimestamp" in definition["metadata"]:
            self._serve(name, crd.kinds_of(definition))
            self._clean_up(name, definition)
            return
        now = self._resources.now()
        others = [each for each in self._all() if each["metadata"]["name"] != name]
        self._set_status(name, lambda found: crd.judge_approval(found, now))
        self._set_status(name, lambda found: crd.accept_names(found, others, now))
        self._set_status(name, lambda found: crd.establish(found, now))
        self._change(name, _with_finalizer, "")
        definition = self._find(name)
        self._serve(name, crd.kinds_of(definition) if definition is not None else [])

    def _serve(self, name: str, kinds: list[Kind]) -> None:
        """Make the registry serve these kinds for the definition `name` (PLURAL.GROUP), and no others."""
        served = [kind for kind in self._registry if kind.definition and kind.qualified_resource == name]
        if kinds == served and all(
            new.definition == old.definition for new, old in zip(kinds, served, strict=True)
        ):
            return
        for kind in served:
            self._registry.remove(kind)
            if not kinds:
                self._reader.close(kind)
        for kind in kinds:
            self._registry.add(kind)

    def _clean_up(self, name: str, definition: Object) -> None:
        """Delete the objects of an ending definition, then let it go."""
        if FINALIZER not in (definition["metadata"].get("finalizers") or []):
            return
        kinds = crd.kinds_of(definition)
        self._set_status(name, lambda found: crd.ending(found, self._resources.now()))
        remaining = self._resources.store.range(keys.prefix(kinds[0])).items if kinds else []
        for pair in remaining:
            metadata = show(pair).object["metadata"]
            try:
                place = metadata.get("namespace", ""), metadata["name"]
                self._resources.delete(kinds[0], *place, DeleteOptions(), is_admitted=True)
            except StatusError as problem:
                if problem.code != 404:  # it went by itself meanwhile
                    raise
        if kinds and self._resources.store.range(keys.prefix(kinds[0])).items:  # finalizers hold some
            self._resources.loop.call_later(_AGAIN_AFTER_S, self.reconcile, name)
            return
        self._change(name, _without_finalizer, "")
        if not (self._find(name) or {}).get("metadata", {}).get("finalizers"):
            self._resources.delete(self.kind, "", name, DeleteOptions(), is_admitted=True)
            self._serve(name, [])

    def _set_status(self, name: str, status_of: Callable[[Object], Object | None]) -> None:
        def change(found: Object) -> Object:
            status = status_of(found)
            return found if status is None else {**found, "status": status}

        self._change(name, change, "status")

    def _change(self, name: str, change: Callable[[Object], Object], subresource: str) -> None:
        def changed(before: View) -> Object:
            return change(before.object)

        options = WriteOptions(field_manager="kube-apiserver")
        self._resources.change(self.kind, "", name, changed, options, subresource=subresource)

    def _find(self, name: str) -> Object | None:
        pair = self._resources.find(self.kind, "", name)
        return show(pair).object if pair is not None else None

    def _all(self) -> list[Object]:
        return [show(pair).object for pair in self._resources.store.range(keys.prefix(self.kind)).items]


def _with_finalizer(definition: Object) -> Object:
    finalizers = definition["metadata"].get("finalizers") or []
    if FINALIZER in finalizers:
        return definition
    return {**definition, "metadata": {**definition["metadata"], "finalizers": [*finalizers, FINALIZER]}}


def _without_finalizer(definition: Object) -> Object:
    metadata = {**definition["metadata"]}
    metadata["finalizers"] = [each for each in metadata.get("finalizers") or [] if each != FINALIZER]
    if not metadata["finalizers"]:
        del metadata["finalizers"]
    return {**definition, "metadata": metadata}
