"""Pages of statements: one a module, none too long, and none left over from an earlier report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sympy import Symbol

from claims.sam_normalization import CLAIMS
from verify.collect import Module, Package, collect
from verify.report import groups_of, write
from verify.report.groups import Group
from verify.statement.claim import Claim

x = Symbol("x", real=True)


def _claims(*names: str) -> list[Claim]:
    return [Claim(name, show=x <= 1, over=(x,), title=f"About {name}") for name in names]


EMPTY: dict[str, Any] = {"schema": 1, "claims": {}}


def test_each_module_of_the_package_has_a_group_under_its_docstring(groups: list[Group], claims: list[Claim]) -> None:
    by_name = {group.name: group for group in groups}
    assert by_name["pl"].title == "Section 3.2 and Appendix H: USAM on smooth Polyak-Lojasiewicz losses"
    assert "lemma-9/step-1" in by_name["stability"].ids
    assert "setting" not in by_name
    assert len(by_name) == len(groups)
    assert sorted(name for group in groups for name in group.ids) == sorted(claim.id for claim in claims)


def test_a_claim_that_a_module_imports_stays_with_the_module_that_lists_it(tmp_path: Path) -> None:
    package = tmp_path / "paper_of_tests"
    package.mkdir()
    (package / "__init__.py").write_text(
        '"""A paper."""\nfrom paper_of_tests import a_second, b_first\n'
        "CLAIMS = [*b_first.CLAIMS, *a_second.CLAIMS, a_second.lone]\n"
    )
    head = "from sympy import Symbol\nfrom verify import Claim\nx = Symbol('x', real=True)\n"
    (package / "b_first.py").write_text(head + "one = Claim('one', show=x <= 1, over=(x,))\nCLAIMS = [one]\n")
    (package / "a_second.py").write_text(
        '"""The second part.\n\nMore of it.\n"""\n' + head + "from paper_of_tests.b_first import one\n"
        "two = Claim('two', show=x <= 1, over=(x,), uses=[one])\n"
        "lone = Claim('lone', show=x <= 1, over=(x,))\nCLAIMS = [two]\n"
    )
    found = groups_of(collect([str(package)], start=tmp_path).packages)
    assert [(group.name, group.title, group.ids) for group in found] == [
        ("a_second", "The second part", ("two",)),
        ("b_first", "b first", ("one",)),
        ("paper_of_tests", "A paper", ("lone",)),
    ]


def test_a_module_in_a_folder_of_the_package_bears_the_folders_name(tmp_path: Path) -> None:
    package = tmp_path / "nested_paper_of_tests"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("from nested_paper_of_tests import inner\nCLAIMS = [*inner.CLAIMS]\n")
    (package / "inner" / "__init__.py").write_text(
        "from nested_paper_of_tests.inner import basics\nCLAIMS = [*basics.CLAIMS]\n"
    )
    (package / "inner" / "basics.py").write_text(
        "from sympy import Symbol\nfrom verify import Claim\nx = Symbol('x', real=True)\n"
        "CLAIMS = [Claim('deep', show=x <= 1, over=(x,))]\n"
    )
    found = groups_of(collect([str(package)], start=tmp_path).packages)
    assert [(group.name, group.ids) for group in found] == [("inner-basics", ("deep",))]


def test_files_of_the_same_name_have_pages_of_their_own(tmp_path: Path) -> None:
    packages = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        module = Module("pl", tmp_path / name / "pl.py", tuple(_claims(name)))
        packages.append(Package(name, tmp_path / name, (module,), ""))
    assert [group.name for group in groups_of(packages)] == ["pl", "two-pl"]


def test_pages_come_in_the_order_of_the_paper_and_no_claim_is_lost(tmp_path: Path) -> None:
    claims = _claims("early", "late", "stray", "middle", "late/step-1")
    groups = [Group("second", "The second", ("late", "late/step-1")), Group("first", "The first", ("early", "middle"))]
    written = write(tmp_path, claims, EMPTY, {}, groups)
    assert [path.name for path in written[2:]] == ["first.md", "second.md", "others.md"]
    report = written[0].read_text()
    headings = [line for line in report.split("\n") if line.startswith("### ")]
    assert headings == [
        "### [The first](statements/first.md)",
        "### [The second](statements/second.md)",
        "### [Statements](statements/others.md)",
    ]
    assert "claim-late-of-step-1" in written[3].read_text()
    assert '<a id="claim-middle"></a>' in written[2].read_text()


def test_a_page_that_grows_too_long_leaves_certificates_out_first(
    tmp_path: Path,
    ledger: dict[str, Any],
    certificates: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claims = [claim for claim in CLAIMS if claim.id.startswith(("lemma-9", "eq-6"))]
    groups = [Group(name, name, tuple(c.id for c in claims if c.id.startswith(name))) for name in ("lemma-9", "eq-6")]
    before = {path.name: path for path in write(tmp_path / "before", claims, ledger, certificates, groups)}
    full = before["lemma-9.md"].read_text()
    assert "z3 and cvc5" in full
    monkeypatch.setattr("verify.report.pages.LONGEST_PAGE", len(full.encode()) - 1)
    after = {path.name: path for path in write(tmp_path / "after", claims, ledger, certificates, groups)}
    shorter = after["lemma-9.md"].read_text()
    assert len(shorter) < len(full)
    assert "z3 and cvc5" not in shorter
    assert shorter.count("<a id=") == full.count("<a id=")
    assert before["eq-6.md"].read_bytes() == after["eq-6.md"].read_bytes()  # it is short enough as it is


def test_a_page_that_stays_too_long_is_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = _claims(*(f"claim-{number}" for number in range(40)))
    monkeypatch.setattr("verify.report.pages.LONGEST_PAGE", 3000)
    written = write(tmp_path, claims, EMPTY, {}, [Group("all", "All", tuple(claim.id for claim in claims))])
    pages = [path for path in written if path.parent.name == "statements"]
    assert len(pages) > 2
    for path in pages:
        assert path.stat().st_size <= 3000, path.name
    text = "".join(path.read_text() for path in pages)
    assert all(text.count(f'<a id="claim-{claim.id}"></a>') == 1 for claim in claims)


def test_a_page_that_is_no_longer_made_is_removed_and_a_readers_own_stays(tmp_path: Path) -> None:
    claims = _claims("one", "two")
    first = write(tmp_path, claims, EMPTY, {}, [Group("old", "Old", ("one",)), Group("kept", "Kept", ("two",))])
    assert [path.name for path in first[2:]] == ["old.md", "kept.md"]
    own = tmp_path / "statements" / "notes.md"
    own.write_text("# My notes\n")
    write(tmp_path, claims, EMPTY, {}, [Group("kept", "Kept", ("one", "two"))])
    assert sorted(path.name for path in own.parent.iterdir()) == ["kept.md", "notes.md"]


def test_a_part_of_a_page_takes_no_other_pages_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = _claims(*(f"claim-{number}" for number in range(12)), "other")
    monkeypatch.setattr("verify.report.pages.LONGEST_PAGE", 2000)
    groups = [Group("all", "All", tuple(claim.id for claim in claims[:-1])), Group("all-1", "Other", ("other",))]
    written = write(tmp_path, claims, EMPTY, {}, groups)
    text = "".join(path.read_text() for path in written if path.parent.name == "statements")
    assert all(text.count(f'<a id="claim-{claim.id}"></a>') == 1 for claim in claims)


def test_each_graph_names_the_pages_that_its_statements_are_on(tmp_path: Path) -> None:
    first, second = _claims("first", "second")
    user = Claim("user", show=x <= 1, over=(x,), uses=[first])
    groups = [Group("one", "One", ("first", "second")), Group("two", "Two", ("user",))]
    report = write(tmp_path, [first, second, user], EMPTY, {}, groups)[0].read_text()
    assert "From [One](statements/one.md); [Two](statements/two.md):\n\n```mermaid" in report
