"""``qa eval calibrate``: the threshold of refusing, from a user's own gold pairs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.errors import UsageError
from qa.fronts.cli.eval_shared import PATH, documents_option, progress, settings_of, write

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.evaluate.run import GoldSet


@click.command("calibrate")
@click.argument("gold", nargs=-1, type=PATH)
@documents_option
@click.option("--library", type=PATH, help="Where the library lies [default: .qa beside].")
@click.option(
    "--false-answers",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="The share of unanswerable questions that may be answered.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 1, max_open=True),
    default=0.95,
    show_default=True,
    help="How sure that promise is to be.",
)
@click.option("--reset", is_flag=True, help="Go back to the shipped threshold; takes no GOLD.")
@click.pass_context
def calibrate_command(
    context: click.Context,
    /,
    gold: tuple[Path, ...],
    documents: Path | None,
    library: Path | None,
    false_answers: float,
    confidence: float,
    reset: bool,
) -> None:
    """Set from which confidence on extractive answers are shown, by your own GOLD pairs.

    Of questions like the unanswerable pairs of GOLD at most the share --false-answers is then
    answered, with the confidence asked for.  That takes 59 unanswerable pairs at least for the
    default promise.  It holds for the documents folder of the pairs; 'qa doctor' shows it.
    """
    from qa.assistant import Assistant
    from qa.evaluate.run import gold_set
    from qa.fronts.cli.eval_assistant import Unrefusing

    settings: dict[str, Any] = settings_of(context, {}) | {"engine": "extractive"}
    if reset:
        _reset(Assistant(_folder(context, documents), library, **settings), gold)
        return
    if not gold:
        raise UsageError("name the gold files to calibrate on, or --reset")
    sets = [gold_set(path, documents) for path in gold]
    folders = {one.documents.resolve() for one in sets}
    if len(folders) > 1:
        raise UsageError("the gold files speak of several folders; calibrate one folder at a time")
    with Unrefusing(documents=sets[0].documents, library=library, **settings) as assistant:
        _calibrate(assistant, sets, false_answers, confidence)


def _folder(context: click.Context, documents: Path | None) -> Path | None:
    return documents or (context.find_root().obj or {}).get("documents")


def _reset(assistant: "Assistant", gold: tuple[Path, ...]) -> None:
    if gold:
        raise UsageError("--reset takes no GOLD")
    path = assistant.settings.calibration_path
    had = path.exists()
    path.unlink(missing_ok=True)
    told = "the shipped threshold is in force again" if had else "there was no calibration"
    click.echo(f"{told} for {str(assistant.settings.documents)!r}: {assistant.bar().answered:.3f}")


def _calibrate(
    assistant: "Assistant", sets: list["GoldSet"], false_answers: float, confidence: float
) -> None:
    from qa.answering import bar
    from qa.evaluate.calibrate import choose, confidences, require_enough
    from qa.evaluate.run import read_folder, require_evidence

    documents = read_folder(assistant.settings.documents, assistant.settings.exclude)
    for one in sets:
        require_evidence(one, documents)
    pairs = [pair for one in sets for pair in one.pairs]
    require_enough(sum(not pair.answerable for pair in pairs), false_answers, confidence)
    assistant.sync(purpose="qa eval calibrate")
    with progress("asking", len(pairs)) as step:
        answerable, unanswerable = confidences(pairs, assistant, step)
    chosen = choose(answerable, unanswerable, false_answers, confidence)
    before = bar.shipped()
    made = bar.Calibration(
        threshold=chosen.threshold,
        perhaps=min(before.perhaps, chosen.threshold),
        false_answers=false_answers,
        confidence=confidence,
        answerable=len(answerable),
        answered=chosen.answered,
        unanswerable=len(unanswerable),
        false=chosen.false,
        reader=assistant.reader.digest,
        gold=tuple((str(one.path), one.sha256) for one in sets),
        made=datetime.now(UTC).date().isoformat(),
    )
    path = assistant.settings.calibration_path
    write(path, bar.dumps(made))
    click.echo(f"threshold {made.threshold:.3f}: {made.meaning}")
    shown = [
        sum(c is not None and c >= before.answered for c in kind)
        for kind in (answerable, unanswerable)
    ]
    click.echo(
        f"the shipped threshold {before.answered:.3f} answers {shown[1]} of {len(unanswerable)}"
        f" unanswerable and {shown[0]} of {len(answerable)} answerable pairs"
    )
    click.echo(f"kept in {path}; 'qa eval calibrate --reset' takes it away")
