"""Tokens of a prompt at equal recall of evidence: the product's against stuffing top passages.

Questions of XQuAD's articles at odd places (the even ones were used to tune) and the gold pairs
of eval/gold/seed.jsonl.  The product's prompt is the one that it would send, taken before it is
sent.  Stuffing fills LlamaIndex's default prompt with the best k chunks of its own splitter,
1,024 tokens (its default) or 200, by its own retrieval, or with the product's own best k
passages; the least k that reaches the product's recall counts.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bench.work import ROOT, Work
from qa import Assistant
from qa.answering.windows import open_windows, whole
from qa.answering.write import generate
from qa.evaluate.gold import load
from qa.models.chat.base import Message
from qa.models.tokens import count
from qa.text.plain import neutral

DEEPEST = 10
STUFFING = (
    "Context information is below.\n---------------------\n{context}\n---------------------\n"
    "Given the context information and not prior knowledge, answer the query.\n"
    "Query: {question}\nAnswer: "
)
"""LlamaIndex's text_qa_template."""


class Asked(NamedTuple):
    """A question, and for each piece of evidence its file and its words."""

    question: str
    evidence: tuple[tuple[str, str], ...]


class Seen(Exception):
    """Ends a request before it is made."""


class Counting:
    """A model of a large window that is never reached."""

    name = "counting"
    window = 128_000

    def reply(self, messages: list[Message], **_: Any) -> Any:
        """Raise Seen."""
        raise Seen("\n".join(message.content for message in messages))


def prompt(assistant: Assistant, question: str) -> str:
    """What the product would send."""
    hits = assistant.search(question)
    with assistant.library.reading() as view:
        try:
            windows = [whole(one, view) for one in open_windows(hits, view)]
            list(generate(question, windows, Counting()))
        except Seen as seen:
            return str(seen)
    return ""


def recalled(text: str, asked: Asked, form: Callable[[str], str]) -> float:
    """The share of the evidence that stands in a text."""
    flat = " ".join(form(text).split()) if form is not neutral else text
    return sum(" ".join(form(words).split()) in flat for _, words in asked.evidence) / len(
        asked.evidence
    )


def compared(
    work: Work, folder: Path, name: str, choose: Callable[[Assistant], list[Asked]]
) -> dict[str, Any]:
    """Tokens and recall of the product, and of each way of stuffing by k."""
    library = work.folder / f"tokens-{name}"
    with Assistant.from_here(documents=folder, library=library, engine="extractive") as assistant:
        assistant.sync()
        questions = choose(assistant)
        sent = [prompt(assistant, one.question) for one in questions]
        own = [[hit.text for hit in assistant.search(one.question)] for one in questions]
    file = work.folder / f"tokens-{name}.json"
    file.write_text(json.dumps([one.question for one in questions]), encoding="utf-8")
    ways = {"its own passages": own}
    for chunk in ("1024", "200"):
        found = work.peer("llamaindex-top", folder, file, chunk, DEEPEST)
        ways[f"LlamaIndex, chunks of {chunk}"] = found["texts"]
    result: dict[str, Any] = {
        "questions": len(questions),
        "ours": {
            "tokens": sum(map(count, sent)) / len(sent),
            "recall": sum(
                recalled(text, one, neutral) for text, one in zip(sent, questions, strict=True)
            )
            / len(sent),
        },
    }
    for way, texts in ways.items():
        result[way] = [stuffed(texts, questions, k) for k in range(1, DEEPEST + 1)]
    return result


def stuffed(texts: list[list[str]], questions: list[Asked], k: int) -> dict[str, float]:
    """Mean tokens and recall where the best ``k`` are stuffed."""
    tokens = found = 0.0
    for some, one in zip(texts, questions, strict=True):
        context = "\n\n".join(some[:k])
        tokens += count(STUFFING.format(context=context, question=one.question))
        found += recalled(context, one, str)
    return {"tokens": tokens / len(questions), "recall": found / len(questions)}


def xquad(source: Path, *, odd: bool, step: int) -> Callable[[Assistant], list[Asked]]:
    """Every ``step``-th question of the articles at odd or even places, and its sentence."""

    def choose(assistant: Assistant) -> list[Asked]:
        chosen = []
        for i, article in enumerate(json.loads(source.read_text(encoding="utf-8"))["data"]):
            if i % 2 != odd:
                continue
            path, offset = f"{i:02}.txt", 0
            with assistant.library.reading() as view:
                document = assistant.document(path)
                sentences = [s for p in view.document_passages(document.id) for s in p.sentences]
            for part in article["paragraphs"]:
                for one in part["qas"][::step]:
                    at = offset + one["answers"][0]["answer_start"]
                    words = [
                        document.text[s.start : s.end] for s in sentences if s.start <= at < s.end
                    ]
                    chosen.append(Asked(one["question"], ((path, words[0]),)))
                offset += len(part["context"]) + 2
        return chosen

    return choose


def gold(_: Assistant) -> list[Asked]:
    """The gold pairs on the seed document."""
    return [
        Asked(one.question, tuple((e.path, e.quote) for e in one.evidence))
        for one in load(ROOT / "eval" / "gold" / "seed.jsonl")
        if one.evidence and not one.history
    ]


def measure(work: Work) -> dict[str, Any]:
    """For each set of questions that is there."""
    found = {"seed": compared(work, ROOT / "seeds", "seed", gold)}
    folder, _, origin = work.texts()
    if work.benchmarks and origin.startswith("XQuAD"):
        source = work.benchmarks / "xquad" / "xquad.en.json"
        found["XQuAD, odd articles"] = compared(
            work, folder, "xquad", xquad(source, odd=True, step=6)
        )
    return found
