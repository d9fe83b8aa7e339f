"""The pages: every claim has its section, formulas and fences are closed, bytes are stable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from verify.report import write
from verify.report.groups import Group
from verify.report.texts import anchor
from verify.report.witnesses import summary
from verify.statement.claim import Claim


@pytest.fixture(scope="module")
def pages(written: list[Path]) -> list[str]:
    found = [path.read_text() for path in written if path.suffix == ".md"]
    assert len(found) > 6
    return found


def _outside_fences(page: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", page, flags=re.DOTALL | re.MULTILINE)


def _formulas(page: str) -> list[str]:
    return re.findall(r"```math\n(.*?)\n```", page, re.DOTALL) + re.findall(r"\$`([^`]*)`\$", _outside_fences(page))


def _without_escaped_braces(formula: str) -> str:
    return formula.replace(r"\{", "").replace(r"\}", "")


def test_every_claim_has_a_section_with_its_id_and_verdict(
    details: str, claims: list[Claim], ledger: dict[str, Any]
) -> None:
    for claim in claims:
        if claim.kind == "experiment":
            continue
        assert details.count(f'<a id="{anchor(claim.id)}"></a>') == 1, claim.id
        section = details.split(f'<a id="{anchor(claim.id)}"></a>')[1].split("<a id=")[0]
        verdict = ledger["claims"].get(claim.id, {}).get("verdict", "not checked yet")
        assert claim.id in section.replace("\\", "")
        assert verdict in section


def test_anchors_are_distinct(claims: list[Claim]) -> None:
    assert len({anchor(claim.id) for claim in claims}) == len(claims)


def test_formulas_are_balanced_and_use_what_github_accepts(pages: list[str]) -> None:
    formulas = [formula for page in pages for formula in _formulas(page)]
    assert len(formulas) > 300
    for formula in formulas:
        bare = _without_escaped_braces(formula)
        assert bare.count("{") == bare.count("}"), formula
        assert formula.count(r"\left") - formula.count(r"\leftarrow") == formula.count(r"\right"), formula
        assert formula.count(r"\begin") == formula.count(r"\end"), formula
        assert r"\operatorname" not in formula
        assert "_t_" not in formula
        assert "next" not in formula


def test_fences_and_inline_code_are_closed(pages: list[str]) -> None:
    for page in pages:
        assert len(re.findall(r"^ *```", page, re.MULTILINE)) % 2 == 0
        assert _outside_fences(page).count("`") % 2 == 0
        assert page.count("<details") == page.count("</details>")


def test_tables_have_as_many_cells_in_each_row(pages: list[str]) -> None:
    for page in pages:
        for block in re.findall(r"(?:^\|.*\|\n)+", _outside_fences(page), re.MULTILINE):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.strip().split("\n")}
            assert len(widths) == 1, block


def test_the_first_broken_step_is_marked_once(report: str, details: str) -> None:
    assert details.count("(first broken step)") == 1
    assert f"breaks at [step 10](statements/stability.md#{anchor('lemma-9/step-10')})" in report


def test_the_summary_counts_add_up(report: str, claims: list[Claim]) -> None:
    rows = re.findall(r"^\| \S+ [a-z -]+ \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", report, re.MULTILINE)
    assert sum(int(cell) for row in rows for cell in row) == sum(1 for claim in claims if claim.kind != "experiment")


def test_the_worked_numbers_of_lemma_9_stand_there(details: str) -> None:
    section = details.split(f'<a id="{anchor("lemma-9")}"></a>')[1].split(f'<a id="{anchor("lemma-9/repaired")}"></a>')[
        0
    ]
    for piece in (
        r"w_{t+1} & = w_{t} - \eta \nabla\mathcal{L}(v_{1}) = 1 - \tfrac{3}{2} \cdot 2 = -2",
        r"\tfrac{5}{4}",
    ):
        assert piece in section
    assert "verify eval lemma-9 beta=1 eta=3/2 rho=1 w=1 --loss 'quadratic(h=1)'" in section
    assert "(../figures/lemma-9-margin.png)" in section


def test_multipliers_and_solvers_of_a_proof_are_shown(details: str) -> None:
    section = details.split(f'<a id="{anchor("lemma-9/repaired")}"></a>')[1].split("### Steps")[0]
    assert "1/2 * [0] * [s0] + 1" in section
    assert "z3 and cvc5" in section
    assert "a method of tomorrow" in section
    assert '{"tree": [1, 2]}' in section


def test_two_writes_give_the_same_bytes(
    tmp_path: Path,
    written: list[Path],
    claims: list[Claim],
    ledger: dict[str, Any],
    certificates: dict[str, Any],
    groups: list[Group],
) -> None:
    again = write(tmp_path, claims, ledger, certificates, groups)
    assert [path.name for path in again] == [path.name for path in written]
    for first, second in zip(written, again, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


def test_the_pages_name_no_host_and_no_time(pages: list[str], written: list[Path]) -> None:
    import platform

    texts = [*pages, *(path.read_text() for path in written if path.suffix == ".svg")]
    for text in texts:
        assert platform.node() not in text.split()
        assert str(Path.home()) + "/" not in text
        assert "<dc:date>" not in text


def test_a_picture_that_is_no_longer_shown_is_removed_and_others_stay(
    tmp_path: Path, claims: list[Claim], ledger: dict[str, Any]
) -> None:
    figures = tmp_path / "figures"
    figures.mkdir()
    (figures / "figure-1.png").write_bytes(b"kept")
    (figures / "lemma-30-margin.png").write_bytes(b"old")
    few = [claim for claim in claims if claim.id in ("lemma-30", "gd-stability")]
    write(tmp_path, few, ledger, {})
    assert (figures / "figure-1.png").exists()
    assert not (figures / "lemma-30-margin.png").exists()


def test_an_empty_ledger_gives_a_page_of_statements(tmp_path: Path, claims: list[Claim]) -> None:
    report, errata, statements = write(tmp_path, claims, {"schema": 1, "claims": {}}, {})
    assert "not checked yet" in report.read_text()
    assert "not checked yet" in statements.read_text()
    assert "Counterexample" not in statements.read_text()
    assert "Nothing that is recorded fails" in errata.read_text()


def test_figures_are_small(written: list[Path]) -> None:
    pictures = [path for path in written if path.suffix != ".md"]
    assert len(pictures) >= 5
    for path in pictures:
        assert path.stat().st_size < 100_000, path.name


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ({"lhs": "2", "rhs": "5/4", "relative": "0.231"}, r"$`\tfrac{3}{13}`$"),
        ({"lhs": "[2 +/- 1e-9]", "rhs": "5/4", "relative": "0.231"}, "$`0.231`$"),
        ({"lhs": "0", "rhs": "0", "relative": "0"}, "$`0`$"),
    ],
)
def test_the_relative_violation_is_exact_where_both_sides_are(sides: dict[str, str], expected: str) -> None:
    x = sp.Symbol("x", real=True)
    claim = Claim("c", given=[x > 0], show=sp.Le(x, 1, evaluate=False))
    assert f"relative to both sides {expected}" in summary(claim, {"parameters": {"x": "2"}, **sides})
