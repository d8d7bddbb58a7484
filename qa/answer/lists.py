"""Complete lists: every member that the passages name, each with the sentence that names it.

Members stand in items below a line that introduces them, in labelled lines, in table rows
and in sentences.  A sentence counts only where it says the relation itself and of the one
asked about, by name or by what stands for it, and the members stand in the place of the
question word: of "which companies did X buy", behind "bought", and not before "bought X".
"""

import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from qa.answer.anaphora import antecedent, earlier
from qa.answer.facts import numbers
from qa.answer.features import Candidate, Reading, TermStatistics, candidates
from qa.answer.listing import Form, form
from qa.answer.members import (
    Span,
    blocks,
    enumerated,
    labelled,
    row,
    same_member,
)
from qa.answer.places import RELATED, members_of
from qa.answer.question import Question
from qa.answer.wording import CUT, LISTED, LISTED_ALL, LISTED_WHOLE, STATED
from qa.data import Hit, Sentence
from qa.text import term, terms

DEPTHS = (10, 20, 40, 80)
"""How many passages are read, one step after the other, until a step adds no member."""

FEW = 4
"""A list of fewer sentences also shows one that names a member again."""

SURE = 0.8
"""The confidence of a list: so many of 18 held-out questions were answered wholly right (15)."""

MOST = 40
"""At most so many sentences are shown of a list."""

IN_BLOCK = 0.8
"""What the line above items, the headings and the title must hold of the question's weight."""

OPENING, NEAR_TOP = 200, 1500
"""The first characters of a document say what its lists are of, as far as the second number."""

More = Callable[[int], Sequence[Hit]]
"""Gives the best so many hits of the question."""


class Entry(NamedTuple):
    """A sentence that names members, and where in it they stand."""

    hit: Hit
    sentence: Sentence
    members: tuple[Span, ...]
    support: float

    @property
    def text(self) -> str:
        """The sentence's own words."""
        return self.hit.document.text[self.sentence.start : self.sentence.end]

    @property
    def names(self) -> tuple[str, ...]:
        """The members as they are written."""
        return tuple(self.text[span.start : span.end] for span in self.members)


class Listing(NamedTuple):
    """All members found: the sentences in reading order, and how far was read.

    ``found`` counts the distinct members, ``held`` the passages that name them, ``idle`` the
    others that were read; ``all_read`` is True where the documents hold no passage more.
    ``stated`` is a phrase of the sentences that speaks of more members than were found.
    """

    entries: tuple[Entry, ...]
    found: int
    held: int
    idle: int
    all_read: bool
    stated: str | None = None


def gather(
    question: Question, hits: Sequence[Hit], statistics: TermStatistics, more: More | None
) -> Listing | None:
    """Every member that the passages name, read deeper until a step adds none; None without."""
    entries: list[Entry] = []
    names: list[str] = []
    ended = False
    for depth in DEPTHS:
        if depth > DEPTHS[0]:
            if more is None:
                break
            before, hits = len(hits), more(depth)
            ended = len(hits) < depth
            if len(hits) <= before:
                break
        added = False
        again: list[Entry] = []
        for entry in _entries(question, hits, statistics):
            if any(_overlap(entry, other) for other in entries):
                continue
            fresh = [one for one in entry.names if not any(same_member(one, n) for n in names)]
            (entries if fresh else again).append(entry)
            names += fresh
            added = added or bool(fresh)
        # a short list has room for a second sentence that names a member
        entries += again[: max(0, FEW - len(entries))]
        if ended or (not added and depth > DEPTHS[0]):
            break
    if not entries:
        return None
    held = len({(one.hit.document.id, one.hit.passage.start) for one in entries})
    stated = _stated(question, entries, len(names))
    return Listing(_ordered(entries), len(names), held, max(0, len(hits) - held), ended, stated)


def _stated(question: Question, entries: Sequence[Entry], found: int) -> str | None:
    """A phrase near the members that counts more of them than were found: "five suppliers"."""
    for one in entries:
        text = one.hit.document.text
        near = text[max(0, one.sentence.start - 200) : one.sentence.end]
        for count in numbers(near):
            phrase = re.match(r"\S+(?:\s+[\w-]+){1,3}", near[count.start :])
            if phrase is None or count.unit is not None or not found < count.value <= 100:
                continue
            read = phrase.group().split()
            for i, word in enumerate(read):
                if i and question.head is not None and term(word) == question.head:
                    return " ".join(read[: i + 1])
    return None


def _overlap(one: Entry, other: Entry) -> bool:
    return (
        one.hit.document.id == other.hit.document.id
        and one.sentence.start < other.sentence.end
        and other.sentence.start < one.sentence.end
    )


def _ordered(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """By document, the one with the best passage first, and by place in the document."""
    first: dict[str, int] = {}
    for one in entries:
        key = one.hit.document.id
        first[key] = min(first.get(key, one.hit.rank), one.hit.rank)
    return tuple(
        sorted(
            entries,
            key=lambda one: (
                first[one.hit.document.id],
                one.hit.document.id,
                one.sentence.start,
            ),
        )
    )


def _entries(question: Question, hits: Sequence[Hit], statistics: TermStatistics) -> list[Entry]:
    found = candidates(hits)
    if not found or not question.terms:
        return []
    # whoever writes names with capitals writes all of them so
    asked = form(question, () if question.names else written_as_names(found))
    if asked is None or asked.relation is None:
        return []
    search = _Search(question, asked, Reading(question, found, statistics))
    entries = [entry for hit in hits for entry in search.items(hit)]
    for one in found:
        entry = search.table(one) or search.label(one) or search.prose(one)
        if entry is not None:
            entries.append(entry)
    best = max((entry.support for entry in entries), default=0.0)
    return [entry for entry in entries if entry.support >= 0.95 * best or entry.support >= 1.0]


def written_as_names(found: Sequence[Candidate]) -> frozenset[str]:
    """Terms that the sentences always write with a capital inside."""
    running = [one for one in found if one.text.rstrip().endswith((".", "!", "?"))]
    inside = [word for one in running for word in one.words[1:]]
    capital = {word.term for word in inside if word.term and word.text[:1].isupper()}
    return frozenset(capital - {word.term for word in inside if word.text.islower()})


def _opening(text: str) -> str:
    """The first lines of a document, as far as they are no table, list or labelled line."""
    lines = [line for line in text[:OPENING].split("\n") if line.strip()][:3]
    return "\n".join(line for line in lines if "|" not in line and ":" not in line)


_PRESENT = frozenset(terms("present attendees attended attending participants"))
_ANYONE = frozenset(terms("people person staff member employee item entry thing")) | {""}
"""Nouns for what a row is about as a whole; its first column names it."""


def misses(
    question: Question, top: Candidate, reading: Reading
) -> Literal["other", "turned"] | None:
    """Why the best sentence is no answer to a question for a list that found no member.

    "turned": it says the reverse, the one asked about being what another did it to; "other":
    it says nothing of the noun asked for.  None: nothing speaks against it.
    """
    asked = form(question, () if question.names else written_as_names([top]))
    if asked is None:
        return None
    if asked.kind == "relation":
        near = reading.matched(top.terms, top.before, top.after, top.above)
        return None if near.get(asked.head or "", 0.0) >= RELATED else "other"
    turned: dict[str, Literal["object", "subject"]] = {"object": "subject", "subject": "object"}
    if asked.kind not in turned or not asked.actor:
        return None
    before = earlier(top.hit.document.text, top.sentence.start)
    stands_for = antecedent(top.text, before)
    other = asked._replace(kind=turned[asked.kind])
    return "turned" if members_of(question, other, reading, top, stands_for, before) else None


class _Search:
    """One question's search for members, structure by structure."""

    def __init__(self, question: Question, asked: Form, reading: Reading) -> None:
        self.question = question
        self.asked = asked
        self.reading = reading
        self._aboves: dict[str, frozenset[str]] = {}

    def _stands(self, term: str, held: frozenset[str]) -> float:
        """How far ``term`` is held in some form."""
        return self.reading.matched(held).get(term, 0.0)

    def _related(self, held: frozenset[str]) -> bool:
        """Whether a label or heading holds the noun asked for, or the verb."""
        wanted = (self.asked.head, self.asked.verb)
        return any(one is not None and self._stands(one, held) >= RELATED for one in wanted)

    def _above(self, hit: Hit) -> frozenset[str]:
        """The terms of a passage's titles and headings, and of its document's first lines."""
        if hit.passage.id not in self._aboves:
            opening = _opening(hit.document.text) if hit.passage.start < NEAR_TOP else ""
            said = f"{hit.document.title or ''}\n{hit.passage.heading or ''}\n{opening}"
            self._aboves[hit.passage.id] = frozenset(terms(said))
        return self._aboves[hit.passage.id]

    def _share(self, held: frozenset[str], without: frozenset[str] = frozenset()) -> float:
        """The share of the question's weight that ``held`` carries; names and figures all."""
        matched = self.reading.matched(held)
        exact = (self.asked.actor & self.question.names) | self.question.numbers
        if any(matched.get(one, 0.0) < 0.7 for one in exact - without):
            return 0.0
        if matched.get(self.asked.relation or "", 0.0) >= RELATED:
            matched[self.asked.relation or ""] = 1.0
        wanted = [one for one in self.reading.weights if one not in without | self.asked.besides]
        return self.reading.part(matched, wanted) if wanted else 1.0

    def items(self, hit: Hit) -> list[Entry]:
        """The items below a line or heading that says what is asked."""
        found: list[Entry] = []
        text = hit.document.text
        above = self._above(hit)
        for block in blocks(text, hit.passage.start, hit.passage.end):
            near = frozenset(terms(f"{block.lead} {(hit.passage.heading or '').split(' > ')[-1]}"))
            if not self._related(near):
                continue
            share = self._share(near | above)
            if share >= IN_BLOCK:
                found += [
                    Entry(hit, item, (Span(0, item.end - item.start),), share)
                    for item in block.items
                ]
        return found

    def label(self, one: Candidate) -> Entry | None:
        """A line "Present: A, B and C" whose label says what is asked."""
        found = labelled(one.text)
        if found is None:
            return None
        label, span = found
        held = frozenset(terms(label))
        if not self._related(held):
            return None
        if held & _PRESENT:  # who is present is so at a meeting
            held |= {"meet", "board", "attend"}
        share = self._share(held | self._above(one.hit) | one.before)
        members = enumerated(one.text, span.start, span.end, self.question, alone=True)
        if share < IN_BLOCK or not members:
            return None
        return Entry(one.hit, one.sentence, tuple(members), 1.0)

    def table(self, one: Candidate) -> Entry | None:
        """The value of a row's column that is asked for, where the row holds what is asked."""
        text = one.hit.document.text
        found = row(text, one.sentence.start, one.sentence.end)
        if found is None:
            return None
        head = self.asked.head or ""
        column = next(
            (i for i, key in enumerate(found.keys) if self._stands(head, frozenset(terms(key)))),
            None,
        )
        keys = frozenset(terms(" ".join(found.keys)))
        above = keys | self._above(one.hit)
        outside = self.reading.matched(above)
        exact = self.question.numbers | {
            term for term in self.question.terms if outside.get(term, 0.0) < RELATED
        }
        own = self.reading.matched(one.terms)
        held = [term for term in exact if own.get(term, 0.0) >= 0.7]
        if any(term not in held for term in exact - {head} - self.asked.besides):
            return None
        if column is None and not (head in _ANYONE or self._stands(head, self._above(one.hit))):
            return None
        span = found.values[column or 0]
        return Entry(one.hit, one.sentence, (span,), 1.0)

    def prose(self, one: Candidate) -> Entry | None:
        """A sentence that says the relation of the one asked about, and its members there."""
        text = one.hit.document.text
        if one.text.rstrip().endswith(("?", ":")) or labelled(one.text):
            return None
        if row(text, one.sentence.start, one.sentence.end):
            return None
        before = earlier(text, one.sentence.start)
        stands_for = antecedent(one.text, before)
        share = self._share(
            one.terms | stands_for | one.before | self._above(one.hit),
            frozenset({self.asked.head or ""}) if self.asked.verb else frozenset(),
        )
        if share < 0.7:
            return None
        members = members_of(self.question, self.asked, self.reading, one, stands_for, before)
        members = [
            span
            for span in members
            if not set(terms(one.text[span.start : span.end])) & self.asked.besides
        ]
        if not members:
            return None
        return Entry(one.hit, one.sentence, tuple(members), 1.0)


def emphasised(entry: Entry) -> tuple[int, int]:
    """The range of an entry's text to emphasise: from its first to its last member."""
    return entry.members[0].start, max(span.end for span in entry.members)


def note(listing: Listing) -> str:
    """How far was read for a list: what can honestly be said of its being complete."""
    passages = "1 passage" if listing.held == 1 else f"{listing.held} passages"
    if listing.idle == 0:
        said = LISTED_ALL.format(found=listing.found, passages=passages)
    else:
        wording = LISTED_WHOLE if listing.all_read else LISTED
        others = "1 other" if listing.idle == 1 else f"{listing.idle} others"
        said = wording.format(found=listing.found, passages=passages, others=others)
    if listing.stated is not None:
        said += " " + STATED.format(phrase=listing.stated)
    return said


def notes(listing: Listing) -> tuple[str, ...]:
    """What the reader is told of a list."""
    left = len(listing.entries) - MOST
    return (note(listing), *([CUT.format(left=left)] if left > 0 else []))
