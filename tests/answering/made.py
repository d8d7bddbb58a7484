"""Windows, readings and small libraries made by hand."""

from collections.abc import Generator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from qa.answering.windows import window
from qa.answering.write import Wanted, Written
from qa.assistant import Assistant, Parts
from qa.data import Answer, Document, Hit, Reading, Weighed, Window
from qa.ingest.split import split
from qa.models.chat.base import LLM
from qa.models.reader.base import Reader, Said, Shown, Turns
from qa.models.reader.fake import FakeReader
from qa.wording import told

Event = TypeVar("Event")
Wrote = TypeVar("Wrote")

SILENT = (0.0, 0.0, 0.0, 1.0)


class Graded:
    """A reader by whom units with these texts have these logits, to any question.

    A window with one of them has ``outcome``.
    """

    digest = "fake"
    card = FakeReader.card

    def __init__(
        self,
        logits: Mapping[str, float],
        outcome: tuple[float, float, float, float] = (0.97, 0.01, 0.01, 0.01),
    ) -> None:
        self._logits, self._outcome = logits, outcome
        self.read_windows: list[list[Shown]] = []

    def load(self) -> None:
        """Nothing to load."""

    def read(self, _question: str, _turns: Turns, windows: Sequence[Shown]) -> list[Said]:
        """As the class says, without phrases."""
        self.read_windows.append(list(windows))
        return [self._said(one.units) for one in windows]

    def _said(self, units: Sequence[str]) -> Said:
        logits = tuple(
            max((logit for text, logit in self._logits.items() if text in unit), default=-6.0)
            for unit in units
        )
        outcome = self._outcome if max(logits, default=-6.0) > -6.0 else (0.01, 0.01, 0.01, 0.97)
        return Said(logits, outcome, (None,) * len(units))


def words(texts: list[str]) -> list[int]:
    """A word is a token."""
    return [len(text.split()) for text in texts]


def opened(
    text: str, *, name: str = "a", title: str | None = None, published: date | None = None
) -> Window:
    """The whole of a document, ``name``.md, as one window."""
    document = Document(name, text, title=title, published=published)
    passages = split(document, words)
    return window(Hit(passages[0], document, (f"{name}.md",), 1, 1.0), passages)


def windows_of(hits: Sequence[Hit]) -> list[Window]:
    """A window for each hit, of its passage alone."""
    return [window(one, (one.passage,)) for one in hits]


def weighed(windows: tuple[Window, ...], said: str, chance: float, phrase: str = "") -> Weighed:
    """The only unit of ``windows`` in which ``said`` stands, with its chance and its phrase."""
    ((number, place, unit),) = [
        (number, place, unit)
        for number, one in enumerate(windows)
        for place, unit in enumerate(one.units)
        if said in unit.text and not unit.is_frame
    ]
    at = unit.text.index(phrase) if phrase else -1
    found = (at, at + len(phrase)) if phrase else None
    return Weighed(number, place, unit, windows[number].hit, chance, found)


def reading(
    windows: Window | tuple[Window, ...], said: Mapping[str, float | tuple[float, str]]
) -> Reading:
    """A reading in which the units with these words have these chances, and maybe phrases."""
    windows = (windows,) if isinstance(windows, Window) else windows
    found = [
        weighed(windows, text, *(one if isinstance(one, tuple) else (one,)))
        for text, one in said.items()
    ]
    found.sort(key=lambda one: -one.chance)
    best = found[0].chance if found else 0.0
    return Reading("?", windows, (SILENT,) * len(windows), tuple(found), best)


def drained(writing: Generator[Event, None, Wrote]) -> tuple[list[Event], Wrote]:
    """What a model's writing streams, and what it comes to."""
    streamed = []
    while True:
        try:
            streamed.append(next(writing))
        except StopIteration as end:
            return streamed, end.value


def answered(writing: Generator[object, None, Wanted | Written]) -> Answer:
    """The answer that a model's writing comes to."""
    _, written = drained(writing)
    assert isinstance(written, Written)
    return written.answer


def notes(answer: Answer) -> tuple[str, ...]:
    """What a reader is told beside an answer."""
    return tuple(told(note) for note in answer.notes)


def assistant(
    folder: Path,
    documents: Mapping[str, str],
    reader: Reader,
    chat: LLM | None = None,
    **settings: object,
) -> Assistant:
    """An assistant over these documents, ingested, whose answers ``reader`` decides."""
    place = folder / "docs"
    place.mkdir()
    for name, text in documents.items():
        (place / name).write_text(text, encoding="utf-8")
    made = Assistant.from_here(documents=place, parts=Parts(reader=reader, chat=chat), **settings)
    made.sync()
    return made
