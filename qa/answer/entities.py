"""Who and what a conversation speaks of: what it can be called, and which is in focus.

What pronoun fits a name is read from the conversation itself ("he" used of it), from its own
words ("Group", "University") and from how it is introduced ("in X").
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from qa.answer.names import Name, looks_like_a_person, names
from qa.text import term, terms

Pronoun = Literal["he", "she", "it", "they"]

_PLURAL = re.compile(r"(?:&|\band\b|[a-z]{2}(?<![sui])s$|\bpeople$)")
_DETERMINERS = frozenset("a an the his her its their my your our some any what which".split())
_OPENING = re.compile(
    r"(?:^|[.!?]\s+)([^\W\d_a-z][\w-]+)(?=['’]s|\s+(?:is|was|has|had|will|can|does|did|and|makes?|[A-Z])\b)",
    re.MULTILINE,
)
_HE = re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE)
_IT = re.compile(r"\bits?\b", re.IGNORECASE)


_DECAY = 0.6
"""What a mention weighs after each turn; this and the three below were set on CANARD's half."""
_TOPIC = 0.8
_TOLD = 0.25
_ADDED = 0.6


class Turn(NamedTuple):
    """One earlier question, as it was looked up, and what was answered (empty: refused).

    ``raw`` is the question as typed.  ``emphasis`` are the phrases marked as answering.
    """

    raw: str
    question: str
    statements: tuple[str, ...]
    emphasis: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The statements as one text, each a line."""
        return "\n".join(self.statements)


def _found(text: str, known: Iterable[tuple[str, str]], parts: Iterable[str]) -> Iterator[Name]:
    """The names in ``text``, and the ``known`` ones in whatever case it writes them.

    ``known`` are names with their case-folded forms, the longest first.  ``parts`` are words
    that stand for a name ("Lovelace"): as they are written, or in any case where ``text``
    has no capitals at all.
    """
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        if any(start < b and a < end for a, b in taken):
            return False
        taken.append((start, end))
        return True

    for name in names(text):
        taken.append((name.start, name.end))
        yield name
    lower = text.casefold()
    if len(lower) != len(text):  # a letter whose folding is longer: offsets would be off
        return
    for one, folded in known:
        for start, end in _places(lower, folded):
            if free(start, end):
                yield Name(one, start, end, _word_before(lower, start))
    plain = lower == text
    for part in parts:
        for start, end in _places(text, part.casefold() if plain else part):
            before = _word_before(lower, start)
            if not (plain and before in _DETERMINERS) and free(start, end):
                yield Name(part, start, end, before)


def _word_before(text: str, at: int) -> str:
    return (text[:at].split()[-1:] or [""])[0]


def _places(lower: str, sought: str) -> Iterator[tuple[int, int]]:
    at = lower.find(sought)
    while at >= 0:
        end = at + len(sought)
        if not (lower[at - 1 : at].isalnum() or lower[end : end + 1].isalnum()):
            yield at, end
        at = lower.find(sought, end)


def _opening_names(turn: Turn) -> Iterator[str]:
    """Words that open a sentence of the answer and that a question without capitals asks of."""
    if turn.question != turn.question.casefold():
        return
    asked = {
        word
        for before, word in pairwise(["", *re.findall(r"[^\W\d_][\w-]+", turn.question)])
        if before not in _DETERMINERS
    }
    for found in _OPENING.finditer(turn.answer):
        if found[1].casefold() in asked and term(found[1]) is not None:
            yield found[1]


class Focus:
    """The names of a conversation, weighed by how much it is about each."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._full: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self._known: list[tuple[str, str]] = []
        self._read: dict[str, tuple[Name, ...]] = {}
        self._weights: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._votes: dict[str, dict[Pronoun, float]] = {}
        self._befores: dict[str, list[str]] = {}
        self._collect()

    def full(self, name: str) -> str:
        """The fullest form in which the conversation writes ``name``."""
        return self._full.get(name.casefold()) or self._parts.get(name, name)

    def best(self, pronoun: Pronoun, besides: Iterable[str] = ()) -> str | None:
        """The name that ``pronoun`` most likely stands for, if any can."""
        left_out = [self.full(name).casefold() for name in besides]
        scored = [
            (weight * self.fit(name, pronoun), name)
            for name, weight in self._weights.items()
            if not any(one in name.casefold() or name.casefold() in one for one in left_out)
        ]
        score, name = max(scored, default=(0.0, ""), key=lambda pair: pair[0])
        if score > 0 and pronoun in ("he", "she"):
            return self._whole(name)
        return name if score > 0 else None

    def top(self) -> str | None:
        """The name that the conversation is most about."""
        weights = self._asked or self._weights
        return max(weights, key=lambda name: weights[name], default=None)

    def _whole(self, person: str) -> str:
        """The full name of a ``person`` called by the first one."""
        longer = (n for n in self._weights if n.startswith(person + " ") and len(n.split()) < 5)
        return next((n for n in longer if looks_like_a_person(n, ())), person)

    def fit(self, name: str, pronoun: Pronoun) -> float:
        """How well ``pronoun`` suits ``name``, from 0 (not at all) to 1."""
        votes = self._votes.get(name, {})
        person = looks_like_a_person(name, self._befores.get(name, ()))
        he, she, it = (votes.get(one, 0.0) for one in ("he", "she", "it"))
        if he + she > it:
            person = min(1.0, person + 0.1 * (he + she))
        elif it > he + she:
            person = max(0.0, person - 0.2 * it)
        if pronoun in ("he", "she"):
            return 0.1 * person if (she > he if pronoun == "he" else he > she) else person
        if pronoun == "they":
            return 1.0 if _PLURAL.search(name) else 0.7 - 0.4 * person
        return 1.0 - 0.6 * person

    def _collect(self) -> None:
        known: dict[str, None] = {}
        for turn in self._turns:
            for text in (turn.question, turn.answer):
                known.update((name.text, None) for name in names(text))
            known.update((word, None) for word in _opening_names(turn))
            if bare(turn.question):
                known[bare(turn.question)] = None
        self._unify(known)
        for age, turn in enumerate(reversed(self._turns)):
            first = age == len(self._turns) - 1
            asked = self.of(turn.question)
            told = self.within(turn.answer)
            self._weigh(asked, turn, age, told, first)
            self._vote(turn, asked, told)

    def _unify(self, known: Iterable[str]) -> None:
        ordered = list(known)
        tails: dict[str, str] = {}
        for name in ordered:
            split = name.casefold().split()
            for at in range(1, len(split) if len(split) < 5 else 0):
                tails.setdefault(" ".join(split[at:]), name)
        for name in ordered:
            self._full[name.casefold()] = tails.get(name.casefold(), name)
        for name in ordered:
            split = name.split()
            if 1 < len(split) < 4 and looks_like_a_person(name, ()) > 0.5:
                for part in (split[-1], split[0]):
                    if len(part) > 2 and term(part) is not None:
                        self._parts.setdefault(part, name)
        longest = sorted(set(self._full.values()), key=lambda name: (-len(name), name))
        self._known = [(name, name.casefold()) for name in longest]

    def of(self, text: str) -> tuple[Name, ...]:
        """The names in a question, as ``within``; a bare topic is one name."""
        if whole := bare(text):
            return (Name(self.full(whole), 0, len(text), ""),)
        return self.within(text)

    def within(self, text: str) -> tuple[Name, ...]:
        """The names in ``text`` in their fullest form, where they stand."""
        if text not in self._read:
            found = _found(text, self._known, self._parts)
            full = (name._replace(text=self.full(name.text)) for name in found)
            self._read[text] = tuple(sorted(full, key=lambda name: name.start))
        return self._read[text]

    def _weigh(
        self, asked: Sequence[Name], turn: Turn, age: int, told: Sequence[Name], first: bool
    ) -> None:
        decay = _DECAY**age
        typed = terms(turn.raw)
        for place, name in enumerate(asked):
            weight = decay * (1.0 if place == 0 else 0.6)
            if terms(name.text)[-1:] and terms(name.text)[-1] not in typed:
                weight *= _ADDED
            if first and place == 0:
                weight += _TOPIC if bare(turn.question) else 0.3
            self._add(name, weight)
            self._asked[name.text] = self._asked.get(name.text, 0.0) + weight
        new = {name.text for name in told} - {name.text for name in asked}
        for place, name in enumerate(told):
            marked = any(name.text in phrase or phrase in name.text for phrase in turn.emphasis)
            weight = _TOLD if place == 0 else _TOLD * 0.6
            if name.text in new and _ASKS_NAME.search(turn.question):
                weight = 1.2 if marked or (place == 0 and not turn.emphasis) else 0.4
            self._add(name, decay * weight)

    def _add(self, name: Name, weight: float) -> None:
        self._weights[name.text] = self._weights.get(name.text, 0.0) + weight
        self._befores.setdefault(name.text, []).append(name.before)

    def _vote(self, turn: Turn, asked: Sequence[Name], told: Sequence[Name]) -> None:
        lead = told[0].text if told and told[0].start < 40 else None
        subject = asked[0].text if asked else lead
        raw = turn.raw.casefold()
        added = [name.text for name in asked if name.text.casefold() not in raw]
        kinds: tuple[tuple[Pronoun, re.Pattern[str]], ...] = (
            ("he", _HE),
            ("she", _SHE),
            ("it", _IT),
        )
        for pronoun, pattern in kinds:
            if added and pattern.search(turn.raw):
                self._poll(added[0], pronoun, 1.0)
            found = pattern.search(turn.answer)
            if found:
                earlier = [n.text for n in told if n.end <= found.start()]
                whose = earlier[0] if earlier else subject
                if whose:
                    self._poll(whose, pronoun, 1.0)

    def _poll(self, name: str, pronoun: Pronoun, weight: float) -> None:
        votes = self._votes.setdefault(name, {})
        votes[pronoun] = votes.get(pronoun, 0.0) + weight


_ASKS_NAME = re.compile(r"\b(?:who|whom|whose|which)\b|\bwhat\s+(?:is|was)\b", re.IGNORECASE)
_QUESTION_WORD = re.compile(
    r"\b(?:who|whom|whose|what|when|where|why|which|how|is|are|was|were|do|does|did|has|have|had|"
    r"can|could|will|would|should|tell|list|show|give|explain|describe|name)\b",
    re.IGNORECASE,
)


_LEANING_WORD = re.compile(
    r"^and\b|^but\b|\b(?:ones?|please|more|again|it|them|they|he|she|this|that|these|those|first|second|"
    r"third|last|other|others|another|else)$|^in\s",
    re.IGNORECASE,
)


def bare(question: str) -> str:
    """``question`` where it is a topic and no sentence ("Ada Lovelace"), else empty.

    >>> bare("solid-state batteries"), bare("who makes them?")
    ('solid-state batteries', '')
    """
    plain = re.sub(r"\s*\([^)]*\)\s*$", "", question.strip()).strip(" ?.!")
    if (
        "?" in question
        or _LEANING_WORD.search(plain)
        or not 0 < len(plain.split()) <= 6
        or _QUESTION_WORD.search(plain)
    ):
        return ""
    return plain
