"""The rules of calculus and the box trees: what they accept, and the false conclusions that they must refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sympy as sp
from sympy import Abs, And, Eq, Ge, Gt, Implies, Le, Lt, Max, Ne, Rational, cos, exp, log, pi, sin, sqrt, tan, tanh
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.boxes import Boxes, check_boxes
from verify.kernel.calculus import affine, check_calculus, factors, flattened
from verify.kernel.generators import Generators
from verify.kernel.implication import check_implication
from verify.proof.implication import Work, attempt_implication, prove_implication

x, y, r = sp.symbols("x y r", real=True)


def rel(kind: Any, left: Any, right: Any) -> Boolean:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def trusting(known: Sequence[Boolean], goal: Boolean, proof: Any) -> str:
    """Algebra that believes its goal if it can be proved, so that a certificate need not spell it out."""
    certificate = prove_implication(known, goal, work=Work(4, 120, 0, 1, 512, 16))
    if certificate is None:
        raise CertificateError(f"no proof of {goal}")
    return check_implication(known, goal, certificate)


ALGEBRA: dict[str, Any] = {"kind": "algebra", "facts": [], "expanded": False, "goal": None}


def algebra(*facts: list[Any], expanded: bool = False) -> dict[str, Any]:
    return {**ALGEBRA, "facts": list(facts), "expanded": expanded}


def accept(known: Sequence[Boolean], goal: Boolean, rule: Any) -> None:
    check_calculus(known, goal, rule, trusting)


def follow(start: str, above: Any, below: Any, **more: Any) -> dict[str, Any]:
    """A derivative rule in x from a number."""
    rule = {"kind": "derivative", "variable": "x", "from": {"1": start}, "conditions": [], "value": ALGEBRA}
    return {**rule, "kept": [], "above": above, "below": below, **more}


def side(slope: Any, *conditions: Any) -> dict[str, Any]:
    return {"conditions": list(conditions), "slope": slope}


NEVER = {"none": ALGEBRA}


# --- along a segment --------------------------------------------------------------------------------------------------


def test_a_derivative_from_the_end_of_the_domain() -> None:
    accept([x >= 0], rel(Ge, exp(x), 1 + x), follow("0", side(algebra(["tangent", 0])), NEVER))


def test_a_difference_with_a_pole_on_the_way_is_not_followed() -> None:
    # 1/x >= -1 at x = 1, and -1/x**2 < 0: followed downwards it would hold at -1/2 as well, where 1/x = -2
    rule = follow("1", NEVER, side(ALGEBRA, ALGEBRA), conditions=[ALGEBRA])
    goal = rel(Ge, 1 / x, -1)
    with pytest.raises(CertificateError, match="no proof of"):
        accept([rel(Ne, x, 0), rel(Le, x, 1)], goal, rule)
    accept([x > 0, rel(Le, x, 1)], goal, {**rule, "kept": [[0, None]]})


def test_a_start_where_the_difference_has_no_value_is_refused() -> None:
    with pytest.raises(CertificateError):  # log(x) -> -oo at 0
        accept([x > 0], rel(Ge, log(x), -7), follow("0", side(ALGEBRA, ALGEBRA), NEVER, conditions=[ALGEBRA]))


def test_a_root_may_start_at_the_end_of_its_domain() -> None:
    rule = follow("0", side(ALGEBRA, ALGEBRA, ALGEBRA), NEVER, conditions=[ALGEBRA], kept=[[0, None]])
    accept([x >= 0], rel(Ge, sqrt(x) + exp(y), exp(y)), rule)


def test_a_strict_inequality_needs_a_strict_start_or_a_strict_slope_and_another_point() -> None:
    slope = side(algebra(["tangent", 0]))
    goal = rel(Gt, exp(x), 1 + x)
    with pytest.raises(CertificateError):
        accept([x >= 0], goal, follow("0", slope, NEVER))
    with pytest.raises(CertificateError):  # x = 0 is not excluded
        accept([x >= 0], goal, follow("0", side(algebra(["tangent", 0])), NEVER, strict="slope", apart=ALGEBRA))
    accept([x > 0], goal, follow("0", side(algebra(["tangent", 0])), NEVER, strict="slope", apart=ALGEBRA))


def test_a_hypothesis_is_kept_only_if_it_holds_all_along_the_way() -> None:
    goal = rel(Ge, x**3 * exp(y), 8 * exp(y) * (x - 1))
    rule = follow("0", side(ALGEBRA), NEVER)
    for hypothesis, reason in [
        (rel(Ge, x**2, 4), "is not affine in x"),
        (rel(Ge, x, 2), "no proof of"),
        (rel(Ge, x * y, 1), "no proof of"),
        (rel(Ne, x, 1), "is not affine in x"),
        (rel(Eq, x, 3), "is not affine in x"),
    ]:
        with pytest.raises(CertificateError, match=reason):
            accept([hypothesis, x >= 0], goal, {**rule, "kept": [[0, ALGEBRA]]})


def test_a_start_that_moves_with_the_variable_is_refused() -> None:
    rule = {**follow("0", side(ALGEBRA), NEVER), "from": {"x": "1"}}
    with pytest.raises(CertificateError, match="moves with x"):
        accept([], rel(Ge, exp(x), 1 + x), rule)


def test_a_kink_has_no_derivative() -> None:
    with pytest.raises(CertificateError, match="may have no derivative"):
        accept([x >= 0], rel(Ge, exp(x), Abs(x - 1)), follow("0", side(ALGEBRA), NEVER))


def test_a_chord_holds_between_its_ends_only() -> None:
    rule = {
        "kind": "chord",
        "variable": "x",
        "from": {},
        "to": {"pi": "1/2"},
        "after": ALGEBRA,
        "before": ALGEBRA,
        "conditions": [[], []],
        "values": [ALGEBRA, algebra(expanded=True)],
        "kept": [[0, None, algebra()]],
        "smooth": [],
        "bend": algebra(["half period", 1]),
    }
    goal = rel(Ge, pi * sin(x), 2 * x)
    with pytest.raises(CertificateError, match="no proof of"):
        accept([x >= 0, x <= 2], goal, rule)


# --- cases, sides, factors --------------------------------------------------------------------------------------------


def test_the_cases_of_an_absolute_value_cover_everything() -> None:
    goal = rel(Ge, Abs(x) + exp(y), x)
    accept([], goal, {"kind": "cases", "proofs": [algebra(expanded=True)] * 3})
    with pytest.raises(CertificateError, match="3 cases, but certificates of 2"):
        accept([], goal, {"kind": "cases", "proofs": [algebra(expanded=True)] * 2})


def test_logarithms_of_sides_that_may_be_negative_are_refused() -> None:
    rule = {"kind": "logarithm", "positive": [ALGEBRA, ALGEBRA], "proof": ALGEBRA}
    with pytest.raises(CertificateError, match="no proof of"):  # at x = -2 both sides are negative
        accept([], rel(Ge, x * exp(x), x), rule)


def test_a_factor_is_left_out_only_with_its_sign() -> None:
    goal = rel(Ge, x * (exp(x) - 1), 0)
    constant, found, strict = factors(goal)
    assert (constant, strict) == (1, False) and {factor for factor, _ in found} == {x, exp(x) - 1}
    signs = [1 if factor == x else 0 for factor, _ in found]
    rule = {"kind": "factors", "signs": signs, "proofs": [ALGEBRA], "proof": algebra(["tangent", 0])}
    accept([x >= 0], goal, rule)
    with pytest.raises(CertificateError, match="no proof of"):
        accept([x <= 0], goal, rule)
    with pytest.raises(CertificateError, match="cannot be left out"):
        accept([x >= 0], goal, {**rule, "signs": [2 if sign else 0 for sign in signs], "proofs": []})


def test_an_even_factor_may_vanish_so_it_stays_in_a_strict_inequality() -> None:
    goal = rel(Gt, x**2 * (exp(x) + 1), 0)
    _, found, _ = factors(goal)
    signs = [2 if factor == x else 0 for factor, _ in found]
    with pytest.raises(CertificateError, match="cannot be left out"):
        accept([], goal, {"kind": "factors", "signs": signs, "proofs": [], "proof": algebra(expanded=True)})


def test_factors_multiply_to_the_difference() -> None:
    goal = rel(Ge, tanh(x) + exp(x) / (1 + exp(2 * y)), x**r - 2 * sp.cosh(x + y))
    constant, found, _ = factors(goal)
    product = constant * sp.Mul(*[factor**exponent for factor, exponent in found])
    at = {x: Rational(3, 7), y: Rational(-2, 5), r: Rational(5, 3)}
    assert abs(sp.N((product - (goal.lhs - goal.rhs)).xreplace(at), 40)) < 10**-30


# --- algebra ----------------------------------------------------------------------------------------------------------


def test_the_name_of_a_variable_that_stands_for_a_term_is_taken() -> None:
    spy = sp.Symbol("function[0]", real=True)
    with pytest.raises(CertificateError, match="has the name of a variable"):
        Generators([rel(Ge, exp(x), spy)], expanded=False)


def test_an_exponential_of_a_sum_is_a_product() -> None:
    formula = rel(Ge, exp(x / 2 + y) * exp(-x), sp.cosh(x / 3) + (1 + x**2) ** r + exp(2 * log(1 + y**2) + x))
    generators = Generators([formula], expanded=True)
    lowered = generators(formula)
    assert not lowered.has(exp, sp.cosh, log)
    back = lowered.xreplace(generators.terms)
    at = {x: Rational(3, 7), y: Rational(-2, 5), r: Rational(5, 3)}
    for one, other in zip(back.args, formula.args, strict=True):
        assert abs(sp.N((one - other).xreplace(at), 40)) < 10**-30


@pytest.mark.parametrize(
    ("known", "goal"),
    [
        # the hypothesis holds at x = -1 because log(x) has no value there
        ([Implies(rel(Lt, log(x), 5), x > 0)], rel(Gt, exp(y) * x, 0)),
        # and this one at x = -3 because 9 >= 1
        ([rel(Eq, r, 2), rel(Ge, x**r, 1)], rel(Gt, x * exp(y), 0)),
        # the conclusion has no value at 0
        ([x >= 0], rel(Ge, x * log(x), -1)),
        ([], rel(Ge, exp(log(x)), 0) if sp.exp(log(x)) != x else rel(Ge, sqrt(x) + exp(x), 0)),
        ([rel(Ge, x, 0), rel(Le, x, 2)], rel(Ge, tan(x), 0)),
        ([], Implies(rel(Ge, log(x), 0), x >= 2)),
    ],
    ids=str,
)
def test_terms_without_a_value_prove_nothing(known: Sequence[Boolean], goal: Boolean) -> None:
    assert attempt_implication(known, goal, work=Work(4, 60, 0, 1, 512, 8, 12, 100)).certificate is None


def test_a_hypothesis_with_a_value_says_that_it_has_one() -> None:
    goal = rel(Ge, x * exp(y), exp(y))
    assert prove_implication([rel(Ge, log(x), 0)], goal, work=Work.quick()) is not None
    assert prove_implication([And(log(x) >= 0, y > 0)], rel(Gt, log(x) + y, 0), work=Work.quick()) is not None


# --- boxes ------------------------------------------------------------------------------------------------------------

unit = [x >= 0, x <= 1]


def test_a_box_tree_is_checked_box_by_box() -> None:
    goal = rel(Ge, exp(x), 1 + x - Rational(1, 10))
    with pytest.raises(CertificateError, match="not closed"):
        check_boxes(unit, goal, ["goal"])
    cut = ["split", "x", "1/2", ["goal"], ["mean"]]
    with pytest.raises(CertificateError, match="not closed"):
        check_boxes(unit, rel(Ge, exp(x), 1 + x + Rational(1, 10)), cut)
    check_boxes(unit, goal, ["monotone", "x", ["goal"]])
    with pytest.raises(CertificateError, match="which is not inside"):
        check_boxes(unit, goal, ["split", "x", "2", ["goal"], ["goal"]])
    for bad in (
        [],
        ["split", "x", "1/2", ["goal"]],
        ["hypothesis", 7],
        ["split", "z", "1/2", ["goal"], ["goal"]],
        "goal",
    ):
        with pytest.raises(CertificateError):
            check_boxes(unit, goal, bad)


def test_the_root_box_comes_from_the_hypotheses_alone() -> None:
    boxes = Boxes([rel(Le, Abs(x), 2), rel(Lt, 3 * y, pi), rel(Ge, x * y, 5), rel(Ge, y**2, 4)], rel(Ge, exp(x) + y, 0))
    assert boxes.root[x].low == -2 and boxes.root[x].high == 2 and boxes.root[y].low is None
    assert boxes.root[y].high is not None and 1.0471 < float(boxes.root[y].high) < 1.0472
    assert Boxes([Implies(x > 0, y > 0)], x >= y).root[y].low is None


def test_a_face_says_nothing_of_hypotheses_about_the_variable_that_was_moved() -> None:
    # exp(x) >= 5 holds where x >= y and y >= 2; on the face x = 0 the first hypothesis is false, which proves nothing
    known = [rel(Ge, x, 0), rel(Ge, y, 0), rel(Ge, x, y + 1)]
    with pytest.raises(CertificateError, match="not certainly false"):
        check_boxes(
            known, rel(Ge, exp(x), 3), ["monotone", "x", ["split", "y", "1", ["hypothesis", 2], ["hypothesis", 2]]]
        )


def test_no_value_on_the_box_excludes_a_hypothesis_but_closes_no_derivative() -> None:
    check_boxes([x <= -1, rel(Ge, log(x), 0)], rel(Ge, exp(x), 5), ["hypothesis", 1])
    with pytest.raises(CertificateError, match="not certainly monotone"):
        check_boxes([x >= -1, x <= 1], rel(Ge, x**3 + sqrt(x), -1), ["monotone", "x", ["goal"]])
    with pytest.raises(CertificateError, match="not closed"):
        check_boxes([x >= -1, x <= 1], rel(Ge, 1 / x, -Rational(1, 2)), ["mean"])


def test_a_monotone_difference_needs_an_end_of_the_box() -> None:
    with pytest.raises(CertificateError, match="not certainly monotone"):
        check_boxes([], rel(Ge, exp(x), 1), ["monotone", "x", ["goal"]])
    with pytest.raises(CertificateError, match="not closed"):
        check_boxes([x >= 0], rel(Gt, exp(x), 1), ["monotone", "x", ["goal"]])
    check_boxes([x >= 0], rel(Ge, exp(x), 1), ["monotone", "x", ["goal"]])


def test_the_mean_value_form_serves_where_the_plain_enclosure_is_too_wide() -> None:
    goal = rel(Ge, cos(x) * exp(y) - exp(y) * cos(x) * x, -Rational(1, 100))
    known = [x >= Rational(9, 10), x <= Rational(91, 100), y >= 0, y <= Rational(1, 100)]
    check_boxes(known, goal, ["mean"])


def test_malformed_rules_are_refused_in_one_sentence() -> None:
    goal = rel(Ge, exp(x), 1 + x)
    for rule in (None, {}, {"kind": "magic"}, {"kind": "derivative"}, follow("1/0", NEVER, NEVER), [], "algebra"):
        with pytest.raises(CertificateError):
            accept([], goal, rule)
    deep: dict[str, Any] = ALGEBRA
    for _ in range(60):
        deep = {"kind": "exponential", "proof": deep}
    with pytest.raises(CertificateError):
        accept([], goal, deep)


def test_what_a_bound_on_an_absolute_value_says_is_used() -> None:
    assert flattened([rel(Le, Abs(x), 2)]) == [rel(Le, Abs(x), 2), rel(Ge, 2, x), rel(Ge, 2, -x)]
    assert affine(rel(Ge, exp(y) * x, y), x) is not None
    for formula in (rel(Ge, exp(x), y), rel(Ge, x * log(y), 1), rel(Ge, Max(x, y), 1), rel(Ge, x / y, 1)):
        assert affine(formula, x) is None
