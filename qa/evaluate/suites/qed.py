"""QED (Lamm et al. 2020): is the sentence that explains the answer the one that is cited.

Every distinct paragraph is one document; a question is asked of all of them.  Pairs whose
explanation is one sentence have a gold sentence; of the kind "none" the annotators found
that the paragraph does not answer, so that citing it is wrong.
"""

from pathlib import Path
from typing import Any, NamedTuple

from qa.data import Answer, Citation
from qa.errors import UsageError
from qa.evaluate.suites import (
    Laps,
    Opener,
    Outcome,
    Step,
    documents_in_order,
    figure,
    read_lines,
    sample,
)


class Asked(NamedTuple):
    """A question, its paragraph's path, and the gold sentence's offsets where there is one."""

    text: str
    path: str
    kind: str
    gold: tuple[int, int] | None


def load(data: Path) -> tuple[dict[str, str], list[Asked]]:
    """Paragraphs by path, and the questions.  Raises UsageError where it is no QED file."""
    paths: dict[str, str] = {}
    questions = []
    try:
        for row in read_lines(data):
            text = row["paragraph_text"]
            path = paths.setdefault(text, f"{len(paths):05d}.txt")
            gold = _gold(row["annotation"])
            kind = row["annotation"]["explanation_type"]
            questions.append(Asked(row["question_text"], path, kind, gold))
    except (KeyError, TypeError) as error:
        raise UsageError(f"{str(data)!r} is not in QED's format: {error!r}") from error
    return {path: text for text, path in paths.items()}, questions


def _gold(annotation: dict[str, Any]) -> tuple[int, int] | None:
    chosen = annotation.get("selected_sentence")
    return (chosen["start"], chosen["end"]) if chosen else None


def run(data: Path, opened: Opener, limit: int | None, step: Step) -> Outcome:
    """Ask every question of all paragraphs."""
    clock = Laps()
    texts, questions = load(data)
    questions = sample(questions, limit)
    rows: list[tuple[Asked, int | None, Answer]] = []
    with opened("paragraphs", texts) as bench:
        clock.lap("ingest")
        for asked in questions:
            answer = bench.ask(asked.text)
            found = documents_in_order(answer.hits)
            rank = found.index(asked.path) + 1 if asked.path in found else None
            rows.append((asked, rank, answer))
            step()
        clock.lap("questions")
    held = [row for row in rows if row[0].gold]
    figures = []
    for k in (1, 5):
        at = [float(rank is not None and rank <= k) for _, rank, _ in held]
        figures += figure(f"R@{k}", f"gold paragraph among {k}", at)
    cited = [_cited(answer, q) for q, _, answer in held]
    figures += figure("cited", "gold sentence is cited", [float(any(one)) for one in cited])
    given = [one for one, (_, _, answer) in zip(cited, held, strict=True) if answer.answered]
    title = "gold sentence is cited, where answered"
    figures += figure("cited-if-answered", title, [float(any(one)) for one in given])
    title = "cited sentences that are the gold one"
    figures += figure("precision", title, [sum(one) / len(one) for one in given if one])
    figures += figure(
        "false-refusal",
        "refused, though one sentence explains the answer",
        [float(not answer.answered) for _, _, answer in held],
    )
    none = [answer.outcome for q, _, answer in rows if q.kind == "none"]
    title = "answered, though the paragraph does not"
    figures += figure("none-answered", title, [float(one == "answered") for one in none])
    title = "shown as perhaps, though the paragraph does not"
    figures += figure("none-perhaps", title, [float(one == "perhaps") for one in none])
    notes = (
        f"{len(texts)} paragraphs, {len(questions)} questions, {len(held)} with a gold sentence",
        "published figures are of models shown the right paragraph, so none is comparable",
    )
    return Outcome("qed", data.name, tuple(figures), (), notes, tuple(clock.seconds))


def _cited(answer: Answer, asked: Asked) -> list[bool]:
    """For each cited place, whether it overlaps the gold sentence."""
    return [_is_gold(one, asked) for one in answer.citations]


def _is_gold(one: Citation, asked: Asked) -> bool:
    assert asked.gold is not None
    start, end = asked.gold
    return one.path == asked.path and one.start < end and start < one.end
