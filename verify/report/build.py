"""The whole report: every claim in the order of the paper, and the files it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.ledger import write_atomically
from verify.report.errata import errata
from verify.report.graphs import used_by_owner
from verify.report.groups import Group
from verify.report.pages import ERRATA, FOLDER, REPORT, Page, anchors, arranged, bearable, resolved, tidied
from verify.report.render import MARK, Content, render_errata, render_report, render_statements
from verify.report.texts import NOT_RUN, escaped, file_stem, verdict_text
from verify.report.view import View, build_view
from verify.statement.claim import Claim
from verify.statement.system import System

if TYPE_CHECKING:
    from verify.benchmark.power import PowerRecord
    from verify.experiments.record import Record


def write(
    root: Path,
    claims: Sequence[Claim],
    ledger: Any,
    certificates: Mapping[str, Mapping[str, Any]] | None = None,
    groups: Sequence[Group] = (),
    outcomes: Mapping[str, str] | None = None,
    records: Sequence[Record] = (),
    power: PowerRecord | None = None,
) -> list[Path]:
    """Write ``REPORT.md``, ``ERRATA.md``, ``statements/`` and ``figures/`` into a folder.

    The same input gives the same bytes.  Pages and pictures of an earlier report that this one lacks are removed.

    Args:
        root: the folder, such as ``reports``.
        claims: every claim, in the order of the paper.
        ledger: what was found, in the shape of the ledger (a mapping, or the ledger itself).
        certificates: the certificates by claim id; those that are missing are left out of the report.
        groups: which claims stand on a page together.
        outcomes: what came out of the experiments that were run, by claim id.
        records: their results; their pictures stand in the report's folder already.
        power: how many planted errors the search finds.

    Returns:
        The files of the report: the report, the errata, the pages of statements, the pictures.

    Raises:
        InputError: the folder is not writable.
    """
    outcomes = outcomes or {}
    views = _views(claims, _entries(ledger), certificates or {}, outcomes)
    everything = [view for top in views for view in (top, *top.steps, *top.others)]
    files: dict[Path, bytes] = {}
    figures: dict[str, list[tuple[str, str]]] = {}
    for view in everything:
        for picture in view.pictures:
            name = f"{file_stem(view.id)}-{picture.suffix}"
            files[root / "figures" / name] = picture.content
            figures.setdefault(view.id, []).append((f"/figures/{name}", escaped(picture.caption)))
    edges = used_by_owner(claims)
    content = Content(
        views=views,
        everything=everything,
        claims=claims,
        outcomes=outcomes,
        records=records,
        power=power,
        systems=[(name, system, claim) for system, (name, claim) in _systems(claims).items()],
        figures=figures,
        edges=edges,
        errata=errata(views, edges),
        trust_page="/../docs/trust.md" if (root.parent / "docs" / "trust.md").is_file() else "",
    )
    pages = _pages(content, arranged(views, groups))
    written = {root / name: text.encode() for name, text in pages.items()} | files
    for path, data in written.items():
        write_atomically(path, data)
    _remove_old_pages(root / FOLDER, set(written))
    _remove_old_pictures(root / "figures", set(files), {file_stem(claim.id) for claim in claims})
    return list(written)


def _pages(content: Content, pages: Sequence[Page]) -> dict[str, str]:
    """The text of every page by its path from the report's folder."""

    def render(page: Page, among: Sequence[Page]) -> str:
        return finished(render_statements(content, page), page.path, among)

    def finished(text: str, path: str, among: Sequence[Page]) -> str:
        home = {view.anchor: other.path for other in among for view in other.everything}
        home |= dict.fromkeys((name for name, _, _ in content.systems), REPORT)
        home |= {experiment.anchor: REPORT for experiment in content.experiments}
        own = dict.fromkeys(anchors(text), path)  # what a page has itself is nearest
        return tidied(resolved(text, path, home | own))

    shown = bearable(pages, render)
    last = [page for page, _ in shown]
    report = finished(render_report(content, last), REPORT, last)
    fallen = finished(render_errata(content), ERRATA, last)
    return {REPORT: report, ERRATA: fallen, **{page.path: text for page, text in shown}}


def _entries(ledger: Any) -> dict[str, Mapping[str, Any]]:
    """The entries by id as plain data."""
    import msgspec

    data = msgspec.to_builtins(ledger)
    found = data.get("claims", data) if isinstance(data, Mapping) else {}
    return {str(name): entry for name, entry in found.items() if isinstance(entry, Mapping)}


def _remove_old_pages(folder: Path, kept: set[Path]) -> None:
    """Remove pages of an earlier report that this one does not have; what others put in the folder stays."""
    for path in sorted(folder.glob("*.md")):
        if path not in kept and path.read_text(encoding="utf-8", errors="replace").startswith(MARK):
            path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _remove_old_pictures(folder: Path, kept: set[Path], stems: set[str]) -> None:
    """Remove pictures of an earlier report that this one does not show; other files in the folder stay."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        stem, _, suffix = path.name.rpartition("-")
        ours = suffix in ("trajectory.svg", "step.svg", "margin.png") and stem in stems
        if ours and path not in kept:
            path.unlink()


def _views(
    claims: Sequence[Claim],
    entries: Mapping[str, Mapping[str, Any]],
    certificates: Mapping[str, Mapping[str, Any]],
    outcomes: Mapping[str, str],
) -> list[View]:
    """The claims of their own, in order, each with its steps and the other claims that stand under it.

    An experiment has no verdict, whatever a ledger says, and is no view.
    """
    known = {claim.id: claim for claim in claims}
    anchors_of = {system: name for system, (name, _) in _systems(claims).items()}

    def status(name: str) -> str:
        if name in known and known[name].kind == "experiment":
            return escaped(outcomes.get(name, NOT_RUN))
        return verdict_text(entries.get(name, {}).get("verdict"))

    views = {
        claim.id: build_view(claim, entries.get(claim.id, {}), certificates.get(claim.id), known, status, anchors_of)
        for claim in claims
        if claim.kind != "experiment"
    }
    top: list[View] = []
    for view in views.values():
        parent = _standing_under(view.claim, views)
        if parent is None:
            top.append(view)
        elif view.claim.kind == "step":
            parent.steps.append(view)
        else:
            parent.others.append(view)
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
