"""``qa search`` and ``qa why-not``: what was found for a question, and where a thing was lost."""

from datetime import date
from typing import Any

import click

from qa.errors import UsageError
from qa.fronts.cli.dates import AS_OF, TODAY
from qa.fronts.cli.options import ENGINE, OUTPUT, SETTINGS, assistant_of, with_options
from qa.fronts.freshness import bring_up_to_date
from qa.fronts.lines import to_json
from qa.fronts.screen import Screen


@click.command("search")
@click.argument("question", nargs=-1, required=True)
@with_options(*SETTINGS, *OUTPUT, AS_OF, TODAY)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, help="How many hits at most.")
@click.option("--explain", is_flag=True, help="Show also how their sentences are weighed.")
@click.pass_context
def search_command(
    context: click.Context,
    /,
    question: tuple[str, ...],
    as_json: bool,
    plain: bool,
    limit: int,
    explain: bool,
    as_of: date | None,
    today: date | None,
    **flags: Any,
) -> None:
    """Show the passages found for QUESTION, with every retriever's rank and score."""
    from qa.fronts import render
    from qa.fronts.explained import explained_lines
    from qa.schema import hit_dicts, trace_dict

    text = " ".join(question)
    with assistant_of(context, flags) as assistant:
        assistant.warm()
        bring_up_to_date(assistant)
        hits = assistant.search(text, limit, as_of=as_of, today=today)
        trace = assistant.read(text, as_of=as_of, today=today) if explain else None
    if trace is None:
        found: Any = hit_dicts(hits)
        lines = render.hit_lines(hits)
    else:
        found = {"hits": hit_dicts(hits)} | trace_dict(trace)
        lines = explained_lines(hits, trace)
    if as_json:
        click.echo(to_json(found))
    else:
        Screen(plain=plain).print(lines)


@click.command("why-not")
@click.argument("phrase")
@click.argument("question", nargs=-1, required=True)
@with_options(*SETTINGS, *ENGINE, AS_OF, TODAY)
@click.option("--plain", is_flag=True, help="Print without colour or wrapping.")
@click.pass_context
def why_not_command(
    context: click.Context,
    /,
    phrase: str,
    question: tuple[str, ...],
    plain: bool,
    as_of: date | None,
    today: date | None,
    **flags: Any,
) -> None:
    """Show where sentences that hold PHRASE are lost on the way to an answer to QUESTION.

    For example: qa why-not "a sentence or a word of it" "who are the partners?"
    """
    from qa.fronts.why_not import why_not_lines

    with assistant_of(context, flags) as assistant:
        assistant.warm()
        bring_up_to_date(assistant)
        answer = assistant.ask(" ".join(question), as_of=as_of, today=today)
        if not phrase.strip():
            raise UsageError("PHRASE is empty; give some words of the sentence that is missing")
        Screen(plain=plain).print(why_not_lines(assistant, answer, phrase))
