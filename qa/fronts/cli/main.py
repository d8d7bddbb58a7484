"""The command line: words in, an exit status out; every stage is called from here.

Exit status: 0 answered or perhaps, 1 not found, 2 usage, 3 failed.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from qa import __version__
from qa.errors import ModelError, QAError, UsageError
from qa.fronts.cli.dates import AS_OF, CLEAR_DATE, SET_DATE, TODAY, set_dates
from qa.fronts.cli.eval_commands import eval_group
from qa.fronts.cli.options import ENGINE, FOLDER, OUTPUT, SETTINGS, assistant_of, with_options
from qa.fronts.cli.proof_commands import PROOF, proof_command, proof_path, verify_command
from qa.fronts.cli.search_commands import search_command, why_not_command
from qa.fronts.cli.serve import mcp_command, serve_command
from qa.fronts.freshness import bring_up_to_date, progress_bar, report_text
from qa.fronts.lines import to_json
from qa.fronts.screen import Screen, say
from qa.settings import config

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.data import Answer, LeftOut, Note, Statement


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
)
@click.version_option(__version__, prog_name="qa")
@with_options(*SETTINGS, *ENGINE)
@click.pass_context
def cli(context: click.Context, /, **flags: Any) -> None:
    """Ask questions of your documents; every sentence of an answer is vouched for.

    Without a command, and in a terminal, a conversation opens.

    Settings come from qa.toml, .env, the environment (QA_DOCUMENTS, QA_LIBRARY, QA_MODEL,
    OPENAI_API_KEY, OPENAI_BASE_URL ...) and flags, the later over the earlier.

    Exit status: 0 answered or perhaps, 1 not found, 2 usage, 3 failed.
    """
    context.obj = flags
    if context.invoked_subcommand is None:
        if not sys.stdin.isatty():
            click.echo(context.get_help())
        else:
            context.invoke(chat)


@cli.command()
@with_options(*SETTINGS, *ENGINE, AS_OF, TODAY)
@click.pass_context
def chat(context: click.Context, /, as_of: date | None, today: date | None, **flags: Any) -> None:
    """Open a conversation; without a terminal, each line of standard input is a question."""
    from qa.fronts.chat.repl import converse

    converse(assistant_of(context, flags), as_of, today)


@cli.command()
@click.argument("question", nargs=-1)
@with_options(*SETTINGS, *ENGINE, *OUTPUT, AS_OF, TODAY, *PROOF)
@click.option("--sync/--no-sync", default=True, help="Bring the library up to date first.")
@click.option(
    "--verbose", is_flag=True, help="Show what the model said that was left out, and why."
)
@click.option(
    "--batch",
    type=click.File(encoding="utf-8"),
    help="Answer each line of this file (-: standard input) with one line of JSON.",
)
@click.pass_context
def ask(
    context: click.Context,
    /,
    question: tuple[str, ...],
    as_json: bool,
    plain: bool,
    sync: bool,
    verbose: bool,
    batch: TextIO | None,
    as_of: date | None,
    today: date | None,
    proof: Path | None,
    proof_with_documents: bool,
    sign: Path | None,
    **flags: Any,
) -> None:
    """Answer QUESTION (-: read it from standard input) from the documents.

    The sentences that support each statement of the answer are cited.
    """
    if batch is not None:
        if question or as_json or plain or verbose or proof:
            raise UsageError("--batch takes no QUESTION, --json, --plain, --verbose or --proof")
        with assistant_of(context, flags) as assistant:
            context.exit(_batch(assistant, batch, as_of, today, sync=sync))
    text = _question(question)
    file = proof_path(proof, proof_with_documents, sign)
    with assistant_of(context, flags) as assistant:
        assistant.check(text)
        assistant.warm()
        began = time.perf_counter()
        if sync:
            bring_up_to_date(assistant)
        synced = ("sync", time.perf_counter() - began)
        if as_json:
            answer = assistant.ask(text, as_of=as_of, today=today)
            answer = replace(answer, seconds=(synced, *answer.seconds))
            click.echo(to_json(answer.to_dict()))
        else:
            answer = _show(
                assistant.stream(text, as_of=as_of, today=today), plain=plain, verbose=verbose
            )
            from qa.fronts.nearby import tell_of_servers

            tell_of_servers(assistant, answer)
        if file is not None:
            from qa.proof.pack import write

            write(assistant.prove(answer), file, assistant.settings.documents, sign)
            say(f"proof: {str(file)!r}; qa verify checks it again")
    context.exit(0 if answer.answered else 1)


def _question(words: tuple[str, ...]) -> str:
    if not words:
        raise click.UsageError("Missing argument 'QUESTION...'.")
    if words != ("-",):
        return " ".join(words)
    try:
        return sys.stdin.read().strip()
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not {error.encoding} text: {error.reason}") from error


def _batch(
    assistant: "Assistant",
    lines: TextIO,
    as_of: date | None,
    today: date | None,
    *,
    sync: bool,
) -> int:
    """Answer a question a line, each on its own; exit status 3 where one failed."""
    failed = False
    assistant.warm()
    if sync:
        bring_up_to_date(assistant)
    try:
        for line in lines:
            question = line.strip()
            if not question:
                continue
            try:
                found = assistant.ask(question, as_of=as_of, today=today).to_dict()
            except QAError as error:
                failed = True
                found = {"question": question, "error": str(error)}
            click.echo(to_json(found, indent=None))
    except UnicodeDecodeError as error:
        raise UsageError(f"{lines.name!r} is not {error.encoding} text: {error.reason}") from error
    return 3 if failed else 0


def _show(
    events: "Iterator[Note | Statement | LeftOut | Answer]", *, plain: bool, verbose: bool
) -> "Answer":
    """Print each statement as it comes, then what it stands on."""
    from qa.data import Answer, LeftOut, Note
    from qa.fronts import render

    screen = Screen(plain=plain)
    for event in events:
        if isinstance(event, Answer):
            screen.print(render.support_lines(event))
            return event
        if isinstance(event, Note):
            screen.print(render.opening_lines(event))
        elif not isinstance(event, LeftOut):
            screen.print(render.statement_lines(event))
        elif verbose:
            screen.print([render.left_out_line(event)])
    raise AssertionError("a stream ends with its answer")


@cli.command()
@click.argument("paths", nargs=-1, type=FOLDER)
@with_options(*SETTINGS)
@click.option("--rebuild", is_flag=True, help="Throw the library away and make it anew.")
@click.option(
    "--reader", metavar="PACKAGE:CLASS", help="Bring what a LlamaHub reader gives, first."
)
@click.option("--with", "given", metavar="KEY=VALUE", multiple=True, help="What it is given.")
@click.option("--name", help="The folder for it, inside the documents' (default: its class).")
@click.option("--workers", type=click.IntRange(1), help="Spread the work over as many (Ray).")
@click.option("--ray", metavar="ADDRESS", help="Spread the work over a running Ray cluster.")
@click.pass_context
def ingest(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    rebuild: bool,
    reader: str | None,
    given: tuple[str, ...],
    name: str | None,
    workers: int | None,
    ray: str | None,
    **flags: Any,
) -> None:
    """Bring the library up to date with the documents folder, or with PATHS inside it.

    With --reader, what a LlamaHub reader gives is laid into the folder first; so is what the
    [[sources]] of qa.toml give, where no PATHS are named.
    """
    with assistant_of(context, flags) as assistant:
        if reader is not None:
            brought = assistant.bring([config.source(reader, name, _arguments(given))])
        elif given or name:
            raise UsageError("--with and --name are of a reader; name it: --reader PACKAGE:CLASS")
        else:
            brought = () if paths else assistant.bring()
        for one in brought:
            click.echo(
                f"{one.name}: {one.documents} documents, {one.written} new or changed,"
                f" {one.deleted} gone"
            )
        assistant.warm()
        with progress_bar() as progress:
            report = assistant.sync(
                paths,
                rebuild=rebuild,
                purpose="qa ingest",
                progress=progress,
                workers=workers,
                ray=ray,
            )
        click.echo(report_text(report))
        for path, reason in report.skipped:
            say(f"skipped {path}: {reason}")


def _arguments(given: tuple[str, ...]) -> dict[str, Any]:
    """``KEY=VALUE`` as arguments: what is JSON as what it says, all else as text."""
    found: dict[str, Any] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals or not key.isidentifier():
            raise UsageError(f"--with {one!r}: KEY=VALUE is expected")
        try:
            found[key] = json.loads(value)
        except ValueError:
            found[key] = value
    return found


@cli.command()
@with_options(*SETTINGS, *OUTPUT, SET_DATE, CLEAR_DATE)
@click.pass_context
def sources(
    context: click.Context,
    /,
    as_json: bool,
    plain: bool,
    set_date: tuple[str, ...],
    clear_date: tuple[str, ...],
    **flags: Any,
) -> None:
    """List the documents of the library: title, date, passages, state.

    With --set-date or --clear-date only those whose dates were changed.
    """
    from qa.fronts import render
    from qa.schema import source_dict

    with assistant_of(context, flags) as assistant:
        given = set_dates(assistant, set_date, clear_date)
        found = [one for one in assistant.sources() if not given or one.path in given]
    if as_json:
        click.echo(to_json([source_dict(source) for source in found]))
    else:
        Screen(plain=plain).print(render.source_lines(found))


@cli.command()
@click.argument("source")
@with_options(*SETTINGS)
@click.option("--at", "span", metavar="START:END", help="Highlight these character offsets.")
@click.option("--line", type=click.IntRange(1), help="Highlight this line.")
@click.option("--plain", is_flag=True, help="Print without colour.")
@click.pass_context
def show(
    context: click.Context,
    /,
    source: str,
    span: str | None,
    line: int | None,
    plain: bool,
    **flags: Any,
) -> None:
    """Print the text of SOURCE with line numbers, a citation highlighted."""
    from qa.fronts import render

    with assistant_of(context, flags) as assistant:
        document = assistant.document(source)
    highlight = _span(span, len(document.text)) if span is not None else None
    if line is not None:
        highlight = render.line_span(document.text, line)
    Screen(plain=plain).print(render.text_lines(document.text, highlight), wrap=False)


@cli.command()
@with_options(*SETTINGS, *ENGINE)
@click.option("--deep", is_flag=True, help="Read and compare every byte of the library.")
@click.option("--probe", is_flag=True, help="Ask the endpoint what it can do; sends no document.")
@click.pass_context
def doctor(context: click.Context, /, deep: bool, probe: bool, **flags: Any) -> None:
    """Say what is installed and configured, which engine would answer, and how the library is."""
    from qa.fronts.cli.doctor import examine

    with assistant_of(context, flags) as assistant:
        healthy = True
        for finding in examine(assistant, deep=deep, probe=probe):
            healthy = healthy and finding.good
            click.echo(f"{finding.mark}  {finding.text}")
    context.exit(0 if healthy else 3)


@cli.command()
@with_options(*SETTINGS)
@click.pass_context
def repair(context: click.Context, /, **flags: Any) -> None:
    """Make a damaged library anew from the documents, keeping every vector that is whole."""
    with assistant_of(context, flags) as assistant:
        assistant.warm()
        with progress_bar() as progress:
            report = assistant.repair(progress=progress)
        click.echo(report_text(report))


for _command in (
    *(search_command, why_not_command, verify_command, proof_command),
    *(serve_command, mcp_command, eval_group),
):
    cli.add_command(_command)


def _span(text: str, length: int) -> tuple[int, int]:
    start, _, end = text.replace("-", ":").partition(":")
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end) <= length):
        raise UsageError(f"--at {text!r} is no START:END within the text's {length} characters")
    return int(start), int(end)


def main(arguments: list[str] | None = None) -> None:
    """Run ``qa`` and leave with its exit status; an error is one line, never a traceback.

    ``python -X dev -m qa`` shows the traceback of an error that nobody foresaw.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(args=arguments, standalone_mode=False)
    except click.exceptions.Exit as error:
        status = error.exit_code
    except click.Abort:
        say("interrupted")
        status = 130
    except click.ClickException as error:
        say(f"qa: {error.format_message()}")
        status = 2
    except ModelError as error:
        say(f"qa: {error} (--engine extractive answers without the model)")
        status = error.exit_status
    except QAError as error:
        say(f"qa: {error}")
        status = error.exit_status
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads any more; Python would complain while closing stdout
        status = 3
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        say(f"qa: unforeseen {type(error).__name__}: {error} (python -X dev -m qa shows where)")
        status = 3
    sys.exit(status if isinstance(status, int) else 0)
