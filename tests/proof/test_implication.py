"""The goals that the prover has to decide with a certificate of the kernel, and false ones it must leave alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, And, Eq, Equivalent, Ge, Gt, Implies, Le, Lt, Max, Min, Ne, Or, Rational, sign, sqrt
from sympy.logic.boolalg import Boolean

from verify.kernel.implication import check_implication
from verify.proof.implication import MANY, Work, attempt_implication, prove_implication

eta, beta, lam, largest, rho, x, y, x0, y0, p, a, b, c = sp.symbols(
    "eta beta lam largest rho x y x0 y0 p a b c", real=True
)
STANDARD = Work.standard()


def rel(kind: Any, left: Any, right: Any) -> Boolean:
    """A relation that SymPy does not rewrite."""
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


radius = sqrt(x**2 + y**2)
growth = eta * y**2 * (1 + rho * y**2) * (1 + rho * x**2) ** 2
x_next = x - eta * (x + rho * x * y**2) * (y + rho * x**2 * y) ** 2
inverse = 1 / (x0**2 + y0**2)
start = [x0 > 0, y0 > x0, rel(Gt, 2 * x0, y0), rel(Ge, x**2, x0**2), rel(Ge, y**2, y0**2)]
with_eta = [*start, rel(Eq, eta * (x0**2 + y0**2), 1), rel(Ge, rho, 15 * eta)]
with_inverse = [*start, rel(Ge, rho, 15 * inverse)]


def bounds(step: sp.Expr) -> list[Boolean]:
    return [rel(Ge, step * y**2, Rational(1, 2)), rel(Ge, rho * x**2, 3), rel(Ge, rho * y**2, 3)]


root_form = (sqrt(8 * rho / eta + 1) - 1) / (2 * rho)
GOALS: dict[str, tuple[Sequence[Boolean], Boolean, Sequence[Boolean]]] = {
    "gd-contracts": (
        [eta > 0, beta > 0, rel(Lt, eta * beta, 2), rel(Le, 0, lam), rel(Le, lam, beta)],
        Or(And(rel(Lt, -1, 1 - eta * lam), 1 - eta * lam < 1), rel(Eq, 1 - eta * lam, 1)),
        (),
    ),
    "usam-contracts": (
        [lam > 0, rel(Le, lam, largest), eta > 0, rho >= 0, rel(Lt, eta * (largest + rho * largest**2), 2)],
        And(rel(Lt, -1, 1 - eta * lam - eta * rho * lam**2), rel(Lt, 1 - eta * lam - eta * rho * lam**2, 1)),
        (),
    ),
    "usam-expands": (
        [beta > 0, rho >= 0, rel(Gt, eta, 2 / (beta + rho * beta**2)), rel(Le, eta, 2 / beta)],
        rel(Gt, (1 - eta * beta - eta * rho * beta**2) ** 2, 1),
        (),
    ),
    "usam-expands-abs": (
        [beta > 0, rho >= 0, eta > 0, rel(Gt, eta, 2 / (beta + rho * beta**2)), rel(Le, eta, 2 / beta)],
        rel(Gt, Abs(1 - eta * beta - eta * rho * beta**2), 1),
        (),
    ),
    "growth-by-lemmas": (with_eta, rel(Ge, growth, 3), bounds(eta)),
    "growth-by-lemmas-inverse": (with_inverse, rel(Ge, growth.xreplace({eta: inverse}), 3), bounds(inverse)),
    "doubles": ([rel(Ge, growth, 3)], rel(Ge, Abs(x_next), 2 * Abs(x)), ()),
    "stays-away": ([rel(Ge, growth, 3), rel(Ge, x**2, x0**2)], rel(Ge, x_next**2, x0**2), ()),
    "root-of-a-quadratic": (
        [rho > 0, eta > 0],
        Equivalent(rel(Lt, (1 + rho * y**2) * y**2, 2 / eta), rel(Lt, y**2, root_form)),
        (),
    ),
    "identity": ([], rel(Eq, eta**2 * beta / 2 + eta - eta**2 * beta, eta * (2 - eta * beta) / 2), ()),
    "identity-with-root": (
        [rho > 0, eta > 0],
        rel(Eq, root_form, (4 / eta) / (sqrt(8 * rho / eta + 1) + 1)),
        (),
    ),
    "sign-kept": (
        [Ne(x, 0), Ne(y, 0), rho >= 0],
        rel(Eq, sign(x), sign(x + rho * y * sign(x * y) / radius)),
        (),
    ),
    "geometric-mean": ([a >= 0, b >= 0], rel(Le, sqrt(a * b), (a + b) / 2), ()),
    "square": ([], rel(Ge, x**2 + y**2, 2 * x * y), ()),
    "triangle": ([], rel(Le, Abs(x + y), Abs(x) + Abs(y)), ()),
    "maximum": ([], rel(Ge, Max(x, y), (x + y) / 2), ()),
    "decreases": (
        [x > 0, y > 0, eta > 0, rho >= 0, p > 0],
        rel(Lt, x - eta * p * (y + rho * x / radius), x),
        (),
    ),
}


@pytest.mark.parametrize("name", GOALS)
def test_it_is_proved_with_a_certificate_of_the_kernel(name: str) -> None:
    hypotheses, conclusion, lemmas = GOALS[name]
    certificate = prove_implication(hypotheses, conclusion, lemmas=lemmas, work=STANDARD)
    assert certificate is not None
    written = json.loads(json.dumps(certificate))
    assert check_implication(hypotheses, conclusion, written, lemmas) == "kernel"


ascent_x = x + rho * y * sign(x * y) / radius
ascent_y = y + rho * x * sign(x * y) / radius
product = ascent_x * ascent_y
SLOPE = [
    Implies(product > 0, p > 0),
    Implies(product < 0, p < 0),
    Implies(rel(Ge, Abs(product), c), rel(Ge, Abs(p), c / 2)),
    Implies(rel(Le, Abs(product), c), rel(Ge, Abs(p), Abs(product) / 2)),
]
DROP = rel(Le, y - eta * p * ascent_x, y - Min(eta * rho**2 * y / 2, c * eta * rho / (2 * sqrt(2))))


@pytest.mark.nightly
def test_the_drop_of_y_is_proved_with_a_certificate_of_the_kernel() -> None:
    hypotheses = [y >= Abs(x), Ne(x, 0), c > 0, eta > 0, rho >= 0, *SLOPE]
    certificate = prove_implication(hypotheses, DROP, work=STANDARD)
    assert certificate is not None
    assert check_implication(hypotheses, DROP, certificate) == "kernel"


def test_the_same_goal_gives_the_same_certificate() -> None:
    hypotheses, conclusion, lemmas = GOALS["usam-contracts"]
    first, second = (prove_implication(hypotheses, conclusion, lemmas=lemmas, work=STANDARD) for _ in range(2))
    assert json.dumps(first) == json.dumps(second)


def test_a_false_lemma_gives_no_proof_and_is_named() -> None:
    attempt = attempt_implication([x > 0], x > -1, lemmas=[rel(Gt, x, 1)], work=Work.quick())
    assert attempt.certificate is None
    assert attempt.reasons[-1] == "no proof of x > 1"
    assert any(0 < model[x] <= 1 for model in attempt.models)


def test_a_false_goal_comes_back_with_a_candidate_in_its_own_symbols() -> None:
    attempt = attempt_implication([x >= 0], rel(Ge, sqrt(x), x), work=Work.quick())
    assert attempt.certificate is None
    assert any(set(model) == {x} and model[x] > 1 for model in attempt.models)


def test_the_products_come_before_the_solvers() -> None:
    no_solver = Work(6, 1500, 0, 1, 512, 64)
    goal = rel(Ge, x**2 + y**2, 2 * x * y)
    assert prove_implication([], goal, work=no_solver) == prove_implication([], goal, work=STANDARD)


def test_what_a_conclusion_speaks_of_is_written_out_first() -> None:
    known = [a > 0, b >= 1, rel(Eq, y, sqrt(a * b)), rel(Le, x, Min(a, b)), rel(Eq, x0, x + a), c > 0]
    goal = attempt_implication(known, y > 0, work=STANDARD).certificate
    assert goal is not None
    assert goal["proof"]["goal"]["using"] == [0, 1, 2]


def test_of_many_lemmas_the_last_few_come_first() -> None:
    others = [sp.Symbol(f"v{place}", real=True) for place in range(MANY)]
    lemmas = [rel(Ge, v**2 + 1, v) for v in others]
    premises = [rel(Le, a, b), rel(Le, b, c)]
    proof = prove_implication(premises, rel(Le, a, c), lemmas=[*lemmas, *premises], work=Work.quick())
    assert proof is not None
    assert set(proof["proof"]["goal"]["using"]) <= set(range(len(lemmas), len(lemmas) + 4))


def test_what_is_known_already_is_not_squared() -> None:
    known = [a > 0, rel(Le, Abs(x), sqrt(a * b)), rel(Le, y, c)]
    goal = attempt_implication(known, known[1], work=STANDARD).certificate
    assert goal is not None
    assert goal["proof"]["goal"]["using"] == [1]


def test_a_goal_beyond_products_is_left_to_the_solvers() -> None:
    motzkin = rel(Gt, x**4 * y**2 + x**2 * y**4 - 3 * x**2 * y**2 + 1, -Rational(1, 100))
    certificate = prove_implication([], motzkin, work=Work(2, 20, 4_000_000, 20, 1024, 64))
    assert certificate is not None
    assert certificate["proof"]["goal"]["leaves"][0]["kind"] == "unsat"


weights = st.integers(-2, 2)


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[weights] * 6), st.integers(-2, 2), st.integers(-2, 2))
def test_quadratic_goals_are_never_proved_against_a_counterexample(w: tuple[int, ...], first: int, second: int) -> None:
    polynomial = w[0] * x**2 + w[1] * x * y + w[2] * y**2 + w[3] * x + w[4] * y + w[5]
    quick = Work(4, 200, 0, 1, 512, 64)
    certificate = prove_implication([x >= 0], rel(Ge, polynomial, 0), work=quick)
    if certificate is not None:
        points = [(i, j) for i in range(4) for j in range(-3, 4)] + [(abs(first) + 7, second * 9)]
        assert all(sp.sympify(polynomial).subs({x: i, y: j}) >= 0 for i, j in points)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-2, 2), st.integers(-2, 2)), min_size=1, max_size=3))
def test_sums_of_small_squares_are_proved(rows: list[tuple[int, int, int]]) -> None:
    total = sum((k * (x - y) ** 2 + abs(i) * x**2 + abs(j) * (x + y) ** 2 for k, i, j in rows), sp.S.Zero)
    certificate = prove_implication([], rel(Ge, sp.expand(total), 0), work=Work(4, 400, 0, 1, 512, 64))
    assert certificate is not None
