"""PromQL: parsing a query and evaluating it at one instant."""

from insideout.monitoring.promql.engine import Prometheus, evaluate
from insideout.monitoring.promql.parser import QueryError, parse

__all__ = ["Prometheus", "QueryError", "evaluate", "parse"]
