"""A claim: one numbered statement with all that it needs to be decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean, BooleanAtom

from verify.errors import ClaimError
from verify.statement.formula import (
    HittingTime,
    LargestPower,
    LargestTimeWhile,
    binds_the_start,
    decided_by_eigenvalues,
    speaks_of_a_point,
)
from verify.statement.loss import SPACES, EkelandPoint, Family, LossClass
from verify.statement.system import System, time
from verify.statement.vectors import Vector, require_well_typed

KINDS = ("theorem", "step", "repaired", "experiment")


@dataclass(frozen=True)
class Source:
    """Where a statement is printed: the paper, the place in it, and its first words."""

    paper: str
    place: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.place}: “{self.words}”" if self.words else self.place


@dataclass(frozen=True)
class Paper:
    """A paper, to cite places in it: ``paper.at("Lemma 9", "For a convex loss")``."""

    title: str

    def at(self, place: str, words: str = "") -> Source:
        """The source of a statement printed at ``place``, with its first words."""
        return Source(self.title, place, words)


@dataclass(frozen=True)
class Reading:
    """One precise meaning of a vague phrase.

    Attributes:
        text: the meaning in plain words, quoting the words that allow it.
        show: the conclusion in this reading.
    """

    text: str
    show: Boolean | Mapping[str, Boolean]


@dataclass(frozen=True)
class FamilyHint:
    """A family of points with an index n along which no constant works (never trusted).

    Attributes:
        index: the symbol n = 1, 2, ...
        values: each parameter and start coordinate as an expression in n.
        loss: the family name of a concrete loss, and its parameters as expressions in n.
        steps: ``"cycle"`` for a trajectory that alternates between w and -w, ``"limit"`` for one that converges to 0,
            or a number of steps.
    """

    index: sp.Symbol
    values: Mapping[str, sp.Expr]
    loss: tuple[str, Mapping[str, sp.Expr]]
    steps: str | int


@dataclass(frozen=True)
class Root:
    """A number r > 1 of which some odd power is a given number; there is one as near to 1 as one likes.

    Attributes:
        symbol: r, a name that occurs nowhere in the claim.
        power: what the power is, a rational number > 1.
        within: r is at most 1 more than that, a positive expression in the constants in question.
    """

    symbol: sp.Symbol
    power: sp.Rational
    within: sp.Expr


@dataclass(frozen=True)
class Counterexample:
    """A point, or one for each value of the constants in question, at which a statement fails (never trusted).

    Attributes:
        values: each parameter and start (and what the statement says "for all" of) as an expression in the constants
            that the statement says there are, so that none of them serves, in the root, and in what has a name.
        loss: the family name of a concrete loss, and its parameters as expressions.
        invariant: relations of the state that the trajectory keeps and that contradict the conclusion.
        lemmas: what the slopes of the loss are at states that meet the invariant, where all else needs no more of it.
        bound: for every state that meets the invariant: against a divergence, an upper bound on its squared size;
            against a bound on a limes superior, a lower bound on the number in question; against a convergence or a
            decay, a distance > 0 by which what is claimed of the limit is missed.
        since: against "from some time on": a time from which on the conclusion fails, where it does not at every time;
            against "as long as": the time at which it fails; the invariant is one up to that time.
        root: a number r of which the values may speak, and the invariant of r^t.
        let: names for expressions, which the values may use and of which their equation is known.
    """

    values: Mapping[str, sp.Expr]
    loss: tuple[str, Mapping[str, sp.Expr]] | None = None
    invariant: tuple[Boolean, ...] = ()
    bound: sp.Expr | None = None
    since: sp.Expr | None = None
    lemmas: tuple[Boolean, ...] = ()
    root: Root | None = None
    let: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)


@dataclass(frozen=True)
class PointCounterexample:
    """A point at which a statement fails, though no evaluation there alone says so (never trusted).

    Attributes:
        values: a number for each of the claim's parameters, as text.
        loss: as ``--loss`` takes it.
        facts: against "there are constants": what holds at the point and leaves no constant that serves.
        wait: against a limit: how many steps after the point the trajectory meets the invariant.
        invariant: relations of the state that the trajectory keeps from then on.
        bound: the number that the invariant keeps the sequence on one side of; its limit is said to be on the other.
    """

    values: Mapping[str, str]
    loss: str | None = None
    facts: tuple[Boolean, ...] = ()
    wait: int = 0
    invariant: tuple[Boolean, ...] = ()
    bound: sp.Rational | None = None


@dataclass(frozen=True)
class Decay:
    """Why a coordinate decays exponentially once there is a state of which the assumptions hold (never trusted).

    Attributes:
        frozen: symbols for the coordinates of that state.
        kept: relations of the state and the frozen symbols that hold from then on, beside the invariant.
        radius: up to this size of the coordinate a step contracts it.
        factor: by which factor.
        rank: a coordinate that is not negative, and falls in each step outside of that radius.
        drop: by how much at least.
        advice: on each goal, by ``begins`` and ``keeps`` (of what is kept), ``numbers`` (that they are positive, or
            below 1), ``contracts``, ``rank`` (that it is not negative) and ``falls``.
    """

    frozen: Mapping[sp.Symbol, sp.Symbol]
    kept: tuple[Boolean, ...]
    radius: sp.Expr
    factor: sp.Expr
    rank: sp.Symbol
    drop: sp.Expr
    advice: Mapping[str, Hints] = field(default_factory=dict)


@dataclass(frozen=True)
class Hints:
    """Advice to the provers; none of it is trusted.

    Attributes:
        needs: the assumptions that a proof needs, where the others only make it harder to find.
        knows: for an induction through phases: its invariants, the conditions of its times and the definitions that a
            proof needs, beside the assumptions (those of the next state in x_next); all of them, for None.
        axioms: the groups of the class's slope axioms that a proof needs, where the others only make more cases.
        invariant: relations of the state that hold at every time; guarded by comparisons of t with hitting times where
            they hold in some phases only.
        begins: advice on why the start meets each of the invariants.
        keeps: advice on how a step keeps each of the invariants.
        powers: advice on why the base of a time that a power defines lies between 0 and 1, or what is settled holds.
        settled: where the iteration stops: what the times that powers define say of the parameters, shown first.
        cases: where the iteration stops: conditions on the parameters, each with the advice for where it holds in place
            of this; that one of them holds is settled like the rest.
        lemmas: intermediate inequalities, proved in order before they are used.
        abbreviate: symbols for expressions that the last step, from the lemmas to the conclusion, need not look into,
            in the order in which they are put in.
        exhibit: for "there is a loss": the family and its parameters as expressions in the claim's constants.
        growth: for an exponential divergence: the state symbol that grows, the factor > 1, and the first time.
        decay: for an exponential decay of a coordinate.
        limit: for a limit: an equal expression that is continuous at the limit point.
        constants: explicit constants for orders of growth, by part (a pair for Theta).
        points: further points at which the axioms of the loss class are wanted.
        pairs: the pairs of points at which a proof needs those axioms, where the others only make it harder to find; a
            start takes part only if it is named here.
        squares: vectors whose squared norm is not negative, a fact that a proof needs.
        cauchy_schwarz: pairs of vectors for which a proof needs the Cauchy-Schwarz inequality; that of two basis
            vectors (named ones, and gradients) is known in any case.
        real_powers: pairs (z**e, w**e), 1 in place of one of them at most, for which a proof needs that the first is at
            most the second where z <= w, and the tangent at z as a bound on w**e; where there are such, every power
            whose exponent is no rational number is a mere number to the proof.
        families: for the refutation of an order of growth.
        counterexamples: for the refutation of a statement about whole trajectories, or of "there are constants"; or
            points that the search has missed.
        parts: for a part of its own: other advice, in place of this.
    """

    needs: tuple[Boolean, ...] | None = None
    knows: tuple[Boolean, ...] | None = None
    axioms: tuple[str, ...] | None = None
    invariant: tuple[Boolean, ...] = ()
    lemmas: tuple[Boolean, ...] = ()
    begins: tuple[Hints | None, ...] = ()
    keeps: tuple[Hints | None, ...] = ()
    powers: Hints | None = None
    settled: tuple[Boolean, ...] = ()
    cases: tuple[tuple[Boolean, Hints], ...] = ()
    abbreviate: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    exhibit: tuple[str, Mapping[str, sp.Expr]] | None = None
    growth: tuple[sp.Symbol, sp.Expr] | None = None
    decay: Decay | None = None
    limit: sp.Expr | None = None
    constants: Mapping[str, sp.Expr | tuple[sp.Expr, ...]] = field(default_factory=dict)
    points: tuple[sp.Expr, ...] = ()
    pairs: tuple[tuple[sp.Expr, sp.Expr], ...] | None = None
    squares: tuple[sp.Expr, ...] = ()
    cauchy_schwarz: tuple[tuple[sp.Expr, sp.Expr], ...] = ()
    real_powers: tuple[tuple[sp.Expr, sp.Expr], ...] = ()
    families: tuple[FamilyHint, ...] = ()
    counterexamples: tuple[Counterexample | PointCounterexample, ...] = ()
    parts: Mapping[str, Hints] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Claim:
    """One statement: whenever ``given`` holds, for everything in ``over``, ``show`` holds.

    Args:
        id: its name, such as ``lemma-9`` or ``lemma-9/step-1``.
        show: the conclusion, a SymPy Boolean, or named parts of it.  Left out when ``readings`` are given.
        given: the assumptions, SymPy Booleans.
        over: what else it ranges over: symbols, and at most one loss class.
        step: the iteration; its next state may be used as ``x_next``.
        start: for a statement about trajectories: the state at time 0, by state symbol.
        define: symbols that the statement defines by an equation; computed, never given.
        times: symbols of hitting times.
        title, source: for the reader.
        readings: named meanings of a vague statement, weakest first.
        uses: ids of the claims that the paper's argument rests on.
        hints: advice to the provers.
        kind: ``theorem``, ``step``, ``repaired`` or ``experiment``.
        note: a remark for the reader on how the words were understood.
        every_state_is_a_start: for a one-step claim: the section allows every start, so every state is reached.
        at: the time at which the conclusion is evaluated where the statement fixes it: a hitting time plus a number.
        takes: what a reader gives to look at one point, where the formulas alone do not tell; empty for a statement
            that binds all that it ranges over.

    Raises:
        ClaimError: it holds a float, a conclusion that is already true or false, an unbound symbol, a formula that
            mixes vectors and numbers, or an unknown kind.
    """

    id: str
    show: Boolean | Mapping[str, Boolean] | None = None
    given: Sequence[Boolean] = ()
    over: Any = ()
    step: System | None = None
    start: Mapping[sp.Symbol, sp.Expr] | None = None
    define: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    times: Mapping[sp.Symbol, HittingTime] = field(default_factory=dict)
    title: str = ""
    source: Source | str = ""
    readings: Mapping[str, Reading] = field(default_factory=dict)
    uses: Sequence[str | Claim] = ()
    hints: Hints = field(default_factory=Hints)
    kind: str = "theorem"
    note: str = ""
    every_state_is_a_start: bool = False
    at: sp.Expr | None = None
    takes: Sequence[sp.Symbol] | None = None

    def __post_init__(self) -> None:
        freeze = object.__setattr__
        freeze(self, "given", tuple(self.given))
        freeze(self, "uses", tuple(use.id if isinstance(use, Claim) else str(use) for use in self.uses))
        freeze(self, "readings", MappingProxyType(dict(self.readings)))
        freeze(self, "define", MappingProxyType(dict(self.define)))
        freeze(self, "times", MappingProxyType(dict(self.times)))
        freeze(self, "takes", None if self.takes is None else tuple(self.takes))
        freeze(self, "at", None if self.at is None else sp.sympify(self.at))
        if not self.id or any(character.isspace() for character in self.id):
            raise ClaimError(f"the id {self.id!r} of a claim must be one word, such as 'lemma-9'")
        if self.kind not in KINDS:
            raise ClaimError(f"claim {self.id}: kind {self.kind!r} is unknown; it is one of {', '.join(KINDS)}")
        if self.show is None and not self.readings and self.kind != "experiment":
            raise ClaimError(f"claim {self.id} concludes nothing: give show=... or readings=...")
        if self.show is not None and self.readings:
            raise ClaimError(f"claim {self.id} has both show and readings; each reading carries its own show")
        if self.start is not None and self.step is None:
            raise ClaimError(f"claim {self.id} has a start but no step")
        of_the_step = (*self.step.update, *self.step.well_defined) if self.step is not None else ()
        for formula in (*self._formulas(), *of_the_step):
            self._require_formula(formula)
        self._require_bound()
        self._require_plain_symbols()
        self._require_definitions()

    # --- what it says -------------------------------------------------------------------------------------------

    @cached_property
    def loss_class(self) -> LossClass | None:
        """The loss class in ``over``, if any."""
        for entry in _as_sequence(self.over):
            if isinstance(entry, LossClass):
                return entry
        return None

    @cached_property
    def families(self) -> tuple[Family | None, ...]:
        """What a concrete point is of: a loss of the class; vectors without a loss are of a space; else nothing."""
        if self.loss_class is not None:
            return self.loss_class.families
        return SPACES if self.speaks_of_free_vectors else (None,)

    @property
    def speaks_of_free_vectors(self) -> bool:
        """Whether it speaks of vectors and of no loss."""
        return any(isinstance(symbol, Vector) for symbol in self._symbols_in_order) and not self.loss_symbols

    @cached_property
    def conclusions(self) -> dict[str, dict[str, Boolean]]:
        """``{reading: {part: formula}}``; without readings (parts) the one name is the empty string."""
        if self.readings:
            return {name: _parts(reading.show) for name, reading in self.readings.items()}
        return {"": _parts(self.show)} if self.show is not None else {}

    @property
    def parts(self) -> list[str]:
        """The names of the conclusion's parts (of all readings, in order)."""
        names: dict[str, None] = {}
        for parts in self.conclusions.values():
            names.update(dict.fromkeys(name for name in parts if name))
        return list(names)

    @property
    def parent(self) -> str | None:
        """The id of the claim that this one stands under, None for a claim of its own."""
        return self.id.rpartition("/")[0] or None

    @property
    def is_trajectory(self) -> bool:
        """Whether it speaks of the trajectory from a start (and not of one step from any state)."""
        return self.start is not None

    @cached_property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """What a point of the claim consists of, in order: constants, start or state, the time t."""
        return self._point if self.takes is None else tuple(self.takes)

    @cached_property
    def instance(self) -> Claim:
        """The claim with a point of its own, for the search: what it says of one point of those that it binds."""
        return self if self.takes is None else replace(self, takes=None)

    def advised(self, part: str) -> Claim:
        """The claim with the hints for one part, where it has such."""
        hints = self.hints.parts.get(part)
        return self if hints is None else replace(self, hints=hints)

    @cached_property
    def _point(self) -> tuple[sp.Symbol, ...]:
        if not any(speaks_of_a_point(f) or decided_by_eigenvalues(f) for f in self._conclusion_formulas()):
            return ()
        fixed = set(self.define) | set(self.times) | set(self.loss_symbols) | {time}
        if self.loss_class is not None:
            fixed |= set(self.loss_class.attributes)
        if any(binds_the_start(formula) for formula in self._conclusion_formulas()):
            fixed |= set((self.start or {}).values())
        if self.step is not None:
            fixed |= set(self.step.next)
            if self.start is not None:
                fixed |= set(self.step.state) - set(self.start.values())
        found = [symbol for symbol in self._symbols_in_order if symbol not in fixed]
        order = {name: place for place, name in enumerate(_CANONICAL)}
        found.sort(key=lambda symbol: order.get(symbol.name, len(order)))
        if self.takes_time:
            found.append(time)
        return tuple(found)

    @cached_property
    def takes_time(self) -> bool:
        """Whether a point of it has a time t."""
        if self.takes is not None:
            return time in self.takes
        if self.start is None:
            return time in self._symbols_in_order
        if self.at is not None or self.is_about_times:
            return False
        return any(speaks_of_a_point(formula) for formula in self._conclusion_formulas())

    @cached_property
    def is_about_times(self) -> bool:
        """Whether it compares the hitting times of a trajectory, and speaks of none of its states."""
        concluded: set[sp.Basic] = set().union(*(formula.free_symbols for formula in self._conclusion_formulas()))
        spoken: set[sp.Basic] = concluded.union(*(formula.free_symbols for formula in self.given))
        if self.step is None or self.start is None or not concluded & set(self.times):
            return False
        states = {*self.step.state, *self.step.next, time} - set(self.start.values())
        return not spoken & states

    @cached_property
    def phases(self) -> tuple[sp.Symbol, ...]:
        """The ends of phases that it speaks of throughout; where such a phase is empty, no point is admissible."""
        formulas = [*self.given, *(self._conclusion_formulas() if self.is_about_times else [])]
        spoken: set[sp.Basic] = set().union(*(formula.free_symbols for formula in formulas))
        return tuple(s for s, kind in self.times.items() if isinstance(kind, LargestTimeWhile) and s in spoken)

    @cached_property
    def quantified(self) -> tuple[sp.Symbol, ...]:
        """The symbols that the statement binds itself, so that a point does not give them."""
        if self.takes is not None and not self.takes:
            return self._point
        if self.parameters:
            taken = set(self.parameters)
            return tuple(s for s in (self.start or {}).values() if s.is_Symbol and s not in taken)
        fixed = set(self.define) | set(self.times) | set(self.loss_symbols)
        return tuple(symbol for symbol in self._symbols_in_order if symbol not in fixed)

    @cached_property
    def assumptions(self) -> tuple[Boolean, ...]:
        """``given`` and what the class's being inhabited implies."""
        return (*self.given, *(self.loss_class.conditions if self.loss_class else ()))

    def assumption_texts(self) -> list[str]:
        """Every assumption, in words or as a relation, in the order of the claim."""
        texts = [str(formula) for formula in self.given]
        if self.loss_class is not None:
            texts.append(self.loss_class.text)
            texts += [str(condition) for condition in self.loss_class.conditions]
        texts += [f"{symbol} = {expression}" for symbol, expression in self.define.items()]
        texts += [f"{symbol} is {definition}" for symbol, definition in self.times.items()]
        if self.step is not None:
            texts += [f"{name} = {expression}" for name, expression in self.step.one_step.items()]
            if self.start is not None:
                texts += [f"{symbol} = {value} at time 0" for symbol, value in self.start.items() if symbol != value]
            if self.at is not None:
                texts.append(f"t = {self.at}")
            if self.step.well_defined:
                texts.append(f"the iterates of {self.step.name} are well defined (footnote 1)")
        return texts

    def show_text(self) -> str:
        """The conclusion as text, its readings and parts named."""
        lines = []
        for reading, parts in self.conclusions.items():
            for part, formula in parts.items():
                label = ", ".join(name for name in (reading, part) if name)
                lines.append(f"{label}: {formula}" if label else str(formula))
        return "; ".join(lines)

    @cached_property
    def latex(self) -> str:
        """The whole statement in LaTeX: assumptions, then the conclusion."""
        given = r",\ ".join(sp.latex(formula) for formula in self.given)
        shows = []
        for parts in self.conclusions.values():
            shows.append(r"\ \wedge\ ".join(sp.latex(formula) for formula in parts.values()))
        show = r"\quad\text{or, in another reading:}\quad ".join(shows)
        return rf"{given} \ \Longrightarrow\ {show}" if given else show

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __repr__(self) -> str:
        return f"Claim({self.id!r})"

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all that the verdict depends on; a certificate carries it."""
        pieces = [self.id, self.kind, *([] if self.takes is None else [f"takes {self.takes}"])]
        pieces += [sp.srepr(formula) for formula in self.assumptions]
        for reading, parts in self.conclusions.items():
            pieces += [f"{reading}|{part}|{sp.srepr(formula)}" for part, formula in parts.items()]
        pieces += [f"{symbol}:={sp.srepr(value)}" for symbol, value in self.define.items()]
        pieces += [f"{symbol} is {definition}" for symbol, definition in self.times.items()]
        if self.step is not None:
            pieces += [f"{symbol}->{sp.srepr(value)}" for symbol, value in self.step.one_step.items()]
            pieces += [sp.srepr(condition) for condition in self.step.well_defined]
        if self.start is not None:
            pieces += [f"{symbol}(0)={sp.srepr(value)}" for symbol, value in self.start.items()]
        if self.at is not None:
            pieces.append(f"at {sp.srepr(self.at)}")
        if self.loss_class is not None:
            pieces += [self.loss_class.text, *(str(entry) for entry in self.loss_class.properties)]
            pieces += [f"{symbol}={name}" for symbol, name in self.loss_class.attributes.items()]
        return hashlib.sha256("\n".join(pieces).encode()).hexdigest()

    def strategy(self) -> Any:
        """A Hypothesis strategy of admissible points: dictionaries for ``evaluate(claim, **point)``.

        Raises:
            ClaimError: the claim speaks of no single point.
        """
        from verify.statement.strategy import points

        return points(self)

    # --- what it refuses ----------------------------------------------------------------------------------------

    def _conclusion_formulas(self) -> list[Boolean]:
        return [formula for parts in self.conclusions.values() for formula in parts.values()]

    def _formulas(self) -> list[sp.Basic]:
        formulas: list[sp.Basic] = [*self.given, *self._conclusion_formulas(), *self.define.values()]
        formulas += list((self.start or {}).values())
        for definition in self.times.values():
            formulas += _time_expressions(definition)
        return formulas

    def _require_formula(self, formula: sp.Basic) -> None:
        if not isinstance(formula, sp.Basic):
            raise ClaimError(f"claim {self.id}: {formula!r} is no SymPy formula; write it with Symbol(..., real=True)")
        named = {*self.define, *(self.step.next if self.step is not None else ())}
        for derivative in formula.atoms(sp.Derivative):
            for symbol in sorted(derivative.expr.free_symbols & named, key=str):
                raise ClaimError(f"claim {self.id}: {derivative} takes {symbol} for a constant; write out what it is")
        if isinstance(formula, BooleanAtom) and formula not in self.given:
            raise ClaimError(
                f"claim {self.id}: SymPy has already evaluated the conclusion to {formula}; "
                "use Symbol(..., real=True) without further assumptions, or build the relation with evaluate=False"
            )
        for node in sp.preorder_traversal(formula):
            if isinstance(node, sp.Float):
                exact = sp.Rational(str(node))
                raise ClaimError(f"claim {self.id} holds the float {node}; write Rational({exact.p}, {exact.q})")
            if isinstance(node, EkelandPoint):
                raise ClaimError(f"claim {self.id} speaks of {node}, which is one of many points; it belongs in hints")
        for symbol in formula.free_symbols:
            if "[" in symbol.name:
                raise ClaimError(f"claim {self.id}: the name {symbol.name!r} holds a bracket; the provers use those")
        require_well_typed(formula)

    def _require_plain_symbols(self) -> None:
        """Every symbol is a vector, the name of the one loss, or real and nothing more; and no two share a name."""
        if len(self.loss_symbols) > 1:
            names = ", ".join(map(str, self.loss_symbols))
            raise ClaimError(f"claim {self.id} speaks of the losses {names}; a claim ranges over one loss at most")
        formulas = [*self._formulas(), *((*self.step.update, *self.step.well_defined) if self.step else ())]
        nodes = {node for formula in formulas for node in sp.preorder_traversal(formula)}
        indices = {symbol for node in nodes if isinstance(node, sp.Sum) for symbol in node.bound_symbols}
        indices |= {node.args[3] for node in nodes if isinstance(node, sp.Limit)}  # its direction, the symbol +
        named: dict[str, sp.Symbol] = {}
        spoken = {node for node in nodes if isinstance(node, sp.Symbol)} - {*self.loss_symbols, *indices}
        for symbol in sorted({*spoken, *self._symbols_in_order, *self.define, *self.times} - indices, key=sp.srepr):
            if symbol in self.loss_symbols:
                continue
            if not isinstance(symbol, Vector) and symbol != sp.Symbol(symbol.name, real=True):
                raise ClaimError(
                    f"claim {self.id}: {symbol} must be declared as Symbol({symbol.name!r}, real=True), "
                    "without further assumptions; what else holds of it belongs in given"
                )
            if named.setdefault(symbol.name, symbol) != symbol:
                raise ClaimError(f"claim {self.id}: two symbols have the name {symbol.name!r}")

    def _require_definitions(self) -> None:
        """What is defined is nothing else besides, is not defined by itself, and stays what it is as time goes on."""
        taken = {time, *self.times, *((*self.step.state, *self.step.next) if self.step else ())}
        for symbol in self.define:
            if symbol in taken:
                raise ClaimError(f"claim {self.id} defines {symbol}, which is a time or belongs to the state")
            reached, waiting = set[sp.Basic](), [symbol]
            while waiting:
                found = self.define[waiting.pop()].free_symbols - reached
                reached |= found
                waiting += [one for one in found if one in self.define]
            if symbol in reached:
                raise ClaimError(f"claim {self.id} defines {symbol} by itself: {symbol} = {self.define[symbol]}")
            if self.is_trajectory and time in reached:
                raise ClaimError(
                    f"claim {self.id} defines {symbol} by t, which moves on; write it out where it is used"
                )
        moving = {time, *((*self.step.state, *self.step.next) if self.step and self.is_trajectory else ())}
        for symbol, kind in self.times.items():
            if isinstance(kind, LargestPower) and (kind.base.free_symbols | kind.level.free_symbols) & moving:
                raise ClaimError(f"claim {self.id}: {symbol} is {kind}, which moves along the trajectory")

    @cached_property
    def loss_symbols(self) -> tuple[sp.Symbol, ...]:
        """The symbols that name its losses."""
        from verify.statement.loss import (
            Gradient,
            HessianProduct,
            LossMinimum,
            LossValue,
            Minimizer,
            Projection,
            ScalarLoss,
        )

        named = (Gradient, HessianProduct, LossMinimum, LossValue, Minimizer, Projection, ScalarLoss)
        formulas = [
            *self._formulas(),
            *(self.step.update if self.step else ()),
            *(self.step.well_defined if self.step else ()),
        ]
        found = {
            node.args[0] for formula in formulas for node in sp.preorder_traversal(formula) if isinstance(node, named)
        }
        return tuple(sorted(found, key=str))

    @cached_property
    def _symbols_in_order(self) -> tuple[sp.Symbol, ...]:
        order: dict[sp.Symbol, None] = {}
        for entry in _as_sequence(self.over):
            if isinstance(entry, sp.Symbol):
                order[entry] = None
            elif isinstance(entry, LossClass):
                order.update(dict.fromkeys(entry.constants))
        sources: list[sp.Basic] = [*self.given]
        if self.step is not None:
            sources += [*self.step.update, *self.step.state]
        sources += [*(self.start or {}).values(), *self.define.values(), *self._conclusion_formulas()]
        for definition in self.times.values():
            sources += _time_expressions(definition)
        for formula in sources:
            order.update(dict.fromkeys(sorted(formula.free_symbols, key=str)))
        return tuple(order)

    def _require_bound(self) -> None:
        bound = set(self.define) | set(self.times) | set(self.loss_symbols) | {time}
        for entry in _as_sequence(self.over):
            if isinstance(entry, LossClass):
                bound |= set(entry.constants) | set(entry.attributes)
            elif isinstance(entry, sp.Symbol):
                bound.add(entry)
            else:
                raise ClaimError(f"claim {self.id}: over holds {entry!r}; it takes symbols and one loss class")
        for formula in self.given:
            bound |= formula.free_symbols
        if self.step is not None:
            bound |= set(self.step.state) | set(self.step.next)
        for value in (self.start or {}).values():
            if isinstance(value, sp.Symbol):
                bound.add(value)
        if self.at is not None and not (self.times and self.at.free_symbols <= set(self.times)):
            raise ClaimError(f"claim {self.id}: at={self.at} must be one of its times plus a number")
        for formula in self._formulas():
            for symbol in sorted(formula.free_symbols - bound, key=str):
                raise ClaimError(
                    f"claim {self.id} uses {symbol}, which nothing binds; assume something of it in given, "
                    f"or name it in over"
                )

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Claim) and self.fingerprint == other.fingerprint


#: The order in which the points of a claim are written.
_CANONICAL = ("alpha", "beta", "mu", "c", "gamma", "C", "eta", "rho", "w0", "x0", "y0", "w", "x", "y")


def _as_sequence(over: Any) -> tuple[Any, ...]:
    return tuple(over) if isinstance(over, tuple | list) else (over,)


def _parts(show: Boolean | Mapping[str, Boolean] | None) -> dict[str, Boolean]:
    if show is None:
        return {}
    return dict(show) if isinstance(show, Mapping) else {"": show}


def _time_expressions(definition: HittingTime) -> list[sp.Basic]:
    if isinstance(definition, LargestPower):
        return [definition.base, definition.level]
    return [definition.condition]  # type: ignore[attr-defined]


def is_vector_symbol(symbol: sp.Symbol) -> bool:
    """Whether a parameter stands for a vector, written in coordinates ``w_1 w_2 ...`` (``w`` in one dimension)."""
    return isinstance(symbol, Vector)


def coordinate_names(symbol: sp.Symbol, dimension: int) -> list[str]:
    """How the coordinates of a vector parameter are called: ``w`` in one dimension, else ``w_1 w_2 ...``."""
    if not is_vector_symbol(symbol) or dimension == 1:
        return [symbol.name]
    return [f"{symbol.name}_{index + 1}" for index in range(dimension)]


def with_steps(claims: Iterable[Claim], parent: str) -> list[Claim]:
    """The claims that stand under ``parent``, in order."""
    return [claim for claim in claims if claim.parent == parent]


__all__ = [
    "Claim",
    "Counterexample",
    "FamilyHint",
    "Hints",
    "LargestTimeWhile",
    "Paper",
    "PointCounterexample",
    "Reading",
    "Root",
    "Source",
]
