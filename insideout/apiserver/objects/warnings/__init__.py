"""What a write is warned of, kind by kind: what is accepted but deprecated, ignored, or surprising.

Source: WarningsOnCreate and WarningsOnUpdate of the strategies in pkg/registry, pkg/api/{service,job,
persistentvolume,persistentvolumeclaim,storage}@v1.36.2.
"""

from collections.abc import Mapping

from insideout.apiserver.kinds import Kind
from insideout.apiserver.objects.warnings import network, others, storage, workloads
from insideout.apiserver.objects.warnings.rule import Object, Rule, Warnings

_RULES: Mapping[str, Rule] = {**network.RULES, **others.RULES, **storage.RULES, **workloads.RULES}


def about(kind: Kind, new: Object, old: Object | None) -> Warnings:
    """Yield the warnings about a new object, or about a changed one; `old` is what it was before."""
    rule = _RULES.get(kind.qualified_resource) if kind.definition is None else None
    if rule is not None:
        yield from rule(new, old)
