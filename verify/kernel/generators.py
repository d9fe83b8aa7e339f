"""Transcendental terms as variables: formulas, and quotients of polynomials, in variables that stand for such terms."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd

import sympy as sp
from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError
from verify.kernel.functions import LARGEST_POWER, is_transcendental


class Generators:
    """A variable for each transcendental term that occurs in some formulas.

    Args:
        expanded: hyperbolic functions are written by exponentials, powers b**e as exp(e log b), and exp(2x + y/3) as a
            product of powers of variables for exp(x) and exp(y/3): identities wherever the term has a value.
    """

    def __init__(self, formulas: Sequence[sp.Basic], *, expanded: bool) -> None:
        self.expanded = expanded
        self.terms: dict[sp.Symbol, sp.Expr] = {}
        self._symbols: dict[sp.Expr, sp.Symbol] = {}
        #: Of each monomial in exponents, the largest number of which all its coefficients are multiples.
        self._units: dict[sp.Expr, Fraction] = {}
        self._counting = True
        for formula in formulas:
            if any(str(symbol.name).startswith("function[") for symbol in formula.free_symbols):
                raise CertificateError("a symbol has the name of a variable that stands for a term")
            self(formula)
        self.facts()
        self._counting = False
        self.terms.clear()
        self._symbols.clear()

    def __call__(self, node: sp.Basic) -> sp.Basic:
        """The formula or the term in the variables; its relations are not evaluated."""
        if is_transcendental(node):
            return self._expanded(node) if self.expanded else self._variable(node)
        if not node.args:
            return node
        arguments = [self(argument) for argument in node.args]
        if isinstance(node, Relational | sp.Implies):
            return node.func(*arguments, evaluate=False)
        return node.func(*arguments)

    def _variable(self, term: sp.Expr) -> sp.Symbol:
        if term not in self._symbols:
            symbol = sp.Symbol(f"function[{len(self._symbols)}]", real=True)
            self._symbols[term] = symbol
            self.terms[symbol] = term
        return self._symbols[term]

    def _expanded(self, term: sp.Expr) -> sp.Expr:
        if isinstance(term, sp.exp):
            return self._exponential(term.args[0])
        if term == sp.E:
            return self._exponential(sp.S.One)
        if isinstance(term, sp.Pow) and not isinstance(term.exp, sp.Rational):
            return self._exponential(term.exp * sp.log(term.base))
        if isinstance(term, sp.sinh | sp.cosh):
            up, down = self._exponential(term.args[0]), self._exponential(-term.args[0])
            return (up - down) / 2 if isinstance(term, sp.sinh) else (up + down) / 2
        if isinstance(term, sp.tanh):
            square = self._exponential(2 * term.args[0])
            return (square - 1) / (square + 1)
        return self._variable(term)

    def _exponential(self, exponent: sp.Expr) -> sp.Expr:
        """exp of a sum: the product of the powers exp(monomial)**coefficient; exp(log v) is v."""
        product: sp.Expr = sp.S.One
        whole = sp.expand(exponent, log=False, power_base=False, power_exp=False)
        if whole == 0:
            return product
        for monomial, coefficient in sorted(whole.as_coefficients_dict().items(), key=lambda item: sp.srepr(item[0])):
            if isinstance(monomial, sp.log) and coefficient.q <= 2:
                product *= self(monomial.args[0]) ** coefficient
                continue
            size = Fraction(int(coefficient.p), int(coefficient.q))
            old = self._units.get(monomial, Fraction(0))
            if self._counting:
                self._units[monomial] = _common_measure(old, size)
            elif not old or (size / old).denominator > 1:
                raise CertificateError(f"exp({monomial}) occurs in a formula that was not announced")
            unit = self._units[monomial] or Fraction(1)
            if abs(size / unit) > LARGEST_POWER:
                if self._counting:
                    continue  # as much is refused below
                raise CertificateError(f"exp({exponent}) is too high a power of exp({monomial})")
            base = self._variable(sp.exp(sp.Rational(unit.numerator, unit.denominator) * monomial))
            product *= base ** sp.Rational(*(size / unit).as_integer_ratio())
        return product

    def facts(self) -> list[Boolean]:
        """What the variables have by themselves: exponentials are positive; b**(p/q) is a root."""
        found: list[Boolean] = []
        seen: set[sp.Symbol] = set()
        while set(self.terms) - seen:  # the base of a root may hold further terms
            symbol = next(symbol for symbol in self.terms if symbol not in seen)
            term = self.terms[symbol]
            seen.add(symbol)
            if isinstance(term, sp.exp) or term in (sp.E, sp.pi):
                found.append(sp.Gt(symbol, 0, evaluate=False))
            elif isinstance(term, sp.Pow) and isinstance(term.exp, sp.Rational):
                base, power = self(term.base), sp.Integer(abs(term.exp.p))
                found.append(sp.Ge(symbol, 0, evaluate=False))
                left, right = symbol**term.exp.q, base**power
                one = (left, right) if term.exp > 0 else (left * right, sp.S.One)
                found.append(sp.Eq(*one, evaluate=False))
            elif isinstance(term, sp.Pow):
                found.append(sp.Gt(symbol, 0, evaluate=False))
        return found

    # --- quotients of polynomials --------------------------------------------------------------------------------

    def factors(self, term: sp.Expr) -> tuple[sp.Rational, list[tuple[sp.Expr, int]]]:
        """A term as constant * product of factor**exponent, in terms again; identical to it wherever it has a value.

        A factor with a negative exponent divides a denominator of the term.
        """
        lowered = self(term)
        atoms = sorted({node for node in sp.preorder_traversal(lowered) if _is_atom(node)}, key=sp.srepr)
        ring = fmpq_mpoly_ctx.get([f"x{place}" for place in range(max(1, len(atoms)))], "lex")
        variables = dict(zip(atoms, ring.gens(), strict=False))
        above, below = _quotient(lowered, variables, ring)
        if above.is_zero():
            return sp.S.Zero, []
        common = above.gcd(below)
        found: list[tuple[sp.Expr, int]] = []
        constant = fmpq(1)
        for polynomial, side in ((above / common, 1), (below / common, -1)):
            content, parts = polynomial.factor()
            constant = constant * content if side == 1 else constant / content
            for part, exponent in sorted(((part, int(k)) for part, k in parts), key=lambda entry: str(entry[0])):
                found.append((self._as_term(part, atoms), side * exponent))
        return sp.Rational(int(constant.p), int(constant.q)), found

    def _as_term(self, polynomial: fmpq_mpoly, atoms: Sequence[sp.Expr]) -> sp.Expr:
        total: sp.Expr = sp.S.Zero
        values = [atom.xreplace(self.terms) for atom in atoms]
        for exponents, coefficient in polynomial.to_dict().items():
            powers = [value ** int(power) for value, power in zip(values, exponents, strict=False) if power]
            total += sp.Rational(int(coefficient.p), int(coefficient.q)) * sp.Mul(*powers)
        return total


def _common_measure(a: Fraction, b: Fraction) -> Fraction:
    """The largest rational number of which both are multiples."""
    scale = a.denominator * b.denominator
    return Fraction(gcd(int(a * scale), int(b * scale)), scale)


def _is_atom(node: sp.Basic) -> bool:
    """What is a variable of its own for polynomials: no sum, product or integer power."""
    if isinstance(node, sp.Pow):
        return not node.exp.is_Integer
    return isinstance(node, sp.Symbol | sp.Abs | sp.sign | sp.Min | sp.Max)


def _quotient(
    node: sp.Expr, variables: dict[sp.Expr, fmpq_mpoly], ring: fmpq_mpoly_ctx
) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    """A term as numerator and denominator."""
    one = ring.constant(1)
    if node in variables:
        return variables[node], one
    if isinstance(node, sp.Rational):
        return one * fmpq(int(node.p), int(node.q)), one
    if isinstance(node, sp.Pow):
        above, below = _quotient(node.base, variables, ring)
        size = int(node.exp)
        return (above**size, below**size) if size >= 0 else (below**-size, above**-size)
    if not isinstance(node, sp.Add | sp.Mul):
        raise CertificateError(f"{node} is no quotient of polynomials")
    above, below = (one, one) if isinstance(node, sp.Mul) else (one * 0, one)
    for argument in node.args:
        numerator, denominator = _quotient(argument, variables, ring)
        if isinstance(node, sp.Mul):
            above, below = above * numerator, below * denominator
        else:
            above, below = above * denominator + numerator * below, below * denominator
        common = above.gcd(below) if not above.is_zero() else below
        above, below = above / common, below / common
    if below.is_zero():
        raise CertificateError(f"{node} divides by zero")
    return above, below
