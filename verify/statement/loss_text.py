"""Text to numbers and losses: ``3/2``, ``0.1``, ``huber(beta=1,alpha=1/2)``, ``convex(knots='-1:-1,2:1')``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from verify.errors import InputError
from verify.statement.claim import Claim, coordinate_names, is_vector_symbol
from verify.statement.loss import Family, LossClass, Member, space

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?|[+-]?\d+/\d+", re.ASCII)
_LOSS = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL)
_ARGUMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*('[^']*'|\"[^\"]*\"|[^,'\"]*)\s*(?:,|$)")
_LONGEST_NUMBER = 2000


def parse_number(name: str, text: str) -> Fraction:
    """A rational number from ``3``, ``3/2``, ``0.1`` or ``1e-3``.

    Raises:
        InputError: the text is none of these.
    """
    stripped = text.strip()
    if len(stripped) > _LONGEST_NUMBER or not _NUMBER.fullmatch(stripped):
        shown = stripped if len(stripped) <= 40 else stripped[:40] + "..."
        raise InputError(f"{name}={shown!r} is no number; write an integer, a fraction like 3/2 or a decimal like 0.1")
    try:
        return Fraction(stripped)
    except ZeroDivisionError:
        raise InputError(f"{name}={stripped!r} divides by zero") from None


def _parse_knots(text: str) -> tuple[tuple[Fraction, Fraction], ...]:
    knots = []
    for pair in text.split(","):
        where, separator, what = pair.partition(":")
        if not separator:
            raise InputError(f"knots={text!r} must be pairs position:value with commas between, like '0:0,2:1'")
        knots.append((parse_number("a knot's position", where), parse_number("a knot's value", what)))
    return tuple(knots)


def parse_loss(loss_class: LossClass, text: str) -> Member:
    """The concrete loss that ``text`` names, one of the families of ``loss_class``.

    Raises:
        InputError: the text is malformed, or the class has no such family or parameter.
    """
    family, parameters = loss_parameters(loss_class, text)
    return family.member(parameters)


def loss_as_text(name: str, parameters: Mapping[str, Any]) -> str:
    """A loss as ``parse_loss`` takes it; its parameters may be expressions, for the reader."""
    shown = (
        f"{key}={_knots_as_text(value) if isinstance(value, tuple) else value}" for key, value in parameters.items()
    )
    return f"{name}({', '.join(shown)})"


def _knots_as_text(knots: Sequence[tuple[Any, Any]]) -> str:
    return "'" + ",".join(f"{place}:{value}" for place, value in knots) + "'"


def loss_parameters(loss_class: LossClass, text: str) -> tuple[Family, dict[str, Any]]:
    """The family that ``text`` names, and its parameters with the defaults filled in.

    Raises:
        InputError: as ``parse_loss``.
    """
    match = _LOSS.fullmatch(text)
    names = list(dict.fromkeys(family.name for family in loss_class.families))
    if not match:
        raise InputError(f"loss {text!r} must be written NAME(param=value,...), for example {_example(loss_class)}")
    name, inside = match.group(1), (match.group(2) or "").strip()
    if name not in names:
        raise InputError(
            f"loss {name!r} is not in this claim's class; it takes {', '.join(names)}{nearest(name, names)}"
        )
    given = _arguments(text, inside)
    family = loss_class.family(name, list(given))
    if family is None:
        forms = "; ".join(_form(entry) for entry in loss_class.families if entry.name == name)
        raise InputError(f"loss {text!r}: the parameters of {name} are {forms}")
    parameters: dict[str, Any] = {}
    for key, default in family.defaults.items():
        value = given.get(key, default)
        parameters[key] = _parse_knots(value) if key == "knots" else parse_number(f"{name}: {key}", value)
    return family, parameters


def _arguments(text: str, inside: str) -> dict[str, str]:
    given: dict[str, str] = {}
    place = 0
    while place < len(inside):
        match = _ARGUMENT.match(inside, place)
        if not match:
            raise InputError(f"loss {text!r}: {inside[place:]!r} must read param=value, with commas between")
        if match.group(1) in given:
            raise InputError(f"loss {text!r} gives {match.group(1)} twice")
        given[match.group(1)] = match.group(2).strip().strip("'\"")
        place = match.end()
    return given


def _form(family: Family) -> str:
    return ", ".join(family.defaults) or "none"


def _example(loss_class: LossClass) -> str:
    family = loss_class.families[0]
    return family.name + "(" + ",".join(f"{key}={value}" for key, value in family.defaults.items()) + ")"


def nearest(name: str, known: Iterable[str]) -> str:
    """`` (did you mean ...?)`` with the names nearest to ``name``, or the empty text."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f" (did you mean {', '.join(close)}?)" if close else ""


def member_of(claim: Claim, text: str | None, names: Iterable[str] | None = None) -> Member | None:
    """The loss of a point of a claim; without ``text`` the one that the claim fixes, None if it fixes none.

    Args:
        names: of the numbers of the point: where vectors, but no loss, are spoken of, the space of such coordinates.

    Raises:
        InputError: a loss for a claim without one, or as ``parse_loss``.
    """
    loss_class = claim.loss_class
    if loss_class is None:
        if text is not None:
            raise InputError(f"{claim.id} speaks of no loss; leave --loss {text!r} out")
        return None if names is None else _space_of(claim, set(names))
    if text is not None:
        return parse_loss(loss_class, text)
    if len(loss_class.families) == 1 and not loss_class.families[0].defaults:
        return loss_class.families[0].member({})
    return None


def _space_of(claim: Claim, names: set[str]) -> Member | None:
    """The space of the vectors whose coordinates have these names; None for a claim without such."""
    if not claim.speaks_of_free_vectors:
        return None
    vectors = [symbol for symbol in claim.parameters if is_vector_symbol(symbol)]
    dimension = 1
    while any(coordinate_names(vector, dimension + 1)[-1] in names for vector in vectors):
        dimension += 1
    return space(dimension)


def parse_values(values: Mapping[str, str]) -> dict[str, Fraction]:
    """Numbers from text, by name.

    Raises:
        InputError: as ``parse_number``.
    """
    return {name: parse_number(name, text) for name, text in values.items()}
