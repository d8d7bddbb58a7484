"""Keeping a model's thinking out of its answer.

Reasoning models write ``<think> … </think>`` into the text wherever the server in front of
them does not take it out.
"""

import re

from qa.errors import ModelGarbled

_TAG = re.compile(r"<(/?)(think|thinking|thought)>", re.IGNORECASE)
_LONGEST = len("</thinking>")


class ReasoningFilter:
    """Takes text in pieces and gives it back without reasoning, wherever the pieces break."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._held = ""
        self._inside = False

    def feed(self, piece: str) -> str:
        """What of the text so far is certainly answer and was not given back before.

        Raises ModelGarbled at a closing tag without an opening one: what came before it,
        and was taken for the answer, was reasoning.
        """
        self._held += piece
        out = []
        while (tag := _TAG.search(self._held)) is not None:
            closing = bool(tag[1])
            if closing and not self._inside:
                raise ModelGarbled(
                    f"model {self._name!r} sends its reasoning as its answer (a {tag[0]} with no "
                    "beginning); turn its reasoning off, or set the server's reasoning parser"
                )
            if not self._inside:
                out.append(self._held[: tag.start()])
            self._inside = not closing
            self._held = self._held[tag.end() :]
        keep = _possible_tag(self._held)
        if not self._inside:
            out.append(self._held[: len(self._held) - keep])
        self._held = self._held[len(self._held) - keep :]
        return "".join(out)

    def close(self, *, cut: bool) -> str:
        """The rest of the text; ``cut`` tells that the reply was cut off.

        Raises ModelGarbled where the model ended of itself while still reasoning.
        """
        if self._inside:
            if not cut:
                raise ModelGarbled(
                    f"model {self._name!r} ended in the middle of its reasoning; "
                    "ask again, or choose another --model"
                )
            return ""
        return self._held


def _possible_tag(text: str) -> int:
    """How many characters at the end of ``text`` may be the beginning of a tag."""
    start = text.rfind("<", max(0, len(text) - _LONGEST + 1))
    if start < 0 or not re.fullmatch(r"</?[a-z]*", text[start:], re.IGNORECASE):
        return 0
    return len(text) - start
