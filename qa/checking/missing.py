"""What of a statement stands in none of the sentences that it cites.

Figures and dates after normalisation, names, addresses and whole clauses; the reasons are for
a reader.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from qa.checking.contradiction import contradictions
from qa.checking.derived import strange
from qa.text.facts import Date, Number, dates, names, numbers, parties, subjects, unit_of
from qa.text.words import terms, words
from qa.times.intervals import Expression
from qa.times.words import DASH, MONTH, month_number

Rarity = Callable[[str], float]
"""The inverse document frequency of a term, or anything that grows with its rarity."""

_STANDS_FOR = re.compile(
    r"\b(?:it|its|he|his|him|she|her|they|their|them|this|these|those|both|we|our"
    r"|the (?:two|pair|latter|former|company|firm|group|brand|tech giant|carmaker|maker|team|club"
    r"|agency|ministry|bank|university|school|city|country|author|president|project|film|book))\b",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"((?:[A-Z][\w&.’'-]*\s+(?:(?:of|and|for|the)\s+)*){1,8})\(([A-Z][\w&.]{1,9})\)"
)
_SMALL_WORDS = re.compile(
    r"million|billion|thousand|hundred|percent|dollar|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|jan\w*|feb\w*|march|april|may|june?|july?|august|sept\w*|octob\w*|novemb\w*|decemb\w*"
)
_KIN = {
    "uk": "britain", "british": "britain", "french": "france", "dutch": "netherlands",
    "us": "america", "american": "america", "usa": "america", "holland": "netherlands",
    "swiss": "switzerland", "spanish": "spain", "danish": "denmark", "greek": "greece",
    "welsh": "wales",
    "finnish": "finland", "polish": "poland", "turkish": "turkey", "irish": "ireland",
}  # fmt: skip
_ADDRESS = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]*://|www\.|javascript:|data:|mailto:)\S+", re.IGNORECASE
)
_SCALES = {"thousand": Decimal(10**3), "million": Decimal(10**6), "billion": Decimal(10**9)}
_SCALE_ALONE = re.compile(
    r"(?<![\d.,] )(?<![\d.,-])(?:\b(thousand|million|billion)s?\b|\bper ?cent\b|%)", re.IGNORECASE
)
"""A scale that no number has, or percent: of a table's header or caption, and so of its cells."""
_MONTH_NAME = re.compile(rf"\b{MONTH}\b")
_MONTH_RANGE = re.compile(rf"\b({MONTH})\s*(?:{DASH}|to|until|through)\s*({MONTH})\b")
_ORDINALS = {
    "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}  # fmt: skip
"""Without "first", which is often no count ("at first", "the first to")."""
_RANKS = frozenset(_ORDINALS.values())
CLAUSES = re.compile(r"\s*;\s*|,?\s+(?:and|but|while|whereas)\s+|,\s+|\s+[–—]\s+", re.IGNORECASE)
_PARTS = re.compile(rf"{CLAUSES.pattern}|:\s+", re.IGNORECASE)
_LONG_PART = 2
_STRANGE = 1 / 2
"""A part of at least so many terms must share this much of their weight with its sources."""


class Cited(NamedTuple):
    """A cited sentence, and what stands around it: neighbours, heading, title, date.

    The context only explains the sentence (what "it" is, which year); it carries nothing.
    ``times`` are the sentence's relative expressions, with what they mean where that is known.
    """

    text: str
    context: str = ""
    times: tuple[Expression, ...] = ()


def definitions(text: str, sentence: str) -> list[str]:
    """Where ``text`` defines what ``sentence`` uses: "Harbour Board (HB)", 'Sokol ("the Buyer")'.

    And how those are called in full whom it calls by their first names.
    """
    found = [f"{full} ({short})" for full, short in _defined(text) if named(short, sentence)]
    for first in dict.fromkeys((*names(sentence), *subjects(sentence))):
        called = set(re.findall(rf"\b{re.escape(first)} [A-Z][\w-]+", text))
        if len(called) == 1:
            found.append(f"{called.pop()} ({first})")
    return found


def _defined(text: str) -> Iterator[tuple[str, str]]:
    """What a text gives a short name to, and the name."""
    yield from ((match[1].strip(), match[2]) for match in _DEFINED.finditer(text))
    yield from ((name, term) for term, name in parties(text))


def wrong(statement: str, cited: Sequence[Cited], question: str) -> Iterator[str]:
    """A reason for every fact of ``statement`` that ``cited`` does not bear out."""
    texts = [one.text for one in cited]
    for figure in missing_figures(statement, cited, question):
        yield f"{figure} does not stand in the cited sentences"
    for time in strange(statement, texts):
        yield f"the time {time!r} does not stand in the cited sentences"
    absent = tuple(missing_names(statement, cited, question))
    for name in absent:
        yield f"the name {name!r} does not stand in the cited sentences"
    for address in _ADDRESS.findall(statement):
        if not any(address.rstrip(".,;:!?)") in text for text in texts):
            yield f"the address {address!r} does not stand in the cited sentences"
    for part in _strange_parts(statement, cited, question, absent):
        yield f"too little of the part {part!r} stands in the cited sentences"
    ranks = _ranks("\n".join(texts))
    # "The third phase" of the question, where the source says no rank of its own.
    ranks |= _ranks("\n".join([*(one.context for one in cited), "" if ranks else question]))
    for rank in sorted(_ranks(statement) - ranks):
        yield f"{rank!r} does not stand in the cited sentences"
    if _is_predicate_strange(statement, cited, question):
        yield "no word of it but names and figures stands in the cited sentences"
    yield from contradictions(statement, texts)


def _ranks(text: str) -> frozenset[str]:
    """The ordinals of a text, as figures: "3rd"."""
    spoken = (word.text.casefold() for word in words(text))
    return frozenset(_ORDINALS.get(one, one) for one in spoken) & _RANKS


def _is_predicate_strange(statement: str, cited: Sequence[Cited], question: str) -> bool:
    """True where a statement shares names and figures with its sources and no other word."""
    mine = terms(" ".join(names(statement, known_names(cited, question))))
    own = [one for one in weights_of(statement, default_rarity) if one not in mine]
    there = frozenset(terms(" ".join(f"{one.text} {one.context}" for one in cited)))
    asked = frozenset(terms(question))
    return len(own) > 1 and not any(credit(one, there) or one in asked for one in own)


def missing_figures(statement: str, cited: Sequence[Cited], question: str) -> Iterator[str]:
    """The numbers and dates of ``statement`` that ``cited`` does not hold, for a reader."""
    texts = " \n".join(one.text for one in cited)
    around = " \n".join([*(one.context for one in cited), question])
    for number in numbers(statement):
        if statement[number.start : number.end].casefold() in _ORDINALS:
            continue  # a rank, and compared with ranks
        if figured(number, texts, texts + around):
            continue
        if _scaled(number, texts):
            continue
        # Only what the source leaves open may come from around it or from the question.
        rivals = any(one.measure[1] == number.measure[1] for one in numbers(texts))
        if rivals or not figured(number, around, texts + around):
            yield f"the number {statement[number.start : number.end].strip()!r}"
    times = [time for one in cited for time in one.times]
    for date in dates(statement):
        if figured(date, texts) or _is_month_of(date, texts):
            continue
        if _completed(date, texts, around) and not _dated(date, times):
            continue
        # "Last year" is a year of its own: no other may come from around it.
        if dates(texts) or times or not figured(date, around):
            spelled = "-".join(str(part) for part in date if part is not None)
            yield f"the date {spelled!r}"


def missing_names(statement: str, cited: Sequence[Cited], question: str) -> Iterator[str]:
    """The words of names in ``statement`` that ``cited`` does not hold, under any other form."""
    texts = " \n".join(one.text for one in cited)
    around = " \n".join(one.context for one in cited)
    mine = names(statement, known_names(cited, question))
    spelled_out = _spelled_out(texts, around)
    # "Kestrel's partners are ..." is no answer where the source speaks of Datalith's.
    rivals = any(not named(name, statement) for name in names(texts))
    # A name may come from around the sentence where it takes the place of a pronoun there.
    stood_for = len(_STANDS_FOR.findall(texts)) > len(_STANDS_FOR.findall(statement))
    for name in mine:
        if not (
            named(name, texts)
            or named(name, spelled_out)
            or (not rivals and named(name, question))
            or (stood_for and named(name, around))
            or _initials_stand(name, mine, texts)
        ):
            yield name
    there = frozenset(terms(" ".join([texts, around, question])))
    for name in subjects(statement):
        if name not in mine and not any(credit(one, there) for one in terms(name)):
            yield name


def known_names(cited: Sequence[Cited], question: str) -> frozenset[str]:
    """Every word that stands as a name in or around the cited sentences, or in the question."""
    every = [question, *(one.text for one in cited), *(one.context for one in cited)]
    return frozenset(name for text in every for name in names(text))


def _strange_parts(
    statement: str, cited: Sequence[Cited], question: str, absent: Sequence[str]
) -> Iterator[str]:
    """The parts of a statement of several that share too little with what is cited.

    What stands around the cited sentences, and the question, counts as well, and so do names
    that are not ``absent``, for they may stand there in another form.
    """
    parts = _PARTS.split(statement)
    if len(parts) < 2:
        return
    around = [*(one.text for one in cited), *(one.context for one in cited), question]
    mine = (name for name in names(statement, known_names(cited, question)) if name not in absent)
    there = frozenset(terms(" ".join([*around, *mine])))
    for part in parts:
        own = weights_of(part, default_rarity)
        shared = sum(weight * credit(one, there) for one, weight in own.items())
        if len(own) >= _LONG_PART and shared < _STRANGE * sum(own.values()):
            yield part


def figured(figure: Number | Date, source: str, around: str = "") -> bool:
    """Whether a figure is among a source's; ``around`` may name the unit that one of them lacks."""
    if isinstance(figure, Date):
        bare = [one.value for one in numbers(source) if one.unit is None]  # no "1500 people"
        alone = figure.month is None and figure.year in bare
        return alone or any(figure.within(one) for one in dates(source))
    years = [one.year for one in dates(source) if one.month is None]
    if figure.unit is None and figure.value in years:
        return True
    return any(_equal(figure, one, around) for one in numbers(source))


def _equal(one: Number, other: Number, around: str) -> bool:
    if one.may_equal(other):
        return True
    if one.value != other.value or "%" in (one.unit, other.unit):
        return False
    # "5 km" of a table cell "5" under a heading "km"
    units = (unit_of(word.text) for word in words(around))
    return one.unit is None or (other.unit is None and one.unit in units)


def _scaled(number: Number, texts: str) -> bool:
    """True for "212 thousand" of a cell "212" that is cited with "thousands of tickets"."""
    alone, its = scales_alone(texts), numbers(texts)
    if number.unit == "%":
        return "%" in alone and any(one.value == number.value and not one.unit for one in its)
    scales = {_SCALES[found] for found in alone - {"%"}}
    return any(one.value * scale == number.value for one in its for scale in scales)


def scales_alone(text: str) -> frozenset[str]:
    """The scales ("thousand", "%") that a text names beside no number."""
    return frozenset(found.casefold() or "%" for found in _SCALE_ALONE.findall(text))


def _is_month_of(date: Date, texts: str) -> bool:
    """True for "in May" of a table's row "May", and for "in July" of "April - October"."""
    if date.month is None or date.day is not None:
        return False
    if date.year is not None and str(date.year) not in texts:
        return False
    spelled = [month_number(found) for found in _MONTH_NAME.findall(texts)]
    ranges = (map(month_number, found) for found in _MONTH_RANGE.findall(texts))
    return date.month in spelled or any(
        (date.month - first) % 12 <= (last - first) % 12 for first, last in ranges
    )


def _completed(date: Date, texts: str, around: str) -> bool:
    """True for "February 5, 2023" of "February 5" in a text about 2023."""
    if date.year is None or date.month is None:
        return False
    bare = date._replace(year=None)
    open_year = any(bare.within(one) and one.year is None for one in dates(texts))
    return open_year and any(one.year == date.year for one in (*dates(texts), *dates(around)))


def _dated(date: Date, times: Sequence[Expression]) -> bool:
    """True where ``times`` tell the year of this month, or of this day of it."""
    return any(
        one.interval is not None
        and one.interval.start.month == date.month
        and date.day in (None, one.interval.start.day)
        for one in times
    )


def _spelled_out(texts: str, around: str) -> str:
    """What the abbreviations of ``texts`` stand for, and the other way round, by ``around``."""
    found = []
    for full, short in _defined(f"{texts} \n{around}"):
        if named(short, texts):
            found.append(full)
        if full in texts:
            found.append(short)
    return " ".join(found)


def _initials_stand(name: str, mine: Sequence[str], texts: str) -> bool:
    """True for "United States" of "U.S.", and "WHO" of "World Health Organization"."""
    if len(name) > 1 and name.replace(".", "").isupper():
        capitals = "".join(one[0] for one in names(texts)).casefold()
        return len(name) > 2 and name.replace(".", "").casefold() in capitals
    place, initials = mine.index(name), "".join(one[0] for one in mine).casefold()
    shorts = {word.text.replace(".", "").casefold() for word in words(texts) if word.text.isupper()}
    return any(
        len(short) > 1 and short in initials[max(0, place - len(short) + 1) : place + len(short)]
        for short in shorts
    )


def named(name: str, text: str) -> bool:
    """True where ``text`` has the word, its nation or its people, in whatever case."""
    there = _keys_of(text)
    parts = [part for part in re.split(r"[-&]", name) if part]
    return all(_keys(part) & there for part in parts)


@lru_cache(maxsize=256)
def _keys_of(text: str) -> frozenset[str]:
    return frozenset(key for word in words(text) for key in _keys(word.text))


@lru_cache(maxsize=16384)
def _keys(name: str) -> frozenset[str]:
    """The word as it is compared: its term, without the ending of a nation or a people."""
    plain = re.sub(r"['’]s$", "", name).replace(".", "")
    folded = plain.casefold()
    keys = {*terms(plain), folded}
    if plain[:1].isupper() and len(folded) > 4 and folded.isalpha():
        stem = re.sub(r"(?:ese|ians?|ans?|ish|is|[aeiouy]+)$", "", folded)
        keys |= {"~" + stem, "~" + folded}
    if folded in _KIN and plain[:1].isupper():
        keys |= {_KIN[folded], "~" + _KIN[folded]}
    return frozenset(keys)


def weights_of(text: str, weigh: Rarity) -> dict[str, float]:
    """The rarity of each term that is no figure; those are checked one by one."""
    return {
        one: weigh(one)
        for one in terms(text)
        if not one[0].isdigit() and not _SMALL_WORDS.fullmatch(one)
    }


def credit(one: str, there: Collection[str]) -> float:
    """What a term counts for where ``there`` are the source's: 1, less for a kin, 0 for none."""
    if one in there:
        return 1.0
    return 0.8 if any(_alike(one, other) for other in there) else 0.0


@lru_cache(maxsize=4096)
def _alike(one: str, other: str) -> bool:
    """Two stems of one family: "product" and "production"."""
    shortest = min(len(one), len(other))
    return shortest >= 4 and one[:shortest] == other[:shortest]


def default_rarity(one: str) -> float:
    """Rarity where nobody knows the collection: long words are rarer (Zipf 1935)."""
    return 1.0 + min(len(one), 9) / 3
