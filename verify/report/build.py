"""The whole report: every claim in the order of the paper, and the files it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from verify.ledger import write_atomically
from verify.report.evidence import MOST_LINES, shortened
from verify.report.texts import GRADES, VERDICTS, anchor, cell, code, escaped, file_stem, graph, link, verdict_text
from verify.report.view import View, build_view, system_display
from verify.statement.claim import Claim
from verify.statement.system import System

_TEMPLATE = "REPORT.md.j2"
#: GitHub shows pages up to half a megabyte.
LONGEST_PAGE = 480_000
#: Lines of an obligation of a claim, and of a step, from the most to the least; -1 leaves the obligations out.
DETAIL = ((MOST_LINES, MOST_LINES), (MOST_LINES, 4), (12, -1), (4, -1), (0, -1), (-1, -1))
BAD_NEWS = ("refuted", "ill-posed", "vacuous")


def write(
    root: Path,
    claims: Sequence[Claim],
    ledger: Any,
    certificates: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Path]:
    """Write ``REPORT.md`` and ``figures/`` into a folder; the same input gives the same bytes.

    Args:
        root: the folder, such as ``reports``.
        claims: every claim, in the order of the paper.
        ledger: what was found, in the shape of the ledger (a mapping, or the ledger itself).
        certificates: the certificates by claim id; those that are missing are left out of the report.

    Returns:
        The files of the report, the report first.

    Raises:
        InputError: the folder is not writable.
    """
    views = _views(claims, _entries(ledger), certificates or {})
    everything = [view for top in views for view in (top, *top.steps, *top.others)]
    files: dict[Path, bytes] = {}
    figures: dict[str, list[tuple[str, str]]] = {}
    for view in everything:
        for picture in view.pictures:
            name = f"{file_stem(view.id)}-{picture.suffix}"
            files[root / "figures" / name] = picture.content
            figures.setdefault(view.id, []).append((f"figures/{name}", escaped(picture.caption)))
    text = _of_bearable_length(lambda: _rendered(root, views, everything, claims, figures), everything)
    written = {root / "REPORT.md": text.encode(), **files}
    for path, content in written.items():
        write_atomically(path, content)
    _remove_old(root / "figures", set(files), {file_stem(claim.id) for claim in claims})
    return list(written)


def _of_bearable_length(render: Callable[[], str], everything: Sequence[View]) -> str:
    """The page; where it is longer than a browser or GitHub bears, with less of the certificates."""
    full = {view.id: view.arguments for view in everything}
    text = ""
    for of_claims, of_steps in DETAIL:
        for view in everything:
            most = of_steps if view.claim.kind == "step" else of_claims
            view.arguments = tuple(shortened(argument, most) for argument in full[view.id])
        text = render()
        if len(text.encode()) <= LONGEST_PAGE:
            break
    return text


def _entries(ledger: Any) -> dict[str, Mapping[str, Any]]:
    """The entries by id as plain data."""
    import msgspec

    data = msgspec.to_builtins(ledger)
    found = data.get("claims", data) if isinstance(data, Mapping) else {}
    return {str(name): entry for name, entry in found.items() if isinstance(entry, Mapping)}


def _remove_old(folder: Path, kept: set[Path], stems: set[str]) -> None:
    """Remove pictures of an earlier report that this one does not show; other files in the folder stay."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        stem, _, suffix = path.name.rpartition("-")
        ours = suffix in ("trajectory.svg", "step.svg", "margin.png") and stem in stems
        if ours and path not in kept:
            path.unlink()


def _views(
    claims: Sequence[Claim], entries: Mapping[str, Mapping[str, Any]], certificates: Mapping[str, Mapping[str, Any]]
) -> list[View]:
    """The claims of their own, in order, each with its steps and the other claims that stand under it."""
    known = {claim.id: claim for claim in claims}
    systems = _systems(claims)
    anchors = {system: name for system, (name, _) in systems.items()}
    views = {
        claim.id: build_view(claim, entries.get(claim.id, {}), certificates.get(claim.id), known, entries, anchors)
        for claim in claims
    }
    top: list[View] = []
    for claim in claims:
        parent = _standing_under(claim, views)
        if parent is None:
            top.append(views[claim.id])
        elif claim.kind == "step":
            parent.steps.append(views[claim.id])
        else:
            parent.others.append(views[claim.id])
    return top


def _standing_under(claim: Claim, views: Mapping[str, View]) -> View | None:
    """The claim of its own that a claim is shown under: the outermost of its parents that is at hand."""
    found: View | None = None
    parent = claim.parent
    while parent is not None:
        found = views.get(parent, found)
        parent = parent.rpartition("/")[0] or None
    return found


def _systems(claims: Sequence[Claim]) -> dict[System, tuple[str, Claim]]:
    """Each iteration with its anchor and a claim that uses it."""
    found: dict[System, tuple[str, Claim]] = {}
    for claim in claims:
        if claim.step is not None and claim.step not in found:
            found[claim.step] = (f"iteration-{len(found) + 1}", claim)
    return found


# --- the page -------------------------------------------------------------------------------------------------------


def _rendered(
    root: Path,
    views: Sequence[View],
    everything: Sequence[View],
    claims: Sequence[Claim],
    figures: Mapping[str, list[tuple[str, str]]],
) -> str:
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
    known = {claim.id: claim for claim in claims}
    verdicts = {view.id: view.entry.get("verdict") for view in everything}
    papers = list(dict.fromkeys(paper for claim in claims if (paper := getattr(claim.source, "paper", ""))))
    text = environment.get_template(_TEMPLATE).render(
        papers=[escaped(paper) for paper in papers],
        views=views,
        everything=everything,
        counts=_counts(everything),
        verdicts=VERDICTS,
        verdict_text=verdict_text,
        grades=_grades(everything),
        grade_meanings=GRADES,
        unreached=[view for view in everything if _falls_unreached(view, known)],
        twin={view.id: next((o for o in views_under(view, everything) if o.id == f"{view.id}/on-trajectory"), None)
              for view in everything},
        fallen=[view for view in everything if view.verdict in BAD_NEWS and view.claim.kind != "step"],
        systems=[(name, escaped(system.name), system_display(system, claim))
                 for system, (name, claim) in _systems(claims).items()],
        graph=graph(claims, verdicts),
        figures=figures,
        link=lambda name: link(name, known),
        trust_page="../docs/trust.md" if (root.parent / "docs" / "trust.md").is_file() else "",
        certificates={view.id: view.entry.get("certificate") for view in everything},
    )  # fmt: skip
    return _tidied(text)


def views_under(view: View, everything: Sequence[View]) -> list[View]:
    """The views whose claims stand directly under a claim."""
    return [other for other in everything if other.claim.parent == view.id]


def _counts(everything: Sequence[View]) -> list[tuple[str, list[int]]]:
    """For each verdict: how many statements of the paper, proof steps, and claims that stand beside them."""
    found: list[tuple[str, list[int]]] = []
    for verdict in (*VERDICTS, ""):
        of_verdict = [view.claim for view in everything if view.verdict == verdict]
        row = [
            sum(1 for claim in of_verdict if claim.kind in ("theorem", "experiment") and claim.parent is None),
            sum(1 for claim in of_verdict if claim.kind == "step"),
            sum(1 for claim in of_verdict if claim.kind == "repaired"),
            sum(1 for claim in of_verdict if claim.kind == "theorem" and claim.parent is not None),
        ]
        if verdict or any(row):
            found.append((verdict, row))
    return found


def _grades(everything: Sequence[View]) -> list[tuple[str, int]]:
    proved = [view.grade for view in everything if view.verdict == "proved"]
    return [(grade, proved.count(grade)) for grade in GRADES if grade in proved]


def _falls_unreached(view: View, known: Mapping[str, Claim]) -> bool:
    """Whether a one-step statement of a section with a start falls only at states that are not known to be reached."""
    unreached = view.reachable == "no" or (view.reachable == "not known" and f"{view.id}/on-trajectory" in known)
    return view.verdict == "refuted" and not view.claim.is_trajectory and unreached


def _tidied(text: str) -> str:
    """No more than one empty line in a row, no spaces at the ends, one newline at the end."""
    lines: list[str] = []
    fenced = False
    for line in (entry.rstrip() for entry in text.split("\n")):
        if line.startswith("```"):
            fenced = not fenced
        if line or fenced or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"
