"""From a program to LLVM's language: vectors of lanes, the time loop inside, blocks of 64 points.

LLVM is what numba compiles with; written directly, a kernel is compiled in tens of milliseconds instead of seconds, and
its lanes are vectors without an optimizer having to find that out.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping

from verify.lowering.lanes.graph import Node, Rate
from verify.lowering.lanes.program import ANSWERS, BLOCK, CLEAR, STRIDE, Program, Step, Watched, reachable, step_roots
from verify.lowering.lanes.stagger import staggered

#: Lanes in one vector value.
WIDTH = 8
NAME = "lanes"
#: What a branch that is hardly ever taken says of itself.
_RARELY, _WEIGHTS = ", !prof !0", '!0 = !{!"branch_weights", i32 1, i32 1000}'

_INTRINSICS = {"abs": "fabs", "sqrt": "sqrt", "floor": "floor", "rint": "rint", "copysign": "copysign", "fma": "fma"}
_BINARY = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_COMPARISONS = {"lt": "olt", "le": "ole", "eq": "oeq"}


def emit(program: Program, width: int = WIDTH, chains: int = 1) -> str:
    """The kernel of a program as LLVM assembly, with vectors of that width, so many of them worked on together.

    ``void lanes(double *inputs, double *answers, i64 *next, i64 points, i64 steps)`` works on inputs and answers that
    are stored row by row, with so many points (a multiple of 64) in a row.  It takes the block of points at ``next``
    and moves that on, until none is left; threads that are given the same ``next`` share the blocks.
    """
    return _Emitter(program, width, chains).text()


class _Emitter:
    def __init__(self, program: Program, width: int, chains: int) -> None:
        self.program, self.width, self.chains = program, width, chains
        self.v, self.i, self.b = f"<{width} x double>", f"<{width} x i64>", f"<{width} x i1>"
        self.lines: list[str] = []
        self.count = 0
        self.rows: dict[object, int] = {}
        self.is_run = bool(program.state)
        steps = {id(step): step for step in (program.step, program.last)}.values()
        self.hoisted = _hoisted([node for step in steps for node in step_roots(step)]) if self.is_run else []
        self.watched = program.last.watched
        self.counts_by_block = (
            program.step is program.last and program.step.counted is not None and self._is_steady(program.step)
        )

    @staticmethod
    def _is_steady(step: Step) -> bool:
        """Whether a lane that is alive is counted at every step."""
        return step.exists.is_constant and bool(step.exists.value) and _is_true(step.counted)

    # --- text ---------------------------------------------------------------------------------------------------

    def text(self) -> str:
        body = self._kernel()
        rows = max(self.rows.values(), default=0) + 1
        unary = [
            f"declare {self.v} @llvm.{name}.v{self.width}f64({self.v})" for name in ("fabs", "sqrt", "floor", "rint")
        ]
        more = [
            f"declare {self.v} @llvm.copysign.v{self.width}f64({self.v}, {self.v})",
            f"declare {self.v} @llvm.fma.v{self.width}f64({self.v}, {self.v}, {self.v})",
        ]
        head = [
            f"define void @{NAME}(ptr noalias %inputs, ptr noalias %answers, ptr %next, i64 %points, i64 %steps) {{",
            "entry:",
            f"  %rows = alloca [{rows * BLOCK} x double], align 64",
            "  br label %block.next",
        ]
        return "\n".join([*unary, *more, *head, *body, "}", _WEIGHTS, ""])

    def _kernel(self) -> list[str]:
        self._label("block.next")
        self._add(f"%at = atomicrmw add ptr %next, i64 {BLOCK} monotonic")
        self._add("%more = icmp slt i64 %at, %points")
        self._add("br i1 %more, label %block, label %exit")
        self._label("block")
        self._add("br label %begin.chunk")
        self._chunk_loop("begin", "block", self._begin, "check")
        self._label("check")
        self._add("%t0 = phi i64 [ 0, %begin.done ], [ %t1, %steps.done ]")
        self._add("br label %check.chunk")
        self._chunk_loop("check", "check", self._check, "check.done", carries=f"i{self.width}")
        self._add(f"%none = icmp eq i{self.width} %check.any.next, 0")
        self._add("br i1 %none, label %finish, label %steps.begin")
        self._label("steps.begin")
        self._add(f"%limit.plain = add i64 %t0, {STRIDE}")
        self._add("%beyond = icmp sgt i64 %limit.plain, %steps")
        self._add("%limit = select i1 %beyond, i64 %steps, i64 %limit.plain")
        self._time_loop()
        self._label("finish")
        self._add("br label %end.chunk")
        self._chunk_loop("end", "finish", self._finish, "block.next")
        self._label("exit")
        self._add("ret void")
        return self.lines

    def _time_loop(self) -> None:
        """Steps t0, ..., limit - 1; then, at the end of the run, the last step."""
        step = self.program.step
        loops = ["eager", "step"] if self.chains > 1 and step.counted is not None and step.watched else ["step"]
        self._add("%some = icmp slt i64 %t0, %limit")
        self._add("br i1 %some, label %onward, label %last.maybe")
        self._label("onward")
        if "eager" in loops:
            self._add(f"br i1 {self._margins_fall()}, label %eager, label %step")
        else:
            self._add("br label %step")
        for name in loops:
            self._label(name)
            self._add(f"%{name}.t = phi i64 [ %t0, %onward ], [ %{name}.t.next, %{name}.done ]")
            self._step_body(name, f"%{name}.t", step)
            self._add(f"%{name}.t.next = add i64 %{name}.t, 1")
            self._add(f"%{name}.further = icmp slt i64 %{name}.t.next, %limit")
            self._add(f"br i1 %{name}.further, label %{name}, label %last.maybe")
        self._label("last.maybe")
        ends = [f"[ %{name}.t.next, %{name}.done ]" for name in loops]
        self._add(f"%t1 = phi i64 [ %t0, %steps.begin ], {', '.join(ends)}")
        self._add("%is.last = icmp eq i64 %t1, %steps")
        self._add("br i1 %is.last, label %last, label %steps.done")
        self._label("last")
        self._step_body("last", "%t1", self.program.last)
        self._add("br label %finish")
        self._label("steps.done")
        self._add("br label %check")

    def _margins_fall(self) -> str:
        """Whether a margin of the block's first vector was the least so far at the step before: others will be."""
        before = self._spread(self._new(f"sitofp i64 {self._new('sub i64 %t0, 1')} to double"))
        self._add("%first.base = getelementptr double, ptr %rows, i64 0")
        falls = ""
        for number in range(len(self.watched)):
            last = self._new(f"fcmp oge {self.v} {self._load('%first', ('at', number))}, {before}")
            falls = self._new(f"or {self.b} {falls}, {last}") if falls else last
        return self._some(falls)

    def _step_body(self, name: str, t: str, step: Step) -> None:
        values: dict[Node, str] = {}
        now = self._spread(self._new(f"sitofp i64 {t} to double"))
        values[self.program.time] = now
        timed = [node for node in reachable(step_roots(step)) if node.rate is Rate.TIME]
        self._nodes(timed, values)
        self._add(f"br label %{name}.chunk")
        eager = name == "eager" or not self.is_run
        chains = 1 if name == "last" and self.is_run else self.chains

        def body(place: str) -> None:
            self._step(place, step, dict(values), now, eager)

        self._chunk_loop(name, None, body, None, chains=chains)

    # --- loops over the vectors of a block -----------------------------------------------------------------------

    def _chunk_loop(
        self,
        name: str,
        before: str | None,
        body: Callable[[str], None],
        after: str | None,
        carries: str = "",
        chains: int = 1,
    ) -> None:
        """The loop over a block's vectors, some at a time; ends in the label ``name.done`` unless another is named."""
        before = before if before is not None else self.lines_label
        self._label(f"{name}.chunk")
        self._add(f"%{name}.j = phi i64 [ 0, %{before} ], [ %{name}.j.next, %{name}.turn ]")
        if carries:
            self._add(f"%{name}.any = phi {carries} [ 0, %{before} ], [ %{name}.any.next, %{name}.turn ]")
        places = [f"%{name}.j{chain}" for chain in range(chains)]
        for chain, place in enumerate(places):
            self._add(f"{place} = add nuw nsw i64 %{name}.j, {chain * self.width}")
            self._add(f"{place}.base = getelementptr double, ptr %rows, i64 {place}")
        self.lines += staggered([self._apart(body, place) for place in places])
        self._add(f"br label %{name}.turn")
        self._label(f"{name}.turn")
        self._add(f"%{name}.j.next = add nuw nsw i64 %{name}.j, {chains * self.width}")
        self._add(f"%{name}.go = icmp ult i64 %{name}.j.next, {BLOCK}")
        done = after if after not in (None, "check") else f"{name}.done"
        self._add(f"br i1 %{name}.go, label %{name}.chunk, label %{done}")
        if done.endswith(".done"):
            self._label(done)
            if after == "check":
                self._add("br label %check")

    def _apart(self, body: Callable[[str], None], place: str) -> list[str]:
        """The lines that a body adds for the vector at a place."""
        lines, self.lines = self.lines, []
        body(place)
        added, self.lines = self.lines, lines
        return added

    def _begin(self, place: str) -> None:
        program = self.program
        values = self._inputs(place)
        roots = [*self.hoisted, *program.start, program.alive]
        self._nodes(roots, values)
        for node in self.hoisted:
            self._store(place, ("lane", node.index), self._stored(values, node))
        for number, node in enumerate(program.start):
            self._store(place, ("state", number), self._value(values, node))
        self._store_mask(place, "alive", self._value(values, program.alive))
        self._store(place, "count", self._splat(0.0))
        for number in range(len(self.watched)):
            for answer in ANSWERS:
                self._store(place, (answer, number), self._splat(float("inf") if answer == "margin" else -1.0))

    def _check(self, place: str) -> None:
        """Lanes whose state is out of bounds end; is any left?"""
        values = self._state(place)
        alive = self._load_mask(place, "alive")
        bounded = self.program.bounded
        if not bounded.is_constant:
            self._nodes([bounded], values)
            alive = self._new(f"and {self.b} {alive}, {self._value(values, bounded)}")
            self._store_mask(place, "alive", alive)
            for number, node in enumerate(self.program.state):  # else what a dead lane computes may be slow
                still = self._new(f"select {self.b} {alive}, {self.v} {values[node]}, {self.v} zeroinitializer")
                self._store(place, ("state", number), still)
        if self.counts_by_block:
            steps = self._new("sub i64 %steps, %t0")
            inside = self._new(f"icmp sle i64 {steps}, {STRIDE}")
            plain = self._new(f"add i64 {steps}, 1")
            chosen = self._new(f"select i1 {inside}, i64 {plain}, i64 {STRIDE}")
            spread = self._spread(self._new(f"sitofp i64 {chosen} to double"))
            gained = self._new(f"select {self.b} {alive}, {self.v} {spread}, {self.v} zeroinitializer")
            self._store(place, "count", self._new(f"fadd {self.v} {self._load(place, 'count')}, {gained}"))
        bits = self._new(f"bitcast {self.b} {alive} to i{self.width}")
        self._add(f"%check.any.next = or i{self.width} %check.any, {bits}")

    def _step(self, place: str, step: Step, values: dict[Node, str], now: str, eager: bool) -> None:
        values |= self._state(place)
        values |= self._lane_values(place, reachable(step_roots(step)))
        alive = self._load_mask(place, "alive")
        self._nodes(step_roots(step), values)
        for number, node in enumerate(step.following):
            if node is not self.program.state[number]:
                self._store(place, ("state", number), self._value(values, node))
        if not _is_true(step.exists):
            going = self._new(f"and {self.b} {alive}, {self._value(values, step.exists)}")
            self._store_mask(place, "alive", going)
        if step.counted is not None:
            self._watch(place, step, values, alive, now, eager)

    def _watch(self, place: str, step: Step, values: dict[Node, str], alive: str, now: str, eager: bool) -> None:
        """Count, and keep the least margins: at once, or only where one is less than the least so far (or no number).

        The answers are the same.  To look first saves a division and two stores, but costs a comparison and a jump.
        """
        assert step.counted is not None
        if not _is_true(step.counted):
            alive = self._new(f"and {self.b} {alive}, {self._value(values, step.counted)}")
        if not self.counts_by_block:
            one = self._new(f"select {self.b} {alive}, {self.v} {self._splat(1.0)}, {self.v} zeroinitializer")
            self._store(place, "count", self._new(f"fadd {self.v} {self._load(place, 'count')}, {one}"))
        if not step.watched:
            return
        bounds = [self._bound(place, number, entry, values) for number, entry in enumerate(step.watched)]
        if eager:
            self._keep(place, step, values, bounds, alive, now)
            return
        less = ""
        for entry, bound in zip(step.watched, bounds, strict=True):
            here = self._new(f"fcmp ult {self.v} {self._value(values, entry.gap)}, {bound}")
            less = self._new(f"or {self.b} {less}, {here}") if less else here
        some = self._some(self._new(f"and {self.b} {less}, {alive}"))
        self._aside(f"{place}.look", some, lambda: self._keep(place, step, values, bounds, alive, now))

    def _bound(self, place: str, number: int, entry: Watched, values: dict[Node, str]) -> str:
        """What a gap has to be below for the least margin so far; NaN where the size is no finite number."""
        best = self._load(place, ("margin", number), volatile=True)
        if entry.size is None:
            return best
        size = self._value(values, entry.size)
        return self._call("fma", best, size, self._new(f"fsub {self.v} {size}, {size}"))

    def _keep(self, place: str, step: Step, values: dict[Node, str], bounds: list[str], alive: str, now: str) -> None:
        """Keep the least margins and their steps; where one is a violation or no number, the first steps of these."""
        margins = []
        odd = ""
        for number, (entry, bound) in enumerate(zip(step.watched, bounds, strict=True)):
            gap = margin = self._value(values, entry.gap)
            if entry.size is not None:
                margin = self._new(f"fdiv {self.v} {gap}, {self._value(values, entry.size)}")
            better = self._new(f"and {self.b} {alive}, {self._new(f'fcmp olt {self.v} {gap}, {bound}')}")
            self._mark(place, ("margin", number), better, margin, once=False)
            self._mark(place, ("at", number), better, now, once=False)
            strange = self._new(f"fcmp ult {self.v} {margin}, {self._splat(-CLEAR)}")
            odd = self._new(f"or {self.b} {odd}, {strange}") if odd else strange
            margins.append(margin)

        def mark() -> None:
            inside = dict(values)
            self._nodes([self.program.bounded], inside)
            valid = self._new(f"and {self.b} {alive}, {self._value(inside, self.program.bounded)}")
            for number, (entry, margin) in enumerate(zip(step.watched, margins, strict=True)):
                self._odd(place, number, entry, values, (alive, valid), margin, now)

        self._aside(f"{place}.odd", self._some(self._new(f"and {self.b} {odd}, {alive}")), mark, _RARELY)

    def _some(self, lanes: str) -> str:
        """Whether there is one of these lanes."""
        return self._new(f"icmp ne i{self.width} {self._new(f'bitcast {self.b} {lanes} to i{self.width}')}, 0")

    def _aside(self, label: str, condition: str, body: Callable[[], None], weights: str = "") -> None:
        """What is done under a condition; one entry of the lines, since it stays together."""
        before, self.lines = self.lines, []
        self._add(f"br i1 {condition}, label {label}, label {label}.over{weights}")
        self._label(label[1:])
        body()
        self._add(f"br label {label}.over")
        self._label(f"{label[1:]}.over")
        self.lines = [*before, "\n".join(self.lines)]

    def _odd(
        self,
        place: str,
        number: int,
        entry: Watched,
        values: dict[Node, str],
        where: tuple[str, str],
        margin: str,
        now: str,
    ) -> None:
        """Keep the first steps with a violation, without a value, with an overflow."""
        alive, valid = where
        bad = self._new(f"and {self.b} {alive}, {self._new(f'fcmp olt {self.v} {margin}, {self._splat(-CLEAR)}')}")
        self._mark(place, ("violated", number), bad, now)
        missing = self._new(f"and {self.b} {valid}, {self._new(f'fcmp uno {self.v} {margin}, {margin}')}")
        if entry.size is not None:
            huge = self._new(f"fcmp oeq {self.v} {self._value(values, entry.size)}, {self._splat(float('inf'))}")
            self._mark(place, ("overflowed", number), self._new(f"and {self.b} {missing}, {huge}"), now)
            small = self._new(f"xor {self.b} {huge}, {self._all_true}")
            missing = self._new(f"and {self.b} {missing}, {small}")
        self._mark(place, ("undefined", number), missing, now)

    def _mark(self, place: str, row: object, where: str, value: str, *, once: bool = True) -> None:
        """Set a row where a condition holds, and, if only once, where it is still below 0."""
        before = self._load(place, row, volatile=True)
        if once:
            unset = self._new(f"fcmp olt {self.v} {before}, zeroinitializer")
            where = self._new(f"and {self.b} {where}, {unset}")
        self._store(place, row, self._new(f"select {self.b} {where}, {self.v} {value}, {self.v} {before}"))

    def _finish(self, place: str) -> None:
        rows: list[object] = ["count"]
        for number in range(len(self.watched)):
            rows += [(answer, number) for answer in ANSWERS]
        for index, row in enumerate(rows):
            value = self._load(place, row)
            target = self._address("%answers", place, index)
            self._add(f"store {self.v} {value}, ptr {target}, align 8")

    # --- values -------------------------------------------------------------------------------------------------

    def _inputs(self, place: str) -> dict[Node, str]:
        values = {}
        for index, node in enumerate(self.program.inputs):
            values[node] = self._new(f"load {self.v}, ptr {self._address('%inputs', place, index)}, align 8")
        return values

    def _lane_values(self, place: str, nodes: Iterable[Node]) -> dict[Node, str]:
        """What was computed once for each point and is needed here."""
        if not self.is_run:
            return self._inputs(place)
        needed = set(nodes)
        values = {}
        for node in self.hoisted:
            if node in needed:
                loaded = self._load(place, ("lane", node.index))
                values[node] = self._new(f"fcmp olt {self.v} {loaded}, zeroinitializer") if node.is_logical else loaded
        return values

    def _state(self, place: str) -> dict[Node, str]:
        return {node: self._load(place, ("state", number)) for number, node in enumerate(self.program.state)}

    def _value(self, values: dict[Node, str], node: Node) -> str:
        return self._constant(node) if node.is_constant else values[node]

    def _stored(self, values: dict[Node, str], node: Node) -> str:
        """A lane's value as a double: a truth value as -1 or 1."""
        value = self._value(values, node)
        if not node.is_logical:
            return value
        return self._new(f"select {self.b} {value}, {self.v} {self._splat(-1.0)}, {self.v} {self._splat(1.0)}")

    def _nodes(self, roots: Iterable[Node], values: dict[Node, str]) -> None:
        """Compute the roots from what has a value already."""
        for node in _wanted(roots, values):
            values[node] = self._node(node, [self._value(values, arg) for arg in node.args])

    def _node(self, node: Node, args: list[str]) -> str:
        op = node.op
        if op in _BINARY:
            return self._new(f"{_BINARY[op]} {self.v} {args[0]}, {args[1]}")
        if op in _INTRINSICS:
            return self._call(op, *args)
        if op in _COMPARISONS:
            return self._new(f"fcmp {_COMPARISONS[op]} {self.v} {args[0]}, {args[1]}")
        if op in ("and", "or"):
            return self._new(f"{op} {self.b} {args[0]}, {args[1]}")
        if op in ("min", "max"):
            return self._extreme(node, args)
        kind = self.b if node.is_logical else self.v
        if op == "select":
            return self._new(f"select {self.b} {args[0]}, {kind} {args[1]}, {kind} {args[2]}")
        simple = {
            "neg": f"fneg {self.v} {args[0]}",
            "not": f"xor {self.b} {args[0]}, {self._all_true}",
            "nan": f"fcmp uno {self.v} {args[0]}, {args[0]}",
        }
        return self._new(simple[op]) if op in simple else self._bits(op, args[0])

    def _call(self, op: str, *args: str) -> str:
        inside = ", ".join(f"{self.v} {arg}" for arg in args)
        return self._new(f"call {self.v} @llvm.{_INTRINSICS[op]}.v{self.width}f64({inside})")

    def _extreme(self, node: Node, args: list[str]) -> str:
        """The lesser or larger one; NaN where one is."""
        order = "olt" if node.op == "min" else "ogt"
        known = next((number for number, arg in enumerate(node.args) if arg.is_constant), None)
        first, second = (args[1], args[0]) if known == 1 else (args[0], args[1])
        # a comparison with NaN fails, so the second one wins then
        before = self._new(f"fcmp {order} {self.v} {first}, {second}")
        chosen = self._new(f"select {self.b} {before}, {self.v} {first}, {self.v} {second}")
        if known is not None:
            return chosen
        missing = self._new(f"fcmp uno {self.v} {first}, {first}")
        return self._new(f"select {self.b} {missing}, {self.v} {first}, {self.v} {chosen}")

    def _bits(self, op: str, value: str) -> str:
        """Powers of two, exponents and mantissas by the bits of a double."""
        if op == "pow2":
            whole = self._new(f"bitcast {self.v} {value} to {self.i}")
            return self._new(f"bitcast {self.i} {self._new(f'shl {self.i} {whole}, {self._integers(52)}')} to {self.v}")
        bits = self._new(f"bitcast {self.v} {value} to {self.i}")
        if op == "exponent":
            field = self._new(
                f"and {self.i} {self._new(f'lshr {self.i} {bits}, {self._integers(52)}')}, {self._integers(0x7FF)}"
            )
            number = self._new(f"or {self.i} {field}, {self._integers(0x433 << 52)}")
            return self._new(
                f"fsub {self.v} {self._new(f'bitcast {self.i} {number} to {self.v}')}, {self._splat(2.0**52 + 1023)}"
            )
        assert op == "mantissa", op
        kept = self._new(f"and {self.i} {bits}, {self._integers((1 << 52) - 1)}")
        return self._new(
            f"bitcast {self.i} {self._new(f'or {self.i} {kept}, {self._integers(0x3FF << 52)}')} to {self.v}"
        )

    # --- memory -------------------------------------------------------------------------------------------------

    def _address(self, base: str, place: str, row: int) -> str:
        point = self._new(f"add i64 %at, {place}")
        start = self._new(f"mul i64 %points, {row}")
        return self._new(f"getelementptr double, ptr {base}, i64 {self._new(f'add i64 {point}, {start}')}")

    def _slot(self, place: str, row: object) -> str:
        number = self.rows.setdefault(row, len(self.rows))
        return self._new(f"getelementptr double, ptr {place}.base, i64 {number * BLOCK}")

    def _load(self, place: str, row: object, *, volatile: bool = False) -> str:
        # volatile: else a row that is stored under a condition becomes a masked store, which is slow
        kind = "load volatile" if volatile else "load"
        return self._new(f"{kind} {self.v}, ptr {self._slot(place, row)}, align 64")

    def _store(self, place: str, row: object, value: str) -> None:
        self._add(f"store {self.v} {value}, ptr {self._slot(place, row)}, align 64")

    def _load_mask(self, place: str, row: object) -> str:
        loaded = self._new(f"load {self.i}, ptr {self._slot(place, row)}, align 64")
        return self._new(f"icmp slt {self.i} {loaded}, zeroinitializer")

    def _store_mask(self, place: str, row: object, mask: str) -> None:
        self._add(
            f"store {self.i} {self._new(f'sext {self.b} {mask} to {self.i}')}, ptr {self._slot(place, row)}, align 64"
        )

    # --- constants ----------------------------------------------------------------------------------------------

    def _constant(self, node: Node) -> str:
        if isinstance(node.value, bool):
            return "<" + ", ".join([f"i1 {'true' if node.value else 'false'}"] * self.width) + ">"
        return self._splat(node.value)

    def _splat(self, value: float) -> str:
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        return "<" + ", ".join([f"double 0x{bits:016X}"] * self.width) + ">"

    def _integers(self, value: int) -> str:
        return "<" + ", ".join([f"i64 {value}"] * self.width) + ">"

    @property
    def _all_true(self) -> str:
        return "<" + ", ".join(["i1 true"] * self.width) + ">"

    # --- lines --------------------------------------------------------------------------------------------------

    def _add(self, line: str) -> None:
        self.lines.append(f"  {line}")

    def _new(self, instruction: str) -> str:
        self.count += 1
        name = f"%v{self.count}"
        self._add(f"{name} = {instruction}")
        return name

    def _label(self, name: str) -> None:
        self.lines.append(f"{name}:")

    def _spread(self, number: str) -> str:
        """A number in all lanes."""
        first = self._new(f"insertelement {self.v} poison, double {number}, i32 0")
        return self._new(f"shufflevector {self.v} {first}, {self.v} poison, <{self.width} x i32> zeroinitializer")

    @property
    def lines_label(self) -> str:
        """The label of the block that is being written."""
        return next(line[:-1] for line in reversed(self.lines) if not line.startswith(" "))


def _wanted(roots: Iterable[Node], values: Mapping[Node, str]) -> list[Node]:
    """What has to be computed for the roots: not constant, without a value, and not behind one that has a value."""
    found: dict[int, Node] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.index not in found and node not in values and not node.is_constant:
            found[node.index] = node
            waiting += node.args
    return [found[index] for index in sorted(found)]


def _hoisted(roots: list[Node]) -> list[Node]:
    """The values that change from lane to lane only and that the steps need."""
    nodes = reachable(roots)
    fixed = (Rate.LANE,)
    needed = {arg.index: arg for node in nodes if node.rate is Rate.STEP for arg in node.args if arg.rate in fixed}
    needed |= {node.index: node for node in roots if node.rate in fixed}
    return [needed[index] for index in sorted(needed)]


def _is_true(node: Node | None) -> bool:
    return node is not None and node.is_constant and bool(node.value)
