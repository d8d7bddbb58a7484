"""Where the sentences of a text are, as exact offsets.

``sentencex`` (Wikimedia) finds the boundaries inside a paragraph; this module gives it one
paragraph at a time, looks inside quotations, which it takes for one sentence however long
they are, and corrects the few classes of boundary that it was measured to miss.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from qa.data import Sentence
from qa.text.blocks import Block, blocks
from qa.text.language import language, tongue

LONGEST = 200
"""Weight (about model tokens) above which a sentence is cut."""

_WINDOW = 8000
"""Characters given to the segmenter at once: unclosed quotation marks cost it the square."""

_STARTERS = """After Although And As At Because Before But By For From He Her Here His How However
    If In It Its Many Meanwhile More Most My Nobody On Our She Since So Some That The Their Then
    There These They This Those To Under We What When Where Which While Who Why With You
    Your""".split()
_STARTER = rf"(?:{'|'.join(_STARTERS)})\b"
_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"

_MISSED = re.compile(
    rf"""(?: (?<=[?!][?!]) | (?<=…) )\s+(?=["“‘«(]?[^\W\d_a-z])      # "Are you sure?! I am."
      |  (?<=[^\W_]{{2}}[.!?]\))\s+(?={_STARTER})                    # "(He was late.) The door"
      |  (?<=[.!?…]["”’»)])\s+(?=["“‘«])                             # “One.” “Two.”
      |  \b(?:(?:[A-Z]\.){{2,4}}|etc\.|Inc\.|Corp\.|Co\.|Ltd\.|[JS]r\.|[ap]\.m\.|al\.)["”’)]?
         \s+(?={_STARTER})                                           # "in the E.U. The"
      |  [.!?]\[\^[^\]\s]{{1,40}}\]\s+(?=[^\W\d_a-z])                  # "It is paid.[^1] Then"
      |  \betc\.["”’)]?\s+(?=[A-ZÀ-ÖØ-Þ])
      |  \bno\.\s+(?=[A-Z][a-z])                                     # "The answer is no. Five"
      |  (?<=[a-z]{{3}}[.!?])(?={_STARTER}\s)                        # "ended here.The second"
      |  (?<=[。！？])(?=\d)                                          # "机器人。2022年"
      |  (?<=[.!?])\s+(?=['’][stk]\s)                                 # "Dicht. 's Avonds"
    """,
    re.VERBOSE,
)
_MARK = re.compile("[.!?…。！？]")  # without any there is no such boundary
_GLUED_AFTER = re.compile(
    r"""(?:^|[\s(\[])(?:
            (?P<before_small>[Vv]ols?|[Aa]pprox|max|min|ca|lbs|ft|nr)
          | (?P<before_number>Eqs?|Tabs?|Refs?|Chap|Figs?|Secs?|Abs|Kap|Abb)
          | (?P<before_name>Ft|Mt|Lt|Col|Gov|Sen|Rep|Gen|Capt|Cmdr|Sgt|Pres|Hon|Msgr)
          | (?P<before_month>(?:bis|[Ss]eit|[Aa]b|und)\s\d{1,2})
          | (?P<before_all>)                                         # " .NET"
        )\.$
      | (?P<before_verb>[!?])$                                       # "Jeopardy! and"
      | (?P<before_link>\b[^\W\d_]{2,5}\.)$                          # "2 tbsp. of sugar"
    """,
    re.VERBOSE,
)
_GLUE = 12  # characters, more than any of these needs
_ABROAD = re.compile(
    r"""(?:^|[\s(\['’])(?:
            (?P<before_number>aprox|env|ca|[Nn]os?|[Nn]úm|nn?|[Pp][áa]gs?|[Aa]rts?|[Cc]ap|[Ff]ig|[Tt]el)
          | (?P<before_name>[A-ZÀ-ÖØ-Þ]|D[rs]|Drs|[Mm]evr|Mme|Mlle|Exm[ao]s?|Avd?a?)
          | (?P<before_noun>(?:[AaIi]m|[Vv]om|[Zz]um|[Bb]eim|[Dd](?:er|ie|as|em|en|es))\s\d{1,2})
        )\.$
    """,
    re.VERBOSE,
)
"""Abbreviations, initials and German ordinals that the segmenter's own lists do not hold."""

_LETTER = re.compile(r"(?:^|[\s(.])[^\W\d_]\.$")
_ASKED = re.compile(r"(?:^|[。！？”」\s])“[^“”]*[！？]”$")  # “你来吗？”他问。
_OPENS = re.compile(rf"{_STARTER}\s|[{_HAN}]")
_GLUED_BEFORE = {
    "before_small": re.compile(r"[a-z\d$€£]"),
    "before_number": re.compile(r"\d"),
    "before_name": re.compile(r"[A-ZÀ-ÖØ-Þ]"),
    "before_noun": re.compile(r"[A-ZÄÖÜ]"),
    "before_month": re.compile("Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"),
    "before_all": re.compile(r"\S"),
    "before_link": re.compile(r"(?:and|at|by|for|from|in|of|on|or|per|than|to|with)\b"),
    "before_verb": re.compile(r"(?:and|or|is|was|are|were|has|had)\b"),
}
_QUOTED = str.maketrans(dict.fromkeys('"“”„‟«»‘‹›「」『』（）()[]《》〈〉', " "))
_INSIDE = re.compile(r"[.!?…]\s+\S|[。！？][^\s”’」』）》]")
_CLOSING = re.compile(r"[*_]{1,3}(?=\s|$)")  # of emphasis that a sentence ends in
_BOLD_NUMBER = re.compile(r"\s*[*_]{1,3}\d{1,4}(?:\.\d{1,4}){0,4}[.)]\s*")  # "**1. Rent.**"
_SURROGATE = re.compile("[\ud800-\udfff]")

_WHOLE = frozenset("heading attribution caption row code comment setting".split())
_TOKEN = re.compile(rf"[{_HAN}\uac00-\ud7af]|[^\W_]{{1,40}}|[^\w\s]|_")
_PLAIN = re.compile(r"[A-Za-z\u00c0-\u024f]{1,20}")
_CLAUSE = ";:,，、；：）"


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences, headings, list items, table rows and code lines of ``text``, in order.

    Without surrounding whitespace, without overlap, and none lost: what belongs to no
    sentence is whitespace and markup (list markers, rules, fences, "> ").  A sentence may
    run over lines, never over a blank one.  What is longer than a model reads at once is
    cut at a clause mark, else at a space, else anywhere.  Linear in the length.
    """
    return tuple(one for block in blocks(text) for one in sentences_of(text, block))


def sentences_of(text: str, block: Block) -> Iterator[Sentence]:
    """The sentences of one block of ``text``."""
    flat = _flat(text, block)
    if block.kind in _WHOLE and _is_within(flat, LONGEST):
        yield Sentence(block.start, block.end)
        return
    for start, end in _spans(flat):
        for one in cut(text, block.start + start, block.start + end):
            yield Sentence(*one)


def weight(text: str) -> int:
    """About how many tokens a model makes of ``text``; seldom fewer than it really does."""
    return sum(_weight(match.group()) for match in _TOKEN.finditer(text))


def _is_within(text: str, limit: int) -> bool:
    """Whether ``weight(text) <= limit``; a line of megabytes is not weighed to its end."""
    total = 0
    for match in _TOKEN.finditer(text):
        total += _weight(match.group())
        if total > limit:
            return False
    return True


def cut(text: str, start: int, end: int, limit: int = LONGEST) -> Iterator[tuple[int, int]]:
    """``text[start:end]`` in stripped spans of at most ``limit`` weight each."""
    if end - start <= limit and text.isascii():  # no character weighs more than 1
        yield start, end
        return
    total, first = 0, start
    clause = space = 0  # the best places so far to end the span that starts at ``first``
    for match in _TOKEN.finditer(text, start, end):
        place, size = match.start(), _weight(match.group())
        if place > first and text[place - 1].isspace():
            space = place
            if text[place - 2] in _CLAUSE and total > limit // 2:
                clause = place
        elif text[place - 1] in "，、；：）" and total > limit // 2:
            clause = place
        if total + size > limit and place > first:
            at = clause or space or _base(text, place)
            yield from _trimmed(text, first, at)
            total = weight(text[at:place])
            first, clause, space = at, 0, 0
        total += size
    yield from _trimmed(text, first, end)


def _base(text: str, place: int) -> int:
    """``place``, or a few characters earlier, so that no accent loses its letter."""
    for at in range(place, place - 5, -1):
        if not unicodedata.combining(text[at]):
            return at
    return place


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    body = text[start:end]
    left = len(body) - len(body.lstrip())
    if left < len(body):
        yield start + left, start + len(body.rstrip())


@lru_cache(maxsize=65536)
def _weight(token: str) -> int:
    if len(token) == 1:
        return 3 if "\uac00" <= token <= "\ud7af" else 1  # the tokenizer takes Hangul apart
    if _PLAIN.fullmatch(token):
        return 1 + (len(token) - 1) // 7
    return (len(token) + 1) // 2 if token.isascii() else len(token)


def _flat(text: str, block: Block) -> str:
    """The block's lines as one, each character at its offset from the block's start."""
    parts, last = [], block.start
    for start, end in block.lines:
        parts.append(" " * (start - last))
        parts.append(text[start:end])
        last = end
    flat = "".join(parts)
    return flat if flat.isascii() else _SURROGATE.sub("\ufffd", flat)


def _spans(flat: str) -> Iterator[tuple[int, int]]:
    """Stripped (start, end) of the sentences in one paragraph."""
    sure, guess = language(flat), tongue(flat) or "en"
    marks = set(_boundaries(flat, sure or "en"))
    if sure is None and guess != "en":  # a boundary by the rules of both
        marks &= set(_boundaries(flat, guess))
    marks = {b for b in marks if not _glued(flat, b)}
    if guess != "en":
        marks = {b for b in marks if not _glued_abroad(flat, b)}
    if _MARK.search(flat):
        marks.update(match.end() for match in _MISSED.finditer(flat))
    if "*" in flat or "_" in flat:
        marks = {m.end() if (m := _CLOSING.match(flat, b)) else b for b in marks}
    first = last = 0
    said = False  # marks alone ("...") or a bold number are no sentence: they open the next one
    for end in [*sorted(marks - {0, len(flat)}), len(flat)]:
        piece = flat[last:end]
        said = said or (any(map(str.isalnum, piece)) and not _BOLD_NUMBER.fullmatch(piece))
        last = end
        if said or end == len(flat):
            yield from _trimmed(flat, first, end)
            first, said = end, False


def _boundaries(flat: str, spoken: str) -> Iterator[int]:
    """Where the segmenter ends a sentence, inside quotations and brackets too."""
    import sentencex

    first = 0
    while first < len(flat):
        window = flat[first : first + _WINDOW]
        ends = [one["end_index"] for one in sentencex.get_sentence_boundaries(spoken, window)]
        if first + _WINDOW < len(flat) and len(ends) > 1:
            ends.pop()  # it may go on behind the window
        whole = ends[-1]
        if _INSIDE.search(window) and window.translate(_QUOTED) != window:
            blind = window.translate(_QUOTED)
            for one in sentencex.get_sentence_boundaries(spoken, blind):
                inner = one["end_index"]
                if inner < whole and window[:inner].rstrip()[-1:] in tuple(".!?。！？"):
                    ends.append(inner)
        yield from (first + end for end in ends)
        first += whole


def _glued(flat: str, boundary: int) -> bool:
    """Whether the segmenter was wrong to end a sentence here."""
    left, right = flat[max(0, boundary - 40) : boundary], flat[boundary : boundary + 40]
    if left and not left[-1].isspace() and left[-1] in ".!?" and right:
        return not _OPENS.match(right)
    found = _GLUED_AFTER.search(left.rstrip()[-_GLUE:])
    return bool(found and found.lastgroup and _GLUED_BEFORE[found.lastgroup].match(right))


def _glued_abroad(flat: str, boundary: int) -> bool:
    """Whether no sentence ends here in another language than English."""
    left, right = (
        flat[max(0, boundary - LONGEST) : boundary].rstrip(),
        flat[boundary : boundary + 2],
    )
    if left.count("（") > left.count("）"):
        return True
    if right[:1] == "と" and left[-1:] in "」』":  # 「来ますか？」と聞いた。
        return True
    if left[-1:] == "”" and right[:1].isalpha() and _ASKED.search(left):
        return True
    if right[:1] in ("s", "t", "k") and right[1:].isspace() and left[-2:] in (" '", " ’"):
        return True
    if left[-1:] == "." and right[:1].islower() and flat[:1].isupper():
        return True  # whoever begins with a capital does so with each sentence
    if _LETTER.search(left) and (right[1:] == "." or not right[:1].isalpha()):
        return True  # "e. V.", "S.n.c. – Resi"
    found = _ABROAD.search(left[-_GLUE:])
    return bool(found and found.lastgroup and _GLUED_BEFORE[found.lastgroup].match(right))
