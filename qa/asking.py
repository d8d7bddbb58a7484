"""One question on its way to its answer: the stages joined."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from qa import config
from qa.clock import Clock
from qa.config import Settings
from qa.data import Answer, Hit, LeftOut, Statement, Usage
from qa.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qa.answer.calibration import Bar
    from qa.answer.extract import Extraction
    from qa.answer.period import Period
    from qa.answer.rank import Among
    from qa.answer.when import When
    from qa.library.interface import Library, View
    from qa.models.embedding import Embedding, Remembered
    from qa.models.llm import LLM

Events = Iterator[Statement | LeftOut | Answer]


class Parts(NamedTuple):
    """What the stages need.

    ``engine`` is "extractive" or a model's name; ``read`` embeds the sentences that are
    read, whatever embeds passages; ``bar`` gives the confidence that an extractive answer
    needs, ``llm`` the model in force, ``judge`` the one that checks it, if any does.
    """

    settings: Settings
    engine: str
    embedding: "Embedding"
    read: "Remembered"
    bar: "Callable[[], Bar]"
    llm: "Callable[[], LLM]"
    judge: "Callable[[], LLM | None]"


class _Asked(NamedTuple):
    """One question, as it is looked up, with what was found for it."""

    question: str
    completed: str
    history: tuple[Answer, ...]
    hits: tuple[Hit, ...]
    view: "View"
    clock: Clock
    period: "Period | None"
    find: Callable[[str, int], tuple[Hit, ...]]


def stream(
    parts: Parts, library: "Library", question: str, history: tuple[Answer, ...], when: "When"
) -> Events:
    """The statements of the answer, each once it is checked, and the answer last."""
    from qa.answer.period import period_of, when_notes
    from qa.answer.retrieve import LIMIT, retrieve
    from qa.answer.when import known_by, nothing_known
    from qa.answer.wording import EMPTY, NOT_YET

    clock = Clock()
    with clock.stage("complete"):
        completed, note, spent = _completed(parts, question, history)
        period = period_of(completed, when.today)
        completed = period.lookup if period else completed
    with library.reading() as whole:
        with clock.stage("retrieve"):
            view, remarks = known_by(whole, when.as_of)

            def find(question: str, limit: int) -> tuple[Hit, ...]:
                return retrieve(question, view, parts.embedding, limit)

            hits = find(completed, LIMIT)
        asked = _Asked(question, completed, history, hits, view, clock, period, find)
        events = (_extract if parts.engine == "extractive" else _generate)(parts, asked)
        if not view.passages:
            held = parts.settings.library if parts.settings.is_shared else parts.settings.documents
            why = (
                NOT_YET.format(day=when.as_of) if whole.passages else EMPTY.format(place=str(held))
            )
            events = iter((nothing_known(question, completed, why, clock.seconds()),))
        for event in events:
            if isinstance(event, Answer):
                said = period.notes if period else ()
                said += when_notes(completed, event.statements)
                notes = (*([note] if note else ()), *said, *remarks, *event.notes)
                times = period.said if period else ()
                event = replace(event, notes=notes, as_of=when.as_of, times=times)
                if event.usage and spent:
                    event = replace(event, usage=event.usage.plus(spent))
            yield event


def _completed(
    parts: Parts, question: str, history: tuple[Answer, ...]
) -> tuple[str, str | None, Usage | None]:
    """The question as it is looked up, a remark on how that came about, and its cost."""
    from qa.answer.followup import complete, complete_with
    from qa.prompts import load

    if parts.engine == "extractive" or not history:
        return complete(question, history), None, None
    try:
        return complete_with(question, history, parts.llm(), load("followup"))
    except ModelError:
        if parts.settings.fallback != "extractive":
            raise
        # The answer will meet the same failure, and say so.
        return complete(question, history), None, None


def _extract(parts: Parts, asked: _Asked, notes: tuple[str, ...] = ()) -> Events:
    """The answer in sentences of the documents."""
    from qa.answer.wording import TAKEN_FOR, UNANSWERED

    with asked.clock.stage("read"):
        bar, found = _read(parts, asked)
    notes += found.notes
    notes += (f"Refusals: {bar.stale}.",) if bar.stale else ()
    notes += tuple(TAKEN_FOR.format(**fix._asdict()) for fix in found.corrections)
    notes += tuple(UNANSWERED.format(part=part) for part in found.unanswered)
    yield from found.statements
    yield Answer(
        question=asked.question,
        answered_question=asked.completed,
        statements=found.statements,
        reason=found.reason,
        nearest=found.nearest,
        hits=asked.hits,
        engine="extractive",
        confidence=found.confidence,
        threshold=bar.threshold,
        seconds=asked.clock.seconds(),
        notes=notes,
    )


def _read(parts: Parts, asked: _Asked) -> "tuple[Bar, Extraction]":
    """The confidence that was needed, and what was found."""
    from qa.answer.across import THRESHOLD, extract_across, is_across
    from qa.answer.aliases import read_with_alias
    from qa.answer.extract import extract
    from qa.answer.period import read_in_time

    bar = parts.bar()
    multilingual = parts.settings.embedding == config.MULTILINGUAL
    if multilingual and is_across(asked.completed, asked.hits):
        bar = bar._replace(threshold=THRESHOLD, stale=None)
        return bar, extract_across(asked.completed, asked.hits, parts.embedding)

    def read(question: str, hits: "Sequence[Hit]", among: "Among | None") -> "Extraction":
        return read_with_alias(
            question,
            hits,
            lambda words: extract(
                words,
                hits,
                embed=parts.read,
                statistics=asked.view,
                threshold=bar.threshold,
                more=partial(asked.find, words),
                among=among,
            ),
        )

    return bar, read_in_time(asked.period, asked.completed, asked.hits, asked.find, read)


def _generate(parts: Parts, asked: _Asked) -> Events:
    """What the model answers; where it fails before it said anything, what was asked for."""
    from qa.answer.generate import generate
    from qa.answer.period import preferred

    said = False
    try:
        for event in generate(
            asked.question,
            preferred(asked.period, asked.hits),
            parts.llm(),
            answered_question=asked.completed,
            history=asked.history,
            idf=_idf(asked.view),
            judge=parts.judge(),
            statistics=asked.view,
        ):
            if isinstance(event, Answer):
                event = replace(event, seconds=(*asked.clock.seconds(), *event.seconds))
            said = said or isinstance(event, Statement)
            yield event
    except ModelError as error:
        if said or parts.settings.fallback != "extractive":
            raise
        note = f"The model did not answer ({error}); this is the extractive answer instead."
        yield from _extract(parts, asked, (note,))


def _idf(view: "View") -> Callable[[str], float]:
    """How rare a term is in the library, as BM25 weighs it."""
    from qa.library.lexical import idf

    @cache
    def weigh(term: str) -> float:
        return idf(view.passages, view.document_frequency([term])[term])

    return weigh
