"""Escapes, cells and formulas as text."""

from __future__ import annotations

import pytest
import sympy as sp
from sympy import Symbol

from verify.report.mathtext import MathPrinter, display, inline
from verify.report.plain import plain
from verify.report.texts import COLOURS, VERDICTS, anchor, cell, code, escaped, verdict_text

x, y = Symbol("x", real=True), Symbol("y", real=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b*c", r"a\_b\*c"),
        ("|x| < y", r"\|x\| \< y"),
        ("costs $5 and $6", r"costs \$5 and \$6"),
        ("two\nlines", "two lines"),
        ("[link](there)", r"\[link\](there)"),
    ],
)
def test_plain_text_is_escaped(text: str, expected: str) -> None:
    assert escaped(text) == expected


def test_code_with_a_backtick_has_longer_fences() -> None:
    assert code("a`b") == "`` a`b ``"
    assert code("a | b") == "`a | b`"


def test_a_cell_has_no_bars_of_its_own() -> None:
    assert cell("`a | b`") == r"`a \| b`"
    assert cell(r"a \| b") == r"a \| b"


def test_absolute_values_print_without_bars() -> None:
    assert "|" not in MathPrinter({}).formula(sp.Abs(x) <= sp.Abs(y, evaluate=False))


def test_terms_stand_in_readable_order() -> None:
    eta, beta = Symbol("eta", real=True), Symbol("beta", real=True)
    assert MathPrinter({}).formula(2 - eta * beta) == r"2 - \beta \eta"
    assert MathPrinter({}).formula(x**2 / 4 - 1 + x) == r"\frac{x^{2}}{4} + x - 1"


def test_numbers_put_in_get_brackets_where_they_are_needed() -> None:
    texts = {x: "-2", y: r"\tfrac{1}{2}"}
    assert MathPrinter({}, texts, dots=True).formula(x**2 * y**2 + x) == (
        r"\left(-2\right) + \left(-2\right)^{2} \cdot \left(\tfrac{1}{2}\right)^{2}"
    )


def test_displays_of_one_line_are_not_aligned() -> None:
    assert display(["a &= b"]) == "```math\na = b\n```"
    assert display(["a &= b", "c &= d"]) == "```math\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}\n```"
    assert display([]) == ""
    assert inline("a\n b") == "$`a b`$"


def test_relations_read_as_text() -> None:
    assert plain(sp.Eq(x, y, evaluate=False)) == "x = y"
    assert plain(sp.And(sp.Ne(x, 0), sp.Abs(x) <= 1)) == "x != 0 and |x| <= 1"
    assert plain(sp.Implies(sp.And(x < 1, y < 1), x < 2)) == "(x < 1 and y < 1) implies x < 2"


def test_every_verdict_has_a_word_a_meaning_and_a_colour() -> None:
    from verify.result import VERDICTS as KNOWN

    assert set(VERDICTS) == set(KNOWN) == set(COLOURS)
    for verdict in KNOWN:
        assert verdict in verdict_text(verdict)
    assert "not checked" in verdict_text(None)


def test_anchors_tell_a_step_from_a_claim_of_a_similar_name() -> None:
    assert anchor("theorem-1.sam") == "claim-theorem-1-sam"
    assert anchor("lemma-9/step-1") != anchor("lemma-9-step-1")
