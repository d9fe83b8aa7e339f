"""The kernel's case analysis followed step by step, each step as a line of a Coq proof.

``Trace`` decides nothing of its own: it takes the same cases as the kernel, so that a certificate's leaves are met
where they belong, and says of each fact from which hypothesis it follows.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from math import lcm

import sympy as sp
from flint import fmpq, fmpq_mpoly
from sympy.core.relational import Relational

from verify.coq.quotients import Quotients
from verify.coq.text import KINDS, Node, Printer, extreme_arguments
from verify.errors import CertificateError
from verify.kernel.cases import Split, plain
from verify.kernel.functions import CASED, LARGEST_POWER, definedness
from verify.kernel.identity import without_squares
from verify.kernel.literals import literal
from verify.kernel.products import Leaf
from verify.kernel.ring import Ring

#: What proves False at a leaf: from its place among the kernel's leaves and the hypotheses of its atoms.
UseLeaf = Callable[[int, Sequence[str]], str]
#: What says that a formula holds: the name of a hypothesis, or, once that is taken apart, what says so of each part of
#: a conjunction, and None for a relation, which then stands in ``known``.
Said = str | list["Item"] | None
#: A formula that is known, and what says so.
Item = tuple[Node, Said]


class _Closed(Exception):  # no error: the case at hand is contradictory, and its proof is written
    pass


class Trace(Quotients):
    """One case of the analysis, with the lines of its proof so far."""

    def __init__(self, ring: Ring, printer: Printer, leaves: Sequence[Leaf], use_leaf: UseLeaf) -> None:
        super().__init__(ring, printer)
        self.places = {leaf: place for place, leaf in reversed(list(enumerate(leaves)))}
        self.use_leaf = use_leaf

    def copy(self) -> Trace:
        """A case with the same facts and hypotheses, and no lines yet."""
        other = Trace.__new__(Trace)
        other.__dict__.update(self.__dict__)
        other.facts, other.choices, other.signs = list(self.facts), dict(self.choices), dict(self.signs)
        other.known, other.values = dict(self.known), dict(self.values)
        other.fact_names, other.sign_names = dict(self.fact_names), dict(self.sign_names)
        other.lines, other.roots = [], dict(self.roots)
        return other

    def prove(self, items: Sequence[Item], conditions: Sequence[Item], negation: Item) -> list[str]:
        """The lines of a whole proof: what is the same in all cases first.

        Args:
            items: the hypotheses.
            conditions: that terms of the conclusion have values. These are known, and for the kernel no facts.
            negation: that the conclusion is false.

        Raises:
            CertificateError: a step of the kernel is not explained.
        """
        with contextlib.suppress(_Closed):
            prepared = self._prepare(items)
            self._prepare(conditions)
            self._follow([*prepared, *self._prepare([negation])])
        return self.lines

    def follow(self, items: Sequence[Item]) -> list[str]:
        """The lines that prove False from the case's hypotheses and ``items``.

        Raises:
            CertificateError: a step of the kernel is not explained.
        """
        with contextlib.suppress(_Closed):
            self._follow(list(items))
        return self.lines

    def _prepare(self, items: Sequence[Item]) -> list[Item]:
        """State the values that terms have in all cases, so that each is proved once.

        Returns:
            The items, their hypotheses taken apart. A conjunction stays one item, since the kernel goes by what stands
            beside a relation when it tells cases apart.
        """
        prepared: list[Item] = []
        for node, said in items:
            if isinstance(node, Relational):
                self._open(node, said)
                for side in node.args:
                    self._prepare_term(side)
                prepared.append((node, None))
            elif node[0] == "and" or len(node[1]) == 1:
                prepared.append((node, self._prepare(self._parts(node, said))))
            else:
                prepared.append((node, said))
        return prepared

    def _prepare_term(self, term: sp.Basic) -> None:
        if term.has(*CASED):
            for argument in term.args:
                self._prepare_term(argument)
        else:
            self._value(term)

    def close(self, proof: str) -> None:
        """End the case by a proof of False."""
        super().close(proof)
        raise _Closed

    def _follow(self, pending: list[Item]) -> None:
        branching: list[Item] = []
        while pending:
            node, said = pending.pop(0)
            if isinstance(node, Relational):
                self._open(node, said)
                try:
                    self._assume(node)
                except Split as split:
                    if node.has(*CASED) and any(plain(other) for other, _ in pending):
                        pending.append((node, None))
                        continue
                    self._split(split, [(node, None), *pending, *branching])
                    return
            elif node[0] == "and" or len(node[1]) == 1:
                pending[:0] = self._parts(node, said)
            else:
                branching.append((node, said))
        if not self._settle():
            raise CertificateError("a contradiction that the kernel sees is not explained for Coq")
        if branching:
            self._branch(branching)
            return
        for polynomial, _ in list(self.signs.values()):
            if self._factor_signs(polynomial) == {-1, 1}:
                self._split_sign(polynomial)
                return
        facts = self._simplified()
        leaf = self.ring.leaf(facts)
        if leaf not in self.places:
            raise CertificateError("the case analysis for Coq does not follow the kernel's")
        self.say(f"exact ({self.use_leaf(self.places[leaf], self.simplified_names(facts))}).")

    def follow_identity(self, conditions: Sequence[Item], negation: Item) -> list[str]:
        """The lines that prove False from the conditions of an identity's terms and its negation.

        Raises:
            CertificateError: it is no identity of polynomials and roots.
        """
        with contextlib.suppress(_Closed):
            for relation, name in conditions:
                self._open(relation, name)
            self._identity(*negation)
        return self.lines

    def _identity(self, node: Node, said: Said) -> None:
        assert isinstance(said, str)
        if not isinstance(node, Relational):
            for part, one in zip(node[1], self._cases_of(said, len(node[1])), strict=True):
                case = self.copy()
                with contextlib.suppress(_Closed):
                    case._identity(part, one)
                self._below(case)
            return
        self._open(node, said)
        try:
            self._assume(node)
        except Split as reason:
            raise CertificateError(f"{node} takes cases") from reason
        left, right = node.args
        numerator, _ = self._difference(left, right, [])
        fact = self.fact_names[str(numerator), "!="]
        chain = [(numerator, "")]
        for place, radicand in reversed(list(enumerate(self.ring.radicands))):
            if radicand in self.roots:
                reduced = without_squares(chain[-1][0], *self.roots[radicand], place, self.ring)
                chain.append((reduced, self._reduction(chain[-1][0], reduced, radicand)))
        if not chain[-1][0].is_zero():
            raise CertificateError(f"{node} is no identity")
        zero = "(eq_refl 0)"
        for _, step in reversed(chain[1:]):
            zero = step.format(zero)
        self.close(f"{fact} {zero}")

    def _reduction(self, polynomial: fmpq_mpoly, reduced: fmpq_mpoly, radicand: sp.Expr) -> str:
        """Why a polynomial is 0, from a proof ``{}`` that it is with a root's square put in."""
        above, below = self.roots[radicand]
        equation = self.ring.root[radicand] ** 2 * below - above
        inside = self._value(radicand)
        for power in range(LARGEST_POWER + 1):
            multiple, remainder = divmod(polynomial * below**power - reduced, equation)
            if remainder.is_zero():
                break
        else:
            raise CertificateError("the square of a root is not put in as the kernel does")
        (scale, (whole,)), (own, (left,)) = self.integral(polynomial), self.integral(reduced)
        lowest = inside.below.leading_coefficient() / below.leading_coefficient()
        # s p d**power = q e + k z, with p, d, e, z the integral multiples that the hypotheses speak of
        by_equation = multiple * scale * lowest**power / self.integral(equation)[0]
        by_rest = fmpq(scale) * lowest**power / own
        s = lcm(self.integral(by_equation)[0], int(by_rest.q))
        name = self.fact_names[str(equation), "="]
        nonzero = f"(pow_nonzero _ {power} (proj1 {inside.name})) (Rgt_not_eq _ _ (IZR_lt 0 {s} eq_refl))"
        numbers = f"{self.text(by_equation * s)} {self.text(left)} {s} {int((by_rest * s).p)}"
        return f"(zero_step {self.text(whole)} _ _ {numbers} {name} {{}} {nonzero} ltac:(ring))"

    # --- hypotheses taken apart ---------------------------------------------------------------------------------------

    def _open(self, relation: Relational, said: Said) -> None:
        """Take the hypothesis that a relation is true apart into the conditions of its terms and the relation."""
        if not isinstance(said, str):
            return
        parts = [*definedness(relation), relation]
        for part, one in zip(parts, self._destruct(said, len(parts), "D"), strict=True):
            self.known.setdefault(part, one)

    def _destruct(self, name: str, size: int, letter: str) -> list[str]:
        """The parts of a hypothesis that is a conjunction of ``size`` propositions."""
        if size == 1:
            return [name]
        names = [self.fresh(letter) for _ in range(size)]
        self.say(f"destruct {name} as ({' & '.join(names)}).")
        return names

    def _cases_of(self, name: str, size: int) -> list[str]:
        """A hypothesis that is a disjunction of ``size`` propositions, told apart: the name of each."""
        if size == 0:
            super().close(name)
            return []
        names = [self.fresh("O") for _ in range(size)]
        pattern = names[-1]
        for one in reversed(names[:-1]):
            pattern = f"[{one} | {pattern}]"
        self.say(f"destruct {name} as {pattern}." if size > 1 else f"pose proof {name} as {names[0]}.")
        return names

    def _parts(self, node: Node, said: Said) -> list[Item]:
        """The parts of a conjunction, or of a disjunction of one."""
        if isinstance(said, list):
            return said
        if said is None or not node[1]:
            return [(part, None) for part in node[1]]
        return list(zip(node[1], self._destruct(said, len(node[1]), "P"), strict=True))

    def _below(self, case: Trace) -> None:
        """Write the proof of one case into that of its parent."""
        self.lines += ["{", *[f"  {line}" for line in case.lines], "}"]

    # --- cases --------------------------------------------------------------------------------------------------------

    def _split_sign(self, polynomial: fmpq_mpoly) -> None:
        """A factor that is not 0 is positive or negative."""
        name, nonzero = self.fresh("S"), self.have(polynomial)[1]
        either = f"{self.text(polynomial)} {self.text(-polynomial)} {nonzero} ltac:(ring)"
        self.say(f"destruct (split_ne {either}) as [{name} | {name}].")
        for sign in (1, -1):
            case = self.copy()
            case.fact_names[str(polynomial * sign), ">"] = name
            case._add([(polynomial * sign, ">")])
            case.follow([])
            self._below(case)

    def _branch(self, branching: list[Item]) -> None:
        """Take the disjunction with the fewest cases that are not plainly contradictory, as the kernel does."""
        best: tuple[int, list[Node]] | None = None
        for place, ((_, parts), _) in enumerate(branching):
            alive = [part for part in parts if self._alive(part)]
            if best is None or len(alive) < len(best[1]):
                best = place, alive
            if len(alive) <= 1:
                break
        assert best is not None
        (_, parts), said = branching[best[0]]
        assert isinstance(said, str)
        others = [item for place, item in enumerate(branching) if place != best[0]]
        excluded: list[Item] = []
        decided: dict[Node, str] = {}
        later: list[tuple[Node, list[Item]]] = []
        for part in best[1]:
            if not isinstance(part, Relational) or definedness(part):
                later.append((part, excluded))
                continue
            holds = self.fresh("B")
            self.say(f"destruct ({self.printer.decision(part)}) as [{holds} | {holds}].")
            case, negation = self.copy(), literal(part, False)
            case.follow([(part, holds), *excluded, *others])
            self._below(case)
            self.known[negation] = decided[part] = holds
            excluded = [*excluded, (negation, None)]
        for part, one in zip(parts, self._cases_of(said, len(parts)), strict=True):
            case = self.copy()
            before = [known for other, known in later if other is part]
            if isinstance(part, Relational) and part in decided:
                case.say(f"exact (not_both_{KINDS[type(part)]} _ _ {one} {decided[part]}).")
            elif before:
                case.follow([(part, one), *before[0], *others])
            else:
                case.refute(part, one)
            self._below(case)

    def _alive(self, part: Node) -> bool:
        """Whether a formula does not plainly contradict the facts; nothing is written."""
        if isinstance(part, Relational):
            case = self.copy()
            case._open(part, "H")
            try:
                case._assume(part)
                return case._settle()
            except Split:
                return True
            except _Closed:
                return False
        alive = [self._alive(entry) for entry in part[1]]
        return all(alive) if part[0] == "and" else any(alive)

    def refute(self, part: Node, name: str) -> None:
        """Close the case by a formula that plainly contradicts its facts."""
        with contextlib.suppress(_Closed):
            self._refute(part, name)

    def _refute(self, part: Node, name: str) -> None:
        if isinstance(part, Relational):
            self._open(part, name)
            self._assume(part)
            self._settle()
            raise CertificateError("a case that the kernel passes over is not refuted for Coq")
        kind, parts = part
        if kind == "and" or len(parts) == 1:
            for entry, one in self._parts(part, name):
                if not self._alive(entry):
                    assert isinstance(one, str)
                    self._refute(entry, one)
                    return
            raise CertificateError("a case that the kernel passes over is not refuted for Coq")
        for entry, one in zip(parts, self._cases_of(name, len(parts)), strict=True):
            case = self.copy()
            case.refute(entry, one)
            self._below(case)

    def _split(self, split: Split, items: Sequence[Item]) -> None:
        """The cases of an absolute value, a sign, a minimum or a maximum."""
        (key, _), *_ = split.cases
        options = {type(condition): (choice, condition) for _, (choice, condition) in split.cases}
        if key[0] == "place":
            self._split_extreme(split, items)
            return
        argument, name = key[1], self.fresh("C")
        text = self.printer.term(argument)
        order: list[type[Relational]] = [sp.Ge, sp.Lt]
        if sp.Ge not in options:
            order = [sp.Gt, sp.Eq, sp.Lt]
            self.say(f"destruct (three_signs {text}) as [{name} | [{name} | {name}]].")
        else:
            self.say(f"destruct (two_signs {text}) as [{name} | {name}].")
        for kind in order:
            case = self.copy()
            relation = kind(argument, 0, evaluate=False)
            case.known[relation] = name
            if kind in options:
                case.choices[key] = options[kind][0]
                case.follow([(options[kind][1], None), *items])
            else:
                case.refute(relation, name)
            self._below(case)

    def _split_extreme(self, split: Split, items: Sequence[Item]) -> None:
        term = split.cases[0][0][1]
        arguments = extreme_arguments(term)
        if len(arguments) > 3:
            raise CertificateError(f"{term} has more than three arguments")
        which = f"{'max' if isinstance(term, sp.Max) else 'min'}{len(arguments)}"
        names = [self.fresh("M") for _ in arguments[1:]]
        one = f"({' & '.join(names)})" if len(names) > 1 else names[0]
        pattern = f"[{one} | {one}]" if len(arguments) == 2 else f"[{one} | [{one} | {one}]]"
        self.say(f"destruct (cases_{which} {' '.join(map(self.printer.term, arguments))}) as {pattern}.")
        for key, (choice, condition) in split.cases:
            case = self.copy()
            case.choices[key] = choice
            case.known.update(zip(condition[1], names, strict=True))
            case.follow([(condition, None), *items])
            self._below(case)


__all__ = ["Item", "Trace", "UseLeaf"]
