"""The command line: list, show, eval, check, replay, export, figure, report, bench."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from verify.errors import Contradiction, InputError, VerifyError

if TYPE_CHECKING:
    from verify.ledger import Entry, Ledger
    from verify.replaying import Recorded, Replayed
    from verify.result import Result
    from verify.second_check import SecondCheck
    from verify.statement.claim import Claim

HOLDS, FAILED, BAD_INPUT, OPEN, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 130, 141

app = typer.Typer(
    name="verify",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Decide theorems about optimization algorithms: a counterexample, a checked proof, or an honest neither.",
)

_SELECT_HELP = "An id, a glob ('lemma-*'), a path to a file or a package of claims, or PACKAGE:ID. Default: all claims."
Select = Annotated[str | None, typer.Argument(metavar="[SELECT]", help=_SELECT_HELP, show_default=False)]
Selects = Annotated[list[str] | None, typer.Argument(metavar="[SELECT]...", help=_SELECT_HELP, show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", metavar="N", help="Worker processes. Default: the cores.", show_default=False)
]
LedgerFile = Annotated[
    Path | None, typer.Option("--ledger", metavar="FILE", help="Default: reports/ledger.json.", show_default=False)
]


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every error is one sentence on standard error."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        answer = typer.main.get_command(app).main(
            args=arguments or ["--help"], prog_name="verify", standalone_mode=False
        )
        sys.stdout.flush()
    except Contradiction as reason:
        return _complain(f"contradiction: {reason}", OPEN)
    except VerifyError as reason:
        return _complain(str(reason), BAD_INPUT)
    except _Interrupted as reason:
        return _complain(f"interrupted: {reason}", INTERRUPTED)
    except (KeyboardInterrupt, typer.Abort):
        return _complain("interrupted; nothing was written", INTERRUPTED)
    except BrokenPipeError:
        # Nobody reads any more; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as reason:
        place = f"{reason.filename}: " if reason.filename else ""
        return _complain(f"{place}{reason.strerror or reason}", BAD_INPUT)
    except Exception as reason:  # usage errors share no narrower public base; all others are raised again
        if isinstance(reason, typer.TyperException):  # a usage error of the command line
            return _complain(f"{reason.format_message().rstrip('.')}; see 'verify --help'", BAD_INPUT)
        raise
    if answer == INTERRUPTED:
        return _complain("interrupted; nothing was written", INTERRUPTED)
    if not arguments:
        return BAD_INPUT
    return HOLDS if answer is None else int(answer)


def _complain(sentence: str, code: int) -> int:
    sys.stderr.write(f"error: {' '.join(sentence.split())}\n")
    return code


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1))


def _ledger_path(path: Path | None) -> Path:
    from verify.collect import project_root
    from verify.ledger import DEFAULT_LEDGER

    return path if path is not None else project_root() / DEFAULT_LEDGER


def _ledger(path: Path | None) -> tuple[Path, Ledger]:
    from verify.ledger import read_ledger

    place = _ledger_path(path)
    return place, read_ledger(place)


# --- list, show -----------------------------------------------------------------------------------------------------


@app.command("list")
def list_claims(select: Select = None, as_json: Json = False, ledger: LedgerFile = None) -> int:
    """List claims with their recorded verdicts."""
    from verify.collect import collect

    claims = collect([select] if select else []).claims
    entries = _ledger(ledger)[1].claims
    if as_json:
        _print_json({"claims": [_listed(claim, entries) for claim in claims]})
        return HOLDS
    from verify.console import print_list

    print_list(claims, entries)
    return HOLDS


def _listed(claim: Claim, entries: Mapping[str, Entry]) -> dict[str, Any]:
    return {
        "id": claim.id,
        "title": claim.title,
        "source": str(claim.source),
        "kind": claim.kind,
        "parent": claim.parent,
        "verdict": entries[claim.id].verdict if claim.id in entries else None,
    }


@app.command("show")
def show_claim(
    claim_id: Annotated[str, typer.Argument(metavar="ID", help="The claim's id, or PACKAGE:ID.")],
    as_json: Json = False,
    ledger: LedgerFile = None,
) -> int:
    """Show one claim: its statement, its assumptions, its source, its verdict and the evidence."""
    from verify.collect import find_claim

    claim = find_claim(claim_id)
    entry = _ledger(ledger)[1].claims.get(claim.id)
    losses = _loss_names(claim)
    if as_json:
        _print_json(_shown(claim, losses, entry))
        return HOLDS
    from verify.console import print_claim

    print_claim(claim, [symbol.name for symbol in claim.parameters], losses, entry)
    return HOLDS


def _loss_names(claim: Claim) -> list[str]:
    return list(dict.fromkeys(family.name for family in claim.loss_class.families)) if claim.loss_class else []


def _shown(claim: Claim, losses: Sequence[str], entry: Entry | None) -> dict[str, Any]:
    import msgspec

    return {
        **_listed(claim, {claim.id: entry} if entry else {}),
        "parameters": [symbol.name for symbol in claim.parameters],
        "losses": list(losses),
        "quantified": [symbol.name for symbol in claim.quantified],
        "given": claim.assumption_texts(),
        "show": claim.show_text(),
        "parts": claim.parts,
        "latex": claim.latex,
        "readings": [{"name": name, "text": reading.text} for name, reading in claim.readings.items()],
        "uses": list(claim.uses),
        "grade": entry.grade if entry else None,
        "witness": msgspec.to_builtins(entry.witness) if entry else None,
        "certificate": entry.certificate if entry else None,
    }


# --- eval -----------------------------------------------------------------------------------------------------------


@app.command("eval")
def eval_claim(
    claim_id: Annotated[str | None, typer.Argument(metavar="ID", help="The claim's id.", show_default=False)] = None,
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=VALUE...",
            help="A value for each parameter: 2, 3/2 or 0.1 (read as 1/10).",
            show_default=False,
        ),
    ] = None,
    loss: Annotated[
        str | None, typer.Option(metavar="NAME(...)", help="A concrete loss, such as 'huber(beta=1,alpha=1/2)'.")
    ] = None,
    reading: Annotated[str | None, typer.Option(metavar="NAME", help="A reading; without it the first.")] = None,
    points: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="Many points, one JSON object a line; '-' is standard input."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Evaluate a claim at a point: is it admissible, does the conclusion hold there.

    Exit code 0: holds; 1: violated; 2: not admissible or bad input; 3: undecided, undefined, or no statement about one
    point.
    """
    if points is not None:
        if claim_id is not None or values or loss is not None or reading is not None:
            raise InputError("eval --from FILE takes ids, values, losses and readings from the file; give only FILE")
        return _eval_lines(points)
    if claim_id is None:
        raise InputError("eval needs the id of a claim, or --from FILE; 'verify list' names the claims")
    from verify.collect import find_claim
    from verify.point import evaluate_text

    claim = find_claim(claim_id)
    named = _assignments(values or [])
    result = evaluate_text(claim, named, loss, reading)
    if as_json:
        _print_json(result.json())
        return result.exit_code
    from verify.console import print_point

    print_point(claim, named, loss, result)
    return result.exit_code


def _assignments(texts: Iterable[str]) -> dict[str, str]:
    named: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InputError(f"{text!r} must be written name=value, for example eta=1/2")
        if name in named:
            raise InputError(f"{name} is given twice, as {named[name]} and as {value}")
        named[name] = value
    return named


def _eval_lines(source: str) -> int:
    from verify.collect import collect

    claims = {claim.id: claim for claim in collect().claims}
    with _opened(source) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                print(json.dumps(_answer(line, number, claims), ensure_ascii=False), flush=True)
    return HOLDS


@contextlib.contextmanager
def _opened(source: str) -> Iterator[IO[bytes]]:
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115  # closed below; only the opening is guarded
    except OSError as reason:
        raise InputError(f"{source} cannot be read: {reason.strerror}") from None
    with file:
        yield file


def _answer(line: bytes, number: int, claims: Mapping[str, Claim]) -> dict[str, Any]:
    """The answer to one line of ``eval --from``: eval's fields and ``exit``, or ``error``."""
    from verify.point import evaluate_text
    from verify.statement.loss_text import nearest

    claim_id: str | None = None
    try:
        request = _request(line)
        claim_id = request["id"]
        claim = claims.get(request["id"])
        if claim is None:
            from verify.collect import find_claim

            if ":" not in request["id"]:
                raise InputError(f"unknown claim {claim_id!r}{nearest(request['id'], claims)}")
            claim = find_claim(request["id"])
        result = evaluate_text(claim, request.get("values") or {}, request.get("loss"), request.get("reading"))
    except VerifyError as reason:
        return {"id": claim_id, "line": number, "error": f"line {number}: {reason}"}
    return {**result.json(), "exit": result.exit_code}


def _request(line: bytes) -> dict[str, Any]:
    def refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"{name!r} is given twice")
        return dict(pairs)

    try:
        request = json.loads(line.decode("utf-8"), object_pairs_hook=refuse_twice, parse_float=_FloatText)
    except (ValueError, RecursionError) as reason:
        raise InputError(f"this is no JSON object ({reason})") from None
    if not isinstance(request, dict) or not isinstance(request.get("id"), str):
        raise InputError('a point must be a JSON object such as {"id": "lemma-9", "values": {"eta": "1/2"}}')
    for name in request:
        if name not in ("id", "values", "loss", "reading"):
            raise InputError(f"unknown field {name!r}; a point has id, values, loss and reading")
    for name in ("loss", "reading"):
        if request.get(name) is not None and not isinstance(request[name], str):
            raise InputError(f"{name} must be text or null")
    values = request.get("values")
    if values is not None and not isinstance(values, dict):
        raise InputError('values must be an object of names and texts, such as {"eta": "1/2"}')
    for name, value in (values or {}).items():
        if isinstance(value, _FloatText):
            raise InputError(f'{name}={value} must be text, so that it is read exactly: "{value}"')
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise InputError(f'{name} must be text such as "3/2"')
    return request


class _FloatText(str):
    """A number with a point in JSON: kept as it was written, to be refused with its own text."""


# --- check ----------------------------------------------------------------------------------------------------------


@app.command("check")
def check_claims(
    select: Selects = None,
    budget: Annotated[str, typer.Option(metavar="quick|standard|deep", help="How much work to spend.")] = "standard",
    jobs: Jobs = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the search.")] = 0,
    ledger: LedgerFile = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore recorded certificates; start from nothing.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Write what is found to the ledger.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on supported and undecided too.")] = False,
    as_json: Json = False,
) -> int:
    """Decide claims: replay what is recorded, search and prove the rest.

    Exit code 0: as recorded (with --record: recorded now); 1: a verdict differs or a check failed; 2: bad input;
    3: a contradiction.
    """
    from verify.checking import Check
    from verify.workers import BUDGETS

    if budget not in BUDGETS:
        raise InputError(f"--budget {budget!r} is unknown; it is one of {', '.join(BUDGETS)}")
    workers = _workers(jobs)
    if seed < 0:
        raise InputError(f"--seed {seed} must be 0 or more")
    place, recorded = _ledger(ledger)
    check = Check(tuple(select or ()), place, recorded, budget=budget, seed=seed, fresh=fresh)
    with _progress(len(check.claims)) as (finished, progress):
        try:
            check.decide(workers, finished, progress)
        except KeyboardInterrupt:
            kept = len(check.results)
            where = "the same command continues there" if check.run.writable else "none of them could be kept on disk"
            raise _Interrupted(f"{kept} of {len(check.claims)} claims are decided; {where}") from None
    if record:
        check.record()
    failures = check.failures(record=record)
    open_claims = [name for name in check.results if check.results[name].verdict in ("supported", "undecided")]
    if as_json:
        import msgspec

        _print_json(msgspec.to_builtins(check.selected_ledger()))
    else:
        from verify.console import print_results

        results = [check.results[claim.id] for claim in check.claims]
        print_results(results, recorded.claims, failures, strict_failures=len(open_claims) if strict else 0)
    for name, why in failures.items():
        sys.stderr.write(f"{name}: {why}\n")
    for name, result in check.results.items():
        for why in result.rejected:
            sys.stderr.write(f"{name}: {why}\n")
    check.run.finish()
    return FAILED if failures or (strict and open_claims) else HOLDS


def _workers(jobs: int | None) -> int:
    """How many worker processes ``--jobs`` asks for."""
    from verify.workers import default_jobs

    if jobs is not None and jobs < 1:
        raise InputError(f"--jobs {jobs} must be 1 or more")
    return jobs or default_jobs()


class _Interrupted(Exception):
    """Ctrl-C; the text says what is kept."""


Finished = Callable[["Claim", "Result"], None]
Progress = Callable[["Claim | None", str], None]


@contextlib.contextmanager
def _progress(total: int) -> Iterator[tuple[Finished, Progress]]:
    """A bar on standard error while it is a terminal."""
    if not sys.stderr.isatty():
        yield (lambda claim, result: None), (lambda claim, text: None)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from verify.console import err

    doing = TextColumn("{task.fields[doing]}")
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), doing)
    # Without its refresh thread: worker processes are started from here.
    with Progress(*columns, console=err(), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("check", total=total, doing="")

        def finished(claim: Claim, result: Result) -> None:
            bar.update(task, advance=1, doing=f"{claim.id}: {result.verdict}", refresh=True)

        def progress(claim: Claim | None, text: str) -> None:
            if claim is not None:
                bar.update(task, doing=f"{claim.id}: {text}")
            bar.refresh()

        yield finished, progress


# --- replay ---------------------------------------------------------------------------------------------------------


@app.command("replay")
def replay_certificates(
    select: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SELECT|PATH]...",
            help=_SELECT_HELP + " PATH: a certificate file or a ledger.",
            show_default=False,
        ),
    ] = None,
    jobs: Jobs = None,
    ledger: LedgerFile = None,
    coq: Annotated[bool, typer.Option("--coq", help="Let Coq check the proofs too, where it is installed.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="With --coq: keep what Coq accepted: the grade coq.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Re-check certificates only, without any search. Exit code 1 if one fails."""
    from verify.replaying import replay_sources

    if record and not coq:
        raise InputError("--record keeps what Coq accepted; it goes with --coq")
    workers = _workers(jobs)
    sources = replay_sources(select or [], ledger, workers)
    replayed = [answer for _, answer in sources]
    checks = _second_checks(sources, ledger, workers, record=record) if coq else []
    if as_json:
        data: dict[str, Any] = {"replayed": [vars(entry) for entry in replayed]}
        _print_json({**data, "coq": [vars(entry) for entry in checks]} if coq else data)
    else:
        from verify.console import print_replayed, print_second_checks

        print_replayed(replayed)
        if coq:
            print_second_checks(checks)
    rejected = [entry for entry in replayed if entry.accepted is False]
    for entry in rejected:
        sys.stderr.write(f"{entry.id}: {entry.reason}\n")
    failed = [check for check in checks if check.failed]
    for check in failed:
        sys.stderr.write(f"{check.id}: {check.reason}\n")
    return FAILED if rejected or failed else HOLDS


def _second_checks(
    sources: Sequence[tuple[Recorded | Replayed, Replayed]], ledger: Path | None, jobs: int, *, record: bool
) -> list[SecondCheck]:
    """What Coq says of the proofs among replayed certificates."""
    from verify.replaying import Recorded
    from verify.second_check import check_with_coq, record_checks

    place = _ledger(ledger)[0]
    proofs = [
        (source.claim, source.certificate)
        for source, answer in sources
        if isinstance(source, Recorded) and answer.accepted and answer.verdict == "proved"
    ]
    checks = check_with_coq(proofs, place, jobs, lambda check: _say_progress(f"{check.id}: {check.outcome}"))
    if record:
        record_checks(checks, place)
    return checks


def _say_progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")


# --- export ---------------------------------------------------------------------------------------------------------


@app.command("export")
def export_proof(
    claim_id: Annotated[str, typer.Argument(metavar="ID", help="The claim's id, or PACKAGE:ID.")],
    coq: Annotated[Path, typer.Option("--coq", metavar="FILE", help="The Coq file to write.", show_default=False)],
    ledger: LedgerFile = None,
) -> int:
    """Write the recorded proof of a claim as a file for a proof assistant."""
    from verify.collect import find_claim
    from verify.ledger import write_atomically
    from verify.second_check import exported

    write_atomically(coq, exported(find_claim(claim_id), _ledger(ledger)[0]).encode())
    print(coq)
    return HOLDS


# --- figure ---------------------------------------------------------------------------------------------------------


@app.command("figure")
def run_experiments(
    select: Annotated[
        str,
        typer.Argument(metavar="ID|all", help="An experiment (figure-4), a glob, or all.", show_default=False),
    ],
    device: Annotated[str, typer.Option(metavar="cpu|cuda", help="Where tensors live.")] = "cpu",
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A folder cifar-10-batches-py of your own.", show_default=False),
    ] = None,
    scale: Annotated[str, typer.Option(metavar="small|paper", help="Minutes on two cores, or the paper's size.")] = (
        "small"
    ),
    seeds: Annotated[
        int | None, typer.Option(metavar="N", help="How many seeds. Default: the experiment's.", show_default=False)
    ] = None,
    ledger: LedgerFile = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the seeds of an interrupted run.")] = False,
    as_json: Json = False,
) -> int:
    """Run numerical experiments: a table of effects, controls and the outcome, a picture, and a record of them.

    Results are written beside the ledger, in experiments/ and figures/. An interrupted run continues where it stopped.
    Exit code 0: run, whatever the outcome; 1: a control passed that has to fail, so that one is invalid; 2: bad input.
    """
    from verify.experiments.experiment import Setting
    from verify.experiments.find import experiments
    from verify.experiments.harness import run as run_one
    from verify.experiments.show import print_record, progress_bar

    setting = Setting(scale, device, data)  # type: ignore[arg-type]  # checked there
    folder = _ledger_path(ledger).parent
    records = []
    for named in experiments([] if select == "all" else [select]):
        try:
            with progress_bar(named.id) as progress:
                record = run_one(named, setting, folder, seeds=seeds, fresh=fresh, progress=progress)
        except KeyboardInterrupt:
            raise _Interrupted(f"{named.id} is unfinished; the same command continues there") from None
        records.append(record)
        if not as_json:
            print_record(record, folder)
    if as_json:
        import msgspec

        _print_json({"experiments": [msgspec.to_builtins(record) for record in records]})
    return FAILED if any(record.outcome == "invalid" for record in records) else HOLDS


# --- report ---------------------------------------------------------------------------------------------------------


@app.command("report")
def write_report(ledger: LedgerFile = None) -> int:
    """Write the report of all claims, and the errata, from the ledger."""
    from verify import report
    from verify.benchmark import power
    from verify.collect import collect
    from verify.experiments.record import outcomes, read_records
    from verify.ledger import recorded_certificate

    selection = collect()
    place, recorded = _ledger(ledger)
    records = read_records(place.parent)
    if not recorded.claims:
        raise InputError(f"nothing is recorded in {place}; run 'verify check --record' first")
    certificates = {
        name: certificate
        for name, entry in recorded.claims.items()
        if (certificate := recorded_certificate(place, entry)) is not None
    }
    groups = report.groups_of(selection.packages)
    measured = power.recorded(place.parent)
    written = report.write(
        place.parent, selection.claims, recorded, certificates, groups, outcomes(records), records, measured
    )
    for path in written[:2]:
        print(path)
    return HOLDS


# --- bench ----------------------------------------------------------------------------------------------------------


@app.command("bench")
def bench(
    power: Annotated[bool, typer.Option("--power", help="How many planted errors and thin traps are found.")] = False,
    only: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="With --power: only the kinds that hold this word.")
    ] = None,
    every: Annotated[int, typer.Option(metavar="N", help="With --power: every N-th planted error only.")] = 1,
    jobs: Jobs = None,
    record: Annotated[bool, typer.Option("--record", help="With --power: keep the table for the report.")] = False,
    as_json: Json = False,
) -> int:
    """Measure the toolkit itself, in a checkout: its speed; with --power, what is found of what is planted."""
    if power:
        return _bench_power(only or [], every, jobs, record=record, as_json=as_json)
    from verify.benchmark.speed import measure, print_speed, told

    measured = measure(told)
    if as_json:
        _print_json(measured)
    else:
        print_speed(measured)
    return 0


def _bench_power(only: Sequence[str], every: int, jobs: int | None, *, record: bool, as_json: bool) -> int:
    from verify.benchmark import power
    from verify.collect import project_root

    if every < 1:
        raise InputError(f"--every {every} must be 1 or more")
    if record and only:
        raise InputError("--record keeps a table of all kinds; leave out --only")
    measured = power.measure(project_root(), jobs=_workers(jobs), only=only, every=every, progress=power.told)
    if record:
        place, _ = _ledger(None)
        power.record(measured, place.parent)
    if as_json:
        _print_json(measured)
    else:
        power.print_power(measured)
    return HOLDS
