"""Questions made unanswerable, to teach the reader what it must refuse."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.reader_data import Asked, Dataset
from qa.answer import relatives
from qa.answer.features import Candidate
from qa.answer.question import analyse
from qa.data import Hit, Sentence
from qa.text import Word, words


def answers(one: Asked, found: Candidate) -> bool:
    """Whether a sentence is the gold one, or holds the start of a gold answer."""
    return int(found.hit.passage.id) == one.row and holds(one, found.sentence)


def holds(one: Asked, sentence: Sentence) -> bool:
    """Whether a sentence of the gold row is the gold one, or holds the start of an answer."""
    start, end = sentence.start, sentence.end
    if one.sentence is not None:
        overlap = min(end, one.sentence[1]) - max(start, one.sentence[0])
        return overlap * 2 > min(end - start, one.sentence[1] - one.sentence[0])
    return any(start <= at < end for at, _ in one.answers)


def lessened(hit: Hit, one: Asked) -> Hit:
    """``hit`` without the sentences that answer ``one``."""
    if int(hit.passage.id) != one.row:
        return hit
    left = tuple(held for held in hit.passage.sentences if not holds(one, held))
    return replace(hit, passage=replace(hit.passage, sentences=left))


def asked_words(data: Dataset, group: str | None = None) -> list[str]:
    """Lower-case words that carry a question (of ``group``), each once, in order."""
    found: dict[str, None] = {}
    for one in data.asked:
        if group is None or one.group == group:
            found |= {word.text: None for word in things_asked(one.question)}
    return list(found)


def things_asked(question: str) -> list[Word]:
    """The words of a question that say which thing is asked: no name, figure or light word."""
    asked = analyse(question)
    left = frozenset(asked.terms) - asked.names - asked.numbers - relatives.light()
    return [w for w in words(question) if w.term in left and w.text.islower() and len(w.text) > 3]


def swapped(question: str, choice: Sequence[str], rng: np.random.Generator) -> str | None:
    """``question`` with a word for the thing asked exchanged for one of ``choice``."""
    mine = things_asked(question)
    others = [one for one in choice if one not in question]
    if not mine or not others:
        return None
    gone = mine[int(rng.integers(len(mine)))]
    return question[: gone.start] + others[int(rng.integers(len(others)))] + question[gone.end :]


_NAME = re.compile(r"(?<=\s)[A-Z][\w-]+(?:\s+[A-Z][\w-]+)*")
_FIGURE = re.compile(r"\b\d{2,4}\b")


def altered(question: str, other: str, rng: np.random.Generator) -> str | None:
    """``question`` with a figure or a name exchanged, so that nothing answers it."""
    figure = _FIGURE.search(question)
    if figure:
        value = int(figure.group()) + int(rng.integers(3, 40)) * (1 if rng.random() < 0.5 else -1)
        return question[: figure.start()] + str(abs(value)) + question[figure.end() :]
    names, others = list(_NAME.finditer(question)), _NAME.findall(other)
    if not names or not others:
        return None
    name = names[int(rng.integers(len(names)))]
    return question[: name.start()] + others[0] + question[name.end() :]
