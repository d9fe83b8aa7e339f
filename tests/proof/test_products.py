"""The search for product certificates: finds those of classic inequalities, never one of a leaf with a point."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.kernel.cases import leaves
from verify.kernel.products import Atom, Leaf, Relation, check_products
from verify.proof.products import find_products

x, y, z = sp.symbols("x y z", real=True)


def search(leaf: Leaf) -> dict[str, object] | None:
    return find_products(leaf, max_degree=4, columns=300)


def test_the_mean_inequality_is_found_with_squares() -> None:
    goal = sp.Ge(x**2 + y**2 + z**2, x * y + y * z + z * x, evaluate=False)
    (leaf,) = leaves([], goal)
    certificate = search(leaf)
    assert certificate is not None
    check_products(leaf, certificate)


def test_equalities_are_used_with_polynomial_cofactors() -> None:
    (leaf,) = leaves([sp.Eq(x * y, 1, evaluate=False), x > 0], sp.Ge(x + y, 2, evaluate=False))
    certificate = search(leaf)
    assert certificate is not None
    assert certificate["equalities"]
    check_products(leaf, certificate)


def test_the_same_leaf_gives_the_same_certificate() -> None:
    hypotheses = [x > 0, y > 0, z > 0, sp.Le(x, y, evaluate=False)]
    (leaf,) = leaves(hypotheses, sp.Le(x * z, y * z + x, evaluate=False))
    assert search(leaf) == search(leaf)


def test_an_empty_conjunction_has_no_certificate() -> None:
    assert search(()) is None


coefficients = st.integers(-3, 3)
rationals = st.fractions(-2, 2, max_denominator=4)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(*[coefficients] * 6, st.sampled_from([">=", ">", "="])), min_size=1, max_size=4),
    rationals,
    rationals,
)
def test_a_leaf_with_a_point_never_gets_a_certificate(
    rows: list[tuple[int, int, int, int, int, int, Relation]], first: Fraction, second: Fraction
) -> None:
    """Atoms are shifted so that all of them hold at the point: whatever the search does, it must come back empty."""
    point = {x: sp.Rational(first), y: sp.Rational(second)}
    atoms = []
    for a, b, c, d, e, shift, relation in rows:
        polynomial = a * x**2 + b * x * y + c * y**2 + d * x + e * y
        value = polynomial.subs(point) if polynomial != 0 else sp.S.Zero
        slack = {">=": abs(shift), ">": abs(shift) + 1, "=": 0}[relation]
        atoms.append(Atom(sp.Poly(polynomial - value + slack, x, y, domain=sp.QQ), relation))
    assert search(tuple(atoms)) is None
