"""Proofs of transcendental inequalities: which rules of the kernel's calculus to apply, found by looking at samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.calculus import (
    affine,
    algebraic,
    at,
    case_goals,
    exponentials,
    factors,
    flattened,
    logarithms,
    point,
)
from verify.kernel.functions import (
    CASED,
    CONTRACTING,
    FACTS,
    INCREASING,
    POWER_FACTS,
    definedness,
    derivative,
    smoothness,
    terms_of,
    usable,
)
from verify.proof.boxes import find_boxes
from verify.proof.samples import Samples

#: Proves an algebraic goal: its certificate, or None.
Algebra = Callable[[Sequence[Boolean], Boolean], dict[str, Any] | None]
Rule = dict[str, Any]
_Key = tuple[tuple[Boolean, ...], Boolean]

#: How many derivatives, chords, exponentials or logarithms may be nested, and how many facts algebra gets (0 to 2).
ROUNDS = ((0, 0), (0, 1), (1, 0), (0, 2), (1, 1), (2, 0), (2, 1), (1, 2), (2, 2), (3, 1), (3, 2), (4, 1), (6, 1))
#: Points where differences often vanish.
USUAL_POINTS = (0, 1, sp.Rational(1, 2), -1)


def find_calculus(
    hypotheses: Sequence[Boolean], goal: Boolean, algebra: Algebra, *, rules: int, boxes: int
) -> Rule | None:
    """A tree of rules for a goal that has a value where the hypotheses hold, or None.

    Args:
        rules: how many goals may be looked at.
        boxes: how many boxes a box tree may have; with 0 none is tried.
    """
    found = _without_boxes(tuple(hypotheses), goal, algebra, rules)
    if found is not None or not boxes:
        return found
    return _Search(algebra, rules, boxes).prove(hypotheses, goal, 0)


@lru_cache(maxsize=64)
def _without_boxes(hypotheses: tuple[Boolean, ...], goal: Boolean, algebra: Algebra, rules: int) -> Rule | None:
    """What is found without box trees of any size; asked again when boxes are tried."""
    search = _Search(algebra, rules)
    for depth, search.level in ROUNDS:
        found = search.prove(hypotheses, goal, depth)
        if found is not None:
            return found
    return None


@dataclass
class _Search:
    """Goals are proved with a depth: how many rules that lead to harder goals may still be nested."""

    algebra: Algebra
    rules: int
    boxes: int = 0
    level: int = 0
    proved: dict[_Key, Rule] = field(default_factory=dict)
    #: The depth, the level and the boxes with which a goal was tried in vain.
    failed: dict[_Key, list[tuple[int, int, int]]] = field(default_factory=dict)
    #: The levels at which algebra was tried in vain.
    ends: dict[_Key, int] = field(default_factory=dict)

    def prove(self, hypotheses: Sequence[Boolean], goal: Boolean, depth: int) -> Rule | None:
        """A certificate of a goal; None where none was found."""
        given = flattened(hypotheses)
        key = tuple(given), goal
        if key in self.proved:
            return self.proved[key]
        effort, tried = (depth, self.level, self.boxes), self.failed.setdefault(key, [])
        vain = any(all(mine <= theirs for mine, theirs in zip(effort, other, strict=True)) for other in tried)
        if depth < 0 or vain or self.rules <= 0:
            return None
        self.rules -= 1
        tried.append(effort)
        found = self._prove(given, goal, depth)
        if found is not None:
            self.proved[key] = found
        return found

    def _prove(self, known: list[Boolean], goal: Boolean, depth: int) -> Rule | None:
        if isinstance(goal, sp.Implies):
            return self._one("assume", [*known, goal.args[0]], goal.args[1], depth)
        if isinstance(goal, sp.And):
            return self._all("parts", [(known, part) for part in goal.args], depth)
        if goal.has(sp.zoo, sp.nan, sp.oo) or not isinstance(goal, Relational | sp.logic.boolalg.BooleanAtom | sp.Or):
            return None
        samples = Samples(known, goal)
        if samples.violated():
            return None
        for attempt in (self._end, self._equality, self._cases, self._factors):
            found = attempt(known, goal, depth)
            if found is not None:
                return found
        if not isinstance(goal, sp.Ge | sp.Gt | sp.Le | sp.Lt) or goal.has(*CASED):
            return self._boxes(known, goal)
        if depth == 0:
            return self._boxes(known, goal)
        tries = chain(
            self._both_sides(known, goal, depth - 1),
            self._derivatives(known, goal, depth - 1, samples),
            self._chords(known, goal, depth - 1, samples),
        )
        return next((rule for rule in tries if rule is not None), None) or self._boxes(known, goal)

    def _one(self, kind: str, known: Sequence[Boolean], goal: Boolean, depth: int) -> Rule | None:
        proof = self.prove(known, goal, depth)
        return None if proof is None else {"kind": kind, "proof": proof}

    def _all(self, kind: str, goals: Sequence[tuple[Sequence[Boolean], Boolean]], depth: int) -> Rule | None:
        proofs = self._each(goals, depth)
        return None if proofs is None else {"kind": kind, "proofs": proofs}

    def _each(self, goals: Sequence[tuple[Sequence[Boolean], Boolean]], depth: int) -> list[Rule] | None:
        proofs = []
        for known, goal in goals:
            proof = self.prove(known, goal, depth)
            if proof is None:
                return None
            proofs.append(proof)
        return proofs

    # --- ends of the tree ----------------------------------------------------------------------------------------

    def _end(self, known: list[Boolean], goal: Boolean, depth: int) -> Rule | None:
        key = tuple(known), goal
        first = self.ends.get(key, 0)
        self.ends[key] = max(first, self.level + 1)
        for level in range(first, self.level + 1):
            found = self._algebra(known, goal, level) or (self._few_boxes(known, goal) if level == 0 else None)
            if found is not None:
                return found
        return None

    def _algebra(self, known: list[Boolean], goal: Boolean, level: int) -> Rule | None:
        for expanded, facts in _selections(known, goal, level):
            rule: Rule = {"kind": "algebra", "expanded": expanded, "facts": facts}
            try:
                facts_too, conclusion = algebraic(known, goal, rule)
                fails = Samples(facts_too, conclusion).violated()
                proof = None if fails else self.algebra(facts_too, conclusion)
            except CertificateError:
                continue
            if proof is not None:
                return {**rule, "goal": proof}
        return None

    def _few_boxes(self, known: list[Boolean], goal: Boolean) -> Rule | None:
        return self._box_tree(known, goal, 12 if goal.free_symbols else 1)

    def _boxes(self, known: list[Boolean], goal: Boolean) -> Rule | None:
        return self._box_tree(known, goal, self.boxes)

    def _box_tree(self, known: list[Boolean], goal: Boolean, most: int) -> Rule | None:
        tree = find_boxes(known, goal, most) if most else None
        return None if tree is None else {"kind": "boxes", "tree": tree}

    # --- simpler goals -------------------------------------------------------------------------------------------

    def _equality(self, known: list[Boolean], goal: Boolean, depth: int) -> Rule | None:
        if not isinstance(goal, sp.Eq):
            return None
        sides = [kind(*goal.args, evaluate=False) for kind in (sp.Ge, sp.Le)]
        return self._all("parts", [(known, side) for side in sides], depth)

    def _cases(self, known: list[Boolean], goal: Boolean, depth: int) -> Rule | None:
        try:
            return self._all("cases", case_goals(known, goal), depth)
        except CertificateError:
            return None

    def _factors(self, known: list[Boolean], goal: Boolean, depth: int) -> Rule | None:
        """Leave out the factors whose sign can be shown; the signs are guessed from samples."""
        try:
            constant, found, strict = factors(goal)
        except CertificateError:
            return None
        if not found or (len(found) == 1 and found[0][1] == 1 and not _simpler(goal, found[0][0], constant)):
            return None
        signs: list[int] = []
        proofs: list[Rule] = []
        rest: sp.Expr = sp.sign(constant)
        for factor, exponent in found:
            if exponent % 2 == 0 and (exponent < 0 or not strict):
                signs.append(2)
                continue
            sign = Samples(known, sp.Ge(factor, 0, evaluate=False)).sign()
            claim = (sp.Gt if strict or exponent < 0 else sp.Ge)(sign * factor, 0, evaluate=False)
            simple = exponent < 0 or len(found) > 1
            proof = self.prove(known, claim, depth) if sign and simple else None
            if proof is not None:
                signs.append(sign)
                proofs.append(proof)
                rest *= sign if exponent % 2 else 1
            elif exponent > 0:
                signs.append(0)
                rest *= factor**exponent
            else:
                return None
        goal = (sp.Gt if strict else sp.Ge)(sp.expand(rest), 0, evaluate=False)
        proof = self.prove(known, goal, depth)
        return None if proof is None else {"kind": "factors", "signs": signs, "proofs": proofs, "proof": proof}

    def _both_sides(self, known: list[Boolean], goal: Boolean, depth: int) -> Iterator[Rule | None]:
        upper, lower = (goal.lhs, goal.rhs) if isinstance(goal, sp.Ge | sp.Gt) else (goal.rhs, goal.lhs)
        if any(isinstance(term.as_coeff_Mul()[1], sp.log) for term in sp.Add.make_args(upper + lower)):
            yield self._one("exponential", known, exponentials(goal), depth)
        if isinstance(upper, sp.exp) or isinstance(lower, sp.exp):
            positive = self._each([(known, sp.Gt(side, 0, evaluate=False)) for side in (upper, lower)], depth)
            if positive is not None:
                found = self._one("logarithm", known, logarithms(goal), depth)
                yield None if found is None else {**found, "positive": positive}

    # --- along a segment -----------------------------------------------------------------------------------------

    def _derivatives(self, known: list[Boolean], goal: Boolean, depth: int, samples: Samples) -> Iterator[Rule | None]:
        strict = isinstance(goal, sp.Gt | sp.Lt)
        for x in sorted(goal.free_symbols, key=lambda symbol: str(symbol.name)):
            for place in _points(known, goal, x):
                start = point(known, goal, place)
                if samples.may_grow_from(x, start):
                    for kind in ("value", "slope") if strict else ("value",):
                        yield self._derivative(known, goal, depth, x, place, start, kind)

    def _derivative(
        self,
        known: list[Boolean],
        goal: Boolean,
        depth: int,
        x: sp.Symbol,
        place: dict[str, str],
        start: sp.Expr,
        kind: str,
    ) -> Rule | None:
        gap, strict = _gap(goal)
        steep = strict and kind == "slope"
        rule: Rule = {"kind": "derivative", "variable": str(x.name), "from": place, "strict": kind}
        conditions = [at(condition, x, start) for condition in definedness(gap)]
        value = (sp.Gt if strict and not steep else sp.Ge)(at(gap, x, start), 0, evaluate=False)
        proofs = self._each([*_chain(known, conditions), ([*known, *conditions], value)], depth)
        if proofs is None:
            return None
        *rule["conditions"], rule["value"] = proofs
        if steep:
            rule["apart"] = self.prove(known, sp.Ne(x, start, evaluate=False), depth)
            if rule["apart"] is None:
                return None
        kept, rule["kept"] = self._kept(known, x, [start], depth)
        for name, order, sign in (("above", sp.Gt, 1), ("below", sp.Lt, -1)):
            side = order(x, start, evaluate=False)
            impossible = self.prove([*known, side], sp.false, depth)
            if impossible is not None:
                rule[name] = {"none": impossible}
                continue
            try:
                smooth = smoothness(gap, x)
                slope = sign * derivative(gap, x)
            except CertificateError:
                return None
            between = [*kept, side]
            end = (sp.Gt if steep else sp.Ge)(slope, 0, evaluate=False)
            found = self._each([*_chain(between, smooth), ([*between, *smooth], end)], depth)
            if found is None:
                return None
            rule[name] = {"conditions": found[:-1], "slope": found[-1]}
        return rule

    def _kept(
        self, known: list[Boolean], x: sp.Symbol, ends: Sequence[sp.Expr], depth: int
    ) -> tuple[list[Boolean], list[list[Any]]]:
        """The hypotheses that can be shown to hold along a segment, and the entries that say so."""
        kept = [formula for formula in known if x not in formula.free_symbols]
        entries = []
        for place, formula in enumerate(known):
            gap = affine(formula, x)
            if gap is None:
                continue
            proofs = [self._at_end(known, sp.expand(gap[0].xreplace({x: end})), depth) for end in ends]
            if all(proof is not None for proof in proofs):
                kept.append((sp.Gt if gap[1] else sp.Ge)(gap[0], 0, evaluate=False))
                entries.append([place, *[proof or None for proof in proofs]])
        return kept, entries

    def _at_end(self, known: list[Boolean], value: sp.Expr, depth: int) -> Rule | None:
        if isinstance(value, sp.Rational):
            return {} if value >= 0 else None
        return self.prove(known, sp.Ge(value, 0, evaluate=False), depth)

    def _chords(self, known: list[Boolean], goal: Boolean, depth: int, samples: Samples) -> Iterator[Rule | None]:
        for x in sorted(goal.free_symbols, key=lambda symbol: str(symbol.name)):
            places = _points(known, goal, x)
            for first in places:
                for last in places:
                    ends = point(known, goal, first), point(known, goal, last)
                    if samples.may_be_concave_between(x, *ends):
                        yield self._chord(known, goal, depth, x, first, last)

    def _chord(
        self,
        known: list[Boolean],
        goal: Boolean,
        depth: int,
        x: sp.Symbol,
        first: dict[str, str],
        last: dict[str, str],
    ) -> Rule | None:
        gap, strict = _gap(goal)
        ends = [point(known, goal, first), point(known, goal, last)]
        rule: Rule = {"kind": "chord", "variable": str(x.name), "from": first, "to": last}
        inside = [sp.Ge(x, ends[0], evaluate=False), sp.Le(x, ends[1], evaluate=False)]
        proofs = self._each([(known, order) for order in inside], depth)
        if proofs is None:
            return None
        rule["after"], rule["before"] = proofs
        rule["conditions"], rule["values"] = [], []
        for end in ends:
            conditions = [at(condition, x, end) for condition in definedness(gap)]
            value = (sp.Gt if strict else sp.Ge)(at(gap, x, end), 0, evaluate=False)
            found = self._each([*_chain(known, conditions), ([*known, *conditions], value)], depth)
            if found is None:
                return None
            rule["conditions"].append(found[:-1])
            rule["values"].append(found[-1])
        try:
            smooth = smoothness(gap, x)
            bend = -derivative(derivative(gap, x), x)
        except CertificateError:
            return None
        kept, rule["kept"] = self._kept(known, x, ends, depth)
        between = [*kept, sp.Gt(x, ends[0], evaluate=False), sp.Lt(x, ends[1], evaluate=False)]
        end_goal = sp.Ge(bend, 0, evaluate=False)
        found = self._each([*_chain(between, smooth), ([*between, *smooth], end_goal)], depth)
        if found is None:
            return None
        *rule["smooth"], rule["bend"] = found
        return rule


def _chain(known: Sequence[Boolean], conditions: Sequence[Boolean]) -> list[tuple[Sequence[Boolean], Boolean]]:
    """Conditions, each with the earlier ones known."""
    return [([*known, *conditions[:place]], condition) for place, condition in enumerate(conditions)]


def _gap(goal: Boolean) -> tuple[sp.Expr, bool]:
    strict = isinstance(goal, sp.Gt | sp.Lt)
    return (goal.lhs - goal.rhs if isinstance(goal, sp.Ge | sp.Gt) else goal.rhs - goal.lhs), strict


def _simpler(goal: Boolean, factor: sp.Expr, constant: sp.Rational) -> bool:
    """Whether a single factor is another difference than the goal's."""
    gap, _ = _gap(goal)
    return bool(sp.expand(gap - constant * factor) != 0)


def _points(known: Sequence[Boolean], goal: Boolean, x: sp.Symbol) -> list[dict[str, str]]:
    """Points from which to follow x: where hypotheses bound it, the other variables, and a few numbers."""
    found: list[sp.Expr] = []
    for formula in known:
        gap = affine(formula, x)
        if gap is not None:
            slope = sp.expand(gap[0]).coeff(x, 1)
            if isinstance(slope, sp.Rational):
                found.append(sp.expand(x - gap[0] / slope))
    found += [sp.sympify(number) for number in USUAL_POINTS]
    others = sorted(goal.free_symbols - {x}, key=lambda symbol: str(symbol.name))
    found += [sign * other for other in others for sign in (1, -1)]
    return [place for one in dict.fromkeys(found) if (place := _as_point(one)) is not None]


def _as_point(term: sp.Expr) -> dict[str, str] | None:
    """A linear combination of symbols, 1 and pi as the kernel reads it."""
    place: dict[str, str] = {}
    for monomial, coefficient in sp.expand(term).as_coefficients_dict().items():
        name = "1" if monomial == 1 else "pi" if monomial == sp.pi else None
        if isinstance(monomial, sp.Symbol):
            name = str(monomial.name)
        if name is None or not isinstance(coefficient, sp.Rational):
            return None
        if coefficient != 0 and monomial != 0:
            place[name] = str(coefficient)
    return place


def _selections(known: Sequence[Boolean], goal: Boolean, level: int) -> Iterator[tuple[bool, list[list[Any]]]]:
    """Which facts to give to algebra: fewer make smaller programs.  Level 0 gives none, 1 simple ones, 2 the others."""
    terms = terms_of([*usable(known), goal])
    constants = [_constant(place, term) for place, term in enumerate(terms) if not term.free_symbols]
    plain = [entry for entry in constants if entry is not None]
    has_exponentials = any(isinstance(term, sp.exp | sp.sinh | sp.cosh | sp.tanh) for term in terms)
    if level == 0:
        yield False, plain
        if has_exponentials:
            yield True, plain
        return
    own = {place for place, term in enumerate(terms) if term.free_symbols}
    simple, conditional = _unary(terms, own)
    if not own:
        return
    if level == 1:
        yield False, [*plain, *simple]
        return
    pairs = _pairs(terms, own)
    if pairs:
        yield False, [*plain, *simple, *pairs]
    if conditional:
        yield False, [*plain, *simple, *conditional]
    if any(isinstance(term, sp.exp) for term in terms):
        yield True, [*plain, *simple]


def _unary(terms: Sequence[sp.Expr], own: set[int]) -> tuple[list[list[Any]], list[list[Any]]]:
    """The facts about single terms: those that hold without a condition, the others."""
    simple: list[list[Any]] = []
    conditional: list[list[Any]] = []
    for place in sorted(own):
        term = terms[place]
        names = [name for kind, facts in FACTS.items() if isinstance(term, kind) for name in facts]
        if isinstance(term, sp.Pow) and not isinstance(term.exp, sp.Rational):
            names = list(POWER_FACTS)
        for name in names:
            (conditional if name in ("sign", "half period", "square") else simple).append([name, place])
    return simple, conditional


def _pairs(terms: Sequence[sp.Expr], own: set[int]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for i in sorted(own):
        for j in sorted(own):
            if i == j or type(terms[i]) is not type(terms[j]):
                continue
            if isinstance(terms[i], sp.exp | sp.log):
                found.append(["tangent", i, j])
            elif i < j:
                for name, kinds in (("increasing", INCREASING), ("contracting", CONTRACTING)):
                    if isinstance(terms[i], kinds):
                        found.append([name, i, j])
    return found


def _constant(place: int, term: sp.Expr) -> list[Any] | None:
    """Bounds of a constant by decimal fractions."""
    value = sp.N(term, 30)
    if not value.is_finite or not value.is_real:
        return None
    low = sp.floor(value * 10**4)
    return ["bounds", place, str(sp.Rational(int(low), 10**4)), str(sp.Rational(int(low) + 1, 10**4))]
