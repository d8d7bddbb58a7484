"""Proper names in a text: runs of capitalised words.  No model and no list of names.

>>> [name.text for name in names("When did Ada Lovelace move to the University of Ockham?")]
['Ada Lovelace', 'University of Ockham']
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from qa.text import term

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.)+(?=\s*\w|\s*$)|(?:St|Dr|Mr|Mrs|Ms|Prof|Mt|Ft)\.|\w+(?:[-'’.&/]\w+)*|&|[^\w\s]|\n"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_INSIDE = frozenset("of & de da di du la le van von der den del bin ibn al el y".split())
_BOUNDARY = frozenset('.?!:;"“”()[]\n•|')
_DATES = frozenset(
    """january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday
    saturday sunday""".split()
)
_OPENERS = frozenset(
    """although also additionally after among another anything besides during despite
    following first finally however instead later like many meanwhile nevertheless none one
    others part perhaps several since sometimes still though thus together two three today
    unlike upon whether within without yes yet aside regarding according along around across
    around everyone everything someone something nobody nothing okay ok hi hello thanks list
    name give show explain describe besides""".split()
)
_GROUP_WORDS = frozenset(
    """inc corp corporation co company group ltd llc plc gmbh ag holdings industries motors
    motor technologies technology systems labs laboratories university college institute
    school academy bank party team band orchestra committee commission council union
    association federation foundation society ministry department agency office museum club
    league records airlines press times project program programme award awards prize festival
    river mountain city county island battle act law treaty album film show season tour states
    kingdom republic trail railway congress parliament senate army navy government studios
    medal""".split()
)
_PLACE_BEFORE = frozenset("in at near from to into via outside inside".split())


class Name(NamedTuple):
    """A name where it stands: ``text[start:end]``, and the word before it, lower case."""

    text: str
    start: int
    end: int
    before: str


@lru_cache(maxsize=512)
def names(text: str) -> tuple[Name, ...]:
    """The runs of capitalised words in ``text``; a sentence's first word only if more follow."""
    return tuple(_runs(text))


def _runs(text: str) -> Iterator[Name]:
    run: list[re.Match[str]] = []
    before = previous = ""
    opens = True
    pending: list[re.Match[str]] = []  # "of", "de": inside a name only if another word follows
    run_opens = False
    for token in [*_TOKEN.finditer(text), None]:
        word = token.group() if token else ""
        if token and _is_name_word(word, opens, bool(run)):
            if run and not pending and text[run[-1].end() : token.start()].strip():
                yield from _name(text, run, before, run_opens)
                run = []
            if not run:
                before, run_opens = previous, opens
            run += [*pending, token]
            pending = []
            if _POSSESSIVE.search(word):
                yield from _name(text, run, before, run_opens)
                run = []
        elif token and (word == "the" if pending else run and word in _INSIDE):
            pending.append(token)
        else:
            yield from _name(text, run, before, run_opens)
            run, pending = [], []
        opens = word in _BOUNDARY
        previous = word.casefold()


def _is_name_word(word: str, opens: bool, inside: bool) -> bool:
    if word[:1].isdigit():
        return (inside and len(word) < 4) or (len(word) > 1 and any(c.isupper() for c in word))
    if not any(char.isupper() for char in word[:3]):
        return False
    folded = _POSSESSIVE.sub("", word.casefold())
    if folded in _DATES and not inside:
        return False
    if opens and (term(folded) is None or folded in _OPENERS or folded in _DATES):
        return False
    return word not in ("I", "I'm", "I'd") and (inside or term(word) is not None or len(word) > 2)


def _name(text: str, run: Sequence[re.Match[str]], before: str, opens: bool) -> Iterator[Name]:
    if not run:
        return
    # "Deliveries began", "Deliveries of the Orro 5": a first word is capitalised anyway
    if opens and run[0].group()[1:].islower() and run[0].group().casefold() not in _GROUP_WORDS:
        inside = next((i for i, word in enumerate(run) if i and word.group()[0].isupper()), 0)
        if inside != 1:
            run = run[inside:] if inside else []
            before = "of"
        if not run:
            return
    start, end = run[0].start(), run[-1].end()
    found = _POSSESSIVE.sub("", text[start:end])
    if any(char.isalpha() for char in found) and term(found) is not None:
        yield Name(found, start, start + len(found), before)


def looks_like_a_person(name: str, befores: Sequence[str]) -> float:
    """From 0 to 1, by its own words and by the words that stood ``before`` it."""
    parts = name.split()
    folded = {part.casefold() for part in parts}
    if folded & _GROUP_WORDS or any(c.isdigit() or c == "&" for c in name) or len(parts) > 4:
        return 0.0
    if parts[0] in ("The", "A", "An") or (len(parts) == 1 and name.endswith("s") and len(name) > 6):
        return 0.1
    if not all(part[:1].isupper() or part in _INSIDE for part in parts) or name.isupper():
        return 0.1
    score = 0.9 if len(parts) > 1 else 0.6
    odd = sum(before == "the" or before in _PLACE_BEFORE for before in befores)
    return score * (1.0 - 0.8 * odd / max(1, len(befores)))
