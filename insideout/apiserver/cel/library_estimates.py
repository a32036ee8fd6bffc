"""What calls of Kubernetes' functions, and of the extensions it uses, may cost at most.

Source: k8s.io/apiserver/pkg/cel/library/cost.go@v1.36.2.
"""

from collections.abc import Callable

from insideout.apiserver.cel.costs import CHECK, PER_CHARACTER, PER_REGEX_CHARACTER
from insideout.apiserver.cel.ranges import ONE, UNBOUNDED, UNKNOWN, ZERO, Estimate, Node, Range, SizeAt
from insideout.apiserver.cel.syntax import Literal

_NAME_REGEX, _FORMAT_SIZE = 128, 64


class _Sizes:
    """The arguments of a call, and how big they may be."""

    def __init__(self, overload: str, target: Node | None, args: list[Node], size_at: SizeAt) -> None:
        self.overload, self.target, self.args = overload, target, args
        self._size_at = size_at

    def of(self, node: Node | None) -> Range:
        """Return the size of an argument."""
        if node is None:
            return UNKNOWN
        return node.size or (self._size_at(node.path) if node.path else None) or UNKNOWN

    def element(self) -> Node | None:
        """Return the elements of the target, when it is a list."""
        if self.target is None or not self.target.type.params:
            return None
        path = [*self.target.path, "@items"] if self.target.path else []
        return Node(path, self.target.type.params[0], None, None)


def library_estimate(
    function: str, overload: str, target: Node | None, args: list[Node], size_at: SizeAt
) -> Estimate | None:
    """Return what a call may cost, None for CEL's own functions."""
    known = _ESTIMATES.get(function)
    return known(_Sizes(overload, target, args, size_at)) if known else None


def _nominal(call: _Sizes) -> Estimate:
    return Estimate(ONE)


def _read_argument(call: _Sizes) -> Estimate:
    return Estimate(call.of(call.args[0]).scaled(PER_CHARACTER))


def _url(call: _Sizes) -> Estimate:
    size = call.of(call.args[0])
    return Estimate(size.scaled(PER_CHARACTER), size)


def _read_target(call: _Sizes) -> Estimate:
    size = call.of(call.target)
    return Estimate(size.scaled(PER_CHARACTER), size)


def _traversal(call: _Sizes) -> Estimate | None:
    if call.target is None:
        return None
    element = call.element()
    if element is None:
        return Estimate(call.of(call.target).scaled(PER_CHARACTER))
    each = ONE
    if element.type.kind in ("string", "bytes"):
        each = each.plus(call.of(element).scaled(PER_CHARACTER))
    return Estimate(call.of(call.target).times(each))


def _replace(call: _Sizes) -> Estimate:
    size, old, new = call.of(call.target), call.of(call.args[0]), call.of(call.args[1])
    most_count = most_kept = 0
    if old.least == 0:
        most_count, most_kept = min(size.most + 1, UNBOUNDED), size.most
    elif new.most <= old.least:
        most_kept = size.most
    else:
        most_count = -(-size.most // old.least)
    least_count = least_kept = 0
    if old.most == 0:
        least_count, least_kept = min(size.least + 1, UNBOUNDED), size.least
    elif old.most <= new.least:
        least_kept = size.least
    else:
        least_count = -(-size.least // old.most)
    result = Range(least_count, most_count).times(new).plus(Range(least_kept, most_kept))
    return Estimate(size.scaled(2 * PER_CHARACTER), result)


def _split(call: _Sizes) -> Estimate:
    size = call.of(call.target)
    most = size.most
    limit = call.args[1].expr if len(call.args) > 1 else None
    if isinstance(limit, Literal) and isinstance(limit.value, int):
        most = limit.value % 2**64
    return Estimate(size.scaled(2 * PER_CHARACTER), Range(0, most))


def _join(call: _Sizes) -> Estimate:
    count, element = call.of(call.target), call.element()
    size = count.times(call.of(element)) if element else ZERO
    if call.args:
        gaps = Range(max(count.least - 1, 0), max(count.most - 1, 0))
        size = size.plus(call.of(call.args[0]).times(gaps))
    return Estimate(size.scaled(PER_CHARACTER), size)


def _find(call: _Sizes) -> Estimate:
    size = call.of(call.target)
    text = size.plus(ONE).scaled(PER_CHARACTER)
    return Estimate(text.times(call.of(call.args[0]).scaled(PER_REGEX_CHARACTER)), Range(0, size.most))


def _ip(call: _Sizes) -> Estimate:
    return Estimate(ONE) if call.overload == "cidr_ip" else _read_argument(call)


def _canonical(call: _Sizes) -> Estimate:
    return Estimate(call.of(call.args[0]).scaled(2 * PER_CHARACTER))


def _contains_ip(call: _Sizes) -> Estimate:
    bytes_ = Range(4, 16)
    cost = bytes_.plus(bytes_).scaled(PER_CHARACTER)
    if call.overload.endswith("_string"):
        cost = cost.plus(call.of(call.args[0]).scaled(PER_CHARACTER))
    return Estimate(cost)


def _contains_cidr(call: _Sizes) -> Estimate:
    return Estimate(_contains_ip(call).cost.plus(Range(4, 16).scaled(PER_CHARACTER)).plus(ONE))


def _validate(call: _Sizes) -> Estimate:
    text = call.of(call.args[0]).scaled(PER_CHARACTER)
    return Estimate(text.scaled(_NAME_REGEX * PER_REGEX_CHARACTER))


def _selector(call: _Sizes) -> Estimate:
    size = call.of(call.args[0])
    return Estimate(Range(10, 10).plus(size.scaled(PER_CHARACTER)).plus(size.scaled(0.5).scaled(50)))


def _equals(call: _Sizes) -> Estimate | None:
    one, other = call.args[0].type, call.args[1].type
    if one != other or not one.name.startswith(("net.", "kubernetes.")):
        return None
    if one.name == "kubernetes.NamedFormat":
        return Estimate(Range(1, _FORMAT_SIZE).scaled(PER_CHARACTER))
    if one.name == "kubernetes.URL":
        size = call.args[1].size or ONE
        return Estimate(Range(1, size.most).scaled(PER_CHARACTER))
    return Estimate(ONE)


def _made_list(size: Range, factor: float = 1) -> Estimate:
    return Estimate(size.scaled(factor).plus(Range(11, 11)), size)


def _whole(node: Node, otherwise: int) -> int:
    value = node.expr.value if isinstance(node.expr, Literal) else None
    return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _slice(call: _Sizes) -> Estimate:
    start, end = _whole(call.args[0], 0), _whole(call.args[1], call.of(call.target).most)
    size = (end - start) % 2**64
    return _made_list(Range(size, size))


def _range(call: _Sizes) -> Estimate:
    size = _whole(call.args[0], UNBOUNDED)
    return _made_list(Range(size, size))


def _flatten(call: _Sizes) -> Estimate:
    depth = _whole(call.args[0], UNBOUNDED) if call.args else 1
    return _made_list(call.of(call.target), float(depth))


def _compare_all(node: Node | None, call: _Sizes) -> Estimate:
    size = call.of(node)
    text = call.overload.startswith(("list_string_", "list_bytes_"))
    return _made_list(size.times(size), 2 + PER_CHARACTER if text else 2)


def _sets(factor: int) -> "Callable[[_Sizes], Estimate]":
    def estimate(call: _Sizes) -> Estimate:
        return Estimate(call.of(call.args[0]).times(call.of(call.args[1])).scaled(factor).plus(ONE))

    return estimate


_ESTIMATES: dict[str, Callable[[_Sizes], Estimate | None]] = {
    "check": lambda call: Estimate(Range(CHECK, CHECK)),
    **dict.fromkeys(("fieldSelector", "labelSelector"), _selector),
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), _traversal),
    "url": _url,
    **dict.fromkeys(("lowerAscii", "upperAscii", "substring", "trim"), _read_target),
    "replace": _replace,
    "split": _split,
    "join": _join,
    **dict.fromkeys(("find", "findAll"), _find),
    **dict.fromkeys(
        ("cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver"), _read_argument
    ),
    "ip": _ip,
    "ip.isCanonical": _canonical,
    "containsIP": _contains_ip,
    "containsCIDR": _contains_cidr,
    "validate": _validate,
    "_==_": _equals,
    "slice": _slice,
    "lists.range": _range,
    "reverse": lambda call: _made_list(call.of(call.target)),
    "flatten": _flatten,
    **dict.fromkeys(("sort", "distinct"), lambda call: _compare_all(call.target, call)),
    "@sortByAssociatedKeys": lambda call: _compare_all(call.args[0], call),
    **dict.fromkeys(("sets.contains", "sets.intersects"), _sets(1)),
    "sets.equivalent": _sets(2),
}
"""Functions that are not here cost 1 in any case."""
