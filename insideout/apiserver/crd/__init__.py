"""CustomResourceDefinitions and what they define: schemas, pruning, defaults, validation, served kinds."""

from insideout.apiserver.crd.definition import (
    STRATEGY,
    accept_names,
    ending,
    establish,
    is_established,
    judge_approval,
)
from insideout.apiserver.crd.resource import (
    as_read,
    as_stored,
    check_type,
    schema_of,
    shape_resource,
    strategy_of,
)
from insideout.apiserver.crd.served import kinds_of

__all__ = [
    "STRATEGY",
    "accept_names",
    "as_read",
    "as_stored",
    "check_type",
    "ending",
    "establish",
    "is_established",
    "judge_approval",
    "kinds_of",
    "schema_of",
    "shape_resource",
    "strategy_of",
]
