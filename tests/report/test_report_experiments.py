"""Experiments: a table of outcomes, never a verdict, and in no count, page or errata."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sympy import Symbol

from tests.report.conftest import entry
from verify.experiments.analysis import Judged, JudgedCriterion
from verify.experiments.record import Record, outcomes
from verify.report import write
from verify.statement.claim import Claim, Paper

x = Symbol("x", real=True)
paper = Paper("A made-up paper")

CLAIMS = [
    Claim("theorem-1", show=x <= 1, over=(x,), uses=["figure-1"]),
    Claim("figure-1", kind="experiment", title="Does SAM drift | jump?", source=paper.at("Figure 1")),
    Claim("figure-2", kind="experiment", title="Does USAM stop?", source=paper.at("Figure 2"), uses=["theorem-1"]),
]


def _written(folder: Path, outcomes: dict[str, str] | None = None, *, wrong: bool = False) -> dict[str, str]:
    entries: dict[str, Any] = {"theorem-1": entry(CLAIMS[0], "supported")}
    if wrong:
        entries["figure-1"] = entry(CLAIMS[1], "refuted")
    files = write(folder, CLAIMS, {"schema": 1, "claims": entries}, {}, (), outcomes)
    return {path.name: path.read_text() for path in files}


def test_figures_stand_in_a_table_with_their_question_and_outcome(tmp_path: Path) -> None:
    report = _written(tmp_path)["REPORT.md"]
    rows = report.split("## Figures")[1].split("## ")[0]
    assert '| <a id="claim-figure-1"></a>figure-1 | Does SAM drift \\| jump? | Figure 1 | not run |' in rows
    assert "| Does USAM stop? | Figure 2 | not run |" in rows
    assert "[figures](#figures)" in report


def test_an_outcome_is_shown_where_there_is_one(tmp_path: Path) -> None:
    pages = _written(tmp_path, {"figure-2": "reproduced"})
    assert "| Does USAM stop? | Figure 2 | reproduced |" in pages["REPORT.md"]
    assert pages["REPORT.md"].count("not run") == 2  # the other's row, and its node


def test_an_experiment_is_in_no_count_and_has_no_verdict_whatever_the_ledger_says(tmp_path: Path) -> None:
    pages = _written(tmp_path, wrong=True)
    rows = re.findall(r"^\| \S+ [a-z -]+ \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", pages["REPORT.md"], re.MULTILINE)
    assert sum(int(cell) for row in rows for cell in row) == 1
    assert "1 claim was encoded" in pages["REPORT.md"]
    assert "refuted**" not in "".join(pages.values())
    assert "figure" not in pages["ERRATA.md"]


def test_what_uses_an_experiment_links_to_its_row_and_only_a_used_one_is_drawn(tmp_path: Path) -> None:
    pages = _written(tmp_path)
    assert "Rests on: [figure-1](../REPORT.md#claim-figure-1) (not run)" in pages["others.md"]
    graph = pages["REPORT.md"].split("```mermaid")[1].split("```")[0]
    assert "figure-1<br/>not run" in graph
    assert "figure-2" not in graph


def test_a_report_without_experiments_has_no_figures_table(tmp_path: Path) -> None:
    report = write(tmp_path, CLAIMS[:1], {"schema": 1, "claims": {}}, {})[0].read_text()
    assert "## All statements" in report
    assert "## Figures" not in report
    assert "(#figures)" not in report


def test_a_recorded_result_is_shown_with_its_picture_effects_and_controls(tmp_path: Path) -> None:
    files = write(tmp_path, CLAIMS, {"schema": 1, "claims": {"theorem-1": entry(CLAIMS[0], "supported")}}, {}, (), {
        "figure-2": "not testable at this size"
    }, [_record()])  # fmt: skip
    pages = {path.name: path.read_text() for path in files}
    section = pages["REPORT.md"].split("### figure-2: not testable at this size")[1].split("## What rests")[0]
    assert "> Does it stop?" in section
    assert "[theorem-1](statements/others.md#claim-theorem-1) (○ supported)" in section
    assert "](figures/figure-2.png)" in section
    assert "| **drop**: A share. Visible. | 0.5 | 0.4 to 0.6 | &gt; 0.05 | 0.123 | reproduced |" in section
    assert "| control: rho = 0. That is GD. | 0 | 0 to 0 | must fail | 0.05 | fails |" in section
    assert "Seeds 100, 101; the rules were formed on seeds 0, 1" in section
    assert "- power: 2, 1.9" in section
    assert "- Small" in section
    assert "Looked at in the experiments: [figure-2](../REPORT.md#claim-figure-2) (not testable" in pages["others.md"]


def _record() -> Record:
    effect = Judged(
        name="drop", values=[0.4, 0.6], mean=0.5, low=0.4, high=0.6, detectable=0.1234, outcome="reproduced"
    )
    control = Judged(
        name="rho = 0", values=[0.0, 0.0], mean=0.0, low=0.0, high=0.0, detectable=0.05, outcome="not reproduced"
    )
    criterion = JudgedCriterion(
        name="drop",
        effect="A share.",
        least=0.05,
        reason="Visible.",
        result=effect,
        controls=[control],
        control_reasons=["That is GD."],
    )
    return Record(
        id="figure-2",
        scale="small",
        device="cpu",
        question="Does it stop?",
        procedure="Two steps.",
        outcome="not testable at this size",
        criteria=[criterion],
        seeds=[100, 101],
        rule_seeds=[0, 1],
        notes={"power": [2.0, 1.9]},
        memory="little",
        remarks=["Small"],
        versions={"python": "3.11"},
        pictures=["figures/figure-2.png", "figures/figure-2.svg"],
    )


def test_both_scales_are_named_in_the_outcome() -> None:
    from msgspec.structs import replace

    paper_size = replace(_record(), scale="paper", outcome="reproduced")
    said = outcomes([paper_size, _record()])
    assert said == {"figure-2": "not testable at this size; reproduced (at the paper's size)"}
