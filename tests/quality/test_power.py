"""How much of what is false the search finds: planted errors that are known to be false, and thin traps."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.quality.traps import CLAIMS as TRAPS
from verify.benchmark.planted import MUTANTS_FILE, Garden, Planted, known_to_be_false, read_planted
from verify.benchmark.power import Hunted, measure, record, recorded, table
from verify.decide import check
from verify.errors import InputError
from verify.statement.claim import Claim

ROOT = Path(__file__).resolve().parents[2]
PLANTED = read_planted(ROOT / MUTANTS_FILE)
KNOWN = [entry for entry in PLANTED if entry.witness is not None]

#: The share of the planted errors that are known to be false which a search at standard finds at least.
SHARE = 0.95
#: A fixed sample of them for every run of the tests; the whole is for the nightly ones.
SAMPLE = [entry for entry in KNOWN if entry.package.startswith("tests")][::6]
#: One trap of each kind that takes little time.
QUICK_TRAPS = ("sloped-ball-3", "flat-ball-1", "knot-window-10000", "open-end-9")


@pytest.fixture(scope="module")
def garden() -> Garden:
    return Garden.of(PLANTED, ROOT)


def test_every_planted_error_is_false_at_the_point_on_file(garden: Garden) -> None:
    wrong = [
        entry.key
        for entry in KNOWN
        if entry.witness and not known_to_be_false(garden.mutants[entry.key].claim, entry.witness)
    ]
    assert wrong == []
    assert len(KNOWN) >= 150


def test_no_mutant_of_a_claim_on_file_was_left_out(garden: Garden) -> None:
    assert sorted(garden.mutants) == sorted(entry.key for entry in PLANTED)


def test_every_rule_plants_errors_that_are_known_to_be_false() -> None:
    rules = {entry.rule for entry in PLANTED}
    assert rules == {entry.rule for entry in KNOWN}
    assert len(rules) >= 8


def test_a_true_claim_is_not_taken_for_its_own_mutant(garden: Garden) -> None:
    for (package, of, _), mutant in garden.mutants.items():
        assert mutant.claim.fingerprint != garden.true[package, of].fingerprint
        assert mutant.claim.hints == type(mutant.claim.hints)()


def test_a_witness_of_another_mutant_is_not_accepted(garden: Garden) -> None:
    claim = garden.true["tests/calibration/calibration.py", "means"]
    entry = next(one for one in KNOWN if one.of == "means")
    assert entry.witness is not None
    assert known_to_be_false(garden.mutants[entry.key].claim, entry.witness)
    assert not known_to_be_false(claim, entry.witness)


@pytest.mark.parametrize("entry", SAMPLE, ids=lambda entry: f"{entry.of}~{entry.rule}")
def test_planted_errors_of_a_sample_are_found(entry: Planted, garden: Garden) -> None:
    assert check(garden.mutants[entry.key].claim).verdict in ("refuted", "ill-posed")


@pytest.mark.parametrize("claim", [one for one in TRAPS if one.id in QUICK_TRAPS], ids=lambda claim: claim.id)
def test_thin_traps_are_found(claim: Claim) -> None:
    result = check(claim)
    assert result.verdict == "refuted"
    assert result.witness is not None


@pytest.mark.nightly
def test_the_late_step_is_found() -> None:
    late = [claim for claim in TRAPS if claim.id.startswith("late")]
    witnesses = [check(claim).witness for claim in late]
    assert [witness.simplest.t for witness in witnesses if witness] == [9973] * len(late)


def test_the_table_counts_by_kind_what_is_found_and_what_is_missed() -> None:
    hunted = [
        Hunted(id="a", kind="k", verdict="refuted", seconds=1.0, points=1),
        Hunted(id="b", kind="k", verdict="supported", seconds=9.0, points=1),
        Hunted(id="c", kind="other", verdict="ill-posed", seconds=2.0, points=1),
    ]
    rows = table(hunted, [Planted(package="p", of="x", rule="k")])
    assert [(row.kind, row.found, row.planted, row.missed, row.not_known_false) for row in rows] == [
        ("k", 1, 2, ["b"], 1),
        ("other", 1, 1, [], 0),
    ]
    assert rows[0].longest_seconds == 1.0


@pytest.mark.nightly
def test_the_share_of_planted_errors_that_is_found() -> None:
    mutants = [one for one in measure(ROOT, jobs=1)["hunted"] if not one["kind"].startswith("trap")]
    missed = [one["id"] for one in mutants if one["verdict"] not in ("refuted", "ill-posed")]
    assert len(missed) <= (1 - SHARE) * len(mutants), missed


def test_the_table_that_is_kept_has_no_times(tmp_path: Path) -> None:
    hunted = [
        Hunted(id="a~factor", kind="factor", verdict="refuted", seconds=1.5, points=10),
        Hunted(id="b~factor", kind="factor", verdict="supported", seconds=2.5, points=10),
    ]
    measured = {"budget": "standard", "seed": 3, "every": 2, "kinds": msgspec.to_builtins(table(hunted))}
    path = record(measured, tmp_path)
    kept = recorded(tmp_path)
    assert kept is not None and "seconds" not in path.read_text()
    (row,) = kept.kinds
    assert (kept.seed, kept.every, row.found, row.planted, row.missed) == (3, 2, 1, 2, ["b~factor"])


def test_no_table_is_none_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    assert recorded(tmp_path) is None
    (tmp_path / "power.json").write_text('{"budget": 3}')
    with pytest.raises(InputError, match="no record of a measurement"):
        recorded(tmp_path)
