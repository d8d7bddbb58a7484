"""Units made alike, such as records: which of them the question means, and which make a list.

Two units are alike that share most of their words.  Where the question has a figure or a name by
which one differs from the other, and no word by which the other does, it asks of the first: 33
amperes, not 34; vitamin D, not vitamin C.  Any word tells rows apart, and sentences that differ
in single words; of sections made alike their headings tell.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from qa.answering.windows import heading_of
from qa.data import Reading, Unit, Weighed, Window
from qa.text.facts import numbers
from qa.text.words import words

NEAR = 40
"""So many of the likeliest units are compared with each other."""
MEANT = 4.5
"""What a unit's logit gains that is named by its number, or loses to one that is meant instead."""
KEYED = 2.5
"""What a row's logit gains whose first cell is a code that the question names.

Of 20 plain questions about a price list the right row leads 17, and 3 without.  Of 1,478 on
documents held apart four name a code, so that what it costs is hardly known.
"""
SHARED = 0.5
"""Alike are two units that share this part of the longer one's words."""
BESIDE = 0.3
"""The same of what may be shown beside a unit."""
MANY = 3
"""So many units of as many documents that say the same of other things make a list ..."""
LISTED = 0.05
"""... where each is so likely, as a share of the likeliest one."""


_REFERRED = re.compile(r"(?<![\w.,:/$€£-])(\d{1,3}(?:\.\d{1,3}){1,4})(?![\w%]|[.,:/-]\d)")
_KEY = re.compile(r"\b(?=[\w./-]*\d)(?=[\w./-]*[^\W\d_])\w+(?:[./-]\w+)*")  # letters and digits
_FIRST_CELL = re.compile(r"(?:[^:;|]{1,40}: )?([^;|]{1,40})")
_NAME = re.compile(r"[\w.,]*\d[\w.,]*|[^\W\d_a-z]\w*")


class _Record(NamedTuple):
    """A unit's document, its words, and the heading that it stands under in it, with its words.

    ``names`` are the words of it that may tell it from others; ``text`` are all, in order.
    """

    document: str
    own: frozenset[str]
    names: frozenset[str]
    text: tuple[str, ...]
    heading: Unit | None
    above: frozenset[str]


def meant_less(question: str, windows: Sequence[Window], weighed: Sequence[Weighed]) -> set[int]:
    """Which of ``weighed``, likeliest first, the question means less than another one alike."""
    asked = _words(question)
    near = [_record(windows, one) for one in weighed[:NEAR]]
    return {
        at for at, one in enumerate(near) if any(_is_meant(asked, other, one) for other in near)
    }


def referred(
    question: str, windows: Sequence[Window], weighed: Sequence[Weighed]
) -> dict[int, float]:
    """What the logits of ``weighed`` gain where the question names a number: "clause 2.3", "3.3.2".

    What begins with it, stands under it or has it for a cell gains, what does not name it loses;
    2.3.1 is of 2.3.
    """
    named = [
        re.escape(one[1])
        for one in _REFERRED.finditer(question)  # but for "2.3 kg" and "2.3 million"
        if one[1].count(".") > 1
        or not any(
            its.start <= one.start() < its.end and (its.unit or str(its.value) != one[1])
            for its in numbers(question)
        )
    ]
    if not named:
        return {}
    number = rf"(?:{'|'.join(named)})(?:\.\d+)*(?![\w%]|[.,]\d)"
    begins, holds = re.compile(rf"§?\s?{number}"), re.compile(rf"(?<![\w.,]){number}")
    cell = re.compile(rf"(?:^|: |\| ?){number}\s*(?:[;|]|$)")
    gains = dict.fromkeys(range(len(weighed)), -MEANT)
    for at, one in enumerate(weighed[:NEAR]):
        heading, text = heading_of(windows[one.window], one.place), one.unit.text
        is_head = begins.match(text) or (heading is not None and begins.match(heading.text))
        if is_head or (one.unit.role == "row" and cell.search(text)):
            gains[at] = MEANT
        elif holds.search(text):
            gains[at] = 0.0
    return gains if MEANT in gains.values() else {}


def keyed(question: str, weighed: Sequence[Weighed]) -> set[int]:
    """Which of ``weighed`` are rows whose first cell is a code that is named, as "TW-200" is."""
    codes = {one.casefold() for one in _KEY.findall(question)}
    found = set()
    for at, one in enumerate(weighed):
        cell = _FIRST_CELL.match(one.unit.text) if one.unit.role == "row" else None
        if cell is not None and cell[1].strip().casefold() in codes:
            found.add(at)
    return found


def _is_meant(asked: frozenset[str], one: _Record, other: _Record) -> bool:
    """Whether the question means ``one``, and not ``other``."""
    shared, longest = len(one.own & other.own), max(len(one.own), len(other.own))
    names = one.own if _is_same_but_for_words(one.text, other.text) else one.names
    tells = asked & (names - other.own) and not asked & (other.own - one.own)
    if tells and shared >= SHARED * longest:
        return True
    if one.document != other.document or one.heading == other.heading:
        return False
    if one.heading is None or other.heading is None or shared < SHARED * longest:
        return False
    return asked & (one.own | one.above) > asked & (other.own | other.above)


def _is_same_but_for_words(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one sentence is made of the other by exchanging words: "upper" for "lower"."""
    exchanged = sum(a != b for a, b in zip(one, other, strict=False))
    return len(one) == len(other) and 2 * exchanged <= len(one)


def says_less(question: str, one: Unit, other: Unit) -> bool:
    """Whether ``one`` is made as ``other`` and has only some of the question's words that it has.

    On documents held apart none of 12 such units was part of an answer; of all that are so likely
    beside the likeliest, one in eight is.
    """
    asked, own, its = _words(question), _words(one.text), _words(other.text)
    return own & asked < its & asked and len(own & its) >= BESIDE * max(len(own), len(its))


def has_other_figures(question: str, one: Unit, other: Unit) -> bool:
    """Whether ``other`` has all figures of the question, and ``one`` others and none of them.

    Of 65 such units that were shown on documents held apart three were part of an answer.
    """
    asked, own, its = (
        {number.measure for number in numbers(text)} for text in (question, one.text, other.text)
    )
    return bool(asked and own) and asked <= its and not asked & own


def listed(reading: Reading) -> tuple[Weighed, ...]:
    """The units that say of other things what the likeliest one says of its own; or none.

    They stand in documents of their own, are of the same words but for names and figures, and
    the question has no word that only the likeliest one or its title has.
    """
    if not reading.weighed:
        return ()
    lead, asked = reading.weighed[0], _words(reading.question)
    own, about = _words(lead.unit.text), _words(reading.windows[lead.window].context)
    found = {lead.hit.document.id: lead}
    for one in reading.weighed[1:]:
        if one.chance < LISTED * lead.chance:
            break
        other = _words(one.unit.text)
        named = asked & (own | about)
        if (
            one.unit.voice is None
            and len(other) == len(own)
            and 3 * len(own - other) <= len(own)
            and named <= other | _words(reading.windows[one.window].context)
        ):
            found.setdefault(one.hit.document.id, one)
    return tuple(found.values()) if len(found) >= MANY else ()


def sections(reading: Reading) -> tuple[tuple[Unit, Weighed], ...]:
    """The headings that name what is asked for, where several do and what is below does not.

    With each comes the likeliest unit below it that is made as the likeliest of all is, as records
    are; they stand in reading order.
    """
    if not reading.weighed:
        return ()
    lead, asked = _record(reading.windows, reading.weighed[0]), _words(reading.question)
    named = asked & lead.above
    if not named or named & lead.own:
        return ()
    found: dict[int, tuple[Unit, Weighed]] = {}
    for one in reading.weighed[:NEAR]:
        it = _record(reading.windows, one)
        if it.document != lead.document or it.heading is None or not named <= it.above:
            continue
        if len(it.own & lead.own) >= SHARED * max(len(it.own), len(lead.own)):
            found.setdefault(it.heading.sentence.start, (it.heading, one))
    return tuple(found[start] for start in sorted(found)) if len(found) > 1 else ()


def _record(windows: Sequence[Window], one: Weighed) -> _Record:
    found = windows[one.window]
    heading = heading_of(found, one.place)
    said = _words(heading.text) if heading else frozenset()
    own = _words(one.unit.text)
    is_row = one.unit.role in ("row", "field")
    names = own if is_row else _words(" ".join(_NAME.findall(one.unit.text)))
    text = tuple(one.unit.text.casefold().split())
    return _Record(one.hit.document.id, own, names, text, heading, said)


def _words(text: str) -> frozenset[str]:
    """The terms of a text, and the letters that stand for names: "Pump A", "vitamin D"."""
    found = set()
    for word in words(text):
        is_letter = len(word.text) == 1 and word.text.isupper()
        term = word.text.casefold() if is_letter else word.term
        if term is not None:
            found.add(term)
    return frozenset(found)
