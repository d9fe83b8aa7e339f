"""Words and escapes of the report: what a verdict means, links, table cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Each verdict with its sign and its meaning in one line, in the order of the summary.
VERDICTS = {
    "refuted": ("✗", "a concrete counterexample, certified in exact or ball arithmetic"),
    "ill-posed": ("⚠", "at a certified admissible point the conclusion itself has no value"),
    "vacuous": ("∅", "it is proved that no value meets the assumptions"),
    "proved": ("✓", "every obligation has a certificate that was checked again; the grade says by whom"),
    "supported": ("○", "no proof: the whole search of the named budget ran and found nothing"),
    "undecided": ("?", "neither: a candidate that could not be certified, readings that disagree, or a limit was hit"),
}
NOT_RECORDED = ("·", "not checked yet")
#: What is said of an experiment that has no outcome.
NOT_RUN = "not run"
#: Who checked a proof, the strongest first.
GRADES = {
    "coq": "the kernel of the Coq proof assistant accepted the generated file",
    "kernel": "this toolkit's exact checker accepted the certificate",
    "two solvers": "two SMT solvers, asked anew, agree",
    "one solver": "one SMT solver, asked anew, says so",
}
#: Fill and line of a verdict's node in the graph: apart for every kind of colour vision, and each has its word too.
COLOURS = {
    "refuted": ("#fbe3d4", "#D55E00"),
    "ill-posed": ("#fdf3c4", "#8a7a00"),
    "vacuous": ("#eeeeee", "#555555"),
    "proved": ("#d3e8f5", "#0072B2"),
    "supported": ("#d8efe6", "#009E73"),
    "undecided": ("#f3e3ee", "#9a5080"),
}


def anchor(claim_id: str) -> str:
    """The name of a claim's section, on whichever page of the report it stands."""
    return "claim-" + re.sub(r"[^a-z0-9]+", "-", claim_id.lower().replace("/", "-of-")).strip("-")


def file_stem(claim_id: str) -> str:
    """The beginning of the names of a claim's files."""
    return claim_id.replace("/", "__")


def verdict_text(verdict: str | None) -> str:
    """A verdict with its sign."""
    return f"{VERDICTS[verdict][0]} {verdict}" if verdict in VERDICTS else f"{NOT_RECORDED[0]} {NOT_RECORDED[1]}"


_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~$])")


def escaped(text: Any) -> str:
    """Plain text for Markdown, also within a table: on one line, its special characters escaped."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def code(text: Any) -> str:
    """Text as inline code (within a table it needs ``cell`` around it)."""
    body = " ".join(str(text).split())
    return f"`` {body} ``" if "`" in body else f"`{body}`"


def cell(text: str) -> str:
    """Markdown for a table's cell: on one line, without bars of its own."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))


def link(claim_id: str, known: Mapping[str, Any]) -> str:
    """A claim's id as a link to its section (whichever page that is on), as code where it has none."""
    return f"[{escaped(claim_id)}](#{anchor(claim_id)})" if claim_id in known else code(claim_id)
