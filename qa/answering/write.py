"""An answer written by a language model, of which only what the sources carry is shown.

Every sentence of the model is resolved and checked as it completes.  What fails is replaced by
the source sentence it cites, or dropped; nothing shown is taken back.  A model may ask for
further searches in place of an answer; who called then calls again with what they found.
"""

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from qa.answering.cite import cite
from qa.answering.protocol import ModelSentence, Parser
from qa.answering.question import conversation
from qa.answering.sources import REFUSAL_TOKEN, Shown, SourceBlock, above, beside, source_block
from qa.checking.judge import Judge
from qa.checking.missing import credit, definitions
from qa.checking.verify import Cited, Rarity, by_one_of_each, features, verify
from qa.data import Answer, Citation, LeftOut, Note, Sentence, Statement, Unit, Usage, Window
from qa.errors import ModelRejected
from qa.models.chat.base import LLM, Message, Reply
from qa.models.tokens import count
from qa.settings.prompts import digest, load
from qa.text.language import known, tongue
from qa.text.plain import inert, one_line
from qa.text.words import terms
from qa.times.quoted import counted
from qa.wording import refusal

MAX_TOKENS = 700
"""Tokens that an answer may take; a small window gives a quarter of itself."""
MAX_SENTENCES = 40
"""Sentences of a model that are read; one that goes on is stopped."""
MAX_REPEATS = 3
"""Sentences in a row that were said before; then a model goes round in circles."""

_MARGIN = 0.85  # the share of the window to fill: the model's own vocabulary counts otherwise
_NEAREST = 3
_REPEATED = "it was said before"
_QUESTION = re.compile(r"[?？]\W*$|^question\s*:", re.IGNORECASE)
_HEAD = 200  # characters within which a text's first line, or a mail's sender, is looked for
_WE = re.compile(r"\b(?:we|our)\b", re.IGNORECASE)
_SENDER = re.compile(r"^From: .+", re.MULTILINE)
_AKIN = 0.35  # how much of a statement its source must cover to be shown in its place


class Wanted(NamedTuple):
    """What a model asks to have searched before it answers, and what asking it has cost."""

    searches: tuple[str, ...]
    usage: Usage | None


class Written(NamedTuple):
    """An answer, and the windows that the model was not shown for want of room."""

    answer: Answer
    unfit: tuple[Window, ...]


def generate(
    question: str,
    windows: Sequence[Window],
    llm: LLM,
    *,
    answered_question: str | None = None,
    history: Sequence[Answer] = (),
    idf: Rarity | None = None,
    judge: LLM | None = None,
    budget: int = 3000,
    searches: int = 0,
) -> Generator[Note | Statement | LeftOut, None, Wanted | Written]:
    """Stream what ``llm`` answers from ``windows``, best first; return the whole of it.

    ``answered_question`` is ``question`` completed from the conversation, where it needed
    that; ``history`` holds the earlier turns, oldest first.  Nothing is sent without windows.
    ``judge`` is asked, in a request of its own, of each statement that ``verify`` let pass.
    ``budget`` is how many tokens of sources are shown.  ``searches`` is how many further ones
    the model may ask for; where it does, that is returned, in place of the rest.

    Raises ``PromptError`` before any call, and a ``ModelError`` leaf where the model fails,
    its filter leaves nothing, or no source fits its window.
    """
    asked = answered_question or question
    start = time.perf_counter()
    second = Judge(judge, asked) if judge is not None else None
    messages, block, digits, tight = _messages(
        asked, windows, llm, history, second, budget, searches
    )
    writer = _Writer(block, asked, idf, second)
    parser = Parser(block.sentences, may_search=searches > 0)
    finish = usage = None
    notes: list[Note] = []
    if block.sentences:
        limit = _limit(llm)
        with llm.reply(messages, max_tokens=limit) as reply:
            first = None
            for shown in _checked(reply, parser, writer):
                if first is None and isinstance(shown, Statement):
                    if parser.otherwise:
                        notes.append(Note("contradicted"))
                        yield notes[0]
                    first = time.perf_counter() - start
                yield shown
            with suppress(RuntimeError):  # where the reply was stopped from here
                finish, usage = reply.finish, reply.usage
        usage = replace(usage, seconds_to_first=first) if usage else None
        if parser.searches:
            return Wanted(tuple(dict.fromkeys(parser.searches))[:searches], usage)
        if usage and second and second.usage:
            usage = usage.plus(second.usage)
        if finish == "filtered" and not writer.statements:
            raise ModelRejected(f"the content filter of model {llm.name!r} held the answer back")
        if finish == "length":
            notes.append(Note.of("limit", tokens=limit))
        elif finish == "filtered":
            notes.append(Note("filtered"))
        if writer.is_looping:
            notes.append(Note("looping"))
        elif finish is None and not parser.is_over:
            notes.append(Note("endless"))
    answered = bool(writer.statements)
    notes += writer.notes()
    if answered:
        notes += _missing(parser.missing, asked)
    if block.left_out and tight:
        notes.append(Note.of("unfit", count=_counted(len(block.left_out), "passage")))
    answer = Answer(
        question=question,
        answered_question=asked,
        statements=tuple(writer.statements),
        outcome="answered" if answered else "not_found",
        reason=None if answered else refusal(question),
        nearest=() if answered else _nearest(asked, windows, idf),
        hits=tuple(window.hit for window in windows),
        engine=llm.name,
        prompt_hash=digits,
        usage=usage,
        seconds=(("generate", time.perf_counter() - start),),
        notes=tuple(notes),
        left_out=tuple(writer.left_out),
    )
    return Written(answer, block.left_out)


def _missing(said: Sequence[str], asked: str) -> Iterator[Note]:
    """That a part of the question is not answered; which, where the question's words say it."""
    words = frozenset(terms(asked))
    for one in said[:2]:
        told = one.rstrip(".!?… ")
        if told and all(credit(term, words) for term in terms(told)):
            yield Note.of("missing", what=told)
        else:
            yield Note("partly")
            return


def _messages(
    asked: str,
    windows: Sequence[Window],
    llm: LLM,
    history: Sequence[Answer],
    judge: Judge | None,
    budget: int,
    searches: int,
) -> tuple[list[Message], SourceBlock, str, bool]:
    """The request, the sources in it, the digest of the prompts in force.

    And whether the model's own window, not ``budget``, is what leaves no room for more.
    """
    system, user = load("answer.system"), load("answer.user")
    rules = system.fill(refusal=REFUSAL_TOKEN)
    told = conversation(history)
    given = {
        "question": inert(one_line(asked)),
        "conversation": f"{_EARLIER}\n{told}\n\n" if told else "",
        "refusal": REFUSAL_TOKEN,
        "searching": _SEARCHING[min(searches, len(_SEARCHING) - 1)],
    }
    rest = count(rules) + count(user.fill(sources="", **given))
    room = int((llm.window - _limit(llm)) * _MARGIN) - rest
    texts = f"{given['question']}\n{given['conversation']}"
    block = source_block(windows, min(budget, room), texts)
    messages = [Message("system", rules), Message("user", user.fill(sources=block.text, **given))]
    judging = (judge.prompt.template,) if judge else ()
    return messages, block, digest(system.template, user.template, *judging), room < budget


_EARLIER = "Earlier in this conversation (no source):"
_SEARCHING = ("You can search no more.", "You can search once more.", "You can search twice.")


def _limit(llm: LLM) -> int:
    return min(MAX_TOKENS, llm.window // 4)


def _checked(reply: Reply, parser: Parser, writer: "_Writer") -> Iterator[Statement | LeftOut]:
    read = 0
    for delta in reply:
        for sentence in parser.feed(delta):
            read += 1
            yield from writer.write(sentence)
            if writer.is_looping:
                return
        if parser.is_over or read >= MAX_SENTENCES:
            return
    for sentence in parser.close(complete=reply.finish == "stop"):
        yield from writer.write(sentence)


class _Writer:
    """Turns a model's sentences into statements; holds which places have which marker."""

    def __init__(
        self, block: SourceBlock, question: str, idf: Rarity | None, judge: Judge | None
    ) -> None:
        self.block = block
        self.statements: list[Statement] = []
        self.left_out: list[LeftOut] = []
        self._question = question
        self._idf = idf
        self._judge = judge
        self._unjudged = self._abroad = self._repeats = 0
        self._markers: dict[tuple[str, Sentence], int] = {}
        self._said: set[str] = set()

    @property
    def is_looping(self) -> bool:
        """True where the model has said nothing new for some sentences."""
        return self._repeats >= MAX_REPEATS

    def write(self, sentence: ModelSentence) -> Iterator[Statement | LeftOut]:
        """What the reader gets of one sentence: it, its source in its place, or nothing."""
        key = " ".join(terms(sentence.text)) or sentence.text.casefold()
        self._repeats = self._repeats + 1 if key in self._said else 0
        if key in self._said:
            yield self._leave_out(sentence.text, _REPEATED)
            return
        self._said.add(key)
        shown = [self.block.sentences[one] for one in sentence.ids]
        cited = [self._cited(one) for one in shown]
        reason = _malformed(sentence, shown)
        abroad = reason is None and _is_abroad(sentence.text, shown, cited, self._question)
        if abroad:
            reason = "it is in another language than its sources"
        elif reason is None:
            check = verify(sentence.text, cited, self._question, idf=self._idf)
            reason = "; ".join(check.reasons) or "no cited sentence carries it"
            if check.supported and check.carrying:
                needed = self._undivided(sentence.text, shown, cited, check.carrying)
                if needed and self._passes(sentence.text, [cited[i] for i in needed]):
                    yield self._state(sentence.text, [shown[i] for i in needed], check.support)
                    return
                reason = "no one of the documents cited says it"
                if needed:
                    reason = "the second judge found that its sources do not say it"
        barred = sentence.borrowed or sentence.refusal or _QUESTION.search(sentence.text)
        least = 0.0 if abroad else _AKIN
        source = None if barred else self._source(sentence.text, shown, cited, least)
        self._abroad += abroad and source is not None
        yield self._leave_out(sentence.text, reason, repaired=source is not None)
        if source is not None:
            quote = one_line(source.quote)
            self._said.add(" ".join(terms(quote)))
            yield self._state(quote, [source], 1.0)

    def _undivided(
        self, said: str, shown: Sequence[Shown], cited: Sequence[Cited], carrying: Sequence[int]
    ) -> tuple[int, ...]:
        """Of the places that carry a sentence, those of the documents that each say a part."""
        documents: dict[str, list[int]] = {}
        for place in carrying:
            documents.setdefault(shown[place].hit.document.id, []).append(place)
        if len(documents) < 2:
            return tuple(carrying)
        places = list(documents.values())
        sources = [[cited[place] for place in own] for own in places]
        needed = by_one_of_each(said, sources, self._question, idf=self._idf)
        return tuple(sorted(place for one in needed for place in places[one]))

    def _passes(self, statement: str, cited: Sequence[Cited]) -> bool:
        """True unless a judge says no; one that says nothing of use decides nothing."""
        verdict = self._judge.supports(statement, cited) if self._judge else True
        self._unjudged += verdict is None
        return verdict is not False

    def notes(self) -> Iterator[Note]:
        """What a reader is told of the sentences that were not shown."""
        if self._abroad:
            yield Note("abroad")
        fates = [gone.fate for gone in self.left_out if gone.reason != _REPEATED]
        repaired, dropped = fates.count("repaired") - self._abroad, fates.count("dropped")
        if repaired:
            be = "was" if repaired == 1 else "were"
            yield Note.of("repaired", count=_counted(repaired, "sentence"), be=be)
        if dropped:
            be = "was" if dropped == 1 else "were"
            yield Note.of("dropped", count=_counted(dropped, "sentence"), be=be)
        if self._unjudged:
            yield Note.of("unjudged", count=_counted(self._unjudged, "sentence"))

    def _state(self, text: str, carrying: Sequence[Shown], support: float) -> Statement:
        citations = []
        for one in carrying:
            place = (one.hit.document.id, one.sentence)
            marker = self._markers.setdefault(place, len(self._markers) + 1)
            citations.append(cite(one.hit, one.sentence, marker))
        statement = Statement(text, tuple(citations), support)
        self.statements.append(statement)
        return statement

    def _leave_out(self, said: str, reason: str, *, repaired: bool = False) -> LeftOut:
        gone = LeftOut(said, reason, "repaired" if repaired else "dropped")
        self.left_out.append(gone)
        return gone

    def _source(
        self, said: str, shown: Sequence[Shown], cited: Sequence[Cited], most: float
    ) -> Shown | None:
        """The cited sentence nearest to the statement, unless it is shown or far away."""
        best = None
        for one, source in zip(shown, cited, strict=True):
            if one.unit.is_frame or (one.hit.document.id, one.sentence) in self._markers:
                continue  # a heading, or a table's header, tells nothing by itself
            covered = features(said, [source], self._question, idf=self._idf)["covered_by_one"]
            if covered >= most:
                best, most = one, covered
        return best

    def _cited(self, shown: Shown) -> Cited:
        """The unit as it is read, and what explains it.

        A table's row has its header's words; what a row, an item or a line of code stands
        under is part of what it says.  Neighbours, headings, title, date and abbreviations
        only explain.  The document's date explains no sentence that counts from it: its own
        times do.
        """
        document = shown.hit.document
        context = [unit.text for unit in beside(shown)]
        context += [shown.hit.passage.heading or "", document.title or shown.hit.path]
        if not document.title:  # who "we" are in a letter, which group "the Group" is
            context.append(document.text[:_HEAD].strip().split("\n")[0])
        times = counted(document, shown.sentence)
        if document.published and not times:
            context.append(document.published.isoformat())
        if shown.unit.voice is None and _WE.search(shown.quote):
            context += _SENDER.findall(document.text[:_HEAD])
        context += definitions(document.text, shown.quote)
        said = [unit.text for unit in (*above(shown), shown.unit)]
        return Cited("\n".join(map(one_line, said)), "\n".join(map(one_line, context)), times)


def _is_abroad(said: str, shown: Sequence[Shown], cited: Sequence[Cited], asked: str) -> bool:
    """Whether a statement is surely in another language than what it cites.

    Names and figures aside nothing here can compare the two: the source is shown as it stands.
    What is too short to tell is in the question's, a row in that of what stands around it.
    """
    mine = tongue(said) if tongue(said) == known(asked) else known(said)
    theirs = known(" ".join(f"{one.text} {one.context}" for one in cited))
    theirs = theirs or known(" ".join(unit.text for one in shown for unit in one.stretch))
    return None not in (mine, theirs) and mine != theirs


def _malformed(sentence: ModelSentence, shown: Sequence[Shown]) -> str | None:
    if _QUESTION.search(sentence.text):
        return "it is a question, no statement"
    if sentence.well_formed:
        asks = all(one.unit.is_frame and _QUESTION.search(one.unit.text) for one in shown)
        return "it cites only a heading that asks" if asks else None
    if sentence.refusal:
        return "the refusal stands inside it"
    if sentence.unknown:
        listed = ", ".join(f"[{one}]" for one in sentence.unknown[:3])
        return f"it cites {listed}, which was not shown"
    return "it cites no source" if not sentence.ids else "it is too long for a sentence"


def _nearest(question: str, windows: Sequence[Window], idf: Rarity | None) -> tuple[Citation, ...]:
    """Of each of the best windows, the unit that shares most with the question."""
    asked = {one: idf(one) if idf else 1.0 for one in terms(question)}

    def shared(unit: Unit) -> float:
        there = frozenset(terms(unit.text))
        return sum(weight for one, weight in asked.items() if one in there)

    found = []
    for place, window in enumerate(windows[:_NEAREST], 1):
        units = [unit for unit in window.units if not unit.is_frame] or window.units
        found.append(cite(window.hit, max(units, key=shared).sentence, place))
    return tuple(found)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
