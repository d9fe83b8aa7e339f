"""The induction over t itself, in Coq, for invariants of a step that is a polynomial map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.coq.quotients import is_polynomial
from verify.coq.text import Names, Printer
from verify.kernel.functions import definedness
from verify.kernel.goals import Implication
from verify.statement.claim import Claim
from verify.statement.system import time


class _AtTime(Names):
    """The identifiers of ``names``, with a state's symbols as sequences at a time."""

    def __init__(self, names: Names, state: Sequence[sp.Symbol], at: str) -> None:
        super().__init__()
        self._names, self._state, self._at = names, state, at

    def __call__(self, symbol: sp.Symbol) -> str:
        if symbol in self._state:
            return f"(s{self._state.index(symbol)} {self._at})"
        return self._names(symbol)


def induction(claim: Claim, goals: Sequence[Implication], names: Names, label: str) -> list[str] | None:
    """A theorem that the states of every trajectory meet the invariant, and so the conclusion.

    It follows from the theorems ``obligation_LABEL_n`` of ``goals`` by induction over the natural numbers.

    Args:
        claim: advised for the part in question.

    Returns:
        None where the step, the start or the invariant is more than a polynomial, or the loss speaks along.
    """
    invariant = claim.hints.invariant
    assert claim.step is not None and claim.start is not None
    state, update = list(claim.step.state), list(claim.step.update)
    places = {goal.name: place for place, goal in enumerate(goals, start=1)}
    starts = [places.get(f"the start meets {one}") for one in invariant]
    keeps = [places.get(f"a step keeps {one}") for one in invariant]
    last = places.get("the invariant implies the conclusion")
    initial = [claim.start[symbol] for symbol in state]
    simple = [*update, *initial, *[side for one in invariant for side in one.args]]
    if claim.step.well_defined or None in (*starts, *keeps, last) or not all(map(is_polynomial, simple)):
        return None
    assert last is not None
    used = [goals[int(place or 0) - 1] for place in (*starts, *keeps, last)]
    base = [one for one in goals[last - 1].hypotheses if not one.free_symbols & set(state)]
    known = {one: f"H{place}" for place, one in enumerate(base)}
    later = known | {one: f"I{place}" for place, one in enumerate(invariant)}
    fixed = sorted(
        {symbol for goal in used for one in _formulas(goal) for symbol in one.free_symbols} - set(state),
        key=lambda symbol: str(symbol.name),
    )
    if time in fixed or any(one not in later for goal in used for one in goal.hypotheses):
        return None
    if any(one not in known for place in starts for one in goals[int(place or 0) - 1].hypotheses):
        return None
    return _Induction(claim, goals, names, label, state, fixed).lines(
        base, list(zip(initial, update, strict=True)), [int(place or 0) for place in (*starts, *keeps)], last, later
    )


def _formulas(goal: Implication) -> list[Boolean]:
    return [*goal.hypotheses, *goal.lemmas, goal.conclusion]


class _Induction:
    def __init__(
        self,
        claim: Claim,
        goals: Sequence[Implication],
        names: Names,
        label: str,
        state: list[sp.Symbol],
        fixed: list[sp.Symbol],
    ) -> None:
        self.claim, self.goals, self.names, self.label = claim, goals, names, label
        self.state, self.fixed = state, fixed

    def lines(
        self,
        base: Sequence[Boolean],
        steps: Sequence[tuple[sp.Expr, sp.Expr]],
        places: Sequence[int],
        last: int,
        known: Mapping[Boolean, str],
    ) -> list[str]:
        """The two theorems."""
        invariant, size = self.claim.hints.invariant, len(self.claim.hints.invariant)
        plain, now, at_start = Printer(self.names), self._printer("t"), self._printer("0%nat")
        sequences = " ".join(f"s{place}" for place in range(len(self.state)))
        given = [plain.formula(one) for one in base]
        given += [f"s{place} 0%nat = {plain.term(first)}" for place, (first, _) in enumerate(steps)]
        given += [f"(forall (t : nat), s{place} (S t) = {now.term(then)})" for place, (_, then) in enumerate(steps)]
        quantified = f"forall ({' '.join(map(self.names, self.fixed))} : R) ({sequences} : nat -> R),\n  "
        head = quantified + "".join(f"{one} ->\n  " for one in given)
        names = [f"H{place}" for place in range(len(base))]
        names += [f"{letter}{place}" for letter in "ZS" for place in range(len(self.state))]
        variables = " ".join([*map(self.names, self.fixed), sequences])
        pattern = " & ".join(f"I{place}" for place in range(size)) if size > 1 else "I0"
        opened = f"({pattern})" if size > 1 else pattern
        both = " /\\ ".join(f"({now.formula(one)})" for one in invariant)
        lines = [
            "(* every state of a trajectory meets the invariant *)",
            f"Theorem invariant_{self.label} : {head}forall (t : nat), {both}.",
            f"Proof. intros {variables} {' '.join(names)} t. induction t as [| t {opened}].",
            "  {",
            *[f"    pose proof {self._applied(places[place], known, at_start)} as G{place}." for place in range(size)],
            *self._closed([self.goals[place - 1] for place in places[:size]], plain, "Z"),
            "  }",
            *[f"  pose proof {self._applied(places[size + place], known, now)} as G{place}." for place in range(size)],
            *self._closed([self.goals[place - 1] for place in places[size:]], now, "S"),
            "Qed.",
            "",
        ]
        hypotheses = f"{variables} {' '.join(names)}"
        concluded = f"forall (t : nat), {now.formula(self.goals[last - 1].conclusion)}"
        return [
            *lines,
            "(* and so the conclusion *)",
            f"Theorem trajectory_{self.label} : {head}{concluded}.",
            f"Proof. intros {hypotheses} t. destruct (invariant_{self.label} {hypotheses} t) as {opened}.",
            f"  exact {self._applied(last, known, now)}.",
            "Qed.",
            "",
        ]

    def _printer(self, at: str) -> Printer:
        return Printer(_AtTime(self.names, self.state, at))

    def _applied(self, place: int, known: Mapping[Boolean, str], printer: Printer) -> str:
        """The theorem of an obligation at the state of a time."""
        goal = self.goals[place - 1]
        symbols = sorted({s for one in _formulas(goal) for s in one.free_symbols}, key=lambda s: str(s.name))
        arguments = [*map(printer.names, symbols), *[known[one] for one in goal.hypotheses]]
        return f"(obligation_{self.label}_{place} {' '.join(arguments)})"

    def _closed(self, goals: Sequence[Implication], printer: Printer, equations: str) -> list[str]:
        """The invariant at another time, from what the obligations say of the terms that are equal to its own."""
        rewritten = ", ".join(f"{equations}{place}" for place in range(len(self.state)))
        lines = ["repeat split."] if len(goals) > 1 else []
        for place, goal in enumerate(goals):
            conclusion = goal.conclusion
            assert isinstance(conclusion, Relational) and not definedness(conclusion)
            left, right = (printer.term(side) for side in conclusion.args)
            lines.append(f"{{ rewrite ?{rewritten.replace(', ', ', ?')}. match goal with |- ?rel ?a ?b =>")
            lines.append(f"  replace a with {left} by ring; replace b with {right} by ring; exact G{place} end. }}")
        return [f"    {line}" for line in lines]
