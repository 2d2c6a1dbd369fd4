"""The small changes that can be made in a module, for tests.mutants."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

__all__ = ["Mutant", "is_docstring", "mutants"]

_COMPARE: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_NAMES = {
    one: other
    for pair in ("min max", "minimum maximum", "any all", "all_of any_of", "roundup rounddown")
    for one, other in (pair.split(), reversed(pair.split()))
}


#: Arguments that are for people to look at, or for the case that nothing else goes wrong.
_NO_RULES = ("about", "source", "strict", "repr", "width", "widths")


@dataclass(frozen=True)
class Mutant:
    """One change; ``apply`` makes it in the tree that it was found in.

    line, column: where it is in the source.
    ran: the lines of the statements of functions that it is in, or that use the constant that it
        is in; 0 for what does something when the module is imported.
    """

    line: int
    column: int
    ran: frozenset[int]
    text: str
    change: str
    apply: Callable[[], None] = field(compare=False, repr=False)


def mutants(source: str) -> tuple[ast.Module, list[Mutant]]:
    """A module's tree, and every change that can be made in it, in the order of its lines."""
    tree = ast.parse(source)
    lines = source.splitlines()
    used = _used(tree)
    found: list[Mutant] = []

    def visit(node: ast.AST, ran: int, in_function: bool) -> None:
        if isinstance(node, ast.stmt) and in_function:
            ran = node.lineno
        inside = in_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for name, value in ast.iter_fields(node):
            if isinstance(node, ast.keyword) and node.arg in _NO_RULES:
                continue
            if name in ("annotation", "returns", "decorator_list", "keywords" * _is_class(node)):
                continue
            values = value if isinstance(value, list) else [value]
            for at, child in enumerate(values):
                if not isinstance(child, ast.AST) or _is_left_alone(child):
                    continue
                place = (node, name, at if isinstance(value, list) else None)
                line, column = _located(child).lineno, _located(child).col_offset
                statement = child.lineno if isinstance(child, ast.stmt) and inside else ran
                where = frozenset([statement]) if statement else used.get(line, _AT_IMPORT)
                for other in _others(child):
                    change = f"{_words(child)}  ->  {_words(other)}"
                    if _words(child) == _words(other):  # such as two arguments that are alike
                        continue
                    apply = partial(_put, place, child, other)
                    text = lines[line - 1].strip()
                    found.append(Mutant(line, column, where, text, change, apply))
                # A default counts when the function does.
                first = _first(node) if isinstance(child, ast.arguments) else ran
                visit(child, first, in_function or (inside and name == "body"))

    visit(tree, 0, False)
    return tree, sorted(found, key=lambda each: (each.line, each.column))


_AT_IMPORT = frozenset([0])


def _used(tree: ast.Module) -> dict[int, frozenset[int]]:
    """The statements that use a module's own constants, by the lines of each constant."""
    statements: dict[str, set[int]] = {}
    constants: dict[str, ast.Assign] = {}
    for top in tree.body:
        match top:
            case ast.Assign([ast.Name(name)]) if name.startswith("_") and not name.endswith("__"):
                constants[name] = top
    users: dict[str, set[str]] = {}

    def look(node: ast.AST, line: int, constant: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
                if constant:
                    users.setdefault(child.id, set()).add(constant)
                else:
                    statements.setdefault(child.id, set()).add(line)
            is_function = isinstance(node, ast.FunctionDef) and child in node.body
            if isinstance(child, ast.stmt) and (line or is_function):
                look(child, child.lineno, "")
            else:
                look(child, line, constant)

    for top in tree.body:
        name = next((name for name, each in constants.items() if each is top), "")
        look(top, 0, name)
    found = {}
    for name, top in constants.items():
        waiting, names = [name], {name}
        while waiting:
            new = users.get(waiting.pop(), set()) - names
            names |= new
            waiting += new
        lines = frozenset().union(*(statements.get(each, ()) for each in names))
        for line in range(top.lineno, (top.end_lineno or top.lineno) + 1):
            found[line] = _AT_IMPORT if 0 in lines else lines
    return found


def _put(place: tuple[Any, str, int | None], old: Any, new: Any) -> None:
    node, name, at = place
    ast.fix_missing_locations(ast.copy_location(new, _located(old)))
    if at is None:
        setattr(node, name, new)
    else:
        getattr(node, name)[at] = new


def _first(function: Any) -> int:
    """The line of a function's first statement; 0 of a lambda's."""
    body = function.body if isinstance(function, ast.FunctionDef) else []
    return next((each.lineno for each in body if not is_docstring(each)), 0)


def _is_class(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef)


_NOWHERE = ast.Pass(lineno=1, col_offset=0)


def _located(node: Any) -> Any:
    """The node, or for one without a place, such as a comprehension, the first of its children."""
    while not hasattr(node, "lineno"):
        node = next(ast.iter_child_nodes(node), _NOWHERE)
    return node


def _is_left_alone(node: ast.AST) -> bool:
    """Annotations, imports, what is exported, docstrings, and what tests are not for."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.JoinedStr():
            return True
        case ast.Expr(ast.Constant()):
            return True
        case ast.Assign([ast.Name("__all__")]) | ast.If(ast.Name("TYPE_CHECKING")):
            return True
        case ast.expr_context() | ast.operator() | ast.cmpop() | ast.boolop() | ast.unaryop():
            return True
        case ast.Subscript(ast.Name(name)) | ast.Call(ast.Subscript(ast.Name(name))):
            return name in ("dict", "list", "set", "tuple", "frozenset", "defaultdict")
        case ast.Call(ast.Name("cast" | "TypeVar" | "NamedTuple")):
            return True
    return False


def _words(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 120 else text[:117] + "..."


def _others(node: ast.AST) -> Iterator[ast.AST]:
    """What a node may be changed to."""
    match node:
        case ast.Compare(left, operators, right):
            for at, operator in enumerate(operators):
                for other in _COMPARE[type(operator)]:
                    yield ast.Compare(left, [*operators[:at], other(), *operators[at + 1 :]], right)
        case ast.BinOp(left, operator, right) if type(operator) in _ARITHMETIC:
            if not any(isinstance(each, ast.JoinedStr) or _is_text(each) for each in (left, right)):
                yield ast.BinOp(left, _ARITHMETIC[type(operator)](), right)
        case ast.AugAssign(target, operator, value):
            if type(operator) in _ARITHMETIC and not isinstance(value, ast.JoinedStr):
                yield ast.AugAssign(target, _ARITHMETIC[type(operator)](), value)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            for at in range(len(values)):
                left = [*values[:at], *values[at + 1 :]]
                yield left[0] if len(left) == 1 else ast.BoolOp(operator, left)
        case ast.UnaryOp(ast.Not() | ast.USub() | ast.Invert(), operand):
            yield operand
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Constant(float(value)):
            yield ast.Constant(value * 2 + 1)
        case ast.Constant(str(value)) if " " not in value:
            yield ast.Constant(value[1:] if len(value) > 1 else "?")
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.comprehension(target, each, conditions, is_async) if conditions:
            for at in range(len(conditions)):
                left = [*conditions[:at], *conditions[at + 1 :]]
                yield ast.comprehension(target, each, left, is_async)
        case ast.Name(name, ast.Load()) if name in _NAMES:
            yield ast.Name(_NAMES[name], ast.Load())
        case ast.Call(function, arguments, keywords):
            plain = not any(isinstance(each, ast.Starred) for each in arguments)
            if plain and len(arguments) >= 2 and not _is_symmetric(function):
                yield ast.Call(function, [arguments[1], arguments[0], *arguments[2:]], keywords)
            if len(arguments) >= 2:
                for at in range(len(arguments)):
                    yield ast.Call(function, [*arguments[:at], *arguments[at + 1 :]], keywords)
            for at, each in enumerate(keywords):
                if each.arg not in _NO_RULES:
                    yield ast.Call(function, arguments, [*keywords[:at], *keywords[at + 1 :]])
    match node:
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.While(test, body, orelse) if not isinstance(test, ast.Constant):
            yield ast.While(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(value) if value is not None and not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.Raise() | ast.Continue() | ast.AugAssign() | ast.Delete():
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()


def _is_symmetric(function: ast.expr) -> bool:
    """Whether it does not matter which argument comes first."""
    return isinstance(function, ast.Name) and function.id in (*_NAMES, "both", "either")


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and _is_text(node.value)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
