"""Where an assumption is an equality, points are put on the boundary and next to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray
from sympy import Ge, Gt, Le, Lt

from verify import check
from verify.search.batch import Batch
from verify.search.boundary import boundaries_of
from verify.search.screen import sobol
from verify.statement.claim import Claim
from verify.statement.domain import domain_of
from verify.statement.formula import LargestPower

x, y, z, T = sp.symbols("x y z T", real=True)
POSITIVE = (Gt(x, 0), Gt(y, 0), Le(x, 4), Le(y, 4))
_any = sp.Ge((x + y) ** 2, 0, evaluate=False)


def rel(kind: type, left: Any, right: Any) -> Any:
    return kind(sp.sympify(left), sp.sympify(right), evaluate=False)


def claim_with(*assumptions: sp.Basic, **more: Any) -> Claim:
    return Claim("bounded", given=[*POSITIVE, *assumptions], show=more.pop("show", _any), **more)


def gaps(claim: Claim, difference: sp.Expr) -> NDArray[np.float64]:
    """How far the points of a batch are from the boundary, 0 on it."""
    batch = Batch(claim, "", None)
    with np.errstate(all="ignore"):
        _, named, _ = batch.environment(sobol(batch.unit_dimension, 10, seed=0))
    values = sp.lambdify([x, y], difference, "numpy")(named["x"], named["y"])
    return np.asarray(values)


CURVED = {
    "linear in one": (rel(Le, x * y + y, 2), x * y + y - 2, 1),
    "from above": (rel(Ge, x * y + y, 2), x * y + y - 2, -1),
    "quadratic in a square": (rel(Le, x**2 + y**2, 4), x**2 + y**2 - 4, 1),
    "biquadratic": (rel(Le, x + y**4 + y**2, 5), x + y**4 + y**2 - 5, 1),
}


@pytest.mark.parametrize("name", CURVED)
def test_points_land_on_the_boundary_and_next_to_it(name: str) -> None:
    assumption, difference, side = CURVED[name]
    gap = gaps(claim_with(assumption), difference) * side
    gap = gap[np.isfinite(gap)]
    size = np.abs(gap)
    assert (size < 1e-12).sum() > 20
    for low, high in ((1e-8, 1e-5), (1e-5, 1e-2)):
        inside = (gap < -low) & (gap > -high)
        assert inside.sum() > 20, f"{low} to {high}"
    assert (size > 0.1).sum() > 200  # most points are elsewhere


def test_a_range_end_is_no_boundary_of_its_own() -> None:
    claim = claim_with()
    assert boundaries_of(claim, domain_of(claim)) == []


def test_what_is_solved_for_no_coordinate_is_no_boundary() -> None:
    claim = claim_with(rel(Le, sp.exp(x * y) + sp.exp(x + y), 5))
    assert boundaries_of(claim, domain_of(claim)) == []


def test_the_base_of_a_power_has_its_boundaries_at_one_and_minus_one() -> None:
    claim = claim_with(times={T: LargestPower(1 - x * y, sp.Rational(1, 2))}, show=rel(Ge, T, 0))
    found = boundaries_of(claim, domain_of(claim))
    assert [(boundary.size, boundary.side) for boundary in found] == [(1, -1), (-1, 1)]


def test_the_definitions_are_put_in_first() -> None:
    claim = claim_with(rel(Le, z, 2), define={z: x * y + y})
    (boundary,) = boundaries_of(claim, domain_of(claim))
    assert z not in boundary.solution.free_symbols


_millionth = sp.Rational(1, 10**6)

#: Each fails only within a millionth of the boundary.
THIN = {
    "on a linear boundary": claim_with(rel(Le, x * y + y, 2), show=rel(Lt, x * y + y, 2)),
    "next to a linear boundary": claim_with(rel(Lt, x * y + y, 2), show=rel(Le, x * y + y, 2 - _millionth)),
    "next to a circle": claim_with(rel(Lt, x**2 + y**2, 4), show=rel(Le, x**2 + y**2, 4 - _millionth)),
    "next to a quartic": claim_with(rel(Lt, x + y**4 + y**2, 5), show=rel(Le, x + y**4 + y**2, 5 - _millionth)),
    "next to a bound from below": claim_with(rel(Gt, x * y, 1), show=rel(Ge, x * y, 1 + _millionth)),
}


@pytest.mark.parametrize("name", THIN)
def test_a_violation_in_a_thin_layer_is_found(name: str) -> None:
    result = check(THIN[name], budget="quick")
    assert result.verdict == "refuted"
    assert result.witness is not None


def test_a_true_statement_next_to_its_boundary_does_not_fall() -> None:
    claim = claim_with(rel(Lt, x * y + y, 2), show=rel(Lt, 2 * x * y + 2 * y, 4))
    assert check(claim, budget="quick").verdict in ("proved", "supported")
