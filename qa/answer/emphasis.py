"""The phrases of a sentence that could answer: names, times, places and numbers.

Spans are half-open character ranges of the sentence.  Which of them answers is scored by
where it stands among the question's words; see `choose`.
"""

import re
from typing import NamedTuple

from qa.answer.question import Expected, Question
from qa.text import term, words

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_YEAR = r"(?:1\d{3}|20\d{2})"
_TIME = re.compile(
    rf"""
    (?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?
        (?:\s*,?\s+{_YEAR})?\b
    | \d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:\s*,?\s+{_YEAR})?\b
    | (?:(?:early|late|mid)[\s-]+)?\b{_MONTH}\s*,?\s+(?:of\s+)?{_YEAR}\b
    | \b\d{{4}}-\d{{2}}-\d{{2}}\b | \b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b
    | (?:\b(?:early|late|mid|spring|summer|autumn|fall|winter)[\s-]+(?:of\s+)?)?
        \b{_YEAR}s?\b(?:\s*[-\u2013]\s*{_YEAR}\b)?(?:\s+(?:BC|BCE|AD|CE)\b)?
    | \b\d{{1,4}}\s+(?:BC|BCE|AD|CE)\b
    | (?:\b(?:early|late|mid|the)[\s-]+)?\b(?:\d{{1,2}}(?:st|nd|rd|th)|\w+(?:th|first|second|third))
        (?:\s+and\s+\d{{1,2}}th)?\s+centur(?:y|ies)\b(?:\s+(?:BC|BCE|AD|CE)\b)?
    | \b(?:1\d|20)\d0s\b | \b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b
    | \b(?:January|February|March|April|June|July|August|September|October|November|December)\b
    | \b(?:last|next|this)\s+(?:year|month|week|spring|summer|autumn|winter)\b
    | \d{{2,4}}\s*年(?:\s*\d{{1,2}}\s*月)?(?:\s*\d{{1,2}}\s*日)?
    | \d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?
    """,
    re.VERBOSE,
)
_CARDINAL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundred|thousand|million|billion|trillion|dozens?|half)"
)
_UNIT = (
    r"(?:%|percent\b|per\s?cent\b|percentage\s+points?\b|degrees?\b|°\s?[CF]?|years?\b|months?\b|"
    r"weeks?\b|days?\b|hours?\b|minutes?\b|seconds?\b|centuries\b|decades\b|"
    r"(?:square\s+|cubic\s+)?(?:kilomet(?:er|re)s?|met(?:er|re)s?|miles?|feet|foot|inches|acres?|"
    r"hectares?|yards?|km2?|m|mi|cm|mm|ft)\b|k?g\b|kilograms?\b|tonn?es?\b|tons?\b|pounds?\b|"
    r"lit(?:er|re)s?\b|dollars?\b|euros?\b|yuan\b|(?:k|M|G)?(?:W|Hz|Pa|J|V|A)\b|mph\b|km/h\b)"
)
_NUMBER = re.compile(
    rf"""
    (?:(?:US|A|C|HK|NZ)?[$\u00a3\u20ac\u00a5]\s?)?(?<![\w.])\d+(?:[.,]\d+)*(?:\s?[\u00bc-\u00be])?
        (?:\s?[-\u2013]\s?\d+(?:[.,]\d+)*|\s+(?:to|and|or)\s+\d+(?:[.,]\d+)*(?=\s*(?:{_UNIT})))?
        (?:[\s-]+(?:hundred|thousand|million|billion|trillion|dozen))?
        (?:[\s-]?{_UNIT}|(?:st|nd|rd|th)\b)?
    | \b{_CARDINAL}(?:[\s-]+(?:and\s+)?{_CARDINAL})*\b(?:[\s-]{_UNIT})?
    | [\d零一二三四五六七八九十百千两]+[.\d]*\s*[万亿]?\s*[个家年次名位种人台辆元美天月岁米%％]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CAP = r"(?:[^\W\d_a-z\u0370-\u03ff](?:[\w&'\u2019/-]*[\w&])?\.?)"
_LINK = r"(?:of|de|la|le|du|der|den|von|van|al|bin|ibn|di|da|del|and|the|for|&|y|e)"
_NAME = re.compile(
    rf"\b{_CAP}(?:(?:\s+(?:[-]\s+)?|\s+{_LINK}\s+(?:the\s+)?){_CAP}|\s+\d+\b(?!\s*(?:%|,\d)))*"
)
_LATIN = re.compile(r"[A-Z]")
_TITLE_CASE_STOP = frozenset(
    """january february march april june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday mr mrs ms dr however although while since
    according despite because meanwhile moreover furthermore therefore additionally notably also
    many several two three four five six seven eight nine ten another one first second third
    today later earlier recently originally currently unlike like similarly thus hence yet even
    during within without among upon along between per via
    """.split()
)


class Span(NamedTuple):
    """A phrase of the expected type: offsets in the sentence."""

    start: int
    end: int


def spans(sentence: str, expected: Expected) -> list[Span]:
    """Every phrase of ``sentence`` that is of the type ``expected``, in order."""
    if expected == "time":
        return [Span(*match.span()) for match in _TIME.finditer(sentence)]
    if expected == "number":
        times = [match.span() for match in _TIME.finditer(sentence)]
        return [
            Span(*_trim(sentence, *match.span()))
            for match in _NUMBER.finditer(sentence)
            if not any(start <= match.start() < end for start, end in times)
        ]
    times = [match.span() for match in _TIME.finditer(sentence)]
    return [
        span
        for span in _names(sentence)
        if not any(start < span.end and span.start < end for start, end in times)
    ]


def dates_alone(text: str) -> bool:
    """Whether a text is a date and nothing else, as the line below a headline is."""
    first = next((i for i, char in enumerate(text) if char.isalnum()), None)
    if first is None:
        return True
    if not any(_TIME.match(text, i) for i in range(first + 1)):
        return False  # what opens the text is of no date: nearly every sentence ends here
    return not any(char.isalnum() for char in _TIME.sub("", text))


def _trim(sentence: str, start: int, end: int) -> tuple[int, int]:
    text = sentence[start:end]
    return start + len(text) - len(text.lstrip()), end - (len(text) - len(text.rstrip()))


def _names(sentence: str) -> list[Span]:
    found = []
    for match in _NAME.finditer(sentence):
        start, end = match.span()
        # leading words that are capitalised only because they open the sentence, and articles
        while True:
            head = re.match(r"[\w'\u2019.-]+\s*", sentence[start:end])
            if head is None:
                break
            word = head.group().strip().rstrip(".")
            if term(word) is not None and word.casefold() not in _TITLE_CASE_STOP:
                break
            start += head.end()
        while start < end and not (sentence[start].isalnum() or sentence[start] in "\"'("):
            start += 1
        text = sentence[start:end]
        if text.endswith(".") and not re.search(
            r"\b(?:[A-Z]\.|Jr\.|Sr\.|Inc\.|Co\.|Corp\.|Ltd\.)$", text
        ):
            end -= 1
        text = sentence[start:end]
        possessive = re.search(r"['\u2019]s$", text)
        if possessive:
            end -= 2
        if end > start and _LATIN.search(sentence[start:end]):
            found.append(Span(start, end))
    return found


def fresh(sentence: str, question: Question, expected: Expected) -> list[Span]:
    """The spans of the expected type that are not already in the question."""
    known = set(question.terms)
    out: list[Span] = []
    for span in spans(sentence, expected):
        own = [word.term for word in words(sentence[span.start : span.end]) if word.term]
        if expected in ("name", "place"):
            out.extend(_without(sentence, span, known))
        elif not (own and all(one in known for one in own)):
            out.append(span)
    return out


def _without(sentence: str, span: Span, known: set[str]) -> list[Span]:
    """``span`` if half of its terms are new, else nothing; "A and B" loses the known side."""
    pieces: list[Span] = []
    start = span.start
    for joint in re.finditer(r"\s+(?:and|&)\s+(?:the\s+)?", sentence[span.start : span.end]):
        pieces.append(Span(start, span.start + joint.start()))
        start = span.start + joint.end()
    pieces.append(Span(start, span.end))

    def new(piece: Span) -> bool:
        own = [word.term for word in words(sentence[piece.start : piece.end]) if word.term]
        return bool(own) and sum(one not in known for one in own) * 2 > len(own)

    if len(pieces) > 1 and not all(new(piece) for piece in pieces):
        return [piece for piece in pieces if new(piece)]
    return [span] if new(span) else []
