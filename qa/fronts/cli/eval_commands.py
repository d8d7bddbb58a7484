"""``qa eval``: gold pairs run, compared, gated, checked and drafted; standard suites."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.errors import UsageError
from qa.fronts.cli.eval_calibrate import calibrate_command
from qa.fronts.cli.eval_drafts import check_command, draft_command, review_command
from qa.fronts.cli.eval_shared import (
    PATH,
    console,
    documents_option,
    eval_folder,
    folder_or_temporary,
    gold_files,
    json_option,
    progress,
    settings_of,
    write,
)
from qa.fronts.cli.eval_suites import suite_command
from qa.fronts.lines import to_json
from qa.settings import config

if TYPE_CHECKING:
    from qa.evaluate.report import Report
    from qa.evaluate.run import GoldSet


@click.group("eval")
def eval_group() -> None:
    """Measure answers, citations and refusals against gold pairs."""


for _command in (calibrate_command, check_command, draft_command, review_command, suite_command):
    eval_group.add_command(_command)


@eval_group.command("run")
@click.argument("gold", nargs=-1, type=PATH)
@documents_option
@click.option(
    "--library",
    type=config.place,
    metavar="PLACE",
    help="Keep the library here, as qa --library [default: made anew].",
)
@click.option("--engine", type=click.Choice(["auto", "extractive", "llm"]))
@click.option("--model", help="A model of the endpoint, or local:/path/to/model.gguf.")
@click.option("--replay", type=PATH, help="Answer from the LLM replies recorded in this file.")
@click.option("--record", type=PATH, help="Add the LLM's replies to this file, for --replay.")
@json_option
@click.option("--junit", type=PATH, help="Write JUnit XML to this file.")
@click.option("--html", type=PATH, help="Write one self-contained HTML page to this file.")
@click.option("--worst", type=click.IntRange(0), default=10, help="How many bad cases to list.")
@click.pass_context
def run_command(
    context: click.Context,
    /,
    gold: tuple[Path, ...],
    documents: Path | None,
    library: Path | str | None,
    as_json: bool,
    junit: Path | None,
    html: Path | None,
    worst: int,
    **engine: Any,
) -> None:
    """Ask the questions of GOLD files [default: eval/gold/*.jsonl] and judge the answers.

    Exit status: 0 done, 3 where a question got no answer.
    """
    from qa.fronts.cli import eval_tables

    report = _run(_sets(gold, documents), library, settings_of(context, engine))
    if junit is not None:
        from qa.evaluate.junit import render as junit_xml

        write(junit, junit_xml(report))
    if html is not None:
        from qa.evaluate.html import render as page

        write(html, page(report))
    if as_json:
        click.echo(to_json(report))
    else:
        console().print(eval_tables.summary(report), eval_tables.worst(report, worst), sep="\n\n")
    context.exit(3 if report["failed"] else 0)


@eval_group.command("compare")
@click.argument("old", type=PATH)
@click.argument("new", type=PATH)
@click.option("--by", default="right", help="The measure by which questions rose or fell.")
def compare_command(old: Path, new: Path, by: str) -> None:
    """Compare two reports of 'qa eval run --json', question by question."""
    from qa.evaluate import compare
    from qa.evaluate.measures import BY_NAME
    from qa.fronts.cli import eval_tables

    if by not in BY_NAME:
        raise UsageError(f"unknown measure {by!r}; known are {', '.join(BY_NAME)}")
    found = compare.compare(compare.read(old), compare.read(new), by)
    console().print(eval_tables.comparison(found))


@eval_group.command("gate")
@click.argument("gold", nargs=-1, type=PATH)
@click.option("--report", "ready", type=PATH, help="Judge this report instead of running.")
@click.option(
    "--baseline", type=PATH, help="What to hold against [default: eval/baselines/extractive.json]."
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
    from qa.evaluate import compare, gate
    from qa.fronts.cli import eval_tables

    baseline = baseline or eval_folder() / "baselines" / "extractive.json"
    base = None if renew else gate.read(baseline)  # before a minute is spent on the run
    if ready is not None:
        report = compare.read(ready)
    else:
        report = _run(_sets(gold, None), None, settings_of(context, {"engine": "extractive"}))
    if base is None:
        write(baseline, gate.dumps(gate.baseline(report)))
        click.echo(f"wrote {baseline}: {len(report['pairs'])} pairs")
        return
    verdict = gate.gate(base, report)
    console().print(eval_tables.verdict(verdict))
    context.exit(0 if verdict.passed else 1)


def _run(
    sets: Sequence["GoldSet"], library: Path | str | None, settings: dict[str, Any]
) -> "Report":
    from qa.evaluate import report
    from qa.evaluate.run import Judged, evaluate, read_folder, require_evidence
    from qa.fronts.cli.eval_assistant import Evaluated

    record = settings.pop("record", None)
    if library is not None and len(sets) > 1:
        raise UsageError("--library keeps one library, of one folder; name one gold file")
    judged: list[Judged] = []
    with (
        folder_or_temporary(library if isinstance(library, Path) else None) as kept,
        progress("asking", sum(len(one.pairs) for one in sets)) as step,
    ):
        for one in sets:
            at = library if library is not None else kept / one.name
            made = Evaluated.from_here(documents=one.documents, library=at, **settings)
            with made.recording(record) as assistant:
                documents = read_folder(one.documents, assistant.settings.exclude)
                require_evidence(one, documents)
                assistant.sync(purpose="qa eval")
                for result in evaluate(one, assistant, documents):
                    judged.append(result)
                    step()
    return report.build(sets, judged)


def _sets(gold: tuple[Path, ...], documents: Path | None) -> list["GoldSet"]:
    from qa.evaluate.run import gold_set

    return [gold_set(path, documents) for path in gold or gold_files()]
