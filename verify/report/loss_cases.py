"""A loss of one variable with its maxima, minima and absolute values written out as cases."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import sympy as sp

from verify.report.mathtext import MathPrinter
from verify.report.numerals import numeral
from verify.statement.loss import Member


def printed_cases(expression: sp.Expr, member: Member, printer: MathPrinter) -> str:
    """A loss of one variable with its maxima, minima and absolute values written as cases; others as they are."""
    pieces = linear_pieces(expression, member.coordinates)
    if pieces is None or len(pieces) < 2:
        return printer.formula(pieces[0][2] if pieces else expression)
    (coordinate,) = member.coordinates
    at = printer.formula(coordinate)
    rows = []
    for low, high, formula in pieces:
        where = _interval(at, low, high)
        rows.append(rf"{printer.formula(formula)} & \text{{for }} {where}")
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _interval(at: str, low: sp.Rational | None, high: sp.Rational | None) -> str:
    if low is None:
        return rf"{at} \le {numeral(high).latex}"
    if high is None:
        return rf"{at} \ge {numeral(low).latex}"
    return rf"{numeral(low).latex} \le {at} \le {numeral(high).latex}"


def linear_pieces(
    expression: sp.Expr, coordinates: Sequence[sp.Symbol]
) -> list[tuple[sp.Rational | None, sp.Rational | None, sp.Expr]] | None:
    """``(from, to, formula)`` between the points where a case of Max, Min or Abs changes; None if it has none.

    Only for one variable and cases that change at rational points; neighbouring pieces with one formula are joined.
    """
    if len(coordinates) != 1 or not expression.has(sp.Max, sp.Min, sp.Abs, sp.sign, sp.Heaviside, sp.Piecewise):
        return None
    (coordinate,) = coordinates
    breaks = _breaks(expression, coordinate)
    if breaks is None:
        return None
    ends: list[sp.Rational | None] = [None, *breaks, None]
    pieces: list[tuple[sp.Rational | None, sp.Rational | None, sp.Expr]] = []
    for low, high in pairwise(ends):
        inside = _inside(low, high)
        formula = sp.expand(_without_cases(expression, coordinate, inside))
        if pieces and sp.expand(pieces[-1][2] - formula) == 0:
            pieces[-1] = (pieces[-1][0], high, formula)
        else:
            pieces.append((low, high, formula))
    return pieces


def _inside(low: sp.Rational | None, high: sp.Rational | None) -> sp.Rational:
    if low is None:
        return (high if high is not None else sp.S.Zero) - 1
    return low + 1 if high is None else (low + high) / 2


def _breaks(expression: sp.Expr, coordinate: sp.Symbol) -> list[sp.Rational] | None:
    """Where a case changes, in order: candidates are the zeros of differences of arguments, in every branch."""
    found: set[sp.Rational] = set()
    for node in expression.atoms(sp.Max, sp.Min, sp.Abs, sp.sign, sp.Heaviside):
        if isinstance(node, sp.Max | sp.Min):
            alternatives = [branch for argument in node.args for branch in _branches(argument)]
            differences = [a - b for i, a in enumerate(alternatives) for b in alternatives[i + 1 :]]
        else:
            differences = list(_branches(node.args[0]))
        for difference in differences:
            slope, rest = sp.expand(difference).coeff(coordinate, 1), sp.expand(difference).coeff(coordinate, 0)
            if sp.expand(difference - slope * coordinate - rest) != 0:
                return None
            if slope != 0:
                found.add(-rest / slope)
    if expression.has(sp.Piecewise) or not all(isinstance(place, sp.Rational) for place in found) or len(found) > 24:
        return None
    return sorted(found)


def _branches(expression: sp.Expr) -> list[sp.Expr]:
    """The expressions that a Max, Min or Abs inside may stand for."""
    results = [expression]
    for node in sorted(expression.atoms(sp.Max, sp.Min, sp.Abs), key=sp.count_ops, reverse=True):
        options = list(node.args) if isinstance(node, sp.Max | sp.Min) else [node.args[0], -node.args[0]]
        results = [result.xreplace({node: option}) for result in results for option in options]
    return list(dict.fromkeys(results))[:64]


def _without_cases(expression: sp.Expr, coordinate: sp.Symbol, inside: sp.Rational) -> sp.Expr:
    """The expression with each Max, Min, Abs and sign replaced by the case that applies at ``inside``."""
    if not expression.args:
        return expression
    arguments = [_without_cases(argument, coordinate, inside) for argument in expression.args]
    if isinstance(expression, sp.Max | sp.Min):
        order = sorted(arguments, key=lambda argument: argument.subs(coordinate, inside))
        return order[-1] if isinstance(expression, sp.Max) else order[0]
    if isinstance(expression, sp.Abs | sp.sign | sp.Heaviside):
        positive = arguments[0].subs(coordinate, inside) >= 0
        if isinstance(expression, sp.Abs):
            return arguments[0] if positive else -arguments[0]
        return sp.S.One if positive else (sp.S.NegativeOne if isinstance(expression, sp.sign) else sp.S.Zero)
    return expression.func(*arguments)
