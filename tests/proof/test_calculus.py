"""Transcendental goals that the calculus has to decide with a certificate of the kernel, and false ones it must not."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import pytest
import sympy as sp
from sympy import Abs, Eq, Ge, Gt, Le, Lt, Max, Ne, Rational, cos, cosh, exp, log, pi, sin, sinh, sqrt, tanh
from sympy.logic.boolalg import Boolean

from verify.decide import check
from verify.errors import CertificateError
from verify.kernel.implication import check_implication
from verify.lowering.ball import Ball
from verify.lowering.interpret import Environment, Truth
from verify.proof.implication import Work, attempt_implication
from verify.statement.claim import Claim
from verify.statement.system import System

x, y, z, a, b, p, q, r, s = sp.symbols("x y z a b p q r s", real=True)
QUICK = Work.quick()
#: For what must not be proved, however hard it is tried.
CHEAP = Work(4, 60, 0, 1, 512, 8, 20, 100)

Goal = tuple[Sequence[Boolean], Boolean]


def rel(kind: Any, left: Any, right: Any) -> Boolean:
    """A relation that SymPy does not rewrite."""
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


lse = log(exp(x) + exp(y))
entropy = -p * log(p) - (1 - p) * log(1 - p)
divergence = p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))
unit_p, unit_q = [p > 0, p < 1], [q > 0, q < 1]

TRUE: dict[str, Goal] = {
    "exponential-above-its-tangent": ([], rel(Ge, exp(x), 1 + x)),
    "decay": ([], rel(Le, 1 - x, exp(-x))),
    "exponential-above-its-tangent-strictly": ([Ne(x, 0)], rel(Gt, exp(x), 1 + x)),
    "exponential-above-its-parabola": ([x >= 0], rel(Ge, exp(x), 1 + x + x**2 / 2)),
    "exponential-below-a-parabola": ([x <= 1], rel(Le, exp(x), 1 + x + x**2)),
    "exponential-beats-the-square": ([x >= 1], rel(Gt, exp(x), x**2)),
    "logarithm": ([x > -1], rel(Le, log(1 + x), x)),
    "logarithm-and-roots": ([x >= 1], rel(Le, log(x), sqrt(x) - 1 / sqrt(x))),
    "logarithm-is-concave": ([x > 0, y > 0], rel(Ge, log((x + y) / 2), (log(x) + log(y)) / 2)),
    "negative-entropy": ([x > 0], rel(Ge, x * log(x), x - 1)),
    "tanh-below-the-identity": ([x >= 0], rel(Le, tanh(x), x)),
    "tanh-above-its-cubic": ([x >= 0], rel(Le, x - x**3 / 3, tanh(x))),
    "tanh-near-0": ([s >= 0, s <= 1], rel(Ge, tanh(s), s / 2)),
    "tanh-is-1-lipschitz": ([], rel(Le, Abs(tanh(a) - tanh(b)), Abs(a - b))),
    "sinh": ([x >= 0], rel(Ge, sinh(x), x)),
    "hyperbolic-identity": ([], rel(Eq, cosh(x) ** 2 - sinh(x) ** 2, 1)),
    "log-cosh-below-a-parabola": ([], rel(Le, log(cosh(x)), x**2 / 2)),
    "cosh-is-sub-gaussian": ([], rel(Le, cosh(x), exp(x**2 / 2))),
    "self-concordance": ([x >= 0], rel(Ge, x - log(1 + x), x**2 / (2 * (1 + x)))),
    "bernoulli": ([x > -1, r >= 1], rel(Ge, (1 + x) ** r, 1 + r * x)),
    "means-of-two": ([], rel(Le, exp((x + y) / 2), (exp(x) + exp(y)) / 2)),
    "means-of-three": ([], rel(Le, exp((x + y + z) / 3), (exp(x) + exp(y) + exp(z)) / 3)),
    "young": ([x >= 0, y >= 0], rel(Le, x * y, x**3 / 3 + 2 * y ** Rational(3, 2) / 3)),
    "log-sum-exp-above-the-maximum": ([], rel(Le, Max(x, y), lse)),
    "log-sum-exp-below-the-maximum": ([], rel(Le, lse, Max(x, y) + log(2))),
    "softplus": ([], rel(Le, Max(x, 0), log(1 + exp(x)))),
    "logistic-curvature": ([], rel(Le, exp(x) / (1 + exp(x)) ** 2, Rational(1, 4))),
    "sine": ([x >= 0], rel(Le, sin(x), x)),
    "sine-above-its-cubic": ([x >= 0], rel(Ge, sin(x), x - x**3 / 6)),
    "sine-is-1-lipschitz": ([], rel(Le, Abs(sin(a) - sin(b)), Abs(a - b))),
    "jordan": ([x >= 0, rel(Le, x, pi / 2)], rel(Le, 2 * x / pi, sin(x))),
    "cosine": ([], rel(Ge, cos(x), 1 - x**2 / 2)),
    "entropy-is-at-most-log-2": (unit_p, rel(Le, entropy, log(2))),
    "entropy-is-not-negative": (unit_p, rel(Ge, entropy, 0)),
    "gibbs": ([x > 0, y > 0], rel(Ge, x * log(x / y), x - y)),
    "pinsker": ([*unit_p, *unit_q], rel(Ge, divergence, 2 * (p - q) ** 2)),
    "order": ([x > 0, x <= y], rel(Le, log(x), log(y))),
    "on-a-box": ([x >= 0, x <= 3, y >= 0, y <= 2], rel(Ge, exp(x) + cos(3 * y) * sin(5 * x), -Rational(1, 10))),
}

FALSE: dict[str, Goal] = {
    "exponential-below-its-tangent-somewhere": ([], rel(Ge, exp(x), 1 + Rational(101, 100) * x)),
    "exponential-strictly-at-0": ([], rel(Gt, exp(x), 1 + x)),
    "exponential-beats-the-cube": ([x >= 1], rel(Gt, exp(x), x**3)),
    "parabola-everywhere": ([], rel(Le, exp(x), 1 + x + x**2)),
    "logarithm-shifted": ([x > -1], rel(Le, log(1 + x), Rational(99, 100) * x)),
    "logarithm-without-a-value": ([x >= -1], rel(Le, log(1 + x), x)),
    "tanh-on-both-sides": ([], rel(Le, tanh(x), x)),
    "tanh-steeper": ([s >= 0, s <= 1], rel(Ge, tanh(s), Rational(77, 100) * s)),
    "tanh-contracts-more": ([], rel(Le, Abs(tanh(a) - tanh(b)), Rational(99, 100) * Abs(a - b))),
    "log-cosh-too-flat": ([], rel(Le, log(cosh(x)), Rational(49, 100) * x**2)),
    "cosh-too-sharp": ([], rel(Le, cosh(x), exp(Rational(49, 100) * x**2))),
    "bernoulli-below-1": ([x > -1, r >= Rational(1, 2)], rel(Ge, (1 + x) ** r, 1 + r * x)),
    "bernoulli-without-a-value": ([x >= -2, r >= 1], rel(Ge, (1 + x) ** r, 1 + r * x)),
    "means-strictly": ([], rel(Lt, exp((x + y) / 2), (exp(x) + exp(y)) / 2)),
    "log-sum-exp-closer": ([], rel(Le, lse, Max(x, y) + Rational(69, 100))),
    "sine-beyond": ([x >= 0, x <= 2], rel(Le, 2 * x / pi, sin(x))),
    "entropy-too-small": (unit_p, rel(Le, entropy, Rational(69, 100))),
    "pinsker-sharper": ([*unit_p, *unit_q], rel(Ge, divergence, Rational(21, 10) * (p - q) ** 2)),
    "division-by-zero": ([], rel(Ge, exp(1 / x), 0)),
}


@cache
def proof_of(name: str) -> Any:
    return attempt(TRUE[name])


def attempt(goal: Goal, work: Work = QUICK) -> Any:
    hypotheses, conclusion = goal
    certificate = attempt_implication(hypotheses, conclusion, work=work).certificate
    return None if certificate is None else json.loads(json.dumps(certificate))


@pytest.mark.parametrize("name", TRUE)
def test_a_classic_is_proved_and_the_kernel_accepts_the_certificate(name: str) -> None:
    certificate = proof_of(name)
    assert certificate is not None
    assert check_implication(*TRUE[name], certificate) == "kernel"


@pytest.mark.parametrize("name", FALSE)
def test_a_false_neighbour_is_never_certified(name: str) -> None:
    assert attempt(FALSE[name], CHEAP) is None


SWAPS = [("logarithm", "logarithm-shifted"), ("tanh-near-0", "tanh-steeper"), ("bernoulli", "bernoulli-below-1")]
SWAPS += [("jordan", "sine-beyond"), ("cosh-is-sub-gaussian", "cosh-too-sharp"), ("pinsker", "pinsker-sharper")]
SWAPS += [("exponential-above-its-tangent-strictly", "exponential-strictly-at-0")]
SWAPS += [("logarithm", "logarithm-without-a-value"), ("exponential-below-a-parabola", "parabola-everywhere")]


@pytest.mark.parametrize(("true", "false"), SWAPS)
def test_a_certificate_does_not_prove_the_false_neighbour(true: str, false: str) -> None:
    with pytest.raises(CertificateError):
        check_implication(*FALSE[false], proof_of(true))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        yield path
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(entry, (*path, key))
    else:
        yield path


def changed(certificate: Any, path: tuple[Any, ...], random: Random) -> Any:
    """The certificate with one entry replaced, dropped or swapped for another."""
    result = copy.deepcopy(certificate)
    at = result
    for key in path[:-1]:
        at = at[key]
    old = at[path[-1]]
    if isinstance(old, str):
        at[path[-1]] = random.choice(
            ["0", "-1", "7/3", "x", "y", "goal", "mean", "algebra", "boxes", "value", "1/0", ""]
        )
    elif isinstance(old, int):
        at[path[-1]] = random.choice([old + 1, -1, 10**6, True])
    else:
        at[path[-1]] = random.choice([None, [], {}, {"kind": "boxes", "tree": ["goal"]}, ["goal"], ["mean"]])
    return result


@pytest.mark.parametrize(("true", "false"), SWAPS)
def test_no_mutation_of_a_certificate_proves_the_false_neighbour(true: str, false: str) -> None:
    random = Random(0)
    certificate = proof_of(true)
    paths = [path for path in places(certificate) if path]
    for path in random.sample(paths, min(60, len(paths))):
        with pytest.raises(CertificateError):
            check_implication(*FALSE[false], changed(certificate, path, random))


def random_term(random: Random, depth: int) -> sp.Expr:
    if depth == 0:
        return random.choice([x, y, x, y, sp.Rational(random.randint(-6, 6), random.randint(1, 4))])
    kind = random.randint(0, 4)
    first = random_term(random, depth - 1)
    if kind == 0:
        return random.choice([exp, tanh, sin, cos, sp.atan, sp.sinh, cosh])(first)
    if kind == 1:
        return log(1 + first**2)
    second = random_term(random, depth - 1)
    return first + second if kind < 4 else first * second


def random_goals(count: int) -> Iterator[tuple[list[Boolean], Boolean, dict[sp.Symbol, sp.Rational]]]:
    """False goals: the inequality certainly fails at a point of the hypotheses, often by little."""
    random = Random(1)
    while count:
        point = {symbol: sp.Rational(random.randint(-12, 12), 8) for symbol in (x, y)}
        gap = random_term(random, 3)
        if not gap.free_symbols:
            continue
        with Ball(128) as ball:
            values = {s: ball.rational(int(v.p), int(v.q)) for s, v in point.items()}
            value = Environment(ball, values).value(gap)
            level = Fraction(str(sp.Rational(str(value.mid().str(12, radius=False)))))
        margin = sp.Rational(1, random.choice([2, 50, 10**4]))
        goal = rel(random.choice([Ge, Gt]), gap, sp.Rational(level.numerator, level.denominator) + margin)
        width = random.choice([sp.Rational(1, 8), 1, 3])
        hypotheses = [one for s, v in point.items() for one in (rel(Ge, s, v - width), rel(Le, s, v + width))]
        hypotheses = random.choice([hypotheses, hypotheses[:2], []])
        with Ball(256) as ball:
            values = {s: ball.rational(int(v.p), int(v.q)) for s, v in point.items()}
            environment = Environment(ball, values)
            if environment.truth(goal) is not Truth.FALSE:
                continue
        count -= 1
        yield hypotheses, goal, point


def test_random_false_goals_are_never_certified() -> None:
    for hypotheses, goal, point in random_goals(20):
        assert attempt((hypotheses, goal), CHEAP) is None, (hypotheses, goal, point)


# --- through the whole pipeline ---------------------------------------------------------------------------------------


def test_a_claim_with_parameters_only_is_proved_by_derivatives() -> None:
    result = check(Claim("tanh-below", given=[x >= 0], show=rel(Le, tanh(x), x)), budget="quick")
    assert (result.verdict, result.grade, result.tried) == ("proved", "kernel", ["derivatives"])


def test_a_claim_about_one_step_of_a_map_is_proved() -> None:
    step = System("squashing", (x,), (tanh(x),))
    claim = Claim("squashed", given=[x >= 0], step=step, show=rel(Le, step.next[0], x))
    result = check(claim, budget="quick")
    assert (result.verdict, result.grade) == ("proved", "kernel")


def test_a_claim_that_needs_boxes_says_so() -> None:
    wavy = rel(Le, sin(3 * x) * exp(-x / 2) + cos(2 * x) ** 2 * x / 4, Rational(9, 10))
    result = check(Claim("wavy", given=[x >= 0, x <= 4], show=wavy), budget="quick")
    assert (result.verdict, result.grade, result.tried) == ("proved", "kernel", ["derivatives", "boxes"])
