"""A Reading to statements, without a model: few units, each with what it takes to be understood.

A list item comes with the line that opens its list, a code line with the line that introduces
it, a row with its header's words and its table's caption, a setting with the keys that it stands
under, a footnote with the sentence that it is of, a sentence that begins with a pronoun with the
one before it.
"""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby, pairwise
from textwrap import dedent

from qa.answering import alike
from qa.answering.cite import cite
from qa.answering.windows import heading_above, with_list
from qa.data import Citation, Hit, Reading, Sentence, Statement, Unit, Weighed, Window
from qa.text.config import told_by
from qa.text.facts import dates
from qa.times.entries import entry_at

SURE = 0.5
"""A unit that is likelier part of the answer than not is shown ..."""
LISTED = 12
"""... up to so many of them: a list."""
BESIDE = 0.8
"""Beside the likeliest one of a sure answer one is shown only with this share of its chance ...

On documents held apart, of units beside a confident lead .58 of those of more than this share were
part of the answer, and .28 of those between .35 and it."""
FEW = 3
"""... and where it is not likelier than not, up to so many in all."""
MAYBE_BESIDE = 0.15
MAYBE_FEW = 4
"""The same of what only may answer: who must look for himself is shown where.  On documents held
apart .785 of such answerable questions are so shown what answers them by 2.7 units each; with a
share of 0.1 .791 by 2.9, with 0.2 .763 by 2.5."""
CODE = 6
"""A block of code of so many lines is shown whole."""
STEPS = 0.3
"""Of a numbered list of which this share of the steps is chosen all is shown: one left out
misleads."""
TITLE = 5
"""A sentence of so few words that begins or parts a list item is shown with the next one."""
NEAREST = 3
"""Sentences shown where nothing answers."""

_CLOSED = tuple(".;:,!?\u3002\uff1b\uff1a\uff01\uff1f")
"""Signs behind which an item of a list needs none to part it from the next."""
_NUMBER = re.compile(r"\s*\(?\d{1,2}[.)]\s+")
_PRONOUNS = frozenset("he her his it its she that their them these they this those".split())


def select(reading: Reading, *, sure: bool) -> tuple[Weighed, ...]:
    """The units that together answer, likeliest first; fewer where the answer is ``sure``.

    What says the same in the same words is shown once, and what is made alike but has fewer of
    the question's words, or has other figures than it, is not shown beside what has them.
    """
    if not reading.weighed:
        return ()
    lead, asked = reading.weighed[0], reading.question
    most = FEW if sure else MAYBE_FEW
    least = lead.chance * (BESIDE if sure else MAYBE_BESIDE)
    likely = max(SURE, least)
    kept: list[Weighed] = []
    for one in distinct(reading.weighed):
        if one.unit.voice is not None and lead.unit.voice is None:
            continue
        listed = one.chance >= likely and len(kept) < LISTED
        beside = one.chance >= least and len(kept) < most
        if not (listed or beside):
            break
        if not listed and any(alike.says_less(asked, one.unit, other.unit) for other in kept):
            continue
        if any(alike.has_other_figures(asked, one.unit, other.unit) for other in kept):
            continue
        kept.append(one)
    named = [one for _, one in alike.sections(reading)]
    return tuple(dict.fromkeys((*(named or kept), *alike.listed(reading))))[:LISTED]


def distinct(weighed: Iterable[Weighed]) -> Iterator[Weighed]:
    """Units in order, without those whose words an earlier one has."""
    seen: set[str] = set()
    for one in weighed:
        words = " ".join(one.unit.text.casefold().split())
        if words not in seen:
            seen.add(words)
            yield one


def nearest(reading: Reading) -> tuple[Citation, ...]:
    """The units that come nearest to an answer, as citations."""
    best = list(distinct(reading.weighed))[:NEAREST]
    return tuple(cite(one.hit, one.unit.sentence, i) for i, one in enumerate(best, start=1))


def quoted(
    reading: Reading, chosen: Sequence[Weighed], *, sure: bool = True
) -> tuple[Statement, ...]:
    """The statements of ``chosen``: by window, the likeliest first, and by place in it.

    Where they are not ``sure`` to belong together, the likeliest of a window leads, and what
    stands before it comes last.  The markers count the places cited in the order in which they
    are first cited.
    """
    made: list[Statement] = []
    headings = {(one.window, one.place): heading for heading, one in alike.sections(reading)}
    for number in dict.fromkeys(one.window for one in chosen):
        own = [one for one in chosen if one.window == number]
        window = reading.windows[number]
        if not headings:
            window, own = _with_steps(window, own)
        lead = own[0].unit.sentence.start
        own.sort(key=lambda one: one.place)
        found = list(_pieces(window, own, headings))
        starts = [{cited.start for one in some for cited in one.citations} for some in found]
        at = 0 if sure else next((i for i, some in enumerate(starts) if lead in some), 0)
        made += chain.from_iterable(found[at:] + found[:at])
    return renumbered(made)


def renumbered(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements, none twice, with markers that count their places in order, from 1."""
    first: dict[str, Statement] = {}
    for one in statements:
        first.setdefault(one.text, one)
    markers: dict[tuple[str, int, int], int] = {}

    def marked(cited: Citation) -> Citation:
        place = (cited.document_id, cited.start, cited.end)
        return replace(cited, marker=markers.setdefault(place, len(markers) + 1))

    return tuple(
        replace(one, citations=tuple(map(marked, one.citations))) for one in first.values()
    )


def _pieces(
    window: Window, chosen: Sequence[Weighed], headings: Mapping[tuple[int, int], Unit]
) -> Iterator[tuple[Statement, ...]]:
    """The statements of one window, those that need each other together, in reading order."""

    def above(one: Weighed) -> tuple[Statement, ...]:
        heading = headings.get((one.window, one.place))
        return (_said(window.hit, heading.text, (heading.sentence,)),) if heading else ()

    for first, group in groupby(chosen, lambda one: _begins(window.units, one.place)):
        run = list(group)
        if first is not None:
            yield (*above(run[0]), _run(window, first, run))
            continue
        for one in run:
            code = _leads_to(window, one.place)
            behind = () if code is None else (_run(window, code, ()),)
            yield (*above(one), *_sentence(window, one), *behind)


def _begins(units: Sequence[Unit], place: int) -> int | None:
    """Where the list or code begins that a unit is of, or opens ("To start it, run:"); or None."""
    opens = units[place].role == "text" and units[place].text[-1:] in ":："
    if opens and place + 1 < len(units):
        place += 1
    role = units[place].role
    if role not in ("item", "code"):
        return None
    while place > 0 and units[place - 1].role == role:
        place -= 1
    return place


def _end(units: Sequence[Unit], first: int) -> int:
    """Where the list or code ends that begins at ``first``."""
    role = units[first].role
    return next((i for i in range(first, len(units)) if units[i].role != role), len(units))


def _leads_to(window: Window, place: int) -> int | None:
    """Where code begins that the next sentence of a unit's paragraph opens: how it is done."""
    units, text = window.units, window.hit.document.text
    if [unit.role for unit in units[place : place + 2]] != ["text", "text"]:
        return None
    between = text[units[place].sentence.end : units[place + 1].sentence.start]
    code = None if between.count("\n") > 1 else _begins(units, place + 1)
    return code if code is not None and units[code].role == "code" else None


def _run(window: Window, first: int, chosen: Sequence[Weighed]) -> Statement:
    """Items of one list, or lines of one block of code, behind the line that opens them.

    Those that were chosen; all of them where only their opening was, of numbered steps of which
    many were, and of short code, whose lines mean little alone: but for those of a log, each of
    which has its day.  Items that nothing opens have their heading.
    """
    hit, units = window.hit, window.units
    role = units[first].role
    end = _end(units, first)
    whole = range(first, min(end, first + LISTED))
    run = [one.place for one in chosen if one.place >= first]
    if run and role == "code":
        is_log = entry_at(hit.document.text, units[run[0]].sentence.start) is not None
        is_whole = len(whole) <= CODE and not is_log
    else:
        is_all = _are_steps(hit, units, first, end, run)
        is_whole, whole = not run or is_all, range(first, end) if is_all else whole
    run = list(whole) if is_whole else run
    if role == "code":
        text = _indented(hit, [units[place] for place in run])
    else:
        titles = {place + 1 for place in run if _is_title(hit, units, place)}
        run = sorted({*run, *titles})
        text = units[run[0]].text
        for before, place in pairwise(run):
            same = before + 1 == place and _goes_on(hit, units, before)
            closed = same or text[-1:] in _CLOSED
            text += f"{' ' if closed else '; '}{units[place].text}"
    places = [units[place].sentence for place in run]
    opens = next(reversed(units[:first] or heading_above(window)), None)
    if opens is not None and opens.role in ("text", "frame", "item") and opens.text[-1:] in ":：":
        places.insert(0, opens.sentence)
        text = f"{opens.text}{chr(10) if role == 'code' else ' '}{text}"
    elif opens is not None and opens.role == "heading" and role == "item":
        places.insert(0, opens.sentence)  # "Never give", "Allowed": what the items are
        text = f"{opens.text}{' ' if opens.text[-1:] in _CLOSED else ': '}{text}"
    return _said(hit, text, places, chosen)


def _with_steps(window: Window, chosen: list[Weighed]) -> tuple[Window, list[Weighed]]:
    """The window with all of the numbered steps that it cuts, where it takes so many of them."""
    grown = with_list(window)
    place = {unit.sentence: at for at, unit in enumerate(grown.units)}
    if grown is window or any(one.unit.sentence not in place for one in chosen):
        return window, chosen
    moved = [replace(one, place=place[one.unit.sentence]) for one in chosen]
    for first, group in groupby(moved, lambda one: _begins(grown.units, one.place)):
        if first is None or grown.units[first].role != "item":
            continue
        run, end = [one.place for one in group], _end(grown.units, first)
        if _are_steps(window.hit, grown.units, first, end, run):
            return grown, moved
    return window, chosen


def _are_steps(hit: Hit, units: Sequence[Unit], first: int, end: int, run: Sequence[int]) -> bool:
    """Whether items are numbered steps so many of which are chosen that all are to be shown."""
    steps = _steps(hit, units, first, end)
    taken = len({bisect(steps, place) for place in run})
    return taken > 1 and taken >= STEPS * len(steps) > 0


def _steps(hit: Hit, units: Sequence[Unit], first: int, end: int) -> list[int]:
    """Where the steps of a numbered list begin that is short enough to be shown whole.

    None are where clauses of a contract stand, most of which have titles.  What only belongs to a
    step, such as the bullets below it, is none by itself.
    """
    found = [at for at in range(first, end) if _NUMBER.fullmatch(_before(hit, units[at]))]
    if len(found) > LISTED or found[:1] != [first]:
        return []
    titled = sum(_is_title(hit, units, at) for at in found)
    return found if 2 * titled < len(found) else []


def _head_of_entry(window: Window, place: int) -> Unit | None:
    """What of a unit's own line only tells when, and who: "2026-01-19 Solberg."."""
    units = window.units
    line = units[place].sentence.start - len(_before(window.hit, units[place]))
    head = next((unit for unit in units[:place] if unit.sentence.start >= line), None)
    if head is None or not head.text[:1].isdigit() or len(head.text.split()) > TITLE:
        return None
    return head if dates(head.text) else None


def _goes_on(hit: Hit, units: Sequence[Unit], place: int) -> bool:
    """Whether the next unit is of the same list item: no mark stands between them."""
    if place + 1 == len(units) or units[place + 1].role != units[place].role:
        return False
    between = hit.document.text[units[place].sentence.end : units[place + 1].sentence.start]
    return not between.strip()


def _is_title(hit: Hit, units: Sequence[Unit], place: int) -> bool:
    """Whether a list item begins with a few words that only name what follows: "2. Rent. It is"."""
    return len(units[place].text.split()) <= TITLE and _goes_on(hit, units, place)


def _sentence(window: Window, one: Weighed) -> Iterator[Statement]:
    hit, unit, above = window.hit, one.unit, window.units[: one.place]
    text, places = unit.text, _places(hit.document.text, unit)
    as_it_stands = hit.document.text[unit.sentence.start : unit.sentence.end]
    if unit.role == "row":
        header = next((u for u in reversed(above) if u.role in ("frame", "heading")), None)
        says_more = text != " ".join(as_it_stands.split())
        if header is not None and header.role == "frame" and says_more:
            places.append(header.sentence)
        caption = next((u for u in reversed(above) if u.role not in ("row", "frame")), None)
        if caption is not None and caption.role in ("caption", "title"):
            places.append(caption.sentence)
    elif unit.role == "note":
        text = as_it_stands
        if (referring := _referring(window, one)) is not None:
            places.append(referring)
    elif (head := _head_of_entry(window, one.place)) is not None:
        text = f"{head.text} {text}"
        places.insert(0, head.sentence)
    else:
        first = text.split(None, 1)[0].casefold().rstrip("'’s,.")
        if first in _PRONOUNS and above and above[-1].role == "text":
            yield _said(hit, above[-1].text, (above[-1].sentence,))
    yield _said(hit, text, places, (one,))


def _places(text: str, unit: Unit) -> list[Sentence]:
    """Where a unit stands; of a setting its line, its comment and the keys that its path names."""
    found = told_by(text, unit.sentence.start, unit.sentence.end)
    return [Sentence(*span) for span in found] or [unit.sentence]


def _indented(hit: Hit, units: Sequence[Unit]) -> str:
    """Lines of code as they stand, one a line, indented as they are to each other."""
    lines = []
    for unit in units:
        lead, line = _before(hit, unit), hit.document.text[unit.sentence.start : unit.sentence.end]
        lines.append(f"{'' if lead.strip() else lead}{line}".expandtabs(4))
    return dedent("\n".join(lines))


def _before(hit: Hit, unit: Unit) -> str:
    """What stands before a unit in its line: blanks, a list's mark, another sentence."""
    text, start = hit.document.text, unit.sentence.start
    return text[text.rfind("\n", 0, start) + 1 : start]


def _referring(window: Window, one: Weighed) -> Sentence | None:
    """The sentence of the window that a footnote's mark stands in, the nearest above it."""
    text, line = window.hit.document.text, _before(window.hit, one.unit)
    mark = line[: line.find("]") + 1].lstrip()
    others = (*reversed(window.units[: one.place]), *window.units[one.place + 1 :])
    found = (u.sentence for u in others if mark in text[u.sentence.start : u.sentence.end])
    return next(found, None) if mark else None


def _said(
    hit: Hit, text: str, places: Iterable[Sentence], chosen: Sequence[Weighed] = ()
) -> Statement:
    """A text with its places in order; of a single unit the words that answer are marked.

    None are where they are most of the unit, which tells nothing.
    """
    marked = None
    if len(chosen) == 1 and chosen[0].phrase is not None:
        unit, (start, end) = chosen[0].unit.text, chosen[0].phrase
        phrase = unit[start:end]  # it may end behind the unit, in the year that was read with it
        at = text.find(phrase)
        if phrase and at >= 0 and end - start < 0.8 * len(unit):
            marked = (at, at + len(phrase))
    return Statement(text, tuple(cite(hit, one, 1) for one in places), 1.0, marked)
