"""CANARD (Elgohary et al. 2019): does a follow-up find what its dialogue answers it with.

Every dialogue is one document: its article's title, its section, and its known answers, each
a paragraph.  A question after the first whose answer is known is asked of all of them in three
ways: bare, with the conversation before it as the data have it, and as a person rewrote it to
stand alone.  What the conversation gains over the bare question, and lacks to the rewrite, is
what is measured.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qa.data import Answer, Hit, Statement, Weighed
from qa.errors import UsageError
from qa.evaluate.suites import Figure, Laps, Opener, Outcome, Step, figure, read_json, sample

Turn = tuple[str, str]
"""A question and its answer, "" where that is not known."""

WAYS = ("bare", "history", "rewrite")
UNKNOWN = "I don't know."
"""How the data write that the section does not answer."""


class Asked(NamedTuple):
    """A follow-up: the turns before it, how a person rewrote it, its answer and document."""

    text: str
    turns: tuple[Turn, ...]
    rewrite: str
    answer: str
    path: str


class Found(NamedTuple):
    """Where the answer was in one way of asking: the reader's rank, and whether in a hit."""

    rank: int | None
    in_hits: bool


def load(data: Path) -> tuple[dict[str, str], list[Asked]]:
    """Dialogues by path, and the follow-ups whose answer is known.

    Raises UsageError where it is no CANARD file.
    """
    try:
        rows = [
            (row["QuAC_dialog_id"], _dialogue(row["History"]), row["Question"], row["Rewrite"])
            for row in read_json(data)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{str(data)!r} is not in CANARD's format: {error!r}") from error
    longest: dict[str, _Dialogue] = {}
    for name, dialogue, _, _ in rows:
        longest[name] = max(longest.get(name, dialogue), dialogue, key=lambda one: len(one.turns))
    paths = {name: f"{number:05d}.md" for number, name in enumerate(longest)}
    texts = {paths[name]: _document(dialogue) for name, dialogue in longest.items()}
    questions = []
    for name, dialogue, text, rewrite in rows:
        after = longest[name].turns[len(dialogue.turns) :]  # a later question tells the answer
        if dialogue.turns and after and after[0][0] == " ".join(text.split()) and after[0][1]:
            about = (f"{dialogue.title}: {dialogue.section}", "")
            turns = (about, *dialogue.turns)
            questions.append(Asked(text, turns, rewrite, after[0][1], paths[name]))
    if not questions:
        raise UsageError(f"{str(data)!r} holds no follow-up whose answer is known")
    return texts, questions


class _Dialogue(NamedTuple):
    title: str
    section: str
    turns: tuple[Turn, ...]


def _dialogue(history: Sequence[str]) -> _Dialogue:
    title, section, *said = [" ".join(one.split()) for one in history]
    answers = ["" if one == UNKNOWN else one for one in said[1::2]]
    return _Dialogue(title, section, tuple(zip(said[::2], answers, strict=True)))


def _document(dialogue: _Dialogue) -> str:
    """Two headings, and each answer once, as a paragraph."""
    answers = dict.fromkeys(_ended(answer) for _, answer in dialogue.turns if answer)
    return "\n\n".join([f"# {dialogue.title}", f"## {dialogue.section}", *answers]) + "\n"


def _ended(answer: str) -> str:
    """The answer as a sentence: the data cut it out of one."""
    return answer if answer[-1] in ".!?" else answer.rstrip(" ,;:") + "."


def run(data: Path, opened: Opener, limit: int | None, step: Step) -> Outcome:
    """Ask every follow-up of all dialogues, in each of the three ways."""
    clock = Laps()
    texts, questions = load(data)
    questions = sample(questions, limit)
    found: dict[str, list[Found]] = {way: [] for way in WAYS}
    with opened("dialogues", texts) as bench:
        clock.lap("ingest")
        for asked in questions:
            answers = (
                bench.ask(asked.text),
                bench.ask(asked.text, _history(asked.turns)),
                bench.ask(asked.rewrite),
            )
            for way, answer in zip(WAYS, answers, strict=True):
                found[way].append(_found(answer, asked))
            step()
        clock.lap("questions")
    figures = [one for way in WAYS for one in _figures(way, found[way])]
    notes = (
        f"{len(texts)} dialogues, {len(questions)} follow-ups whose answer is known",
        "bare: the question alone; history: after its conversation; rewrite: as a person completed"
        " it",
    )
    return Outcome("canard", data.name, tuple(figures), (), notes, tuple(clock.seconds))


def _figures(way: str, found: Sequence[Found]) -> list[Figure]:
    figures = figure(f"{way} hits", "gold answer in a hit", [float(one.in_hits) for one in found])
    for k in (1, 3):
        at = [float(one.rank is not None and one.rank <= k) for one in found]
        title = f"gold answer among the first {k} that the reader ranked"
        figures += figure(f"{way} hit@{k}", title, at)
    return figures


def _history(turns: Sequence[Turn]) -> tuple[Answer, ...]:
    """The conversation as an assistant would remember it; what is not known was not found."""
    return tuple(
        Answer(
            question=question,
            answered_question=question,
            statements=(Statement(answer, (), 1.0),) if answer else (),
            reason=None if answer else "",
            nearest=(),
            hits=(),
            engine="canard",
            outcome="answered" if answer else "not_found",
        )
        for question, answer in turns
    )


def _found(answer: Answer, asked: Asked) -> Found:
    """By the trace, so whether or not it then answered."""
    weighed: Sequence[Weighed] = ()
    if answer.trace is not None and answer.trace.readings:
        weighed = answer.trace.readings[0].weighed
    places = (
        rank
        for rank, one in enumerate(weighed, 1)
        if _holds(one.hit, one.unit.sentence.start, one.unit.sentence.end, asked)
    )
    in_hits = any(_holds(hit, hit.passage.start, hit.passage.end, asked) for hit in answer.hits)
    return Found(next(places, None), in_hits)


def _holds(hit: Hit, start: int, end: int, asked: Asked) -> bool:
    """Whether that stretch of the hit's document overlaps the answer in its own dialogue."""
    if asked.path not in (*hit.paths, *hit.copies):
        return False
    answer = _ended(asked.answer)
    at = f"{hit.document.text}\n".find(f"\n\n{answer}\n") + 2  # a whole paragraph
    return at > 1 and at < end and start < at + len(answer)
