"""What a SELECT names, and what is refused on the way."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verify.collect import SHIPPED, Selection, collect, find_claim, project_root
from verify.errors import InputError

HEAD = "import sympy as sp\nfrom verify import Claim\nx = sp.Symbol('x', real=True)\n"


def claim_text(claim_id: str, extra: str = "") -> str:
    return f"Claim({claim_id!r}, over=x, show=x >= 0{extra})"


def write(folder: Path, name: str, *claims: str, head: str = HEAD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + "\n".join(claims) + "\n")
    return path


def ids(selection: Selection) -> list[str]:
    return [claim.id for claim in selection.claims]


def test_claims_bound_to_names_are_found_in_order_of_definition(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.py", f"b = {claim_text('b')}", f"a = {claim_text('a')}", "again = b")
    assert ids(collect([str(path)], tmp_path)) == ["b", "a"]


def test_a_list_of_claims_decides_what_is_a_claim_and_in_which_order(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.py", f"a = {claim_text('a')}", f"b = {claim_text('b')}", "CLAIMS = [b]")
    assert ids(collect([str(path)], tmp_path)) == ["b"]


def test_an_id_is_taken_literally_and_a_glob_as_a_pattern(tmp_path: Path) -> None:
    write(
        tmp_path, "claims/mine.py", *(f"c{i} = {claim_text(f'lemma-{i}')}" for i in range(3)), f"o = {claim_text('o')}"
    )
    assert ids(collect(["lemma-1"], tmp_path)) == ["lemma-1"]
    assert ids(collect(["lemma-*"], tmp_path)) == ["lemma-0", "lemma-1", "lemma-2"]
    assert ids(collect(["lemma-2", "lemma-*"], tmp_path)) == ["lemma-2", "lemma-0", "lemma-1"]
    assert ids(collect([], tmp_path)) == ["lemma-0", "lemma-1", "lemma-2", "o"]


def test_a_package_and_an_id_select_within_that_package_only(tmp_path: Path) -> None:
    write(tmp_path, "one.py", f"a = {claim_text('a')}", f"b = {claim_text('b')}")
    write(tmp_path, "two.py", f"a = {claim_text('a')}")
    assert ids(collect(["one.py:a"], tmp_path)) == ["a"]
    assert ids(collect(["one:*"], tmp_path)) == ["a", "b"]
    with pytest.raises(InputError, match="unknown claim 'b'"):
        collect(["two.py:b"], tmp_path)


def test_a_claim_is_addressed_by_its_id_or_by_its_package_where_the_project_does_not_have_it(tmp_path: Path) -> None:
    own = write(tmp_path, "claims/own.py", f"a = {claim_text('a')}")
    other = write(tmp_path, "other/mine.py", f"a = {claim_text('a', ', given=[x > 5]')}", f"b = {claim_text('b')}")

    def addresses(*selects: str) -> list[str]:
        selection = collect(selects, tmp_path)
        found = [selection.address(claim) for claim in selection.claims]
        assert [find_claim(address, tmp_path) for address in found] == list(selection.claims)
        return found

    assert addresses() == addresses(str(own)) == addresses("claims/own.py:a") == ["a"]
    assert addresses(str(other)) == addresses("./other/mine.py") == ["other/mine.py:a", "other/mine.py:b"]
    assert addresses("other.mine:b") == ["other.mine:b"]
    assert addresses("other") == ["other:a", "other:b"]


def test_pyproject_names_the_packages_also_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.verify]\nclaims = ["theory.optimizers"]\n')
    write(tmp_path, "theory/__init__.py", head="")
    write(tmp_path, "theory/optimizers/__init__.py", "from .setting import x", f"a = {claim_text('a')}")
    write(tmp_path, "theory/optimizers/setting.py")
    below = tmp_path / "notes" / "deep"
    below.mkdir(parents=True)
    assert project_root(below) == tmp_path
    assert ids(collect([], below)) == ["a"]


def test_a_users_own_package_named_claims_is_found_beside_the_one_that_ships(tmp_path: Path) -> None:
    collect([f"{SHIPPED}:lemma-9"])
    write(tmp_path, "claims/__init__.py", head="")
    write(tmp_path, "claims/mine/__init__.py", "from claims.mine.theory import CLAIMS", head="")
    write(tmp_path, "claims/mine/theory.py", f"CLAIMS = [{claim_text('a')}]")
    assert ids(collect(["claims/mine"], tmp_path)) == ["a"]
    assert ids(collect([], tmp_path)) == ["a"]


def test_a_folder_without_claims_of_its_own_gets_the_package_that_ships(tmp_path: Path) -> None:
    assert "lemma-9" in ids(collect([], tmp_path))


def test_a_folder_without_any_claims_is_told_what_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.collect.SHIPPED", "no_such_package")
    with pytest.raises(InputError, match=r"no claims in .*\[tool\.verify\] claims"):
        collect([], tmp_path)


def test_a_file_sees_its_neighbours_and_leaves_no_trace_on_the_path(tmp_path: Path) -> None:
    write(tmp_path, "shared_symbols_of_test.py")
    path = write(tmp_path, "mine.py", f"a = {claim_text('a')}", head=HEAD + "import shared_symbols_of_test\n")
    before = list(sys.path)
    assert ids(collect([str(path)], tmp_path)) == ["a"]
    assert sys.path == before
    assert "shared_symbols_of_test" not in sys.modules
    assert "mine" not in sys.modules


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.py", f"a = {claim_text('a')}")
    first = collect([str(path)], tmp_path)
    write(tmp_path, "mine.py", f"b = {claim_text('b')}")
    second = collect([str(path)], tmp_path)
    assert (ids(first), ids(second)) == (["a"], ["b"])
    assert first.digest != second.digest


def test_an_id_used_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    write(tmp_path, "claims/one.py", f"a = {claim_text('a')}")
    write(tmp_path, "claims/two.py", f"a = {claim_text('a')}")
    with pytest.raises(InputError, match=r"'a' is used twice, in .*one\.py and in .*two\.py"):
        collect([], tmp_path)
    same = write(tmp_path, "same.py", f"a = {claim_text('a')}", f"b = {claim_text('a')}")
    with pytest.raises(InputError, match=r"'a' is used twice, both in .*same\.py"):
        collect([str(same)], tmp_path)


def test_an_unknown_use_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    using = claim_text("b", ", uses=['lemma-01']")
    path = write(tmp_path, "mine.py", f"a = {claim_text('lemma-10')}", f"b = {using}")
    message = r"claim b uses 'lemma-01', which is no claim of mine \(did you mean lemma-10"
    with pytest.raises(InputError, match=message):
        collect([str(path)], tmp_path)


def test_a_claim_may_use_any_claim_of_the_package_around_its_file() -> None:
    selection = collect(["claims/sam_normalization/pl.py"], Path(__file__).parent.parent)
    assert "theorem-48" in ids(selection)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = (", r"line 1: the file of claims is no valid Python"),
        ("\n\nx = undefined_name", r"line 3: importing the claims raised NameError: name 'undefined_name'"),
        (HEAD + "a = Claim('a', show=x >= 0.5, over=x)", r"line 4: .*ClaimError: .*Rational\(1, 2\)"),
        ("import sys\nsys.exit(3)", r"line 2: importing the claims raised SystemExit: 3"),
        ("CLAIMS = 3", r"CLAIMS must be a list of Claim objects"),
        ("x = 1", r"holds no claim"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        collect(["mine.py"], tmp_path)
    assert "mine.py" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ("nothing.py", "does not exist"),
        ("./nothing", "does not exist"),
        ("zz*", "no claim matches 'zz\\*'"),
        ("lemma-90", r"unknown claim 'lemma-90' \(did you mean .*lemma-9"),
        ("no_such_package:lemma-9", "no package or file of claims 'no_such_package'"),
    ],
)
def test_a_select_that_names_nothing_is_refused(tmp_path: Path, select: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        collect([select], tmp_path)


def test_a_malformed_pyproject_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.verify]\nclaims = 3\n")
    with pytest.raises(InputError, match="claims must be a list of names"):
        collect([], tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.verify\n")
    with pytest.raises(InputError, match=r"pyproject\.toml cannot be read"):
        collect([], tmp_path)


def test_one_claim_is_asked_for_where_one_is_needed(tmp_path: Path) -> None:
    assert find_claim("lemma-9", tmp_path).id == "lemma-9"
    with pytest.raises(InputError, match=r"names \d+ claims"):
        find_claim("lemma-*", tmp_path)


def test_what_a_file_prints_stays_off_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "mine.py", "print('hello')", f"a = {claim_text('a')}")
    collect(["mine.py"], tmp_path)
    assert capsys.readouterr().out == ""
