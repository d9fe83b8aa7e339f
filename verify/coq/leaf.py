"""A case without real points as a Coq lemma: its product certificate as a sum that ``ring`` and signs close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import lcm
from typing import Any

from flint import fmpq, fmpq_mpoly

from verify.coq.signs import product_proof, sum_proof
from verify.coq.trace import Trace
from verify.errors import CertificateError
from verify.kernel.products import Leaf, _polynomial, leaf_symbols, number, polynomials
from verify.kernel.ring import Ring


def leaf_variables(ring: Ring, trace: Trace, leaf: Leaf) -> list[str]:
    """The Coq names of the variables of a leaf."""
    names = dict(zip((str(symbol.name) for symbol in ring.symbols), trace.variables, strict=True))
    return [names[str(symbol.name)] for symbol in leaf_symbols(leaf)]


def used_atoms(proof: Mapping[str, Any]) -> list[int]:
    """The places of the atoms that a product certificate speaks of: what the lemma of its leaf assumes.

    Raises:
        CertificateError: the case is closed by another kind of certificate.
    """
    if proof.get("kind") != "products":
        raise CertificateError("a case rests on a solver")
    found = {index for term in proof["terms"] for index in term["factors"] if not index.startswith("s")}
    return sorted(map(int, found | set(proof["equalities"])))


def leaf_lemma(name: str, ring: Ring, trace: Trace, leaf: Leaf, proof: Mapping[str, Any]) -> list[str]:
    """The lemma that no real point satisfies the atoms of a leaf, by its product certificate."""
    used = used_atoms(proof)
    context, atoms = polynomials(leaf)
    variables = leaf_variables(ring, trace, leaf)
    moved = {place: _moved(atoms[place], leaf, ring) for place in used}
    statements = [trace.stated(atom, leaf[place].relation) for place, atom in moved.items()]
    texts = {place: trace.text(atom) for place, atom in moved.items()}
    scales = [trace.integral(atom)[0] for atom in atoms]
    squares = [_polynomial(text, context) for text in proof["squares"]]
    square_texts = [trace.text(_moved(square, leaf, ring)) for square in squares]
    square_scales = [trace.integral(square)[0] for square in squares]
    terms: list[tuple[fmpq, str, str, bool]] = []
    for term in proof["terms"]:
        multiplier, parts = number(term["multiplier"]), []
        for index, exponent in term["factors"].items():
            if index.startswith("s"):
                place = int(index[1:])
                multiplier /= fmpq(square_scales[place] ** (2 * exponent))
                text, why, strict = (
                    f"({square_texts[place]} * {square_texts[place]})",
                    f"(Rle_0_sqr {square_texts[place]})",
                    False,
                )
            else:
                place = int(index)
                multiplier /= fmpq(scales[place] ** exponent)
                text, why, strict = texts[place], f"A{place}", leaf[place].relation == ">"
            if exponent > 1:
                text, why = f"({text} ^ {exponent})", f"({'pow_lt' if strict else 'pow_le'} _ {exponent} {why})"
            parts.append((text, why, strict))
        strict = all(one[2] for one in parts)
        terms.append((multiplier, *_product_of(parts), strict))
    cofactors = {int(index): _polynomial(value, context) for index, value in proof["equalities"].items()}
    numbers = [int(one[0].q) for one in terms]
    numbers += [int((c / scales[place]).q) for place, cofactor in cofactors.items() for c in cofactor.coeffs()]
    scale = reduce(lcm, numbers, 1)
    total, why, strict = "", "", False
    for multiplier, text, one, one_strict in terms:
        size = int((multiplier * scale).p)
        text = f"({size} * {text})"
        one = product_proof(f"(IZR_lt 0 {size} eq_refl)", True, one, one_strict)
        if total:
            total, why = f"({total} + {text})", sum_proof(why, strict, one, one_strict)
        else:
            total, why = text, one
        strict = strict or one_strict
    zero, equal = "0", "eq_refl"
    for place, cofactor in cofactors.items():
        whole = trace.text(_moved(cofactor * scale / scales[place], leaf, ring))
        part, because = f"({whole} * {texts[place]})", f"(zero_multiple _ _ A{place})"
        zero, equal = (part, because) if zero == "0" else (f"({zero} + {part})", f"(zero_sum _ _ {equal} {because})")
    atoms_named = " ".join(f"A{place}" for place in used)
    quantified = f"forall ({' '.join(variables)} : R), " if variables else ""
    return [
        f"Lemma {name} : {quantified}{''.join(f'{one} -> ' for one in statements)}False.",
        f"Proof. intros {' '.join(variables)} {atoms_named}.",
        f"  assert (S : 0 < {total}) by exact {why}.",
        f"  assert (Z : {zero} = 0) by exact {equal}.",
        "  apply (impossible _ _ S Z). ring.",
        "Qed.",
        "",
    ]


def _product_of(parts: Sequence[tuple[str, str, bool]]) -> tuple[str, str]:
    """The product of some factors, and why it is positive or not negative."""
    if not parts:
        return "1", "Rlt_0_1"
    text, why, strict = parts[0]
    for other, one, one_strict in parts[1:]:
        text, why = f"({text} * {other})", product_proof(why, strict, one, one_strict)
        strict = strict and one_strict
    return text, why


def _moved(polynomial: fmpq_mpoly, leaf: Leaf, ring: Ring) -> fmpq_mpoly:
    """A polynomial in the leaf's variables as one in the ring's."""
    places = [next(i for i, one in enumerate(ring.symbols) if one == symbol) for symbol in leaf_symbols(leaf)]
    terms: dict[tuple[int, ...], fmpq] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        monomial = [0] * len(ring.symbols)
        for place, exponent in zip(places, exponents, strict=False):
            monomial[place] = int(exponent)
        terms[tuple(monomial)] = coefficient
    return ring.context.from_dict(terms)
