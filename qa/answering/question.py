"""What was asked, as it is looked up: made once, changed by nobody.

Without a model nothing is put into the asker's mouth: the conversation goes to retrieval and to
the reader as it is.  A model rewrites a question that leans on it, and its words are checked.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from qa.answering.period import Period, period_of
from qa.data import Answer, Note, Usage
from qa.errors import ModelGarbled
from qa.models.chat.base import LLM, Message
from qa.models.reader.base import Turns, following
from qa.settings.prompts import Prompt
from qa.text.facts import names, numbers
from qa.text.plain import inert, one_line
from qa.text.words import terms, words

MAX_TOKENS = 120
"""Tokens that a rewritten question may take."""
MAX_TOLD = 600
"""Characters of each earlier answer that a model is shown."""
MAX_TITLES = 200
"""Characters of the titles that an earlier answer cited."""
REMEMBERED = 3
"""Turns of a conversation that a model is shown."""
_READ = 160  # characters of an earlier answer that the reader reads
_TURNS = 2

_SPLIT = re.compile(
    r"\s*(?:[?;]|,?\s+and(?:\s+also)?|,)\s+"
    r"(?=(?:in\s+)?(?:who|whom|when|where|why|what|which|how)\b)",
    re.IGNORECASE,
)
_MARK = re.compile(r"\[\d+\.\d+\]")
_ASKS = re.compile(r"(?:\w+\s+)?(?:who|whom|when|where|why|what|which|how)\b", re.IGNORECASE)
_SUMMARY = re.compile(
    r"\W*(?:(?:please|can|could|would|you|i|want|need|give|show|write|me|us|a|an|the|short|brief)"
    r"\W+){0,6}summar(?:y|i[sz]e)\b",
    re.IGNORECASE,
)


class Question(NamedTuple):
    """A question on its way.

    ``asked`` is what was typed and ``lookup`` what is searched and read for: with the years
    that it means, or as a model completed it.  ``turns`` are the earlier ones, for the reader.
    ``period`` is the time asked for.
    """

    asked: str
    lookup: str
    turns: Turns
    period: Period | None

    @property
    def parts(self) -> tuple[str, ...]:
        """The questions that a compound one is made of, at least two, or empty."""
        pieces = [piece.strip() for piece in _SPLIT.split(self.lookup.strip()) if piece.strip()]
        return tuple(pieces) if len(pieces) > 1 and _ASKS.match(pieces[0]) else ()

    @property
    def searches(self) -> tuple[str, ...]:
        """The texts to search for, the first the question's own."""
        found = [self.lookup]
        if self.period is not None and self.period.rest != self.lookup:
            found.append(self.period.rest)
        if _loses(self.asked, self.lookup):
            found.append(self.asked)
        if self.turns:
            found.append(following(self.lookup, self.turns))
        return tuple(found)

    def mended(self, lookup: str, fixes: Mapping[str, str]) -> "Question":
        """The question looked up as ``lookup``, the words ``fixes`` exchanged in all of it."""
        period = self.period
        if period is not None:
            rest = period.rest
            for typed, taken in fixes.items():
                rest = rest.replace(typed, taken)
            period = period._replace(lookup=lookup, rest=rest)
        return self._replace(lookup=lookup, period=period)

    def at(self, period: Period) -> "Question":
        """The question as asked of another time."""
        return self._replace(lookup=period.lookup, period=period)

    @property
    def asks_for_summary(self) -> bool:
        """Whether it asks for a summary, not for a fact."""
        return _SUMMARY.match(self.lookup) is not None


def question_of(asked: str, lookup: str, history: Sequence[Answer], today: date) -> Question:
    """The question that ``asked`` is after ``history``; ``lookup`` is how a model completed it.

    A question that a model completed stands alone, so that it has no turns.
    """
    period = period_of(lookup, today)
    return Question(
        asked=asked,
        lookup=period.lookup if period else lookup,
        turns=_turns(history) if lookup == asked else (),
        period=period,
    )


def _loses(asked: str, lookup: str) -> bool:
    """Whether a completed question has lost a name or a number of the one asked."""
    said = {word.text.casefold() for word in words(lookup)}
    lost = [*names(asked), *(asked[one.start : one.end].strip() for one in numbers(asked))]
    return any(one.casefold() not in said and one not in lookup for one in lost)


def _turns(history: Sequence[Answer]) -> Turns:
    return tuple(
        (
            one_line(answer.answered_question),
            one_line(answer.statements[0].text)[:_READ] if answer.statements else "",
        )
        for answer in history[-_TURNS:]
    )


class Completion(NamedTuple):
    """A question as a model completed it; why that was not taken, if so; and what it cost."""

    question: str
    note: Note | None
    usage: Usage | None


def complete_with(question: str, history: Sequence[Answer], llm: LLM, prompt: Prompt) -> Completion:
    """``question`` rewritten by ``llm`` from ``prompt`` ("followup"), if it keeps to the talk.

    A rewrite that is empty, cut off, over three times as long as the question with the one
    before it, that cites sources, or names what neither the question nor the conversation names,
    is not taken: the question is looked up as it is, and ``note`` says so.  Without history
    nothing is asked.  Raises a ModelError leaf where the model cannot be reached or refuses.
    """
    if not history or not question.strip():
        return Completion(question, None, None)
    said = inert(one_line(question))
    message = Message("user", prompt.fill(conversation=conversation(history), question=said))
    usage = None
    try:
        with llm.reply([message], max_tokens=MAX_TOKENS) as reply:
            written = "".join(reply)
            fault = None if reply.finish == "stop" else "cut_off"
            usage = reply.usage
    except ModelGarbled:
        written, fault = "", "empty"
    rewrite = one_line(written).strip()
    if rewrite[:1] == rewrite[-1:] == '"' and question.strip()[:1] != '"':
        rewrite = rewrite[1:-1].strip()
    longest = 3 * (len(question) + len(history[-1].answered_question))
    fault = fault or _fault(rewrite, f"{message.content} {question}", longest)
    if fault is None:
        return Completion(rewrite, None, usage)
    return Completion(question, Note.of("not_rewritten", model=llm.name, fault=fault), usage)


def _fault(rewrite: str, said: str, longest: int) -> str | None:
    if not rewrite:
        return "empty"
    if len(rewrite) > longest:
        return "too_long"
    if _MARK.search(rewrite):
        return "answer"
    known = set(terms(said))
    return "invented" if any(set(terms(one)) - known for one in names(rewrite)) else None


def conversation(history: Sequence[Answer]) -> str:
    """The last turns as a model reads them: what was asked, answered, and by which documents."""
    lines = []
    for answer in history[-REMEMBERED:]:
        told = " ".join(statement.text for statement in answer.statements)
        lines.append(f"Question: {inert(one_line(answer.answered_question))}")
        lines.append(f"Answer: {inert(one_line(told))[:MAX_TOLD] or 'none was found'}")
        if titles := list(dict.fromkeys(one.title or one.path for one in answer.citations)):
            lines.append(f"From: {inert(one_line('; '.join(titles)))[:MAX_TITLES]}")
    return "\n".join(lines)
