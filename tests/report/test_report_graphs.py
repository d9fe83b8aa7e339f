"""The graphs of what rests on what: statements of their own, set by set, small enough to read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy import Symbol

from verify.report.graphs import MOST_NODES, dependents, graphs, used_by_owner
from verify.statement.claim import Claim

x = Symbol("x", real=True)


def _claim(name: str, *uses: str, kind: str = "theorem") -> Claim:
    show = None if kind == "experiment" else x > 0
    return Claim(name, show=show, over=(x,), kind=kind, uses=uses)


def _texts(claims: Sequence[Claim]) -> list[str]:
    return [graph.text for graph in graphs(claims, {}, {})]


def test_a_step_is_drawn_as_its_statement_and_a_lone_statement_is_left_out() -> None:
    claims = [_claim("first"), _claim("second"), _claim("second/step-1", "first", kind="step"), _claim("lone")]
    (graph,) = graphs(claims, {"first": "proved", "second": "ill-posed"}, {})
    assert graph.text.split("\n")[:2] == ["graph LR", '  n0["first<br/>proved"]:::proved']
    assert "n1 --> n0" in graph.text
    assert ":::illposed" in graph.text
    assert "lone" not in graph.text
    assert "step" not in graph.text
    assert graphs(claims[3:], {}, {}) == []


def test_twins_and_corrected_forms_are_not_drawn() -> None:
    claims = [
        _claim("first"),
        _claim("first/on-trajectory", "first"),
        _claim("first/repaired", kind="repaired"),
        _claim("second", "first"),
        _claim("second/repaired", "first/repaired", kind="repaired"),
        _claim("third", "first/repaired"),
    ]
    (text,) = _texts(claims)
    assert re.findall(r'\["([^<]+)<', text) == ["first", "second"]
    assert text.count("-->") == 1


def test_what_does_not_hang_together_is_drawn_apart() -> None:
    claims = [_claim("a"), _claim("b"), _claim("c", "a"), _claim("d", "b"), _claim("e", "c")]
    found = graphs(claims, {}, {})
    assert [graph.ids for graph in found] == [("a", "c", "e"), ("b", "d")]
    assert [graph.text.count("-->") for graph in found] == [2, 1]


def test_a_large_set_is_drawn_group_by_group() -> None:
    names = [f"s{number}" for number in range(2 * MOST_NODES)]
    claims = [_claim(name, *([names[place - 1]] if place else [])) for place, name in enumerate(names)]
    groups = {name: ("early" if place < MOST_NODES else "late") for place, name in enumerate(names)}
    early, late = graphs(claims, {}, groups)
    assert early.ids == tuple(names[:MOST_NODES])
    assert late.ids == tuple(names[MOST_NODES:])
    assert late.elsewhere == (names[MOST_NODES - 1],)
    assert late.text.count("stroke-dasharray") == 1
    assert early.text.count("-->") + late.text.count("-->") == len(names) - 1


def test_an_experiment_is_drawn_only_where_it_is_used() -> None:
    unused = [_claim("theorem"), _claim("figure-1", "theorem", kind="experiment")]
    assert graphs(unused, {}, {}) == []
    (graph,) = graphs([*unused, _claim("remark", "figure-1")], {"figure-1": "not run"}, {})
    assert '["figure-1<br/>not run"]' in graph.text
    assert graph.ids == ("theorem", "figure-1", "remark")


def test_dependents_are_told_apart_into_direct_and_indirect() -> None:
    claims = [
        _claim("base"),
        _claim("near", "base"),
        _claim("near/step-1", "base", kind="step"),
        _claim("far", "near"),
        _claim("both", "near", "base"),
        _claim("base/on-trajectory", "base"),
    ]
    assert dependents(used_by_owner(claims), "base") == (["near", "both"], ["far"])
    assert dependents(used_by_owner(claims), "far") == ([], [])
