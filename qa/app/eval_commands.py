"""``qa eval``: gold pairs run, compared, gated, checked and drafted; standard suites."""

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from qa.assistant import Assistant
    from qa.evaluate.report import Report
    from qa.evaluate.run import GoldSet
    from qa.evaluate.suites import Opener

_PATH = click.Path(path_type=Path)
_documents = click.option("--documents", type=_PATH, help="The folder that the pairs speak of.")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group("eval")
def eval_group() -> None:
    """Measure answers, citations and refusals against gold pairs."""


@eval_group.command("run")
@click.argument("gold", nargs=-1, type=_PATH)
@_documents
@click.option("--library", type=_PATH, help="Keep the library here [default: made anew].")
@click.option("--engine", type=click.Choice(["auto", "extractive", "llm"]))
@click.option("--model", help="A model of the endpoint, or local:/path/to/model.gguf.")
@click.option("--replay", type=_PATH, help="Answer from the LLM replies recorded in this file.")
@_json
@click.option("--junit", type=_PATH, help="Write JUnit XML to this file.")
@click.option("--html", type=_PATH, help="Write one self-contained HTML page to this file.")
@click.option("--worst", type=click.IntRange(0), default=10, help="How many bad cases to list.")
@click.pass_context
def run_command(
    context: click.Context,
    /,
    gold: tuple[Path, ...],
    documents: Path | None,
    library: Path | None,
    as_json: bool,
    junit: Path | None,
    html: Path | None,
    worst: int,
    **engine: Any,
) -> None:
    """Ask the questions of GOLD files [default: eval/gold/*.jsonl] and judge the answers.

    Exit status: 0 done, 3 where a question got no answer.
    """
    from qa.app import eval_tables, render

    report = _run(_sets(gold, documents), library, _settings(context, engine))
    if junit is not None:
        from qa.evaluate.junit import render as junit_xml

        _write(junit, junit_xml(report))
    if html is not None:
        from qa.evaluate.html import render as page

        _write(html, page(report))
    if as_json:
        click.echo(render.to_json(report))
    else:
        _console().print(eval_tables.summary(report), eval_tables.worst(report, worst), sep="\n\n")
    context.exit(3 if report["failed"] else 0)


@eval_group.command("compare")
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option("--by", default="right", help="The measure by which questions rose or fell.")
def compare_command(old: Path, new: Path, by: str) -> None:
    """Compare two reports of 'qa eval run --json', question by question."""
    from qa.app import eval_tables
    from qa.evaluate import compare
    from qa.evaluate.measures import BY_NAME

    if by not in BY_NAME:
        raise UsageError(f"unknown measure {by!r}; known are {', '.join(BY_NAME)}")
    found = compare.compare(compare.read(old), compare.read(new), by)
    _console().print(eval_tables.comparison(found))


@eval_group.command("gate")
@click.argument("gold", nargs=-1, type=_PATH)
@click.option("--report", "ready", type=_PATH, help="Judge this report instead of running.")
@click.option(
    "--baseline", type=_PATH, help="What to hold against [default: eval/baselines/extractive.json]."
)
@click.option("--renew", is_flag=True, help="Write the baseline from this run instead.")
@click.pass_context
def gate_command(
    context: click.Context,
    gold: tuple[Path, ...],
    ready: Path | None,
    baseline: Path | None,
    renew: bool,
) -> None:
    """Exit with 1 where a measure fell beyond its noise under the committed baseline.

    Runs the extractive engine, which needs no model.
    """
    from qa.app import eval_tables
    from qa.evaluate import compare, gate

    baseline = baseline or _eval_folder() / "baselines" / "extractive.json"
    base = None if renew else gate.read(baseline)  # before a minute is spent on the run
    if ready is not None:
        report = compare.read(ready)
    else:
        report = _run(_sets(gold, None), None, _settings(context, {"engine": "extractive"}))
    if base is None:
        _write(baseline, gate.dumps(gate.baseline(report)))
        click.echo(f"wrote {baseline}: {len(report['pairs'])} pairs")
        return
    verdict = gate.gate(base, report)
    _console().print(eval_tables.verdict(verdict))
    context.exit(0 if verdict.passed else 1)


@eval_group.command("check")
@click.argument("gold", nargs=-1, type=_PATH)
@_documents
@click.pass_context
def check_command(context: click.Context, gold: tuple[Path, ...], documents: Path | None) -> None:
    """Check that GOLD pairs fit their documents; exit with 1 where one does not."""
    from qa.app.render import safe
    from qa.evaluate.check import check
    from qa.evaluate.gold import load
    from qa.evaluate.run import documents_of, read_folder

    errors = 0
    for path in gold or _gold_files():
        pairs = load(path)
        found = check(pairs, read_folder(documents or documents_of(path)))
        for one in found:
            click.echo(safe(f"{path}: {one.pair_id}: {one.level}: {one.text}"))
        errors += sum(one.level == "error" for one in found)
        click.echo(f"{path}: {len(pairs)} pairs, {sum(pair.draft for pair in pairs)} drafts")
    context.exit(1 if errors else 0)


@eval_group.command("draft")
@click.option("--documents", type=_PATH, required=True, help="The folder to draft from.")
@click.option("--out", type=_PATH, required=True, help="The gold file to add the drafts to.")
@click.option("--most", type=click.IntRange(1), default=50, help="How many at most.")
def draft_command(documents: Path, out: Path, most: int) -> None:
    """Propose gold pairs from documents by rule; 'qa eval review' accepts them."""
    from itertools import islice

    from qa.evaluate import gold
    from qa.evaluate.draft import draft
    from qa.evaluate.run import read_folder

    if not documents.is_dir():
        raise UsageError(f"no folder {str(documents)!r}")
    known = gold.load(out) if out.exists() else ()
    ids = {pair.id for pair in known}
    new = (pair for pair in draft(read_folder(documents)) if pair.id not in ids)
    drafts = tuple(islice(new, most))
    if drafts:
        _write(out, gold.dumps((*known, *drafts)))
    click.echo(f"{len(drafts)} drafts added to {out}; accept or reject them: qa eval review {out}")


@eval_group.command("review")
@click.argument("gold", type=_PATH)
def review_command(gold: Path) -> None:
    """Show each draft of GOLD and accept, edit, reject or leave it; saved after each."""
    from qa.app.render import safe
    from qa.evaluate.gold import load
    from qa.evaluate.review import decide

    drafts = [pair for pair in load(gold) if pair.draft]
    for number, pair in enumerate(drafts, 1):
        click.echo(f"\n{number} of {len(drafts)}  ({pair.kind})")
        click.echo(safe(f"  question  {pair.question}"))
        for nugget in pair.must:
            click.echo(safe(f"  must say  {' / '.join(nugget)}"))
        for piece in pair.evidence:
            click.echo(safe(f"  evidence  {piece.path}: {piece.quote}"))
        choice = click.prompt(
            "[a]ccept, [e]dit the question, [r]eject, [l]eave, [q]uit",
            type=click.Choice(["a", "e", "r", "l", "q"]),
            show_choices=False,
            default="l",
        )
        if choice == "q":
            break
        if choice == "e":
            decide(gold, pair.id, "accept", click.prompt("question", default=pair.question))
        elif choice != "l":
            decide(gold, pair.id, "accept" if choice == "a" else "reject")
    left = sum(pair.draft for pair in load(gold)) if gold.read_text("utf-8").strip() else 0
    click.echo(f"{left} drafts left in {gold}")


@eval_group.command("suite")
@click.argument("name")
@click.option("--data", type=_PATH, required=True, help="The file or folder, as published.")
@click.option("--limit", type=click.IntRange(1), help="Only so many questions or claims.")
@click.option("--library", type=_PATH, help="Keep the library here, for another run.")
@_json
@click.pass_context
def suite_command(
    context: click.Context,
    name: str,
    data: Path,
    limit: int | None,
    library: Path | None,
    as_json: bool,
) -> None:
    """Run standard data: NAME is squad, beir, claims, qed or canard."""
    from qa.app import eval_tables, render
    from qa.evaluate.suites import suite

    run = suite(name)
    settings = _settings(context, {"engine": "extractive"})
    with _folder(library) as kept, _bar(f"suite {name}", limit) as step:
        found = run(data, _opener(kept, settings), limit, step)
    if as_json:
        click.echo(render.to_json(found.to_dict()))
    else:
        _console().print(eval_tables.suite(found))


def _opener(folder: Path, settings: dict[str, Any]) -> "Opener":
    """What gives a suite an assistant over documents, kept in ``folder``."""

    @contextmanager
    def opened(name: str, texts: Mapping[str, str]) -> "Iterator[Assistant]":
        from qa.assistant import Assistant

        documents = folder / name / "documents"
        documents.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            file = documents / path
            if not file.exists() or file.read_bytes() != text.encode():
                file.write_bytes(text.encode())
        for file in documents.iterdir():
            if file.name not in texts:
                raise UsageError(
                    f"{str(documents)!r} holds {file.name!r}, which is none of the suite's; "
                    "give every suite a --library folder of its own"
                )
        with Assistant(
            documents=documents, library=folder / name / "library", **settings
        ) as assistant:
            assistant.sync(purpose="qa eval suite")
            yield assistant

    return opened


def _run(sets: Sequence["GoldSet"], library: Path | None, settings: dict[str, Any]) -> "Report":
    from qa.assistant import Assistant
    from qa.evaluate import report
    from qa.evaluate.run import Judged, evaluate, read_folder, require_evidence

    if library is not None and len(sets) > 1:
        raise UsageError("--library keeps one library, of one folder; name one gold file")
    judged: list[Judged] = []
    with _folder(library) as kept, _bar("asking", sum(len(one.pairs) for one in sets)) as step:
        for one in sets:
            at = kept if library is not None else kept / one.name
            with Assistant(documents=one.documents, library=at, **settings) as assistant:
                documents = read_folder(one.documents, assistant.settings.exclude)
                require_evidence(one, documents)
                assistant.sync(purpose="qa eval")
                for result in evaluate(one, assistant, documents):
                    judged.append(result)
                    step()
    return report.build(sets, judged)


def _sets(gold: tuple[Path, ...], documents: Path | None) -> list["GoldSet"]:
    from qa.evaluate.run import gold_set

    return [gold_set(path, documents) for path in gold or _gold_files()]


def _eval_folder() -> Path:
    """The repository's ``eval`` folder: here, or beside the package in a checkout."""
    for root in (Path.cwd(), Path(__file__).resolve().parents[2]):
        if (root / "eval" / "gold").is_dir():
            return root / "eval"
    raise UsageError("no folder 'eval/gold' here; name a gold file: qa eval run GOLD.jsonl")


def _gold_files() -> list[Path]:
    return sorted((_eval_folder() / "gold").glob("*.jsonl"))


def _settings(context: click.Context, given: dict[str, Any]) -> dict[str, Any]:
    """Settings of ``qa`` itself and of the command, without folders; --replay as a model."""
    inherited = context.find_root().obj or {}
    settings = {name: value for name, value in inherited.items() if value is not None}
    settings |= {name: value for name, value in given.items() if value is not None}
    settings.pop("documents", None)
    settings.pop("library", None)
    if (replay := settings.pop("replay", None)) is not None:
        if settings.get("model") is not None:
            raise UsageError("--model and --replay exclude each other")
        settings |= {"engine": "llm", "model": f"replay:{replay}"}
    return settings


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="qa-eval-") as made:
        yield Path(made)


@contextmanager
def _bar(title: str, total: int | None) -> Iterator[Any]:
    """A progress bar on the error stream; a call of what it gives is one step done."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


def _console() -> "Console":
    """A console for tables, wide enough for them where nobody watches."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {str(path)!r}: {error.strerror}") from error
