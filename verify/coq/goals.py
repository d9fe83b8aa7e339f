"""One goal of a certificate as a Coq lemma: by cases, as an identity, or by squares."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.coq.decided import decided, told_apart
from verify.coq.leaf import leaf_lemma, leaf_variables, used_atoms
from verify.coq.needed import needed
from verify.coq.text import Printer, as_false, as_true, implied, symbols_of
from verify.coq.trace import Item, Trace
from verify.errors import CertificateError
from verify.kernel.cases import leaves
from verify.kernel.functions import definedness
from verify.kernel.implication import by_squares
from verify.kernel.ring import Ring

#: The kinds of proof of a goal that have no Coq text yet.
UNEXPRESSED = {"unsat": "a solver", "calculus": "calculus"}


class Goal:
    """One goal of a certificate: the lemmas that it rests on, and its own.

    Attributes:
        uses: the places of the known formulas that the lemma assumes: those of the certificate, and the conclusion's
            terms having values.
        symbols: what the lemma is quantified over.
    """

    def __init__(
        self, name: str, known: Sequence[Boolean], conclusion: Boolean, proof: Mapping[str, Any], printer: Printer
    ) -> None:
        self.name, self.conclusion, self.proof, self.printer = name, conclusion, proof, printer
        self.kind = str(proof.get("kind"))
        if self.kind not in ("leaves", "identity", "squares"):
            raise CertificateError(f"{conclusion} rests on {UNEXPRESSED.get(self.kind, 'a proof of an unknown kind')}")
        using = list(dict.fromkeys(proof.get("using", ())))
        self.using = [known[place] for place in using]
        self.parts: list[Goal] = []
        if self.kind == "squares":
            for which, part in zip(("nonnegative", "squares"), by_squares(conclusion), strict=True):
                self.parts.append(Goal(f"{name}_{which}", known, part, proof[which], printer))
        self.uses: list[int] = list(dict.fromkeys([*using, *[place for part in self.parts for place in part.uses]]))
        for condition in definedness(conclusion):
            places = [place for place, one in enumerate(known) if one == condition]
            if not places:
                raise CertificateError(f"{condition} is not known where {conclusion} needs it")
            if places[-1] not in self.uses:
                self.uses.append(places[-1])
        self.hypotheses = [known[place] for place in self.uses]
        self.symbols = symbols_of([*self.hypotheses, conclusion])

    def key(self) -> str:
        """The same for goals whose lemmas differ in their names only."""
        inner = [place for part in self.parts for place in part.uses]
        places = [self.uses.index(place) for place in (*self.proof.get("using", ()), *inner)]
        said = [*map(self.printer.formula, (*self.hypotheses, self.conclusion)), self.kind, places]
        return json.dumps([said, self.proof.get("leaves"), [part.key() for part in self.parts]], sort_keys=True)

    def lines(self) -> list[str]:
        """The lemma of the goal, after those that it rests on."""
        statement = self.printer.formula(self.conclusion)
        names = [f"H{place}" for place in range(len(self.hypotheses))]
        assumed = [self.printer.formula(one) for one in self.hypotheses]
        intro = " ".join([*map(self.printer.names, self.symbols), *names])
        lines = [
            f"Lemma {self.name} : {implied(self.printer, self.symbols, assumed, statement)}.",
            f"Proof. intros{' ' + intro if intro else ''}.",
        ]
        if self.conclusion is sp.true:
            return [*lines, "exact I.", "Qed.", ""]
        before, proof = self._by_squares(names) if self.kind == "squares" else self._by_cases(statement, names)
        return [*before, *lines, *[f"  {line}" for line in proof], "Qed.", ""]

    def _by_cases(self, statement: str, names: Sequence[str]) -> tuple[list[str], list[str]]:
        """The lemmas of the leaves, and the case analysis that leads to them."""
        printer = self.printer
        identity = self.kind == "identity"
        ring = Ring([*([] if identity else self.using), self.conclusion])
        found = [] if identity else leaves(self.using, self.conclusion)
        used: set[int] = set()

        def use_leaf(place: int, hypotheses: Sequence[str]) -> str:
            used.add(place)
            symbols = " ".join(leaf_variables(ring, trace, found[place]))
            atoms = " ".join(hypotheses[atom] for atom in used_atoms(self.proof["leaves"][place]))
            return f"{self.name}_{place} {symbols} {atoms}"

        trace = Trace(ring, printer, found, use_leaf)
        assumed = list(zip(self.hypotheses, names, strict=True))
        items: list[Item] = []
        for formula, name in assumed[: len(self.using)]:
            node = as_true(formula)
            if formula.has(sp.Implies):
                fresh = trace.fresh("T")
                trace.lines += told_apart(printer, fresh, printer.node(node), formula, [name])
                name = fresh
            items.append((node, name))
        conditions = [(one, name) for one, name in assumed[len(self.using) :] if isinstance(one, Relational)]
        refuted = trace.fresh("T")
        trace.lines += decided(printer, refuted, self.conclusion, dict(assumed))
        trace.say(f"destruct {refuted} as [{refuted} | {refuted}]; [exact {refuted} | exfalso].")
        negation = as_false(self.conclusion), refuted
        roots = [
            f"destruct (exists_equal (sqrt {printer.term(base)})) as [{trace.variables[place]} E{place}]."
            for place, base in enumerate(ring.radicands)
        ]
        tree = trace.follow_identity(conditions, negation) if identity else trace.prove(items, conditions, negation)
        leaf_lines: list[str] = []
        for place in sorted(used):
            leaf_lines += leaf_lemma(f"{self.name}_{place}", ring, trace, found[place], self.proof["leaves"][place])
        return leaf_lines, [*roots, *needed(tree)]

    def _by_squares(self, names: Sequence[str]) -> tuple[list[str], list[str]]:
        """The lemmas of ``b >= 0`` and ``a^2 <= b^2``, and why ``a <= b`` follows."""
        named = dict(zip(self.uses, names, strict=True))
        before: list[str] = []
        lines: list[str] = []
        for letter, part in zip("NS", self.parts, strict=True):
            before += part.lines()
            arguments = [*map(self.printer.names, part.symbols), *[named[place] for place in part.uses]]
            lines.append(f"pose proof ({part.name} {' '.join(arguments)}) as {_opened(part.conclusion, letter)}.")
        known: dict[Boolean, str] = {}
        for condition in definedness(self.conclusion):
            name = names[self.hypotheses.index(condition)]
            known[condition] = f"C{len(known)}"
            lines.append(f"pose proof {name} as {_opened(condition, known[condition])}.")
        return before, lines + self._from_squares(known)

    def _from_squares(self, known: Mapping[Boolean, str]) -> list[str]:
        """The lines from ``N: b >= 0`` and ``S: a^2 <= b^2`` to the conclusion."""
        squares = self.parts[1].conclusion
        less, more = self.conclusion.args if isinstance(self.conclusion, sp.Le | sp.Lt) else self.conclusion.args[::-1]
        a, b = self.printer.term(less), self.printer.term(more)
        lines: list[str] = []
        for name, term, text, square in zip("AB", (less, more), (a, b), squares.args, strict=True):
            factors, equations = self._squared(term, known)
            lines.append(f"assert ({name} : {text} * {text} = {self.printer.term(square)}).")
            steps = [f"replace ({text} * {text}) with ({factors}) by ring", *[f"rewrite {one}" for one in equations]]
            lines.append(f"{{ first [ring | {'; '.join(steps)}; first [ring | field; repeat split; assumption]]. }}")
        if isinstance(squares, sp.Le):
            chain = "(Rle_trans _ _ _ (Req_le _ _ A) (Rle_trans _ _ _ S (Req_le_sym _ _ B)))"
            proof = f"(Rsqr_incr_0_var {a} {b} {chain} (Rge_le _ _ N))"
        else:
            chain = "(Rle_lt_trans _ _ _ (Req_le _ _ A) (Rlt_le_trans _ _ _ S (Req_le_sym _ _ B)))"
            size = f"(Rsqr_lt_abs_0 {a} {b} {chain})"
            proof = f"(Rle_lt_trans _ _ _ (Rle_abs {a}) (Rlt_le_trans _ _ _ {size} (Req_le _ _ (Rabs_right _ N))))"
        if isinstance(self.conclusion, sp.Ge | sp.Gt):
            proof = f"({'Rle_ge' if isinstance(squares, sp.Le) else 'Rlt_gt'} _ _ {proof})"
        for condition in reversed(definedness(self.conclusion)):
            proof = f"(conj {known[condition]} {proof})"
        return [*lines, f"exact {proof}."]

    def _squared(self, term: sp.Expr, known: Mapping[Boolean, str]) -> tuple[str, list[str]]:
        """The square of a product factor by factor, and what the squares of its roots and absolute values are."""
        texts: list[str] = []
        equations: list[str] = []
        for factor in sp.Mul.make_args(term):
            text = self.printer.term(factor)
            if isinstance(factor, sp.Abs):
                equations.append(f"(pow2_abs {self.printer.term(factor.args[0])})")
            elif isinstance(factor, sp.Pow) and abs(factor.exp) == sp.S.Half:
                if factor.exp < 0:
                    equations.append("?pow_inv")
                equations.append(f"(pow2_sqrt {self.printer.term(factor.base)} {_not_negative(factor.base, known)})")
            elif isinstance(factor, sp.Pow) and factor.exp == -1:
                equations.append("?pow_inv")
            texts.append(f"{text} ^ 2")
        return " * ".join(texts), list(dict.fromkeys(equations))


def _not_negative(radicand: sp.Expr, known: Mapping[Boolean, str]) -> str:
    """Why what a root is taken of is not negative; of a number that is plain."""
    positive, nonnegative = (kind(radicand, 0, evaluate=False) for kind in (sp.Gt, sp.Ge))
    if positive in known:
        return f"(Rlt_le _ _ {known[positive]})"
    return f"(Rge_le _ _ {known[nonnegative]})" if nonnegative in known else "ltac:(lra)"


def _opened(relation: Boolean, name: str) -> str:
    """The pattern that names a relation, where it stands behind the conditions under which its terms have values."""
    conditions = len(definedness(relation))
    return f"({'? & ' * conditions}{name})" if conditions else name
