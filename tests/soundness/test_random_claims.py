"""Random claims of known truth through every engine: no wrong verdict, and no engine that decides nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.soundness.engines import PRODUCTS, SOLVERS, found_by_methods, found_by_refuters, found_by_search
from tests.soundness.random_claims import MAKERS, Known, random_claims
from verify.decide import check

#: What a claim must not come out as.
WRONG = {
    True: {"refuted", "ill-posed"},
    False: {"proved", "ill-posed", "vacuous"},
    None: {"proved", "refuted", "vacuous"},
}
#: How many claims a run of the tests takes, and a nightly one.
FEW, MANY = 300, 5000
#: One claim in so many is searched for violations, one given to a solver, one decided as a user would have it done.
SEARCHED, ASKED, DECIDED = 3, 50, 100


def verdicts(known: Known, number: int) -> dict[str, str]:
    """The verdicts of all engines, by engine."""
    claim = known.claim
    found = {f"{s.method} {s.verdict}": s.verdict for s in found_by_methods(claim, PRODUCTS)}
    found |= {f"{s.method} {s.verdict}": s.verdict for s in found_by_refuters(claim, PRODUCTS)}
    if number % SEARCHED == 0 and "vacuous" not in found.values():  # nothing could be found, and that takes long
        found |= {f"search {verdict}": verdict for verdict in found_by_search(claim)}
    if number % ASKED == 0:
        found |= {f"{s.method} with solvers": s.verdict for s in found_by_methods(claim, SOLVERS)}
    if number % DECIDED == 0:
        found["the whole decision"] = check(claim, budget="quick", seed=0).verdict
    return found


def wrong_verdicts(count: int, seed: int) -> tuple[dict[str, str], Counter[str]]:
    """Wrong verdicts by claim and engine, and how many claims each engine decided."""
    wrong: dict[str, str] = {}
    decided: Counter[str] = Counter()
    for number, known in enumerate(random_claims(count, seed)):
        for engine, verdict in verdicts(known, number).items():
            decided[engine] += verdict not in ("supported", "undecided")
            if verdict in WRONG[known.true]:
                wrong[f"{known.claim.id} by {engine}"] = f"{known.claim.given} => {known.claim.show_text()}"
    return wrong, decided


def test_no_engine_is_wrong_about_a_random_claim(capsys: pytest.CaptureFixture[str]) -> None:
    wrong, decided = wrong_verdicts(FEW, seed=0)
    with capsys.disabled():
        print(f"\nrandom claims: {dict(sorted(decided.items()))}")
    assert wrong == {}
    # an engine that decides nothing could not be wrong
    for engine in ("implication", "induction", "phases", "growth", "spectral", "exhibit", "limit", "constants"):
        assert decided[f"{engine} proved"] >= 4, engine
    assert decided["instance proved"] >= 4
    assert decided["counterexample refuted"] >= 4
    assert decided["implication vacuous"] >= 2
    assert decided["search refuted"] >= 20


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1, 11))
def test_no_engine_is_wrong_about_many_random_claims(seed: int) -> None:
    assert wrong_verdicts(MANY // 10, seed)[0] == {}


def test_random_claims_are_of_every_kind_and_half_of_them_true() -> None:
    claims = random_claims(2 * len(MAKERS), seed=0)
    kinds = Counter((known.claim.id.partition("-")[0], known.true) for known in claims)
    assert len(kinds) == 2 * len(MAKERS)
    assert set(kinds.values()) == {1}
