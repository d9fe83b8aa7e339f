"""Product certificates: a sum of products of the atoms that is zero and would have to be positive.

For a leaf with atoms p_i >= 0 or p_i > 0 and h_j = 0, a certificate gives rationals lambda_a > 0 and polynomials q_j with

    sum_a lambda_a * prod_i p_i**a_i * (squares) + sum_j q_j * h_j  =  0   identically,

at least one of the products being made of strict atoms only (the empty product, 1, is one).  At a point of the leaf
the left side would be positive: so the leaf is empty.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyElement, PolyRing

from verify.errors import CertificateError
from verify.kernel.sequent import Leaf

_LONGEST_NUMBER = 4000
_HIGHEST_POWER = 64


def check_products(leaf: Leaf, certificate: Any) -> None:
    """Accept a product certificate of a leaf.

    Raises:
        CertificateError: it is malformed, or proves nothing.
    """
    ring = leaf.ring()
    atoms = leaf.polynomials(ring)
    terms = _field(certificate, "terms", list)
    squares = [_polynomial(ring, entry) for entry in certificate.get("squares", [])]
    total: PolyElement = ring.zero
    strict_term = False
    for term in terms:
        multiplier = _number(_field(term, "multiplier", str))
        if multiplier <= 0:
            raise CertificateError(f"the multiplier {multiplier} is not positive")
        product, strict = ring.one, True
        for name, power in _field(term, "factors", dict).items():
            if not isinstance(power, int) or isinstance(power, bool) or not 1 <= power <= _HIGHEST_POWER:
                raise CertificateError(f"the power {power!r} of factor {name!r} is no small positive integer")
            if name.startswith("s"):
                factor, strict = squares[_index(name[1:], len(squares))] ** 2, False
            else:
                place = _index(name, len(atoms))
                if leaf.atoms[place].relation == "=":
                    raise CertificateError(f"atom {place} is an equality; it belongs under equalities")
                factor = atoms[place]
                strict = strict and leaf.atoms[place].relation == ">"
            product = product * factor**power
        total = total + product * sp.QQ(multiplier.numerator, multiplier.denominator)
        strict_term = strict_term or strict
    equalities = certificate.get("equalities", {})
    if not isinstance(equalities, dict):
        raise CertificateError("equalities must be an object")
    for name, coefficient in equalities.items():
        place = _index(name, len(atoms))
        if leaf.atoms[place].relation != "=":
            raise CertificateError(f"atom {place} is no equality")
        total = total + _polynomial(ring, coefficient) * atoms[place]
    if total != 0:
        raise CertificateError("the sum of the products is not the zero polynomial")
    if not strict_term:
        raise CertificateError("no product is made of strict atoms only, so nothing is contradicted")


def _field(data: Any, name: str, kind: type) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get(name), kind):
        raise CertificateError(f"the certificate lacks a proper {name!r}")
    return data[name]


def _number(text: str) -> Fraction:
    try:
        if len(text) > _LONGEST_NUMBER:
            raise ValueError
        numerator, slash, denominator = text.partition("/")
        number = Fraction(int(numerator), int(denominator) if slash else 1)
    except (ValueError, ZeroDivisionError):
        raise CertificateError(f"{text[:40]!r} is no rational number") from None
    return number


def _index(text: str, size: int) -> int:
    if not text.isdecimal() or len(text) > 6 or int(text) >= size:
        raise CertificateError(f"there is no atom or square {text!r}")
    return int(text)


def _polynomial(ring: PolyRing, entries: Any) -> PolyElement:
    """A polynomial from a list of ``[coefficient, [exponents]]``."""
    if not isinstance(entries, list):
        raise CertificateError("a polynomial must be a list of [coefficient, exponents]")
    result = ring.zero
    for entry in entries:
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and isinstance(entry[1], list)):
            raise CertificateError("a polynomial must be a list of [coefficient, exponents]")
        coefficient, exponents = _number(entry[0]), entry[1]
        if len(exponents) != ring.ngens or not all(type(e) is int and 0 <= e <= _HIGHEST_POWER for e in exponents):
            raise CertificateError(f"exponents must be {ring.ngens} small natural numbers")
        result = result + ring.term_new(tuple(exponents), sp.QQ(coefficient.numerator, coefficient.denominator))
    return result
