"""The arithmetic that records: numbers are nodes of a graph, and a value that does not exist is NaN."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from verify.lowering.floats import Floats
from verify.lowering.lanes import functions
from verify.lowering.lanes.graph import Graph, Node, NotLowered, Operand


class Traced:
    """Numbers as nodes of one graph; no sign is ever certain, as for batches of doubles."""

    name = "lanes"

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def node(self, value: Operand) -> Node:
        """A number or truth value as a node."""
        return value if isinstance(value, Node) else self.graph.constant(value)

    def rational(self, numerator: int, denominator: int) -> Node:
        """The double nearest to numerator/denominator."""
        return self.graph.constant(numerator / denominator)

    def divide(self, left: Operand, right: Operand) -> Node:
        """left/right; NaN where right is 0."""
        left, right = self.node(left), self.node(right)
        return self.where(self.graph.apply("eq", right, 0.0), math.nan, left / right)

    def power(self, base: Operand, exponent: Fraction) -> Node:
        """base**exponent; 0 has no negative powers."""
        base = self.node(base)
        if exponent < 0:
            return self.divide(1.0, functions.rational_power(base, -exponent))
        return functions.rational_power(base, exponent)

    def real_power(self, base: Operand, exponent: Operand) -> Node:
        """base**exponent for an exponent that is only known in the kernel."""
        base, exponent = self.node(base), self.node(exponent)
        if base.is_constant and exponent.is_constant:
            with np.errstate(all="ignore"):
                return self.graph.constant(float(Floats().real_power(base.value, exponent.value)))
        return functions.power(base, exponent)

    def call(self, name: str, arguments: list[Operand]) -> Node:
        """The function of that name.

        Raises:
            NotLowered: the kernel does not have it.
        """
        nodes = [self.node(argument) for argument in arguments]
        if all(node.is_constant for node in nodes):
            with np.errstate(all="ignore"):
                return self.graph.constant(float(Floats().call(name, [node.value for node in nodes])))
        if name in ("Min", "Max"):
            result = nodes[0]
            for node in nodes[1:]:
                result = self.graph.apply(name.lower(), result, node)
            return result
        if name == "Heaviside":  # SymPy's carries its value at 0 as a second argument
            (at, *_) = nodes
            return self.where(at > 0, 1.0, self.where(at < 0, 0.0, math.nan))
        if name == "DiracDelta":
            return self.where(self.graph.apply("eq", nodes[0], 0.0), math.nan, 0.0)
        if name not in functions.FUNCTIONS or len(nodes) != 1:
            raise NotLowered(f"the lane kernel has no {name}")
        result = functions.FUNCTIONS[name](nodes[0])
        assert isinstance(result, Node)
        return result

    def sign(self, number: Any) -> int | None:
        """The sign of a constant (a lane has none)."""
        if not number.is_constant or math.isnan(number.value):
            return None
        return int(number.value > 0) - int(number.value < 0)

    def as_rational(self, number: Any) -> Fraction | None:
        """A whole constant as a Fraction."""
        return Fraction(int(number.value)) if number.is_constant and float(number.value).is_integer() else None

    def kept(self, number: Any) -> Any:
        """The number itself."""
        return number

    # --- what arrays have besides -------------------------------------------------------------------------------

    def where(self, condition: Operand, then: Operand, otherwise: Operand) -> Node:
        """``then`` where the condition holds, ``otherwise`` where not."""
        return self.graph.apply("select", condition, then, otherwise)

    def equal(self, left: Operand, right: Operand) -> Node:
        """Where two numbers are equal."""
        return self.graph.apply("eq", left, right)

    def is_nan(self, number: Operand) -> Node:
        """Where a number does not exist."""
        return self.graph.apply("nan", number)
