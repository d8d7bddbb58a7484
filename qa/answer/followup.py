"""A question that leans on the conversation, completed from it; one that stands alone, untouched.

By rule (``complete``) or by a language model whose words are checked (``complete_with``).
Everything added stands in the conversation.  Where it is certain what a word stands for,
the word is replaced; where it is not, what was talked of is added in parentheses.

    who are Acme's partners?
    list them             -> list Acme's partners
    when was it founded?  -> when was Acme founded?
    why?                  -> why was Acme founded?
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from qa.answer.conversation import (
    AUX,
    CJK,
    LEAD,
    REMEMBERED,
    WH,
    Talk,
    is_fragment,
    is_phrase,
    is_request,
    talk,
    with_added,
    without_lead,
)
from qa.answer.entities import Focus, bare
from qa.answer.names import Name
from qa.answer.references import PRONOUN, resolved
from qa.answer.sources import one_line
from qa.data import Answer, Usage
from qa.errors import ModelGarbled
from qa.models.llm import LLM, Message
from qa.prompts import Prompt
from qa.text import terms

MAX_TOKENS = 120
"""Tokens that a rewritten question may take."""
MAX_TOLD = 600
"""Characters of each earlier answer that the model is shown."""

_ANOTHER = re.compile(
    rf"{LEAD}(?:(?:what|how)\s+about|and(?:\s+for|\s+of)?)\s+(?P<other>[^?]+?)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(r"\b(?:this|that|these|those)\b", re.IGNORECASE)
_PREPOSED = re.compile(
    r"(?:in|at|on|for|by|with|without|from|to|since|before|after)\b", re.IGNORECASE
)
_PLAIN = re.compile(
    r"why|when|where|how|(?:since|until)\s+when|(?:by|with)\s+whom|how\s+many\s+times",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b")
_MEMBER = re.compile(
    r"\bthe\s+(?P<which>first|second|third|fourth|fifth|sixth|last|former|latter|other)"
    r"(?:\s+(?:one|of\s+(?:them|these|those)))?"
    rf"(?=\s*[?.!]|\s*$|\s+(?:one|{AUX})\b)(?:\s+one)?",
    re.IGNORECASE,
)
_PLACES = {"first": 0, "former": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5,
           "last": -1, "latter": -1, "other": 1}  # fmt: skip


class Completion(NamedTuple):
    """A question as it is looked up; why the model's rewrite was not taken, if so; what it cost."""

    question: str
    note: str | None
    usage: Usage | None


def complete(question: str, history: Sequence[Answer]) -> str:
    """``question`` as it reads without the conversation; unchanged where it leans on nothing.

    ``history`` holds the earlier answers, oldest first.  Deterministic; every word added
    stands in ``history`` ("about" aside).
    """
    asked = question.strip()
    if not history or not asked:
        return question
    before = talk(history)
    for rule in (_cjk, _another, _request, _fragment, _member, resolved):
        completed = rule(asked, before)
        if completed is not None:
            return completed
    return question


def complete_with(question: str, history: Sequence[Answer], llm: LLM, prompt: Prompt) -> Completion:
    """``question`` rewritten by ``llm`` from ``prompt`` ("followup"), if it keeps to the talk.

    A rewrite that is empty, cut off, over three times as long as the question with the one
    before it, or has content words that neither the question nor the conversation holds, is
    not taken: the rule is used instead and ``note`` says so.  Without history nothing is
    asked.  Raises a ModelError leaf where the model cannot be reached or refuses.
    """
    if not history or not question.strip():
        return Completion(question, None, None)
    said = _conversation(history)
    message = Message("user", prompt.fill(conversation=said, question=one_line(question)))
    usage = None
    try:
        with llm.reply([message], max_tokens=MAX_TOKENS) as reply:
            written = "".join(reply)
            fault = None if reply.finish == "stop" else "was cut off"
            usage = reply.usage
    except ModelGarbled:
        written, fault = "", "was empty"
    rewrite = one_line(written).strip()
    if rewrite[:1] == rewrite[-1:] == '"' and question.strip()[:1] != '"':
        rewrite = rewrite[1:-1].strip()
    longest = 3 * (len(question) + len(history[-1].answered_question))
    fault = fault or _fault(rewrite, f"{said} {question}", longest)
    if fault is None:
        return Completion(rewrite, None, usage)
    note = f"The question as rewritten by {llm.name} {fault}, so it was completed by rule."
    return Completion(complete(question, history), note, usage)


def _fault(rewrite: str, said: str, longest: int) -> str | None:
    if not rewrite:
        return "was empty"
    if len(rewrite) > longest:
        return "was too long"
    invented = set(terms(rewrite)) - set(terms(said))
    return "had words that nobody had said" if invented else None


def _conversation(history: Sequence[Answer]) -> str:
    lines = []
    for answer in history[-REMEMBERED:]:
        told = " ".join(statement.text for statement in answer.statements) or answer.text
        lines.append(f"Question: {one_line(answer.answered_question)}")
        lines.append(f"Answer: {one_line(told)[:MAX_TOLD]}")
    return "\n".join(lines)


_CJK_LEANING = re.compile(r"[它他她其]|这[个家种]|该公司|那[个家]")


def _cjk(asked: str, before: Talk) -> str | None:
    """Chinese and Japanese have no capitals to tell names by: the last question is added."""
    if not CJK.search(asked):
        return None
    short = len(asked) <= 6 or asked.rstrip("？?").endswith("呢")
    return before.added_to(asked) if short or _CJK_LEANING.search(asked) else asked


def _another(asked: str, before: Talk) -> str | None:
    """The last question asked of X, for "what about X?"."""
    found = _ANOTHER.match(asked)
    if found is None and not is_phrase(asked):
        return None
    other = found["other"] if found else without_lead(asked).rstrip(" ?.!")
    if len(other.split()) > 8 or re.search(rf"^{WH}\b|\b{AUX}\b", other, re.IGNORECASE):
        return None
    last, years = before.question, _YEAR.findall(other)
    if len(years) == 1 and len(_YEAR.findall(last)) == 1:
        return _YEAR.sub(years[0], last)
    if years or PRONOUN.search(other) or _DEMONSTRATIVE.search(other) or bare(last):
        return before.added_to(asked)
    definite = re.match(r"(?:the|a|an|my|your|our)\b", other, re.IGNORECASE)
    named = bool(before.focus.within(other)) or not (definite or len(other.split()) > 2)
    inside = before.focus.of(last)
    if named and inside and not _PREPOSED.match(other):
        target = _same_kind(inside, other, before.focus)
        return last[: target.start] + other + last[target.end :]
    return before.added_to(asked)


def _same_kind(inside: Sequence[Name], other: str, focus: Focus) -> Name:
    """The name of the last question that ``other`` takes the place of."""
    person = focus.fit(other, "he") >= 0.5 and len(other.split()) > 1
    alike = [name for name in inside if (focus.fit(name.text, "he") >= 0.5) == person]
    return (alike or list(inside))[0]


def _request(asked: str, before: Talk) -> str | None:
    """The last question again, for "tell me more" and "in English please"."""
    return before.added_to(asked) if is_request(asked) else None


def _fragment(asked: str, before: Talk) -> str | None:
    """The last question with another interrogative, for "why?" and "since when?"."""
    if not is_fragment(asked):
        return None
    last = before.question
    wh = without_lead(asked).rstrip("?.!> ")
    if _PLAIN.fullmatch(wh) and not bare(last):
        if re.match(rf"{AUX}\b", last, re.IGNORECASE):
            return f"{wh} {last[:1].lower()}{last[1:]}"
        if simple := re.match(rf"(?:why|when|where|how)(?=\s+{AUX}\b)", last, re.IGNORECASE):
            return f"{wh}{last[simple.end() :]}"
    return before.added_to(asked)


def _member(asked: str, before: Talk) -> str | None:
    """That member of the last answer, for "the second one"."""
    found = _MEMBER.search(asked)
    if found is None:
        return None
    members = _members(before)
    place = _PLACES[found["which"].casefold()]
    if len(members) < 2 or place >= len(members):
        return None
    member = members[place]
    if len(without_lead(asked).strip(" ?.!")) <= len(found.group()):
        return with_added(asked, member)
    return asked[: found.start()] + member + asked[found.end() :]


def _members(before: Talk) -> list[str]:
    """What the last answer lists: a member a statement, or the names that it adds."""
    for turn in reversed(before.turns):
        if len(set(turn.emphasis)) > 1:
            return list(dict.fromkeys(turn.emphasis))
        known = set(terms(turn.question))
        named = (name.text for name in before.focus.of(turn.answer))
        new = list(dict.fromkeys(name for name in named if not set(terms(name)) <= known))
        if len(new) > 1:
            return new
    return []
