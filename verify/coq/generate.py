"""From a claim's certificate to a Coq file: one theorem for each obligation, proved as the certificate says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from math import lcm
from pathlib import Path
from typing import Any

import sympy as sp
from flint import fmpq, fmpq_mpoly
from sympy.logic.boolalg import Boolean

from verify.coq.signs import product_proof, sum_proof
from verify.coq.text import Names, Printer, as_false, as_true, comment
from verify.coq.trace import Item, Trace
from verify.coq.trajectories import induction
from verify.errors import CertificateError
from verify.kernel.functions import definedness
from verify.kernel.goals import Implication
from verify.kernel.implication import _Ring, leaves
from verify.kernel.obligations import obligations
from verify.kernel.products import Leaf, _polynomial, leaf_symbols, number, polynomials
from verify.statement.claim import Claim

#: What a method of proof adds to its obligations; the other methods add nothing.
CONCLUDED = {
    "induction": "the start meets the invariant and a step keeps it, so every state of the trajectory meets it "
    "(induction on t), and with it the conclusion.",
    "phases": "in every situation of t and the hitting times the invariant holds at the start and is kept by a step, "
    "so it holds at every t (induction on t), and with it the conclusion.",
    "stopping": "the start meets the invariant and a step keeps it as long as the condition holds, so every state "
    "up to which it has held meets it (induction on t), and with it the conclusion.",
    "growth": "a coordinate that is never 0 and grows by a constant factor above 1 in each step diverges "
    "exponentially.",
    "spectral": "what holds at an arbitrary eigenvalue holds along every eigenvector, and these are a basis.",
    "exhibit": "the named loss is of the class, and starts without a component along the expanded eigenvector form a "
    "null set.",
    "limit": "the expression equals one that is continuous at the limit point, so the limit is its value there.",
}

#: The kinds of proof of a goal that have no Coq text yet.
UNEXPRESSED = {"unsat": "a solver", "squares": "a bound on squares", "calculus": "calculus"}

#: A file of more characters than this is refused.
LONGEST_FILE = 20_000_000


@cache
def prelude() -> str:
    """The definitions and lemmas that every file begins with."""
    return (Path(__file__).parent / "prelude.v").read_text()


def coq_file(claim: Claim, certificate: Mapping[str, Any]) -> str:
    """The Coq file of an accepted certificate that proves its claim.

    Raises:
        CertificateError: something in it is not expressed in Coq; the reason says what.
    """
    names = Names()
    body: list[str] = []
    for place, entry in enumerate(certificate["evidence"], start=1):
        if entry.get("kind") != "proof":
            raise CertificateError(f"evidence of the kind {entry.get('kind')!r} is no proof")
        body += evidence_lines(claim, entry, names, f"e{place}")
        if sum(map(len, body)) > LONGEST_FILE:
            raise CertificateError(f"its Coq file has more than {LONGEST_FILE} characters")
    table = [comment(f"{identifier} is {name}") for name, identifier in names.table()]
    head = [comment(f"{claim.id}: {claim.title}"), comment(f"statement {claim.fingerprint}")]
    return "\n".join([*head, "", prelude(), *table, "", *body, ""])


def evidence_lines(claim: Claim, entry: Mapping[str, Any], names: Names, label: str) -> list[str]:
    """The theorems of one piece of evidence, with what the kernel concludes from them as a comment."""
    method = entry["method"]
    where = " ".join(str(entry[key]) for key in ("reading", "part") if entry.get(key))
    lines = [comment(f"by {method} {where}")]
    needed = obligations(claim, entry["reading"], entry["part"], method)
    whole = induction(claim.advised(entry["part"]), needed, names, label) if method == "induction" else None
    if method in CONCLUDED and whole is None:
        lines.append(
            comment(f"From the obligations below the toolkit's kernel, not this file, concludes: {CONCLUDED[method]}")
        )
    goals = zip(needed, entry["obligations"], strict=True)
    return [*lines, "", *theorems(list(goals), names, label), *(whole or [])]


def theorems(goals: Sequence[tuple[Implication, Mapping[str, Any]]], names: Names, label: str) -> list[str]:
    """A theorem ``obligation_LABEL_n`` for each implication and its certificate.

    Raises:
        CertificateError: something in a certificate is not expressed in Coq.
    """
    lines: list[str] = []
    for place, (goal, certificate) in enumerate(goals, start=1):
        lines += _Theorem(f"{label}_{place}", names).lines(goal, certificate)
    return lines


class _Theorem:
    """The theorem of one obligation."""

    def __init__(self, label: str, names: Names) -> None:
        self.label, self.names, self.printer = label, names, Printer(names)

    def lines(self, goal: Implication, certificate: Mapping[str, Any]) -> list[str]:
        """The theorem of one obligation, after those of its lemmas and its own parts."""
        known: list[Boolean] = list(goal.hypotheses)
        names = [f"H{place}" for place in range(len(known))]
        lines: list[str] = [comment(goal.name)]
        steps: list[str] = []
        parts = [*certificate["lemmas"], certificate["proof"]]
        count = 0
        last = ""
        for statement, part in zip((*goal.lemmas, goal.conclusion), parts, strict=True):
            conditions = definedness(statement)
            here, here_names = list(known), list(names)
            for one, proof in zip((*conditions, statement), (*part["defined"], part["goal"]), strict=True):
                count += 1
                inner = _Goal(f"goal_{self.label}_{count}", here, one, proof, self.printer)
                lines += inner.lines()
                last = f"G{count}"
                used = [here_names[place] for place in inner.uses]
                symbols = " ".join(map(self.names, inner.symbols))
                steps.append(f"pose proof (goal_{self.label}_{count} {symbols} {' '.join(used)}) as {last}.")
                here.append(one)
                here_names.append(last)
            known.append(statement)
            names.append(last)
        variables = _symbols([*goal.hypotheses, *goal.lemmas, goal.conclusion])
        assumed = [self.printer.formula(one) for one in goal.hypotheses]
        stated = _implied(self.printer, variables, assumed, self.printer.formula(goal.conclusion))
        intro = " ".join([*map(self.names, variables), *names[: len(goal.hypotheses)]])
        return [
            *lines,
            comment(f"obligation: {goal.name}"),
            f"Theorem obligation_{self.label} : {stated}.",
            f"Proof. intros{' ' + intro if intro else ''}.",
            *[f"  {step}" for step in steps],
            f"  exact {last}.",
            "Qed.",
            "",
        ]


class _Goal:
    """One goal of a certificate: the lemmas of its leaves, and its own."""

    def __init__(
        self, name: str, known: Sequence[Boolean], conclusion: Boolean, proof: Mapping[str, Any], printer: Printer
    ) -> None:
        self.name, self.conclusion, self.proof, self.printer = name, conclusion, proof, printer
        if proof.get("kind") not in ("leaves", "identity"):
            reason = UNEXPRESSED.get(str(proof.get("kind")), "a proof of an unknown kind")
            raise CertificateError(f"{conclusion} rests on {reason}")
        using = list(proof.get("using", ()))
        #: The places of the known formulas that the lemma assumes: those of the certificate, and the conclusion's terms
        #: having values.
        self.uses = [*using]
        for condition in definedness(conclusion):
            place = max(place for place, one in enumerate(known) if one == condition)
            if place not in self.uses:
                self.uses.append(place)
        self.hypotheses = [known[place] for place in self.uses]
        self.using = [known[place] for place in using]
        self.symbols = _symbols([*self.hypotheses, conclusion])

    def lines(self) -> list[str]:
        """The lemmas of the leaves and of the goal."""
        printer = self.printer
        statement = printer.formula(self.conclusion)
        names = [f"H{place}" for place in range(len(self.hypotheses))]
        head = _implied(printer, self.symbols, [printer.formula(one) for one in self.hypotheses], statement)
        intro = " ".join([*map(printer.names, self.symbols), *names])
        lines = [f"Lemma {self.name} : {head}.", f"Proof. intros{' ' + intro if intro else ''}."]
        if self.conclusion is sp.true:
            return [*lines, "exact I.", "Qed.", ""]
        identity = self.proof["kind"] == "identity"
        ring = _Ring([*([] if identity else self.using), self.conclusion])
        found = [] if identity else leaves(self.using, self.conclusion)
        used: set[int] = set()

        def use_leaf(place: int, hypotheses: Sequence[str]) -> str:
            used.add(place)
            symbols = " ".join(_variables(ring, trace, found[place]))
            return f"{self.name}_{place} {symbols} {' '.join(hypotheses)}"

        trace = Trace(ring, printer, found, use_leaf)
        negation = as_false(self.conclusion)
        items: list[Item] = []
        for formula, name in zip(self.hypotheses, names, strict=True):
            node = as_true(formula)
            if formula.has(sp.Implies):
                fresh = trace.fresh("T")
                trace.lines += _decided(printer, fresh, printer.node(node), [formula])
                name = fresh
            items.append((node, name))
        refuted = trace.fresh("T")
        trace.lines += _decided(printer, refuted, f"{statement} \\/ {printer.node(negation)}", [self.conclusion])
        trace.say(f"destruct {refuted} as [{refuted} | {refuted}]; [exact {refuted} | exfalso].")
        items.append((negation, refuted))
        roots = [
            f"destruct (exists_equal (sqrt {printer.term(base)})) as [{trace.variables[place]} E{place}]."
            for place, base in enumerate(ring.radicands)
        ]
        tree = trace.follow_identity(items) if identity else trace.prove(items)
        leaf_lines: list[str] = []
        for place in sorted(used):
            leaf_lines += _leaf(f"{self.name}_{place}", ring, trace, found[place], self.proof["leaves"][place])
        return [*leaf_lines, *lines, *[f"  {line}" for line in [*roots, *tree]], "Qed.", ""]


def _decided(printer: Printer, name: str, statement: str, formulas: Sequence[Boolean]) -> list[str]:
    """A hypothesis that follows from the others by telling apart which relations hold."""
    if any(formula.has(sp.Equivalent) for formula in formulas):  # a search among relations that are all told apart
        search = "first [assumption | exact I | split; search tt | left; search tt | right; search tt]"
        told = ", ".join(f"({one})" for one in printer.decisions(formulas))
        lines = [f"let rec search _ := solve [{search}] in", f"destruct {told}; first [contradiction | search tt]."]
        return [f"assert ({name} : {statement}).", "{", *[f"  {line}" for line in lines], "}"]
    steps = [f"pose proof ({one})." for one in printer.decisions(formulas)]
    return [f"assert ({name} : {statement}).", "{", *[f"  {step}" for step in steps], "  tauto.", "}"]


# --- leaves ----------------------------------------------------------------------------------------------------------


def _variables(ring: _Ring, trace: Trace, leaf: Leaf) -> list[str]:
    names = dict(zip((str(symbol.name) for symbol in ring.symbols), trace.variables, strict=True))
    return [names[str(symbol.name)] for symbol in leaf_symbols(leaf)]


def _leaf(name: str, ring: _Ring, trace: Trace, leaf: Leaf, proof: Mapping[str, Any]) -> list[str]:
    """The lemma that no real point satisfies the atoms of a leaf, by its product certificate."""
    if proof.get("kind") != "products":
        raise CertificateError("a case rests on a solver")
    context, atoms = polynomials(leaf)
    variables = _variables(ring, trace, leaf)
    statements = [trace.stated(_moved(atom, leaf, ring), fact.relation) for atom, fact in zip(atoms, leaf, strict=True)]
    texts = [trace.text(_moved(atom, leaf, ring)) for atom in atoms]
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
    atoms_named = " ".join(f"A{place}" for place in range(len(leaf)))
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


def _moved(polynomial: fmpq_mpoly, leaf: Leaf, ring: _Ring) -> fmpq_mpoly:
    """A polynomial in the leaf's variables as one in the ring's."""
    places = [next(i for i, one in enumerate(ring.symbols) if one == symbol) for symbol in leaf_symbols(leaf)]
    terms: dict[tuple[int, ...], fmpq] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        monomial = [0] * len(ring.symbols)
        for place, exponent in zip(places, exponents, strict=False):
            monomial[place] = int(exponent)
        terms[tuple(monomial)] = coefficient
    return ring.context.from_dict(terms)


def _symbols(formulas: Sequence[sp.Basic]) -> list[sp.Symbol]:
    found = {symbol for formula in formulas for symbol in formula.free_symbols}
    return sorted(found, key=lambda symbol: str(symbol.name))


def _implied(printer: Printer, symbols: Sequence[sp.Symbol], hypotheses: Sequence[str], conclusion: str) -> str:
    """``forall symbols, hypotheses -> conclusion``, a line for each hypothesis."""
    quantified = f"forall ({' '.join(map(printer.names, symbols))} : R),\n  " if symbols else ""
    return quantified + "".join(f"{one} ->\n  " for one in hypotheses) + conclusion
