"""The checker of implications: its cases cover every failure of the goal, and only untampered certificates pass."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.cases import leaves
from verify.kernel.functions import definedness
from verify.kernel.identity import is_identity
from verify.kernel.implication import by_squares, check_implication
from verify.kernel.ring import Ring
from verify.proof.implication import Work, prove_implication

x, y, z = sp.symbols("x y z", real=True)
WORK = Work(max_degree=4, lp_columns=400, solver_rlimit=0, solver_seconds=1, memory_mb=512, leaves_cap=64)


def ge(left: Any, right: Any) -> Boolean:
    return sp.Ge(sp.sympify(left), sp.sympify(right), evaluate=False)


def gt(left: Any, right: Any) -> Boolean:
    return sp.Gt(sp.sympify(left), sp.sympify(right), evaluate=False)


def eq(left: Any, right: Any) -> Boolean:
    return sp.Eq(sp.sympify(left), sp.sympify(right), evaluate=False)


# --- an independent evaluation, by Kleene's three values --------------------------------------------------------------


class NoValue(Exception):
    pass


class Irrational(Exception):
    pass


def root(value: Fraction) -> Fraction:
    if value < 0:
        raise NoValue
    found = [sp.integer_nthroot(part, 2) for part in (value.numerator, value.denominator)]
    if not all(exact for _, exact in found):
        raise Irrational
    return Fraction(int(found[0][0]), int(found[1][0]))


def number(term: sp.Expr, point: Mapping[sp.Symbol, Fraction]) -> Fraction:
    values = [number(argument, point) for argument in term.args if not isinstance(term, sp.Pow)]
    if isinstance(term, sp.Symbol):
        return point[term]
    if isinstance(term, sp.Rational):
        return Fraction(int(term.p), int(term.q))
    if isinstance(term, sp.Add):
        return sum(values, Fraction(0))
    if isinstance(term, sp.Mul):
        product = Fraction(1)
        for value in values:
            product *= value
        return product
    if isinstance(term, sp.Pow):
        base = number(term.base, point)
        base = root(base) if term.exp.q == 2 else base
        if term.exp < 0 and base == 0:
            raise NoValue
        return base ** int(term.exp.p)
    if isinstance(term, sp.Abs):
        return abs(values[0])
    if isinstance(term, sp.sign):
        return Fraction((values[0] > 0) - (values[0] < 0))
    return min(values) if isinstance(term, sp.Min) else max(values)


def truth(formula: Boolean, point: Mapping[sp.Symbol, Fraction]) -> bool | None:
    if formula in (sp.true, sp.false):
        return formula is sp.true
    if isinstance(formula, sp.Not):
        inner = truth(formula.args[0], point)
        return None if inner is None else not inner
    if isinstance(formula, sp.And | sp.Or):
        decisive = isinstance(formula, sp.Or)
        values = [truth(part, point) for part in formula.args]
        return decisive if decisive in values else None if None in values else not decisive
    if isinstance(formula, sp.Implies):
        return truth(formula.args[1], point) if truth(formula.args[0], point) else True
    if isinstance(formula, sp.Equivalent):
        first, second = formula.args
        return truth(sp.And(sp.Implies(first, second), sp.Implies(second, first), evaluate=False), point)
    try:
        left, right = (number(side, point) for side in formula.args)
    except NoValue:
        return None
    compared = {
        sp.Ge: left >= right,
        sp.Gt: left > right,
        sp.Le: left <= right,
        sp.Lt: left < right,
        sp.Eq: left == right,
        sp.Ne: left != right,
    }
    return compared[type(formula)]


# --- random formulas --------------------------------------------------------------------------------------------------

small = st.sampled_from([sp.Integer(-2), sp.Integer(-1), sp.S.Zero, sp.S.One, sp.Integer(2), sp.Rational(1, 2)])
ONE = [lambda a: a**-1, sp.sqrt, sp.Abs, sp.sign, lambda a: a**2]
TWO = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, sp.Min, sp.Max]


def apply(function: Any, *arguments: sp.Expr) -> sp.Expr:
    """The term, or 0 where SymPy sees that it is none of the real numbers."""
    try:
        term = function(*arguments)
    except ValueError:
        return sp.S.Zero
    return sp.S.Zero if term.is_real is False or term.has(sp.zoo, sp.nan, sp.oo, sp.I, sp.re, sp.im) else term


terms = st.recursive(
    st.one_of(st.sampled_from([x, y]), small),
    lambda inner: st.one_of(
        st.builds(apply, st.sampled_from(ONE), inner), st.builds(apply, st.sampled_from(TWO), inner, inner)
    ),
    max_leaves=4,
)
relations = st.builds(
    lambda kind, left, right: kind(left, right, evaluate=False),
    st.sampled_from([sp.Ge, sp.Gt, sp.Le, sp.Lt, sp.Eq, sp.Ne]),
    terms,
    terms,
)
formulas = st.recursive(
    relations,
    lambda inner: st.one_of(
        st.builds(lambda a, b: sp.And(a, b, evaluate=False), inner, inner),
        st.builds(lambda a, b: sp.Or(a, b, evaluate=False), inner, inner),
        st.builds(lambda a: sp.Not(a, evaluate=False), inner),
        st.builds(lambda a, b: sp.Implies(a, b, evaluate=False), inner, inner),
        st.builds(lambda a, b: sp.Equivalent(a, b, evaluate=False), inner, inner),
    ),
    max_leaves=3,
)
values = st.sampled_from([Fraction(v) for v in ("-4", "-1", "-1/4", "0", "1/4", "1", "9/4", "4")])


def in_some_leaf(hypotheses: Sequence[Boolean], conclusion: Boolean, point: Mapping[sp.Symbol, Fraction]) -> bool:
    """Whether a leaf holds at the point, each root variable having its value."""
    ring = Ring([*hypotheses, conclusion])
    extended: dict[sp.Symbol, sp.Rational] = {s: sp.Rational(v) for s, v in point.items()}
    for place, radicand in enumerate(ring.radicands):
        try:
            extended[ring.symbols[place]] = sp.Rational(root(number(radicand, point)))
        except NoValue:
            extended[ring.symbols[place]] = sp.S.Zero
    for leaf in leaves(hypotheses, conclusion):
        signs = [(sp.sign(atom.polynomial.as_expr().subs(extended)), atom.relation) for atom in leaf]
        if all(sign in {">": (1,), ">=": (0, 1), "=": (0,)}[relation] for sign, relation in signs):
            return True
    return False


@settings(max_examples=60, deadline=None)
@given(st.lists(formulas, max_size=2), formulas, values, values)
def test_a_point_where_the_goal_fails_lies_in_a_leaf_or_breaks_definedness(
    hypotheses: list[Boolean], conclusion: Boolean, first: Fraction, second: Fraction
) -> None:
    point = {x: first, y: second}
    try:
        holds = [truth(formula, point) for formula in hypotheses]
        assume(all(holds) and truth(conclusion, point) is not True)
        undefined = [c for c in definedness(conclusion) if truth(c, point) is not True]
        # The first condition that fails has a value there itself, so that its own proof cannot overlook the point.
        covered = in_some_leaf(hypotheses, undefined[0] if undefined else conclusion, point)
    except (Irrational, CertificateError):
        assume(False)
    assert covered


@settings(max_examples=30, deadline=None)
@given(st.lists(formulas, max_size=2), formulas, values, values)
def test_a_goal_that_fails_at_a_point_is_never_proved(
    hypotheses: list[Boolean], conclusion: Boolean, first: Fraction, second: Fraction
) -> None:
    point = {x: first, y: second}
    try:
        assume(all(truth(formula, point) for formula in hypotheses) and truth(conclusion, point) is not True)
    except Irrational:
        assume(False)
    quick = Work(max_degree=3, lp_columns=80, solver_rlimit=0, solver_seconds=1, memory_mb=512, leaves_cap=16)
    assert prove_implication(hypotheses, conclusion, work=quick) is None


# --- what is assumed, and what has to be proved -----------------------------------------------------------------------


def test_conditions_of_having_a_value_come_inner_terms_first() -> None:
    assert definedness(gt(1 / (1 + 1 / x), 0)) == [sp.Ne(x, 0), sp.Ne(1 + 1 / x, 0)]
    assert definedness(gt(sp.sqrt(x), 1)) == [ge(x, 0)]
    assert definedness(gt(1 / sp.sqrt(x), 1)) == [gt(x, 0)]


def test_the_conclusion_of_an_inner_implication_needs_a_value_only_under_its_hypothesis() -> None:
    assert definedness(sp.Implies(x > 0, gt(1 / x, 0))) == [sp.Implies(x > 0, sp.Ne(x, 0))]
    assert definedness(sp.Implies(gt(1 / x, 0), y > 0)) == []
    assert prove_implication([], sp.Implies(x > 0, gt(1 / x, 0)), work=WORK) is not None
    assert prove_implication([], sp.Implies(x >= 0, gt(1 / x, 0)), work=WORK) is None


def test_a_conclusion_without_a_value_somewhere_is_not_proved() -> None:
    assert prove_implication([], gt(1 / x**2, 0), work=WORK) is None
    assert prove_implication([sp.Ne(x, 0)], gt(1 / x**2, 0), work=WORK) is not None
    assert prove_implication([], ge(sp.sqrt(x), 0), work=WORK) is None
    assert prove_implication([x >= 0], ge(sp.sqrt(x), 0), work=WORK) is not None


def test_a_hypothesis_without_a_value_does_not_hold() -> None:
    assert prove_implication([gt(1 / x, -1)], sp.Ne(x, 0), work=WORK) is not None
    assert prove_implication([gt(sp.sqrt(x), -1)], ge(x, 0), work=WORK) is not None
    # ... and so an implication with such a hypothesis says nothing there.
    assert prove_implication([sp.Implies(gt(1 / x, 0), y > 0)], sp.Or(y > 0, x < 0), work=WORK) is None
    assert prove_implication([sp.Implies(gt(1 / x, 0), y > 0)], sp.Or(y > 0, x <= 0), work=WORK) is not None


def test_contradictory_hypotheses_prove_everything() -> None:
    assert prove_implication([x > 0, x < 0], sp.false, work=WORK) is not None
    assert prove_implication([gt(x * y, 1), gt(0, x), gt(y, 0)], eq(1, 0), work=WORK) is not None


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (gt(sp.exp(x), 0), "exp"),
        (gt(sp.Symbol("c"), 0), "not declared as real"),
        (gt(x ** sp.Rational(1, 3), 0), "half-integer"),
        (gt(x**100, 0), "half-integer"),
        (gt(sp.pi, 0), "pi"),
        (gt(x, sp.Float("0.5")), "algebraic"),
        (gt(x, sp.Symbol("x", positive=True)), "more than real"),
        (gt(x, sp.Dummy("x", real=True)), "more than real"),
        (gt(x, sp.Symbol("root[0]", real=True)), "root"),
    ],
)
def test_what_is_not_algebraic_is_refused_with_its_name(formula: Boolean, reason: str) -> None:
    with pytest.raises(CertificateError, match=reason):
        leaves([], formula)
    with pytest.raises(CertificateError):
        leaves([x > 0, x < 0], sp.Or(x > 1, formula))
    if reason not in ("exp", "pi"):  # which calculus proves
        assert prove_implication([], formula, work=WORK) is None


def test_more_cases_than_allowed_are_refused() -> None:
    names = sp.symbols("a:5", real=True)
    goals = [sp.Ne(a, 0) for a in names]
    assert len(leaves(goals, sp.Ne(x, 0))) == 32
    with pytest.raises(CertificateError, match="more than 31 cases"):
        leaves(goals, sp.Ne(x, 0), 31)


def test_identities_are_polynomial_identities_after_clearing_denominators_and_roots() -> None:
    assert is_identity(eq((x**2 - y**2) / (x - y), x + y))
    assert is_identity(eq((sp.sqrt(x + 1) - 1) * (sp.sqrt(x + 1) + 1), x))
    assert is_identity(eq(sp.sqrt(sp.sqrt(x) + 1) ** 4, x + 2 * sp.sqrt(x) + 1))
    assert not is_identity(eq(sp.sqrt(x), -sp.sqrt(x)))
    assert not is_identity(eq(x * sp.sqrt(x), x**2))
    assert not is_identity(ge(x, x))


# --- tampering --------------------------------------------------------------------------------------------------------

HYPOTHESES = [x > 0, y > 0, sp.Ne(z, 0), gt(1, x * y)]
CONCLUSION = gt((sp.Abs(z) + 1) / x, y)
LEMMAS = [gt(1 / x, y)]


@pytest.fixture(scope="module")
def certificate() -> dict[str, Any]:
    found = prove_implication(HYPOTHESES, CONCLUSION, lemmas=LEMMAS, work=WORK)
    assert found is not None
    return found


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field and entry."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def replaced(certificate: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(certificate)
    part = changed
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return changed


def test_an_untouched_certificate_is_accepted_at_grade_kernel(certificate: dict[str, Any]) -> None:
    assert check_implication(HYPOTHESES, CONCLUSION, certificate, LEMMAS) == "kernel"


@pytest.mark.parametrize(
    "value", [None, {}, [], "nan", "1", "-1", 10**100, -1, 0.5, True, "x" * 10_000, [{}], {"0": 1}]
)
def test_a_certificate_with_a_replaced_field_is_rejected(certificate: dict[str, Any], value: Any) -> None:
    for path in places(certificate):
        if _at(certificate, path) == value and type(_at(certificate, path)) is type(value):
            continue  # no change
        with pytest.raises(CertificateError):
            check_implication(HYPOTHESES, CONCLUSION, replaced(certificate, path, value), LEMMAS)


def _at(certificate: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        certificate = certificate[step]
    return certificate


def test_no_field_or_entry_can_be_dropped(certificate: dict[str, Any]) -> None:
    for path in places(certificate):
        if path[-2:-1] == ("using",):
            continue  # with a hypothesis less that is not needed, it may still be a proof
        changed = copy.deepcopy(certificate)
        part = _at(changed, path[:-1])
        del part[path[-1]]
        with pytest.raises(CertificateError):
            check_implication(HYPOTHESES, CONCLUSION, changed, LEMMAS)


def test_the_certificate_of_another_goal_is_rejected(certificate: dict[str, Any]) -> None:
    for hypotheses, conclusion, lemmas in [
        (HYPOTHESES, gt(sp.Abs(z) / x, y), LEMMAS),
        (HYPOTHESES[1:], CONCLUSION, LEMMAS),
        (HYPOTHESES, CONCLUSION, ()),
        (HYPOTHESES, CONCLUSION, [gt(1 / x, y + 1)]),
        (HYPOTHESES, CONCLUSION, LEMMAS * 2),
    ]:
        with pytest.raises(CertificateError):
            check_implication(hypotheses, conclusion, certificate, lemmas)


def test_swapped_leaves_are_rejected() -> None:
    hypotheses, conclusion = [x > 0, y > x], sp.And(gt(y**2, x**2), gt(y + 3 * x, x))
    found = prove_implication(hypotheses, conclusion, work=WORK)
    assert found is not None
    proofs = found["proof"]["goal"]["leaves"]
    if len(proofs) == 2:
        proofs.reverse()
        with pytest.raises(CertificateError):
            check_implication(hypotheses, conclusion, found)


def test_an_identity_cannot_be_claimed_of_an_inequality(certificate: dict[str, Any]) -> None:
    changed = replaced(certificate, ("proof", "goal"), {"kind": "identity"})
    with pytest.raises(CertificateError, match="no identity"):
        check_implication(HYPOTHESES, CONCLUSION, changed, LEMMAS)


LIMITS = {"work": 1000, "memory_mb": 512, "seconds": 1}


def by_solvers(*solvers: str) -> dict[str, Any]:
    goal = {"kind": "unsat", "solvers": list(solvers), "limits": LIMITS}
    return {"kind": "implication", "lemmas": [], "proof": {"defined": [], "goal": goal}}


def test_a_solver_certificate_has_the_grade_of_its_solvers_and_is_asked_again() -> None:
    asked = []

    def solve(name: str, hypotheses: Sequence[Boolean], conclusion: Boolean, limits: Mapping[str, Any]) -> bool:
        asked.append((name, list(hypotheses), conclusion, limits))
        return True

    goal = gt(x**2 + 1, 0)
    assert check_implication([], goal, by_solvers("z3", "cvc5"), (), solve) == "two solvers"
    assert check_implication([], goal, by_solvers("cvc5"), (), solve) == "one solver"
    assert asked[0] == ("z3", [], goal, LIMITS)
    with pytest.raises(CertificateError, match="does not confirm"):
        check_implication([], goal, by_solvers("z3"), (), lambda *_: False)
    with pytest.raises(CertificateError, match="not asked here"):
        check_implication([], goal, by_solvers("z3"))
    for solvers in ((), ("z3", "z3"), ("vampire",), (1,), ({},)):
        with pytest.raises(CertificateError):
            check_implication([], goal, by_solvers(*solvers), (), solve)


# --- squares ----------------------------------------------------------------------------------------------------------


def test_a_bound_on_squares_needs_the_larger_side_not_negative() -> None:
    known = [ge(y**2, x**2), ge(y, 0)]
    certificate = prove_implication(known, sp.Le(sp.sqrt(x**2 + 1), sp.sqrt(y**2 + 1), evaluate=False), work=WORK)
    assert certificate is not None
    goal = {"kind": "squares", "nonnegative": {"kind": "identity"}, "squares": certificate["proof"]["goal"]}
    for weaker in ([ge(y**2, x**2)], [ge(y**2, x**2), ge(0, y)]):
        false = {"kind": "implication", "lemmas": [], "proof": {"defined": [], "goal": goal}}
        with pytest.raises(CertificateError):
            check_implication(weaker, ge(y, x), false)


def test_squares_say_nothing_of_an_equation() -> None:
    goal = {"kind": "squares", "nonnegative": {"kind": "identity"}, "squares": {"kind": "identity"}}
    with pytest.raises(CertificateError, match="no inequality"):
        check_implication([], eq(x, y), {"kind": "implication", "lemmas": [], "proof": {"defined": [], "goal": goal}})


@settings(max_examples=60)
@given(a=st.fractions(-3, 3), b=st.fractions(-3, 3), strict=st.booleans(), mirrored=st.booleans())
def test_the_two_goals_of_squares_imply_the_relation(a: Fraction, b: Fraction, strict: bool, mirrored: bool) -> None:
    kind = (sp.Gt if strict else sp.Ge) if mirrored else (sp.Lt if strict else sp.Le)
    relation = kind(x, y, evaluate=False)
    values = {x: sp.Rational(a), y: sp.Rational(b)}
    if all(bool(goal.subs(values)) for goal in by_squares(relation)):
        assert bool(relation.subs(values))
