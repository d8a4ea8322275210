"""Where a module can be changed so that it does something else, and the changed text. Standard library alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}


@dataclass(frozen=True)
class Mutation:
    """One change: `old` at the line becomes `new`."""

    file: Path
    line: int
    start: int
    end: int
    """Bytes of the file."""
    old: str
    new: str

    def applied(self, source: bytes) -> bytes:
        """Return the file's text with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def __str__(self) -> str:
        old, new = " ".join(self.old.split()), " ".join(self.new.split())
        return f"{self.file}:{self.line}: {old[:110]}  ->  {new[:110]}"


def mutations(root: Path, file: Path) -> list[Mutation]:
    """Return every change of a file (below `root`) that still compiles.

    Left alone: docstrings, annotations, decorators, `__all__`, imports, f-strings, texts with a space in them
    (sentences for people), what is said in the log, names of threads, and types that `cast` and `TypeVar` are told.
    """
    source = (root / file).read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node, changed in _walk(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        text = ast.unparse(changed)
        new = text if isinstance(changed, ast.stmt) else f"({text})"
        one = Mutation(file, node.lineno, start, end, source[start:end].decode(), new)
        if _compiles(one.applied(source)):
            found.append(one)
    return found


def _compiles(source: bytes) -> bool:
    try:
        compile(source, "mutated", "exec")
    except SyntaxError:
        return False
    return True


Change = tuple[ast.expr | ast.stmt, ast.AST]


def _walk(node: ast.AST) -> Iterator[Change]:
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_comment", "keywords"} and isinstance(
            node, ast.arg | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.AnnAssign
        ):
            continue
        told = name == "args" and isinstance(node, ast.Call) and _tells_type(node.func)  # the first argument is a type
        for inner in value[1 if told else 0 :] if isinstance(value, list) else [value]:
            if isinstance(inner, ast.AST) and not _left_alone(inner):
                yield from _changes(inner)
                yield from _walk(inner)


def _left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr():  # places inside f-strings are not told before 3.12
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=function)) if _logs(function):
            return True
        case ast.keyword(arg="thread_name_prefix"):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            alias = name[:1].isupper() and not name.isupper()  # of a type
            return name == "__all__" or (alias and isinstance(node.value, ast.Subscript | ast.BinOp))
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False


def _tells_type(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in {"cast", "TypeVar", "NewType"}


def _logs(function: ast.expr) -> bool:
    words = {"debug", "info", "warning", "error", "exception"}
    return isinstance(function, ast.Attribute) and function.attr in words and "log" in ast.unparse(function.value)


def _changes(node: ast.AST) -> Iterator[Change]:  # noqa: C901 (a table)
    match node:
        case ast.Compare(ops=[operator, *rest]) if type(operator) in _COMPARED:
            yield node, ast.Compare(node.left, [_COMPARED[type(operator)](), *rest], node.comparators)
        case ast.BoolOp():
            yield node, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            yield node, ast.BoolOp(node.op, node.values[:-1]) if len(node.values) > 2 else node.values[0]
        case ast.UnaryOp(op=ast.Not()):
            yield node, node.operand
        case ast.BinOp() if type(node.op) in _COUNTED and not isinstance(node.left, ast.Constant):
            yield node, ast.BinOp(node.left, _COUNTED[type(node.op)](), node.right)
        case ast.Constant():
            yield from ((node, ast.Constant(value)) for value in _others(node.value))
        case ast.If() | ast.While() | ast.IfExp():
            yield node.test, ast.Constant(value=False)
            if not isinstance(node, ast.While):
                yield node.test, ast.Constant(value=True)
        case ast.comprehension(ifs=[condition, *_]):
            yield condition, ast.Constant(value=True)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield node, ast.Return(ast.Constant(value=None))
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign() | ast.Raise():
            yield node, ast.Pass()
        case ast.Continue():
            yield node, ast.Break()
        case ast.Break():
            yield node, ast.Continue()


def _others(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1]
        case str() if value and " " not in value.strip(" "):
            return [value + "x"]
        case bytes() if value:
            return [value + b"x"]
    return []
