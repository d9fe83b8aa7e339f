"""The points of a screen follow the geometry of the domain: ranges that assumptions imply, equations, thin domains."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from verify import check
from verify.search.batch import Batch
from verify.search.budget import BUDGETS
from verify.search.screen import among, corners, screen, sobol, warp
from verify.statement.claim import Claim
from verify.statement.domain import domain_of

Array = NDArray[np.float64]
a, x, y, z = sp.symbols("a x y z", real=True)
_any = sp.Ge((x + y) ** 2, 0, evaluate=False)


def share_admissible(claim: Claim, log2_points: int = 9) -> float:
    """The share of plain quasi-random points that meet the assumptions."""
    batch = Batch(claim, "", None)
    return float(np.mean(batch.follow(sobol(batch.unit_dimension, log2_points, seed=0), 0).count > 0))


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


EQUATIONS = {
    "linear": ([rel(sp.Eq, x * y, 1), rel(sp.Gt, x, 0)], 0.9),
    "circle": ([rel(sp.Eq, x**2 + y**2, 1), rel(sp.Ge, x, -1), rel(sp.Le, x, 1)], 0.9),
    "two": ([rel(sp.Eq, x + y, 2), rel(sp.Eq, x - z, 1)], 0.9),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_points_are_put_on_equations(name: str) -> None:
    given, least = EQUATIONS[name]
    assert share_admissible(Claim("on", given=given, over=(x, y), show=_any)) > least


def test_a_statement_that_is_false_on_a_curve_only_is_refuted_there() -> None:
    given = [rel(sp.Eq, x**2 + y**2, 1)]
    claim = Claim("curve", given=given, show=rel(sp.Le, x + y, sp.Rational(141, 100)))
    assert screen(Batch(claim, "", None), BUDGETS["quick"], seed=0).worst[""][0].margin < -1e-4
    assert check(Claim("rational", given=given, show=rel(sp.Lt, x, sp.Rational(3, 5))), budget="quick").witness


IMPLIED = {
    "an absolute value": [rel(sp.Le, sp.Abs(x), sp.sqrt(y)), rel(sp.Gt, y, 0)],
    "a product": [rel(sp.Gt, a, 0), rel(sp.Le, a * x, sp.Min(1, 1 / a)), rel(sp.Ge, x, 0)],
    "a sum": [rel(sp.Gt, a, 1), rel(sp.Le, a * x + 1, a), rel(sp.Ge, x, 0)],
    "from above": [rel(sp.Gt, a, 0), rel(sp.Ge, a**2 * x, 16)],
}


@pytest.mark.parametrize("name", IMPLIED)
def test_ends_that_an_assumption_implies_are_ends_of_the_range(name: str) -> None:
    claim = Claim("implied", given=IMPLIED[name], over=(x, y), show=_any)
    assert share_admissible(claim) > 0.55
    (coordinate,) = (entry for entry in domain_of(claim).coordinates if entry.symbol == x)
    assert coordinate.lower or coordinate.upper
    assert domain_of(claim).rest, "the assumption itself stays"


def test_an_end_of_unknown_sign_is_not_implied() -> None:
    domain = domain_of(Claim("unknown", given=[rel(sp.Le, a * x, 1)], over=(a, x, y), show=_any))
    assert all(not entry.lower and not entry.upper for entry in domain.coordinates)


def test_ends_that_imply_each_other_leave_an_order() -> None:
    given = [rel(sp.Gt, x, 0), rel(sp.Gt, y, 0), rel(sp.Le, x + y, 1), rel(sp.Le, 2 * x + y, 1)]
    assert [entry.symbol for entry in domain_of(Claim("both", given=given, show=_any)).coordinates]
    assert share_admissible(Claim("both", given=given, show=_any)) > 0.15


def test_a_thin_domain_is_filled_from_the_points_that_were_found_in_it() -> None:
    inside = rel(sp.Lt, (x - y**3) ** 2 + sp.sin(x) ** 2 * y**4, sp.Rational(1, 10**4))
    thin = [rel(sp.Gt, x, 0), rel(sp.Lt, x, 1), rel(sp.Gt, y, 0), rel(sp.Lt, y, 1), inside]
    batch = Batch(Claim("thin", given=thin, show=_any), "", None)
    unit = corners(batch, warp(sobol(batch.unit_dimension, 10, 0), 0), 0)
    met = batch.follow(unit, 0).count > 0
    assert 0 < met.mean() < 0.5
    filled = among(unit[met], len(unit), 4)
    assert (batch.follow(filled, 0).count > 0).mean() > 1.3 * met.mean()


def test_coordinates_without_ends_come_near_zero_on_all_scales() -> None:
    batch = Batch(Claim("free", over=(x, y), show=_any), "", None)
    unit = corners(batch, warp(sobol(batch.unit_dimension, 10, 0), 0), 0)
    sizes = np.abs(batch.points(unit)[0]["x"])
    for low, high in ((1e-11, 1e-8), (1e-8, 1e-5), (1e-5, 1e-2), (1e2, 1e5), (1e5, 1e8)):
        assert ((sizes > low) & (sizes < high)).sum() > 5, (low, high)
