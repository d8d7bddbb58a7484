"""``qa eval calibrate``: both bars, from a user's own gold pairs."""

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
    "--false-perhaps",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.25,
    show_default=True,
    help="The share of them that may be shown anything, an answer or what may be one.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0.5, 1, max_open=True),
    default=0.95,
    show_default=True,
    help="How sure each promise is to be.",
)
@click.option("--reset", is_flag=True, help="Go back to the shipped bars; takes no GOLD.")
@click.pass_context
def calibrate_command(
    context: click.Context,
    /,
    gold: tuple[Path, ...],
    documents: Path | None,
    library: Path | None,
    false_answers: float,
    false_perhaps: float,
    confidence: float,
    reset: bool,
) -> None:
    """Set from which confidence on something is an answer, or may be one, by your GOLD pairs.

    Of questions like the unanswerable pairs of GOLD at most the share --false-answers is then
    answered, and at most the share --false-perhaps is shown anything at all, each with the
    confidence asked for.  That takes 59 unanswerable pairs at least for the default promise.
    It holds for the documents folder of the pairs and the extractive engine; 'qa doctor' shows
    it.
    """
    from qa.assistant import Assistant
    from qa.evaluate.run import gold_set

    settings: dict[str, Any] = settings_of(context, {}) | {"engine": "extractive"}
    if reset:
        _reset(Assistant.from_here(_folder(context, documents), library, **settings), gold)
        return
    if false_perhaps < false_answers:
        raise UsageError(
            "--false-perhaps counts what is answered too: make it at least --false-answers"
        )
    if not gold:
        raise UsageError("name the gold files to calibrate on, or --reset")
    sets = [gold_set(path, documents) for path in gold]
    folders = {one.documents.resolve() for one in sets}
    if len(folders) > 1:
        raise UsageError("the gold files speak of several folders; calibrate one folder at a time")
    settings |= {"documents": sets[0].documents, "library": library}
    _calibrate(settings, sets, false_answers, false_perhaps, confidence)


def _folder(context: click.Context, documents: Path | None) -> Path | None:
    return documents or (context.find_root().obj or {}).get("documents")


def _reset(assistant: "Assistant", gold: tuple[Path, ...]) -> None:
    if gold:
        raise UsageError("--reset takes no GOLD")
    path = assistant.settings.calibration_path
    had = path.exists()
    path.unlink(missing_ok=True)
    told = "the shipped bars are in force again" if had else "there was no calibration"
    bar = assistant.bar()
    click.echo(
        f"{told} for {str(assistant.settings.documents)!r}: answered from {bar.answered:.3f},"
        f" perhaps from {bar.perhaps:.3f}"
    )


def _calibrate(
    settings: dict[str, Any],
    sets: list["GoldSet"],
    false_answers: float,
    false_perhaps: float,
    confidence: float,
) -> None:
    from qa.answering import bar
    from qa.evaluate.calibrate import bars, confidences, reaching, require_enough
    from qa.evaluate.run import read_folder, require_evidence
    from qa.fronts.cli.eval_assistant import Unrefusing

    assistant = Unrefusing.from_here(**settings)
    documents = read_folder(assistant.settings.documents, assistant.settings.exclude)
    for one in sets:
        require_evidence(one, documents)
    pairs = [pair for one in sets for pair in one.pairs]
    require_enough(sum(not pair.answerable for pair in pairs), false_answers, confidence)
    with assistant:
        assistant.sync(purpose="qa eval calibrate")
        with progress("asking", len(pairs)) as step:
            answerable, unanswerable = confidences(pairs, assistant, step)
    answered, shown = bars(answerable, unanswerable, false_answers, false_perhaps, confidence)
    made = bar.Calibration(
        threshold=answered.threshold,
        perhaps=shown.threshold,
        false_answers=false_answers,
        false_perhaps=false_perhaps,
        confidence=confidence,
        answerable=len(answerable),
        answered=answered.answered,
        shown=shown.answered,
        unanswerable=len(unanswerable),
        false=answered.false,
        false_shown=shown.false,
        reader=assistant.reader.digest,
        gold=tuple((str(one.path), one.sha256) for one in sets),
        made=datetime.now(UTC).date().isoformat(),
    )
    path = assistant.settings.calibration_path
    write(path, bar.dumps(made))
    click.echo(
        f"answered from {made.threshold:.3f}, perhaps from {made.perhaps:.3f}: {made.meaning}"
    )
    before = bar.shipped(assistant.reader.card)
    told = [
        (
            reaching(before.answered, [one.answered for one in kind]),
            reaching(before.perhaps, [one.shown for one in kind]),
        )
        for kind in (unanswerable, answerable)
    ]
    click.echo(
        f"the shipped bars {before.answered:.3f} and {before.perhaps:.3f} answer {told[0][0]} of"
        f" {len(unanswerable)} unanswerable and {told[1][0]} of {len(answerable)} answerable pairs,"
        f" and show anything for {told[0][1]} and {told[1][1]}"
    )
    click.echo(f"kept in {path}; 'qa eval calibrate --reset' takes it away")
