"""One question on its way to its answer, read from top to bottom.

    complete -> retrieve -> open -> read -> settle -> quote
                                `-> write -> check

Both engines share the windows.  Without a model the reader orders and settles them; a model is
shown them as they were found, while the reader reads them beside it.  Looking again is a loop
here: where a model asks for it, more is retrieved.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from qa import wording
from qa.answering import conflicts, period, quote, voiced
from qa.answering.alike import listed
from qa.answering.bar import Bar, shipped
from qa.answering.called import absent, in_full
from qa.answering.changes import asks_for_changes, changes
from qa.answering.question import Completion, Question, complete_with, question_of
from qa.answering.read import beside_of, reading_of, said_of
from qa.answering.retrieve import LIMIT, is_across, retrieve
from qa.answering.sources import source_block
from qa.answering.spelling import corrected
from qa.answering.summary import summary
from qa.answering.when import When, known_by, nothing_known
from qa.answering.windows import open_windows, whole
from qa.answering.write import Written
from qa.answering.write import generate as write
from qa.clock import Clock
from qa.data import (
    OPENINGS,
    Answer,
    Citation,
    Hit,
    LeftOut,
    Note,
    OutcomeKind,
    Reading,
    Statement,
    Trace,
    Usage,
    Weighed,
    Window,
)
from qa.errors import ModelError
from qa.library.interface import Library, View
from qa.models.chat.base import LLM
from qa.models.embed.base import Embedding
from qa.models.embed.minilm import MiniLM
from qa.models.reader.base import Reader, Turns, following
from qa.settings.prompts import load
from qa.text.language import is_foreign
from qa.times.quoted import anchor, is_newer

Events = Iterator[Note | Statement | LeftOut | Answer]

BESIDE = 3
"""How many of the best windows are read beside a model.

Of 223 questions of five gold sets 25 found two places that disagree, and both stood in the first
two windows.
"""
ABROAD = 30
"""Passages that are read where question or documents are not in English and the embedding is: in
libraries of a hundred it has what answers beyond the tenth for one question in eight, and for
one in two whose documents are in another language than it is."""
SEARCHES = 2
"""How many further searches a model may ask for, in all."""
SEARCH_UNTIL = 60.0
"""Seconds after the question from which on a model must answer with what it was shown."""
CONTRADICTED, PARTLY = 0.6, 0.5
"""Probability from which on a window is said to contradict the question, or to answer a part.

On documents held apart, of what was so said to contradict 18 of 24 did (19 of 31 from 0.5 on), with
three near misses to ten answerable questions; .67 on those that it was set on.
"""


LIKELY = 0.5
"""Confidence from which on what may answer is said to do so probably.

Of 414 questions of ten gold sets that nothing was trained on, 277 were so shown: the leading
statement was right of .65 and 7 in a hundred had no answer; of the others .36, and 26.
"""


class Answering(NamedTuple):
    """What the stages need.

    ``engine`` is "extractive" or a model's name; ``multilingual`` reads what is not in English;
    ``bar`` gives the confidences that an extractive answer needs,
    ``llm`` the model in force, ``judge`` the one that checks it, if any does; ``evidence`` is how
    many tokens of sources a model is shown at first.  ``place`` is what holds the documents, for
    who finds nothing in it.
    """

    engine: str
    fallback: bool
    strict: bool
    evidence: int
    place: str
    embedding: Embedding
    reader: Reader
    multilingual: Reader
    bar: Callable[[], Bar]
    llm: Callable[[], LLM]
    judge: Callable[[], LLM | None]


class _Looked(NamedTuple):
    """What was found for a question: passages, and the windows around them, best first."""

    question: Question
    history: tuple[Answer, ...]
    hits: tuple[Hit, ...]
    windows: tuple[Window, ...]
    notes: tuple[Note, ...]
    view: View
    clock: Clock


class _Found(NamedTuple):
    """What was read of it; ``looked`` with the hits and of the time that it was read with."""

    looked: _Looked
    readings: tuple[Reading, ...]
    bar: Bar


def _readings(question: Question, windows: Sequence[Window], reader: Reader) -> list[Reading]:
    """A reading for each part of the question."""
    of_time = period.texts_for(question.period)
    adjust = period.adjusted_for(question.period)
    turns, made = question.turns, []
    for part in question.parts or (question.lookup,):
        texts = in_full(part, of_time)
        said = said_of(part, turns, windows, reader, texts)
        beside = beside_of(part, turns, windows, reader, texts)
        made.append(reading_of(part, windows, said, reader.card, adjust, beside))
        turns = (*question.turns, (part, ""))  # "and when?" asks of the same thing
    return made


def stream(
    parts: Answering, library: Library, asked: str, history: tuple[Answer, ...], when: When
) -> Events:
    """The statements of the answer, each once it is checked, and the answer last.

    Notes come before statements: how they are to be taken.
    """
    clock = Clock()
    with clock.stage("complete"):
        completed = _completed(parts, asked, history)
        question = question_of(asked, completed.question, history, when.today)
    with library.reading() as whole:
        view, remarks = known_by(whole, when.as_of)
        events: Events
        if not view.passages:
            why = wording.not_yet(when.as_of) if whole.passages else wording.empty(parts.place)
            events = iter((nothing_known(question, parts.engine, why, clock.seconds()),))
        else:
            looked = _looked(parts, question, history, view, clock)
            is_quoted = parts.engine == "extractive"
            events = _quoted(_read(parts, looked)) if is_quoted else _written(parts, looked)
        for event in events:
            if isinstance(event, Note):
                event = wording.for_asker(event, asked)
            elif isinstance(event, Answer):
                said = question.period.notes if question.period else ()
                said += period.when_notes(event.statements)
                times = question.period.said if question.period else ()
                usage = event.usage
                if completed.usage and not view.passages:
                    usage = completed.usage  # no model was asked for more
                elif usage and completed.usage:
                    usage = usage.plus(completed.usage)
                notes = (completed.note,) if completed.note else ()
                after = (*_unread(whole), *_wish(parts, history, event)) if view.passages else ()
                every = (*notes, *said, *remarks, *event.notes, *after)
                every = tuple(wording.for_asker(one, asked) for one in every)
                event = replace(event, notes=every, as_of=when.as_of, times=times, usage=usage)
            yield event


def _unread(view: View) -> tuple[Note, ...]:
    """That files could not be read: what is in them is not known."""
    count = len(view.skipped())
    files = f"{count:,} file{'' if count == 1 else 's'}"
    return (Note.of("unread", files=files),) if count else ()


def _wish(parts: Answering, history: tuple[Answer, ...], answer: Answer) -> tuple[Note, ...]:
    """That another embedding finds better: said once where not all is in English, nor sure."""
    told = any(note.kind == "english" for one in history for note in one.notes)
    if answer.outcome == "answered" or told or parts.embedding.name != MiniLM.name:
        return ()
    texts = (answer.question, *(one.text for one in answer.hits[:1]))
    return (Note("english"),) if any(map(is_foreign, texts)) else ()


def trace(parts: Answering, library: Library, asked: str, when: When) -> Trace:
    """What is found and read for ``asked``, without an answer made of it."""
    question = question_of(asked, asked, (), when.today)
    with library.reading() as whole:
        view, _ = known_by(whole, when.as_of)
        if not view.passages:
            bar = parts.bar()
            return Trace(question.searches, (), frozenset(), bar.answered, bar.perhaps)
        looked = _looked(parts, question, (), view, Clock())
        found = _read(parts, looked)
        unfit = source_block(_wholes(looked.windows, view), parts.evidence).left_out
        return _trace(found, unfit=unfit)


def _completed(parts: Answering, asked: str, history: tuple[Answer, ...]) -> Completion:
    """The question as it is looked up, a remark on how that came about, and its cost."""
    if parts.engine != "extractive" and history:
        try:
            return complete_with(asked, history, parts.llm(), load("followup"))
        except ModelError:
            if not parts.fallback:
                raise  # else the answer will meet the same failure, and say so
    return Completion(asked, None, None)


def _looked(
    parts: Answering, question: Question, history: tuple[Answer, ...], view: View, clock: Clock
) -> _Looked:
    """Retrieve for the question, misspelt words mended, and open the windows."""
    with clock.stage("retrieve"):
        hits = _hits(question.searches, view, parts.embedding)
        fixed, fixes = corrected(question.lookup, view, hits)
        if fixes:
            question = question.mended(fixed, {one.typed: one.taken for one in fixes})
            hits = _hits(question.searches, view, parts.embedding)
        windows = open_windows(hits, view)
    notes = tuple(Note.of("taken_for", **fix._asdict()) for fix in fixes)
    return _Looked(question, history, hits, windows, notes, view, clock)


def _read(parts: Answering, looked: _Looked) -> _Found:
    """Read what was found."""
    question, hits, windows, notes = looked.question, looked.hits, looked.windows, looked.notes
    with looked.clock.stage("read"):
        reader, bar = parts.reader, parts.bar()
        if _is_abroad(question.lookup, hits):
            reader = parts.multilingual
            if not bar.is_own:  # the user's own was measured by whichever reader read their pairs
                bar = shipped(reader.card)._replace(stale=bar.stale)
        if parts.strict:  # only what answers is to be shown
            bar = bar._replace(perhaps=bar.answered)
        readings = _readings(question, windows, reader)
        more: Sequence[Hit] = ()
        if any(listed(one) for one in readings):  # a list may go on further down
            more = _retrieved(question.searches, looked.view, parts.embedding, 2 * LIMIT)
        elif (lead := _surest(readings).weighed[:1]) and (clause := conflicts.clause_of(lead[0])):
            found = _retrieved((" ".join(clause),), looked.view, parts.embedding, LIMIT)
            # A newer document may amend it.
            more = [one for one in found if is_newer(one.document, lead[0].hit.document)]
        if len(joined := _joined(hits, more)) > len(hits):
            hits = joined
            windows = open_windows(hits, looked.view)[: max(len(windows), 2 * LIMIT)]
            readings = _readings(question, windows, reader)
        instead = period.newest_instead(question.period)
        if instead is not None and _surest(readings).confidence < bar.perhaps:
            newest = question.at(instead)
            again = _readings(newest, windows, reader)
            if _surest(again).confidence >= bar.perhaps:
                question, readings = newest, again
        for at, one in enumerate(readings):
            if (code := absent(one.question, looked.view)) is not None:
                readings[at] = replace(one, confidence=0.0)
                notes += (Note.of("absent", code=code),)
    if bar.stale:
        notes += (Note.of("stale", reason=bar.stale),)
    return _Found(looked._replace(question=question, hits=hits, notes=notes), tuple(readings), bar)


def _is_abroad(lookup: str, hits: Sequence[Hit]) -> bool:
    """Whether a question or what was found for it is not in English."""
    return is_foreign(lookup) or is_across(lookup, hits)


def _surest(readings: Sequence[Reading]) -> Reading:
    return max(readings, key=lambda one: one.confidence)


def searched(question: str, turns: Turns, view: View, embedding: Embedding) -> tuple[Hit, ...]:
    """The hits of a question after ``turns``, as the pipeline finds them: for training."""
    texts = tuple(dict.fromkeys((question, following(question, turns))))
    return _hits(texts, view, embedding)


def _hits(searches: Sequence[str], view: View, embedding: Embedding) -> tuple[Hit, ...]:
    """The best hits of all searches; more of them where the embedding knows the language less."""
    hits = _retrieved(searches, view, embedding, LIMIT)
    if embedding.name == MiniLM.name and _is_abroad(searches[0], hits):
        hits = _retrieved(searches, view, embedding, ABROAD)
    return hits


def _retrieved(
    searches: Sequence[str], view: View, embedding: Embedding, limit: int
) -> tuple[Hit, ...]:
    """The best hits of all searches, each passage once, by its best score; ranked anew."""
    best: dict[str, Hit] = {}
    for text in searches:
        for hit in retrieve(text, view, embedding, limit):
            known = best.get(hit.passage.id)
            if known is None or hit.score > known.score:
                best[hit.passage.id] = hit
    ordered = sorted(best.values(), key=lambda hit: -hit.score)
    most = limit if len(searches) == 1 else limit + limit // 2
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered[:most], start=1))


def _joined(hits: tuple[Hit, ...], more: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits, and behind them what of ``more`` is new."""
    known = {hit.passage.id for hit in hits}
    return hits + tuple(hit for hit in more if hit.passage.id not in known)


class _Settled(NamedTuple):
    """What is made of the readings: the statements, and how sure they are."""

    readings: tuple[Reading, ...]
    statements: tuple[Statement, ...]
    kind: OutcomeKind
    notes: tuple[Note, ...]


def settle(found: _Found) -> _Settled:
    """The outcome, and the statements that make it: of each part that reaches the bar, a few."""
    bar, asked, readings = found.bar, found.looked.question.period, found.readings
    surest = _surest(readings)
    kind = bar.outcome(surest.confidence)
    if kind == "answered" and any(one.unit.voice for one in surest.weighed[:1]):
        kind = "perhaps"  # the bars were measured on documents' own words
    notes: list[Note] = []
    sides = None
    if asked is not None and readings[0].weighed and _asks_newest(asked, readings[0].weighed[0]):
        newest, sides = period.newest(readings[0])
        if asked.interval is not None:
            notes.append(period.as_of(asked, newest.weighed[0]))
    elif asked is None and len(readings) == 1:
        newest, sides = period.said_anew(readings[0].question, readings[0])
        if sides is not None and kind == "answered" and sides[0].chance < quote.SURE:
            kind = "perhaps"  # the bars were measured on what is likeliest
    if sides is not None:
        readings = (newest, *readings[1:])
        now, was = (anchor(one.hit.document) or "" for one in sides)
        old = " ".join(sides[1].unit.text.split())
        notes.append(Note.of("earlier", old=old, was=was, now=now))
    if kind == "not_found":
        return _Settled(readings, (), kind, ())
    shown: list[Statement] = []
    for one in readings:
        if one.confidence >= bar.perhaps:
            sure = kind == "answered"
            shown += quote.quoted(one, quote.select(one, sure=sure), sure=sure)
        elif len(readings) > 1:
            notes.append(Note.of("unanswered", part=one.question))
    statements = quote.renumbered(shown)
    notes += _remarks(found, readings)
    disagreeing = conflicts.disagreement(readings[0]) if len(readings) == 1 else None
    both = _side_by_side(readings[0], disagreeing, statements) if disagreeing else None
    if both is not None:
        statements, note = both
        notes = [*(one for one in notes if one.kind != "earlier"), note]
    return _Settled(readings, statements, kind, tuple(notes))


def _asks_newest(asked: period.Period, first: Weighed) -> bool:
    """Whether the newest leads: where it was asked for, or nothing is of the question's "today"."""
    if asked.way == "latest":
        return True
    return period.newest_instead(asked) is not None and not period.speaks_of(asked, first)


def _remarks(found: _Found, readings: Sequence[Reading]) -> Iterator[Note]:
    """What the reader says beside the answer: a wrong premise, a part alone, another time."""
    lead = readings[0].weighed[0] if readings[0].weighed else None
    if lead is None or len(readings) > 1:
        return
    full, part, contra, _none = readings[0].outcomes[lead.window]
    is_cell = lead.unit.role in ("row", "field")  # where "no" is a value, and denies nothing
    if contra >= CONTRADICTED and not is_cell:
        yield Note("contradicted")
    elif part >= PARTLY and part > full:
        yield Note("partly")
    asked = found.looked.question.period
    if period.newest_instead(asked) is not None:
        return  # what it is of is said already
    if asked is not None and period.is_of_another(asked, lead):
        yield Note.of("not_then", time=asked.interval)


def _quoted(found: _Found, notes: tuple[Note, ...] = ()) -> Events:
    """The answer in sentences of the documents."""
    looked, question = found.looked, found.looked.question
    with looked.clock.stage("settle"):
        readings, statements, kind, told = settle(found)
        own = None
        if question.period is not None and asks_for_changes(question.asked):
            own = changes(question.period, found.readings)
        if own is None and question.asks_for_summary:
            shows = found.bar.perhaps < found.bar.answered  # not where answers alone are to be
            own = summary(question.lookup, looked.hits if shows else (), looked.view)
        if own is not None:
            statements, told = own
            kind = "perhaps" if statements else "not_found"
    notes += told
    if statements and kind == "perhaps" and not any(one.kind in OPENINGS for one in notes):
        likely = own is None and _surest(readings).confidence >= LIKELY
        own_words = not any(one.unit.voice for one in readings[0].weighed[:1])
        notes = (Note("likely") if likely and own_words else Note("perhaps"), *notes)
    shown = [cited for one in statements for cited in one.citations]
    nearest = () if statements else quote.nearest(readings[0])
    notes += tuple(dict.fromkeys(voiced.told((*shown, *nearest), looked.view)))
    yield from (note for note in notes if note.kind in OPENINGS)
    yield from statements
    yield Answer(
        question=question.asked,
        answered_question=question.lookup,
        statements=statements,
        outcome=kind,
        reason=None if statements else wording.not_found(len(looked.view.dates()), question.asked),
        nearest=nearest,
        hits=looked.hits,
        engine="extractive",
        confidence=_surest(readings).confidence,
        threshold=found.bar.answered,
        seconds=looked.clock.seconds(),
        notes=(*looked.notes, *notes),
        trace=_trace(found._replace(readings=readings), shown),
    )


def _side_by_side(
    reading: Reading, sides: tuple[Weighed, Weighed], statements: Sequence[Statement]
) -> tuple[tuple[Statement, ...], Note] | None:
    """The two sides first, then what else was shown; and the note on them.

    None where both are shown in the same text, as lines of one block of code in two files are.
    """
    made = (statement for side in sides for statement in quote.quoted(reading, (side,)))
    shown = quote.renumbered((*made, *statements))
    places = {(c.document_id, c.start): c.marker for one in shown for c in one.citations}
    cited = [places.get((one.hit.document.id, one.unit.sentence.start)) for one in sides]
    if cited[0] is None or cited[1] is None:
        return None
    return shown, conflicts.note(sides, (cited[0], cited[1]))


def _trace(found: _Found, cited: Iterable[Citation] = (), unfit: tuple[Window, ...] = ()) -> Trace:
    lookups, bar = found.looked.question.searches, found.bar
    shown = frozenset((one.document_id, one.start) for one in cited)
    return Trace(lookups, found.readings, shown, bar.answered, bar.perhaps, unfit)


def _written(parts: Answering, looked: _Looked) -> Events:
    """What the model answers; where it fails before it said anything, what was asked for.

    The reader reads a few windows beside it, for what is told with the answer; statements do
    not wait for that.
    """
    said = False
    with ThreadPoolExecutor(1) as pool:
        beside = looked._replace(windows=looked.windows[:BESIDE], clock=Clock())
        reading = pool.submit(_read, parts, beside)
        try:
            for event in _searched(parts, looked, reading):
                said = said or isinstance(event, Statement)
                yield event
        except ModelError as error:
            if said or not parts.fallback:
                raise
            yield from _quoted(_read(parts, looked), (Note.of("fallback", error=error),))


def _searched(parts: Answering, looked: _Looked, reading: "Future[_Found]") -> Events:
    """What the model writes, searched again as often as it asks for that and may."""
    began = time.monotonic()
    view, hits = looked.view, looked.hits
    windows = _wholes(looked.windows, view)
    told: list[Note] = []
    spent: Usage | None = None
    budget, left = parts.evidence, SEARCHES
    while True:
        before = time.monotonic() - began
        written = yield from write(
            looked.question.asked,
            windows,
            parts.llm(),
            answered_question=looked.question.lookup,
            history=looked.history,
            idf=_idf(view),
            judge=parts.judge(),
            budget=budget,
            searches=left if before < SEARCH_UNTIL else 0,
        )
        if isinstance(written, Written):
            break
        spent = written.usage if spent is None else spent.plus(written.usage or Usage())
        left -= len(written.searches)
        asked = [Note.of("searched", words=words) for words in written.searches]
        told += asked
        yield from asked
        more = _retrieved(written.searches, view, parts.embedding, LIMIT)
        windows = _wholes(open_windows(more, view), view) + windows  # the new ones must fit
        hits = _joined(hits, more)
        budget += parts.evidence // 2
    answer, usage = written.answer, written.answer.usage
    if usage is not None and spent is not None:
        first = usage.seconds_to_first
        first = first + before if first is not None else None
        usage = replace(usage.plus(spent), seconds_to_first=first)
    traced = _trace(reading.result(), answer.citations, written.unfit)
    own = voiced.told(answer.citations, view)
    yield replace(
        answer,
        hits=hits,
        usage=usage,
        seconds=(*looked.clock.seconds(), *answer.seconds),
        notes=(*looked.notes, *_elsewhere(traced), *own, *told, *answer.notes),
        trace=traced,
    )


def _wholes(windows: Sequence[Window], view: View) -> tuple[Window, ...]:
    return tuple(whole(one, view) for one in windows)


def _elsewhere(trace: Trace) -> Iterator[Note]:
    """Where a model's answer cites one of two places that disagree: what the other one says."""
    sides = conflicts.disagreement(trace.readings[0]) or ()
    cited = [(one.hit.document.id, one.unit.sentence.start) in trace.chosen for one in sides]
    if sum(cited) == 1:
        yield conflicts.elsewhere(sides[cited.index(True)], sides[cited.index(False)])


def _idf(view: View) -> Callable[[str], float]:
    """How rare a term is in the library, as BM25 weighs it."""
    from qa.library.local.lexical import idf

    return cache(lambda term: idf(view.passages, view.document_frequency([term])[term]))
