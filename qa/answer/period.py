"""The time that a question asks about, and reading what speaks of that time.

A question's own "last year" counts from today and is looked up as the year it means.  What
the documents do not say in the question's words ("in 2022") they may say in their own ("last
year", in 2023): where nothing answers as it stands, the sentences that speak of the time asked
for are read for the rest of the question.  A question for the latest is answered by the
newest document that answers it, and what an earlier one says is shown as earlier.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, NamedTuple

from qa.answer.changes import asks_for_changes, changes
from qa.answer.dates import anchor, dates_of, is_newer
from qa.answer.extract import Extraction
from qa.answer.features import Candidate
from qa.answer.question import analyse
from qa.answer.rank import Among
from qa.answer.subject import Subject, subject_of
from qa.answer.wording import DISAGREE, EARLIER, NOT_THEN, READ_AS, SUBJECT, WHEN
from qa.data import Citation, Dated, Document, Hit, Sentence, Statement
from qa.times.expressions import expressions
from qa.times.intervals import Expression, Interval, Unit, containing, on

Way = Literal["during", "since", "after", "before", "latest"]
Read = Callable[[str, Sequence[Hit], Among | None], Extraction]

_LATEST = re.compile(
    r"\b(?:(?:the\s+)?(?:latest|newest|most\s+recent)|currently|(?:the\s+)?current(?=\s+\w)"
    r"|right\s+now|at\s+present|nowadays|as\s+of\s+(?:now|today))\b",
    re.IGNORECASE,
)
# "The latest figure for sales" are the sales.
_FIGURE = re.compile(r"\bthe\s+figures?\s+(?:of|for)\s+", re.IGNORECASE)
_LEAD = re.compile(
    r"\b(?:(?P<after>after|later\s+than|following)|(?P<before>before|until|prior\s+to|earlier\s+than)"
    r"|(?P<since>since|starting|from)|in|during|as\s+of|on|at|of|for|by|over|within|through)"
    r"\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# What surely counts from the day of asking: "in May" and "the fourth quarter" may be of any year,
# "in one day" is no date, and "today" asks for no day of its own.
_OWN = re.compile(
    r"\b(?:last|this|next|past|coming|current|yesterday|tomorrow|ago|since|until)\b", re.IGNORECASE
)
_FAR = 20
_WHOLE: tuple[Unit, ...] = ("month", "quarter", "year")


class Period(NamedTuple):
    """The time of a question.

    ``lookup`` is the question with the time it means in figures, ``rest`` without it.
    ``interval`` is the time named; None for "the latest".  ``said`` is what of the question's
    own words had to be read so.
    """

    way: Way
    interval: Interval | None
    lookup: str
    rest: str
    said: tuple[Dated, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """How the question's words were read, for the reader."""
        return tuple(
            READ_AS.format(text=one.text, time=Interval(one.start, one.end)) for one in self.said
        )


def period_of(question: str, today: date) -> Period | None:
    """The time that ``question`` asks about; None where it has no sure words of time."""
    found = [
        one
        for one in expressions(question, on(today))
        if one.interval is not None and (not one.relative or _OWN.search(one.text))
    ]
    if not found:
        latest = _LATEST.search(question)
        if latest is None:
            return None
        article = "the" if latest[0].lower().startswith("the ") else ""
        rest = f"{question[: latest.start()]}{article}{question[latest.end() :]}"
        return Period("latest", None, question, " ".join(_FIGURE.sub("", rest).split()))
    lookup, said = question, []
    for one in reversed(found):
        if one.relative and one.interval is not None:
            basis = f"from today, {today}"
            said.append(Dated(one.text, one.interval.start, one.interval.end, basis, True))
            lookup = _in_figures(lookup, one)
    said.reverse()
    one = found[0]
    if len(found) > 1 or one.interval is None:
        return Period("during", None, lookup, question, tuple(said))
    before = question[: one.start]
    lead = _LEAD.search(before)
    way: Way = "since" if one.text.lower().startswith("since") else "during"
    if lead is not None:
        way = next((name for name in ("after", "before", "since") if lead[name]), way)
        before = before[: lead.start()]
    rest = " ".join(
        f"{before.rstrip(' ,')} {question[one.end :].removeprefix(chr(39) + 's')}".split()
    )
    return Period(way, one.interval, lookup, rest.replace(" ?", "?").lstrip(" ,"), tuple(said))


def _in_figures(question: str, one: Expression) -> str:
    """The question with a whole day, month, quarter or year written in figures."""
    figures = _figures(one.interval) if one.interval else None
    if figures is None or one.text.lower().startswith(("since", "until")):
        return question
    before, after = question[: one.start], question[one.end :]
    bare = _LEAD.search(before) or re.match(r"['\u2019]s", after)
    lead = (
        "" if bare else "on " if one.interval and one.interval.start == one.interval.end else "in "
    )
    if not before.strip():
        lead = lead.capitalize()
    return f"{before}{lead}{figures}{after}"


def _figures(interval: Interval) -> str | None:
    start, end = interval.start, interval.end
    if start == end:
        return f"{start.day} {start:%B %Y}"
    if interval == containing(start, "year"):
        return f"{start:%Y}"
    if interval == containing(start, "month"):
        return f"{start:%B %Y}"
    if interval == containing(start, "quarter"):
        return f"Q{(start.month + 2) // 3} {start:%Y}"
    return None


def speaks_of(period: Period, document: Document, sentence: Sentence) -> bool:
    """Tell whether a sentence is of the time asked for.

    By the times that it speaks of; by its document's date where it speaks of none.
    """
    times = _times(document, sentence)
    written = anchor(document)
    if times:
        return any(_fits(period, one) for one in times)
    return written is not None and _fits(period, written, whole=True)


def _fits(period: Period, time: Interval, *, whole: bool = False) -> bool:
    asked = period.interval
    if asked is None:
        return False
    if period.way == "since":
        return time.start >= asked.start if whole else time.end >= asked.start
    if period.way == "after":
        return time.start > asked.end
    if period.way == "before":
        return time.end < asked.start
    return asked.start <= time.start and time.end <= asked.end if whole else asked.meets(time)


def preferred(period: Period | None, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """``hits`` with those first that hold a sentence of the time asked for."""

    def is_then(hit: Hit) -> bool:
        return period is not None and any(
            speaks_of(period, hit.document, one) for one in hit.passage.sentences
        )

    return tuple(sorted(hits, key=is_then, reverse=True))


def read_in_time(
    period: Period | None,
    question: str,
    hits: Sequence[Hit],
    find: Callable[[str, int], Sequence[Hit]],
    read: Read,
) -> Extraction:
    """Read ``hits`` for ``question``, and for the time that it asks about.

    Without a period this is ``read``.  ``find`` gives more hits.
    """
    if period is None:
        return _read_of_subject(question, hits, read, read(question, hits, None))
    if period.way == "latest":
        found = _newest(question, hits, read)
        bare = _newest(period.rest, hits, read) if found.reason is not None else found
        if bare.reason is None:
            return bare
        return _read_of_subject(period.rest, hits, read, found)
    if period.interval is None:
        return read(question, hits, None)
    if period.way in ("since", "after") and asks_for_changes(question):
        after = period.way == "after"
        return changes(period.rest, period.interval, after=after, find=find)
    dated = any(anchor(hit.document) is not None for hit in hits)
    if period.way == "during" or not dated:
        found = read(question, hits, None)
        if found.reason is None and (not dated or _is_of_all(period, found, hits)):
            return found
        then = _then(period, find, read) if dated else found
        return then if then.reason is None else _doubted(period, found)
    then = _then(period, find, read)
    return then if then.reason is None else _doubted(period, read(question, hits, None))


def _read_of_subject(
    question: str, hits: Sequence[Hit], read: Read, found: Extraction
) -> Extraction:
    """``found``, or for a refusal what the documents about the question's subject say."""
    subject = subject_of(question, hits) if found.reason is not None else None
    if subject is None:
        return found
    about = [hit for hit in hits if subject.is_about(hit.document)]
    again = _newest(subject.rest, about, lambda q, h, _: read(q, h, subject.is_of))
    return _named(again, subject) if again.reason is None else found


def _then(period: Period, find: Callable[[str, int], Sequence[Hit]], read: Read) -> Extraction:
    """What the sentences that speak of the time say to the rest of the question.

    Those that speak of all of it come before those that speak of a part ("January"), and
    these do not answer for a number: the figure of a day is none of its year.
    """
    counts = analyse(period.rest).expected in (None, "number")

    def of_all(one: Candidate) -> bool:
        return any(
            _covers(time, period) and not (counts and _is_more(time, period))
            for time in _times(one.hit.document, one.sentence)
        )

    def of_some(one: Candidate) -> bool:
        times = _times(one.hit.document, one.sentence)
        if counts and times and all(_is_more(time, period) for time in times):
            return False
        return speaks_of(period, one.hit.document, one.sentence)

    hits = find(period.rest, _FAR)
    found = _read_then(period, period.rest, hits, read, of_all, of_some)
    subject = subject_of(period.rest, hits) if found.reason is not None else None
    if subject is None:
        return found
    about = [hit for hit in hits if subject.is_about(hit.document)]
    again = _read_then(
        *(period, subject.rest, about, read),
        lambda one: subject.is_of(one) and of_all(one),
        lambda one: subject.is_of(one) and of_some(one),
    )
    return _named(again, subject) if again.reason is None else found


def _read_then(
    period: Period, question: str, hits: Sequence[Hit], read: Read, of_all: Among, of_some: Among
) -> Extraction:
    whole = read(question, hits, of_all) if period.way == "during" else None
    if whole and (whole.reason is None or analyse(question).expected == "number"):
        return whole
    return read(question, hits, of_some)


def _named(found: Extraction, subject: Subject) -> Extraction:
    """``found`` with a note where no sentence names what the question is about."""
    if any(subject.named in one.text for one in found.statements):
        return found
    note = SUBJECT.format(name=subject.named)
    return found._replace(notes=(*found.notes, note))


def _times(document: Document, sentence: Sentence) -> list[Interval]:
    return [Interval(one.start, one.end) for one in dates_of(document, sentence)]


def _covers(time: Interval, period: Period) -> bool:
    asked = period.interval
    return asked is not None and time.start <= asked.start and time.end >= asked.end


def _is_more(time: Interval, period: Period) -> bool:
    """Whether it is a whole quarter or year, and less is asked for: its figure is another."""
    whole = any(time == containing(time.start, unit) for unit in _WHOLE)
    return whole and time != period.interval and _covers(time, period)


def _is_of_all(period: Period, found: Extraction, hits: Sequence[Hit]) -> bool:
    """Whether a statement names the year, or speaks of all of the time asked for."""
    documents = {hit.document.id: hit.document for hit in hits}
    return any(
        str(period.interval.start.year if period.interval else "") in statement.text
        or any(
            _covers(time, period)
            for one in statement.citations
            for time in _times(documents[one.document_id], Sentence(one.start, one.end))
        )
        for statement in found.statements
    )


def _doubted(period: Period, found: Extraction) -> Extraction:
    """An answer that does not speak of the time asked for, with a word of caution."""
    if found.reason is not None:
        return found
    return found._replace(notes=(*found.notes, NOT_THEN.format(time=period.interval)))


def _newest(question: str, hits: Sequence[Hit], read: Read) -> Extraction:
    """The answer of the newest document that answers; the first one's, where it is earlier."""
    first = found = read(question, hits, None)
    while found.reason is None:
        lead = found.statements[0].citations[0]
        newer = [hit for hit in hits if is_newer(hit.document, lead)]
        later = read(question, newer, None) if newer else None
        if later is None or later.reason is not None or not _alike(later, first):
            break
        found = later
    if found.reason is not None:
        return first
    lead = found.statements[0].citations[0]
    earlier = [
        one for one in first.statements if all(is_newer(lead, place) for place in one.citations)
    ][:1]
    if not earlier:
        return found
    kept = [one for one in found.statements if one not in earlier]
    shown = _numbered((*kept, *earlier))
    last = shown[-1].citations[0]
    # Superseded is not contradicted.
    notes = [one for one in found.notes if not one.startswith(DISAGREE.split(":")[0])]
    notes.append(EARLIER.format(old=last.marker, was=_day(last), new=1, now=_day(lead)))
    return found._replace(statements=shown, notes=tuple(notes))


def _alike(later: Extraction, first: Extraction) -> bool:
    """Whether the later answers as the first does: with a phrase of the type asked for."""
    return first.statements[0].emphasis is None or later.statements[0].emphasis is not None


def _numbered(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    return tuple(
        replace(one, citations=tuple(replace(place, marker=i) for place in one.citations[:1]))
        for i, one in enumerate(statements, start=1)
    )


def _day(place: Citation) -> str:
    written = anchor(place)
    return str(written) if written is not None else ""


def when_notes(question: str, statements: Sequence[Statement]) -> tuple[str, ...]:
    """For a question when: the days that the first statement's relative words mean."""
    if not statements or analyse(question).expected != "time":
        return ()
    return tuple(
        WHEN.format(text=" ".join(one.text.split()), time=Interval(one.start, one.end))
        for place in statements[0].citations[:1]
        for one in place.dates
        if one.relative
    )
