"""A computation on lanes as a graph: the operations that the one traversal of SymPy's expressions performs, recorded.

Equal nodes are one node, so the graph is in common-subexpression form, and numbers are folded into constants.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from typing import Any, TypeAlias, Union

import numpy as np

from verify.errors import VerifyError


class NotLowered(VerifyError):
    """The claim needs an operation that the lane kernel does not have; the interpreter of arrays has it."""


class Rate(enum.IntEnum):
    """How often a node changes."""

    CONSTANT = 0
    LANE = 1  # once for each point
    TIME = 2  # with each step, the same for all points
    STEP = 3  # with each step, for each point


#: A sum with SHIFT is rounded to a whole number; its last bits are the exponent of 2 to that number.
SHIFT = 1.5 * 2.0**52 + 1023

#: The operations of real numbers by name, and what they do to doubles (the reference of the generated code).
#: ``pow2`` is 2**k of k + SHIFT for a whole number k; x = mantissa * 2**exponent with a mantissa in [1, 2).
NUMERIC: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "fma": lambda a, b, c: a * b + c,
    "neg": np.negative,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "rint": np.rint,
    "min": np.minimum,
    "max": np.maximum,
    "select": np.where,
    "copysign": np.copysign,
    "pow2": lambda shifted: np.ldexp(1.0, np.asarray(shifted - SHIFT, dtype=int)),
    "exponent": lambda x: np.frexp(x)[1] - 1.0,
    "mantissa": lambda x: 2 * np.frexp(x)[0],
}
LOGICAL: dict[str, Callable[..., Any]] = {
    "lt": np.less,
    "le": np.less_equal,
    "eq": np.equal,
    "nan": lambda a: np.isnan(a),
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
}
OPERATIONS = NUMERIC | LOGICAL

Operand: TypeAlias = Union["Node", float, int, bool]


class Node:
    """One value of the computation, the same as every other node with its operation and arguments."""

    __slots__ = ("args", "graph", "index", "op", "rate", "value")

    def __init__(self, graph: Graph, op: str, args: tuple[Node, ...], value: Any, rate: Rate) -> None:
        self.graph, self.op, self.args, self.value, self.rate = graph, op, args, value, rate
        self.index = len(graph.nodes)

    @property
    def is_logical(self) -> bool:
        """Whether it is a truth value."""
        if self.op == "select":
            return self.args[1].is_logical
        return self.op in LOGICAL or isinstance(self.value, bool)

    @property
    def is_constant(self) -> bool:
        """Whether it is a known number or truth value."""
        return self.op == "constant"

    def __add__(self, other: Operand) -> Node:
        return self.graph.apply("add", self, other)

    def __radd__(self, other: Operand) -> Node:
        return self.graph.apply("add", other, self)

    def __sub__(self, other: Operand) -> Node:
        return self.graph.apply("sub", self, other)

    def __rsub__(self, other: Operand) -> Node:
        return self.graph.apply("sub", other, self)

    def __mul__(self, other: Operand) -> Node:
        return self.graph.apply("mul", self, other)

    def __rmul__(self, other: Operand) -> Node:
        return self.graph.apply("mul", other, self)

    def __truediv__(self, other: Operand) -> Node:
        return self.graph.apply("div", self, other)

    def __rtruediv__(self, other: Operand) -> Node:
        return self.graph.apply("div", other, self)

    def __neg__(self) -> Node:
        return self.graph.apply("neg", self)

    def __lt__(self, other: Operand) -> Node:
        return self.graph.apply("lt", self, other)

    def __le__(self, other: Operand) -> Node:
        return self.graph.apply("le", self, other)

    def __gt__(self, other: Operand) -> Node:
        return self.graph.apply("lt", other, self)

    def __ge__(self, other: Operand) -> Node:
        return self.graph.apply("le", other, self)

    def __and__(self, other: Operand) -> Node:
        return self.graph.apply("and", self, other)

    __rand__ = __and__

    def __or__(self, other: Operand) -> Node:
        return self.graph.apply("or", self, other)

    __ror__ = __or__

    def __invert__(self) -> Node:
        return self.graph.apply("not", self)


class Graph:
    """All nodes of a computation, each after its arguments."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[tuple[Any, ...], Node] = {}

    def constant(self, value: float | bool) -> Node:
        """A number or a truth value."""
        value = bool(value) if isinstance(value, bool | np.bool_) else float(value)
        # 0.0 and -0.0, True and 1.0 are equal but not the same; NaN is the same as itself
        key = ("constant", type(value), math.copysign(1.0, value), None if value != value else value)
        return self._node(key, "constant", (), value, Rate.CONSTANT)

    def input(self, name: str, rate: Rate) -> Node:
        """A value that the kernel is given: a parameter of a point, the state, or the time."""
        return self._node(("input", name), "input", (), name, rate)

    def apply(self, op: str, *operands: Operand) -> Node:
        """The node of an operation, simplified where that changes no value."""
        args = tuple(arg if isinstance(arg, Node) else self.constant(arg) for arg in operands)
        if all(arg.is_constant for arg in args):
            with np.errstate(all="ignore"):
                return self.constant(np.asarray(OPERATIONS[op](*(arg.value for arg in args))).item())
        simpler = _simpler(op, args)
        if simpler is not None:
            return simpler
        if op in ("add", "mul", "min", "max", "and", "or", "eq"):
            args = tuple(sorted(args, key=lambda arg: arg.index))
        return self._node((op, *args), op, args, None, Rate(_rate(args)))

    def _node(self, key: tuple[Any, ...], op: str, args: tuple[Node, ...], value: Any, rate: Rate) -> Node:
        if key not in self._known:
            node = Node(self, op, args, value, rate)
            self.nodes.append(node)
            self._known[key] = node
        return self._known[key]


def _rate(args: tuple[Node, ...]) -> int:
    rates = {arg.rate for arg in args}
    return Rate.STEP if {Rate.LANE, Rate.TIME} <= rates else max(rates)


def _simpler(op: str, args: tuple[Node, ...]) -> Node | None:
    """An argument that the operation's value always equals, or a simpler operation."""
    first, second = args[0], args[-1]
    one, other = (first, second) if first.is_constant else (second, first)
    if op in ("and", "or") and one.is_constant:
        return other if bool(one.value) == (op == "and") else one
    if op in ("and", "or", "min", "max") and first is second:
        return first
    if op == "mul" and one.is_constant and one.value in (1.0, -1.0):
        return other if one.value == 1.0 else -other
    if op == "add" and one.is_constant and one.value == 0:
        return other
    if op == "add" and second.op == "neg":
        return first - second.args[0]
    if op == "sub" and second.is_constant and second.value == 0:
        return first
    if op == "sub" and second.op == "neg":
        return first + second.args[0]
    if op == "div" and second.is_constant and second.value == 1.0:
        return first
    if op == "div" and second.is_constant and _is_power_of_two(second.value):
        return first * float(1.0 / second.value)
    if op in ("neg", "not") and first.op == op:
        return first.args[0]
    if op == "abs" and first.op in ("neg", "abs"):
        absolute: Node = abs_of(first.args[0])
        return absolute
    if op == "select" and first.is_constant:
        return args[1] if first.value else args[2]
    if op == "select" and args[1] is args[2]:
        return args[1]
    return None


def abs_of(node: Node) -> Node:
    """The absolute value."""
    return node.graph.apply("abs", node)


def _is_power_of_two(value: float) -> bool:
    return math.isfinite(value) and value != 0 and abs(math.frexp(value)[0]) == 0.5
