"""Does what is cited carry what is said?  Without a model, the same way every time.

Two questions are kept apart.  *Facts*: every number, date and name of the statement stands in
the cited sentences, nothing is negated or turned round; one failure refuses the statement,
whatever else agrees.  *Coverage*: how much of the rest is there, words weighted by rarity,
as a probability from a logistic model whose weights ``bench/checker.py`` fits on half of WiCE
(Kamoi et al. 2023) and writes to ``support.json`` beside this file.
"""

import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from qa.answer.contradiction import contradictions
from qa.answer.facts import Date, Number, dates, names, numbers, unit_of
from qa.text import terms, words

Rarity = Callable[[str], float]
"""The inverse document frequency of a term, or anything that grows with its rarity."""

_HEDGE = re.compile(r"\b(?:about|around|nearly|almost|roughly|approximately|some|circa|ca)\b", re.I)
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
_AROUND = 0.5
"""What a word counts for that stands only around the cited sentence or in the question."""
_CARRIES = 0.12
"""A further citation is kept for this share of the statement's weight, or for a fact."""


class Cited(NamedTuple):
    """A cited sentence, and what stands around it: neighbours, heading, title, date.

    The context only explains the sentence (what "it" is, which year); it carries nothing.
    """

    text: str
    context: str = ""


class Check(NamedTuple):
    """``support`` is a probability; ``carrying`` indexes the citations that are needed."""

    supported: bool
    support: float
    reasons: tuple[str, ...]
    carrying: tuple[int, ...]


def verify(
    statement: str, cited: Sequence[Cited], question: str = "", *, idf: Rarity | None = None
) -> Check:
    """Check ``statement`` against the sentences it cites; the reasons are for a reader.

    ``idf`` weighs a term by its rarity in the collection; without it long words are rare.
    """
    if not cited:
        return Check(False, 0.0, ("it cites no source",), ())
    weigh = idf or _default_rarity
    carrying = _carrying(statement, [one.text for one in cited], weigh)
    kept = [cited[place] for place in carrying] or list(cited)
    reasons = tuple(dict.fromkeys(_wrong(statement, kept, question)))
    model = _model()
    support = probability(model, features(statement, kept, question, idf=weigh))
    if support < model["threshold"]:
        reasons = (*reasons, "too little of it stands in the cited sentences")
    return Check(not reasons, round(support, 4), reasons, carrying)


def features(
    statement: str, cited: Sequence[Cited], question: str = "", *, idf: Rarity | None = None
) -> dict[str, float]:
    """What the logistic model sees: shares from 0 to 1, and what is missing, scaled to about 1.

    Sentence embeddings were tried as two further features and bought 0.002 of AUROC.
    """
    weigh = idf or _default_rarity
    said = _weights(statement, weigh)
    every = [frozenset(terms(one.text)) for one in cited]
    around = frozenset(terms(" ".join([*(one.context for one in cited), question])))
    union: frozenset[str] = frozenset().union(*every)
    total = sum(said.values()) or 1.0
    mine = names(statement, _known(cited, question))
    absent = list(_missing_names(statement, cited, question))
    unnamed = len(absent)
    borne_out = frozenset(one for name in mine if name not in absent for one in terms(name))
    figures = len(numbers(statement)) + len(dates(statement))
    unfigured = len(list(_missing_figures(statement, cited, question)))
    spoken = terms(statement)
    pairs = list(pairwise(spoken))

    def covered(there: Collection[str]) -> float:
        return sum(
            weight * max(_credit(one, there), one in borne_out, _AROUND * (one in around))
            for one, weight in said.items()
        )

    return {
        "covered_by_one": max(covered(there) for there in every) / total,
        "pairs": sum(any(a in t and b in t for t in every) for a, b in pairs) / max(1, len(pairs)),
        "missing_weight": (total - covered(union)) / 40,
        "names": 1 - unnamed / len(mine) if mine else 1.0,
        "names_missing": unnamed / 4,
        "figures": 1 - unfigured / figures if figures else 1.0,
        "figures_missing": unfigured / 2,
    }


def definitions(text: str, sentence: str) -> list[str]:
    """Where ``text`` defines abbreviations that ``sentence`` uses: "Harbour Board (HB)"."""
    return [match.group() for match in _DEFINED.finditer(text) if _named(match.group(2), sentence)]


def probability(model: Mapping[str, float], values: Mapping[str, float]) -> float:
    """The logistic model's answer; ``model`` holds one weight a feature, and "constant"."""
    score = model["constant"] + sum(model[name] * value for name, value in values.items())
    return 1 / (1 + math.exp(-score))


@lru_cache(maxsize=1)
def _model() -> dict[str, float]:
    file = resources.files("qa.answer") / "support.json"
    found: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _default_rarity(one: str) -> float:
    """Rarity where nobody knows the collection: long words are rarer (Zipf 1935)."""
    return 1.0 + min(len(one), 9) / 3


def _weights(text: str, weigh: Rarity) -> dict[str, float]:
    """The rarity of each term that is no figure; those are checked one by one."""
    return {
        one: weigh(one)
        for one in terms(text)
        if not one[0].isdigit() and not _SMALL_WORDS.fullmatch(one)
    }


@lru_cache(maxsize=4096)
def _alike(one: str, other: str) -> bool:
    """Two stems of one family: "product" and "production"."""
    shortest = min(len(one), len(other))
    return shortest >= 4 and one[:4] == other[:4] and one[:shortest] == other[:shortest]


def _credit(one: str, there: Collection[str]) -> float:
    if one in there:
        return 1.0
    return 0.8 if any(_alike(one, other) for other in there) else 0.0


def _carrying(statement: str, texts: Sequence[str], weigh: Rarity) -> tuple[int, ...]:
    """The fewest sentences that cover what all of them cover: greedy set cover."""
    weights = _weights(statement, weigh)
    total = sum(weights.values()) or 1.0
    figures: list[Number | Date] = [*numbers(statement), *dates(statement)]
    bearing = []
    for text in texts:
        there = frozenset(terms(text))
        own = {one: weight for one, weight in weights.items() if _credit(one, there)}
        its_numbers, its_dates = numbers(text), dates(text)
        for place, figure in enumerate(figures):
            if _figured(figure, its_numbers, its_dates):
                own[f"#{place}"] = total
        bearing.append(own)
    chosen: list[int] = []
    covered: set[str] = set()
    while len(chosen) < len(texts):
        gains = [sum(w for one, w in own.items() if one not in covered) for own in bearing]
        best = max(range(len(texts)), key=lambda place: (gains[place], -place))
        if gains[best] <= 0 or (chosen and gains[best] < _CARRIES * total):
            break
        chosen.append(best)
        covered.update(bearing[best])
    return tuple(sorted(chosen))


def _wrong(statement: str, cited: Sequence[Cited], question: str) -> Iterator[str]:
    """A reason for every fact of ``statement`` that ``cited`` does not bear out."""
    texts = [one.text for one in cited]
    for figure in _missing_figures(statement, cited, question):
        yield f"{figure} does not stand in the cited sentences"
    for name in _missing_names(statement, cited, question):
        yield f"the name {name!r} does not stand in the cited sentences"
    yield from contradictions(statement, texts)


def _missing_figures(statement: str, cited: Sequence[Cited], question: str) -> Iterator[str]:
    texts = " \n".join(one.text for one in cited)
    around = " \n".join([*(one.context for one in cited), question])
    its_numbers, its_dates = numbers(texts), dates(texts)
    more_numbers, more_dates = numbers(around), dates(around)
    for number in numbers(statement):
        rivals = [one for one in its_numbers if one.unit == number.unit]
        if _figured(number, its_numbers, its_dates, texts + around):
            continue
        if _hedged(number, statement, its_numbers):
            continue
        # Only what the source leaves open may come from around it or from the question.
        if rivals or not _figured(number, more_numbers, more_dates, texts + around):
            yield f"the number {statement[number.start : number.end].strip()!r}"
    for date in dates(statement):
        if _figured(date, its_numbers, its_dates) or _completed(date, its_dates, more_dates):
            continue
        if its_dates or not _figured(date, more_numbers, more_dates):
            yield f"the date {_spelled(date)!r}"


def _figured(
    figure: Number | Date, its_numbers: Sequence[Number], its_dates: Sequence[Date], text: str = ""
) -> bool:
    if isinstance(figure, Date):
        if any(figure.within(one) for one in its_dates):
            return True
        alone = figure.month is None and figure.year is not None  # "1500 people" is no year
        return alone and any(one.value == figure.year and one.unit is None for one in its_numbers)
    if figure.unit is None and any(
        one.year == figure.value and one.month is None for one in its_dates
    ):
        return True
    return any(_equal(figure, one, text) for one in its_numbers)


def _equal(one: Number, other: Number, text: str) -> bool:
    if one.value != other.value:
        return False
    if one.unit == other.unit:
        return True
    if "%" in (one.unit, other.unit):
        return False
    if one.unit is None:
        return True
    # "5 km" of a table cell "5" under a heading "km"
    return other.unit is None and any(unit_of(word.text) == one.unit for word in words(text))


def _hedged(number: Number, statement: str, its: Sequence[Number]) -> bool:
    """True for "about 2,000" of 1,987: rounder, and near."""
    if not _HEDGE.search(statement[max(0, number.start - 20) : number.start + 1]):
        return False
    near = number.value * Decimal("0.05")
    return any(
        abs(one.value - number.value) <= near
        and one.unit == number.unit
        and len(number.value.as_tuple().digits) < len(one.value.as_tuple().digits)
        for one in its
    )


def _completed(date: Date, its: Sequence[Date], around: Sequence[Date]) -> bool:
    """True for "February 5, 2023" of "February 5" in a text about 2023."""
    if date.year is None or date.month is None:
        return False
    bare = date._replace(year=None)
    open_year = any(bare.within(one) and one.year is None for one in its)
    return open_year and any(one.year == date.year for one in (*its, *around))


def _spelled(date: Date) -> str:
    return "-".join(str(part) for part in date if part is not None)


def _known(cited: Sequence[Cited], question: str) -> frozenset[str]:
    every = [question, *(one.text for one in cited), *(one.context for one in cited)]
    return frozenset(name for text in every for name in names(text))


def _missing_names(statement: str, cited: Sequence[Cited], question: str) -> Iterator[str]:
    texts = " \n".join(one.text for one in cited)
    around = " \n".join(one.context for one in cited)
    mine = names(statement, _known(cited, question))
    spelled_out = _spelled_out(texts, around)
    initials = "".join(name[0] for name in mine).casefold()
    # "Kestrel's partners are ..." is no answer where the source speaks of Datalith's.
    rivals = [name for name in names(texts) if not _named(name, statement)]
    # A name may come from around the sentence where it takes the place of a pronoun there.
    stood_for = len(_STANDS_FOR.findall(texts)) > len(_STANDS_FOR.findall(statement))
    for name in mine:
        if _named(name, texts) or _named(name, spelled_out):
            continue
        if _named(name, question) and not rivals:
            continue
        if _named(name, around) and stood_for:
            continue
        if _initials_stand(name, mine, initials, texts):
            continue
        yield name


def _spelled_out(texts: str, around: str) -> str:
    """What the abbreviations of ``texts`` stand for, and the other way round, by ``around``."""
    found = []
    for match in _DEFINED.finditer(f"{texts} \n{around}"):
        full, short = match.group(1).strip(), match.group(2)
        if _named(short, texts):
            found.append(full)
        if full in texts:
            found.append(short)
    return " ".join(found)


def _initials_stand(name: str, mine: Sequence[str], initials: str, texts: str) -> bool:
    """True for "United States" of "U.S.", and "WHO" of "World Health Organization"."""
    shorts = {
        word.text.replace(".", "").casefold() for word in words(texts) if word.text.isupper()
    } - {""}
    if len(name) > 1 and name.replace(".", "").isupper():
        capitals = "".join(one[0] for one in names(texts)).casefold()
        return len(name) > 2 and name.replace(".", "").casefold() in capitals
    place = mine.index(name)
    return any(
        len(short) > 1
        and any(
            initials[start : start + len(short)] == short
            for start in range(max(0, place - len(short) + 1), place + 1)
        )
        for short in shorts
    )


def _named(name: str, text: str) -> bool:
    """True where ``text`` has the word, its nation or its people, in whatever case."""
    there = _keys_of(text)
    parts = [part for part in re.split(r"[-&]", name) if part]
    return all(_keys(part) & there for part in parts)


@lru_cache(maxsize=256)
def _keys_of(text: str) -> frozenset[str]:
    every = [key for word in words(text) for key in _keys(word.text)]
    return frozenset(every)


@lru_cache(maxsize=16384)
def _keys(name: str) -> frozenset[str]:
    """The word as it is compared: its term, without the ending of a nation or a people."""
    plain = re.sub(r"['’]s$", "", name).replace(".", "")
    folded = plain.casefold()
    keys = {*terms(plain), folded}
    if plain[:1].isupper() and len(folded) > 4 and folded.isalpha():
        keys.add("~" + re.sub(r"(?:ese|ians?|ans?|ish|is|[aeiouy]+)$", "", folded))
        keys.add("~" + folded)
    if folded in _KIN and (plain[:1].isupper()):
        keys |= {_KIN[folded], "~" + _KIN[folded]}
    return frozenset(keys)
