"""Do two units that answer give different figures or days?  Then both are shown, and it is said.

What answers in a sentence is the reader's phrase; whether two phrases can both be true is
arithmetic.  Figures given in other units, for other years or of other names do not disagree, and
those of one document do not: of 12 such pairs that the evaluation's sets gave, 11 were of two
things.
"""

import re
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from qa.answering.alike import listed
from qa.data import Note, Reading, Weighed
from qa.positions import line_of
from qa.text.blocks import CLAUSE
from qa.text.facts import Number, dates, names, numbers
from qa.text.words import terms
from qa.times.intervals import Interval
from qa.times.quoted import dates_of, is_newer

LIKELY = 0.4
"""A unit disagrees with the likeliest one only where its chance is this share of it."""
AMENDS = 0.02
"""One that names the likeliest one's figure, to give another for it, needs no more than this."""
SAME, FEWEST = 0.5, 3
"""A newer one that has this share of the words around the likeliest one's figure, and so many, says
it anew, however little the reader makes of it: who knows the older text alone takes that for
right."""
WORDY = 4
"""What answers in more words is no figure, if one without a unit is among them: "item 1 as ..."."""
_CODE = re.compile(r"(?:[^\W\d_]-|\b(?:exit|error|status)(?: code)?[ =])$", re.IGNORECASE)
"""What stands before the digits of a name such as "C-1004", which are no figure."""
TIMES = 20
"""A figure that is so many times another one is of another thing."""
_HEAD = 400  # characters of a document in which it says what it amends
_MONTH = timedelta(days=27)  # from its first to its last day: a shorter time tells of no year
_OPEN = re.compile(r"since|until|till", re.IGNORECASE)
_MONTHS = re.compile(r"\b(?:first|last|same)(?: [\w-]+)? months\b", re.IGNORECASE)


class Clause(NamedTuple):
    """A numbered clause of a document with a title, by both of which others name it."""

    number: str
    title: str


def clause_of(one: Weighed) -> Clause | None:
    """The clause that a unit is, if it is one."""
    number, title = CLAUSE.match(one.unit.text), one.hit.document.title
    return Clause(number[1], title) if number and title else None


def disagreement(reading: Reading) -> tuple[Weighed, Weighed] | None:
    """The likeliest unit and one that contradicts it, the newer document's first.

    Without dates that tell which is newer, the likeliest is first.
    """
    if not reading.weighed or listed(reading):
        return None
    lead = reading.weighed[0]
    for other in reading.weighed[1:]:
        newer = is_newer(other.hit.document, lead.hit.document)
        anew = newer and other.unit.voice is None
        likely = other.chance >= LIKELY * lead.chance
        if not anew and not likely:
            continue
        if anew and _names_its_clause(other, lead):
            return other, lead
        if anew and _amends(other, lead):
            heard = other.chance >= AMENDS * lead.chance
            if heard or _names_its_number(other, lead):
                return other, lead
        if not _may_compare(lead, other) or not _differ(lead, other):
            continue
        if (likely and _shared(other, lead)) or _says_anew(other, lead):
            return (other, lead) if newer else (lead, other)
    return None


def _shared(one: Weighed, other: Weighed) -> int:
    """How many words stand around what answers in both: without any they tell of two things."""
    return len(frozenset(terms(_around(one))) & frozenset(terms(_around(other))))


def _says_anew(other: Weighed, lead: Weighed) -> bool:
    """Whether one has the words of the other around what answers in it."""
    fewest = min(len(frozenset(terms(_around(one)))) for one in (other, lead))
    return _shared(other, lead) >= max(FEWEST, SAME * fewest)


def _names_its_number(other: Weighed, lead: Weighed) -> bool:
    """Whether both have two figures: the clause's number, and the one that is amended."""
    own, its = ({figure.value for figure in numbers(one.unit.text)} for one in (other, lead))
    return len(own & its) > 1


def _names_its_clause(other: Weighed, lead: Weighed) -> bool:
    """Whether one names the other's clause, "Clause 4.1 is now ...", and its head the document."""
    clause, its = clause_of(lead), other.hit.document
    if clause is None or clause.title.casefold() == (its.title or "").casefold():
        return False
    named = rf"(?<![\d.]){re.escape(clause.number)}(?!\.?\d)"
    is_of_it = clause.title.casefold() in its.text[:_HEAD].casefold()
    return is_of_it and bool(re.search(named, other.unit.text))


def _amends(other: Weighed, lead: Weighed) -> bool:
    """Whether a text names what answers, and one other of its kind beside it.

    "The period of 180 days is replaced by 270 days."  "It is on 8 May, not on 1 May."
    """
    text, days = other.unit.text, dates(_said(lead)) if lead.phrase else ()
    if len(days) == 1:
        named, its = set(dates(text)), dates(_said(other))
        both = len(named) == 2 and any(one.within(days[0]) for one in named)
        return both and len(its) == 1 and not its[0].within(days[0])
    answers = _figures(lead) if lead.phrase else ()
    if len(answers) != 1:
        return False
    values = {one.value for one in numbers(text) if one.unit == answers[0].unit}
    both = len(values) == 2 and answers[0].value in values
    # "5519" without a unit may be any number's neighbour: the other one must be what answers.
    return both and bool(
        answers[0].unit or {one.value for one in _figures(other)} - {answers[0].value}
    )


def note(sides: tuple[Weighed, Weighed], markers: tuple[int, int]) -> Note:
    """What two units disagree on; they are cited by ``markers``."""
    first, second = (side.hit.document for side in sides)
    order = "newer_first" if is_newer(first, second) else "newer_unknown"
    one, other = (_said(side) for side in sides)
    return Note.of(
        "disagree", one=one, other=other, order=order, first=markers[0], second=markers[1]
    )


def elsewhere(cited: Weighed, other: Weighed) -> Note:
    """What another place says that is not cited: ``other`` disagrees with ``cited``."""
    document = other.hit.document
    if is_newer(document, cited.hit.document):
        age = "newer"
    elif is_newer(cited.hit.document, document):
        age = "older"
    else:
        age = "unknown"
    line = line_of(document.text, other.unit.sentence.start)
    said = " ".join(other.unit.text.split())
    return Note.of("elsewhere", said=said, path=other.hit.path, line=line, age=age)


def _said(one: Weighed) -> str:
    start, end = one.phrase or (0, len(one.unit.text))
    return one.unit.text[start:end].strip(" \n.,;:")


def _figures(one: Weighed) -> tuple[Number, ...]:
    """The figures of what answers, with their units, which a phrase may leave out."""
    start, end = one.phrase or (0, len(one.unit.text))
    text = one.unit.text
    every = (its for its in numbers(text) if not _CODE.search(text, 0, its.start))
    found = tuple(its for its in every if its.start < end and start < its.end)
    if any(its.unit for its in found) or len(terms(text[start:end])) <= WORDY:
        return found
    return ()


def _may_compare(one: Weighed, other: Weighed) -> bool:
    """Two sentences of one document speak of two things; other years and names are others."""
    if one.phrase is None or other.phrase is None or one.unit.text == other.unit.text:
        return False
    if one.hit.document.id == other.hit.document.id:
        return False
    # Where the phrases themselves are days, years that differ are the disagreement.
    asked = dates(_said(one)) and dates(_said(other))
    years = _years(one), _years(other)
    if all(years) and not years[0] & years[1] and not asked:
        return False
    if not asked and (_are_apart(one, other) or _are_of_a_series(one, other)):
        return False
    return not _are_of_two_names(one, other)


def _are_of_two_names(one: Weighed, other: Weighed) -> bool:
    """Whether each has a name that the other lacks, and what answers is not said of one of both.

    That is the name nearest before it, else behind it.
    """
    texts = one.unit.text, other.unit.text
    known = frozenset(name for text in texts for name in names(text))

    def named(text: str) -> tuple[str, ...]:
        return tuple(terms(" ".join(names(text, known))))

    own, its = (frozenset(named(_around(each))) for each in (one, other))
    nearest: set[str] = set()
    for each in (one, other):
        start, end = each.phrase or (0, 0)
        before, behind = named(each.unit.text[:start]), named(each.unit.text[end:])
        nearest |= {*(before[-1:] or behind[:1])}
    return bool(own - its and its - own) and not nearest <= own & its


def _are_of_a_series(one: Weighed, other: Weighed) -> bool:
    """Whether the titles name other months or years, as those of reports on each of them do."""
    titles = (dates(each.hit.document.title or "") for each in (one, other))
    own, its = ([date for date in found if date.day is None] for found in titles)
    return bool(own and its) and not any(a.within(b) or b.within(a) for a in own for b in its)


def _are_apart(one: Weighed, other: Weighed) -> bool:
    """Whether both speak of times, and of none together that is as long in both."""
    own, its = _times(one), _times(other)
    parts = [frozenset(map(str.casefold, _MONTHS.findall(each.unit.text))) for each in (one, other)]
    if own and its:
        return not any(a.meets(b) and _length(a) == _length(b) for a in own for b in its)
    return bool((own or parts[0]) and (its or parts[1])) and parts[0] != parts[1]


def _length(time: Interval) -> int:
    """So many months."""
    return round((time.end - time.start).days / 30)


def _times(one: Weighed) -> list[Interval]:
    """The times of a month and more, up to a year, that a unit speaks of."""
    times = dates_of(one.hit.document, one.unit.sentence)
    closed = [Interval(one.start, one.end) for one in times if not _OPEN.match(one.text)]
    return [time for time in closed if 1 <= _length(time) <= 12]


def _years(one: Weighed) -> set[int]:
    """The years that a unit names, and those that it means by "last year" and its like."""
    return {date.year for date in dates(one.unit.text) if date.year} | {
        time.start.year
        for time in dates_of(one.hit.document, one.unit.sentence)
        if time.relative and time.start.year == time.end.year and time.end - time.start >= _MONTH
    }


def _around(one: Weighed) -> str:
    """A unit's text without what answers in it."""
    start, end = one.phrase or (0, 0)
    return f"{one.unit.text[:start]} _ {one.unit.text[end:]}"


def _differ(one: Weighed, other: Weighed) -> bool:
    days, others = dates(_said(one)), dates(_said(other))
    if len(days) == len(others) == 1:
        return not (days[0].within(others[0]) or others[0].within(days[0]))
    if days or others:
        return False
    figures, rivals = (_by_value(_figures(each)) for each in (one, other))
    return len(figures) == len(rivals) == 1 and not _same_figure(*figures, *rivals)


def _by_value(figures: tuple[Number, ...]) -> tuple[Number, ...]:
    """One figure of each value, that with a unit: "six (6) months" is one."""
    return tuple({one.value: one for one in sorted(figures, key=lambda f: f.unit or "")}.values())


def _same_figure(one: Number, other: Number) -> bool:
    """Whether both may be true: also where they are of other units or sizes, or one is rounded.

    Rounded is what is the other with fewer digits: 3.5 million and 3,482,000.
    """
    if one.unit != other.unit or one.value == other.value:
        return True
    if max(one.value, other.value) >= TIMES * min(one.value, other.value):
        return True
    for rough, exact in permutations((one.value, other.value)):
        digits = rough.normalize().as_tuple()
        step = Decimal(1).scaleb(int(digits.exponent))
        if (len(digits.digits) >= 2 or step < 1) and abs(rough - exact) * 2 <= step:
            return step > 1 or abs(rough - exact) < Decimal("0.5")
    return False
