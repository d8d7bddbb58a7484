"""What a question wants listed: the noun, the verb, and of whom.

>>> asked = form(analyse("which models did Orlo launch in 2021?"))
>>> asked.kind, asked.head, asked.verb, sorted(asked.actor), sorted(asked.rest)
('object', 'model', 'launch', ['orlo'], ['2021'])
>>> form(analyse("who are Orlo's partners?")).kind
'relation'
"""

import re
from collections.abc import Collection
from typing import Literal, NamedTuple

from qa.answer import relatives
from qa.answer.question import Question, analyse
from qa.text import STOPWORDS, term, terms

__all__ = ["Form", "analyse", "form"]


class Form(NamedTuple):
    """The shape of a list question.

    ``kind`` says which place the members take: "object" of what ``actor`` does ("which models
    did X launch"), "subject" of what is done to ``actor`` ("which companies acquired X"),
    "passive" ("which models were recalled by X"), or a "relation" to it ("X's partners").
    ``head`` is the noun asked for, ``verb`` what is done; ``rest`` the other terms, of which
    ``numbers`` are figures; ``besides`` are the terms of what is not to be listed again.
    """

    kind: Literal["object", "subject", "passive", "relation"]
    head: str | None
    verb: str | None
    actor: frozenset[str]
    rest: frozenset[str]
    besides: frozenset[str] = frozenset()

    @property
    def relation(self) -> str | None:
        """The term that joins the members to the actor."""
        return self.verb or self.head


_COMPARED = re.compile(
    r"\b(?:(?:more|less|fewer|greater|larger|smaller|higher|lower|cheaper|older|newer|longer)\s+than"
    r"|not|n't|never|without|over|under|above|below|before|after|between|except)\b",
    re.IGNORECASE,
)
_BESIDES = re.compile(
    r",?\s*\b(?:besides|other\s+than|apart\s+from|aside\s+from|in\s+addition\s+to)\s+"
    r"((?:the\s+)?[\w&.-]+(?:\s+(?:and\s+)?(?-i:[A-Z])[\w&.-]*)*),?",
    re.IGNORECASE,
)
_AUX = r"(?:did|does|do|has|have|had|will|would|can|could|is|are|was|were)"
_NOUN = r"(?:(?:all|the|other|else|of)\s+)*(?P<head>(?:[\w'’-]+\s+){0,3}?)"
_WITH_AUX = re.compile(
    rf"\b(?:which|what|whom?)\s+{_NOUN}(?P<aux>{_AUX})\s+(?P<tail>.+)$", re.IGNORECASE
)
_VERB = re.compile(
    r"\b(?:(?:which|what)\s+(?P<head>(?:[\w'’-]+\s+){1,2}?)|who\s+(?:all\s+|else\s+)?)"
    r"(?P<verb>[a-z]{3,})\s+(?P<tail>.+)$",
    re.IGNORECASE,
)
_IRREGULAR = frozenset(
    stem for group in relatives.forms().items() for stem in (group[0], *group[1])
)


def form(question: Question, proper: Collection[str] = ()) -> Form | None:
    """The shape of ``question``; None where it compares, denies, or has none of the shapes.

    ``proper`` are terms that the documents write as names, for questions without capitals.
    """
    text = question.text.strip().rstrip("?.! ")
    besides: frozenset[str] = frozenset()
    found = _BESIDES.search(text)
    if found:
        besides = frozenset(terms(found[1]))
        text = text[: found.start()] + " " + text[found.end() :]
    if _COMPARED.search(text):
        return None
    held = frozenset(question.terms)
    names = (question.names | frozenset(proper)) - question.numbers
    shape = _with_auxiliary(text, names) or _with_verb(text, question, names)
    if shape is None:
        if question.head is None and not re.match(r"\W*(?:list|name|enumerate|who)\b", text, re.I):
            return None
        head = question.head or _first_noun(text, names)
        if head is None:
            return None
        shape = Form("relation", head, None, names & held or held - {head}, frozenset())
    rest = held - shape.actor - {shape.head, shape.verb} - besides
    return shape._replace(actor=shape.actor & held - besides, rest=rest - besides, besides=besides)


def _with_auxiliary(text: str, names: frozenset[str]) -> Form | None:
    found = _WITH_AUX.search(text)
    if found is None:
        return None
    head = _last(found["head"])
    tail = re.findall(r"[\w'’.&-]+", found["tail"])
    stems = [term(re.sub(r"['’]s$", "", word)) for word in tail]
    aux = found["aux"].casefold()
    if aux in ("is", "are", "was", "were"):
        if head is None:
            return None  # "who are X's partners"
        if tail and _participle(tail[0]):
            by = found["tail"].casefold().split(" by ", 1)
            actor = frozenset(terms(by[1])) & names if len(by) == 2 else frozenset()
            return Form("passive", head, stems[0], actor, frozenset())
        going = next(
            (i for i, word in enumerate(tail) if i and word.endswith("ing") and word.islower()),
            None,
        )
        if going is not None:
            actor = frozenset(one for one in stems[:going] if one)
            return Form("object", head, stems[going], actor, frozenset())
        return None
    at = 0
    while at < len(tail) and (tail[at].casefold() in ("the", "a", "an") or stems[at] in names):
        at += 1
    if at == 0 or all(stems[i] not in names for i in range(at)):
        at += 1  # one common noun, or a pronoun
    actor = frozenset(one for one in stems[:at] if one)
    verb = next((one for one in stems[at:] if one and one not in ("also", "been")), None)
    have = any(word.casefold() in ("have", "has", "had", "got") for word in tail[at:])
    if verb is None or have:
        return Form("relation", head, None, actor, frozenset()) if head else None
    return Form("object", head, verb, actor, frozenset())


def _with_verb(text: str, question: Question, names: frozenset[str]) -> Form | None:
    if re.search(r"\bwho(?:'s|’s|\s+(?:is|are|was|were))\b", text, re.IGNORECASE):
        return None
    found = _VERB.search(text)
    if found is None or found["verb"].casefold() in STOPWORDS:
        return None
    verb, head = term(found["verb"]), _last(found["head"] or "")
    if verb is None or verb in names:
        return None
    tail = frozenset(terms(found["tail"])) & frozenset(question.terms)
    return Form("subject", head, verb, tail & names, frozenset())


def _participle(word: str) -> bool:
    return word.endswith(("ed", "en")) or term(word) in _IRREGULAR


def _last(text: str) -> str | None:
    found = terms(text)
    return found[-1] if found else None


def _first_noun(text: str, names: frozenset[str]) -> str | None:
    """The noun asked for in "list all suppliers of X", "list X's suppliers"."""
    plain = re.sub(r"^\W*(?:please\s+)?(?:list|name|enumerate|give|who\s+\w+)\b", "", text,
                   flags=re.IGNORECASE)  # fmt: skip
    noun = re.split(r"\b(?:of|in|for|on|at|by|to|with|from|that|who|which|under)\b", plain)[0]
    found = [one for one in terms(noun) if one not in names and not one[:1].isdigit()]
    return found[-1] if found else None
