"""Items from the written documents: every pass cuts each document into windows anew."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from qa.answering.windows import grown, window
from qa.data import Document, Hit, Passage, Window
from qa.ingest.split import split
from qa.models.embed.minilm import MiniLM

from .items import (
    BM25,
    CONTRA,
    FULL,
    NONE,
    PART,
    SOME,
    Item,
    Target,
    asked_of_another,
    overlap,
    phrase_of,
    without_gold,
)

_SIZES = (90, 150, 220, 220, 300)  # tokens of a window: a document's are of one size in a pass


class Asked(NamedTuple):
    """A question of a written document, with the stretches of its text that answer."""

    question: str
    history: tuple[tuple[str, str], ...]
    label: str
    evidence: tuple[tuple[int, int], ...]
    answer: str


class Written(NamedTuple):
    """A written document, split as the product splits it."""

    document: Document
    passages: tuple[Passage, ...]
    asked: tuple[Asked, ...]


def lines_of(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """The documents of the files w*.jsonl, as they were written.

    Raises ValueError where one stands twice: each of its questions would be asked twice.
    """
    paths = sorted((path for one in folders for path in one.glob("w*.jsonl")), key=lambda p: p.name)
    found = []
    for path in paths:
        with path.open(encoding="utf-8") as file:
            found += [json.loads(line) for line in file if line.strip()]
    for name, times in Counter(raw["id"] for raw in found).items():
        if times > 1:
            raise ValueError(f"document {name!r} stands {times} times in the folders given as data")
    return found


def asked_in(raw: dict[str, Any], text: str) -> list[Asked]:
    """The questions of a document, by places in ``text``; one whose evidence it lacks is none."""
    found = []
    for qa in raw["qa"]:
        places = tuple((text.find(one), text.find(one) + len(one)) for one in qa["evidence"])
        if all(start >= 0 for start, _ in places) and bool(places) == (qa["label"] != "none"):
            turns = tuple((turn["q"], turn.get("a", "")) for turn in qa.get("history") or ())
            found.append(Asked(qa["q"], turns, qa["label"], places, qa.get("answer", "")))
    return found


def read(lines: Sequence[dict[str, Any]]) -> list[Written]:
    """The documents, split; a question that only headings answer is left out."""
    model, found = MiniLM(), []
    for raw in lines:
        document = Document(raw["id"], raw["text"], raw.get("title") or None)
        passages, asked = split(document, model.count), []
        for one in asked_in(raw, document.text):
            quoted = tuple(place for place in one.evidence if _is_quoted(passages, place))
            if quoted or not one.evidence:
                asked.append(one._replace(evidence=quoted))
        if passages:
            found.append(Written(document, passages, tuple(asked)))
    return found


def _is_quoted(passages: Sequence[Passage], place: tuple[int, int]) -> bool:
    """Whether a sentence of ``passages`` stands there; a heading is in none."""
    return any(overlap((s.start, s.end), place) for one in passages for s in one.sentences)


def gold(asked: Asked, opened: Window) -> tuple[tuple[int, ...], bool]:
    """Which units of a window answer, and whether the window holds all that does."""
    units, met = set(), 0
    for place in asked.evidence:
        mine = [
            i
            for i, unit in enumerate(opened.units)
            if not unit.is_frame and overlap((unit.sentence.start, unit.sentence.end), place)
        ]
        units.update(mine)
        met += bool(mine)
    return tuple(sorted(units)), met == len(asked.evidence)


def item(source: str, asked: Asked, opened: Window) -> Item:
    """A question over a window."""
    units = tuple(unit.text for unit in opened.units)
    frames = tuple(i for i, unit in enumerate(opened.units) if unit.is_frame)
    mine, whole = gold(asked, opened)
    target, phrase = learnt(asked, units, mine, whole=whole)
    turns, context, opening = asked.history, opened.context, opened.opening
    return Item(
        source, asked.question, turns, context, opening, units, frames, mine, target, phrase
    )


def learnt(
    asked: Asked, units: Sequence[str], mine: Sequence[int], *, whole: bool
) -> tuple[Target, tuple[int, int, int] | None]:
    """How far units answer of which ``mine`` do, and by which words; ``whole`` if that is all."""
    if not mine:
        return NONE, None
    if asked.label == "full":
        return FULL if whole else SOME, phrase_of(asked.answer, units, mine)
    return PART if asked.label == "part" else CONTRA, None


def windows_of(one: Written, rng: random.Random, most: int) -> list[Window]:
    """The document in windows, begun at random places."""
    order = list(range(len(one.passages)))
    rng.shuffle(order)
    taken: list[tuple[int, int]] = []
    for at in order:
        if not any(first <= at < end for first, end in taken):
            taken.append(grown(one.passages, (at, at + 1), taken, one.document.text, most))
    hit = Hit(one.passages[0], one.document, (one.document.id,), 1, 1.0)
    return [window(hit, one.passages[first:end]) for first, end in taken]


def items(documents: Sequence[Written], rng: random.Random) -> Iterator[Item]:
    """One pass: what answers, and what looks as if it did, about half of each."""
    opened = [windows_of(one, rng, rng.choice(_SIZES)) for one in documents]
    every = [(n, window) for n, some in enumerate(opened) for window in some]
    far = BM25([" ".join((w.context, *(unit.text for unit in w.units))) for _, w in every])
    others = [asked.question for one in documents for asked in one.asked]
    for n, (one, some) in enumerate(zip(documents, opened, strict=True)):
        near = BM25([" ".join(unit.text for unit in window.units) for window in some])
        for asked in one.asked:
            made = [item("written", asked, window) for window in some]
            best = near.best(asked.question, len(some))
            order = best + [i for i in range(len(some)) if i not in best]
            if rng.random() < 0.25:
                rng.shuffle(order)
            answering = [made[i] for i in order if made[i].gold]
            silent = [made[i] for i in order if not made[i].gold]
            chosen = answering[:2]
            if asked.label == "none":
                chosen += silent[: 2 if rng.random() < 0.35 else 1]
            elif rng.random() < 0.45:
                chosen += silent[:1]
            if rng.random() < (0.2 if asked.label == "none" else 0.4):
                strange = [every[i][1] for i in far.best(asked.question, 8) if every[i][0] != n]
                if strange:  # nothing answers there
                    nothing = asked._replace(label="none", evidence=())
                    chosen.append(item("other", nothing, rng.choice(strange[:4])))
            if answering and asked.label == "full" and not asked.history:
                changed, drawn = None, rng.random()
                if drawn < 0.12:
                    changed = without_gold(answering[0])
                elif drawn < 0.23:
                    changed = asked_of_another(answering[0], others, rng)
                if changed:
                    chosen.append(changed)
            for made_one in chosen:
                context = made_one.context if rng.random() < 0.85 else ""
                opening = made_one.opening if rng.random() < 0.7 else ""
                yield replace(made_one, context=context, opening=opening)
