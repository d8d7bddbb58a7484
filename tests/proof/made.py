"""A proof made by hand of a small document, and documents to hold it against."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from qa.answering.cite import cite
from qa.data import (
    Answer,
    CitedDocument,
    Document,
    Hit,
    Note,
    Passage,
    Proof,
    Quotation,
    Sentence,
    Statement,
)
from qa.errors import DocumentError
from qa.ingest.read import read
from qa.proof.found import Evidence, Find, Place
from qa.proof.make import text_digest

BAKERY = """---
title: The Ostrava bakery
date: 2023-02-15
---
# History

The bakery opened in 1987. Jana Novak ran it.
Last year it sold 1,200,000 loaves.
The ovens came from Brno.
"""
SENTENCES = (
    "The bakery opened in 1987.",
    "Jana Novak ran it.",
    "Last year it sold 1,200,000 loaves.",
    "The ovens came from Brno.",
)
Evidences = Callable[[Sequence[CitedDocument]], Find]


def held(folder: Path, text: str = BAKERY, name: str = "bakery.md") -> Document:
    """The document of a file that is written to ``folder``."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return read(folder / name, max_bytes=1_000_000)


def proof(
    folder: Path, *said: tuple[str, Sequence[str]], text: str = BAKERY, name: str = "bakery.md"
) -> Proof:
    """A proof of statements, each with the sentences of the document that it cites."""
    document = held(folder, text, name)
    data = (folder / name).read_bytes()
    every = []
    for one in SENTENCES:
        at = document.text.find(one)
        if at >= 0:
            every.append(Sentence(at, at + len(one)))
    passage = Passage(
        *("p", document.id, every[0].start, every[-1].end, tuple(every)), heading="History"
    )
    hit = Hit(passage, document, (name,), 1, 1.0)
    markers = {one: i for i, one in enumerate(dict.fromkeys(q for _, qs in said for q in qs), 1)}
    quotations = {}
    for quote, marker in markers.items():
        at = document.text.find(quote)
        place = Sentence(at, at + len(quote))
        before = [one for one in every if one.end <= place.start]
        after = [one for one in every if one.start >= place.end]
        quotations[quote] = Quotation(
            cite(hit, place, marker),
            "History",
            document.text[before[-1].start : before[-1].end] if before else "",
            document.text[after[0].start : after[0].end] if after else "",
        )
    statements = tuple(
        Statement(one, tuple(quotations[quote].citation for quote in quotes), 1.0)
        for one, quotes in said
    )
    cited = CitedDocument(
        path=name,
        copies=(),
        title=document.title,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        text_sha256=text_digest(document.text),
        characters=len(document.text),
        format="plain.markdown",
        version="0.1.0",
        published=document.published,
        written=document.written,
        date_basis=document.date_basis,
    )
    answer = Answer(
        question="when did the bakery open?",
        answered_question="when did the bakery open?",
        statements=statements,
        reason=None,
        nearest=(),
        hits=(),
        engine="extractive",
        notes=(Note("partly"),),
        confidence=0.95,
        threshold=0.9,
    )
    return Proof(
        made=datetime(2026, 11, 25, 18, 30, tzinfo=UTC),
        answer=answer,
        remarks=("This is a part of what was asked; the rest was not found.",),
        conversation=(("who?", "Jana. [1]"),),
        quotations=tuple(quotations.values()),
        documents=(cited,),
        lookups=("when did the bakery open?",),
        searched=1,
        version="0.1.0",
        reader="fake",
        embedding="MiniLM",
        settings=(("engine", "auto"), ("exclude", [])),
    )


def finding(folder: Path, **paths: str) -> Evidences:
    """What finds documents in ``folder``, a renamed one under the name that ``paths`` gives."""

    def find(cited: Sequence[CitedDocument]) -> Find:
        found = {}
        for one in cited:
            path = paths.get(one.path.partition(".")[0], one.path)
            file = folder / path
            if not file.exists():
                found[one.path] = Evidence(None, False, None, "is not there")
                continue
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            document: Document | None = None
            reason = None
            try:
                document = read(file, max_bytes=1_000_000)
            except DocumentError as error:
                reason = str(error)
            found[one.path] = Evidence(Place(path, digest), digest == one.sha256, document, reason)
        return found.__getitem__

    return find


def dated_by_user(one: Proof, day: date) -> Proof:
    """``one`` as if the asker had set its document's date."""
    (cited,) = one.documents
    return replace(one, documents=(replace(cited, published=day, date_basis="set by the user"),))
