"""Implications over the reals: taken apart into conjunctions of polynomial atoms, and the check of their certificates.

``hypotheses => conclusion`` is valid iff no leaf of "the hypotheses are true, the conclusion is not" has a real point.
The truth values are those of the point evaluation: a relation one of whose terms has no value is not true, a hypothesis
that is not true (of the goal or of an Implies inside it) does not hold, and a conclusion has to have a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import sympy as sp
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.calculus import check_calculus
from verify.kernel.functions import CASED, LARGEST_POWER, definedness, require_real, ring_of
from verify.kernel.products import Atom, Leaf, Relation, check_products, fields, items

#: More leaves than this are refused.
MOST_LEAVES = 4096
#: From the strongest to the weakest.
GRADES = ("kernel", "two solvers", "one solver")
SOLVERS = ("z3", "cvc5")

#: Re-runs a solver (its name, hypotheses, conclusion, limits): whether it confirms the implication.
Solve = Callable[[str, Sequence[Boolean], Boolean, Mapping[str, Any]], bool]

_NEGATED = {sp.Le: sp.Gt, sp.Lt: sp.Ge, sp.Ge: sp.Lt, sp.Gt: sp.Le, sp.Eq: sp.Ne, sp.Ne: sp.Eq}
_CONNECTIVES = (sp.And, sp.Or, sp.Not, sp.Implies, sp.Equivalent, sp.logic.boolalg.BooleanAtom)
_ALGEBRAIC = (sp.Rational, sp.Add, sp.Mul, *CASED, *_CONNECTIVES, *_NEGATED)
_ANY = frozenset({-1, 0, 1})


# --- the check -------------------------------------------------------------------------------------------------------


def check_implication(
    hypotheses: Sequence[Boolean],
    conclusion: Boolean,
    certificate: Mapping[str, Any],
    lemmas: Sequence[Boolean] = (),
    solve: Solve | None = None,
) -> str:
    """Accept a certificate of ``hypotheses => conclusion``; returns its grade, one of ``GRADES``.

    Args:
        hypotheses: formulas in real symbols.
        conclusion: what follows from them, having a value wherever they hold.
        certificate: as ``verify.proof.implication.prove_implication`` makes it.
        lemmas: intermediate statements; each is proved from the hypotheses and the earlier lemmas first.
        solve: re-runs a solver; without it a certificate that rests on solvers is rejected.

    Raises:
        CertificateError: the certificate is malformed, or proves something else, or the formula is not algebraic.
    """
    fields(certificate, {"kind", "lemmas", "proof"})
    if certificate["kind"] != "implication":
        raise CertificateError("this is no certificate of an implication")
    parts = items(certificate["lemmas"], "lemmas")
    if len(parts) != len(lemmas):
        raise CertificateError(f"there are {len(lemmas)} lemmas, but certificates of {len(parts)}")
    known = list(hypotheses)
    grades = []
    for lemma, part in zip(lemmas, parts, strict=True):
        grades.append(_check_valued(known, lemma, part, solve))
        known.append(lemma)
    grades.append(_check_valued(known, conclusion, certificate["proof"], solve))
    return max(grades, key=GRADES.index)


def _check_valued(known: Sequence[Boolean], conclusion: Boolean, part: Any, solve: Solve | None) -> str:
    """Check that the conclusion has a value and is true wherever all known formulas hold."""
    fields(part, {"defined", "goal"})
    conditions = definedness(conclusion)
    proofs = items(part["defined"], "defined")
    if len(proofs) != len(conditions):
        raise CertificateError(f"that {conclusion} has a value takes {len(conditions)} proofs, not {len(proofs)}")
    grades = []
    for place, (condition, proof) in enumerate(zip(conditions, proofs, strict=True)):
        # The conditions come inner terms first: where the earlier ones hold, the next one has a value.
        grades.append(_check_goal([*known, *conditions[:place]], condition, proof, solve))
    grades.append(_check_goal([*known, *conditions], conclusion, part["goal"], solve))
    return max(grades, key=GRADES.index)


def _check_goal(known: Sequence[Boolean], conclusion: Boolean, goal: Any, solve: Solve | None) -> str:
    """Check that the conclusion is true wherever all known formulas hold and it has a value."""
    if isinstance(goal, Mapping) and goal.get("kind") == "calculus":
        fields(goal, {"kind", "rule"})
        grades = check_calculus(known, conclusion, goal["rule"], partial(_check_goal, solve=solve))
        return max(grades, key=GRADES.index, default="kernel")
    require_algebraic([*known, conclusion])
    if isinstance(goal, Mapping) and goal.get("kind") == "identity":
        fields(goal, {"kind"})
        if not is_identity(conclusion):
            raise CertificateError(f"{conclusion} is no identity")
        return "kernel"
    if isinstance(goal, Mapping) and goal.get("kind") == "unsat":
        return _check_solvers(known, conclusion, goal, solve)
    if isinstance(goal, Mapping) and goal.get("kind") == "squares":
        fields(goal, {"kind", "nonnegative", "squares"})
        nonnegative, squares = by_squares(conclusion)
        grades = [
            _check_goal(known, nonnegative, goal["nonnegative"], solve),
            _check_goal(known, squares, goal["squares"], solve),
        ]
        return max(grades, key=GRADES.index)
    fields(goal, {"kind", "using", "leaves"})
    if goal["kind"] != "leaves":
        raise CertificateError("a goal is proved by no known kind of certificate")
    using = items(goal["using"], "using")
    if any(type(place) is not int or not 0 <= place < len(known) for place in using):
        raise CertificateError("a proof uses a hypothesis that there is not")
    found = leaves([known[place] for place in using], conclusion)
    proofs = items(goal["leaves"], "leaves")
    if len(found) != len(proofs):
        raise CertificateError(f"there are {len(found)} cases, but certificates of {len(proofs)}")
    grades = ["kernel"]
    for leaf, proof in zip(found, proofs, strict=True):
        if isinstance(proof, Mapping) and proof.get("kind") == "unsat":
            grades.append(_check_solvers([atom.as_formula() for atom in leaf], sp.false, proof, solve))
        else:
            check_products(leaf, proof)
    return max(grades, key=GRADES.index)


def by_squares(relation: Boolean) -> tuple[Boolean, Boolean]:
    """``b >= 0`` and ``a**2 <= b**2``, from which ``a <= b`` follows (and with < alike): a is at most its size.

    Raises:
        CertificateError: it is no inequality.
    """
    if isinstance(relation, sp.Le | sp.Lt):
        less, more = relation.args
    elif isinstance(relation, sp.Ge | sp.Gt):
        more, less = relation.args
    else:
        raise CertificateError(f"{relation} is no inequality, so that its squares say nothing")
    compare = sp.Lt if isinstance(relation, sp.Lt | sp.Gt) else sp.Le
    return sp.Ge(more, 0, evaluate=False), compare(less**2, more**2, evaluate=False)


def _check_solvers(known: Sequence[Boolean], conclusion: Boolean, proof: Any, solve: Solve | None) -> str:
    fields(proof, {"kind", "solvers", "limits"})
    names, limits = items(proof["solvers"], "solvers"), proof["limits"]
    if not names or any(names.count(name) > 1 or name not in SOLVERS for name in names):
        raise CertificateError("the solvers of a certificate are z3, cvc5 or both")
    if not isinstance(limits, Mapping) or any(type(size) is not int or size < 1 for size in limits.values()):
        raise CertificateError("the limits of a solver are positive integers")
    if solve is None:
        raise CertificateError(f"the proof rests on {' and '.join(names)}, which are not asked here")
    for name in names:
        if not solve(name, known, conclusion, limits):
            raise CertificateError(f"{name} does not confirm the proof")
    return "two solvers" if len(names) == 2 else "one solver"


def require_algebraic(formulas: Sequence[sp.Basic]) -> None:
    """Refuse formulas with something of which this module does not know where it has a value.

    Raises:
        CertificateError: it names the term, or two symbols of the same name, or a symbol that is not real.
    """
    names = [symbol.name for symbol in frozenset[sp.Symbol]().union(*map(_symbols, formulas))]
    if len(set(names)) < len(names) or any(name.startswith("root[") for name in names):
        raise CertificateError("two symbols have the same name, or one has the name of a root")


@lru_cache(maxsize=16_384)
def _symbols(formula: sp.Basic) -> frozenset[sp.Symbol]:
    """The symbols of a formula, if it is algebraic; most formulas are a hypothesis of many goals."""
    nodes = dict.fromkeys(sp.preorder_traversal(formula))
    for node in nodes:
        if isinstance(node, sp.Symbol):
            require_real(node)
        elif isinstance(node, sp.Pow):
            exponent = node.exp
            if not isinstance(exponent, sp.Rational) or exponent.q > 2 or abs(exponent.p) > LARGEST_POWER:
                raise CertificateError(f"{node} is no power with a small integer or half-integer exponent")
        elif not isinstance(node, _ALGEBRAIC):
            raise CertificateError(f"{node} is not algebraic")
    return frozenset(node for node in nodes if isinstance(node, sp.Symbol))


# --- from formulas to disjunctions of literals -----------------------------------------------------------------------


def _conjunction(parts: Sequence[Any]) -> tuple[str, list[Any]]:
    return ("and", list(parts))


def _disjunction(parts: Sequence[Any]) -> tuple[str, list[Any]]:
    return ("or", list(parts))


def _true(formula: sp.Basic, truth: bool = True) -> Any:
    """The formula has the value ``truth``: nested ("and", ...), ("or", ...) of relations, each true and so defined."""
    if formula in (sp.true, sp.false):
        return _conjunction([]) if (formula is sp.true) is truth else _disjunction([])
    if isinstance(formula, sp.Not):
        return _true(formula.args[0], not truth)
    if isinstance(formula, sp.And | sp.Or):
        together = _conjunction if isinstance(formula, sp.And) is truth else _disjunction
        return together([_true(part, truth) for part in formula.args])
    if isinstance(formula, sp.Implies):
        first, second = formula.args
        if truth:
            return _disjunction([_not_true(first), _true(second)])
        return _conjunction([_true(first), _true(second, False)])
    if isinstance(formula, sp.Equivalent):
        together = _conjunction if truth else _disjunction
        return together([_true(part, truth) for part in ring_of(formula)])
    return _literal(formula, truth)


def _not_true(formula: sp.Basic, truth: bool = True, defined: bool = False) -> Any:
    """The formula has another value than ``truth``, or none.

    Args:
        defined: that the formula has a value is known (proved apart), so having none is no case.
    """
    if formula in (sp.true, sp.false):
        return _true(formula, not truth)
    if isinstance(formula, sp.Not):
        return _not_true(formula.args[0], not truth, defined)
    if isinstance(formula, sp.And | sp.Or):
        together = _disjunction if isinstance(formula, sp.And) is truth else _conjunction
        return together([_not_true(part, truth, defined) for part in formula.args])
    if isinstance(formula, sp.Implies):
        first, second = formula.args
        if truth:
            return _conjunction([_true(first), _not_true(second, True, defined)])
        return _disjunction([_not_true(first), _not_true(second, False, defined)])
    if isinstance(formula, sp.Equivalent):
        together = _disjunction if truth else _conjunction
        return together([_not_true(part, truth, defined) for part in ring_of(formula)])
    negation = _literal(formula, not truth)
    if defined:
        return negation
    return _disjunction([negation, *[_true(condition, False) for condition in definedness(formula)]])


def _literal(formula: sp.Basic, truth: bool) -> Relational:
    if not isinstance(formula, Relational) or type(formula) not in _NEGATED:
        raise CertificateError(f"{formula} is no algebraic relation")
    return formula if truth else _NEGATED[type(formula)](*formula.args, evaluate=False)


# --- from literals to leaves -----------------------------------------------------------------------------------------


def leaves(hypotheses: Sequence[Boolean], conclusion: Boolean, most: int = MOST_LEAVES) -> list[Leaf]:
    """The cases in which the hypotheses hold and the conclusion, having a value, is false.

    The implication is valid wherever its conclusion has a value iff no leaf has a real point.  Deterministic: a
    certificate names leaves and atoms by their place.

    Raises:
        CertificateError: a term is not algebraic, or there are more than ``most`` leaves.
    """
    formulas = [*[_true(formula) for formula in hypotheses], _not_true(conclusion, defined=True)]
    ring = _Ring([*hypotheses, conclusion])
    found: dict[tuple[tuple[str, str], ...], Leaf] = {}
    for facts in _Case(ring).expand(formulas):
        found.setdefault(tuple((str(p), relation) for p, relation in facts), ring.leaf(facts))
        if len(found) > most:
            raise CertificateError(f"there are more than {most} cases")
    return list(found.values())


#: A polynomial and what it is to zero: one of ">", ">=", "=", "!=".
_Fact = tuple[fmpq_mpoly, str]


class _Split(Exception):  # no error: the cases to tell apart before a term has a value
    def __init__(self, cases: list[tuple[Any, Any]]) -> None:
        self.cases = cases


class _Ring:
    """Polynomials in the symbols of a goal and one variable for each root that occurs in it."""

    def __init__(self, formulas: Sequence[Boolean]) -> None:
        require_algebraic(formulas)
        symbols = sorted({s for formula in formulas for s in formula.free_symbols}, key=lambda s: str(s.name))
        nodes = {node for formula in formulas for node in sp.preorder_traversal(formula)}
        roots = {n.base for n in nodes if isinstance(n, sp.Pow) and n.exp.is_Rational and not n.exp.is_Integer}
        self.radicands = sorted(roots, key=lambda base: (base.count_ops(), sp.srepr(base)))
        variables = [sp.Symbol(f"root[{place}]", real=True) for place in range(len(self.radicands))]
        self.symbols: list[sp.Symbol] = [*variables, *symbols]
        # The polynomial ring has names of its own: a symbol's name may be anything.
        self.context = fmpq_mpoly_ctx.get([f"x{place}" for place in range(len(self.symbols))], "lex")
        self.one = self.context.constant(1)
        self.variables = dict(zip(self.symbols, self.context.gens(), strict=True))
        self.root = {base: self.context.gens()[place] for place, base in enumerate(self.radicands)}
        self._terms: dict[str, list[tuple[int, list[tuple[str, int]]]]] = {}
        self._factors: dict[str, tuple[fmpq, list[tuple[fmpq_mpoly, int]]]] = {}
        self._concerned: dict[str, frozenset[str]] = {}

    def factors(self, polynomial: fmpq_mpoly) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
        """The constant, and the irreducible factors with their exponents."""
        name = str(polynomial)
        if name not in self._factors:
            constant, factors = polynomial.factor()
            self._factors[name] = constant, sorted(((f, int(k)) for f, k in factors), key=lambda entry: str(entry[0]))
        return self._factors[name]

    def concerned(self, polynomial: fmpq_mpoly) -> frozenset[str]:
        """The names of what tells the polynomial's sign: its irreducible factors, and its variables."""
        name = str(polynomial)
        if name not in self._concerned:
            factors = [] if polynomial.is_zero() else [factor for factor, _ in self.factors(polynomial)[1]]
            variables = {variable for factor in factors for _, powers in self.terms(factor) for variable, _ in powers}
            self._concerned[name] = frozenset({str(factor) for factor in factors} | variables)
        return self._concerned[name]

    def terms(self, polynomial: fmpq_mpoly) -> list[tuple[int, list[tuple[str, int]]]]:
        """The sign of each term's coefficient, with the term's variables and their exponents."""
        name = str(polynomial)
        if name not in self._terms:
            self._terms[name] = [
                (1 if coefficient > 0 else -1, [(f"x{place}", int(e)) for place, e in enumerate(exponents) if e])
                for exponents, coefficient in polynomial.to_dict().items()
            ]
        return self._terms[name]

    def leaf(self, facts: Sequence[_Fact]) -> Leaf:
        """The facts as atoms over SymPy's polynomials."""
        return tuple(Atom(self._poly(polynomial), _relation(relation)) for polynomial, relation in facts)

    def _poly(self, polynomial: fmpq_mpoly) -> sp.Poly:
        terms = {tuple(map(int, m)): sp.Rational(int(c.p), int(c.q)) for m, c in polynomial.to_dict().items()}
        used = [place for place in range(len(self.symbols)) if any(monomial[place] for monomial in terms)]
        used = used or [0]
        short = {tuple(monomial[place] for place in used): coefficient for monomial, coefficient in terms.items()}
        return sp.Poly.from_dict(short, *[self.symbols[place] for place in used], domain=sp.QQ)


def _relation(text: str) -> Relation:
    return "=" if text == "=" else ">" if text == ">" else ">="


class _Case:
    """One case of the analysis: the facts so far, and the choices for Abs, sign, Min and Max that they rest on."""

    def __init__(self, ring: _Ring) -> None:
        self.ring = ring
        self.facts: list[_Fact] = []
        self.choices: dict[Any, Any] = {}
        #: The signs that irreducible factors can have by the facts, as far as that was found out.
        self.signs: dict[str, tuple[fmpq_mpoly, frozenset[int]]] = {}
        #: Of how many facts, from the first one on, the signs are found; and the names of signs just found.
        self.settled = 0
        self.found: set[str] = set()
        self.roots: dict[sp.Expr, tuple[fmpq_mpoly, fmpq_mpoly]] = {}

    def copy(self) -> _Case:
        """A case with the same facts, to be narrowed further."""
        other = _Case(self.ring)
        other.facts, other.choices = list(self.facts), dict(self.choices)
        other.signs, other.settled = dict(self.signs), self.settled
        return other

    def expand(self, formulas: Sequence[Any]) -> Iterator[list[_Fact]]:
        """The leaves of this case and the formulas, depth first; a plainly contradictory case has none."""
        pending: list[Any] = list(formulas)
        branching: list[Any] = []
        while pending:
            formula = pending.pop(0)
            if isinstance(formula, Relational):
                try:
                    self._assume(formula)
                except _Split as split:
                    if formula.has(*CASED) and any(_plain(other) for other in pending):
                        pending.append(formula)  # the other relations may tell which case it is
                        continue
                    yield from self._cases(split, [formula, *pending, *branching])
                    return
            elif formula[0] == "and" or len(formula[1]) == 1:
                pending[:0] = formula[1]
            else:
                branching.append(formula)
        if not self._settle():
            return
        if branching:
            yield from self._branches(branching)
            return
        for polynomial, _ in list(self.signs.values()):
            if self._factor_signs(polynomial) == {-1, 1}:
                for sign in (1, -1):
                    case = self.copy()
                    case._add([(polynomial * sign, ">")])
                    yield from case.expand([])
                return
        yield self._simplified()

    def _branches(self, branching: list[Any]) -> Iterator[list[_Fact]]:
        """Take the disjunction with the fewest cases that are not plainly contradictory."""
        best: tuple[int, list[Any]] | None = None
        for place, (_, parts) in enumerate(branching):
            alive = [part for part in parts if self._alive(part)]
            if best is None or len(alive) < len(best[1]):
                best = place, alive
            if len(alive) <= 1:
                break
        assert best is not None
        others = [formula for place, formula in enumerate(branching) if place != best[0]]
        excluded: list[Any] = []
        for part in best[1]:
            yield from self.copy().expand([part, *excluded, *others])
            if isinstance(part, Relational) and not definedness(part):
                excluded.append(_literal(part, False))  # the later cases need not cover the earlier ones again

    def _alive(self, part: Any) -> bool:
        """Whether a formula does not plainly contradict the facts."""
        if isinstance(part, Relational):
            case = self.copy()
            try:
                case._assume(part)
            except _Split:
                return True
            return case._settle()
        alive = [self._alive(entry) for entry in part[1]]
        return all(alive) if part[0] == "and" else any(alive)

    def _cases(self, split: _Split, formulas: Sequence[Any]) -> Iterator[list[_Fact]]:
        for key, (choice, condition) in split.cases:
            case = self.copy()
            case.choices[key] = choice
            yield from case.expand([condition, *formulas])

    def _assume(self, relation: Relational) -> None:
        """Add what the relation says, and that its terms have values."""
        facts: list[_Fact] = []
        left, right = relation.args
        if isinstance(relation, sp.Le | sp.Lt):
            left, right = right, left
        numerator, denominator = self._difference(left, right, facts)
        kind = "=" if isinstance(relation, sp.Eq) else "!=" if isinstance(relation, sp.Ne) else None
        if kind is None:
            kind = ">" if isinstance(relation, sp.StrictLessThan | sp.StrictGreaterThan) else ">="
            numerator *= denominator  # not zero, so that this changes no sign but turns n/d into n*d
        self._add([*facts, (numerator, kind)])

    def _add(self, facts: Sequence[_Fact]) -> None:
        self.facts += [fact for fact in facts if fact not in self.facts]

    # --- terms as quotients of polynomials ---------------------------------------------------------------------------

    def _difference(self, left: sp.Basic, right: sp.Basic, facts: list[_Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        (a, b), (c, d) = self.quotient(left, facts), self.quotient(right, facts)
        common = b.gcd(d)
        return a * (d / common) - c * (b / common), b * (d / common)

    def quotient(self, term: sp.Basic, facts: list[_Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """A term as numerator and denominator; what its having a value means is added to the facts."""
        one = self.ring.one
        if isinstance(term, sp.Rational):
            return one * fmpq(int(term.p), int(term.q)), one
        if isinstance(term, sp.Symbol):
            return self.ring.variables[term], one
        if isinstance(term, sp.Add):
            total, below = one * 0, one
            for argument in term.args:
                numerator, denominator = self.quotient(argument, facts)
                common = below.gcd(denominator)
                total = total * (denominator / common) + numerator * (below / common)
                below = below * (denominator / common)
            return total, below
        if isinstance(term, sp.Mul):
            return self._product([self.quotient(argument, facts) for argument in term.args])
        if isinstance(term, sp.Pow):
            return self._power(term, facts)
        if isinstance(term, sp.Abs | sp.sign):
            return self._signed(term, facts)
        if isinstance(term, sp.Min | sp.Max):
            return self._extreme(term, facts)
        raise CertificateError(f"{term} is no algebraic term")

    def _product(self, quotients: Sequence[tuple[fmpq_mpoly, fmpq_mpoly]]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        above, below = self.ring.one, self.ring.one
        for numerator, denominator in quotients:
            above, below = above * numerator, below * denominator
        common = above.gcd(below) if not above.is_zero() else below
        return above / common, below / common

    def _power(self, term: sp.Pow, facts: list[_Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        base, exponent = term.args
        numerator, denominator = self.quotient(base, facts)
        if exponent.q == 2:
            root = self.ring.root[base]
            self.roots[base] = numerator, denominator
            facts += [(root, ">="), (root**2 * denominator - numerator, "=")]
            numerator, denominator = root, self.ring.one
        if exponent < 0:
            facts.append((numerator, "!="))
            if numerator.is_zero():
                return self.ring.one, self.ring.one  # the fact above ends this case
            numerator, denominator = denominator, numerator
        size = abs(int(exponent.p))
        return numerator**size, denominator**size

    def _signed(self, term: sp.Expr, facts: list[_Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """Abs or sign; of a product factor by factor, so that one case decides all products with that factor."""
        argument, one = term.args[0], self.ring.one
        if isinstance(argument, sp.Mul):
            return self._product([self.quotient(term.func(factor, evaluate=False), facts) for factor in argument.args])
        numerator, denominator = self.quotient(argument, facts)
        signs = self._signs_of(numerator * denominator) & self.choices.get(("sign", argument), _ANY)
        if len(signs) == 1:
            sign = next(iter(signs))
            return (one * sign, one) if isinstance(term, sp.sign) else (numerator * sign, denominator)
        if isinstance(term, sp.Abs) and signs in ({0, 1}, {-1, 0}):
            return numerator * (1 if 1 in signs else -1), denominator
        if isinstance(term, sp.Abs):
            options = [(frozenset({0, 1}), sp.Ge), (frozenset({-1}), sp.Lt)]
        else:
            options = [(frozenset({1}), sp.Gt), (frozenset({0}), sp.Eq), (frozenset({-1}), sp.Lt)]
        cases = [(s, relation) for s, relation in options if s & signs]
        raise _Split([(("sign", argument), (s, relation(argument, 0, evaluate=False))) for s, relation in cases])

    def _extreme(self, term: sp.Expr, facts: list[_Fact]) -> tuple[fmpq_mpoly, fmpq_mpoly]:
        """Min or Max: one of its arguments, as chosen in this case."""
        arguments = sorted(term.args, key=sp.srepr)
        if ("place", term) in self.choices:
            return self.quotient(arguments[self.choices["place", term]], facts)
        relation = sp.Ge if isinstance(term, sp.Max) else sp.Le
        cases = []
        for place, argument in enumerate(arguments):
            others = [relation(argument, other, evaluate=False) for other in arguments if other is not argument]
            cases.append((("place", term), (place, _conjunction(others))))
        raise _Split(cases)

    # --- signs -------------------------------------------------------------------------------------------------------

    def _signs_of(self, polynomial: fmpq_mpoly) -> frozenset[int]:
        """The signs that the facts, by what is plain of them, leave for a polynomial."""
        if polynomial.is_zero():
            return frozenset({0})
        self._settle()
        constant, factors = self.ring.factors(polynomial)
        signs = frozenset({1 if constant > 0 else -1})
        for factor, exponent in factors:
            signs = frozenset(a * b**exponent for a in signs for b in self._factor_signs(factor))
        return signs

    def _factor_signs(self, factor: fmpq_mpoly) -> frozenset[int]:
        known = self.signs.get(str(factor), (factor, _ANY))[1]
        return known & self._monomial_signs(factor)

    def _monomial_signs(self, polynomial: fmpq_mpoly) -> frozenset[int]:
        """The signs of a sum whose terms all have one sign, by the known signs of the variables."""
        total = frozenset({0})
        for sign, powers in self.ring.terms(polynomial):
            term = frozenset({sign})
            for name, exponent in powers:
                variable = self.signs[name][1] if name in self.signs else _ANY
                term = frozenset(a * b**exponent for a in term for b in variable)
            total = frozenset(s for a in total for b in term for s in (_ANY if a * b < 0 else {a or b}))
            if total == _ANY:
                break
        return total

    def _settle(self) -> bool:
        """Find the signs of irreducible factors that the facts tell; False where the facts contradict each other."""
        known, self.settled = self.settled, 0
        while known < len(self.facts) or self.found:
            before, self.found = self.found, set()
            for place, (polynomial, relation) in enumerate(self.facts):
                # a fact tells something new only where a sign that it has to do with was found after its last turn
                new = place >= known or not self.ring.concerned(polynomial).isdisjoint(before | self.found)
                if new and not self._learn(polynomial, relation):
                    return False
            known = len(self.facts)
        self.settled = known
        return True

    def _learn(self, polynomial: fmpq_mpoly, relation: str) -> bool:
        if polynomial.is_zero():
            return relation in (">=", "=")
        constant, factors = self.ring.factors(polynomial)
        if relation in (">", "!="):
            for factor, _ in factors:
                if not self._refine(factor, frozenset({-1, 1})):
                    return False
        sign, left = self._stripped(constant, factors)
        wanted = {">": {1}, ">=": {0, 1}, "=": {0}, "!=": {-1, 1}}[relation]
        if not left:
            return sign in wanted
        if len(left) == 1:
            factor, exponent = left[0]
            return self._refine(factor, frozenset(s for s in _ANY if sign * s**exponent in wanted))
        return True

    def _stripped(self, constant: fmpq, factors: Any) -> tuple[int, list[tuple[fmpq_mpoly, int]]]:
        """The sign of the constant and of the factors of known sign, and the other factors."""
        sign, left = (1 if constant > 0 else -1), []
        for factor, exponent in factors:
            signs = {s**exponent for s in self._factor_signs(factor)}
            if len(signs) == 1 and 0 not in signs:
                sign *= next(iter(signs))
            else:
                left.append((factor, exponent))
        return sign, left

    def _refine(self, factor: fmpq_mpoly, signs: frozenset[int]) -> bool:
        name = str(factor)
        before = self.signs.get(name, (factor, _ANY))[1]
        known = before & signs
        if known != before:
            self.signs[name] = factor, known
            self.found.add(name)
        return bool(known & self._monomial_signs(factor))

    def _simplified(self) -> list[_Fact]:
        """The facts again: the signs of single factors, and the products whose sign these do not tell."""
        found: dict[str, _Fact] = {}
        for name, (factor, signs) in self.signs.items():
            if len(factor) > 1 and self._monomial_signs(factor) <= signs:
                continue
            if signs in ({1}, {0, 1}):
                found[name] = factor, ">" if 0 not in signs else ">="
            elif signs in ({-1}, {-1, 0}):
                found[name] = -factor, ">" if 0 not in signs else ">="
            elif signs == {0}:
                found[name] = factor, "="
        for polynomial, relation in self.facts:
            if polynomial.is_zero() or relation == "!=":
                continue
            sign, left = self._stripped(*self.ring.factors(polynomial))
            if len(left) > 1 and all(self._factor_signs(factor) != {0} for factor, _ in left):
                product = self.ring.one * sign
                for factor, exponent in left:
                    product *= factor**exponent
                found[f"{product} {relation}"] = product, relation
        return list(found.values())


def _plain(formula: Any) -> bool:
    """Whether a formula is a relation without cases."""
    return isinstance(formula, Relational) and not formula.has(*CASED)


def is_identity(conclusion: Boolean) -> bool:
    """Whether an equality holds wherever its sides have values, by polynomial arithmetic alone.

    Raises:
        CertificateError: the equality has a term that is not algebraic.
    """
    if conclusion is sp.true:
        return True
    if isinstance(conclusion, sp.And):
        return all(is_identity(part) for part in conclusion.args)
    if not isinstance(conclusion, sp.Eq):
        return False
    case = _Case(_Ring([conclusion]))
    facts: list[_Fact] = []
    try:
        numerator, _ = case._difference(conclusion.lhs, conclusion.rhs, facts)
    except _Split:
        return False
    for place, radicand in reversed(list(enumerate(case.ring.radicands))):  # a root within a radicand comes after it
        if radicand in case.roots:
            numerator = _without_squares(numerator, *case.roots[radicand], place, case.ring)
    return bool(numerator.is_zero())


def _without_squares(
    polynomial: fmpq_mpoly, numerator: fmpq_mpoly, denominator: fmpq_mpoly, place: int, ring: _Ring
) -> fmpq_mpoly:
    """The polynomial times a power of the denominator (not zero), with ``root**2 = numerator/denominator`` put in."""
    root = ring.context.gens()[place]
    cofactors: dict[int, fmpq_mpoly] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        power = int(exponents[place])
        cofactor = ring.context.from_dict({exponents: coefficient}) / root**power
        cofactors[power] = cofactors.get(power, ring.one * 0) + cofactor
    most = max(cofactors, default=0) // 2
    total = ring.one * 0
    for power, cofactor in cofactors.items():
        half = power // 2
        total += cofactor * numerator**half * denominator ** (most - half) * root ** (power % 2)
    return total
