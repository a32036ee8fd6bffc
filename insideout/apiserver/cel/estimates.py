"""What an expression may cost at most, told from the sizes that a schema allows, before anything runs.

Source: github.com/google/cel-go/checker/cost.go.
"""

from typing import NamedTuple

from insideout.apiserver.cel.checker import Checked
from insideout.apiserver.cel.ranges import (
    ONE,
    UNBOUNDED,
    UNKNOWN,
    ZERO,
    Estimate,
    Estimator,
    Node,
    Range,
    SizeAt,
)
from insideout.apiserver.cel.syntax import (
    Call,
    Comprehension,
    Expr,
    Ident,
    ListExpr,
    Literal,
    MapExpr,
    Select,
    StructExpr,
)
from insideout.apiserver.cel.types import DYN, Type, unwrapped

_LIST, _MAP, _STRUCT = Range(10, 10), Range(30, 30), Range(40, 40)
_SCALAR_KINDS = ("bool", "double", "duration", "int", "timestamp", "uint")


class _Entry(NamedTuple):
    kind: str
    key: Range
    value: Range


class _Local(NamedTuple):
    path: list[str]
    size: Range | None
    entry: _Entry | None


def most_cost(expr: Expr, checked: Checked, size_at: SizeAt, estimator: Estimator) -> int:
    """Return the greatest cost of a checked expression, 2**64 - 1 for one without bound."""
    return _Coster(checked, size_at, estimator).cost(expr).most


class _Coster:
    def __init__(self, checked: Checked, size_at: SizeAt, estimator: Estimator) -> None:
        self._checked = checked
        self._size_at = size_at
        self._estimator = estimator
        self._paths: dict[int, list[str]] = {}
        self._sizes: dict[int, Range] = {}
        self._entries: dict[int, _Entry] = {}
        self._locals: dict[str, list[_Local]] = {}

    def cost(self, expr: Expr) -> Range:
        """Return the cost of a node and all below it."""
        if expr.id in self._checked.constants:
            self._paths[expr.id] = [self._checked.constants[expr.id]]
            return ONE
        match expr:
            case Ident():
                local = self._local(expr.name)
                self._paths[expr.id] = local.path if local else [expr.name]
                return ONE
            case Select():
                return self._select(expr)
            case Call():
                return self._call(expr)
            case ListExpr():
                return self._list(expr)
            case MapExpr():
                return self._map(expr)
            case StructExpr():
                return self._sum(each.value for each in expr.entries).plus(_STRUCT)
            case Comprehension():
                return self._bind(expr) if _is_bind(expr) else self._fold(expr)
        return ZERO

    def _sum(self, exprs: object) -> Range:
        total = ZERO
        for each in exprs:  # type: ignore[attr-defined]  # any iterable of expressions
            total = total.plus(self.cost(each))
        return total

    def _select(self, expr: Select) -> Range:
        total = self.cost(expr.operand)
        if expr.test:
            return total
        if self._type(expr.operand).kind in ("map", "struct", "param"):
            total = total.plus(ONE)
        self._paths[expr.id] = [*self._path(expr.operand), expr.field]
        return total

    # calls

    def _call(self, expr: Call) -> Range:
        if expr.function == "dyn":
            cost = self.cost(expr.args[0])
            self._copy(expr, expr.args[0])
            return ONE.plus(cost)
        costs = [self.cost(each) for each in expr.args]
        nodes = [self._node(each) for each in expr.args]
        overloads = self._checked.overloads.get(expr.id, [])
        if not overloads:
            return ZERO
        total, target = ZERO, None
        if expr.target is not None:
            total = self.cost(expr.target)
            target = self._node(expr.target)
        spent: Range | None = None
        size: Range | None = None
        for overload in overloads:
            found = self._function(expr, overload, target, nodes, costs)
            spent = found.cost if spent is None else spent.union(found.cost)
            if found.size is not None:
                size = found.size if size is None else size.union(found.size)
            if overload in ("index_list", "index_map"):
                entry = self._entry(expr.args[0])
                size = entry.value if entry else None
                part = "@items" if overload == "index_list" else "@values"
                self._paths[expr.id] = [*self._path(expr.args[0]), part]
            if size is None:
                size = self._size(expr)
        if size is not None:
            self._sizes[expr.id] = size
        return total.plus(spent or ZERO)

    def _function(
        self, expr: Call, overload: str, target: Node | None, args: list[Node], costs: list[Range]
    ) -> Estimate:
        own = ZERO
        for each in costs:
            own = own.plus(each)
        found = self._estimator(expr.function, overload, target, args, self._size_at)
        if found is None:
            found = self._standard(expr, overload, target, args, costs)
            if overload in ("logical_and", "logical_or", "conditional"):
                return found  # their arguments do not all run
        return Estimate(found.cost.plus(own), found.size)

    def _standard(
        self, expr: Call, overload: str, target: Node | None, args: list[Node], costs: list[Range]
    ) -> Estimate:
        sizes = [each.size or UNKNOWN for each in args]
        of_target = (target.size or UNKNOWN) if target else UNKNOWN
        match overload:
            case "logical_or" | "logical_and":
                return Estimate(Range(costs[0].least, costs[0].plus(costs[1]).most))
            case "conditional":
                self._join_entries(expr, expr.args[1], expr.args[2])
                cost = costs[0].plus(costs[1].union(costs[2]))
                return Estimate(cost, sizes[1].union(sizes[2]))
            case "string_format":
                return Estimate(of_target.scaled(0.1))
            case "string_to_bytes":
                return Estimate(sizes[0].scaled(0.1), sizes[0].times(Range(1, 4)))
            case "bytes_to_string":
                return Estimate(sizes[0].scaled(0.1), Range(sizes[0].least // 4, sizes[0].most))
            case "strings_quote":
                return Estimate(sizes[0].scaled(0.1), sizes[0].times(Range(1, 2)).plus(Range(2, 2)))
            case "starts_with_string" | "ends_with_string":
                return Estimate(sizes[0].scaled(0.1))
            case "in_list":
                return Estimate(sizes[1])
            case "matches_string" if target:
                return Estimate(of_target.plus(ONE).scaled(0.1).times(sizes[0].scaled(0.25)))
            case "contains_string":
                return Estimate(of_target.scaled(0.1).times(sizes[0].scaled(0.1)))
            case "add_string" | "add_bytes" | "add_list":
                self._join_entries(expr, expr.args[0], expr.args[1])
                size = sizes[0].plus(sizes[1])
                return Estimate(ONE if overload == "add_list" else size.scaled(0.1), size)
            case "equals" | "not_equals":
                return Estimate(_comparison(sizes))
        if overload.endswith(("_string", "_bytes")) and overload.startswith(("less_", "greater_")):
            return Estimate(_comparison(sizes))
        return Estimate(ONE)

    def _join_entries(self, expr: Expr, one: Expr, other: Expr) -> None:
        first, second = self._entry(one), self._entry(other)
        if first and second:
            self._entries[expr.id] = _Entry(
                first.kind, first.key.union(second.key), first.value.union(second.value)
            )

    # literals and macros

    def _list(self, expr: ListExpr) -> Range:
        total, item = ZERO, Range(UNBOUNDED if expr.elements else 0, 0)
        for each in expr.elements:
            total = total.plus(self.cost(each))
            item = item.union(self._size(each) or UNKNOWN)
        self._entries[expr.id] = _Entry("list", ONE, item)
        return total.plus(_LIST)

    def _map(self, expr: MapExpr) -> Range:
        total, key = ZERO, Range(UNBOUNDED if expr.entries else 0, 0)
        value = key
        for entry in expr.entries:
            total = total.plus(self.cost(entry.key)).plus(self.cost(entry.value))
            key = key.union(self._size(entry.key) or UNKNOWN)
            value = value.union(self._size(entry.value) or UNKNOWN)
        self._entries[expr.id] = _Entry("map", key, value)
        return total.plus(_MAP)

    def _bind(self, expr: Comprehension) -> Range:
        total = self.cost(expr.range).plus(self.cost(expr.init))
        local = _Local(self._path(expr.init), self._size(expr.init), self._entry(expr.init))
        self._locals.setdefault(expr.accu, []).append(local)
        total = total.plus(self.cost(expr.result))
        self._locals[expr.accu].pop()
        self._copy(expr, expr.result)
        return total

    def _fold(self, expr: Comprehension) -> Range:
        total = self.cost(expr.range).plus(self.cost(expr.init))
        accu = _Local(self._path(expr.init), self._size(expr.init), self._entry(expr.init))
        pushed = {expr.accu: accu, **self._iteration(expr)}
        for name, local in pushed.items():
            self._locals.setdefault(name, []).append(local)
        round_ = self.cost(expr.condition)
        round_ = self.cost(expr.step).plus(round_)
        for name in pushed:
            if name != expr.accu:
                self._locals[name].pop()
        total = total.plus(self.cost(expr.result))
        self._locals[expr.accu].pop()
        count = self._size(expr.range) or UNKNOWN
        if isinstance(expr.init, Literal):
            size = self._size(expr.init)
            if size is not None:
                self._sizes[expr.id] = size
        elif isinstance(expr.init, ListExpr | MapExpr):
            self._sizes[expr.id] = count
            entry = self._entry(expr.step)
            if entry is not None:
                self._entries[expr.id] = entry
        return total.plus(count.times(round_))

    def _iteration(self, expr: Comprehension) -> dict[str, _Local]:
        entry = self._entry(expr.range)
        kind = entry.kind if entry else self._type(expr.range).kind
        path = self._path(expr.range)
        key, value = (entry.key, entry.value) if entry else (None, None)
        in_list = kind == "list"
        if expr.var2:
            return {
                expr.var: _Local([*path, "@indices" if in_list else "@keys"], key, None),
                expr.var2: _Local([*path, "@items" if in_list else "@values"], value, None),
            }
        if in_list:
            return {expr.var: _Local([*path, "@items"], value, None)}
        return {expr.var: _Local([*path, "@keys"], key, None)}

    # what is known of a node

    def _local(self, name: str) -> _Local | None:
        stack = self._locals.get(name)
        return stack[-1] if stack else None

    def _type(self, expr: Expr) -> Type:
        return self._checked.types.get(expr.id, DYN)

    def _path(self, expr: Expr) -> list[str]:
        if isinstance(expr, Ident):
            local = self._local(expr.name)
            if local is not None:
                return local.path
        return self._paths.get(expr.id, [])

    def _node(self, expr: Expr) -> Node:
        path = self._path(expr)
        if path and path[0] in ("__result__", "@result"):
            path = []
        return Node(path, self._type(expr), expr, self._size(expr))

    def _size(self, expr: Expr) -> Range | None:
        if expr.id in self._sizes:
            return self._sizes[expr.id]
        literal = _literal_size(expr)
        if literal is not None:
            return Range(literal, literal)
        path = self._path(expr)
        declared = self._size_at(path) if path else None
        if declared is not None:
            self._sizes[expr.id] = declared
            return declared
        if _is_scalar(self._type(expr)):
            return ONE
        local = self._local(expr.name) if isinstance(expr, Ident) else None
        return local.size if local else None

    def _entry(self, expr: Expr) -> _Entry | None:
        if expr.id in self._entries:
            return self._entries[expr.id]
        local = self._local(expr.name) if isinstance(expr, Ident) else None
        return local.entry if local else None

    def _copy(self, target: Expr, source: Expr) -> None:
        size, entry = self._size(source), self._entry(source)
        if size is not None:
            self._sizes[target.id] = size
        if entry is not None:
            self._entries[target.id] = entry


def _comparison(sizes: list[Range]) -> Range:
    most = min(sizes[0].most, sizes[1].most)
    return Range(int(most > 0), most).scaled(0.1)


def _is_bind(expr: Comprehension) -> bool:
    return (
        isinstance(expr.range, ListExpr)
        and not expr.range.elements
        and isinstance(expr.condition, Literal)
        and expr.condition.value is False
        and expr.accu not in ("__result__", "@result")
    )


def _literal_size(expr: Expr) -> int | None:
    match expr:
        case Literal():
            return len(expr.value) if isinstance(expr.value, str | bytes) else 1
        case ListExpr():
            return len(expr.elements)
        case MapExpr():
            return len(expr.entries)
    return None


def _is_scalar(type_: Type) -> bool:
    inner, optional = unwrapped(type_)
    return _is_scalar(inner) if optional else type_.kind in _SCALAR_KINDS
