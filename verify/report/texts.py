"""Words and escapes of the report: what a verdict means, links, table cells, the graph of uses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from verify.statement.claim import Claim

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
#: Who checked a proof, the strongest first.
GRADES = {
    "coq": "the kernel of a proof assistant accepted the generated file",
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
    """The name of a claim's section within the report."""
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
    """A claim's id as a link to its section, as code where it has none."""
    return f"[{escaped(claim_id)}](#{anchor(claim_id)})" if claim_id in known else code(claim_id)


def graph(claims: Sequence[Claim], verdicts: Mapping[str, str | None]) -> str:
    """A Mermaid graph of what rests on what: each arrow points from a statement to one that the argument uses."""
    known = {claim.id: claim for claim in claims}
    edges: dict[tuple[str, str], None] = {}
    for claim in claims:
        user = _without_step(claim)
        for use in map(str, claim.uses):
            if use in known:
                used = _without_step(known[use])
                if user != used:
                    edges[user, used] = None
    names = [claim.id for claim in claims if any(claim.id in edge for edge in edges)]
    if not names:
        return ""
    lines = ["graph LR"]
    for number, name in enumerate(names):
        verdict = verdicts.get(name)
        style = f":::{_style(verdict)}" if verdict in COLOURS else ""
        lines.append(f'  n{number}["{name}<br/>{verdict or NOT_RECORDED[1]}"]{style}')
    place = {name: number for number, name in enumerate(names)}
    lines += [f"  n{place[user]} --> n{place[used]}" for user, used in edges if user in place and used in place]
    used_styles = sorted({verdict for name in names if (verdict := verdicts.get(name)) in COLOURS})
    for verdict in used_styles:
        fill, line = COLOURS[verdict]
        lines.append(f"  classDef {_style(verdict)} fill:{fill},stroke:{line},color:#1a1a1a")
    return "\n".join(lines)


def _style(verdict: str | None) -> str:
    return str(verdict).replace("-", "")


def _without_step(claim: Claim) -> str:
    """A step stands for the claim whose proof it belongs to."""
    return claim.parent if claim.kind == "step" and claim.parent is not None else claim.id
