"""Assistants broken on purpose: each wraps a sound one and spoils one thing.

They cite and quote through the documents read, so that only what each names is wrong.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from qa.data import Answer, Citation, Document, Hit, Passage, Sentence, Statement
from qa.evaluate.gold import GoldPair
from qa.evaluate.run import Asks
from qa.text.sentences import sentences

Documents = Mapping[str, Document]


def places(documents: Documents) -> tuple[tuple[str, int, int], ...]:
    """Every sentence of the folder as (path, start, end)."""
    return _places(tuple((path, documents[path]) for path in sorted(documents)))


@lru_cache(maxsize=8)
def _places(documents: tuple[tuple[str, Document], ...]) -> tuple[tuple[str, int, int], ...]:
    return tuple(
        (path, one.start, one.end)
        for path, document in documents
        for one in sentences(document.text)
    )


def cited(documents: Documents, path: str, start: int, end: int, marker: int = 1) -> Citation:
    """An exact citation of this place."""
    document = documents[path]
    line = document.text.count("\n", 0, start) + 1
    return Citation(
        marker, document.id, path, document.title, None, None, line, start, end,
        document.text[start:end],
    )  # fmt: skip


def hit_of(documents: Documents, path: str, start: int, end: int, rank: int) -> Hit:
    """A hit of one sentence."""
    document = documents[path]
    passage = Passage(f"{path}:{start}", document.id, start, end, (Sentence(start, end),))
    return Hit(passage, document, (path,), rank, 1 / rank)


@dataclass(frozen=True)
class FromGold:
    """Knows the gold: finds and cites the evidence, refuses what is unanswerable."""

    pairs: Sequence[GoldPair]
    documents: Documents

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:  # noqa: ARG002 - as asked for
        """The evidence of the pair that asks this; a refusal for any other question."""
        pair = next((one for one in self.pairs if one.question == question), None)
        evidence = pair.evidence if pair is not None else ()
        spans = [
            (piece.path, start, start + len(piece.quote))
            for piece in evidence
            for start in [self.documents[piece.path].text.index(piece.quote)]
        ]
        hits = tuple(hit_of(self.documents, *span, rank) for rank, span in enumerate(spans, 1))
        places_ = [cited(self.documents, *span, marker) for marker, span in enumerate(spans, 1)]
        statements = tuple(Statement(one.quote, (one,), 1.0) for one in places_)
        reason = None if statements else "The documents do not say."
        sure = 1.0 if statements else 0.0
        return Answer(
            question, question, statements, reason, (), hits, "gold",
            "answered" if statements else "not_found", confidence=sure,
        )  # fmt: skip


@dataclass(frozen=True)
class RandomRetriever:
    """Returns random sentences as hits, and answers as before."""

    sound: Asks
    documents: Documents

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:
        """The sound answer with ten random hits."""
        drawn = random.Random(question).sample(places(self.documents), 10)
        hits = [hit_of(self.documents, *one, rank) for rank, one in enumerate(drawn, 1)]
        return replace(self.sound.ask(question, history, **when), hits=tuple(hits))


@dataclass(frozen=True)
class AlwaysAnswers:
    """Answers what the sound one refuses with the first sentence of its best hit."""

    sound: Asks
    documents: Documents

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:
        """The sound answer, however unsure, or some sentence where it refuses."""
        answer = self.sound.ask(question, history, **when)
        if answer.answered:
            return replace(answer, outcome="answered")
        path, start, end = places(self.documents)[0]
        if answer.hits:
            best = answer.hits[0]
            first = best.passage.sentences[0]
            path, start, end = best.path, first.start, first.end
        place = cited(self.documents, path, start, end)
        statement = Statement(place.quote, (place,), 1.0)
        return replace(answer, statements=(statement,), reason=None, nearest=(), outcome="answered")


@dataclass(frozen=True)
class NeverAnswers:
    """Refuses everything."""

    sound: Asks

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:
        """A refusal that shows nothing."""
        answer = self.sound.ask(question, history, **when)
        return replace(
            answer, statements=(), reason="No.", nearest=(), confidence=0.0, outcome="not_found"
        )


@dataclass(frozen=True)
class NeverDecides:
    """Shows whatever the sound one answers as what may answer."""

    sound: Asks

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:
        """The sound answer with less said for it."""
        answer = self.sound.ask(question, history, **when)
        return replace(answer, outcome="perhaps") if answer.answered else answer


@dataclass(frozen=True)
class CitesAtRandom:
    """Says what the sound one says, and cites some sentence of the folder for it."""

    sound: Asks
    documents: Documents

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:
        """The sound statements, each with one random exact citation."""
        answer = self.sound.ask(question, history, **when)
        chosen = random.Random(question)
        statements = []
        for marker, statement in enumerate(answer.statements, 1):
            place = cited(self.documents, *chosen.choice(places(self.documents)), marker)
            statements.append(replace(statement, citations=(place,)))
        return replace(answer, statements=tuple(statements))


@dataclass(frozen=True)
class EditsQuotes:
    """Changes one character of every quote, and of the statement that is the quote."""

    sound: Asks

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:
        """The sound answer, the last letter of each quote doubled."""
        answer = self.sound.ask(question, history, **when)
        statements = tuple(
            replace(
                statement,
                citations=tuple(
                    replace(c, quote=c.quote + c.quote[-1]) for c in statement.citations
                ),
            )
            for statement in answer.statements
        )
        return replace(answer, statements=statements)


@dataclass(frozen=True)
class NoEffort:
    """Answers every question with the first sentence of some document, cited exactly."""

    documents: Documents

    def ask(self, question: str, history: Sequence[Answer] = (), **when: Any) -> Answer:  # noqa: ARG002 - as asked for
        """The first sentence of a document chosen by the question's letters."""
        drawn = random.Random(question)
        path = drawn.choice(sorted(self.documents))
        first = sentences(self.documents[path].text)[0]
        place = cited(self.documents, path, first.start, first.end)
        hits = (hit_of(self.documents, path, first.start, first.end, 1),)
        statement = Statement(place.quote, (place,), 1.0)
        return Answer(question, question, (statement,), None, (), hits, "none", confidence=0.5)
