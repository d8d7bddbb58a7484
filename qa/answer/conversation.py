"""What a question can lean on: the turns before it, and whether it says anything by itself."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from qa.answer.entities import Focus, Turn
from qa.data import Answer

REMEMBERED = 8
"""Earlier turns that a question can lean on."""

AUX = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|shall|may|might|"
    r"must|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|hadn't|won't)"
)
LEAD = r"^\s*(?:(?:and|but|so|ok|okay|then|also|now|well|yes|no|hmm|please)\b[\s,]*)*"
_TAIL = r"(?:\s+(?:exactly|then|so\s+far|in\s+total|again|specifically|please|not|though|now))*"
WH = r"(?:who|whom|whose|what|when|where|why|which|how)"
_FRAGMENT = re.compile(
    rf"""{LEAD}(?:
      (?:(?:by|with|from|to|for|since|until|in|at|on|of|about|against)\s+)?{WH}
        (?:\s+(?:many|much|long|often|old|far|big|large|else|so|come|year|date|day|month|time|
           one|ones|kind|type|sort|city|country|place|reason))*{_TAIL}
    | (?:in|at|on|by|for|from)\s+(?:what|which)\s+\w+
    | (?:how\s+many|how\s+much|which|what|what\s+other|which\s+other)\s+(?!{AUX}\b)[\w-]+{_TAIL}
    | any(?:thing|one|body)?\s+(?:(?!{AUX}\b)[\w'-]+\s*){{1,4}}
    | (?:really|explain|elaborate|are\s+you\s+sure|such\s+as|like\s+what|like\s+who|for\s+example)
    )\s*[?.!>]*\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_REQUEST = re.compile(
    rf"""{LEAD}(?:(?:can|could|would|will)\s+you\s+)?(?:please\s+)?(?:
      (?:tell|give|show)\s+me\s+(?:some\s+|any\s+)?(?:more|another|others)(?:\s+\w+)?
    | more(?:\s+(?:details?|information|please))?
    | (?:go\s+on|continue|summari[sz]e|repeat|shorter|longer|in\s+short|in\s+detail)
    | (?:(?:say|answer|translate|explain)\s+)?(?:(?:it|that|this)\s+)?
      (?:in|into)\s+(?:english|german|french|spanish|italian|chinese|japanese|simple\s+\w+|
      plain\s+\w+|other\s+words|one\s+sentence|a\s+few\s+words)
    )(?:\s+please)?\s*[?.!]*\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_PHRASE = re.compile(
    rf"{LEAD}(?:in|at|on|for|by|with|without|from|to|since|before|after|during|until)"
    r"\s+[^?]+?\s*[?.!]*\s*$",
    re.IGNORECASE,
)
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ADDED = re.compile(r"(?P<asked>.*?)\s*\((?P<body>[^()]*)\)")
_STOPS = " ?.!？。"


class Talk(NamedTuple):
    """The earlier turns, oldest first, and the names in focus."""

    turns: tuple[Turn, ...]
    focus: Focus

    @property
    def last(self) -> Turn:
        """The turn before the question."""
        return self.turns[-1]

    @property
    def question(self) -> str:
        """The last question that asks something itself, without what was added to it."""
        for turn in reversed(self.turns):
            added = _ADDED.fullmatch(turn.question)
            if added is None:
                return without_lead(turn.question)
            if not leans_wholly(added["asked"]):
                return added["asked"]
        return self.last.question

    @property
    def body(self) -> str:
        """What the last question was about, to be added in parentheses."""
        last = without_lead(self.last.question).strip()
        added = _ADDED.fullmatch(last)
        if added is None:
            return re.sub(r"[()]", "", last).rstrip(_STOPS)
        if leans_wholly(added["asked"]):
            return added["body"]
        # what the question before was about stays, the one before that does not
        return f"{added['asked'].rstrip(_STOPS)}; {added['body'].split('; ')[-1]}"

    def added_to(self, asked: str) -> str:
        """``asked`` with what the last question was about."""
        return with_added(asked, self.body)


def talk(history: Sequence[Answer]) -> Talk:
    """The last turns of ``history``, which must not be empty."""
    turns = tuple(_turn(answer) for answer in history[-REMEMBERED:])
    return Talk(turns, Focus(turns))


def _turn(answer: Answer) -> Turn:
    return Turn(
        answer.question,
        answer.answered_question,
        tuple(s.text for s in answer.statements),
        tuple(s.text[s.emphasis[0] : s.emphasis[1]] for s in answer.statements if s.emphasis),
    )


def with_added(asked: str, added: str) -> str:
    """``asked`` with ``added`` in parentheses."""
    return f"{asked} ({added})" if added else asked


def without_lead(asked: str) -> str:
    """``asked`` without "and", "but", "so" before it."""
    return re.sub(LEAD, "", asked, count=1, flags=re.IGNORECASE)


def is_fragment(asked: str) -> bool:
    """Whether it is an interrogative alone ("why?", "how many?") or a phrase ("and in May?")."""
    return bool(_FRAGMENT.match(asked)) or is_phrase(asked)


def is_request(asked: str) -> bool:
    """Whether it asks for the last answer again, in another way ("tell me more")."""
    return bool(_REQUEST.match(asked))


def is_phrase(asked: str) -> bool:
    """Whether it is no sentence but a preposition and what belongs to it."""
    return bool(
        _PHRASE.match(asked)
        and len(asked.split()) <= 7
        and "," not in asked[4:]
        and not re.search(rf"\b(?:{AUX}|{WH})\b", asked, re.IGNORECASE)
    )


def leans_wholly(asked: str) -> bool:
    """Whether ``asked`` says nothing without what was added to it."""
    return is_fragment(asked) or is_request(asked) or bool(CJK.search(asked) and len(asked) <= 6)
