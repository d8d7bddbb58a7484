"""A model's answer under the protocol, read while it streams.

A model writes sentences that end with the ids of the source sentences that carry them
(``[2.3]``), or the refusal token alone; a line may begin with one of three words: ``SEARCH:``
before words that it wants searched, ``OTHERWISE:`` before the first sentence, where the question
takes for granted what is not so, and ``MISSING:`` before what the sources do not say.  Whatever
else it writes, a completed sentence comes out of here as plain text without marks, links, markup
or control characters, brackets in it only where they cannot pass for a marker, and only ids in
ASCII square brackets that were shown count.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from qa.answering.sources import REFUSAL_TOKEN
from qa.text.plain import CLOSING, OPENING, ROUND, one_line
from qa.text.sentences import sentences

MAX_SENTENCE = 1000
"""Characters; what is longer is no sentence of a short answer."""
MAX_PENDING = 4000
"""Characters that may wait for an end of sentence before they are given up."""
MAX_ANSWER = 40_000
"""Characters of a reply that are read at all."""
MAX_SEARCH = 200
"""Characters of a search, or of what is missing, that are read."""

_O, _C = re.escape(OPENING), re.escape(CLOSING)
_GROUP = rf"[{_O}](?=[^{_O}{_C}]{{0,120}}\d)(?:[\d\s.,;:&–—\-]|and|ids?|sources?){{1,120}}+[{_C}]"
# Possessive and bounded: a reply of nothing but marks must not make the search explode.
_GROUPS = rf"{_GROUP}(?:\s*+(?:[,;]\s*+)?{_GROUP}){{0,20}}+"
_END = r"[.!?…。！？]+[\"'”’»)*_]*"
_LINE_ENDS = re.compile(
    rf"\n(?=[^{_O}]|[{_O}](?=[^\d\s.,;:&–—\-ais]|[ais][^ndou])|{_GROUPS}[^\S\n]*[^\s{_O}.,;:!?…。！？])",
    re.IGNORECASE,
)
_CITED_ENDS = re.compile(
    rf"{_END}\s*+{_GROUPS}\s*+(?=[^\s{_O}{_C}.,;:!?…。！？])(?P<soft>)"
    rf"|{_GROUPS}\s*+{_END}\s*+(?=[^\s{_O}{_C}.,;:!?…。！？\d])",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"(?:{_END}\s*{_GROUPS}|{_GROUPS}\s*{_END})\s*$", re.IGNORECASE)
_MARK = re.compile(_GROUP, re.IGNORECASE)
_RANGE = re.compile(r"(\d+)\.(\d+)\s*[-–—]\s*(\d+)\.(\d+)", re.ASCII)
_ID = re.compile(r"\d+\.\d+", re.ASCII)
_LONGEST_RANGE = 10

_PREFIX = re.compile(
    r"\A(?:\s*(?:[-*+•‣▪●·–—]|\d{1,3}[.)]|#{1,6}|>+|\||(?i:(?:final\s)?answer:))(?=\s))+\s*"
)
_FENCE = re.compile(r"`{3,}[\w+-]*|`+|\|")
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{1,300})\1(?!`)")
_INDEX = re.compile(r"(?:(?<=[\w)\]])|(?=\[\s*\]))\[(?![^\[\]]*\d\.\d)([^\[\]]{0,100})\]")
_HELD = r"❴\1❵"  # an index in code ("argv[0]"), so that it is not read as a mark
_FORGED = str.maketrans("❴❵", "{}")
_RELEASED = str.maketrans("❴❵", "[]")
_LINK = re.compile(
    rf"!?([{_O}][^{_O}{_C}]{{0,300}}[{_C}])\((?:[^()]|\([^()]{{0,200}}\)){{0,500}}+\)"
)
_REFERENCE = re.compile(
    rf"(?<![\w)\]])!?([{_O}][^{_O}{_C}]{{0,300}}[{_C}])(\s?[{_O}][^{_O}{_C}]{{0,300}}[{_C}])"
)
_MEANING = re.compile(
    rf"\s?[{_O}][^{_O}{_C}=]{{1,200}}=\s?(?:[A-Z][a-z]{{2,8}} )?\d{{4}}[^{_O}{_C}]{{0,200}}[{_C}]"
)
"""What the words of a source mean ("[last year = 2022]"), copied from behind its sentence."""
_NESTED = 3  # a link on an image, and one more
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,200}>")
_EMPHASIS = re.compile(r"\*\*|__|~~|(?<!\w)[*_]+(?=\w)|(?<=[\w.,!?%)\"”])[*_]+(?!\w)")
_HOLLOW = re.compile(r"\s*\([\s,;.]*\)")
_BEFORE_STOP = re.compile(r"\s+(?=[.,;:!?](?:\s|$))")
_BLANK_LINES = re.compile(r"\s*[\n\r\v\f\x85\u2028\u2029]\s*")
_BLANKS = re.compile(r"[^\S\n]+")
_REFUSED = re.compile(rf"[\W_]*{REFUSAL_TOKEN}(?!\w)")
_WORD = re.compile(r"[\W_]*(SEARCH|OTHERWISE|MISSING)[*_]*\s?:[*_]*\s*")
_PAIR = re.compile(rf"[{_O}](?P<inside>[^{_O}{_C}]{{0,200}})[{_C}]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class ModelSentence:
    """One sentence as a model wrote it, without its marks.

    ``ids`` were shown, ``unknown`` were not.  ``borrowed``: the sentence had no ids of its
    own and took those of the next one before the line ended.  ``refusal``: the refusal
    token stood inside it.
    """

    text: str
    ids: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    borrowed: bool = False
    refusal: bool = False

    @property
    def well_formed(self) -> bool:
        """True where it keeps to the protocol, so that only its truth remains to be checked."""
        is_short = len(self.text) <= MAX_SENTENCE
        return bool(self.ids) and is_short and not (self.unknown or self.refusal)


class Parser:
    """Deltas in, completed sentences out.

    ``is_over`` becomes True where nothing more is read of the reply: where it opens with the
    refusal token, is longer than ``MAX_ANSWER``, or goes on behind its searches.  ``searches``
    are the words that it asks to search, at the head of the reply, and are read only where
    ``may_search``.  ``otherwise`` becomes True where the reply says so before its first
    sentence, ``missing`` is what it says the sources do not say.
    """

    def __init__(self, shown: Collection[str], *, may_search: bool = False) -> None:
        self.is_over = False
        self.otherwise = False
        self.missing: list[str] = []
        self.searches: list[str] = []
        self._may_search = may_search
        self._shown = shown
        self._pending = ""
        self._read = 0
        self._said = False
        self._at_line_start = True

    def feed(self, delta: str) -> list[ModelSentence]:
        """The sentences that ``delta`` completes."""
        self._read += len(delta)
        self.is_over = self.is_over or self._read > MAX_ANSWER
        if self.is_over:
            return []
        # Every run of blanks is one space, or one line feed if it has one.
        self._pending = _BLANKS.sub(" ", _BLANK_LINES.sub("\n", self._pending + delta))
        found: list[ModelSentence] = []
        while not self.is_over and (end := self._next_end()):
            found += self._segment(self._pending[:end])
            self._pending = self._pending[end:].lstrip()
        if not self.is_over and len(self._pending) > MAX_PENDING:
            found += self._segment(self._pending)
            self._pending = ""
        return found

    def close(self, *, complete: bool = True) -> list[ModelSentence]:
        """What remains at the end; nothing where the reply is not ``complete``."""
        rest, self._pending = self._pending, ""
        if self.is_over or not rest.strip():
            return []
        whole = complete or _REFUSED.match(rest) or _WHOLE.search(rest)
        return self._segment(rest) if whole else []

    def _next_end(self) -> int | None:
        """Where the first sentence or line that is surely complete ends."""
        ends = []
        if line := _LINE_ENDS.search(self._pending):
            ends.append(line.end())
        for cited in _CITED_ENDS.finditer(self._pending):
            # "in the U.S. [1.1] and" goes on
            if cited.group("soft") is None or not self._pending[cited.end()].islower():
                ends.append(cited.end())
                break
        return min(ends, default=None)

    def _segment(self, raw: str) -> list[ModelSentence]:
        if not self._said and not self.searches and _REFUSED.match(raw):
            self.is_over = True
            return []
        if self._at_line_start:
            if (word := _WORD.match(raw)) is not None:
                raw = self._led(word.group(1), raw[word.end() :])
            elif self.searches:
                self.is_over = True
                return []
            raw = _PREFIX.sub("", raw)
        self._at_line_start = raw.endswith("\n") or not raw
        found = self._sentences(_without_markup(raw))
        self._said = self._said or bool(found)
        return found

    def _led(self, word: str, rest: str) -> str:
        """What is still to be read of a line that begins with ``word``."""
        told = one_line(_split_marks(_without_markup(rest))[0])[:MAX_SEARCH]
        if word == "OTHERWISE":
            self.otherwise = self.otherwise or not self._said
            return rest
        if word == "MISSING":
            self.missing += [told] if told else []
        elif self._may_search and not self._said and told:
            self.searches.append(told)
        return ""

    def _sentences(self, raw: str) -> list[ModelSentence]:
        text, marks = _split_marks(raw)
        spans = sentences(text)
        ids: list[list[str]] = [[] for _ in spans]
        for at, cited in marks:
            owner = max((i for i, span in enumerate(spans) if span.start < at), default=0)
            if spans:
                ids[owner] += cited
        found: list[ModelSentence] = []
        lent: list[str] = []
        for span, own in zip(reversed(spans), reversed(ids), strict=True):
            lent = own or lent
            plain = _plain(text[span.start : span.end])
            if any(char.isalnum() for char in plain):
                taken = tuple(dict.fromkeys(lent))
                found.append(
                    ModelSentence(
                        plain,
                        tuple(one for one in taken if one in self._shown),
                        tuple(one for one in taken if one not in self._shown),
                        borrowed=bool(lent) and not own,
                        refusal=REFUSAL_TOKEN in text[span.start : span.end],
                    )
                )
        return found[::-1]


def _without_markup(raw: str) -> str:
    text = _MEANING.sub("", raw.translate(_FORGED))
    for _ in range(_NESTED):
        text = _LINK.sub(_label, text)
    text = _REFERENCE.sub(_referred, text)
    made, at = [], 0
    for code in _CODE.finditer(text):
        made += [_bare(text[at : code.start()]), _INDEX.sub(_HELD, code[2])]
        at = code.end()
    return one_line("".join([*made, _bare(text[at:])]))


def _bare(text: str) -> str:
    return _EMPHASIS.sub("", _TAG.sub(" ", _FENCE.sub(" ", text)))


def _label(match: re.Match[str]) -> str:
    return match[1] if _MARK.fullmatch(match[1]) else match[1][1:-1]


def _referred(match: re.Match[str]) -> str:
    """The label of a link by reference, "[the bridge][bridge]"; two marks are none."""
    either = any(_MARK.fullmatch(one.strip()) for one in match.groups())
    return match.group() if either else match[1][1:-1]


def _split_marks(raw: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The text, of one line, without anything like a mark, and (offset in it, ids) of each mark."""
    text, marks, at = "", [], 0
    for match in _MARK.finditer(raw):
        text = (text + raw[at : match.start()]).rstrip()
        marks.append((len(text), _ids(match.group())))
        at = match.end()
        if raw[at : at + 1].isalnum():
            text += " "
    return (text + raw[at:]).rstrip(), marks


def _ids(group: str) -> list[str]:
    if group[0] != "[" or group[-1] != "]":
        return []

    def expand(match: re.Match[str]) -> str:
        source, first, other, last = (int(part[:6]) for part in match.groups())
        if source != other or not 0 <= last - first < _LONGEST_RANGE:
            return match.group()
        return " ".join(f"{source}.{place}" for place in range(first, last + 1))

    return _ID.findall(_RANGE.sub(expand, group))


def _plain(text: str) -> str:
    """One sentence as it may be shown: no bracket that could pass for a marker.

    A pair that holds a letter, or nothing behind a word, stays: ``tool[extra]`` is what a
    reader must type.
    """
    text = one_line(text)
    plain = list(text.translate(ROUND))  # as many characters
    for pair in _PAIR.finditer(text):
        start, end = pair.span()
        behind_a_word = text[start - 1 : start].isalnum()
        if _LETTER.search(pair["inside"]) or (behind_a_word and not pair["inside"].strip()):
            plain[start:end] = pair.group()
    text = _BEFORE_STOP.sub("", _HOLLOW.sub("", "".join(plain))).strip(" -–—*")
    return text.translate(_RELEASED)
