"""A second judge: a language model is asked whether cited sentences support a statement.

It only ever takes away: what ``qa.checking.verify`` refused never comes before it.
"""

import re
from collections.abc import Sequence

from qa.checking.verify import Cited
from qa.data import Usage
from qa.errors import ModelError
from qa.models.chat.base import LLM, Message
from qa.settings.prompts import load
from qa.text.plain import neutral
from qa.times.quoted import told

MAX_TOKENS = 400
"""Tokens of a verdict: one word, and what a model may think before it."""
_ENOUGH = 80  # characters; who has not come to a verdict by then gives a speech

_VERDICT = re.compile(r"[^\w]*(yes|no)\b", re.IGNORECASE)


class Judge:
    """Asks ``llm`` of each statement of one answer; ``usage`` is what that cost in all.

    ``usage`` is None where nothing was asked yet; a part of it that one request did not
    report is unknown.  Raises ``PromptError``.
    """

    def __init__(self, llm: LLM, question: str) -> None:
        self.usage: Usage | None = None
        self.prompt = load("judge")
        self._llm = llm
        self._question = neutral(question)
        self._fill("", "")  # an edited prompt that cannot be filled is refused before any call

    def supports(self, statement: str, cited: Sequence[Cited]) -> bool | None:
        """What the model says, or None where it failed or said neither yes nor no."""
        filled = self._fill(_sources(cited), statement)
        try:
            said, usage = self._ask(filled)
        except ModelError:
            said, usage = "", Usage()
        self.usage = usage if self.usage is None else self.usage.plus(usage)
        return _verdict(said)

    def _fill(self, sources: str, statement: str) -> str:
        return self.prompt.fill(
            sources=sources, question=self._question, statement=neutral(statement)
        )

    def _ask(self, filled: str) -> tuple[str, Usage]:
        said = ""
        limit = min(MAX_TOKENS, self._llm.window // 4)
        with self._llm.reply([Message("user", filled)], max_tokens=limit) as reply:
            for delta in reply:
                said += delta
                if len(said) > _ENOUGH:
                    return said, Usage()
            return said, reply.usage


def _sources(cited: Sequence[Cited]) -> str:
    """The cited sentences, each with its days and what stands around it, which only explains it."""
    lines = []
    for one in cited:
        lines.append(f"Source sentence: {neutral(one.text)}")
        if meaning := told(one.times):
            lines.append(f"Days that it speaks of: {neutral(meaning)}")
        if one.context:
            lines.append(f"What stands around it: {neutral(one.context)}")
    return "\n".join(lines)


def _verdict(said: str) -> bool | None:
    """Yes or no, where the reply opens with the one and does not hold the other as well."""
    words = {word.casefold() for word in re.findall(r"\b(?:yes|no)\b", said, re.IGNORECASE)}
    if not _VERDICT.match(said) or len(words) != 1:
        return None
    return words == {"yes"}
