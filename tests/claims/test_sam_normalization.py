"""The package of the first paper: ids, names and parameters as its readers expect them; members in their classes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from claims.sam_normalization import CLAIMS
from claims.sam_normalization.losses import plsine_constant
from verify.errors import InputError
from verify.kernel.evaluation import evaluate_point
from verify.statement.loss_text import member_of, parse_values

BY_ID = {claim.id: claim for claim in CLAIMS}

#: What a point of a statement consists of.
PARAMETERS = {
    "gd-stability": "eta",
    "theorem-10.1": "eta rho w0",
    "theorem-10.2": "eta rho w0",
    "theorem-1.sam": "alpha beta eta rho w0 t",
    "theorem-7.sam": "alpha beta eta rho w0 t",
    "theorem-8": "alpha beta eta rho w0 t",
    "lemma-9": "beta eta rho w",
    "theorem-48": "mu beta eta rho w0 t",
    "lemma-49": "mu beta eta rho w0 t",
    "theorem-15": "x0 y0 rho t",
    "eq-6.gradient": "x y",
    "eq-6.hessian": "x y",
    "eq-7.threshold": "eta rho y",
    "eq-7.limit": "",
    "lemma-17": "c rho x y",
    "lemma-18": "c eta rho x y",
    "lemma-30": "c eta rho x y",
    "eq-12": "c eta rho x y",
    "theorem-20.lower": "c gamma C eta rho t",
    "theorem-1.usam": "",
    "theorem-7.usam": "",
    "theorem-1.neighborhood": "",
    "theorem-6": "",
    "theorem-10.class": "",
    "theorem-11.sam": "x0 y0 rho",
    "theorem-11.usam": "x0 y0 rho",
    "theorem-12": "x0 y0 rho",
    "smoothness-2.2": "x0 y0 x y",
    "theorem-12.monotone": "x0 y0 rho x y",
    "lemma-13": "x0 y0 rho x y",
    "lemma-14": "x0 y0 rho x y",
    "eq-9": "x0 y0 rho x y",
    "update-D.1": "x0 y0 rho x y",
    "eq-10": "x0 y0 rho x y",
    "footnote-3": "eta rho y",
    "eq-11": "c rho x y",
    "lemma-36": "c rho x y",
    "lemma-37": "c eta rho x y",
    "claim-22.identity": "c eta rho x y",
    "claim-41.identity": "c eta rho x y",
    "eq-13": "c eta rho x y",
    "eq-19": "c eta rho x y",
    "eq-20": "c eta rho x y",
    "lemma-28": "c gamma C eta rho x y",
    "lemma-34": "c gamma C eta rho x y",
    "lemma-45.step": "c gamma C eta rho x y",
    "lemma-46": "c gamma C eta rho x y",
    "lemma-47": "c gamma C eta rho x y",
    "theorem-20.decrease": "c gamma C eta rho t",
    "lemma-21": "c gamma C eta rho t",
    "claim-22": "c gamma C eta rho t",
    "claim-23": "c gamma C eta rho t",
    "lemma-24.decrease": "c gamma C eta rho t",
    "theorem-26.bounds": "c gamma C eta rho t",
    "theorem-26.drop": "c gamma C eta rho t",
    "lemma-27": "c gamma C eta rho t",
    "corollary-29": "c gamma C eta rho t",
    "theorem-32": "c gamma C eta rho t",
    "theorem-39.lower": "c gamma C eta rho t",
    "theorem-39.decrease": "c gamma C eta rho t",
    "lemma-40": "c gamma C eta rho t",
    "claim-41": "c gamma C eta rho t",
    "claim-42": "c gamma C eta rho t",
    "lemma-43.decrease": "c gamma C eta rho t",
    "theorem-44.bounds": "c gamma C eta rho t",
    "theorem-44.decay": "c gamma C eta rho t",
    "theorem-44.limit": "c gamma C eta rho t",
    "lemma-45.phase": "c gamma C eta rho t",
    "theorem-20.duration": "c gamma C eta rho",
    "lemma-24.duration": "c gamma C eta rho",
    "theorem-26.remark": "c gamma C eta rho",
    "lemma-33": "c gamma C eta rho",
    "theorem-39.duration": "c gamma C eta rho",
    "lemma-43.duration": "c gamma C eta rho",
    "theorem-2.sam": "",
    "theorem-2.usam": "",
    "theorem-3.1": "",
    "theorem-3.2": "",
    "theorem-4.1": "",
    "theorem-4.2": "",
    "theorem-4.3": "",
    "theorem-5.1": "",
    "theorem-5.2": "",
    "table-1.gd": "",
    "table-1.sam": "",
    "table-1.usam": "",
    "assumption-a2": "",
    "assumption-a3.logistic": "",
    "assumption-a3.sqrt": "",
    "theorem-16.1": "",
    "theorem-16.2": "",
    "theorem-16.3": "",
    "footnote-4": "",
    "footnote-5": "",
    "footnote-6": "",
    "theorem-35.1": "",
    "theorem-35.2": "",
}

#: How many displayed relations the proof of a statement has.
STEPS = {
    "theorem-1.sam": 1,
    "theorem-8": 6,
    "lemma-9": 11,
    "theorem-10.1": 1,
    "theorem-15": 2,
    "lemma-18": 4,
    "lemma-30": 8,
    "theorem-48": 10,
    "lemma-13": 5,
    "lemma-14": 3,
    "claim-22": 4,
    "claim-23": 3,
    "lemma-24.decrease": 4,
    "lemma-27": 3,
    "lemma-28": 2,
    "theorem-32": 1,
    "lemma-33": 1,
    "lemma-36": 2,
    "lemma-37": 4,
    "claim-41": 1,
    "claim-42": 1,
    "lemma-43.decrease": 1,
    "lemma-45.step": 3,
    "lemma-46": 12,
    "lemma-47": 4,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_statement_takes_the_parameters_of_the_paper(name: str) -> None:
    assert {symbol.name for symbol in BY_ID[name].parameters} == set(PARAMETERS[name].split())


@pytest.mark.parametrize("name", STEPS)
def test_every_displayed_relation_of_a_proof_is_a_step(name: str) -> None:
    steps = [claim.id for claim in CLAIMS if claim.parent == name and claim.kind == "step"]
    assert steps == [f"{name}/step-{number}" for number in range(1, STEPS[name] + 1)]


def test_ids_are_unique_and_uses_are_known() -> None:
    assert len(BY_ID) == len(CLAIMS)
    assert all(use in BY_ID for claim in CLAIMS for use in claim.uses)


def test_sam_claims_print_that_the_iterates_exist() -> None:
    assert any("well defined" in text for text in BY_ID["lemma-9"].assumption_texts())


@pytest.mark.parametrize(
    ("name", "loss", "values", "violated"),
    [
        ("lemma-30", "clip(delta=2)", "c=1 eta=1/10 rho=1/2 x=1/5 y=2", "(A1)-(A3)"),
        ("lemma-30", "root()", "c=2 eta=1/10 rho=1/2 x=1/5 y=2", "(A1)-(A3)"),
        ("lemma-30", "piecewise(knots='1/2:1/4,2:1')", "c=1 eta=1/10 rho=1/2 x=1/5 y=2", "(A1)-(A3)"),
        ("lemma-9", "quadratic(h=2)", "beta=1 eta=1/2 rho=1 w=1", "smooth"),
        ("lemma-9", "quadratic(h=-1)", "beta=1 eta=1/2 rho=1 w=1", "convex"),
        ("theorem-8", "convex(knots='-1:-1,1:1')", "alpha=1/2 beta=1 eta=1/2 rho=1 w0=1 t=1", "strongly convex"),
        ("lemma-49", "huber(beta=1,alpha=0)", "mu=1/2 beta=1 eta=1/2 rho=1/10 w0=3 t=1", "PL"),
        ("theorem-10.1", "quadratic(h1=1,h2=2)", "eta=1/10 rho=1 w0_1=1 w0_2=1", "diagonal"),
        ("lemma-9", "quadratic(h=1)", "beta=1 eta=1/2 rho=1 w=0", "well defined"),
    ],
)
def test_a_loss_or_start_outside_the_class_is_not_admissible(name: str, loss: str, values: str, violated: str) -> None:
    claim = BY_ID[name]
    point = parse_values(dict(pair.split("=") for pair in values.split()))
    result = evaluate_point(claim, point, member_of(claim, loss))
    assert result.admissible is False
    assert any(violated in text for text in result.violated)


def test_a_loss_without_a_pl_constant_is_in_no_class() -> None:
    """Beyond a = 4.6 the gradient of w^2 + a sin(w)^2 vanishes away from its minimizer."""
    assert plsine_constant(Fraction(115, 16)) < (Fraction(0), Fraction(1, 10**12))
    values = {"beta": Fraction(100), "eta": Fraction(1, 200), "rho": Fraction(0), "w0": Fraction(1), "t": Fraction(1)}
    result = evaluate_point(
        BY_ID["lemma-49"], {**values, "mu": Fraction(1, 10**9)}, member_of(BY_ID["lemma-49"], "plsine(a=115/16)")
    )
    assert result.admissible is False


def test_a_pl_constant_between_the_certified_bounds_is_not_decided() -> None:
    low, high = plsine_constant(Fraction(3))
    assert 0 < low < high < Fraction(1, 5)
    claim = BY_ID["lemma-49"]
    values = {"beta": Fraction(8), "eta": Fraction(1, 16), "rho": Fraction(0), "w0": Fraction(1), "t": Fraction(1)}
    answers = {
        mu: evaluate_point(claim, {**values, "mu": mu}, member_of(claim, "plsine(a=3)")).admissible
        for mu in (low, (low + high) / 2, high * 2)
    }
    assert list(answers.values()) == [True, None, False]


@pytest.mark.parametrize(
    ("name", "loss"),
    [("lemma-9", "huber(delta=0)"), ("lemma-9", "tanh()"), ("lemma-9", "quadratic(h=)"), ("eq-7.threshold", "root()")],
)
def test_a_senseless_loss_is_refused_with_a_sentence(name: str, loss: str) -> None:
    with pytest.raises(InputError):
        member_of(BY_ID[name], loss)


def test_hitting_times_are_reported_when_they_are_known() -> None:
    claim = BY_ID["theorem-20.lower"]
    values = parse_values({"c": "1", "gamma": "1", "C": "2", "eta": "1/50", "rho": "1/10", "t": "3"})
    result = evaluate_point(claim, values, member_of(claim, "tanh(delta=1)"))
    assert result.admissible is True
    assert result.times["t0"] == "692"


def test_the_conclusion_has_no_value_where_the_bias_divides_by_zero() -> None:
    claim = BY_ID["theorem-8"]
    values = parse_values({"alpha": "1", "beta": "1", "eta": "2", "rho": "1", "w0": "1", "t": "1"})
    result = evaluate_point(claim, values, member_of(claim, "quadratic(h=1)"))
    assert result.undefined
    assert result.exit_code == 3
