"""What changed since a day: what the documents tell of after it, the newest first.

"What has changed at Quoll since March 2024?" asks for no fact but for news: the sentences that
speak of a time after that day, and of documents written after it those that tell of a change.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from qa.answer.cite import cite
from qa.answer.dates import anchor, dates_of
from qa.answer.extract import NEAREST, Extraction
from qa.answer.features import Candidate, candidates
from qa.answer.question import analyse
from qa.answer.rank import says_something
from qa.answer.wording import MORE_CHANGES, NO_CHANGES, REFUSAL
from qa.data import Hit, Statement
from qa.text import terms
from qa.times.intervals import Interval

MOST = 10
"""An answer shows at most so many changes; a note tells how many more there are."""
_DEPTH = 100
_UNMEASURED = 0.5
"""The confidence of an answer of this kind: no set of such questions has measured it."""

_ASKED = re.compile(
    r"^\W*(?:so\s+|and\s+)?(?:"
    r"what(?:['’]s|\s+(?:else\s+)?(?:is|was))\s+(?:else\s+)?new\b"
    r"|(?:is|has)\s+there\s+(?:been\s+)?anything\s+new\b"
    r"|what(?:['’]s|\s+else|\s+things)?(?:\s+has|\s+have)?\s+(?:been\s+)?(?:changed|happened)\b"
    r"|(?:what|which|list|(?:is|are)\s+there|any)\b[^.?!]*?\b(?:changes|news|developments|updates)\b)",
    re.IGNORECASE,
)
_ASKING = frozenset(
    terms("changed change changes new news happened developments update updated anything list any")
)
_CHANGE = re.compile(
    r"\b(?:now|new(?:ly)?|no\s+longer|instead|former(?:ly)?|previously|replac\w+|appoint\w+|resign\w+"
    r"|left|joined|join[s]?|retir\w+|elected|succeed\w+|took\s+over|taken\s+over|tak(?:e|es)\s+over"
    r"|rose|risen|ris(?:es|ing)|fell|fallen|falls|increas\w+|decreas\w+|declin\w+|grew|grown|grows"
    r"|doubl\w+|halv\w+|rais\w+|cut[s]?|lower\w+|reduc\w+|drop(?:ped|s)|chang\w+|mov(?:ed|es)"
    r"|renam\w+|open(?:ed|s)|clos(?:ed|es)|began|begun|begins?|start(?:ed|s)|stopp\w+|stops|end(?:ed|s)"
    r"|launch\w+|introduc\w+|releas\w+|bought|buys|acquir\w+|sold|sells|merg\w+|split|sign(?:ed|s)"
    r"|approv\w+|reject\w+|decid\w+|agreed|cancel\w+|postpon\w+|delay\w+|put\s+off|suspend\w+|resum\w+"
    r"|recall\w+|repair\w+|built|finish\w+|complet\w+|expand\w+|add(?:ed|s)|remov\w+|ban(?:ned|s)"
    r"|fix(?:ed|es)|updat\w+|upgrad\w+|amend\w+|revis\w+|became|becomes|died|born|won|lost)\b",
    re.IGNORECASE,
)


class _News(NamedTuple):
    """A sentence of news; ``day`` is what it is ordered by."""

    day: date
    one: Candidate


def asks_for_changes(question: str) -> bool:
    """Whether ``question`` asks what changed, happened or is new, rather than for one fact."""
    return bool(_ASKED.match(question))


def changes(
    rest: str, asked: Interval, *, after: bool, find: Callable[[str, int], Sequence[Hit]]
) -> Extraction:
    """What the documents tell of since ``asked`` began (``after``: since it was over).

    ``rest`` is the question without its time.  The newest comes first, one sentence a
    statement.  Refused where no document is certainly of after that day.
    """
    question = analyse(rest)
    topic = frozenset(question.terms) - _ASKING
    first = asked.end.toordinal() + 1 if after else asked.start.toordinal()
    hits = find(rest, _DEPTH)
    found = []
    seen: set[str] = set()
    for one in candidates(hits):
        words = " ".join(one.text.split())
        if words in seen or not one.text.rstrip().endswith((".", "!", "。")):
            continue  # a heading, a question, what was said before
        if not topic <= one.terms | one.above | _opening(one) or not says_something(one, question):
            continue
        day = _day(one, first)
        if day is not None:
            seen.add(words)
            found.append(_News(day, one))
    if not found:
        nearest = candidates(hits)[:NEAREST]
        said = tuple(cite(one.hit, one.sentence, i) for i, one in enumerate(nearest, start=1))
        when = asked.end if after else asked.start
        words = "after" if after else "since"
        return Extraction((), f"{REFUSAL} {NO_CHANGES.format(since=words, day=when)}", said, 0.0)
    found.sort(
        key=lambda news: (
            -news.day.toordinal(),
            news.one.hit.document.id,
            news.one.sentence.start,
        )
    )
    statements = tuple(_said(news.one, i) for i, news in enumerate(found[:MOST], start=1))
    left = len(found) - len(statements)
    notes = (MORE_CHANGES.format(count=left),) if left else ()
    return Extraction(statements, None, (), _UNMEASURED, notes=notes)


def _day(one: Candidate, first: int) -> date | None:
    """When what a sentence tells of was so, or was written; None for what is not news.

    A time to come is news of the day on which it was written.
    """
    written = anchor(one.hit.document)
    starts = [time.start for time in dates_of(one.hit.document, one.sentence)]
    since = written is not None and written.start.toordinal() >= first
    events = [
        day for day in starts if day.toordinal() >= first and (not written or day <= written.end)
    ]
    if events:
        return max(events)
    if not since or written is None:
        return None
    if any(day > written.end for day in starts):
        return written.start
    if not _CHANGE.search(one.text):
        return None
    if starts and all(day < written.start for day in starts):
        return None  # it tells of what was before
    return written.start


def _opening(one: Candidate) -> frozenset[str]:
    """The terms with which a sentence's document opens, and those of the sentence before."""
    return frozenset(terms(one.hit.document.text[:240])) | one.before


def _said(one: Candidate, marker: int) -> Statement:
    cited = cite(one.hit, one.sentence, marker)
    return Statement(text=cited.quote, citations=(cited,), support=1.0)
