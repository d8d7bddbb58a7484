"""SQuAD 1.1 and 2.0 (and XQuAD): find the paragraph, answer with the phrase, or refuse.

Rajpurkar et al. 2016 and 2018.  Every paragraph is one document; a question is asked of
all of them.  Figures of phrases are the published script's, over the emphasised phrase.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qa.data import Answer, Weighed
from qa.errors import UsageError
from qa.evaluate.matching import occurs, squad_exact, squad_f1
from qa.evaluate.measures import phrase, said
from qa.evaluate.suites import (
    Figure,
    Laps,
    Opener,
    Outcome,
    Published,
    Step,
    auroc_figure,
    documents_in_order,
    figure,
    read_json,
    sample,
)

_OURS = "measured on XQuAD with the same MiniLM while this project was planned"
PUBLISHED = (
    Published("MiniLM, dense", "R@1", 0.884, _OURS),
    Published("MiniLM, dense", "R@5", 0.982, _OURS),
    Published("BM25, stemmed", "R@1", 0.929, _OURS),
    Published("BM25, stemmed", "R@5", 0.987, _OURS),
    Published("both, reciprocal rank fusion", "R@1", 0.931, _OURS),
    Published("both, sum of z-scores", "R@1", 0.949, _OURS),
    Published("both, sum of z-scores", "R@5", 0.994, _OURS),
    Published("LlamaIndex quick start, hybrid", "R@1", 0.920, _OURS),
    Published("LangChain, ensemble", "R@1", 0.859, _OURS),
    Published("Haystack, joined", "R@1", 0.933, _OURS),
    Published("txtai, hybrid", "R@1", 0.953, _OURS),
)


class Asked(NamedTuple):
    """A question with its paragraph's path and its gold phrases (none: unanswerable).

    ``starts`` holds where each phrase begins in the paragraph.
    """

    text: str
    path: str
    gold: tuple[str, ...]
    starts: tuple[int, ...]


class Answered(NamedTuple):
    """What was asked, and what was answered."""

    asked: Asked
    answer: Answer

    @property
    def weighed(self) -> Sequence[Weighed]:
        """The units that were read for it, likeliest first."""
        trace = self.answer.trace
        return trace.readings[0].weighed if trace and trace.readings else ()


def load(data: Path) -> tuple[dict[str, str], list[Asked]]:
    """Paragraphs by path, and the questions.  Raises UsageError where it is no SQuAD file."""
    read = read_json(data)
    texts: dict[str, str] = {}
    questions = []
    try:
        for article in read["data"]:
            for paragraph in article["paragraphs"]:
                path = f"{len(texts):05d}.txt"
                texts[path] = paragraph["context"]
                questions += [_question(asked, path) for asked in paragraph["qas"]]
    except (KeyError, TypeError) as error:
        raise UsageError(f"{str(data)!r} is not in SQuAD's format: {error!r}") from error
    if not questions:
        raise UsageError(f"{str(data)!r} holds no question")
    return texts, questions


def _question(asked: dict[str, Any], path: str) -> Asked:
    answers = [] if asked.get("is_impossible") else asked["answers"]
    gold = tuple(one["text"] for one in answers)
    return Asked(asked["question"], path, gold, tuple(one["answer_start"] for one in answers))


def run(data: Path, opened: Opener, limit: int | None, step: Step) -> Outcome:
    """Ask every question of all paragraphs; where all are answerable, of half of them too.

    Data without unanswerable questions (1.1) get theirs by asking each question of the
    half of the paragraphs (the even or the odd) in which its own is not.
    """
    clock = Laps()
    texts, questions = load(data)
    questions = sample(questions, limit)
    rows = _asked(opened, "all", texts, questions, step)
    clock.lap("ingest and questions")
    held = [row for row in rows if row.asked.gold]
    lost = [row.answer for row in rows if not row.asked.gold]
    notes = [f"{len(texts)} paragraphs, {len(questions)} questions, {len(held)} answerable"]
    if not lost:
        lost = _without_their_paragraph(opened, texts, questions, step)
        clock.lap("questions without their paragraph")
        notes.append("unanswerable: every question, asked of the half without its paragraph")
    figures = [*_paragraphs(held), *_sentences(held, texts), *_phrases(held)]
    figures += _refusals([row.answer for row in held], lost)
    published: tuple[Published, ...] = ()
    if "xquad" in data.name.lower():
        published = PUBLISHED
    return Outcome(
        "squad", data.name, tuple(figures), published, tuple(notes), tuple(clock.seconds)
    )


def _asked(
    opened: Opener, name: str, texts: dict[str, str], questions: list[Asked], step: Step
) -> list[Answered]:
    rows = []
    with opened(name, texts) as bench:
        for asked in questions:
            answer = bench.ask(asked.text)
            rows.append(Answered(asked, answer))
            step()
    return rows


def _without_their_paragraph(
    opened: Opener, texts: dict[str, str], questions: list[Asked], step: Step
) -> list[Answer]:
    paths = list(texts)
    halves = [{path: texts[path] for path in paths[odd::2]} for odd in (0, 1)]
    found: list[Answer] = []
    for name, half in zip(("even", "odd"), halves, strict=True):
        away = [asked for asked in questions if asked.path not in half]
        with opened(name, half) as bench:
            for asked in away:
                found.append(bench.ask(asked.text))
                step()
    return found


def _paragraphs(held: list[Answered]) -> list[Figure]:
    ranks = []
    for asked, answer in held:
        found = documents_in_order(answer.hits)
        ranks.append(found.index(asked.path) + 1 if asked.path in found else None)
    figures = []
    for k in (1, 5, 10):
        at = [float(rank is not None and rank <= k) for rank in ranks]
        figures += figure(f"R@{k}", f"gold paragraph among {k}", at)
    return figures + figure("MRR", "gold paragraph", [1 / rank if rank else 0.0 for rank in ranks])


def _sentences(held: list[Answered], texts: dict[str, str]) -> list[Figure]:
    """The reader's ranking of sentences, whether or not it then answered."""
    ranks = [
        next((r for r, one in enumerate(row.weighed, 1) if _holds(one, row.asked, texts)), None)
        for row in held
    ]
    figures = []
    for k in (1, 3):
        at = [float(rank is not None and rank <= k) for rank in ranks]
        figures += figure(f"hit@{k}", f"gold sentence among the first {k} ranked", at)
    return figures


def _holds(one: Weighed, asked: Asked, texts: dict[str, str]) -> bool:
    """True where a gold phrase, at its place in the gold paragraph, is in the unit."""
    paths = (*one.hit.paths, *one.hit.copies)
    text = one.hit.document.text[one.unit.sentence.start : one.unit.sentence.end]
    start = texts[asked.path].find(text) if asked.path in paths else -1
    if start < 0:
        return False
    end = start + len(text)
    phrases = zip(asked.starts, asked.gold, strict=True)
    return any(start < at + len(gold) and at < end for at, gold in phrases)


def _phrases(held: list[Answered]) -> list[Figure]:
    stated = [_stated(answer, asked) for asked, answer in held]
    figures = figure("contained", "gold phrase in the answer", stated)
    for name, compare in (("EM", squad_exact), ("F1", squad_f1)):
        best = [_best(answer, asked, compare) for asked, answer in held]
        figures += figure(name, "emphasised phrase", best)
    return figures


def _refusals(held: list[Answer], lost: list[Answer]) -> list[Figure]:
    """``held`` answer what can be answered, ``lost`` what cannot."""
    refused = [float(not answer.answered) for answer in held]
    figures = figure("false-refusal", "answerable but refused", refused)
    said = [float(answer.outcome == "answered") for answer in held]
    figures += figure("answered", "answerable and answered, not perhaps", said)
    wrong = [float(answer.outcome == "answered") for answer in lost]
    figures += figure("false-answer", "unanswerable but answered", wrong)
    maybe = [float(answer.outcome == "perhaps") for answer in lost]
    figures += figure("false-perhaps", "unanswerable, shown as perhaps", maybe)
    marked = [(answer.confidence, True) for answer in held]
    marked += [(answer.confidence, False) for answer in lost]
    sure = [(confidence, true) for confidence, true in marked if confidence is not None]
    title = "confidence tells answerable from not"
    return figures + auroc_figure("AUROC", title, [c for c, _ in sure], [t for _, t in sure])


def _stated(answer: Answer, asked: Asked) -> float:
    text = said(answer)
    return float(any(occurs(gold, text) for gold in asked.gold))


def _best(answer: Answer, asked: Asked, compare: Any) -> float:
    ours = phrase(answer)
    return max(compare(ours, gold) for gold in asked.gold) if ours else 0.0
