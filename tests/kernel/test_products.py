"""The check of one product certificate accepts what proves a leaf empty and rejects everything else with a reason."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import sympy as sp

from verify.errors import CertificateError
from verify.kernel.products import Atom, check_products

x, y = sp.symbols("x y", real=True)


def atom(expression: sp.Expr, relation: Any) -> Atom:
    return Atom(sp.Poly(expression, x, y, domain=sp.QQ), relation)


# x > 0, y >= 0, x + y + 1 = 0 has no point: x + y + 1 - (x + y + 1) = 0 with the strict terms x and 1.
LEAF = (atom(x, ">"), atom(y, ">="), atom(x + y + 1, "="))
PROOF: dict[str, Any] = {
    "kind": "products",
    "terms": [
        {"multiplier": "1", "factors": {"0": 1}},
        {"multiplier": "1", "factors": {"1": 1}},
        {"multiplier": "1", "factors": {}},
    ],
    "equalities": {"2": [["-1", [0, 0]]]},
    "squares": [],
}
# x*y >= 1 and (x + y)**2 < 1 contradict each other: (x - y)**2 + 4*(x*y - 1) + (1 - (x + y)**2) + 3 = 0.
SQUARE_LEAF = (atom(x * y - 1, ">="), atom(1 - (x + y) ** 2, ">"))
SQUARE_PROOF: dict[str, Any] = {
    "kind": "products",
    "terms": [
        {"multiplier": "1", "factors": {"s0": 1}},
        {"multiplier": "4", "factors": {"0": 1}},
        {"multiplier": "1", "factors": {"1": 1}},
        {"multiplier": "3", "factors": {}},
    ],
    "equalities": {},
    "squares": [[["1", [1, 0]], ["-1", [0, 1]]]],
}


def test_a_sum_of_products_that_is_zero_with_a_strict_term_proves_a_leaf_empty() -> None:
    check_products(LEAF, PROOF)
    check_products(SQUARE_LEAF, SQUARE_PROOF)


def test_a_sum_without_a_strict_term_proves_nothing() -> None:
    leaf = (atom(x, ">="), atom(-x, ">="))
    terms = [{"multiplier": "1", "factors": {"0": 1}}, {"multiplier": "1", "factors": {"1": 1}}]
    with pytest.raises(CertificateError, match="strict"):
        check_products(leaf, {"kind": "products", "terms": terms, "equalities": {}, "squares": []})


def test_a_square_does_not_count_as_strict() -> None:
    leaf = (atom(-(x**2), ">="),)
    terms = [{"multiplier": "1", "factors": {"0": 1}}, {"multiplier": "1", "factors": {"s0": 1}}]
    certificate = {"kind": "products", "terms": terms, "equalities": {}, "squares": [[["1", [1]]]]}
    with pytest.raises(CertificateError, match=r"variables|strict"):
        check_products((Atom(sp.Poly(-(x**2), x, domain=sp.QQ), ">="),), certificate)
    with pytest.raises(CertificateError):
        check_products(leaf, {**certificate, "terms": [*terms, {"multiplier": "0", "factors": {}}]})


def test_an_empty_leaf_is_never_proved() -> None:
    with pytest.raises(CertificateError):
        check_products((), {"kind": "products", "terms": [], "equalities": {}, "squares": []})
    terms = [{"multiplier": "1", "factors": {}}]
    with pytest.raises(CertificateError, match="zero polynomial"):
        check_products((), {"kind": "products", "terms": terms, "equalities": {}, "squares": []})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("kind",), "trivial"),
        (("kind",), None),
        (("terms",), []),
        (("terms",), {}),
        (("terms", 0), "1"),
        (("terms", 0), {"multiplier": "1"}),
        (("terms", 0, "multiplier"), "2"),
        (("terms", 0, "multiplier"), "0"),
        (("terms", 0, "multiplier"), "-1"),
        (("terms", 0, "multiplier"), "nan"),
        (("terms", 0, "multiplier"), "inf"),
        (("terms", 0, "multiplier"), "1/0"),
        (("terms", 0, "multiplier"), "1e3"),
        (("terms", 0, "multiplier"), "1.0"),
        (("terms", 0, "multiplier"), "1\n"),
        (("terms", 0, "multiplier"), "__import__('os')"),
        (("terms", 0, "multiplier"), "9" * 50_000),
        (("terms", 0, "multiplier"), "9" * 3_900),
        (("terms", 0, "multiplier"), 1),
        (("terms", 0, "multiplier"), 1.0),
        (("terms", 0, "multiplier"), True),
        (("terms", 0, "multiplier"), None),
        (("terms", 0, "factors"), []),
        (("terms", 0, "factors"), {"0": 2}),
        (("terms", 0, "factors"), {"0": 0}),
        (("terms", 0, "factors"), {"0": -1}),
        (("terms", 0, "factors"), {"0": 10**30}),
        (("terms", 0, "factors"), {"0": 255}),
        (("terms", 0, "factors"), {"0": 1.0}),
        (("terms", 0, "factors"), {"0": True}),
        (("terms", 0, "factors"), {"0": "1"}),
        (("terms", 0, "factors"), {"1": 1}),
        (("terms", 0, "factors"), {"2": 1}),
        (("terms", 0, "factors"), {"7": 1}),
        (("terms", 0, "factors"), {"-1": 1}),
        (("terms", 0, "factors"), {"00": 1}),
        (("terms", 0, "factors"), {"s0": 1}),
        (("terms", 0, "factors"), {"ss": 1}),
        (("terms", 0, "factors"), {"9" * 400: 1}),
        (("terms", 0, "factors"), {0: 1}),
        (("equalities",), {}),
        (("equalities",), []),
        (("equalities",), {"0": [["-1", [0, 0]]]}),
        (("equalities",), {"2": "-1"}),
        (("equalities",), {"2": [["1", [0, 0]]]}),
        (("equalities",), {"2": [["-1", [0]]]}),
        (("equalities",), {"2": [["-1", [0, -1]]]}),
        (("equalities",), {"2": [["-1", [0, 10**40]]]}),
        (("equalities",), {"2": [["-1", [0, 0.0]]]}),
        (("equalities",), {"2": [["-1", [0, 0]], ["0", [0, 0]]]}),
        (("equalities",), {"2": [["nan", [0, 0]]]}),
        (("equalities",), {"2": [[-1, [0, 0]]]}),
        (("equalities",), {"2": [None]}),
        (("squares",), None),
        (("squares",), [None]),
        (("squares",), [[["1", [1]]]]),
    ],
)
def test_a_changed_certificate_is_rejected_with_its_reason(path: tuple[Any, ...], value: Any) -> None:
    certificate = copy.deepcopy(PROOF)
    part: Any = certificate
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(CertificateError, match=r"\w+ \w+"):
        check_products(LEAF, certificate)


@pytest.mark.parametrize("certificate", [{}, [], None, 3, "products", {**PROOF, "more": 1}])
def test_what_is_no_product_certificate_is_rejected(certificate: Any) -> None:
    with pytest.raises(CertificateError):
        check_products(LEAF, certificate)


@pytest.mark.parametrize("place", range(3))
def test_no_term_can_be_dropped(place: int) -> None:
    certificate = copy.deepcopy(PROOF)
    del certificate["terms"][place]
    with pytest.raises(CertificateError):
        check_products(LEAF, certificate)


def test_the_certificate_of_another_leaf_is_rejected() -> None:
    with pytest.raises(CertificateError):
        check_products(SQUARE_LEAF, PROOF)
    with pytest.raises(CertificateError):
        check_products((atom(x, ">="), *LEAF[1:]), {**PROOF, "terms": PROOF["terms"][:2]})
    with pytest.raises(CertificateError):
        check_products(tuple(reversed(LEAF)), PROOF)
