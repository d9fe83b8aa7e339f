"""Vectors of which no loss is spoken: looked for in one, two and three dimensions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Eq, Gt, Le, Matrix, Rational

from verify.decide import check
from verify.errors import InputError, VerifyError
from verify.kernel.check import check_certificate
from verify.kernel.evaluation import evaluate_point
from verify.point import evaluate
from verify.report.worked import work
from verify.statement.claim import Claim, Hints
from verify.statement.loss import Loss
from verify.statement.system import System
from verify.statement.vectors import Inner, Norm, Vector

u, v, w, w0 = map(Vector, ("u", "v", "w", "w0"))
parallel = Claim("parallel", over=(u, v), show=Eq(Inner(u, v) ** 2, Norm(u) ** 2 * Norm(v) ** 2, evaluate=False))


def test_what_fails_in_the_plane_only_is_refuted() -> None:
    result = check(parallel, budget="quick")
    assert result.verdict == "refuted" and result.certificate is not None
    assert check_certificate(parallel, result.certificate).verdict == "refuted"
    witness = result.witness and result.witness.simplest
    assert witness is not None and witness.loss is None and set(witness.parameters) == {"u_1", "u_2", "v_1", "v_2"}
    assert evaluate(parallel, **witness.parameters).holds is False


def test_what_fails_in_space_only_is_refuted() -> None:
    """Three vectors of the plane depend on each other: the determinant of their inner products is 0."""
    gram = Matrix(3, 3, lambda i, j: Inner((u, v, w)[min(i, j)], (u, v, w)[max(i, j)])).det()
    result = check(Claim("flat", over=(u, v, w), show=Le(gram, 0, evaluate=False)), budget="quick")
    assert result.verdict == "refuted"
    witness = result.witness and result.witness.simplest
    assert witness is not None and "u_3" in witness.parameters


def test_what_holds_in_every_dimension_is_not_refuted() -> None:
    triangle = Le(Norm(u + v), Norm(u) + Norm(v), evaluate=False)
    hints = Hints(cauchy_schwarz=((u, v),))
    assert check(Claim("triangle", over=(u, v), show=triangle, hints=hints), budget="quick").verdict == "proved"


def test_a_trajectory_of_vectors_is_followed() -> None:
    halving = System("halving", (w,), (w / 2,))
    claim = Claim(
        "halving", given=[Gt(Inner(w0, v), 1)], over=(w0, v), step=halving, start={w: w0},
        show=Gt(Inner(w, v), Rational(1, 10), evaluate=False),
    )  # fmt: skip
    values = {"w0_1": 1, "w0_2": 1, "v_1": 1, "v_2": 1}
    assert [evaluate(claim, **values, t=t).holds for t in (0, 4, 5)] == [True, True, False]
    assert check(claim, budget="quick").verdict == "refuted"


def test_the_names_of_the_numbers_tell_the_dimension() -> None:
    line = {"u": Fraction(1), "v": Fraction(2)}
    assert evaluate_point(parallel, line, None).holds is True
    with pytest.raises(InputError, match=r"missing parameter u_2: parallel takes u_1 u_2 v_1 v_2 on R\^2"):
        evaluate_point(parallel, {name: Fraction(1) for name in ("u_1", "v_1", "v_2")}, None)
    with pytest.raises(InputError, match="speaks of no loss"):
        evaluate(parallel, "quadratic(h=1)", u=1, v=1)


def test_a_loss_without_a_class_is_not_taken_for_zero() -> None:
    claim = Claim("unknown", over=(u,), show=Le(Loss()(u), 0, evaluate=False))
    assert claim.families == (None,)
    with pytest.raises(VerifyError, match="needs a concrete loss"):
        evaluate_point(claim, {"u": Fraction(1)}, None)


def test_the_strategy_draws_from_these_spaces() -> None:
    from hypothesis import find

    point = find(parallel.strategy(), lambda drawn: "u_3" in drawn)
    assert point["loss"] is None and set(point) == {"u_1", "u_2", "u_3", "v_1", "v_2", "v_3", "loss"}


def test_the_working_at_a_point_speaks_of_no_loss() -> None:
    worked = work(parallel, {"u_1": "0", "u_2": "1", "v_1": "1", "v_2": "0"})
    assert worked is not None
    lines = [line for section in worked.sections for line in section.lines]
    assert any(r"\langle u, v \rangle^{2}" in line for line in lines)
    assert not any(r"\mathcal{L}" in line for line in lines)
