"""A proof by calculus for the reader: which rule turns which inequality into which, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from verify.errors import VerifyError
from verify.kernel.calculus import RULES, flattened, point
from verify.kernel.functions import definedness, terms_of, usable
from verify.report.plain import plain


def calculus_lines(known: Sequence[Boolean], goal: Boolean, rule: Any, depth: int = 0) -> list[str]:
    """The tree of rules of an accepted certificate; the goals are derived again, as the kernel does."""
    if not isinstance(rule, Mapping):
        return []
    known = flattened(known)
    kind = rule.get("kind")
    try:
        lines = ["    " * depth + f"{plain(goal)}: {_said(known, goal, rule)}"]
        smaller = list(RULES[kind](known, goal, rule)) if kind in RULES else []
    except (VerifyError, KeyError, TypeError, ValueError, IndexError):
        return ["    " * depth + f"{plain(goal)}: by the rule “{kind}”"]
    for hypotheses, conclusion, proof in smaller:
        if not _plain(goal, hypotheses, conclusion, proof):
            lines += calculus_lines(hypotheses, conclusion, proof, depth + 1)
    return lines


def _plain(goal: Boolean, hypotheses: Sequence[Boolean], conclusion: Boolean, proof: Any) -> bool:
    """Whether a smaller goal needs no line: plain algebra about numbers, or that something has a value."""
    if conclusion in hypotheses:
        return True
    if not isinstance(proof, Mapping) or proof.get("kind") != "algebra" or proof.get("facts"):
        return False
    return not conclusion.free_symbols or isinstance(conclusion, sp.Ne) or conclusion in definedness(goal)


def _said(known: Sequence[Boolean], goal: Boolean, rule: Mapping[str, Any]) -> str:
    """How one goal is met, in a few words."""
    kind = rule["kind"]
    if kind == "algebra":
        return _algebra(known, goal, rule)
    if kind == "boxes":
        count, monotone = _boxes(rule.get("tree"))
        where = "on the whole box" if count == 1 else f"on each of {count} boxes"
        return f"by interval arithmetic {where}" + (", the difference being monotone on some" if monotone else "")
    if kind == "derivative":
        name, start = rule["variable"], plain(point(known, goal, rule["from"]))
        sides = [side for side in ("above", "below") if "slope" in rule[side]]
        where = " and ".join(sides) or "nowhere else"
        return f"it holds at {name} = {start}, and the derivative in {name} has the right sign {where}"
    if kind == "chord":
        name, ends = rule["variable"], [plain(point(known, goal, rule[end])) for end in ("from", "to")]
        return f"it holds at {name} = {ends[0]} and {name} = {ends[1]}, and the difference is concave in {name} between"
    return {
        "parts": "part by part",
        "assume": "its hypothesis being given",
        "cases": "case by case",
        "split": "on both sides of a point",
        "exponential": "the exponentials of both sides compare so",
        "logarithm": "both sides are positive, and their logarithms compare so",
        "factors": "factors of known sign do not matter",
    }[str(kind)]


def _algebra(known: Sequence[Boolean], goal: Boolean, rule: Mapping[str, Any]) -> str:
    terms = terms_of([*usable(known), goal])
    used: dict[str, None] = {}
    for name, *places in rule["facts"]:
        if name == "bounds":
            used[f"{places[1]} < {plain(terms[places[0]])} < {places[2]}"] = None
        else:
            used[f"{name} ({', '.join(plain(terms[place]) for place in places)})"] = None
    text = "by algebra" + (" in exponentials" if rule.get("expanded") else "")
    return text + (f", from what is known of: {'; '.join(used)}" if used else "")


def _boxes(tree: Any) -> tuple[int, bool]:
    """How many boxes a tree closes, and whether it uses monotony."""
    count, monotone = 0, False
    pending = [tree]
    while pending:
        node = pending.pop()
        inner: Iterable[Any] = [entry for entry in node if isinstance(entry, list)] if isinstance(node, list) else []
        inner = list(inner)
        monotone |= bool(inner) and node[0] == "monotone"
        count += not inner
        pending += inner
    return count, monotone
