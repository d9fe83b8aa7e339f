"""Two independent encodings of the paper's statements say the same at the same points, inside the domain and out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from claims.sam_normalization import CLAIMS
from tests.claims.second import neuron, stability
from tests.claims.second.losses import Clip, Huber, Quadratic, sam_step
from tests.claims.second.numbers import BITS, Truth
from tests.claims.second.statement import Answer, Encoding, Point
from tests.claims.second_encodings import ENCODINGS
from verify import Claim
from verify.errors import VerifyError
from verify.kernel.evaluation import PointResult, evaluate_point
from verify.statement.loss_text import member_of

BY_ID = {claim.id: claim for claim in CLAIMS}

#: No statement needs more points than this before enough of them were inside and outside.
MOST = 600
#: This many disagreements are enough for a report.
SHOWN = 5


@dataclass
class Comparison:
    """What the two encodings said at the points where both decide."""

    inside: int = 0
    outside: int = 0
    truths: set[bool] = field(default_factory=set)
    disagreements: list[str] = field(default_factory=list)

    def enough(self, encoding: Encoding) -> bool:
        """Whether as much was compared as the encoding asks for."""
        counted = self.inside >= encoding.inside and self.outside >= encoding.outside
        return counted and self.truths >= encoding.truths


def distinct_points(name: str, encoding: Encoding) -> Iterator[Point]:
    """The points of a statement, the same in every run, none twice."""
    random, seen = Random(name), set()
    for _ in range(MOST):
        point = encoding.draw(random)
        if str(point) not in seen:
            seen.add(str(point))
            yield point


def first_answer(claim: Claim, point: Point) -> PointResult:
    """What the package's own encoding says."""
    loss = member_of(claim, None if point.loss is None else point.loss.name)
    return evaluate_point(claim, point.values, loss, last_bits=BITS, closed_forms="t" not in point.values)


def compare(claim: Claim, encoding: Encoding) -> Comparison:
    """Evaluate both encodings until enough was seen."""
    done = Comparison()
    for point in distinct_points(claim.id, encoding):
        if done.enough(encoding) or len(done.disagreements) >= SHOWN:
            break
        second = encoding.answer(point)
        if second.admissible is None or (second.admissible and second.holds is None):
            continue
        here = f"{claim.id} {point}"
        try:
            first = first_answer(claim, point)
        except VerifyError as reason:
            done.disagreements.append(f"{here}: the first has no answer ({reason}), the second {second}")
            continue
        if first.admissible is None or (first.admissible and first.holds is None):
            continue
        if first.admissible is not second.admissible:
            done.disagreements.append(f"{here}: admissible {first.admissible} ({first.reason}), {second.admissible}")
        elif first.holds is not second.holds:
            done.disagreements.append(f"{here}: holds {first.holds} ({first.part or 'one part'}), {second.holds}")
        elif second.admissible:
            done.inside += 1
            done.truths.add(bool(second.holds))
        else:
            done.outside += 1
    return done


def claim_of(name: str) -> Claim:
    """The first encoding."""
    assert name in BY_ID, f"{name} has a second encoding but is no claim of the package"
    return BY_ID[name]


@pytest.mark.parametrize("name", ENCODINGS)
def test_two_encodings_of_a_statement_agree(name: str) -> None:
    encoding = ENCODINGS[name]
    done = compare(claim_of(name), encoding)
    assert not done.disagreements, "first and second encoding: " + "; ".join(done.disagreements)
    assert done.inside >= encoding.inside, f"only {done.inside} points were compared that meet the hypotheses"
    assert done.outside >= encoding.outside, f"only {done.outside} points were compared that do not"
    assert done.truths >= encoding.truths, f"the conclusion was never {set(encoding.truths - done.truths)}"


def _edge(name: str, loss: Any = None, /, **values: str) -> tuple[str, Point]:
    return name, Point({key: Fraction(value) for key, value in values.items()}, loss)


#: Where a careless reading would differ: degenerate losses, zero radii, states on an axis, powers of negative numbers.
EDGES = [
    _edge("gd-stability", Quadratic.single(Fraction(0)), eta="1"),
    _edge("gd-stability", Quadratic.diagonal(Fraction(1), Fraction(0)), eta="2"),
    _edge("lemma-9", Huber(Fraction(1), Fraction(-1), Fraction(1)), beta="1", eta="1/2", rho="0", w="1"),
    _edge("lemma-49", Quadratic.single(Fraction(0)), mu="2", beta="1", eta="1/2", rho="0", w0="1", t="1"),
    _edge(
        "lemma-49",
        Quadratic.diagonal(Fraction(1), Fraction(0)),
        mu="1",
        beta="1",
        eta="1/2",
        rho="0",
        w0_1="1",
        w0_2="1",
        t="1",
    ),
    _edge(
        "lemma-49", Huber(Fraction(1), Fraction(0), Fraction(1)), mu="1/8", beta="1", eta="1/2", rho="0", w0="1", t="1"
    ),
    _edge("theorem-10.1", Quadratic.diagonal(Fraction(1), Fraction(1)), eta="1/2", rho="0", w0_1="1", w0_2="1"),
    _edge("theorem-10.2", Quadratic.diagonal(Fraction(2), Fraction(1)), eta="2", rho="0", w0_1="0", w0_2="1"),
    _edge("smoothness-2.2", x0="0", y0="0", x="0", y="0"),
    _edge("smoothness-2.2", x0="-1", y0="0", x="0", y="1"),
    _edge("theorem-12.monotone", x0="2", y0="3", rho="0", x="0", y="1"),
    _edge("theorem-12.monotone", x0="2", y0="3", rho="0", x="-3", y="-4"),
    _edge("eq-9", x0="1/2", y0="3/4", rho="1/10", x="3/10", y="1/2"),
    _edge("lemma-30", Clip(Fraction(1)), c="1", eta="1", rho="0", x="3", y="4"),
    _edge("lemma-30", Clip(Fraction(1)), c="1", eta="1", rho="1", x="-4", y="3"),
    _edge("lemma-46", Clip(Fraction(1)), c="1", gamma="2", C="4", eta="1/10", rho="1/10", x="1/10", y="0"),
    _edge("lemma-46", Clip(Fraction(1)), c="1", gamma="2", C="4", eta="1/10", rho="1/10", x="0", y="3"),
    _edge("claim-42", Clip(Fraction(1)), c="1", gamma="2", C="16", eta="1/8", rho="1/100", t="2"),
    _edge("claim-42", Clip(Fraction(1)), c="1", gamma="2", C="16", eta="1/7", rho="1/100", t="2"),
    *(
        _edge("theorem-20.lower", Clip(Fraction(1)), c="1", gamma="1", C="9/4", eta="1/16", rho=rho, t=t)
        for rho in ("23", "239/10", "24", "25")
        for t in "24"
    ),
]


@pytest.mark.parametrize(("name", "point"), EDGES, ids=[f"{name} {point}" for name, point in EDGES])
def test_two_encodings_agree_at_an_edge(name: str, point: Point) -> None:
    first = first_answer(claim_of(name), point)
    assert Answer(first.admissible, first.holds) == ENCODINGS[name].answer(point)


def test_there_are_at_least_twenty_second_encodings() -> None:
    assert len(ENCODINGS) >= 20


# --- the comparison itself: what it would say of an error ----------------------------------------------------------


def _beta_squared(p: Point) -> Iterator[Truth]:
    """Lemma 9 with beta^2 where the paper has beta^3."""
    beta, eta, rho = p.take("beta eta rho")
    here = p.vector("w")
    gained = p.loss.value(here) - p.loss.value(p.loss.sam(here, eta, rho))
    squared = sum(slope**2 for slope in p.loss.gradient(here))
    yield 2 * gained + (eta * beta * rho) ** 2 >= (2 * eta - beta * eta**2) * squared


def _half_the_constant(p: Point) -> Iterator[Truth]:
    """Lemma 30 with eta rho^2 y where the paper has half of it."""
    yield p["y"] - sam_step(p.loss, *p.take("eta rho x y"))[1] >= p["eta"] * p["rho"] ** 2 * p["y"]


def _closed_range(p: Point) -> Iterator[Truth]:
    """Theorem 1 with eta <= 2/beta where the paper has <."""
    yield from stability.theorem_8_given(p)


def _one_diagonal(p: Point) -> Iterator[Truth]:
    """Lemma 30 with y >= x where the paper has y >= |x|."""
    yield p["y"] >= p["x"]
    yield from neuron.sam_state(p)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("lemma-9", {"shown": _beta_squared}),
        ("lemma-30", {"shown": _half_the_constant}),
        ("lemma-30", {"given": _one_diagonal}),
        ("theorem-48", {"shown": stability.lemma_49_shown}),
    ],
    ids=["a power", "a factor", "an absolute value", "another conclusion"],
)
def test_a_transcription_error_is_noticed(name: str, wrong: dict[str, object]) -> None:
    # the types of the replaced fields differ from case to case
    assert compare(claim_of(name), replace(ENCODINGS[name], **wrong)).disagreements  # type: ignore[arg-type]  # as said


def test_a_range_end_that_was_widened_is_noticed() -> None:
    """At eta = 2/beta the conclusion has no value, so that only the hypotheses are compared."""
    wrong = replace(ENCODINGS["theorem-1.sam"], given=_closed_range, shown=lambda _: [True])
    assert any("admissible" in text for text in compare(claim_of("theorem-1.sam"), wrong).disagreements)
