"""From a claim's formulas to algebra: the next state and definitions put in, losses and vectors replaced by symbols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.functions import definedness
from verify.kernel.real_powers import RealPowers, real_powers
from verify.kernel.substitution import put_in
from verify.kernel.variational import ekeland_facts
from verify.lowering.gram import GramLowering, fresh_symbol
from verify.statement.claim import Claim
from verify.statement.formula import Differentiable, StepSum, TrajectoryFormula
from verify.statement.loss import EkelandPoint, Gradient, LossMinimum, LossValue, Minimizer, Projection, ScalarLoss
from verify.statement.system import time
from verify.statement.vectors import Inner, Norm, Vector

_VECTORS = (Vector, Inner, Norm, Gradient, LossValue, LossMinimum, Minimizer, Projection, EkelandPoint)


class Abstraction:
    """The algebraic form of the formulas of one goal of a claim; all of them share its symbols.

    A slope l'(s) becomes a symbol about which only the class's axioms at the occurring points are known; hence what is
    proved of the symbols holds for every loss of the class.  ``axioms`` are groups of the class's slope axioms (all of
    them, for None, unless the author says which ones are needed): fewer axioms make fewer cases.
    """

    def __init__(self, claim: Claim, axioms: tuple[str, ...] | None = None) -> None:
        self.claim = claim
        self._axioms = axioms if axioms is not None else claim.hints.axioms
        self._next = dict(claim.step.one_step) if claim.step is not None else {}
        self._slopes: dict[tuple[int, sp.Expr], sp.Symbol] = {}
        self._gram = GramLowering()
        #: what the rewriting of p/|p| as sign(p) took for granted; to be proved beside the goal
        self.cancelled: dict[Boolean, None] = {}
        self._opaque: dict[sp.Expr, sp.Symbol] = {}
        #: whether real powers stand as symbols, too, which they do where the author names facts about some
        self._hides_powers = bool(claim.hints.real_powers)
        self._real_powers = RealPowers()
        self._vectors = False

    @property
    def substitutions(self) -> list[dict[sp.Symbol, sp.Expr]]:
        """What is put in, in order: the next state, and as often as they may be nested the definitions."""
        return [self._next, *[dict(self.claim.define)] * len(self.claim.define)]

    @property
    def gram(self) -> GramLowering:
        """What its vectors became."""
        return self._gram

    def __call__(self, formula: sp.Basic) -> sp.Basic:
        """The algebraic form of a formula or an expression.

        Raises:
            CertificateError: it speaks of a whole trajectory, a hitting time, or something else that is not algebra.
        """
        if formula.has(TrajectoryFormula) and not formula.has(Differentiable):
            raise CertificateError(f"{formula} is no statement about one point")
        if formula.free_symbols & set(self.claim.times):
            raise CertificateError(f"{formula} speaks of a hitting time")
        if formula.has(sp.Implies, sp.Equivalent):
            self._require_kept(formula)
        current = self._put_in(formula)
        self._require_derivatives(current)
        current = current.replace(lambda node: isinstance(node, sp.Derivative), _derived)
        return self._lowered_here(self._without_sums(current))

    def _put_in(self, formula: sp.Basic) -> sp.Basic:
        for values in self.substitutions:
            formula = put_in(formula, values)
        return formula

    def _lowered_here(self, formula: sp.Basic) -> sp.Basic:
        """The algebraic form of a formula in which nothing is left to be put in."""
        if formula.has(*_VECTORS):
            self._vectors = True
            formula = self._gram.lower(formula)
        lowered = self._with_signs(self._without_slopes(_extract_squares(formula)))
        return self._real_powers.hidden(lowered) if self._hides_powers else lowered

    # --- terms that may have no value ----------------------------------------------------------------------------

    def lost(self, formula: sp.Basic) -> list[Boolean]:
        """What has to hold for a formula to have a value, where its algebraic form no longer tells.

        A symbol for l'(x/a), or for the gradient at w/a, has a value wherever a is 0, too; and where products of
        vectors are expanded, a (1/a + 1) becomes 1 + a.
        """
        plain = self._put_in(formula)
        kept = definedness(self(formula))
        conditions = dict.fromkeys(self(condition) for condition in definedness(plain))
        return open_conditions([one for one in conditions if not self._always(one)], kept)

    def bases(self, formula: sp.Basic) -> list[Boolean]:
        """That the bases of the real powers of a formula are positive, where symbols stand for these.

        Then they have values as all that is known of them says; a power whose exponent comes out as an integer may have
        another one elsewhere.  So to conclude something of powers this has to be shown; no hypothesis says so much.
        """
        if not self._hides_powers:
            return []
        return [self(sp.Gt(power.base, 0, evaluate=False)) for power in real_powers(self._put_in(formula))]

    def hypotheses(self, formulas: Sequence[Boolean], known: Sequence[Boolean] = ()) -> list[Boolean]:
        """The algebraic form of formulas that hold; with a relation, or several, also that its terms have values."""
        lowered = [self(formula) for formula in formulas]
        found: list[Boolean] = []
        for formula, holds in zip(formulas, lowered, strict=True):
            certain = all(isinstance(part, Relational) for part in sp.And.make_args(formula))
            kept = [*known, *lowered, *self.bases(formula)]
            found += open_conditions(self.lost(formula), kept) if certain else []
            found.append(holds)
        return found

    def _fact(self, formula: Boolean, known: Sequence[Boolean], *terms: sp.Basic) -> Boolean:
        """A fact, given wherever it and the terms that it comes from have values."""
        lowered = self._lowered_here(formula)
        needed = [self._lowered_here(one) for term in (*terms, formula) for one in definedness(term)]
        conditions = [one for one in dict.fromkeys([*needed, *definedness(lowered)]) if not self._always(one)]
        return _where(open_conditions(conditions, known), lowered)

    def _always(self, condition: Boolean) -> bool:
        """Whether a condition for a value is met wherever its terms have values, as squares and SymPy's signs tell."""
        if isinstance(condition, sp.Ge) and condition.args[1] == 0:
            return bool(condition.args[0].is_nonnegative) or condition.args[0] in self._gram.squares
        if isinstance(condition, sp.Ne | sp.Gt) and condition.args[1] == 0:
            return bool(condition.args[0].is_positive)
        return condition is sp.true

    def _require_derivatives(self, formula: sp.Basic) -> None:
        """Refuse a second derivative of a loss, or one that is to be taken, unless its existence is assumed."""
        assumed = {(a.args[0], a.args[2]): int(a.args[1]) for a in self.claim.given if isinstance(a, Differentiable)}
        taken = [node for derivative in formula.atoms(sp.Derivative) for node in _derived(derivative).atoms(ScalarLoss)]
        higher = [node for node in formula.atoms(ScalarLoss) if node.args[1] > 1]
        for loss, order, argument in (node.args for node in (*taken, *higher)):
            if order > assumed.get((loss, argument), 0):
                raise CertificateError(f"the loss may have no derivative of order {order} at {argument}")

    def _require_kept(self, formula: sp.Basic) -> None:
        """Refuse a hypothesis of an Implies that has a value more often once it is algebra: it would say more."""
        for hypothesis in _hypotheses(formula):
            lost = self.lost(hypothesis)
            if lost:
                raise CertificateError(f"that {hypothesis} needs {lost[0]} for a value is lost")

    def _with_signs(self, formula: sp.Basic) -> sp.Basic:
        """Write p/|p| as sign(p); that p is not 0 is noted in ``cancelled``.

        Where the class says that l'(s) has the sign of s, the sign of a slope is that of its argument.
        """

        def with_sign(product: sp.Mul) -> sp.Expr:
            factors = list(product.args)
            for factor in product.args:
                inverse = isinstance(factor, sp.Pow) and factor.exp == -1 and isinstance(factor.base, sp.Abs)
                if inverse and factor.base.args[0] in factors:
                    slope = factor.base.args[0]
                    factors.remove(factor)
                    factors.remove(slope)
                    factors.append(sp.sign(slope))
                    self.cancelled[sp.Ne(slope, 0, evaluate=False)] = None
            return sp.Mul(*factors)

        products = {
            node: changed
            for node in sp.postorder_traversal(formula)
            if isinstance(node, sp.Mul) and (changed := with_sign(node)) != node
        }
        formula = _unevaluated(formula, products) if products else formula
        loss_class = self.claim.loss_class
        if loss_class is None or not loss_class.slope_has_sign_of_argument:
            return formula
        signs = {sp.sign(slope): sp.sign(at) for (order, at), slope in self._slopes.items() if order == 1}
        return _unevaluated(formula, signs) if signs else formula

    def _without_sums(self, formula: sp.Basic) -> sp.Basic:
        """Geometric series by their value (where |base| < 1 is for ``series_conditions``); other sums are opaque."""
        for node in [n for n in sp.postorder_traversal(formula) if isinstance(n, sp.Sum)]:
            index, lower, upper = node.limits[0]
            term = node.function
            if isinstance(term, sp.Pow) and index in term.base.free_symbols:
                raise CertificateError(f"{node} is no geometric sum")
            if upper is sp.oo and lower == 0 and isinstance(term, sp.Pow) and term.exp == index:
                formula = formula.xreplace({node: 1 / (1 - term.base)})
            elif lower == 0 and isinstance(term, sp.Pow) and term.exp == index and upper == time - 1:
                formula = formula.xreplace({node: self._symbol_for(node)})
            else:
                raise CertificateError(f"{node} is no sum that the provers know")
        formula = formula.replace(lambda n: _in_time(n) and n.exp.is_Add, lambda n: sp.expand_power_exp(n))
        powers = [n for n in sp.postorder_traversal(formula) if _in_time(n)]
        for node in powers:
            if node.exp != time:
                raise CertificateError(f"{node} is no power that the provers know")
            formula = formula.xreplace({node: self._symbol_for(node)})
        if formula.has(StepSum):
            raise CertificateError(f"{formula} sums over the steps of a trajectory")
        return formula

    def _symbol_for(self, node: sp.Expr) -> sp.Symbol:
        natural = (time, node.limits[0][0]) if isinstance(node, sp.Sum) else (time,)
        if not always_has_value(node, natural):
            raise CertificateError(f"{node} may have no value")
        if node not in self._opaque:
            self._opaque[node] = fresh_symbol("term", len(self._opaque))
        return self._opaque[node]

    def series_conditions(self, formula: sp.Basic) -> list[Boolean]:
        """For each infinite geometric series in a formula, that it converges."""
        conditions: list[Boolean] = []
        for node in formula.atoms(sp.Sum):
            if node.limits[0][2] is sp.oo:
                base = node.function.base
                conditions += [sp.Lt(-1, base, evaluate=False), sp.Lt(base, 1, evaluate=False)]
        return conditions

    def _without_slopes(self, formula: sp.Basic) -> sp.Basic:
        """Replace slopes innermost first, so that a slope's argument is itself algebra."""
        while True:
            node = next((n for n in sp.postorder_traversal(formula) if isinstance(n, ScalarLoss)), None)
            if node is None:
                return formula
            _, order, argument = node.args
            argument = self._with_signs(_extract_squares(argument))
            key = (int(order), argument)
            if key not in self._slopes:
                name = ("value", "slope", "curvature")[min(int(order), 2)]
                self._slopes[key] = fresh_symbol(name, len(self._slopes))
            formula = self._with_signs(_extract_squares(_with_symbol(formula, node, self._slopes[key])))

    def facts(self, known: Sequence[Boolean] = ()) -> list[Boolean]:
        """What holds of the symbols: congruence, the class's axioms at the occurring points, Gram facts.

        Args:
            known: the algebraic form of what is known; of a term that has no value by this alone, the facts hold where
                it has one.
        """
        facts: list[Boolean] = []
        for ((order, first), p), ((other, second), q) in combinations(self._slopes.items(), 2):
            if order == other and _may_coincide(first, second):
                equal = sp.Eq(first, second, evaluate=False)
                facts.append(sp.Implies(equal, sp.Eq(p, q, evaluate=False), evaluate=False))
        loss_class = self.claim.loss_class
        if loss_class is not None and loss_class.slope_axioms is not None:
            slopes = {argument: symbol for (order, argument), symbol in self._slopes.items() if order == 1}
            for at, slope in slopes.items():
                for name, axioms in loss_class.slope_axioms(at, slope).items():
                    wanted = self._axioms is None or name in self._axioms
                    facts += [self._fact(axiom, known, at) for axiom in axioms] if wanted else []
        if self._vectors:
            if loss_class is not None and loss_class.point_axioms is not None and self._axioms is None:
                loss = self.claim.loss_symbols[0]
                axioms = self._gram.class_axioms(loss_class.point_axioms, loss, self._pairs())
                facts += dict.fromkeys(self._fact(axiom, known) for axiom in axioms)
                around = list(ekeland_facts(loss_class, {**self._gram.points, **self._gram.vectors}))
                facts += [self._fact(fact, known, *terms) for fact, terms in around]
            for vector in self.claim.hints.squares:
                hinted = put_in(vector, self._next)
                facts.append(self._fact(self._gram.square(hinted), known, hinted))
            for pair in self.claim.hints.cauchy_schwarz:
                left, right = (put_in(vector, self._next) for vector in pair)
                facts += [self._fact(one, known, left, right) for one in self._gram.cauchy_schwarz(left, right)]
            facts += [self._fact(one, known) for one in self._gram.facts()]
        pairs = [(self(first), self(second)) for first, second in self.claim.hints.real_powers]
        return [*facts, *[self(fact) for fact in self._real_powers.facts(pairs)]]

    def _pairs(self) -> list[tuple[sp.Expr, sp.Expr]]:
        """The pairs of points at which the class's axioms are known: all that occur, unless the author names some."""
        hints = self.claim.hints
        if hints.pairs is not None:
            named = [[self._gram.point(put_in(point, self._next)) for point in pair] for pair in hints.pairs]
            return [(first, second) for first, second in named]
        for point in hints.points:
            self._gram.point(put_in(point, self._next))
        starts = list((self.claim.start or {}).values())
        return list(combinations([point for point in self._gram.points if point not in starts], 2))


def _where(conditions: Sequence[Boolean], formula: Boolean) -> Boolean:
    """The formula, wherever the conditions hold."""
    return sp.Implies(sp.And(*conditions), formula, evaluate=False) if conditions else formula


def open_conditions(conditions: Sequence[Boolean], known: Sequence[Boolean]) -> list[Boolean]:
    """The conditions for values that are not plain from what is known; the others follow from it."""
    have = set(known).union(*(definedness(one) for one in known if isinstance(one, Relational)))
    signed = (one.args[0] for one in have if isinstance(one, sp.Ne | sp.Gt | sp.Lt) and one.args[1] == 0)
    nonzero = {part for base in signed for part in (base, *_factors(base))}

    def differs_from_zero(term: sp.Expr) -> bool:
        return term in nonzero or all(one in nonzero or one.is_nonzero for one in _factors(term))

    def positive(term: sp.Expr) -> bool:
        if term in nonzero and (term.is_nonnegative or sp.Ge(term, 0, evaluate=False) in have):
            return True
        terms = sp.Add.make_args(term)
        return all(one.is_nonnegative for one in terms) and any(map(differs_from_zero, terms))

    def plain(condition: Boolean) -> bool:
        if isinstance(condition, sp.Implies):
            case, then = condition.args
            there = [one.args[1] for one in known if isinstance(one, sp.Implies) and one.args[0] == case]
            return not open_conditions([then], [*known, *there, case])
        base, zero = condition.args
        if zero != 0 or condition in have:
            return condition in have
        if isinstance(condition, sp.Ne):
            return differs_from_zero(base) or positive(base)
        return isinstance(condition, sp.Gt | sp.Ge) and positive(base)

    return [one for one in dict.fromkeys(conditions) if not (isinstance(one, Relational | sp.Implies) and plain(one))]


def _factors(term: sp.Expr) -> list[sp.Expr]:
    """Terms that differ from 0 if and only if the term, having a value, does."""
    if isinstance(term, sp.Abs | sp.Pow):
        return _factors(term.args[0])
    return [part for factor in term.args for part in _factors(factor)] if isinstance(term, sp.Mul) else [term]


def _hypotheses(formula: sp.Basic) -> Iterator[sp.Basic]:
    """The hypotheses of the implications in a formula."""
    if isinstance(formula, sp.Implies):
        yield formula.args[0]
    if isinstance(formula, sp.Equivalent):
        yield from formula.args
    elif isinstance(formula, sp.And | sp.Or | sp.Not | sp.Implies):
        for argument in formula.args:
            yield from _hypotheses(argument)


def _derived(node: sp.Derivative) -> sp.Expr:
    """A derivative, taken of a polynomial in symbols and values of a loss: of |x| SymPy has one even at 0."""
    for part in sp.preorder_traversal(node.expr):
        power = isinstance(part, sp.Pow) and part.exp.is_Integer and part.exp > 0
        if not (power or isinstance(part, sp.Symbol | sp.Rational | sp.Add | sp.Mul | ScalarLoss)):
            raise CertificateError(f"{part} may have no derivative")
    return node.doit()


def always_has_value(expression: sp.Expr, natural: tuple[sp.Symbol, ...] = (time,)) -> bool:
    """Whether an expression is a polynomial but for powers with natural exponents, so that it has a value; 0^0 = 1."""
    for node in sp.preorder_traversal(expression):
        if isinstance(node, sp.Pow):
            if not (node.exp in natural or (node.exp.is_Integer and node.exp >= 0)):
                return False
        elif not isinstance(node, sp.Add | sp.Mul | sp.Symbol | sp.Rational | sp.Abs | sp.Sum | sp.Tuple):
            return False
    return True


def _in_time(node: sp.Basic) -> bool:
    """Whether a node is a power whose exponent moves with the time; of other real powers calculus speaks."""
    return isinstance(node, sp.Pow) and time in node.exp.free_symbols


def _may_coincide(first: sp.Expr, second: sp.Expr) -> bool:
    """Whether two arguments agree at one fixed positive point.

    Only such pairs get the fact that equal arguments have equal slopes: leaving facts out is always sound.
    """
    symbols = sorted((first - second).free_symbols, key=lambda symbol: symbol.name)
    point = {symbol: sp.Rational(17 + 6 * place, 13 + 4 * place) for place, symbol in enumerate(symbols)}
    return bool(abs(sp.N((first - second).xreplace(point), 30)) < sp.Rational(1, 10**12))


def _with_symbol(formula: sp.Basic, part: sp.Basic, symbol: sp.Symbol) -> sp.Basic:
    """A formula with a symbol for a part of it; relations are kept as they are (|p| >= 0 is worth stating)."""
    if formula == part:
        return symbol
    if not isinstance(formula, sp.logic.boolalg.Boolean) or not formula.args:
        return formula.xreplace({part: symbol})
    arguments = [_with_symbol(argument, part, symbol) for argument in formula.args]
    if isinstance(formula, Relational):
        return formula.func(*arguments, evaluate=False)
    return formula.func(*arguments)


def _extract_squares(formula: sp.Basic) -> sp.Basic:
    """Take squares out of roots: sqrt(p**2 (x**2 + y**2)) = |p| sqrt(x**2 + y**2) for real p, x, y."""
    roots = {
        node: _factored(node.base) ** node.exp
        for node in sp.postorder_traversal(formula)
        if isinstance(node, sp.Pow) and node.exp.is_Rational and not node.exp.is_Integer and node.base.is_Add
    }
    changed = {root: value for root, value in roots.items() if root != value and _always_defined(value)}
    return _unevaluated(formula, changed) if changed else formula


@lru_cache(maxsize=1024)
def _factored(base: sp.Expr) -> sp.Expr:
    """The radicands of a claim are few, and come back in every obligation."""
    return sp.factor(base)


def _unevaluated(formula: sp.Basic, values: Mapping[sp.Basic, sp.Basic]) -> sp.Basic:
    """A formula with other expressions put in; its relations stay, even where both sides become the same.

    SymPy would write "true" for them, and that the sides have a value at all would be forgotten.
    """
    if isinstance(formula, Relational):
        return formula.func(*(side.xreplace(values) for side in formula.args), evaluate=False)
    if isinstance(formula, sp.logic.boolalg.BooleanFunction) and formula.args:
        return formula.func(*(_unevaluated(argument, values) for argument in formula.args))
    return formula.xreplace(values)


def _always_defined(value: sp.Expr) -> bool:
    """Whether the roots that are left have values everywhere: otherwise sqrt(x**2 y) = |x| sqrt(y) loses x = 0."""
    left = [node for node in sp.preorder_traversal(value) if isinstance(node, sp.Pow) and not node.exp.is_Integer]
    return all(node.base.is_nonnegative for node in left)


def usable_assumptions(claim: Claim, formulas: Sequence[Boolean]) -> list[Boolean]:
    """The assumptions that speak of one state: without hitting times, whole trajectories or differentiability."""
    return [
        formula
        for formula in formulas
        if not formula.has(TrajectoryFormula) and not formula.free_symbols & set(claim.times)
    ]
