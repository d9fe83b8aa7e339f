"""The same step with fewer and cheaper operations.

A result may differ by a few units in the last place; near the ends of the range of doubles an intermediate one may
overflow that did not, or the other way round.  A compiler that did this would do it in a way that depends on the order
of the instructions, and so would the answers of a kernel.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from verify.lowering.lanes.graph import Node, Rate
from verify.lowering.lanes.program import Program, Step, Watched, reachable, step_roots

#: What becomes of a node, given what became of those before it; None where it stays the same operation.
Rule: TypeAlias = Callable[[Node, Mapping[Node, Node]], Node | None]


def economical(program: Program) -> Program:
    """The program with shared reciprocals, common factors taken out, and no rounding of products before a sum."""
    for rule in (_reciprocals, _factors, _fusions):
        program = _rewritten(program, rule)
    return program


def _rewritten(program: Program, made: Callable[[_Uses], Rule]) -> Program:
    uses = _Uses(program)
    rule = made(uses)
    new: dict[Node, Node] = {}
    for node in uses.nodes:
        found = rule(node, new) if node in uses.operations else None
        if found is None:
            found = node.graph.apply(node.op, *(new[arg] for arg in node.args)) if node.args else node
        new[node] = found

    def step(old: Step) -> Step:
        watched = tuple(Watched(new[entry.gap], entry.size and new[entry.size]) for entry in old.watched)
        counted = old.counted and new[old.counted]
        return Step(tuple(new[node] for node in old.following), new[old.exists], counted, watched)

    usual = step(program.step)
    return replace(program, step=usual, last=usual if program.last is program.step else step(program.last))


class _Uses:
    """The nodes of the steps; those computed at each step (at each point, without steps); how often one is needed."""

    def __init__(self, program: Program) -> None:
        rate = Rate.STEP if program.state else Rate.LANE
        roots = [
            root for step in {id(s): s for s in (program.step, program.last)}.values() for root in step_roots(step)
        ]
        self.nodes = reachable(roots)
        self.operations = {node for node in self.nodes if node.rate is rate and node.args}
        self.counts = Counter(arg for node in self.operations for arg in node.args)
        self.counts.update(set(roots))
        self.divided = Counter(node.args[1] for node in self.operations if node.op == "div")

    def serves_once(self, node: Node) -> bool:
        """Whether it is computed for one other operation only."""
        return node in self.operations and self.counts[node] == 1


def _reciprocals(uses: _Uses) -> Rule:
    """What divides several numbers, or changes more seldom than what it divides, is inverted once."""

    def rule(node: Node, new: Mapping[Node, Node]) -> Node | None:
        quotient = node if node.op == "div" else _guarded(node)
        if quotient is None or (uses.divided[quotient.args[1]] < 2 and quotient.args[1] in uses.operations):
            return None
        numerator, divisor = (new[arg] for arg in quotient.args)
        reciprocal = 1 / divisor
        if quotient is not node:
            reciprocal = node.graph.apply("select", new[node.args[0]], math.nan, reciprocal)
        return numerator * reciprocal

    return rule


def _guarded(node: Node) -> Node | None:
    """The quotient that a node is where the divisor is not 0, being NaN where it is."""
    if node.op != "select" or node.args[2].op != "div":
        return None
    where, missing, quotient = node.args
    is_guard = where is node.graph.apply("eq", quotient.args[1], 0.0)
    return quotient if is_guard and missing is node.graph.constant(math.nan) else None


def _factors(uses: _Uses) -> Rule:
    """``a*b + a*c`` is ``a*(b + c)``, and ``a**2 * b**2`` is ``(a*b)**2``."""

    def rule(node: Node, new: Mapping[Node, Node]) -> Node | None:
        left, right = node.args[0], node.args[-1]
        if {left.op, right.op} != {"mul"} or not (uses.serves_once(left) and uses.serves_once(right)):
            return None
        (a, b), (c, d) = left.args, right.args
        if node.op == "mul" and a is b and c is d:
            root = new[a] * new[c]
            return root * root
        common = next((one for one in (a, b) if one in (c, d)), None)
        if node.op not in ("add", "sub") or common is None:
            return None
        first, second = (new[one if common is other else other] for one, other in ((a, b), (c, d)))
        return new[common] * node.graph.apply(node.op, first, second)

    return rule


def _fusions(uses: _Uses) -> Rule:
    """A product that is only added, or subtracted, is not rounded before."""

    def rule(node: Node, new: Mapping[Node, Node]) -> Node | None:
        products = [arg for arg in node.args if arg.op == "mul" and uses.serves_once(arg)]
        if node.op not in ("add", "sub") or not products:
            return None
        product = max(products, key=lambda arg: arg.index)  # the one that is known last
        addend = new[node.args[product is node.args[0]]]
        # what changes with each step changes its sign at no cost
        first, second = sorted((new[arg] for arg in product.args), key=lambda arg: (not arg.is_constant, -arg.rate))
        if node.op == "sub" and product is node.args[0]:
            addend = -addend
        elif node.op == "sub":
            first = -first
        return node.graph.apply("fma", first, second, addend)

    return rule
