"""An answer written by a language model, of which only what the sources carry is shown.

Every sentence of the model is resolved and checked as it completes.  What fails is replaced by
the source sentence it cites, or dropped; nothing shown is taken back.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.answering.cite import cite
from qa.answering.judge import Judge
from qa.answering.missing import definitions
from qa.answering.protocol import ModelSentence, Parser
from qa.answering.sources import REFUSAL_TOKEN, Shown, SourceBlock, source_block
from qa.answering.verify import Cited, Rarity, by_one_of_each, features, verify
from qa.answering.wording import REFUSAL
from qa.data import Answer, Citation, Hit, LeftOut, Note, Sentence, Statement, Usage
from qa.errors import ModelRejected
from qa.models.chat.base import LLM, Message, Reply
from qa.models.tokens import count
from qa.settings.prompts import digest, load
from qa.text.plain import neutral, one_line
from qa.text.words import terms
from qa.times.quoted import counted

MAX_TOKENS = 700
"""Tokens that an answer may take; a small window gives a quarter of itself."""
MAX_SENTENCES = 40
"""Sentences of a model that are read; one that goes on is stopped."""
MAX_REPEATS = 3
"""Sentences in a row that were said before; then a model goes round in circles."""

_MARGIN = 0.85  # the share of the window to fill: the model's own vocabulary counts otherwise
_REMEMBERED = 3
_NEAREST = 3
_QUESTION = re.compile(r"[?？]\W*$|^question\s*:", re.IGNORECASE)
_AKIN = 0.35  # how much of a statement its source must cover to be shown in its place


def generate(
    question: str,
    hits: Sequence[Hit],
    llm: LLM,
    *,
    answered_question: str | None = None,
    history: Sequence[Answer] = (),
    idf: Rarity | None = None,
    judge: LLM | None = None,
) -> Iterator[Statement | LeftOut | Answer]:
    """Stream what ``llm`` answers from ``hits``; the ``Answer`` of it all comes last.

    ``answered_question`` is ``question`` completed from the conversation, where it needed
    that; ``history`` holds the earlier turns, oldest first.  Nothing is sent without hits.
    ``judge`` is asked, in a request of its own, of each statement that ``verify`` let pass.

    Raises ``PromptError`` before any call, and a ``ModelError`` leaf where the model fails,
    its filter leaves nothing, or no source fits its window.
    """
    asked = answered_question or question
    start = time.perf_counter()
    second = Judge(judge, asked) if judge is not None else None
    messages, block, digits = _messages(asked, hits, llm, history, second)
    writer = _Writer(block, asked, idf, second)
    usage = None
    notes: list[Note] = []
    if block.sentences:
        limit = _limit(llm)
        with llm.reply(messages, max_tokens=limit) as reply:
            first = None
            for shown in _checked(reply, writer):
                if first is None and isinstance(shown, Statement):
                    first = time.perf_counter() - start
                yield shown
            finish, usage = _ended(reply)
        usage = replace(usage, seconds_to_first=first) if usage else None
        if usage and second and second.usage:
            usage = usage.plus(second.usage)
        if finish == "length":
            notes.append(Note.of("limit", tokens=limit))
        if finish == "filtered":
            if not writer.statements:
                raise ModelRejected(
                    f"the content filter of model {llm.name!r} held the answer back"
                )
            notes.append(Note("filtered"))
        if writer.is_looping:
            notes.append(Note("looping"))
        elif finish is None:
            notes.append(Note("endless"))
    notes += writer.notes()
    if block.left_out:
        notes.append(Note.of("unfit", count=_counted(len(block.left_out), "passage")))
    answered = bool(writer.statements)
    yield Answer(
        question=question,
        answered_question=asked,
        statements=tuple(writer.statements),
        outcome="answered" if answered else "not_found",
        reason=None if answered else REFUSAL,
        nearest=() if answered else _nearest(asked, hits, idf),
        hits=tuple(hits),
        engine=llm.name,
        prompt_hash=digits,
        usage=usage,
        seconds=(("generate", time.perf_counter() - start),),
        notes=tuple(notes),
        left_out=tuple(writer.left_out),
    )


def _messages(
    asked: str,
    hits: Sequence[Hit],
    llm: LLM,
    history: Sequence[Answer],
    judge: Judge | None,
) -> tuple[list[Message], SourceBlock, str]:
    """The request, the sources in it, and the digest of the prompts in force."""
    system, user = load("answer.system"), load("answer.user")
    rules = system.fill(refusal=REFUSAL_TOKEN)
    given = {
        "question": neutral(asked),
        "conversation": _conversation(history),
        "refusal": REFUSAL_TOKEN,
    }
    rest = count(rules) + count(user.fill(sources="", **given))
    block = source_block(hits, int((llm.window - _limit(llm)) * _MARGIN) - rest)
    filled = user.fill(sources=block.text, **given)
    messages = [Message("system", rules), Message("user", filled)]
    judging = (judge.prompt.template,) if judge else ()
    return messages, block, digest(system.template, user.template, *judging)


def _limit(llm: LLM) -> int:
    return min(MAX_TOKENS, llm.window // 4)


def _conversation(history: Sequence[Answer]) -> str:
    if not history:
        return ""
    turns = [
        f"Reader: {neutral(turn.question)}\nYou: {neutral(turn.text)}"
        for turn in history[-_REMEMBERED:]
    ]
    return "Earlier in this conversation (no source):\n" + "\n".join(turns) + "\n\n"


def _checked(reply: Reply, writer: "_Writer") -> Iterator[Statement | LeftOut]:
    parser = Parser(writer.block.sentences)
    read = 0
    for delta in reply:
        for sentence in parser.feed(delta):
            read += 1
            yield from writer.write(sentence)
            if writer.is_looping:
                reply.close()
                return
        if parser.overflowed or read >= MAX_SENTENCES:
            reply.close()
            return
    for sentence in parser.close(complete=reply.finish == "stop"):
        yield from writer.write(sentence)


def _ended(reply: Reply) -> tuple[str | None, Usage | None]:
    """How and at what cost the reply ended; nothing where it was stopped from here."""
    try:
        return reply.finish, reply.usage
    except RuntimeError:
        return None, None


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
        self._unjudged = 0
        self._repeats = 0
        self._markers: dict[tuple[str, int, int], int] = {}
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
            yield self._leave_out(sentence, "it was said before", "dropped")
            return
        self._said.add(key)
        cited = [self._cited(self.block.sentences[one]) for one in sentence.ids]
        reason = _malformed(sentence)
        if reason is None:
            check = verify(sentence.text, cited, self._question, idf=self._idf)
            reason = "; ".join(check.reasons) or "no cited sentence carries it"
            carrying = self._undivided(sentence, cited, check.carrying) if check.supported else ()
            if check.supported and check.carrying and not carrying:
                reason = "no one of the documents cited says it"
            elif carrying and self._passes(sentence.text, [cited[i] for i in carrying]):
                ids = [sentence.ids[place] for place in carrying]
                yield self._state(sentence.text, ids, check.support)
                return
            elif carrying:
                reason = "the second judge found that its sources do not say it"
        asks = _QUESTION.search(sentence.text)
        barred = sentence.borrowed or sentence.refusal or asks
        source = None if barred else self._source(sentence, cited)
        yield self._leave_out(sentence, reason, "repaired" if source else "dropped")
        if source:
            quote = one_line(self.block.sentences[source].quote)
            self._said.add(" ".join(terms(quote)))
            yield self._state(quote, [source], 1.0)

    def _undivided(
        self, sentence: ModelSentence, cited: Sequence[Cited], carrying: Sequence[int]
    ) -> tuple[int, ...]:
        """Of the places that carry a sentence, those of the documents that each say a part."""
        documents: dict[str, list[int]] = {}
        for place in carrying:
            shown = self.block.sentences[sentence.ids[place]]
            documents.setdefault(shown.hit.document.id, []).append(place)
        if len(documents) < 2:
            return tuple(carrying)
        places = list(documents.values())
        sources = [[cited[place] for place in own] for own in places]
        needed = by_one_of_each(sentence.text, sources, self._question, idf=self._idf)
        return tuple(sorted(place for one in needed for place in places[one]))

    def _passes(self, statement: str, cited: Sequence[Cited]) -> bool:
        """True unless a judge says no; one that says nothing of use decides nothing."""
        verdict = self._judge.supports(statement, cited) if self._judge else True
        self._unjudged += verdict is None
        return verdict is not False

    def notes(self) -> list[Note]:
        """What a reader is told of the sentences that were not shown."""
        told = []
        repaired = sum(gone.fate == "repaired" for gone in self.left_out)
        dropped = sum(
            gone.fate == "dropped" and gone.reason != "it was said before" for gone in self.left_out
        )
        if repaired:
            told.append(Note.of("repaired", count=_counted(repaired, "sentence"), be=_be(repaired)))
        if dropped:
            told.append(Note.of("dropped", count=_counted(dropped, "sentence"), be=_be(dropped)))
        if self._unjudged:
            told.append(Note.of("unjudged", count=_counted(self._unjudged, "sentence")))
        return told

    def _state(self, text: str, ids: Sequence[str], support: float) -> Statement:
        citations = []
        for one in ids:
            shown = self.block.sentences[one]
            place = (shown.hit.document.id, shown.sentence.start, shown.sentence.end)
            marker = self._markers.setdefault(place, len(self._markers) + 1)
            citations.append(cite(shown.hit, shown.sentence, marker))
        statement = Statement(text, tuple(citations), support)
        self.statements.append(statement)
        return statement

    def _leave_out(self, sentence: ModelSentence, reason: str, fate: str) -> LeftOut:
        gone = LeftOut(sentence.text, reason, "repaired" if fate == "repaired" else "dropped")
        self.left_out.append(gone)
        return gone

    def _source(self, sentence: ModelSentence, cited: Sequence[Cited]) -> str | None:
        """The cited sentence nearest to the statement, unless it is shown or far away."""
        best, most = None, _AKIN
        for one, source in zip(sentence.ids, cited, strict=True):
            shown = self.block.sentences[one]
            place = (shown.hit.document.id, shown.sentence.start, shown.sentence.end)
            seen = features(sentence.text, [source], self._question, idf=self._idf)
            if place not in self._markers and seen["covered_by_one"] >= most:
                best, most = one, seen["covered_by_one"]
        return best

    def _cited(self, shown: Shown) -> Cited:
        """The sentence with its neighbours, heading, title, date and abbreviations.

        The document's date explains no sentence that counts from it: its own times do.
        """
        document, passage = shown.hit.document, shown.hit.passage
        at = passage.sentences.index(shown.sentence)
        around = [*passage.sentences[max(0, at - 1) : at], *passage.sentences[at + 1 : at + 2]]
        context = [document.text[one.start : one.end] for one in around]
        context += [passage.heading or "", document.title or ""]
        times = counted(document, shown.sentence)
        if document.published and not times:
            context.append(document.published.isoformat())
        context += definitions(document.text, shown.quote)
        return Cited(one_line(shown.quote), "\n".join(one_line(part) for part in context), times)


def _malformed(sentence: ModelSentence) -> str | None:
    if _QUESTION.search(sentence.text):
        return "it is a question, no statement"
    if sentence.well_formed:
        return None
    if sentence.refusal:
        return "the refusal stands inside it"
    if sentence.unknown:
        listed = ", ".join(f"[{one}]" for one in sentence.unknown[:3])
        return f"it cites {listed}, which was not shown"
    return "it cites no source" if not sentence.ids else "it is too long for a sentence"


def _nearest(question: str, hits: Sequence[Hit], idf: Rarity | None) -> tuple[Citation, ...]:
    """Of each of the best hits, the sentence that shares most with the question."""
    asked = {one: idf(one) if idf else 1.0 for one in terms(question)}

    def shared(hit: Hit, sentence: Sentence) -> float:
        there = frozenset(terms(hit.document.text[sentence.start : sentence.end]))
        return sum(weight for one, weight in asked.items() if one in there)

    best = sorted(hits, key=lambda hit: hit.rank)[:_NEAREST]
    found = [(hit, max(hit.passage.sentences, key=lambda one: shared(hit, one))) for hit in best]
    return tuple(cite(hit, sentence, place) for place, (hit, sentence) in enumerate(found, 1))


def _be(number: int) -> str:
    return "was" if number == 1 else "were"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
