"""The working of a point follows the evaluation: its numbers are those that ``evaluate`` gives."""

from __future__ import annotations

import itertools

import pytest
import sympy as sp

from claims.sam_normalization import CLAIMS
from claims.sam_normalization.setting import w, w0
from verify.point import evaluate
from verify.report.loss_cases import linear_pieces
from verify.report.numerals import numeral, numeral_of_text
from verify.report.statements import abbreviated
from verify.report.worked import work
from verify.statement.claim import Claim
from verify.statement.loss_text import parse_loss

BY_ID = {claim.id: claim for claim in CLAIMS}

POINTS: list[tuple[str, str | None, dict[str, str]]] = [
    ("lemma-9", "quadratic(h=1)", {"beta": "1", "eta": "3/2", "rho": "1", "w": "1"}),
    ("lemma-9", "convex(knots='-1:-1,0:0,2:1')", {"beta": "1", "eta": "3/2", "rho": "1", "w": "1"}),
    ("lemma-9", "logcosh(beta=1)", {"beta": "1", "eta": "3/2", "rho": "1", "w": "1"}),
    ("lemma-9", "quadratic(h11=2,h12=1,h22=1)", {"beta": "3", "eta": "1/2", "rho": "1", "w_1": "1", "w_2": "2"}),
    (
        "theorem-1.sam",
        "quadratic(h=1)",
        {"alpha": "1", "beta": "1", "eta": "3/2", "rho": "1", "w0": "1", "t": "20"},
    ),
    ("theorem-15", None, {"x0": "10", "y0": "15", "rho": "1/10", "t": "2"}),
    (
        "theorem-20.lower",
        "tanh(delta=1)",
        {"c": "1", "gamma": "1", "C": "2", "eta": "1/50", "rho": "1/10", "t": "3"},
    ),
    ("lemma-30", "clip(delta=1)", {"c": "1", "eta": "1/10", "rho": "1/2", "x": "1/5", "y": "2"}),
    (
        "lemma-49",
        "huber(beta=1,alpha=1/2)",
        {"mu": "1/2", "beta": "1", "eta": "1/2", "rho": "1/10", "w0": "3", "t": "4"},
    ),
    ("theorem-48", "quadratic(h=1)", {"mu": "1", "beta": "1", "eta": "1/2", "rho": "1/10", "w0": "3", "t": "4"}),
]


@pytest.mark.parametrize(("claim_id", "loss", "values"), POINTS)
def test_the_two_sides_are_those_of_evaluate(claim_id: str, loss: str | None, values: dict[str, str]) -> None:
    worked = work(BY_ID[claim_id], values, loss)
    expected = evaluate(BY_ID[claim_id], loss, None, **values)
    assert worked is not None
    assert (worked.lhs, worked.rhs) == (expected.lhs, expected.rhs)
    assert worked.sections[-1].title.startswith("The conclusion")


def test_lemma_9_can_be_followed_with_pen_and_paper() -> None:
    worked = work(BY_ID["lemma-9"], POINTS[0][2], POINTS[0][1])
    assert worked is not None
    lines = [line for section in worked.sections for line in section.lines]
    assert r"\mathcal{L}(w) &= \frac{w^{2}}{2}" in lines
    assert r"\nabla\mathcal{L}(w) &= w" in lines
    assert r"w_{t+1} & = w_{t} - \eta \nabla\mathcal{L}(v_{1}) = 1 - \tfrac{3}{2} \cdot 2 = -2" in lines
    assert r"\text{left side} & = \mathcal{L}(w_{t+1}) = 2" in lines
    assert (
        lines[-1] == r"\text{right} - \text{left} &= -\tfrac{3}{4},\quad \text{so }\text{left} \le \text{right fails}"
    )


def test_a_trajectory_is_listed_step_by_step() -> None:
    claim_id, loss, values = POINTS[4]
    worked = work(BY_ID[claim_id], {**values, "t": "3"}, loss)
    assert worked is not None
    (table,) = [section.table for section in worked.sections if section.table]
    assert [row[0] for row in table] == ["$`t`$", "0", "1", "2", "3"]
    assert table[-1][1] == r"$`-\tfrac{11}{4}`$"


def test_a_long_trajectory_shows_its_two_ends() -> None:
    claim_id, loss, values = POINTS[4]
    worked = work(BY_ID[claim_id], values, loss)
    assert worked is not None
    (table,) = [section.table for section in worked.sections if section.table]
    assert ("…", "…") in table
    assert table[-1][0] == "20"


def test_a_linear_iteration_shows_what_it_does_to_each_eigenvector() -> None:
    worked = work(BY_ID["gd-stability"], {"eta": "1/2"}, "quadratic(h1=2,h2=1)")
    assert worked is not None
    assert worked.sections[-1].table == (
        (r"$`\lambda`$", r"$`1 - \eta \lambda`$"),
        ("$`2`$", "$`0`$"),
        ("$`1`$", r"$`\tfrac{1}{2}`$"),
    )


@pytest.mark.parametrize(
    ("claim_id", "loss", "values"),
    [
        ("lemma-9", "quadratic(h=1)", {"beta": "1", "eta": "3", "rho": "1", "w": "1"}),  # not admissible
        ("lemma-9", "quadratic(h=1)", {"beta": "1"}),  # incomplete
        ("theorem-6", None, {}),  # binds all that it speaks of
    ],
)
def test_a_point_that_cannot_be_worked_gives_nothing(claim_id: str, loss: str | None, values: dict[str, str]) -> None:
    assert work(BY_ID[claim_id], values, loss) is None


@pytest.mark.parametrize("name", ["huber(beta=1,alpha=1/4,delta=2)", "convex(knots='-1:-1,0:0,2:1')"])
def test_cases_of_a_loss_agree_with_it_everywhere(name: str) -> None:
    loss_class = BY_ID["lemma-9"].loss_class
    assert loss_class is not None
    member = parse_loss(loss_class, name)
    (w,) = member.coordinates
    pieces = linear_pieces(member.value, member.coordinates)
    assert pieces is not None
    assert len(pieces) >= 3
    assert pieces[0][0] is None
    assert pieces[-1][1] is None
    for (_, end, _), (start, _, _) in itertools.pairwise(pieces):
        assert end == start
    for low, high, formula in pieces:
        for place in (low, high, (low if low is not None else sp.Integer(-9))):
            if place is not None:
                assert sp.simplify(formula.subs(w, place) - member.value.subs(w, place)) == 0


def test_numbers_are_exact_while_short_and_marked_when_rounded() -> None:
    assert numeral(sp.Rational(-3, 2)) == (r"-\tfrac{3}{2}", True)
    assert numeral(sp.sqrt(2)) == (r"\sqrt{2}", True)
    long = numeral(sp.Rational(10**40 + 1, 3))
    assert not long.exact
    assert long.equals == r"\approx"
    assert numeral_of_text("[1.25000 +/- 1e-9]") == ("1.25", False)
    assert numeral_of_text("-3.86e-16") == (r"-3.86 \cdot 10^{-16}", True)
    assert numeral_of_text("never") == (r"\text{never}", True)


def test_every_claim_prints_its_conclusions() -> None:
    from verify.report.mathtext import statement_printer

    def formulas(claim: Claim) -> list[sp.Basic]:
        return [formula for parts in claim.conclusions.values() for formula in parts.values()]

    for claim in CLAIMS:
        for formula in formulas(claim):
            assert statement_printer(claim).formula(formula)


def test_a_name_stands_for_one_quantity_in_the_statement_and_in_its_working() -> None:
    worked = work(BY_ID["theorem-48"], POINTS[-1][2], POINTS[-1][1])
    assert worked is not None
    lines = [line for section in worked.sections for line in section.lines if line.startswith(("v_", "a_"))]
    assert len(lines) == len({line.split("&")[0] for line in lines}) == 2
    assert abbreviated(BY_ID["theorem-48"])[1] == {w - w0: "v_{1} &= w_{t} - w_{0}"}
    assert any(line.startswith("v_{1} & = w_{4} - w_{0}") for line in lines)
