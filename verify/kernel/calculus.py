"""Inequalities by calculus: rules that reduce a transcendental goal to algebra, to boxes, or to simpler goals.

A goal is ``hypotheses => conclusion`` where the conclusion has a value wherever the hypotheses hold; every rule keeps
that so.  Rules about ``upper >= lower`` (or >) speak of the difference d = upper - lower.  A certificate is a tree of
named rules, as data; what the smaller goals are is derived here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.boxes import check_boxes, difference
from verify.kernel.functions import (
    CASED,
    definedness,
    derivative,
    fact,
    is_partial,
    require_known,
    smoothness,
    terms_of,
    usable,
)
from verify.kernel.generators import Generators
from verify.kernel.intervals import Empty, enclosure
from verify.kernel.products import items, number

#: Rules nested deeper than this are refused.
DEEPEST = 40

#: Checks a certificate of an algebraic goal; returns its grade.
Algebra = Callable[[Sequence[Boolean], Boolean, Any], str]
#: Smaller goals, each with its certificate.
Goals = Iterator[tuple[Sequence[Boolean], Boolean, Any]]


def check_calculus(hypotheses: Sequence[Boolean], conclusion: Boolean, node: Any, algebra: Algebra) -> list[str]:
    """Accept a tree of rules for a goal; returns the grades of the algebraic goals that it ends in.

    Raises:
        CertificateError: the tree is malformed, or proves something else.
    """
    grades: list[str] = []
    pending = [(list(hypotheses), conclusion, node, 0)]
    while pending:
        known, goal, node, depth = pending.pop()
        known = flattened(known)
        if not isinstance(node, Mapping) or depth > DEEPEST:
            raise CertificateError("a rule of calculus is malformed, or too deep")
        require_known([goal])
        kind = node.get("kind")
        if kind == "algebra":
            grades.append(algebra(*algebraic(known, goal, node), node.get("goal")))
        elif kind == "boxes":
            check_boxes(known, goal, node.get("tree"))
        elif isinstance(kind, str) and kind in RULES:
            pending += [(list(h), c, part, depth + 1) for h, c, part in RULES[kind](known, goal, node)]
        else:
            raise CertificateError(f"there is no rule {str(kind)[:40]!r}")
    return grades


def flattened(hypotheses: Sequence[Boolean]) -> list[Boolean]:
    """Conjunctions by their parts, and what |u| <= c says without the absolute value beside it."""
    found: list[Boolean] = []
    for formula in hypotheses:
        if isinstance(formula, sp.And):
            found += flattened(formula.args)
            continue
        found.append(formula)
        if isinstance(formula, sp.Ge | sp.Gt | sp.Le | sp.Lt):
            upper, lower, strict = _sides(formula)
            if isinstance(lower, sp.Abs):
                kind = sp.Gt if strict else sp.Ge
                found += [kind(upper, sign * lower.args[0], evaluate=False) for sign in (1, -1)]
    return list(dict.fromkeys(found))


# --- to algebra ------------------------------------------------------------------------------------------------------


def algebraic(
    hypotheses: Sequence[Boolean], conclusion: Boolean, node: Mapping[str, Any]
) -> tuple[list[Boolean], Boolean]:
    """The goal with a variable for every transcendental term, and the named facts about these terms as hypotheses.

    At a point where the hypotheses hold, every term that is replaced has a value, and the facts are true of it; so what
    holds for all values of the variables holds there.  A conclusion that may hold without its terms having values (an
    Implies) is refused; those of a relation, And and Or have values, as the conclusion has one.
    """
    known = [*usable(hypotheses)]
    if conclusion.has(sp.Implies, sp.Equivalent) and is_partial(conclusion):
        raise CertificateError(f"{conclusion} may hold where a term in it has no value")
    terms = terms_of([*known, conclusion])
    for entry in items(node.get("facts"), "facts"):
        name, *places = items(entry, "a fact") or [None]
        if name == "bounds":
            known += _bounds_of_constant(terms, places)
            continue
        if any(type(place) is not int or not 0 <= place < len(terms) for place in places):
            raise CertificateError("a fact names a term that there is not")
        known.append(fact(str(name), [terms[place] for place in places]))
    generators = Generators([*known, conclusion], expanded=node.get("expanded") is True)
    *lowered, goal = [generators(formula) for formula in (*known, conclusion)]
    return [*lowered, *generators.facts()], goal


def _bounds_of_constant(terms: Sequence[sp.Expr], entry: Sequence[Any]) -> list[Boolean]:
    """low <= term <= high for a term without variables, checked by intervals."""
    if len(entry) != 3 or type(entry[0]) is not int or not 0 <= entry[0] < len(terms):
        raise CertificateError("the bounds of a constant are its place and two numbers")
    term, low, high = terms[entry[0]], _rational(entry[1]), _rational(entry[2])
    if term.free_symbols or not (_positive(term - low) and _positive(high - term)):
        raise CertificateError(f"{term} is not certainly between {low} and {high}")
    return [sp.Gt(term, low, evaluate=False), sp.Gt(high, term, evaluate=False)]


def _positive(constant: sp.Expr) -> bool:
    try:
        return enclosure(constant, {}).lies_above(strict=True)
    except Empty:
        return False


def _rational(text: Any) -> sp.Rational:
    value = number(text)
    return sp.Rational(int(value.p), int(value.q))


# --- rules -----------------------------------------------------------------------------------------------------------


def _field(node: Mapping[str, Any], name: str) -> Any:
    if name not in node:
        raise CertificateError(f"a rule of calculus has no field {name!r}")
    return node[name]


def _sides(conclusion: Boolean) -> tuple[sp.Expr, sp.Expr, bool]:
    """The larger side, the smaller one, and whether they must differ."""
    if isinstance(conclusion, sp.Ge | sp.Gt):
        return conclusion.lhs, conclusion.rhs, isinstance(conclusion, sp.Gt)
    if isinstance(conclusion, sp.Le | sp.Lt):
        return conclusion.rhs, conclusion.lhs, isinstance(conclusion, sp.Lt)
    raise CertificateError(f"{conclusion} is no inequality")


def _positivity(term: sp.Expr, *, strict: bool = False) -> Relational:
    return (sp.Gt if strict else sp.Ge)(term, 0, evaluate=False)


def _parts(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """A conjunction, part by part; an equality as two inequalities."""
    if isinstance(goal, sp.And):
        parts: Sequence[Boolean] = goal.args
    elif isinstance(goal, sp.Eq):
        parts = [sp.Ge(*goal.args, evaluate=False), sp.Le(*goal.args, evaluate=False)]
    else:
        raise CertificateError(f"{goal} has no parts")
    proofs = items(_field(node, "proofs"), "proofs")
    if len(proofs) != len(parts):
        raise CertificateError(f"{goal} has {len(parts)} parts, not {len(proofs)}")
    for part, proof in zip(parts, proofs, strict=True):
        yield known, part, proof


def _assume(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """An implication: its hypothesis is known."""
    if not isinstance(goal, sp.Implies):
        raise CertificateError(f"{goal} is no implication")
    yield [*known, goal.args[0]], goal.args[1], _field(node, "proof")


def options(goal: Boolean) -> tuple[sp.Expr, list[tuple[Boolean, sp.Expr]]]:
    """The first |u|, sign, Min or Max in a goal, innermost first, with its cases: a condition, and its value there.

    Raises:
        CertificateError: there is none, or it stands in a formula where it may have no value.
    """
    _sides(goal)
    for term in sp.postorder_traversal(goal):
        if not isinstance(term, CASED):
            continue
        if isinstance(term, sp.Abs | sp.sign):
            u = term.args[0]
            values = (u, sp.S.Zero, -u) if isinstance(term, sp.Abs) else (sp.S.One, sp.S.Zero, sp.S.NegativeOne)
            kinds = (sp.Gt, sp.Eq, sp.Lt)
            return term, [(kind(u, 0, evaluate=False), value) for kind, value in zip(kinds, values, strict=True)]
        kind = sp.Ge if isinstance(term, sp.Max) else sp.Le
        arguments = sorted(term.args, key=sp.srepr)
        cases = []
        for u in arguments:
            others = [kind(u, v, evaluate=False) for v in arguments if v != u]
            cases.append((sp.And(*others), u))
        return term, cases
    raise CertificateError(f"{goal} has no cases")


def case_goals(known: Sequence[Boolean], goal: Boolean) -> list[tuple[list[Boolean], Boolean]]:
    """The goal in each case of its first |u|, sign, Min or Max."""
    term, cases = options(goal)
    return [
        ([*known, condition], goal.func(*[side.xreplace({term: value}) for side in goal.args], evaluate=False))
        for condition, value in cases
    ]


def _cases(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """The cases of an absolute value, a sign, a minimum or a maximum: it has a value, so one of them applies."""
    found, proofs = case_goals(known, goal), items(_field(node, "proofs"), "proofs")
    if len(found) != len(proofs):
        raise CertificateError(f"there are {len(found)} cases, but certificates of {len(proofs)}")
    for (hypotheses, conclusion), proof in zip(found, proofs, strict=True):
        yield hypotheses, conclusion, proof


def _split(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """x is at most, or more than, some point."""
    x = variable(known, goal, _field(node, "variable"))
    at = point(known, goal, _field(node, "at"))
    yield [*known, sp.Le(x, at, evaluate=False)], goal, _field(node, "below")
    yield [*known, sp.Gt(x, at, evaluate=False)], goal, _field(node, "above")


def _exponential(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """a >= b where exp(a) >= exp(b)."""
    yield known, exponentials(goal), _field(node, "proof")


def exponentials(goal: Boolean) -> Boolean:
    """The exponentials of both sides, compared in the same way."""
    upper, lower, strict = _sides(goal)
    return (sp.Gt if strict else sp.Ge)(sp.exp(upper), sp.exp(lower), evaluate=False)


def _logarithm(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """a >= b where log a >= log b, if both are positive."""
    upper, lower, _ = _sides(goal)
    proofs = items(_field(node, "positive"), "positive")
    if len(proofs) != 2:
        raise CertificateError("the logarithm of two sides needs two proofs that they are positive")
    yield known, _positivity(upper, strict=True), proofs[0]
    yield known, _positivity(lower, strict=True), proofs[1]
    yield known, logarithms(goal), _field(node, "proof")


def logarithms(goal: Boolean) -> Boolean:
    """The logarithms of both sides, compared in the same way."""
    upper, lower, strict = _sides(goal)
    return (sp.Gt if strict else sp.Ge)(sp.log(upper), sp.log(lower), evaluate=False)


def factors(goal: Boolean) -> tuple[sp.Rational, list[tuple[sp.Expr, int]], bool]:
    """The difference as constant * product of factor**exponent, factors as of ``Generators``; whether it is > 0."""
    upper, lower, strict = _sides(goal)
    generators = Generators([goal], expanded=True)
    constant, found = generators.factors(upper - lower)
    return constant, found, strict


def _factors(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """Factors of known sign are left out of the difference.

    ``signs`` gives for each factor 1 or -1, to leave it out with a proof of its sign; 2 for an even power, which is not
    negative; 0 to keep it.  A factor below the line is not zero, as the difference has a value.
    """
    constant, found, strict = factors(goal)
    signs, proofs = items(_field(node, "signs"), "signs"), list(items(_field(node, "proofs"), "proofs"))
    if len(signs) != len(found):
        raise CertificateError(f"the difference has {len(found)} factors, but there are {len(signs)} signs")
    rest: sp.Expr = sp.sign(constant)
    for (factor, exponent), sign in zip(found, signs, strict=True):
        if sign == 0 and exponent > 0:
            rest *= factor**exponent
        elif sign == 2 and exponent % 2 == 0 and (exponent < 0 or not strict):
            continue
        elif type(sign) is int and sign in (1, -1) and proofs:
            yield known, _positivity(sign * factor, strict=strict or exponent < 0), proofs.pop(0)
            rest *= sign if exponent % 2 else 1
        else:
            raise CertificateError(f"the factor {factor} cannot be left out so")
    if proofs:
        raise CertificateError("there are more proofs than factors left out")
    yield known, _positivity(sp.expand(rest), strict=strict), _field(node, "proof")


# --- along a segment -------------------------------------------------------------------------------------------------


def variable(known: Sequence[Boolean], goal: Boolean, name: Any) -> sp.Symbol:
    """The variable of a name."""
    symbols = goal.free_symbols.union(*(formula.free_symbols for formula in known))
    named = [symbol for symbol in symbols if str(symbol.name) == name]
    if len(named) != 1:
        raise CertificateError(f"there is no variable {str(name)[:40]!r}")
    return named[0]


def point(known: Sequence[Boolean], goal: Boolean, entries: Any) -> sp.Expr:
    """A linear combination of variables, 1 and pi, as ``{"x": "1/2", "1": "3", "pi": "1"}``."""
    if not isinstance(entries, Mapping):
        raise CertificateError("a point of a certificate is no object")
    total: sp.Expr = sp.S.Zero
    for name, coefficient in entries.items():
        base = {"1": sp.S.One, "pi": sp.pi}.get(name) or variable(known, goal, name)
        total += _rational(coefficient) * base
    return total


def _along(
    known: Sequence[Boolean], node: Mapping[str, Any], x: sp.Symbol, ends: Sequence[sp.Expr]
) -> tuple[list[Boolean], list[tuple[Sequence[Boolean], Boolean, Any]]]:
    """The hypotheses that hold on the open segment between ``ends`` (or one of them and x), and goals for that.

    Those without x do.  One that is affine in x, ``d >= 0`` or ``d > 0``, holds at x.  If d >= 0 at the ends as well,
    it holds between them: an affine function that is not negative at both ends of a segment, and positive at one point
    of it, is positive inside.  So much is shown of those that are kept; the others are given up.
    """
    kept = [formula for formula in known if x not in formula.free_symbols]
    goals = []
    for entry in items(_field(node, "kept"), "kept"):
        place, *proofs = items(entry, "a kept hypothesis") or [None]
        if type(place) is not int or not 0 <= place < len(known) or len(proofs) != len(ends):
            raise CertificateError("a hypothesis is kept that there is not, or without its proofs")
        gap = affine(known[place], x)
        if gap is None:
            raise CertificateError(f"{known[place]} is not affine in {x}")
        kept.append(_positivity(gap[0], strict=gap[1]))
        for end, proof in zip(ends, proofs, strict=True):
            at_end = sp.expand(gap[0].xreplace({x: end}))
            if not (isinstance(at_end, sp.Rational) and at_end >= 0):
                goals.append((known, _positivity(at_end), proof))
    return kept, goals


def affine(formula: Boolean, x: sp.Symbol) -> tuple[sp.Expr, bool] | None:
    """A relation as ``d >= 0`` or ``d > 0`` (strict) with d affine in x and defined everywhere, None if it is none."""
    found = difference(formula) if isinstance(formula, Relational) else None
    if found is None or x not in found[0].free_symbols or definedness(found[0]) or definedness(formula):
        return None
    slope = sp.expand(found[0]).coeff(x, 1)
    rest = sp.expand(found[0] - slope * x)
    return found if x not in slope.free_symbols | rest.free_symbols else None


def at(formula: sp.Basic, x: sp.Symbol, end: sp.Expr) -> sp.Basic:
    """A term or a relation with a value put in for x."""
    if isinstance(formula, Relational):
        return formula.func(*[side.xreplace({x: end}) for side in formula.args], evaluate=False)
    return formula.xreplace({x: end})


def _each(known: Sequence[Boolean], conditions: Sequence[Boolean], proofs: Any) -> Goals:
    """Conditions, inner terms first, each proved with the earlier ones known."""
    proofs = items(proofs, "conditions")
    if len(proofs) != len(conditions):
        raise CertificateError(f"there are {len(conditions)} conditions for a value, but proofs of {len(proofs)}")
    for place, (condition, proof) in enumerate(zip(conditions, proofs, strict=True)):
        yield [*known, *conditions[:place]], condition, proof


def _derivative(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """d >= 0 at x since d(a) >= 0, and d does not decrease on the way from a to x.

    d is continuous on the closed segment (it has a value at a, between, and at x), and has a derivative between, so the
    mean value theorem applies.  For d > 0 one of the two is strict; if the slope is, x must not be a.
    """
    upper, lower, strict = _sides(goal)
    gap = upper - lower
    x = variable(known, goal, _field(node, "variable"))
    start = point(known, goal, _field(node, "from"))
    if x in start.free_symbols:
        raise CertificateError(f"the point {start} moves with {x}")
    steep = strict and node.get("strict") == "slope"
    conditions = [at(condition, x, start) for condition in definedness(gap)]
    yield from _each(known, conditions, _field(node, "conditions"))
    yield [*known, *conditions], _positivity(at(gap, x, start), strict=strict and not steep), _field(node, "value")
    if steep:
        yield known, sp.Ne(x, start, evaluate=False), _field(node, "apart")
    kept, goals = _along(known, node, x, [start])
    yield from goals
    for name, kind, sign in (("above", sp.Gt, 1), ("below", sp.Lt, -1)):
        side = _field(node, name)
        if not isinstance(side, Mapping):
            raise CertificateError(f"the side {name} of a derivative is no object")
        order = kind(x, start, evaluate=False)
        if "none" in side:  # x is never there
            yield [*known, order], sp.false, side["none"]
            continue
        between = [*kept, order]
        smooth = smoothness(gap, x)
        yield from _each(between, smooth, _field(side, "conditions"))
        yield [*between, *smooth], _positivity(sign * derivative(gap, x), strict=steep), _field(side, "slope")


def _chord(known: Sequence[Boolean], goal: Boolean, node: Mapping[str, Any]) -> Goals:
    """d >= 0 at x between a and b since d(a), d(b) >= 0 and d is concave there: d'' <= 0, and d is continuous."""
    upper, lower, strict = _sides(goal)
    gap = upper - lower
    x = variable(known, goal, _field(node, "variable"))
    ends = [point(known, goal, _field(node, "from")), point(known, goal, _field(node, "to"))]
    if any(x in end.free_symbols for end in ends):
        raise CertificateError(f"an end of the chord moves with {x}")
    yield known, sp.Ge(x, ends[0], evaluate=False), _field(node, "after")
    yield known, sp.Le(x, ends[1], evaluate=False), _field(node, "before")
    conditions, values = (items(_field(node, name), name) for name in ("conditions", "values"))
    if len(conditions) != 2 or len(values) != 2:
        raise CertificateError("a chord has two ends")
    for end, proofs, proof in zip(ends, conditions, values, strict=True):
        defined = [at(condition, x, end) for condition in definedness(gap)]
        yield from _each(known, defined, proofs)
        yield [*known, *defined], _positivity(at(gap, x, end), strict=strict), proof
    kept, goals = _along(known, node, x, ends)
    yield from goals
    between = [*kept, sp.Gt(x, ends[0], evaluate=False), sp.Lt(x, ends[1], evaluate=False)]
    smooth = smoothness(gap, x)
    yield from _each(between, smooth, _field(node, "smooth"))
    bend = -derivative(derivative(gap, x), x)
    yield [*between, *smooth], _positivity(bend), _field(node, "bend")


RULES: dict[str, Callable[[Sequence[Boolean], Boolean, Mapping[str, Any]], Goals]] = {
    "parts": _parts,
    "assume": _assume,
    "cases": _cases,
    "split": _split,
    "exponential": _exponential,
    "logarithm": _logarithm,
    "factors": _factors,
    "derivative": _derivative,
    "chord": _chord,
}
