"""What changed since a day: what the documents tell of after it, the newest first.

"What has changed at Quoll since March 2024?" asks for no fact but for news: what speaks of a
time after that day, and of documents written after it what the reader takes for an answer.
"""

import re
from collections.abc import Sequence
from datetime import date

from qa.answering.period import Period
from qa.answering.quote import distinct, quoted, renumbered
from qa.data import Note, Reading, Statement, Weighed
from qa.times.quoted import anchor, dates_of

MOST = 10
"""An answer shows at most so many changes; a note tells how many more there are."""
LIKELY = 0.25
"""Chance from which on a sentence without a time of its own counts as news of its document."""

_ASKED = re.compile(
    r"^\W*(?:so\s+|and\s+)?(?:"
    r"what(?:['’]s|\s+(?:else\s+)?(?:is|was))\s+(?:else\s+)?new\b"
    r"|(?:is|has)\s+there\s+(?:been\s+)?anything\s+new\b"
    r"|what(?:['’]s|\s+else|\s+things)?(?:\s+has|\s+have)?\s+(?:been\s+)?(?:changed|happened)\b"
    r"|(?:what|which|list|(?:is|are)\s+there|any)\b[^.?!]*?\b(?:changes|news|developments|updates)\b)",
    re.IGNORECASE,
)


def asks_for_changes(question: str) -> bool:
    """Whether ``question`` asks what changed, happened or is new, rather than for one fact."""
    return bool(_ASKED.match(question))


def changes(
    period: Period, readings: Sequence[Reading]
) -> tuple[tuple[Statement, ...], tuple[Note, ...]] | None:
    """What was read of times since the period began (of "after": since it was over).

    The newest comes first.  None where the period names no such day.
    """
    if period.interval is None or period.way not in ("since", "after"):
        return None
    first = period.interval.end if period.way == "after" else period.interval.start
    found: list[tuple[date, Weighed]] = []
    reading = readings[0]
    for one in distinct(reading.weighed):
        day = _day(one, first.toordinal() + (period.way == "after"))
        if day is not None and _is_told(one):
            found.append((day, one))
    if not found:
        return (), (Note.of("no_changes", way=period.way, day=first),)
    found.sort(key=lambda news: (news[1].hit.document.id, news[1].unit.sentence.start))
    found.sort(key=lambda news: news[0], reverse=True)  # those of one day stay in order
    made = [piece for _, one in found[:MOST] for piece in quoted(reading, (one,))]
    unique = {one.text: one for one in made}
    left = len(found) - MOST
    notes = (Note.of("more_changes", count=left),) if left > 0 else ()
    return renumbered(tuple(unique.values())), notes


def _is_told(one: Weighed) -> bool:
    """Whether a unit tells something: no question, and no line such as "Published: 2025-02-20"."""
    if one.unit.role == "text":
        return one.unit.text.rstrip('"”’)').endswith((".", "!", "。", "！"))
    return one.unit.role in ("item", "row")


def _day(one: Weighed, first: int) -> date | None:
    """When what a unit tells of was so, or was written; None for what is not news.

    A time to come is news of the day on which it was written.
    """
    written = anchor(one.hit.document)
    starts = [time.start for time in dates_of(one.hit.document, one.unit.sentence)]
    events = [
        day for day in starts if day.toordinal() >= first and (not written or day <= written.end)
    ]
    if events:
        return max(events)
    if written is None or written.start.toordinal() < first:
        return None
    # What tells of a time before is no news, and what is unlikely may be of something else.
    is_news = max(starts) > written.end if starts else one.chance >= LIKELY
    return written.start if is_news else None
