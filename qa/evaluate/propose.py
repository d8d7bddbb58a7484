"""Gold pairs proposed by a language model, for a person to accept.

The model only says a question, the id of a sentence shown to it, and the words that answer.
The quote is looked up by the id, and a word that does not stand in it is no nugget, so that
a draft may be a bad question but never has evidence that is not there.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple

from qa.answering.sources import Shown, SourceBlock, source_block
from qa.answering.windows import window
from qa.data import Document, Hit, Passage, Sentence
from qa.errors import ModelGarbled
from qa.evaluate.gold import Evidence, GoldPair
from qa.evaluate.matching import occurs
from qa.models.chat.base import LLM, Message
from qa.models.tokens import count
from qa.settings.prompts import Prompt
from qa.text.plain import neutral, one_line
from qa.text.sentences import sentences

MAX_TOKENS = 600
"""Tokens that a reply may take; a small window gives a quarter of itself."""
SHOWN = 1500
"""Tokens of a document that are shown at once; a small window gives half of itself."""
EACH = 5
"""Questions asked for in one request."""
MAX_QUESTION = 300
"""Characters of a question."""

_LINE = re.compile(
    r"[\s*•\d.)-]*[\[(](?P<id>\d+\.\d+)[\])]\s*(?P<question>[^|]*?[?？])[\s\"*]*\|(?P<words>[^|]+)\|?",
    re.ASCII,
)


_KIND = re.compile(r"\b(?:who|whom|when|why|how (?:many|much|old|long|far)|how)\b", re.IGNORECASE)
_KINDS = {"who": "who", "whom": "who", "when": "when", "why": "why-how", "how": "why-how"}


class Dropped(NamedTuple):
    """A line of the model that became no draft, and why."""

    line: str
    why: str


def propose(
    documents: Mapping[str, Document], llm: LLM, prompt: Prompt, most: int
) -> Iterator[GoldPair | Dropped]:
    """At most ``most`` drafts from at most as many requests, and what was dropped between.

    Every document is asked for in turn, a piece of each.  ``prompt`` is "draft".  Raises a
    ModelError leaf where the model fails, and PromptError before any call.
    """
    asked: set[str] = set()
    drafts = 0
    for _, piece in zip(range(most), _pieces(documents, min(SHOWN, llm.window // 2)), strict=False):
        block = source_block([window(piece, (piece.passage,))], llm.window)
        wanted = min(EACH, most - drafts)
        for line in _replied(llm, prompt.fill(sources=block.text, most=str(wanted))):
            found = _read(line, block, llm.name)
            if isinstance(found, GoldPair) and found.question.casefold() in asked:
                found = Dropped(line, "it asks what another asks")
            yield found
            if isinstance(found, GoldPair):
                asked.add(found.question.casefold())
                drafts += 1
                if drafts == most:
                    return


def _pieces(documents: Mapping[str, Document], budget: int) -> Iterator[Hit]:
    """Runs of sentences of at most ``budget`` tokens: the first of each document, then on."""
    rows = [_of_document(path, document, budget) for path, document in sorted(documents.items())]
    for row in zip_longest(*rows):
        yield from (piece for piece in row if piece is not None)


def _of_document(path: str, document: Document, budget: int) -> Iterator[Hit]:
    run: list[Sentence] = []
    spent = 0
    for span in sentences(document.text):
        cost = count(document.text[span.start : span.end]) + 8  # 8: its id and line
        if cost > budget:
            continue  # longer than a piece: no sentence that a person would quote
        if spent + cost > budget:
            yield _hit(path, document, run)
            run, spent = [], 0
        run.append(Sentence(span.start, span.end))
        spent += cost
    if run:
        yield _hit(path, document, run)


def _hit(path: str, document: Document, run: list[Sentence]) -> Hit:
    start, end = run[0].start, run[-1].end
    passage = Passage(f"{path}:{start}", document.id, start, end, tuple(run))
    return Hit(passage, document, (path,), 1, 1.0)


def _replied(llm: LLM, text: str) -> list[str]:
    """The lines of the reply; without the last where it was cut off; none of an empty one."""
    try:
        with llm.reply([Message("user", text)], max_tokens=min(MAX_TOKENS, llm.window // 4)) as r:
            lines = "".join(r).splitlines()
            whole = r.finish == "stop"
    except ModelGarbled:
        return []
    told = [line for line in (lines if whole else lines[:-1]) if line.strip()]
    return [] if [line.strip(" .") for line in told] == ["NONE"] else told


def _read(line: str, block: SourceBlock, model: str) -> GoldPair | Dropped:
    """The draft that a line proposes."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return Dropped(line, "it is not '[id] question? | words'")
    shown = block.sentences.get(found["id"])
    if shown is None:
        return Dropped(line, f"no sentence {found['id']} was shown")
    question = neutral(found["question"])
    said = [one_line(one).strip(" .\"“”'") for one in found["words"].split(";")]
    nuggets = tuple((one,) for one in said if one and occurs(one, shown.quote))
    if not nuggets or len(nuggets) < len([one for one in said if one]):
        return Dropped(line, "the words that answer do not stand in that sentence")
    if len(question) > MAX_QUESTION:
        return Dropped(line, f"the question is longer than {MAX_QUESTION} characters")
    if all(occurs(one, question) for (one,) in nuggets):
        return Dropped(line, "the question holds its own answer")
    if shown.hit.document.text.count(shown.quote) > 1:
        return Dropped(line, "that sentence stands in its document more than once")
    return _draft(shown, question, nuggets, model)


def _draft(
    shown: Shown, question: str, nuggets: tuple[tuple[str, ...], ...], model: str
) -> GoldPair:
    path = shown.hit.path
    digest = hashlib.sha256(f"{path}\n{shown.quote}\n{question}".encode()).hexdigest()[:10]
    return GoldPair(
        id=f"draft-{digest}",
        question=question,
        kind=_kind(question, len(nuggets)),
        answerable=True,
        must=nuggets,
        evidence=(Evidence(path, shown.quote),),
        note=f"drafted by {model}",
        draft=True,
    )


def _kind(question: str, nuggets: int) -> str:
    """The kind of a question, by its interrogative and by how many things it asks for."""
    if nuggets > 1:
        return "list"
    found = _KIND.search(question)
    word = found[0].casefold() if found else ""
    return _KINDS.get(word, "number" if word.startswith("how ") else "fact")
