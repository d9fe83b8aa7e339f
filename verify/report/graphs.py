"""What rests on what, as Mermaid graphs small enough to read: one for each set of statements that hang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verify.report.texts import COLOURS, NOT_RECORDED
from verify.statement.claim import Claim

#: A set of statements that hang together is drawn in one graph up to this size, else group by group.
MOST_NODES = 30

Edge = tuple[str, str]


@dataclass(frozen=True)
class Graph:
    """One drawing: the ids of its statements, of those from other drawings, and its text in Mermaid's language."""

    ids: tuple[str, ...]
    elsewhere: tuple[str, ...]
    text: str


def owner(claim: Claim, known: Mapping[str, Claim]) -> str | None:
    """The statement of its own that a claim stands for: a step or a twin for its outermost parent at hand.

    None for a corrected form: what rests on it does not rest on what is printed.
    """
    found = claim
    while True:
        if found.kind == "repaired":
            return None
        parent = known.get(found.parent or "")
        if parent is None:
            return found.id
        found = parent


def used_by_owner(claims: Sequence[Claim]) -> dict[Edge, None]:
    """``(user, used)`` for each statement of its own, in order; its steps count as itself."""
    known = {claim.id: claim for claim in claims}
    edges: dict[Edge, None] = {}
    for claim in claims:
        user = owner(claim, known)
        for use in map(str, claim.uses):
            used = owner(known[use], known) if use in known else None
            if user is not None and used is not None and user != used:
                edges[user, used] = None
    return edges


def dependents(edges: Iterable[Edge], claim_id: str) -> tuple[list[str], list[str]]:
    """What uses a statement itself, and what rests on it only through those."""
    users: dict[str, list[str]] = {}
    for user, used in edges:
        users.setdefault(used, []).append(user)
    direct = users.get(claim_id, [])
    reached = dict.fromkeys([claim_id, *direct])
    waiting = list(direct)
    while waiting:
        for user in users.get(waiting.pop(0), []):
            if user not in reached:
                reached[user] = None
                waiting.append(user)
    return direct, [name for name in reached if name != claim_id and name not in direct]


def graphs(claims: Sequence[Claim], verdicts: Mapping[str, str | None], groups: Mapping[str, str]) -> list[Graph]:
    """The drawings, in the order of the claims; an arrow points from a statement to one that its argument uses.

    Args:
        verdicts: by id.
        groups: the name of each statement's group, by id: a set too large for one drawing is drawn group by group,
            each with what its statements use elsewhere.
    """
    known = {claim.id: claim for claim in claims}
    edges = used_by_owner(claims)
    used = {used for _, used in edges}
    edges = {
        edge: None for edge in edges if not any(known[end].kind == "experiment" and end not in used for end in edge)
    }
    order = {claim.id: place for place, claim in enumerate(claims)}
    found: list[Graph] = []
    for ids in _connected(edges, order):
        inside = [edge for edge in edges if edge[0] in ids]
        if len(ids) <= MOST_NODES:
            found.append(_drawn(ids, inside, verdicts, frozenset(), order))
            continue
        for name in dict.fromkeys(groups.get(entry, "") for entry in sorted(ids, key=order.__getitem__)):
            own = {entry for entry in ids if groups.get(entry, "") == name}
            arrows = [edge for edge in inside if edge[0] in own]
            elsewhere = {end for _, end in arrows} - own
            if arrows:
                own = {entry for entry in own if any(entry in edge for edge in arrows)}
                found.append(_drawn(own | elsewhere, arrows, verdicts, frozenset(elsewhere), order))
    return found


def _connected(edges: Iterable[Edge], order: Mapping[str, int]) -> list[set[str]]:
    """The sets of statements that hang together, by their first statement."""
    where: dict[str, set[str]] = {}
    for edge in edges:
        joined = {*edge}.union(*(where.get(end, set()) for end in edge))
        where.update(dict.fromkeys(joined, joined))
    distinct = {id(found): found for found in where.values()}
    return sorted(distinct.values(), key=lambda ids: min(order[entry] for entry in ids))


def _drawn(
    ids: Iterable[str],
    edges: Iterable[Edge],
    verdicts: Mapping[str, str | None],
    elsewhere: frozenset[str],
    order: Mapping[str, int],
) -> Graph:
    names = sorted(ids, key=order.__getitem__)
    place = {name: number for number, name in enumerate(names)}
    lines = ["graph LR"]
    for number, name in enumerate(names):
        verdict = verdicts.get(name)
        style = f":::{_style(verdict)}" if verdict in COLOURS else ""
        lines.append(f'  n{number}["{name}<br/>{verdict or NOT_RECORDED[1]}"]{style}')
    lines += [f"  n{place[user]} --> n{place[used]}" for user, used in edges]
    lines += [f"  style n{place[name]} stroke-dasharray: 4 3" for name in names if name in elsewhere]
    for verdict in sorted({verdict for name in names if (verdict := verdicts.get(name)) in COLOURS}):
        fill, line = COLOURS[verdict]
        lines.append(f"  classDef {_style(verdict)} fill:{fill},stroke:{line},color:#1a1a1a")
    own = tuple(name for name in names if name not in elsewhere)
    return Graph(own, tuple(name for name in names if name in elsewhere), "\n".join(lines))


def _style(verdict: str | None) -> str:
    return str(verdict).replace("-", "")
