"""The pytest plugin: each claim of a package is a test that its recorded verdict still stands.

It does nothing unless ``verify_claims`` is set or ``--verify`` is given. Options of pytest's configuration:

- ``verify_claims``: packages, files or folders of claims, by dotted name or by path (default: none; with ``--verify``,
  what ``verify check`` would take);
- ``verify_ledger``: the ledger, from the root directory (default: ``reports/ledger.json``);
- ``verify_seed``: the seed of the samples, another one than that of ``verify check`` (default: 1729);
- ``verify_samples``: how many points a claim is sampled at that rests on no certificate (default: 50).

A run without arguments collects the claims beside the tests; so does ``--verify``, or naming the file of the claims.
Certificates are checked on all cores, all of them when the first is asked for; under pytest-xdist, which has processes
of its own, one at a time in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify.errors import VerifyError

if TYPE_CHECKING:
    from verify.collect import Selection
    from verify.ledger import Entry, Ledger
    from verify.replaying import Recorded, Replayed
    from verify.statement.claim import Claim

DEFAULT_SEED = 1729
DEFAULT_SAMPLES = 50


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--verify`` and the options of the configuration file."""
    group = parser.getgroup("verify")
    group.addoption("--verify", action="store_true", help="collect the claims of the project as tests")
    parser.addini("verify_claims", "packages, files or folders of claims that are collected as tests", "linelist", [])
    parser.addini("verify_ledger", "the ledger of recorded verdicts", default="reports/ledger.json")
    parser.addini("verify_seed", "seed of the samples of claims without a certificate", default=str(DEFAULT_SEED))
    parser.addini("verify_samples", "points sampled of each claim without a certificate", default=str(DEFAULT_SAMPLES))


def pytest_configure(config: pytest.Config) -> None:
    """Find the claims' files, and have them collected where no argument says what to run."""
    config.addinivalue_line("markers", "verify: a claim whose recorded verdict is checked")
    try:
        plugin = _Plugin(config)
    except VerifyError as reason:
        raise pytest.UsageError(str(reason)) from None
    if not plugin.files:
        return
    config.pluginmanager.register(plugin, "verify-claims")
    if config.args_source != pytest.Config.ArgsSource.ARGS or config.getoption("--verify"):
        named = set(config.args)
        config.args.extend(str(file) for file in plugin.files if str(file) not in named)


class _Plugin:
    """What is registered while there are claims to collect."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.seed = _natural(config, "verify_seed")
        self.samples = _natural(config, "verify_samples")
        self.ledger_path = config.rootpath / str(config.getini("verify_ledger"))
        #: The name of the claims' package by the file that pytest collects for it.
        self.files: dict[Path, tuple[str, Path]] = {}
        #: The items of this run whose certificates have not been checked yet, and what came of the others.
        self.waiting: list[ClaimItem] = []
        self.replayed: dict[ClaimItem, Replayed] = {}
        for place in self._places():
            for file in _files_of(place):
                name = file.parent.name if file.name == "__init__.py" else file.stem
                self.files[file] = (name, place)

    def _places(self) -> list[Path]:
        named = self.config.getini("verify_claims")
        if not named and not self.config.getoption("--verify"):
            return []
        from verify.collect import default_packages, locate

        root = self.config.rootpath
        return [locate(name, root) for name in named] if named else default_packages(root)

    def pytest_report_header(self) -> str:
        """Name the ledger and the seed, which is what a failure is reproduced with."""
        names = ", ".join(name for name, _ in self.files.values())
        ledger = self.config.getini("verify_ledger")
        return f"verify: claims of {names}; ledger {ledger}; {self.samples} samples at seed {self.seed}"

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """The collector of a file of claims."""
        known = self.files.get(file_path)
        if known is None:
            return None
        name, place = known
        collector: ClaimsFile = ClaimsFile.from_parent(parent, path=file_path, nodeid=name)
        collector.name, collector.place, collector.plugin = name, place, self
        return collector

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the items whose certificates can be checked together."""
        if not hasattr(self.config, "workerinput"):  # else this is one of the processes of pytest-xdist
            self.waiting = [item for item in session.items if isinstance(item, ClaimItem)]

    def replay(self, item: ClaimItem) -> Replayed:
        """What came of the certificate of an item.

        Raises:
            InputError: the file of the certificate is missing or damaged.
        """
        from verify.replaying import check_all
        from verify.workers import default_jobs

        if item not in self.replayed:
            certificates = {other: found for other in self.waiting if (found := other.recorded()) is not None}
            certificates[item] = item.required()
            for place in dict.fromkeys(other.place for other in certificates):
                here = {other: found for other, found in certificates.items() if other.place == place}
                answers = check_all([str(place)], list(here.values()), default_jobs())
                self.replayed.update(zip(here, answers, strict=True))
            self.waiting = []
        return self.replayed[item]


def _natural(config: pytest.Config, name: str) -> int:
    text = str(config.getini(name))
    if not text.isdecimal():
        raise pytest.UsageError(f"{name} = {text!r} must be a whole number, 0 or more")
    return int(text)


def _files_of(place: Path) -> list[Path]:
    """The files that stand for a package, a file or a folder of claims, without importing any."""
    from verify.collect import claims_files

    return claims_files(place)


class ClaimsFile(pytest.File):
    """A file (or package) of claims."""

    place: Path
    plugin: _Plugin

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each claim that has a verdict, in order of definition.

        Raises:
            CollectError: the claims cannot be imported, or the ledger is damaged.
        """
        from verify.collect import collect
        from verify.ledger import read_ledger

        try:
            selection = collect([str(self.place)])
            ledger = read_ledger(self.plugin.ledger_path)
        except VerifyError as reason:
            raise self.CollectError(str(reason)) from None
        for package in selection.packages:
            for module in package.modules:
                if module.path != self.path and self.path != package.path / "__init__.py":
                    continue
                for claim in module.claims:
                    if claim.kind != "experiment":
                        yield self._item(claim, selection, ledger)

    def _item(self, claim: Claim, selection: Selection, ledger: Ledger) -> ClaimItem:
        item: ClaimItem = ClaimItem.from_parent(self, name=claim.id)
        item.claim, item.selection, item.entry = claim, selection, ledger.claims.get(claim.id)
        item.place, item.plugin = self.place, self.plugin
        item.add_marker("verify")
        return item


class Differs(Exception):
    """What a claim's test fails with; the text is the whole message."""


class ClaimItem(pytest.Item):
    """One claim: its certificate is replayed, or points are sampled, or it is decided where nothing is recorded."""

    claim: Claim
    selection: Selection
    entry: Entry | None
    place: Path
    plugin: _Plugin

    def runtest(self) -> None:
        """Compare the claim with its record.

        Raises:
            Differs: the record does not stand.
            VerifyError: a file is damaged, or deciding ends in a contradiction.
        """
        if self.entry is None:
            self._decide()
        elif self.entry.certificate is not None:
            self._replay()
        else:
            self._require_uncertified(self.entry)
            self._sample(self.entry)

    def _decide(self) -> None:
        from verify.checking import BAD_NEWS
        from verify.decide import check

        result = check(self.claim, budget="quick", address=self.selection.address(self.claim))
        if result.verdict in BAD_NEWS:
            witness = result.witness.simplest if result.witness is not None else result.undefined_at
            shown = f"\n  {witness.replay}" if witness is not None else ""
            raise Differs(f"{self.name} is {result.verdict}, and nothing is recorded of it{shown}")

    def _replay(self) -> None:
        replayed = self.plugin.replay(self)
        if not replayed.accepted:
            raise Differs(f"{self.name}: {replayed.reason}")

    def recorded(self) -> Recorded | None:
        """The certificate on record, None if there is none or its file is missing or damaged."""
        try:
            return self.required() if self.entry is not None and self.entry.certificate is not None else None
        except VerifyError:
            return None  # to be said when the turn comes to this item

    def required(self) -> Recorded:
        """The certificate on record.

        Raises:
            InputError: its file is missing or damaged.
        """
        from verify.ledger import recorded_certificate
        from verify.replaying import Recorded

        assert self.entry is not None
        certificate = recorded_certificate(self.plugin.ledger_path, self.entry)
        assert certificate is not None
        return Recorded(self.claim, certificate, self.entry.verdict)

    def _require_uncertified(self, entry: Entry) -> None:
        from verify.ledger import CERTIFIED

        if entry.verdict in CERTIFIED:
            raise Differs(f"{self.name} is recorded as {entry.verdict}, but the ledger names no certificate")

    def _sample(self, entry: Entry) -> None:
        """Sample each reading that is recorded as not refuted; a certified violation of it changes the verdict."""
        from verify.point import takes_a_point

        if not takes_a_point(self.claim) or self.plugin.samples == 0:
            return
        for reading in self.claim.conclusions:
            if entry.readings.get(reading, entry.verdict) in ("supported", "undecided"):
                self._sample_reading(reading, entry)

    def _sample_reading(self, reading: str, entry: Entry) -> None:
        from hypothesis import HealthCheck, Phase, given, seed, settings

        from verify.decide import replay_command
        from verify.point import evaluate

        @seed(self.plugin.seed)
        @settings(
            max_examples=self.plugin.samples,
            phases=(Phase.generate, Phase.shrink),
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(self.claim.strategy())
        def holds(point: dict[str, Any]) -> None:
            result = evaluate(self.claim, reading=reading or None, **point)
            if result.admissible and (result.holds is False or result.undefined):
                now = "ill-posed" if result.holds is None else "refuted"
                address = self.selection.address(self.claim)
                values = {name: str(value) for name, value in point.items() if name != "loss"}
                command = replay_command(address, values, point.get("loss"), reading or None)
                raise Differs(f"{self.name} is recorded as {entry.verdict}, now {now}:\n  {command}")

        holds()

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | Any:  # pytest's own type is private
        """The message alone where the record does not stand; a traceback where our code fails."""
        if isinstance(excinfo.value, Differs | VerifyError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the claim comes from, and what a failure is headed with."""
        return self.path, None, f"claim {self.name}"
