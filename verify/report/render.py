"""From what the report says to its pages: the templates, and the tables that they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.report.errata import Errata, erratum_anchor, steps_anchor
from verify.report.graphs import Edge, graphs
from verify.report.pages import LONGEST_PAGE, Page
from verify.report.statements import system_display
from verify.report.texts import (
    GRADES,
    NOT_RUN,
    VERDICTS,
    anchor,
    cell,
    code,
    escaped,
    link,
    verdict_text,
)
from verify.report.view import View
from verify.statement.claim import Claim
from verify.statement.system import System

if TYPE_CHECKING:
    from jinja2 import Environment

    from verify.benchmark.power import PowerRecord
    from verify.experiments.record import Record

#: How every page of statements begins, so that an old one is known as such.
MARK = "<!-- Written by `verify report`; changes here are lost. -->"
BAD_NEWS = ("refuted", "ill-posed", "vacuous")


@dataclass(frozen=True)
class Experiment:
    """An experiment of the paper: it has an outcome, never a verdict."""

    claim: Claim
    outcome: str
    records: Sequence[Record] = ()

    @property
    def anchor(self) -> str:
        """The name of its row."""
        return anchor(self.claim.id)

    @property
    def place(self) -> str:
        """Where the paper prints it."""
        return getattr(self.claim.source, "place", str(self.claim.source))


@dataclass(frozen=True)
class Content:
    """Everything that the pages are made from."""

    views: Sequence[View]
    everything: Sequence[View]
    claims: Sequence[Claim]
    outcomes: Mapping[str, str]
    records: Sequence[Record]
    power: PowerRecord | None
    systems: Sequence[tuple[str, System, Claim]]
    figures: Mapping[str, list[tuple[str, str]]]
    edges: Mapping[Edge, None]
    errata: Errata
    trust_page: str

    @cached_property
    def known(self) -> dict[str, Claim]:
        """Every claim by id."""
        return {claim.id: claim for claim in self.claims}

    @cached_property
    def experiments(self) -> list[Experiment]:
        """The experiments, in order."""
        return [
            Experiment(
                claim,
                self.outcomes.get(claim.id, NOT_RUN),
                [record for record in self.records if record.id == claim.id],
            )
            for claim in self.claims
            if claim.kind == "experiment"
        ]

    @cached_property
    def status(self) -> dict[str, str | None]:
        """The verdict of each claim, the outcome of each experiment."""
        found = {view.id: view.entry.get("verdict") for view in self.everything}
        return found | {experiment.claim.id: experiment.outcome for experiment in self.experiments}

    def said(self, name: str) -> str:
        """A claim's verdict with its sign, or an experiment's outcome, as Markdown."""
        if any(experiment.claim.id == name for experiment in self.experiments):
            return escaped(self.status[name])
        return verdict_text(self.status.get(name))

    @property
    def papers(self) -> list[str]:
        """What the statements are from."""
        names = (getattr(claim.source, "paper", "") for claim in self.claims)
        return [escaped(paper) for paper in dict.fromkeys(names) if paper]


def render_report(content: Content, pages: Sequence[Page]) -> str:
    """The first page: what was found, all statements, what rests on what, the iterations."""
    page_of = {view.id: page.path for page in pages for view in page.views}
    drawn = graphs(content.claims, content.status, page_of)
    return (
        _environment(content)
        .get_template("REPORT.md.j2")
        .render(
            papers=content.papers,
            everything=content.everything,
            pages=pages,
            counts=_counts(content.everything),
            verdicts=VERDICTS,
            grades=_grades(content.everything, "proved"),
            vacuous_grades=_grades(content.everything, "vacuous"),
            grade_meanings=GRADES,
            fallen=[view for view in content.everything if view.verdict in BAD_NEWS and view.claim.kind != "step"],
            errata=content.errata,
            experiments=content.experiments,
            power=content.power,
            systems=[(name, escaped(system.name), system_display(system, claim))
                     for name, system, claim in content.systems],
            graphs=[(graph, [page for page in pages if page.path in {page_of.get(name) for name in graph.ids}])
                    for graph in drawn],
            trust_page=content.trust_page,
        )
    )  # fmt: skip


def render_errata(content: Content) -> str:
    """The errata; without its workings where it would be too long with them."""
    template = _environment(content).get_template("ERRATA.md.j2")
    text = ""
    for worked in (True, False):
        text = template.render(papers=content.papers, errata=content.errata, worked=worked, edges=content.edges)
        if len(text.encode()) <= LONGEST_PAGE:
            break
    return text


def render_statements(content: Content, page: Page) -> str:
    """A page of statements in full."""
    return _environment(content).get_template("statements.md.j2").render(page=page, mark=MARK)


def _environment(content: Content) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(escaped=escaped, code=code, cell=cell, anchor=anchor)
    environment.globals.update(
        link=lambda name: link(name, content.known),
        verdict_text=verdict_text,
        said=content.said,
        erratum_anchor=erratum_anchor,
        steps_anchor=steps_anchor,
        figures=content.figures,
        number=lambda value: f"{value:.3g}",
        certificates={view.id: view.entry.get("certificate") for view in content.everything},
    )  # fmt: skip
    return environment


def _counts(everything: Sequence[View]) -> list[tuple[str, list[int]]]:
    """For each verdict: how many statements of the paper, proof steps, and claims that stand beside them."""
    found: list[tuple[str, list[int]]] = []
    for verdict in (*VERDICTS, ""):
        of_verdict = [view.claim for view in everything if view.verdict == verdict]
        row = [
            sum(1 for claim in of_verdict if claim.kind == "theorem" and claim.parent is None),
            sum(1 for claim in of_verdict if claim.kind == "step"),
            sum(1 for claim in of_verdict if claim.kind == "repaired"),
            sum(1 for claim in of_verdict if claim.kind == "theorem" and claim.parent is not None),
        ]
        if verdict or any(row):
            found.append((verdict, row))
    return found


def _grades(everything: Sequence[View], verdict: str) -> list[tuple[str, int]]:
    found: list[Any] = [view.grade for view in everything if view.verdict == verdict]
    return [(grade, found.count(grade)) for grade in GRADES if grade in found]
