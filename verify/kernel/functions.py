"""Elementary functions: where a term has a value, derivatives, and inequalities that hold of every value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from verify.errors import CertificateError

ELEMENTARY = (sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.atan)
CONSTANTS = (sp.pi, sp.E)
CASED = (sp.Abs, sp.sign, sp.Min, sp.Max)
#: The largest integer exponent of a power.
LARGEST_POWER = 64

_RELATIONS = (sp.Eq, sp.Ne, sp.Ge, sp.Gt, sp.Le, sp.Lt)
_CONNECTIVES = (sp.And, sp.Or, sp.Not, sp.Implies, sp.Equivalent, sp.logic.boolalg.BooleanAtom)
_KNOWN = (sp.Rational, sp.Symbol, sp.Add, sp.Mul, *CASED, *ELEMENTARY, *_RELATIONS, *_CONNECTIVES)


def is_transcendental(node: Any) -> bool:
    """Whether a node is, by itself, beyond the square roots, fractions and powers of algebra."""
    if isinstance(node, sp.Pow):
        return not (isinstance(node.exp, sp.Rational) and node.exp.q <= 2)
    return isinstance(node, ELEMENTARY) or node in CONSTANTS


def transcendental(formulas: Sequence[sp.Basic]) -> list[sp.Expr]:
    """The transcendental terms in some formulas, in a fixed order."""
    nodes = (node for formula in formulas for node in sp.preorder_traversal(formula))
    return list(dict.fromkeys(node for node in nodes if is_transcendental(node)))


def terms_of(formulas: Sequence[sp.Basic]) -> list[sp.Expr]:
    """The terms of which facts speak: the transcendental ones, and log b for a power b**e as exp(e log b)."""
    terms = transcendental(formulas)
    powers = [term for term in terms if isinstance(term, sp.Pow) and not isinstance(term.exp, sp.Rational)]
    return list(dict.fromkeys([*terms, *transcendental([sp.log(power.base) for power in powers])]))


def require_real(symbol: sp.Symbol) -> None:
    """Refuse a symbol of which SymPy is told anything else than that it is real: it would write |x| as x, say.

    Raises:
        CertificateError: it names the symbol.
    """
    if symbol.is_real is not True:
        raise CertificateError(f"the symbol {symbol} is not declared as real")
    if symbol != sp.Symbol(symbol.name, real=True):
        raise CertificateError(f"the symbol {symbol} is declared as more than real")


def require_known(formulas: Sequence[sp.Basic]) -> None:
    """Refuse formulas with something that this module knows nothing of.

    Raises:
        CertificateError: it names the term.
    """
    for node in dict.fromkeys(node for formula in formulas for node in sp.preorder_traversal(formula)):
        if isinstance(node, sp.Symbol):
            require_real(node)
        if isinstance(node, sp.Pow):
            small = isinstance(node.exp, sp.Rational) and max(abs(node.exp.p), node.exp.q) <= LARGEST_POWER
            # An exponent that is an integer, but no number, would give negative bases a value; and E**x that is not
            # written as exp(x) passes for an exp whose argument is E.
            if (
                node.exp == 0
                or node.base == sp.E
                or (not small and (isinstance(node.exp, sp.Rational) or node.exp.is_integer))
            ):
                raise CertificateError(f"{node} is no power that is known here")
        elif not isinstance(node, _KNOWN) and node not in CONSTANTS:
            raise CertificateError(f"{node} is no function that is known here")


# --- having a value --------------------------------------------------------------------------------------------------


def definedness(expression: sp.Basic) -> list[Boolean]:
    """Conditions under which a term or a formula has a value, inner terms first.

    A denominator is not zero, a radicand not negative; what a logarithm is taken of is positive, and so is the base of
    a power whose exponent is no rational number.  The conclusion of an Implies needs a value only where its hypothesis
    holds, and the hypothesis needs none: without one it does not hold.
    """
    if isinstance(expression, sp.Implies):
        first, second = expression.args
        found = [sp.Implies(first, condition, evaluate=False) for condition in definedness(second)]
    elif isinstance(expression, sp.Equivalent):
        found = [condition for implication in ring_of(expression) for condition in definedness(implication)]
    else:
        found = [condition for argument in expression.args for condition in definedness(argument)]
        found += _own_conditions(expression)
    return list(dict.fromkeys(found))


def _own_conditions(term: sp.Basic) -> list[Boolean]:
    if isinstance(term, sp.log):
        return [sp.Gt(term.args[0], 0, evaluate=False)]
    if isinstance(term, sp.tan):
        return [sp.Ne(sp.cos(term.args[0]), 0, evaluate=False)]
    if not isinstance(term, sp.Pow) or (isinstance(term.base, sp.Rational) and term.base > 0):
        return []
    if not term.exp.is_positive:
        return [(sp.Ne if term.exp.is_integer else sp.Gt)(term.base, 0, evaluate=False)]
    if not isinstance(term.exp, sp.Rational):
        return [] if term.exp.is_integer else [sp.Gt(term.base, 0, evaluate=False)]
    return [] if term.exp.is_integer else [sp.Ge(term.base, 0, evaluate=False)]


def ring_of(formula: sp.Equivalent) -> list[Boolean]:
    """An equivalence as a ring of implications."""
    sides = formula.args
    return [sp.Implies(a, b, evaluate=False) for a, b in zip(sides, (*sides[1:], sides[0]), strict=True)]


def is_partial(formula: sp.Basic) -> bool:
    """Whether a transcendental term in it does not have a value everywhere."""
    return any(definedness(term) for term in transcendental([formula]))


def usable(formulas: Sequence[Boolean]) -> list[Boolean]:
    """Of formulas that hold, parts with the following property; to leave others out is sound.

    Every transcendental term in them has a value where they hold, and one as ``definedness`` says.  So a term that may
    have none stands in a relation only, not in a formula that may hold without it; and no power has an exponent that
    is no number unless its base is a positive number: at an integer the exponent would give negative bases a value.
    """
    found: list[Boolean] = []
    for formula in formulas:
        if isinstance(formula, sp.And):
            found += usable(formula.args)
        elif all(map(_positive_base, formula.atoms(sp.Pow))) and (
            isinstance(formula, Relational) or not is_partial(formula)
        ):
            found.append(formula)
    return list(dict.fromkeys(found))


def _positive_base(power: sp.Pow) -> bool:
    return isinstance(power.exp, sp.Rational) or (isinstance(power.base, sp.Rational) and power.base > 0)


# --- derivatives -----------------------------------------------------------------------------------------------------


def smoothness(expression: sp.Expr, x: sp.Symbol) -> list[Boolean]:
    """Conditions under which a term has a value and derivatives of every order in x, inner terms first.

    They are open: where they hold, they hold nearby, and there the term is a composition of smooth functions.

    Raises:
        CertificateError: it has a kink, such as that of an absolute value.
    """
    found = definedness(expression)
    for node in sp.postorder_traversal(expression):
        if x in node.free_symbols and isinstance(node, CASED):
            raise CertificateError(f"{node} may have no derivative in {x}")
        if isinstance(node, sp.Pow) and x in node.base.free_symbols and not node.exp.is_integer:
            found.append(sp.Gt(node.base, 0, evaluate=False))
    return list(dict.fromkeys(found))


#: The derivative of each function at u.
_DERIVATIVES: dict[Any, Callable[[sp.Expr], sp.Expr]] = {
    sp.exp: sp.exp,
    sp.log: lambda u: 1 / u,
    sp.sin: sp.cos,
    sp.cos: lambda u: -sp.sin(u),
    sp.tan: lambda u: 1 + sp.tan(u) ** 2,
    sp.sinh: sp.cosh,
    sp.cosh: sp.sinh,
    sp.tanh: lambda u: 1 - sp.tanh(u) ** 2,
    sp.asinh: lambda u: 1 / sp.sqrt(1 + u**2),
    sp.atan: lambda u: 1 / (1 + u**2),
}


def derivative(expression: Any, x: sp.Symbol) -> sp.Expr:
    """The derivative in x of a term, where ``smoothness`` holds.

    Raises:
        CertificateError: there is no rule for it.
    """
    if x not in expression.free_symbols:
        return sp.S.Zero
    if expression == x:
        return sp.S.One
    if isinstance(expression, sp.Add):
        return sp.Add(*[derivative(term, x) for term in expression.args])
    if isinstance(expression, sp.Mul):
        factors = expression.args
        products = [(*factors[:k], derivative(factors[k], x), *factors[k + 1 :]) for k in range(len(factors))]
        return sp.Add(*[sp.Mul(*product) for product in products])
    if isinstance(expression, sp.Pow):
        base, exponent = expression.args
        by_base = exponent * base ** (exponent - 1) * derivative(base, x)
        inner = derivative(exponent, x)
        return by_base if inner == 0 else by_base + expression * sp.log(base) * inner
    for kind, rule in _DERIVATIVES.items():
        if isinstance(expression, kind):
            argument: sp.Expr = expression.args[0]
            return rule(argument) * derivative(argument, x)
    raise CertificateError(f"there is no rule for the derivative of {expression}")


# --- what holds of every value ---------------------------------------------------------------------------------------


def _ge(left: Any, right: Any) -> Relational:
    return sp.Ge(left, right, evaluate=False)


def _gt(left: Any, right: Any) -> Relational:
    return sp.Gt(left, right, evaluate=False)


def _implied(first: Boolean, *second: Boolean) -> Boolean:
    return sp.Implies(first, sp.And(*second), evaluate=False)


_Facts = dict[str, Callable[[sp.Expr, sp.Expr], Boolean]]

#: |f(u)| <= |u|, and f(u) has the sign of u.
_BELOW_IDENTITY: _Facts = {"below the identity": lambda f, u: _ge(f * (u - f), 0), "sign": lambda f, u: _ge(f * u, 0)}

#: Of each function f(u), by name, inequalities that hold wherever f(u) has a value.  Each is a line of calculus.
FACTS: dict[Any, _Facts] = {
    sp.exp: {
        "tangent": lambda f, u: _ge(f, 1 + u),  # convex, with the tangent 1 + u at 0
        "reciprocal": lambda f, u: _ge(1, f * (1 - u)),  # the same at -u, times f > 0
        "sign": lambda f, u: _ge(u * (f - 1), 0),
    },
    sp.log: {
        "tangent": lambda f, u: _ge(u - 1, f),  # concave, with the tangent u - 1 at 1
        "reciprocal": lambda f, u: _ge(u * f, u - 1),  # the same at 1/u, times u > 0
        "sign": lambda f, u: _ge((u - 1) * f, 0),
    },
    sp.sin: {
        "at most 1": lambda f, u: _ge(1, f),
        "at least -1": lambda f, u: _ge(f, -1),
        "square": lambda f, u: sp.Eq(f**2 + sp.cos(u) ** 2, 1, evaluate=False),
        "below the identity": lambda f, u: _ge(u * (u - f), 0),  # |f| <= |u|, so u f <= u**2
        "square below": lambda f, u: _ge(u**2, f**2),
        "half period": lambda f, u: _implied(sp.And(_ge(u, 0), _ge(sp.pi, u)), _ge(f, 0)),
    },
    sp.cos: {
        "at most 1": lambda f, u: _ge(1, f),
        "at least -1": lambda f, u: _ge(f, -1),
        "square": lambda f, u: sp.Eq(f**2 + sp.sin(u) ** 2, 1, evaluate=False),
        "parabola": lambda f, u: _ge(f, 1 - u**2 / 2),
        "half period": lambda f, u: _implied(sp.And(_ge(u, -sp.pi / 2), _ge(sp.pi / 2, u)), _ge(f, 0)),
    },
    sp.tan: {"quotient": lambda f, u: sp.Eq(f * sp.cos(u), sp.sin(u), evaluate=False)},
    sp.sinh: {
        "square": lambda f, u: sp.Eq(sp.cosh(u) ** 2 - f**2, 1, evaluate=False),
        "above the identity": lambda f, u: _ge(u * (f - u), 0),
        "sign": lambda f, u: _ge(f * u, 0),
    },
    sp.cosh: {
        "square": lambda f, u: sp.Eq(f**2 - sp.sinh(u) ** 2, 1, evaluate=False),
        "at least 1": lambda f, u: _ge(f, 1),
        "parabola": lambda f, u: _ge(f, 1 + u**2 / 2),
    },
    sp.tanh: {
        "less than 1": lambda f, u: _gt(1, f),
        "more than -1": lambda f, u: _gt(f, -1),
        **_BELOW_IDENTITY,
    },
    sp.asinh: _BELOW_IDENTITY,
    sp.atan: {
        "less than pi/2": lambda f, u: _gt(sp.pi / 2, f),
        "more than -pi/2": lambda f, u: _gt(f, -sp.pi / 2),
        **_BELOW_IDENTITY,
    },
}

#: For f(u) > 0: a power of a positive base with an exponent that is no rational number, b**e = exp(e log b).
POWER_FACTS: dict[str, Callable[[sp.Pow], Boolean]] = {
    "positive": lambda f: _gt(f, 0),
    "tangent": lambda f: _ge(f, 1 + f.exp * sp.log(f.base)),
    "reciprocal": lambda f: _ge(1, f * (1 - f.exp * sp.log(f.base))),
}

#: Functions that increase wherever they have a value; those of them with |f(u) - f(v)| <= |u - v|.
INCREASING = (sp.exp, sp.log, sp.sinh, sp.tanh, sp.asinh, sp.atan)
CONTRACTING = (sp.sin, sp.cos, sp.tanh, sp.asinh, sp.atan)


def fact(name: str, terms: Sequence[sp.Expr]) -> Boolean:
    """An inequality, by its name, that holds of one or two terms of the same function wherever they have values.

    Raises:
        CertificateError: there is none of that name.
    """
    if len(terms) == 1:
        (term,) = terms
        if isinstance(term, sp.Pow):
            return _power_fact(name, term)
        for kind, facts in FACTS.items():
            if isinstance(term, kind) and name in facts:
                return facts[name](term, term.args[0])
    if len(terms) == 2 and type(terms[0]) is type(terms[1]) and isinstance(terms[0], ELEMENTARY):
        f, g = terms
        u, v = f.args[0], g.args[0]
        if name == "increasing" and isinstance(f, INCREASING):
            return _ge((u - v) * (f - g), 0)
        if name == "contracting" and isinstance(f, CONTRACTING):
            return _ge((u - v) ** 2, (f - g) ** 2)
        if name == "order" and isinstance(f, INCREASING):
            return _implied(_ge(u, v), _ge(f, g))
        if name == "tangent" and isinstance(f, sp.exp):
            return _ge(f, g * (1 + u - v))
        if name == "tangent" and isinstance(f, sp.log):  # log(v/u) <= v/u - 1, times u > 0
            return _ge(u * (f - g), u - v)
    raise CertificateError(f"there is no fact {name!r} about {', '.join(map(str, terms))}")


def _power_fact(name: str, term: Any) -> Boolean:
    if isinstance(term.exp, sp.Rational):
        if name == "positive":
            return _ge(term, 0)
    elif name in POWER_FACTS:
        return POWER_FACTS[name](term)
    raise CertificateError(f"there is no fact {name!r} about {term}")
