"""The command line: words in, an exit status out; every stage is called from here.

Exit status: 0 answered, 1 refused, 2 usage, 3 failed.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa import __version__
from qa.app.eval_commands import eval_group
from qa.errors import LibraryBusy, ModelError, QAError, UsageError

if TYPE_CHECKING:
    from qa.app.render import Line
    from qa.assistant import Assistant
    from qa.data import Answer
    from qa.ingest.sync import Progress, Report

_FOLDER = click.Path(path_type=Path)
_SETTINGS = (
    click.option("--documents", type=_FOLDER, help="Folder of the documents [default: seeds]."),
    click.option("--library", type=_FOLDER, help="Where the library lies [default: .qa beside]."),
    click.option("--embedding", help="Embedding model of the endpoint [default: embedded]."),
)
_ENGINE = (
    click.option("--engine", type=click.Choice(["auto", "extractive", "llm"])),
    click.option("--model", help="A model of the endpoint, or local:/path/to/model.gguf."),
    click.option(
        "--fallback",
        type=click.Choice(["none", "extractive"]),
        help="What to do when the model cannot be reached.",
    ),
)
_OUTPUT = (
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    click.option("--plain", is_flag=True, help="Print without colour or wrapping."),
)


def _with(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="qa")
@_with(*_SETTINGS, *_ENGINE)
@click.pass_context
def cli(context: click.Context, /, **flags: Any) -> None:
    """Ask questions of your documents; every sentence of an answer is vouched for.

    Settings come from qa.toml, .env, the environment (QA_DOCUMENTS, QA_LIBRARY, QA_MODEL,
    OPENAI_API_KEY, OPENAI_BASE_URL ...) and flags, the later over the earlier.

    Exit status: 0 answered, 1 refused, 2 usage, 3 failed.
    """
    context.obj = flags


@cli.command()
@click.argument("question", nargs=-1, required=True)
@_with(*_SETTINGS, *_ENGINE, *_OUTPUT)
@click.option("--sync/--no-sync", default=True, help="Bring the library up to date first.")
@click.option(
    "--verbose", is_flag=True, help="Show what the model said that was left out, and why."
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
    **flags: Any,
) -> None:
    """Answer QUESTION from the documents, citing the sentences that support it."""
    from qa.app import render

    text = " ".join(question)
    with _assistant(context, flags) as assistant:
        assistant.check(text)
        assistant.warm()
        began = time.perf_counter()
        if sync:
            _bring_up_to_date(assistant)
        synced = ("sync", time.perf_counter() - began)
        if as_json:
            answer = assistant.ask(text)
            answer = replace(answer, seconds=(synced, *answer.seconds))
            click.echo(render.to_json(answer.to_dict()))
        else:
            answer = _stream(assistant, text, plain=plain, verbose=verbose)
    context.exit(0 if answer.answered else 1)


def _stream(assistant: "Assistant", question: str, *, plain: bool, verbose: bool) -> "Answer":
    """Print each statement as it comes, then what it stands on."""
    from qa.app import render
    from qa.data import Answer, LeftOut

    for event in assistant.stream(question):
        if isinstance(event, Answer):
            _print(render.support_lines(event), plain=plain)
            return event
        if not isinstance(event, LeftOut):
            _print([render.statement_line(event)], plain=plain)
        elif verbose:
            _print([render.left_out_line(event)], plain=plain)
    raise AssertionError("a stream ends with its answer")


@cli.command()
@click.argument("paths", nargs=-1, type=_FOLDER)
@_with(*_SETTINGS)
@click.option("--rebuild", is_flag=True, help="Throw the library away and make it anew.")
@click.pass_context
def ingest(context: click.Context, /, paths: tuple[Path, ...], rebuild: bool, **flags: Any) -> None:
    """Bring the library up to date with the documents folder, or with PATHS inside it."""
    with _assistant(context, flags) as assistant:
        assistant.warm()
        with _progress() as progress:
            report = assistant.sync(paths, rebuild=rebuild, purpose="qa ingest", progress=progress)
        click.echo(_said(report))
        for path, reason in report.skipped:
            _say(f"skipped {path}: {reason}")


@cli.command()
@_with(*_SETTINGS, *_OUTPUT)
@click.pass_context
def sources(context: click.Context, /, as_json: bool, plain: bool, **flags: Any) -> None:
    """List the documents of the library: title, date, passages, state."""
    from qa.app import render

    with _assistant(context, flags) as assistant:
        found = assistant.sources()
    if as_json:
        click.echo(render.to_json([render.source_dict(source) for source in found]))
    else:
        _print(render.source_lines(found), plain=plain)


@cli.command()
@click.argument("question", nargs=-1, required=True)
@_with(*_SETTINGS, *_OUTPUT)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, help="How many hits at most.")
@click.pass_context
def search(
    context: click.Context,
    /,
    question: tuple[str, ...],
    as_json: bool,
    plain: bool,
    limit: int,
    **flags: Any,
) -> None:
    """Show the passages found for QUESTION, with every retriever's rank and score."""
    from qa.app import render
    from qa.data import hit_dicts

    with _assistant(context, flags) as assistant:
        assistant.warm()
        _bring_up_to_date(assistant)
        hits = assistant.search(" ".join(question), limit)
    if as_json:
        click.echo(render.to_json(hit_dicts(hits)))
    else:
        _print(render.hit_lines(hits), plain=plain)


@cli.command()
@click.argument("source")
@_with(*_SETTINGS)
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
    from qa.app import render

    with _assistant(context, flags) as assistant:
        document = assistant.document(source)
    highlight = _span(span, len(document.text)) if span is not None else None
    if line is not None:
        highlight = render.line_span(document.text, line)
    _print(render.text_lines(document.text, highlight), plain=plain, wrap=False)


@cli.command()
@_with(*_SETTINGS, *_ENGINE)
@click.pass_context
def doctor(context: click.Context, /, **flags: Any) -> None:
    """Say what is installed and configured, which engine would answer, and how the library is."""
    from qa.app.doctor import examine

    with _assistant(context, flags) as assistant:
        healthy = True
        for finding in examine(assistant):
            healthy = healthy and finding.good
            click.echo(f"{'ok ' if finding.good else 'BAD'}  {finding.text}")
    context.exit(0 if healthy else 3)


cli.add_command(eval_group)


def _assistant(context: click.Context, flags: dict[str, Any]) -> "Assistant":
    """The assistant with the flags given before and behind the command's name."""
    from qa.assistant import Assistant

    given = dict(context.obj)
    given.update({name: value for name, value in flags.items() if value is not None})
    return Assistant(**given)


def _bring_up_to_date(assistant: "Assistant") -> None:
    """Sync before an answer; where another process is at it, say so and answer from what is."""
    try:
        with _progress() as progress:
            report = assistant.sync(purpose="qa ask", progress=progress)
    except LibraryBusy as error:
        if not assistant.library.exists():
            raise
        _say(f"{error}; answering from the library as it stands")
        return
    if report.added or report.changed or report.deleted:
        _say(_said(report))
        fresh = {*report.added, *report.changed}
        for path, reason in report.skipped:
            if path in fresh:
                _say(f"skipped {path}: {reason}")


def _said(report: "Report") -> str:
    counts = (
        (len(report.added), "added"),
        (len(report.changed), "changed"),
        (len(report.deleted), "deleted"),
        (report.unchanged, "unchanged"),
        (len(report.skipped), "skipped (qa sources says why)"),
    )
    files = ", ".join(f"{count} {what}" for count, what in counts if count) or "no files"
    return f"library: {files}; {report.embedded} passages embedded in {report.seconds:.1f} s"


@contextmanager
def _progress() -> "Iterator[Callable[[Progress], None]]":
    """A bar on the terminal's error stream, once it is plain that this takes a while."""
    if not sys.stderr.isatty():
        yield lambda _progress: None
        return
    began = time.monotonic()
    bars: list[Any] = []

    def show(progress: "Progress") -> None:
        if not bars:
            if time.monotonic() - began < 0.5:
                return
            bars.append(_bar())
        bars[0].update(bars[0].task_ids[0], completed=progress.done, total=progress.total)

    try:
        yield show
    finally:
        if bars:
            bars[0].stop()


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("reading the documents"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.add_task("", total=None)
    bar.start()
    return bar


def _span(text: str, length: int) -> tuple[int, int]:
    start, _, end = text.replace("-", ":").partition(":")
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end) <= length):
        raise UsageError(f"--at {text!r} is no START:END within the text's {length} characters")
    return int(start), int(end)


def _print(lines: "Iterable[Line]", *, plain: bool, wrap: bool = True) -> None:
    from qa.app import render

    if plain or not sys.stdout.isatty():
        click.echo(render.plain(lines), nl=False)
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        text = Text.assemble(*((piece.text, piece.style) for piece in line.pieces))
        console.print(
            Padding(text, (0, 0, 0, line.indent)) if line.indent else text, soft_wrap=not wrap
        )


def _say(text: str) -> None:
    """A remark to the person at the terminal, beside the output."""
    from qa.app.render import safe

    click.echo(safe(text), err=True)


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
        _say("interrupted")
        status = 130
    except click.ClickException as error:
        _say(f"qa: {error.format_message()}")
        status = 2
    except ModelError as error:
        _say(f"qa: {error} (--engine extractive answers without the model)")
        status = error.exit_status
    except QAError as error:
        _say(f"qa: {error}")
        status = error.exit_status
    except BrokenPipeError:
        sys.stderr.close()  # nobody reads any more; Python would complain while closing stdout
        status = 3
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        _say(f"qa: unforeseen {type(error).__name__}: {error} (python -X dev -m qa shows where)")
        status = 3
    sys.exit(status if isinstance(status, int) else 0)
