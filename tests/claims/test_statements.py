"""Every statement of the paper is a claim of the package, and no claim but these stands on its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT, Project

#: The ids of the statements, one a line.
STATEMENTS = Path(__file__).with_name("statements.txt").read_text().split()


@pytest.fixture(scope="module")
def kinds() -> dict[str, str]:
    """The kinds of the claims without a parent, as the command line lists them."""
    done = Project(ROOT).verify("list", "--json")
    assert done.returncode == 0, done.stderr
    return {claim["id"]: claim["kind"] for claim in json.loads(done.stdout)["claims"] if claim["parent"] is None}


def test_the_list_names_each_statement_once() -> None:
    assert len(STATEMENTS) == len(set(STATEMENTS)) == 106


def test_every_statement_is_a_claim(kinds: dict[str, str]) -> None:
    missing = [name for name in STATEMENTS if name not in kinds]
    assert not missing, f"{len(missing)} of {len(STATEMENTS)} statements are no claim: {' '.join(missing)}"


def test_a_claim_without_a_parent_is_a_statement(kinds: dict[str, str]) -> None:
    strange = [name for name in kinds if name not in STATEMENTS]
    assert not strange, f"claims that the list of statements does not name: {' '.join(strange)}"


def test_the_figures_are_experiments_and_all_else_is_a_theorem(kinds: dict[str, str]) -> None:
    wanted = {name: "experiment" if name.startswith("figure-") else "theorem" for name in kinds}
    assert kinds == wanted
