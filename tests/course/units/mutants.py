"""Small mistakes made by a machine in an exercise's solution, each in one place.

`cosmic-ray` and `mutmut` were looked at: both change files and start a test run for each mutant, and neither
makes the mistakes that learners make here: a wrong key or direction of a sort, a float where exact numbers
are needed, truth where presence is meant, a changed argument.  What is needed is a walk over a syntax tree.
"""

import ast
import copy
import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

COMPARED: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq, ast.LtE, ast.GtE],
    ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}
COMPUTED: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.FloorDiv],
    ast.Div: [ast.FloorDiv, ast.Mult],
    ast.FloorDiv: [ast.Mult],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.BitOr: [ast.BitAnd],
    ast.BitAnd: [ast.BitOr],
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any", "ceil": "floor", "floor": "ceil"}
UNWRAPPED = {"sorted", "reversed", "set", "deepcopy", "copy", "dict", "list", "int", "round", "abs", "bool"}
"""Calls that become their first argument: unsorted, not copied, not rounded."""
STRIPPED = {"copy", "lower", "upper", "strip", "keys", "values"}
"""Methods whose call becomes the object itself."""


class Mutant(NamedTuple):
    """One mistake: `name` says what line became what, and stays the same when other lines change."""

    name: str
    source: str


class Place(NamedTuple):
    """Where a node stands in its parent."""

    parent: ast.AST
    field: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        """Put `node` there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(source: str) -> list[Mutant]:
    """Return the mutants of a cell; each differs from it in one place, and no two are the same text."""
    tree = ast.parse(source)
    whole = ast.unparse(tree)
    seen = {whole}
    found: list[Mutant] = []
    times: Counter[str] = Counter()
    for place, node, path in _places(tree):
        for changed in _changed(node):
            place.put(changed)
            text = ast.unparse(ast.fix_missing_locations(tree))
            place.put(node)
            if text in seen or not _compiles(text):
                continue
            seen.add(text)
            name = f"{path}: {_difference(whole, text)}"
            times[name] += 1
            found.append(Mutant(name + (f" #{times[name]}" if times[name] > 1 else ""), text))
    return found + list(_that_change_arguments(tree, whole))


def _places(tree: ast.Module) -> Iterator[tuple[Place, ast.AST, str]]:
    """Yield every node that may be mutated, its place, and the functions that it is in."""

    def walk(node: ast.AST, path: str) -> Iterator[tuple[Place, ast.AST, str]]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            path = f"{path}.{node.name}" if path else node.name
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "bases", "ctx"):
                continue
            if isinstance(node, ast.Call) and field == "func" and isinstance(value, ast.Name):
                continue
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(child, ast.AST) or _is_docstring(child) or _is_import(child):
                    continue
                place = Place(node, field, index if isinstance(value, list) else None)
                yield place, child, path
                if isinstance(child, ast.Raise):
                    continue  # nobody compares what an error says
                yield from walk(child, path)

    yield from walk(tree, "")


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of `node`."""
    for kind, change in _CHANGES:
        if isinstance(node, kind):
            yield from change(node)


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for index, op in enumerate(node.ops):
        for other in COMPARED[type(op)]:
            if type(op) is ast.Eq and other is not ast.NotEq and _has_text(node):
                continue  # nobody orders names by mistake
            yield _with(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])
    if len(node.ops) != 1:
        return
    left, right = node.left, node.comparators[0]
    if isinstance(node.ops[0], ast.Is | ast.IsNot) and _is(right, None):  # truth for presence
        yield ast.UnaryOp(ast.Not(), left) if isinstance(node.ops[0], ast.Is) else left
    if (
        isinstance(node.ops[0], ast.Is | ast.IsNot)
        and isinstance(right, ast.Constant)
        and right.value is False
    ):
        yield ast.UnaryOp(ast.Not(), left) if isinstance(node.ops[0], ast.Is) else left
    is_key = isinstance(left, ast.Constant) and isinstance(right, ast.Name | ast.Subscript | ast.Attribute)
    if isinstance(node.ops[0], ast.In | ast.NotIn) and is_key:
        got = ast.Call(ast.Attribute(right, "get", ast.Load()), [left], [])
        yield ast.UnaryOp(ast.Not(), got) if isinstance(node.ops[0], ast.NotIn) else got


def _bool_op(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _with(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())
    for index in range(len(node.values)):
        rest = node.values[:index] + node.values[index + 1 :]
        yield _with(node, values=rest) if len(rest) > 1 else rest[0]


def _unary_op(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _bin_op(node: ast.BinOp) -> Iterator[ast.AST]:
    for other in COMPUTED.get(type(node.op), []):
        yield _with(node, op=other())
    if isinstance(node.op, ast.FloorDiv):  # float for exact, and rounded up
        real = ast.BinOp(node.left, ast.Div(), node.right)
        yield ast.Call(ast.Name("int", ast.Load()), [real], [])
        yield ast.Call(ast.Name("round", ast.Load()), [real], [])
        up = ast.BinOp(ast.UnaryOp(ast.USub(), node.left), ast.FloorDiv(), node.right)
        yield ast.UnaryOp(ast.USub(), up)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 2 + 1)
    elif isinstance(value, str):
        yield ast.Constant(value + "_")


def _if(node: ast.If) -> Iterator[ast.AST]:
    for value in (True, False):
        yield _with(node, test=ast.Constant(value))


def _if_exp(node: ast.IfExp) -> Iterator[ast.AST]:
    yield node.body
    yield node.orelse


def _comprehension(node: ast.comprehension) -> Iterator[ast.AST]:
    for index in range(len(node.ifs)):
        yield _with(node, ifs=node.ifs[:index] + node.ifs[index + 1 :])


def _call(node: ast.Call) -> Iterator[ast.AST]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in SWAPPED:
        called = _with(function, **{"attr" if isinstance(function, ast.Attribute) else "id": SWAPPED[name]})
        yield _with(node, func=called)
    if name in UNWRAPPED and node.args and not isinstance(node.args[0], ast.Starred):
        first = node.args[0]
        yield ast.List([ast.Starred(first, ast.Load())], ast.Load()) if _is_made(first) else first
    if name in STRIPPED and isinstance(function, ast.Attribute) and not node.args:
        yield function.value
    if name in ("sorted", "sort"):
        backwards = ast.keyword("reverse", ast.Constant(True))
        if not any(one.arg == "reverse" for one in node.keywords):
            yield _with(node, keywords=[*node.keywords, backwards])
    if name == "sum" and len(node.args) == 1:
        yield ast.Call(ast.Name("max", ast.Load()), node.args, [ast.keyword("default", ast.Constant(0))])
    if name == "Fraction" and len(node.args) == 2:  # float for exact
        yield ast.BinOp(node.args[0], ast.Div(), node.args[1])
    elif name in ("Fraction", "Decimal", "parse_quantity") and node.args:
        yield ast.Call(ast.Name("float", ast.Load()), [node], [])
    if name == "get" and len(node.args) == 2:
        if not (isinstance(node.args[1], ast.Constant) and node.args[1].value in ("", False)):
            yield _with(node, args=node.args[:1])
        if not _is_empty(node.args[1]):
            yield ast.BoolOp(ast.Or(), [_with(node, args=node.args[:1]), node.args[1]])
    for index in range(len(node.keywords)):
        if node.keywords[index].arg is not None:
            yield _with(node, keywords=node.keywords[:index] + node.keywords[index + 1 :])


def _dict(node: ast.Dict) -> Iterator[ast.AST]:
    """Leave an entry out, and let what comes later be overwritten by what came before."""
    for index in range(len(node.keys)):
        keep = [place for place in range(len(node.keys)) if place != index]
        yield _with(node, keys=[node.keys[i] for i in keep], values=[node.values[i] for i in keep])
    if len(node.keys) > 1 and None in node.keys:
        yield _with(node, keys=node.keys[::-1], values=node.values[::-1])


def _lambda(node: ast.Lambda) -> Iterator[ast.AST]:
    for body in _order(node.body):
        yield _with(node, body=body)


def _return(node: ast.Return) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Tuple) and len(node.value.elts) > 2:
        for value in _order(node.value):
            yield _with(node, value=value)


def _order(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what changes an order: parts of its key left out, changed about or turned round."""
    parts = node.elts if isinstance(node, ast.Tuple) else []
    for index, one in enumerate(parts):
        before, after = parts[:index], parts[index + 1 :]
        yield _with(node, elts=before + after)
        if not _is_empty(one):
            yield _with(node, elts=[*before, ast.UnaryOp(ast.USub(), one), *after])
        if before:
            yield _with(node, elts=[*before[:-1], one, before[-1], *after])


def _tuple_or_list(node: ast.Tuple | ast.List) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        for index in range(len(node.elts)):
            yield _with(node, elts=node.elts[:index] + node.elts[index + 1 :])


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    for bound in ("lower", "upper", "step"):
        if getattr(node, bound) is not None:
            yield _with(node, **{bound: None})


def _raise(node: ast.Raise) -> Iterator[ast.AST]:
    yield ast.Pass()
    yield ast.Raise(ast.Name("ArithmeticError", ast.Load()))


def _statement(node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _jump(node: ast.Break | ast.Continue) -> Iterator[ast.AST]:
    yield ast.Pass()
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()


def _loop(node: ast.For | ast.While) -> Iterator[ast.AST]:
    if isinstance(node, ast.While):
        yield _with(node, test=ast.Constant(False))
    else:
        yield ast.Pass()


_CHANGES: list[tuple[type | tuple[type, ...], Callable[..., Iterator[ast.AST]]]] = [
    (ast.Compare, _compare),
    (ast.BoolOp, _bool_op),
    (ast.UnaryOp, _unary_op),
    (ast.BinOp, _bin_op),
    (ast.Constant, _constant),
    (ast.If, _if),
    (ast.IfExp, _if_exp),
    (ast.comprehension, _comprehension),
    (ast.Call, _call),
    (ast.Dict, _dict),
    (ast.Lambda, _lambda),
    (ast.Return, _return),
    ((ast.Tuple, ast.List, ast.Set), lambda node: _tuple_or_list(node) if hasattr(node, "ctx") else iter(())),
    (ast.Slice, _slice),
    (ast.Raise, _raise),
    ((ast.Expr, ast.AugAssign, ast.Assign, ast.Delete), _statement),
    ((ast.Break, ast.Continue), _jump),
    ((ast.For, ast.While), _loop),
]

SPOILER = """
import copy as _copy, functools as _functools
_meant = {name}
@_functools.wraps(_meant)
def {name}(*args, **kwargs):
    answer = _copy.deepcopy(_meant(*args, **kwargs))
    spoilt = args[{index}]
    global _was_spoilt
    if isinstance(spoilt, dict):
        _was_spoilt = True
        spoilt["changed"] = True
    elif isinstance(spoilt, list):
        _was_spoilt = True
        spoilt.append("changed")
    return answer
"""
"""Gives the right answer and leaves an argument changed."""


def _that_change_arguments(tree: ast.Module, whole: str) -> Iterator[Mutant]:
    """Yield the function with each of its arguments changed by the call; the last one is the exercise."""
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    if not functions or any(isinstance(one, ast.ClassDef) and one is tree.body[-1] for one in tree.body):
        return
    name = functions[-1].name
    for index, argument in enumerate(functions[-1].args.args):
        text = whole + SPOILER.format(name=name, index=index)
        yield Mutant(f"{name}: changes its argument {argument.arg}", text)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _is(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _has_text(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in sides)


def _is_empty(node: ast.AST) -> bool:
    """Whether it is written down as nothing: 0, "", None, {}, []."""
    if isinstance(node, ast.Constant):
        return not node.value
    return isinstance(node, ast.Dict | ast.List | ast.Tuple) and ast.unparse(node) in ("{}", "[]", "()")


def _is_made(node: ast.AST) -> bool:
    return isinstance(node, ast.GeneratorExp)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _difference(before: str, after: str) -> str:
    """Return the lines that differ, as "old -> new"; of several the first."""
    gone, come = [], []
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line.startswith("- "):
            gone.append(line[2:].strip())
        elif line.startswith("+ "):
            come.append(line[2:].strip())
    told = [f"{lines[0]} ..." if len(lines) > 1 else (*lines, "nothing")[0] for lines in (gone, come)]
    return " -> ".join(told)
