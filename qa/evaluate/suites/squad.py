"""SQuAD 1.1 and 2.0 (and XQuAD): find the paragraph, answer with the phrase, or refuse.

Rajpurkar et al. 2016 and 2018.  Every paragraph is one document; a question is asked of
all of them.  Figures of phrases are the published script's, over the emphasised phrase.
"""

from pathlib import Path
from typing import Any, NamedTuple

from qa.data import Answer
from qa.errors import UsageError
from qa.evaluate.matching import occurs, squad_exact, squad_f1
from qa.evaluate.measures import phrase, said
from qa.evaluate.suites import (
    Clock,
    Opener,
    Outcome,
    Published,
    Step,
    auroc_figure,
    documents_in_order,
    figure,
    read_json,
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


class Question(NamedTuple):
    """A question with its paragraph's path and its gold phrases (none: unanswerable)."""

    text: str
    path: str
    gold: tuple[str, ...]


def load(data: Path) -> tuple[dict[str, str], list[Question]]:
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


def _question(asked: dict[str, Any], path: str) -> Question:
    gold = () if asked.get("is_impossible") else tuple(one["text"] for one in asked["answers"])
    return Question(asked["question"], path, gold)


def run(data: Path, opened: Opener, limit: int | None, step: Step) -> Outcome:
    """Ask every question of all paragraphs."""
    clock = Clock()
    texts, questions = load(data)
    questions = questions[:limit]
    ranks: list[int | None] = []
    answers: list[Answer] = []
    with opened(texts) as bench:
        clock.lap("ingest")
        for asked in questions:
            found = documents_in_order(bench.search(asked.text))
            ranks.append(found.index(asked.path) + 1 if asked.path in found else None)
            answers.append(bench.ask(asked.text))
            step()
        clock.lap("questions")
    rows = list(zip(questions, ranks, answers, strict=True))
    held = [(q, rank, answer) for q, rank, answer in rows if q.gold]
    figures = []
    for k in (1, 5, 10):
        found_at = [float(rank is not None and rank <= k) for _, rank, _ in held]
        figures += figure(f"R@{k}", f"gold paragraph among {k}", found_at)
    figures += figure("MRR", "gold paragraph", [1 / rank if rank else 0.0 for _, rank, _ in held])
    for k in (1, 3):
        title = f"answer in the first {k} statements"
        figures += figure(f"hit@{k}", title, [_stated(a, q, k) for q, _, a in held])
    figures += figure("contained", "answer among all statements", [_said(a, q) for q, _, a in held])
    figures += figure("EM", "emphasised phrase", [_best(a, q, squad_exact) for q, _, a in held])
    figures += figure("F1", "emphasised phrase", [_best(a, q, squad_f1) for q, _, a in held])
    refused = [float(not answer.answered) for _, _, answer in held]
    figures += figure("false-refusal", "answerable but refused", refused)
    false = [float(a.answered) for q, _, a in rows if not q.gold]
    figures += figure("false-answer", "unanswerable but answered", false)
    sure = [(a.confidence, bool(q.gold)) for q, _, a in rows if a.confidence is not None]
    title = "confidence tells answerable from not"
    figures += auroc_figure("AUROC", title, [c for c, _ in sure], [t for _, t in sure])
    published = PUBLISHED if "xquad" in data.name.lower() else ()
    notes = (f"{len(texts)} paragraphs, {len(questions)} questions, {len(held)} answerable",)
    return Outcome("squad", data.name, tuple(figures), published, notes, tuple(clock.seconds))


def _said(answer: Answer, asked: Question) -> float:
    return float(any(occurs(gold, said(answer)) for gold in asked.gold))


def _stated(answer: Answer, asked: Question, k: int) -> float:
    first = "\n".join(statement.text for statement in answer.statements[:k])
    return float(any(occurs(gold, first) for gold in asked.gold))


def _best(answer: Answer, asked: Question, compare: Any) -> float:
    ours = phrase(answer)
    return max(compare(ours, gold) for gold in asked.gold) if ours else 0.0
