"""``qa eval check``, ``draft`` and ``review``: how gold pairs come about."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.errors import UsageError
from qa.fronts.cli.eval_shared import PATH, documents_option, gold_files, settings_of
from qa.fronts.lines import safe

if TYPE_CHECKING:
    from qa.data import Document
    from qa.evaluate.gold import GoldPair
    from qa.evaluate.propose import Dropped


@click.command("check")
@click.argument("gold", nargs=-1, type=PATH)
@documents_option
@click.pass_context
def check_command(context: click.Context, gold: tuple[Path, ...], documents: Path | None) -> None:
    """Check that GOLD pairs fit their documents; exit with 1 where one does not."""
    from qa.evaluate.check import check
    from qa.evaluate.gold import load
    from qa.evaluate.run import documents_of, read_folder

    errors = 0
    for path in gold or gold_files():
        pairs = load(path)
        found = check(pairs, read_folder(documents or documents_of(path)))
        for one in found:
            click.echo(safe(f"{path}: {one.pair_id}: {one.level}: {one.text}"))
        errors += sum(one.level == "error" for one in found)
        click.echo(f"{path}: {len(pairs)} pairs, {sum(pair.draft for pair in pairs)} drafts")
    context.exit(1 if errors else 0)


@click.command("draft")
@click.option("--documents", type=PATH, required=True, help="The folder to draft from.")
@click.option("--out", type=PATH, required=True, help="The gold file to add the drafts to.")
@click.option("--model", help="Let this model propose [default: rules].")
@click.option("--most", type=click.IntRange(1), default=50, help="How many at most.")
@click.pass_context
def draft_command(
    context: click.Context, documents: Path, out: Path, model: str | None, most: int
) -> None:
    """Propose gold pairs from documents; 'qa eval review' accepts them.

    By rule; with --model by a language model, which is shown the documents and asked at
    most --most times.
    """
    from qa.evaluate import gold
    from qa.evaluate.propose import Dropped
    from qa.evaluate.run import read_folder

    if not documents.is_dir():
        raise UsageError(f"no folder {str(documents)!r}")
    pairs = list(gold.load(out)) if out.exists() else []
    known = {pair.id for pair in pairs}
    settings = settings_of(context, {"model": model})
    drafts, dropped = 0, 0
    try:
        for found in _proposed(read_folder(documents), settings, most, known):
            if isinstance(found, Dropped):
                dropped += 1
                click.echo(safe(f"dropped, as {found.why}: {found.line.strip()}"), err=True)
            else:
                pairs.append(found)
                drafts += 1
    finally:  # what came before the model failed is kept
        if drafts:
            gold.save(out, pairs)
    told = f"{drafts} drafts added to {out}" + (f", {dropped} dropped" if dropped else "")
    click.echo(f"{told}; accept or reject them: qa eval review {out}")


def _proposed(
    documents: "Mapping[str, Document]", settings: dict[str, Any], most: int, known: set[str]
) -> "Iterator[GoldPair | Dropped]":
    """Drafts of the rules, or of the model named; none that is among ``known``."""
    from itertools import islice

    from qa.evaluate.draft import draft
    from qa.evaluate.propose import Dropped, propose

    if settings.get("model") is None:
        yield from islice((pair for pair in draft(documents) if pair.id not in known), most)
        return
    from qa.fronts.cli.eval_assistant import Evaluated
    from qa.settings.prompts import load

    with Evaluated.from_here(**settings | {"engine": "llm"}) as assistant:
        for found in propose(documents, assistant.llm, load("draft"), most):
            if isinstance(found, Dropped) or found.id not in known:
                yield found


@click.command("review")
@click.argument("gold", type=PATH)
def review_command(gold: Path) -> None:
    """Show each draft of GOLD and accept, edit, reject or leave it; saved after each."""
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
