"""``qa eval check``, ``draft`` and ``review``: how gold pairs come about."""

from pathlib import Path

import click

from qa.app.eval_shared import PATH, documents_option, gold_files, write
from qa.errors import UsageError


@click.command("check")
@click.argument("gold", nargs=-1, type=PATH)
@documents_option
@click.pass_context
def check_command(context: click.Context, gold: tuple[Path, ...], documents: Path | None) -> None:
    """Check that GOLD pairs fit their documents; exit with 1 where one does not."""
    from qa.app.render import safe
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
        write(out, gold.dumps((*known, *drafts)))
    click.echo(f"{len(drafts)} drafts added to {out}; accept or reject them: qa eval review {out}")


@click.command("review")
@click.argument("gold", type=PATH)
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
