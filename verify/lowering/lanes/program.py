"""What a lane kernel computes: the traced step of a claim, its state, and the margins that are watched on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from verify.lowering.lanes.graph import Graph, Node, Rate

#: Points that a kernel works on together, and steps between two looks for lanes that are done.
BLOCK, STRIDE = 64, 16
#: A state coordinate beyond HUGE has overflowed; one below TINY, but not 0, would soon be subnormal.
HUGE, TINY = 1e150, 1e-150
#: A relative margin below -CLEAR is a violation worth remembering from the first time on.
CLEAR = 1e-9

#: The operations that count as arithmetic.
ARITHMETIC = ("add", "sub", "mul", "div", "sqrt", "fma")

#: What a kernel answers for each point: the steps at which its assumptions were met, and for each watched margin the
#: least one and its step, and the first steps with a violation, with no value, with an overflow (-1 for none).
ANSWERS = ("margin", "at", "violated", "undefined", "overflowed")


@dataclass(frozen=True)
class Watched:
    """A relative margin ``gap/size``, or ``gap`` itself where it is a combination of such."""

    gap: Node
    size: Node | None


@dataclass(frozen=True)
class Step:
    """One step, as nodes in the inputs, the state and the time.

    Attributes:
        following: the state after the step, in order.
        exists: where the trajectory goes on.
        counted: where the assumptions are met; None if this step is not looked at.
        watched: the margins at this step.
    """

    following: tuple[Node, ...]
    exists: Node
    counted: Node | None
    watched: tuple[Watched, ...]


@dataclass(frozen=True)
class Program:
    """A computation over lanes.

    Attributes:
        graph: the nodes.
        inputs: the given numbers of a point, in order.
        state: the nodes of the state at the current step, in order.
        start: the state at time 0.
        alive: where the point is to be followed at all.
        bounded: where the state is neither huge nor tiny.
        step: what is done at each step (but the last, if that differs).
        last: what is done at the last step.
        time: the step's number.
    """

    graph: Graph
    inputs: tuple[Node, ...]
    state: tuple[Node, ...]
    start: tuple[Node, ...]
    alive: Node
    bounded: Node
    step: Step
    last: Step
    time: Node

    @property
    def arithmetic(self) -> int:
        """Additions, multiplications, divisions and roots of one step (a fused multiply-add is two)."""
        return sum({"fma": 2}.get(op, 1) * count for op, count in self._operations().items())

    @property
    def instructions(self) -> int:
        """As ``arithmetic``, a fused multiply-add being one, as the processor does it."""
        return sum(self._operations().values())

    def _operations(self) -> Counter[str]:
        nodes = reachable(step_roots(self.step))
        found = Counter(node.op for node in nodes if node.rate is Rate.STEP and node.op in ARITHMETIC)
        found["div"] += sum(entry.size is not None for entry in self.step.watched)
        return found


def step_roots(step: Step) -> list[Node]:
    """All nodes that a step needs."""
    roots = [*step.following, step.exists]
    if step.counted is not None:
        roots.append(step.counted)
        for entry in step.watched:
            roots += [entry.gap] if entry.size is None else [entry.gap, entry.size]
    return roots


def reachable(roots: Iterable[Node]) -> list[Node]:
    """The roots and all that they need, each after its arguments."""
    found: dict[int, Node] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.index not in found:
            found[node.index] = node
            waiting += node.args
    return [found[index] for index in sorted(found)]
