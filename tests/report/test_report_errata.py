"""The errata: what fails, where, what rests on it; apart what fails at unreached states only, and broken steps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sympy import Integer, Rational, Symbol, sqrt

from claims.sam_normalization import CLAIMS
from tests.report.conftest import entry, ill_posed, refuted
from verify.ledger import read_ledger
from verify.report import write
from verify.report.groups import Group
from verify.statement.claim import Claim, Paper, Reading
from verify.statement.system import System, next_symbol

ROOT = Path(__file__).resolve().parents[2]

x = Symbol("x", real=True)
x_next = next_symbol(x)
halving = System("halving", (x,), (x / 2,))
paper = Paper("A made-up paper")


def _claim(name: str, show: Any = x <= 1, **more: Any) -> Claim:
    place = name.replace("-", " ").replace("/", ", ").capitalize()
    return Claim(name, show=show, over=(x,), title=f"About {name}", source=paper.at(place, "For all x"), **more)


BASE = [
    _claim("lemma-1", {"upper": x <= 1, "lower": x >= 0}, given=[x >= 0]),
    _claim("lemma-1/step-1", kind="step"),
    _claim("lemma-1/step-2", x <= 3, kind="step"),
    _claim("lemma-1/step-3", sqrt(x) >= 0, kind="step"),
    _claim(
        "lemma-1/repaired", {"upper": x <= 1, "lower": x >= 0}, given=[x >= 0, x <= Rational(1, 2)], kind="repaired"
    ),
    _claim("theorem-2", uses=["lemma-1"]),
    _claim("theorem-3", uses=["theorem-2"]),
]
FALLEN = entry(BASE[0], "refuted") | refuted(BASE[0], x="2")
BASE_ENTRIES = {
    "lemma-1": FALLEN | {"parts": {"upper": "refuted", "lower": "proved"}, "repaired_by": ["lemma-1/repaired"]},
    "lemma-1/step-1": entry(BASE[1], "proved", grade="kernel"),
    "lemma-1/step-2": refuted(BASE[2], x="4"),
    "lemma-1/step-3": ill_posed(BASE[3], x="-1"),
    "lemma-1/repaired": entry(BASE[4], "proved", grade="one solver"),
    "theorem-2": entry(BASE[5], "supported"),
    "theorem-3": entry(BASE[6], "proved", grade="kernel"),
}
UNSAT = {"kind": "unsat", "solvers": ["z3"], "limits": {}}
BY_ONE_SOLVER = {"kind": "proof", "method": "implication", "reading": "", "part": "lower",
                 "obligations": [{"name": "it", "certificate": UNSAT}]}  # fmt: skip
BASE_CERTIFICATES = {"lemma-1": {"evidence": [BY_ONE_SOLVER]}}

one_step = {"step": halving, "show": x_next >= x}
from_zero = {"step": halving, "show": x_next >= x, "start": {x: Integer(0)}}
from_one = {"step": halving, "show": x_next >= x, "start": {x: Integer(1)}}


def _pages(
    folder: Path, claims: list[Claim], entries: dict[str, Any], certificates: dict[str, Any] | None = None
) -> tuple[str, str, str]:
    """The report, the errata and the one page of statements."""
    groups = [Group("all", "All", tuple(claim.id for claim in claims))]
    files = write(folder, claims, {"schema": 1, "claims": entries}, certificates or {}, groups)
    report, errata, statements = (path.read_text() for path in files if path.suffix == ".md")
    return report, errata, statements


def _section(page: str, anchor: str) -> str:
    return page.split(f'<a id="{anchor}"></a>')[1].split('<a id="')[0]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    return _pages(tmp_path_factory.mktemp("base"), BASE, BASE_ENTRIES, BASE_CERTIFICATES)


def test_a_refuted_statement_is_listed_with_its_place_and_words(base: tuple[str, str, str]) -> None:
    errata = base[1]
    assert "[Statements that fail](#failing): [lemma-1](#erratum-lemma-1)\n" in errata
    section = _section(errata, "erratum-lemma-1")
    assert "### Lemma 1: About lemma-1" in section
    assert "“For all x …”" in section
    assert "A made-up paper" in errata


def test_the_part_that_falls_is_shown_and_the_others_are_named_with_their_grade(base: tuple[str, str, str]) -> None:
    section = _section(base[1], "erratum-lemma-1")
    assert "The part *upper* (✗ refuted):\n\n```math\nx \\le 1\n```" in section
    assert "Its other parts: *lower* (✓ proved, one solver)." in section
    assert "x \\ge 0\n```" not in section


def test_a_witness_stands_with_its_numbers_its_calculation_and_its_command(base: tuple[str, str, str]) -> None:
    section = _section(base[1], "erratum-lemma-1")
    assert "At $`x = 2`$: left side $`2`$, right side $`1`$, violated by $`1`$" in section
    assert "\\text{right} - \\text{left} &= -1" in section
    assert "```console\n$ verify eval lemma-1 x=2\n```" in section


def test_the_first_broken_step_is_named_and_the_later_ones_after_it(base: tuple[str, str, str]) -> None:
    section = _section(base[1], "erratum-lemma-1")
    assert "first step of its proof that fails: [step-2](statements/all.md#claim-lemma-1-of-step-2)" in section
    assert "At $`x = 4`$" in section
    assert "These fail too: [step-3](statements/all.md#claim-lemma-1-of-step-3)." in section
    assert "step-1]" not in section


def test_a_side_that_is_a_number_is_not_written_twice(base: tuple[str, str, str]) -> None:
    assert "\\text{right side} & = 1 \\\\\n" in _section(base[1], "erratum-lemma-1")


def test_what_depends_on_it_is_named_directly_and_through_others(base: tuple[str, str, str]) -> None:
    section = _section(base[1], "erratum-lemma-1")
    assert re.search(r"Used by \[theorem-2\]\([^)]*\) \(○ supported\); through these by \[theorem-3\]", section)


def test_a_repaired_form_stands_with_its_verdict_and_what_it_changes(base: tuple[str, str, str]) -> None:
    section = _section(base[1], "erratum-lemma-1")
    assert (
        "Repaired form: [lemma-1/repaired](statements/all.md#claim-lemma-1-of-repaired), ✓ proved (one solver)"
        in section
    )
    assert "It also assumes $`x \\le \\frac{1}{2}`$." in section
    assert "Its conclusion:" not in section


def test_a_statement_that_fails_with_no_reached_state_stands_apart_with_its_twin(tmp_path: Path) -> None:
    claims = [_claim("lemma-1", **one_step), _claim("lemma-1/on-trajectory", **from_zero)]
    entries = {
        "lemma-1": refuted(claims[0], x="1", reachable=None),
        "lemma-1/on-trajectory": entry(claims[1], "proved", grade="kernel"),
    }
    report, errata, _ = _pages(tmp_path, claims, entries)
    assert '<a id="failing"></a>' not in errata
    assert "[lemma-1](#erratum-lemma-1)" in errata.split("only at states not known to be reached](#unreached)")[1]
    assert "0 statements are refuted or ill-posed, 1 more only at states" in errata
    section = _section(errata, "erratum-lemma-1")
    assert re.search(r"At reached states only: \[lemma-1/on-trajectory\]\([^)]*\), ✓ proved \(kernel\)\.", section)
    assert "| ✗ refuted | not known | [lemma-1/on-trajectory]" in report


@pytest.mark.parametrize(
    ("twin", "start", "values"), [("refuted", from_one, {"t": "0"}), ("none", from_one, {}), ("reached", from_one, {})]
)
def test_a_statement_whose_twin_falls_or_whose_state_is_reached_fails_outright(
    tmp_path: Path, twin: str, start: dict[str, Any], values: dict[str, str]
) -> None:
    claims = [_claim("lemma-1", **one_step), _claim("lemma-1/on-trajectory", **start)]
    entries = {"lemma-1": refuted(claims[0], x="1", reachable=True if twin == "reached" else None)}
    if twin == "refuted":
        entries["lemma-1/on-trajectory"] = refuted(claims[1], **values)
    _, errata, _ = _pages(tmp_path, claims, entries)
    assert ('<a id="failing"></a>' in errata) == (twin != "none")
    if twin == "refuted":
        assert "[lemma-1/on-trajectory](statements/all.md#claim-lemma-1-of-on-trajectory), ✗ refuted. At" in errata


def test_a_pure_inequality_has_no_states_to_be_reached(base: tuple[str, str, str], tmp_path: Path) -> None:
    claims = [_claim("lemma-1")]
    report, errata, _ = _pages(tmp_path, claims, {"lemma-1": refuted(claims[0], x="2", reachable=None)})
    assert '<a id="failing"></a>' in errata
    assert "not known" not in errata + report


def test_an_ill_posed_statement_stands_with_its_point(tmp_path: Path) -> None:
    claims = [_claim("lemma-1", sqrt(x) >= 0)]
    _, errata, _ = _pages(tmp_path, claims, {"lemma-1": ill_posed(claims[0], x="-1")})
    section = _section(errata, "erratum-lemma-1")
    assert "**⚠ ill-posed**" in section
    assert "A point where the conclusion has no value" in section
    assert "verify eval lemma-1 x=-1" in section


def test_steps_that_break_while_the_statement_stands_have_a_section(tmp_path: Path) -> None:
    claims = [
        _claim("lemma-1"),
        _claim("lemma-1/step-1", {"a": x <= 5, "b": x <= 3}, kind="step"),
        _claim("lemma-2"),
        _claim("lemma-2/step-1", kind="step"),
    ]
    step = refuted(claims[1], x="4") | {"parts": {"a": "proved", "b": "refuted"}}
    entries = {
        "lemma-1": entry(claims[0], "supported"),
        "lemma-1/step-1": step,
        "lemma-2": entry(claims[2], "undecided"),
        "lemma-2/step-1": refuted(claims[3], x="2"),
    }
    _, errata, _ = _pages(tmp_path, claims, entries)
    assert "[Proof steps that fail though the statement stands](#surviving): [lemma-1](#steps-lemma-1)\n" in errata
    assert "the statement itself is not decided](#open): [lemma-2](#steps-lemma-2)\n" in errata
    section = _section(errata, "steps-lemma-1")
    assert "○ supported. Of 1 encoded step of its proof 1 fails" in section
    assert "The part *b*:\n\n```math\nx \\le 3\n```" in section
    assert "x \\le 5" not in section
    assert "$ verify eval lemma-1/step-1 x=4" in section


def test_a_vacuous_statement_has_a_section_only_where_there_is_one(base: tuple[str, str, str], tmp_path: Path) -> None:
    claims = [_claim("lemma-1", given=[x > 1, x < 0])]
    _, errata, _ = _pages(tmp_path, claims, {"lemma-1": entry(claims[0], "vacuous")})
    assert "[Statements whose assumptions nothing meets](#vacuous): [lemma-1]" in errata
    assert "#vacuous" not in base[1]


def test_a_vacuous_verdict_that_rests_on_a_solver_says_so_everywhere(tmp_path: Path) -> None:
    claims = [_claim("lemma-1", given=[x > 1, x < 0]), _claim("lemma-2", given=[x > 1, x < 0])]
    entries = {claim.id: entry(claim, "vacuous") for claim in claims}
    both = UNSAT | {"solvers": ["z3", "cvc5"]}
    certificates = {
        name: {"evidence": [{"kind": "vacuous", "obligations": [{"kind": "implication", "proof": {"goal": goal}}]}]}
        for name, goal in (("lemma-1", UNSAT), ("lemma-2", both))
    }
    report, errata, statements = _pages(tmp_path, claims, entries, certificates)
    assert "**∅ vacuous** (grade: one solver)" in _section(statements, "claim-lemma-1")
    assert "**∅ vacuous** (grade: two solvers)" in _section(statements, "claim-lemma-2")
    assert "**∅ vacuous** (one solver)" in report
    assert "| ∅ vacuous | one solver |" in report
    assert "Grades of what is vacuous: 1 two solvers; 1 one solver." in report
    assert "**∅ vacuous** (one solver)" in _section(errata, "erratum-lemma-1")


def test_an_ill_posed_statement_with_a_proved_part_says_so_everywhere(tmp_path: Path) -> None:
    claims = [_claim("lemma-1", {"upper": sqrt(x) >= 0, "lower": x <= 1})]
    entries = {"lemma-1": ill_posed(claims[0], x="-1") | {"parts": {"upper": "ill-posed", "lower": "proved"}}}
    report, errata, statements = _pages(tmp_path, claims, entries, BASE_CERTIFICATES)
    said = "✓ proved: “lower” (one solver)"
    assert f"**⚠ ill-posed**; {said}" in _section(statements, "claim-lemma-1")
    assert f"| ⚠ ill-posed ({said}) |" in report
    assert f"About lemma-1. {said}." in report
    assert "Its other parts: *lower* (✓ proved, one solver)." in errata


def test_a_statement_of_which_one_reading_falls_is_listed_with_both(tmp_path: Path) -> None:
    readings = {"weak": Reading("one meaning", x <= 3), "strong": Reading("another", x <= 1)}
    claim = Claim("lemma-1", over=(x,), readings=readings, title="About it", source=paper.at("Lemma 1"))
    entries = {"lemma-1": entry(claim, "undecided", readings={"weak": "supported", "strong": "refuted"})}
    report, errata, _ = _pages(tmp_path, [claim], entries)
    section = _section(errata, "erratum-lemma-1")
    assert "Reading “weak”, ○ supported: one meaning." in section
    assert "Reading “strong”, ✗ refuted: another." in section
    assert "? undecided (○ supported: “weak”; ✗ refuted: “strong”)" in report


def test_a_statement_that_falls_in_every_reading_stands_with_each(tmp_path: Path) -> None:
    readings = {"weak": Reading("one meaning", x <= 3), "strong": Reading("another", x <= 1)}
    claim = Claim("lemma-1", over=(x,), readings=readings)
    entries = {"lemma-1": refuted(claim, x="4") | {"readings": {"weak": "refuted", "strong": "refuted"}}}
    _, errata, _ = _pages(tmp_path, [claim], entries)
    section = _section(errata, "erratum-lemma-1")
    assert "In the reading “weak”, one meaning:\n\n```math\nx \\le 3\n```" in section
    assert "In the reading “strong”, another:\n\n```math\nx \\le 1\n```" in section


def test_errata_that_would_be_too_long_leave_the_calculations_to_the_pages(
    tmp_path: Path, base: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.report.render.LONGEST_PAGE", 1000)
    errata = _pages(tmp_path, BASE, BASE_ENTRIES, BASE_CERTIFICATES)[1]
    assert "\\text{left}" in base[1]
    assert "\\text{left}" not in errata
    assert "$ verify eval lemma-1 x=2" in errata


def test_the_committed_ledgers_fallen_statements_are_all_in_the_contents(committed: list[Path]) -> None:
    ledger = read_ledger(ROOT / "reports" / "ledger.json")
    errata = committed[1].read_text()
    contents = errata.split('<a id="')[0]
    own = {claim.id for claim in CLAIMS if claim.kind == "theorem" and claim.parent is None}
    for name in own & set(ledger.claims):
        fallen = ledger.claims[name].verdict in ("refuted", "ill-posed", "vacuous")
        assert (f"[{name}](#erratum-" in contents) >= fallen, name
        if ledger.claims[name].verdict == "proved":
            assert f"[{name}](#erratum-" not in contents, name
    section = _section(errata, "erratum-lemma-9")
    assert "v_{1} & = w_{t}" in section
    assert len(section.split("```math")[2].split("```")[0].strip().split("\n")) <= 14
