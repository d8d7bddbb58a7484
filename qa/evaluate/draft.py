"""Gold pairs proposed from documents by rule, for a person to accept.

A sentence that says when something was, how many there are, or what a named subject did
becomes a question by taking that out of it.  English only; a sentence that fits no rule is
passed over, since a question that reads badly costs the reviewer more than it is worth.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping

from qa.data import Document
from qa.evaluate.gold import Evidence, GoldPair
from qa.text.sentences import sentences

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = (
    rf"(?:{_MONTH}(?: \d{{1,2}})?(?:, ?\d{{4}}| \d{{4}})?|\d{{1,2}} {_MONTH}(?: \d{{4}})?|\d{{4}})"
)
_LEADING = re.compile(rf"^(?:In|On|By) (?P<date>{_DATE}),? (?P<rest>[A-Z].*)$")
_INNER = re.compile(rf" (?:in|on|by|(?P<since>since)) (?P<date>{_DATE})(?=[ .,;]|$)")

_PAST = {
    "acquired": "acquire", "announced": "announce", "became": "become", "began": "begin",
    "bought": "buy", "built": "build", "closed": "close", "exceeded": "exceed", "fell": "fall",
    "grew": "grow", "had": "have", "held": "hold", "hired": "hire", "joined": "join",
    "launched": "launch", "left": "leave", "made": "make", "met": "meet", "moved": "move",
    "opened": "open", "published": "publish", "reached": "reach", "received": "receive",
    "released": "release", "reported": "report", "rose": "rise", "said": "say", "sent": "send",
    "signed": "sign", "sold": "sell", "started": "start", "took": "take", "won": "win",
}  # fmt: skip
_AUXILIARY = "was|were|is|are|has|have|had|will|would|can|could"
_SUBJECT = r"(?P<subject>(?:The |A |An )?[A-Z][\w'’&-]*(?: [\w'’&-]+){0,7}?)"
_ADVERB = r"(?P<adverb>(?:[a-z]+ly )?)"
_CLAUSE = re.compile(
    rf"^{_SUBJECT} (?:(?P<auxiliary>{_AUXILIARY})|{_ADVERB}(?P<past>{'|'.join(_PAST)}))"
    r" (?P<rest>[^;:?“”\"]+?)[.]?$"
)
_NAME = re.compile(r"[A-Z][\w'’&-]*(?: (?:of |and |de |van )?[A-Z\d][\w'’&-]*)*")
_MANY = re.compile(r"^(?P<number>\d[\d,.]*\d|\d)(?P<noun>(?: [a-z-]+){1,3}?s)\b(?P<rest>.*)$")
_VAGUE = frozenset(
    """A After All An And At Before Both But By For From He Her His I If In It Its Last Meanwhile
    No Nobody Notably On Our She Since Some That The Their There These They This Those To We What
    When Which Who With You""".split()
)
"""Words with which no subject begins that is understood without the sentence before."""


def draft(documents: Mapping[str, Document]) -> Iterator[GoldPair]:
    """Drafts from every sentence that fits a rule, in reading order, at most one of a kind.

    Every draft has its sentence as evidence; where the sentence stands more than once in
    its document it is passed over, since evidence must be one place.
    """
    for path, document in sorted(documents.items()):
        for span in sentences(document.text):
            quote = document.text[span.start : span.end]
            if document.text.count(quote) == 1:
                yield from _of_sentence(path, quote)


def _of_sentence(path: str, quote: str) -> Iterator[GoldPair]:
    flat = " ".join(quote.split())
    for kind, question, nugget in (*_when(flat), *_how_many(flat), *_who(flat)):
        digest = hashlib.sha256(f"{path}\n{quote}\n{kind}".encode()).hexdigest()[:10]
        yield GoldPair(
            id=f"draft-{digest}",
            question=question,
            kind=kind,
            answerable=True,
            must=((nugget,),),
            evidence=(Evidence(path, quote),),
            note="drafted by rule",
            draft=True,
        )


def _asked(clause: re.Match[str], rest: str) -> str:
    """The clause turned round for a question: ``did Ada open the mill``."""
    subject = clause["subject"]
    first, _, others = subject.partition(" ")
    if first in ("The", "A", "An"):
        subject = f"{first.lower()} {others}"
    if clause["auxiliary"]:
        return f"{clause['auxiliary']} {subject} {rest}".rstrip(" ,.")
    return f"did {subject} {clause['adverb']}{_PAST[clause['past']]} {rest}".rstrip(" ,.")


def _clause(text: str) -> re.Match[str] | None:
    """The sentence as subject, verb and rest, if its subject can be understood alone."""
    clause = _CLAUSE.match(text)
    if clause is None:
        return None
    first, _, others = clause["subject"].partition(" ")
    if first in _VAGUE and not (first == "The" and " " in others):
        return None
    return clause


def _when(text: str) -> Iterator[tuple[str, str, str]]:
    """``In 2019 Ada opened the mill.`` asks when."""
    leading = _LEADING.match(text)
    date, body = (leading["date"], leading["rest"]) if leading else (None, text)
    clause = _clause(body)
    if clause is None:
        return
    rest, asks = clause["rest"], "When"
    if date is None:
        inner = _INNER.search(f" {rest}")
        if inner is None:
            return
        date, rest = inner["date"], (f" {rest}"[: inner.start()] + f" {rest}"[inner.end() :])
        asks = "Since when" if inner["since"] else "When"
    if not re.search(r", | and ", rest) and not _INNER.search(f" {rest}"):
        yield "when", f"{asks} {_asked(clause, rest.strip())}?", date


def _how_many(text: str) -> Iterator[tuple[str, str, str]]:
    """``The mill had 40 wheels.`` asks how many."""
    clause = _clause(text)
    if clause is None or re.search(r", | and ", clause["rest"]):
        return
    many = _MANY.match(clause["rest"])
    if many and (clause["past"] or clause["auxiliary"] in ("has", "have", "had")):
        asked = _asked(clause, many["rest"].strip())
        if clause["auxiliary"]:
            does = {"has": "does", "have": "do", "had": "did"}[clause["auxiliary"]]
            body = asked.removeprefix(clause["auxiliary"]).strip()
            subject = body.removesuffix(many["rest"].strip(" .,")).strip()
            asked = f"{does} {subject} have{many['rest'].rstrip(' .,')}"
        yield "number", f"How many{many['noun']} {asked}?", many["number"]


def _who(text: str) -> Iterator[tuple[str, str, str]]:
    """``Ada opened the mill.`` asks who or what did."""
    clause = _clause(text)
    if clause is None or not _NAME.fullmatch(clause["subject"]):
        return
    verb = clause["auxiliary"] or f"{clause['adverb']}{clause['past']}"
    verb = {"were": "was", "are": "is", "have": "has"}.get(verb, verb)
    rest = clause["rest"].partition(", ")[0].rstrip(" ,.")
    if len(rest.split()) >= 3:
        yield "who", f"Who or what {verb} {rest}?", clause["subject"]
