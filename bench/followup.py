"""Follow-up questions completed by rule, measured on CANARD (Elgohary et al., EMNLP 2019).

    python bench/followup.py PATH/TO/canard/dev.json [--xquad PATH/TO/xquad.en.json]

Every dialogue is replayed: the article's and section's titles are the first turn, as
CANARD gives them, then each question is completed from the turns before it, whose own
completions were made here too, never taken from the gold.  A dialogue belongs to the half
that the rules were written on ("tuned") or to the one that is reported ("held out") by a
hash of its id.
"""

import argparse
import hashlib
import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from qa.answer.followup import complete
from qa.data import Answer, Statement
from qa.text import terms


class Case(NamedTuple):
    """One question of a dialogue, the gold rewrite, and the turns before it."""

    dialogue: str
    number: int
    question: str
    gold: str
    utterances: tuple[str, ...]


def turn(question: str, completed: str, told: str) -> Answer:
    """An earlier turn; CANARD's "I don't know." is a refusal."""
    refused = told == "I don't know."
    statements = () if refused else (Statement(told, (), 1.0),)
    return Answer(
        question=question,
        answered_question=completed,
        statements=statements,
        reason=told if refused else None,
        nearest=(),
        hits=(),
        engine="canard",
    )


def read(path: Path) -> dict[str, list[Case]]:
    """CANARD's cases by dialogue, in order."""
    dialogues: dict[str, list[Case]] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        case = Case(
            row["QuAC_dialog_id"],
            row["Question_no"],
            row["Question"],
            row["Rewrite"],
            tuple(row["History"]),
        )
        dialogues.setdefault(case.dialogue, []).append(case)
    return {key: sorted(cases, key=lambda c: c.number) for key, cases in dialogues.items()}


def replay(cases: Sequence[Case]) -> Iterator[tuple[Case, str, float]]:
    """Each case with its completion and the seconds it took."""
    done: dict[str, str] = {}
    for case in cases:
        pairs = list(zip(case.utterances[::2], case.utterances[1::2], strict=True))
        history = [turn(asked, done.get(asked, asked), told) for asked, told in pairs]
        start = time.process_time()
        completed = complete(case.question, history)
        seconds = time.process_time() - start
        done[case.question] = completed
        yield case, completed, seconds


def held_out(dialogue: str) -> bool:
    """Whether a dialogue is kept for the report."""
    return hashlib.sha256(dialogue.encode()).digest()[0] % 2 == 1


class Overlap(NamedTuple):
    """Content words of a completion against those of the gold rewrite."""

    recall: float
    precision: float
    f1: float


def overlap(text: str, gold: str) -> Overlap:
    """Set overlap of terms; 0 where nothing is shared."""
    got, wanted = set(terms(text)), set(terms(gold))
    shared = len(got & wanted)
    if not shared:
        return Overlap(0.0, 0.0, 0.0)
    recall, precision = shared / len(wanted), shared / len(got)
    return Overlap(recall, precision, 2 * recall * precision / (recall + precision))


METHODS: dict[str, Callable[[Case, str], str]] = {
    "question as it is": lambda case, _: case.question,
    "whole history appended": lambda case, _: " ".join((*case.utterances, case.question)),
    "last turn appended": lambda case, _: " ".join((*case.utterances[-2:], case.question)),
    "title appended": lambda case, _: f"{case.utterances[0]} {case.question}",
    "completed by rule": lambda _, completed: completed,
    "gold rewrite": lambda case, _: case.gold,
}


def table(name: str, rows: Sequence[tuple[Case, str, float]]) -> None:
    """Print one half's figures."""
    scored = [row for row in rows if terms(row[0].gold)]
    print(f"\n{name}: {len(scored)} questions")
    print(f"{'':24} recall  precision  F1")
    for label, method in METHODS.items():
        each = [overlap(method(case, completed), case.gold) for case, completed, _ in scored]
        means = [sum(column) / len(each) for column in zip(*each, strict=True)]
        print(f"{label:24} {means[0]:6.3f} {means[1]:10.3f} {means[2]:6.3f}")
    alone = [(c, done) for c, done, _ in rows if c.question.strip() == c.gold.strip()]
    changed = [(c, done) for c, done in alone if done != c.question]
    print(f"stand-alone (gold leaves it as it is) changed: {len(changed)} of {len(alone)}"
          f" = {len(changed) / len(alone):.1%}")  # fmt: skip
    seconds = sorted(spent for _, _, spent in rows)
    print(f"CPU ms a question: median {seconds[len(seconds) // 2] * 1e3:.2f},"
          f" 99th percentile {seconds[int(len(seconds) * 0.99)] * 1e3:.2f}")  # fmt: skip


def passages(dialogues: dict[str, list[Case]]) -> dict[tuple[str, int], str]:
    """Every answer under its titles, by dialogue and place in it."""
    return {
        (key, place): f"{said[0]} {said[1]} {said[place + 1]}"
        for key, cases in dialogues.items()
        for said in [cases[-1].utterances]
        for place in range(2, len(said), 2)
        if said[place + 1] != "I don't know."
    }


def retrieval(held: Sequence[tuple[Case, str, float]], texts: dict[tuple[str, int], str]) -> None:
    """Print how well BM25 finds each question's own answer among all answers of all dialogues."""
    places = {key: number for number, key in enumerate(texts)}
    counts = [Counter(terms(text)) for text in texts.values()]
    mean = sum(count.total() for count in counts) / len(counts)
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, count in enumerate(counts):
        norm = 1.2 * (0.25 + 0.75 * count.total() / mean)
        for word, times in count.items():
            postings[word].append((number, times * 2.2 / (times + norm)))

    def rank(query: str, sought: int) -> float:
        scores: dict[int, float] = defaultdict(float)
        for word in set(terms(query)):
            found = postings.get(word, [])
            idf = math.log(1 + (len(counts) - len(found) + 0.5) / (len(found) + 0.5))
            for number, gain in found:
                scores[number] += idf * gain
        own = scores.get(sought, 0.0)
        return 1 + sum(score > own for score in scores.values()) if own > 0 else math.inf

    asked = [
        (case, done, places[case.dialogue, len(case.utterances)])
        for case, done, _ in held
        if (case.dialogue, len(case.utterances)) in places
    ]
    print(f"\nfinding the answer among {len(texts)}, held out: {len(asked)} questions")
    print(f"{'':24}    R@1        R@5   MRR")
    for label, method in METHODS.items():
        ranks = [rank(method(case, done), sought) for case, done, sought in asked]
        at = [sum(one <= depth for one in ranks) / len(ranks) for depth in (1, 5)]
        mrr = sum(1 / one for one in ranks) / len(ranks)
        print(f"{label:24} {at[0]:6.3f} {at[1]:10.3f} {mrr:5.3f}")


def xquad(path: Path) -> None:
    """Print how many questions on one article change after a turn about another."""
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    asked = [
        [(qa["question"], paragraph["context"], qa["answers"][0]["answer_start"])
         for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
        for article in data
    ]  # fmt: skip
    changed = total = 0
    for this, article in enumerate(asked):
        before = asked[this - 1]
        for place, (question, _, _) in enumerate(article):
            earlier, context, start = before[place % len(before)]
            begin = context.rfind(". ", 0, start) + 1
            told = context[begin : context.find(". ", start) + 1 or None].strip()
            changed += complete(question, [turn(earlier, earlier, told)]) != question
            total += 1
    print(f"\nXQuAD questions after a turn on another article, changed: {changed} of {total}"
          f" = {changed / total:.1%}")  # fmt: skip


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("canard", type=Path, help="CANARD's dev.json or test.json")
    parser.add_argument("--xquad", type=Path, help="xquad.en.json, for questions that stand alone")
    options = parser.parse_args()
    dialogues = read(options.canard)
    rows = [row for cases in dialogues.values() for row in replay(cases)]
    held = [row for row in rows if held_out(row[0].dialogue)]
    table("tuned on", [row for row in rows if not held_out(row[0].dialogue)])
    table("held out", held)
    retrieval(held, passages(dialogues))
    if options.xquad:
        xquad(options.xquad)


if __name__ == "__main__":
    main()
