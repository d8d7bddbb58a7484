"""What a question asks for: its kind, the type of its answer, and the terms that carry it.

>>> analyse("who are Acme's partners?").several
True
>>> [part.kind for part in analyse("Who founded Acme and when?").parts]
['who', 'when']
"""

import re
from typing import Literal, NamedTuple

from qa.text import words

Kind = Literal["who", "when", "where", "number", "which", "what", "why", "how", "yes_no", "other"]
Expected = Literal["name", "time", "place", "number"]


class Question(NamedTuple):
    """A question taken apart.

    ``kind`` is the interrogative; ``expected`` the type of phrase that answers, where that
    can be told.  ``several`` is True where the answer has members ("who are", "list",
    "which companies").  ``head`` is the term of the noun asked for ("company" in "which
    company").  ``terms`` are the distinct content terms in order, without the words that
    only frame the question; ``names`` and ``numbers`` are those of them that are written
    as proper names and as figures.  ``definition`` holds for "what is X".  ``parts`` are
    the questions of which a compound one is made, at least two, or empty.
    """

    text: str
    kind: Kind
    expected: Expected | None
    several: bool
    head: str | None
    terms: tuple[str, ...]
    names: frozenset[str]
    numbers: frozenset[str]
    definition: bool
    parts: tuple["Question", ...] = ()


_POLITE = re.compile(
    r"""^\W*(?:(?:hi|hello|hey|please|kindly|ok|so|and|but|well)\b[\s,]*)*
    (?:(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:tell|show|give|explain|say|list|name)\s*
       (?:to\s+)?(?:me|us)?\s*(?:about\s+)?
      |(?:do|does)\s+(?:you|anyone|anybody)\s+know\s*
      |i\s+(?:want|would\s+like|need|'d\s+like)\s+to\s+know\s*(?:about\s+)?
      |(?:tell|show|give)\s+(?:me|us)\s+(?:about\s+)?
      |according\s+to\s+(?:the|this|that|these)\s+(?:text|article|documents?|passage|sources?),?\s*
    )?(?:please\s+)?""",
    re.IGNORECASE | re.VERBOSE,
)

_TIME_NOUN = r"(?:years?|dates?|days?|months?|centur(?:y|ies)|decades?|time|era|season|period)"
_NUMBER_NOUN = (
    r"(?:number|amount|percent(?:age)?|proportion|share|population|age|price|cost|size|height|"
    r"length|width|weight|depth|distance|speed|rate|temperature|area|ratio|fraction|value|salary|"
    r"revenue|budget|capacity|quantity)"
)
_PLACE_NOUN = (
    r"(?:cit(?:y|ies)|countr(?:y|ies)|place|places|town|towns|state|states|province|region|"
    r"regions|continent|location|locations|street|village|county|district|island|capital)"
)
_NAME_NOUN = (
    r"(?:person|people|man|woman|men|women|company|companies|firms?|organi[sz]ations?|"
    r"universit(?:y|ies)|schools?|teams?|players?|authors?|writers?|actors?|actress|directors?|"
    r"singers?|bands?|artists?|kings?|queens?|emperors?|presidents?|ministers?|leaders?|"
    r"scientists?|engineers?|founders?|brands?|agenc(?:y|ies)|group|groups|party|parties|"
    r"movies?|films?|books?|songs?|albums?|shows?|series|rivers?|mountains?|newspapers?|"
    r"magazines?|banks?|suppliers?|partners?|manufacturers?|nations?|tribes?|language)"
)
_WHICH = r"(?:what|which|whose)"

# (pattern on the polite-free question, kind, expected); the first that fits decides
_PATTERNS: tuple[tuple[str, Kind, Expected | None], ...] = (
        (r"\bhow\s+(?:many|much|old|long|far|tall|high|big|large|often|fast|deep|wide|heavy|"
         r"hot|cold|few|frequently|expensive)\b", "number", "number"),
        (rf"\b{_WHICH}\s+(?:\w+\s+)?{_TIME_NOUN}\b(?!\s+(?:of|zone))", "when", "time"),
        (rf"\b{_WHICH}(?:'s|\s+is|\s+was|\s+are|\s+were)?\s+(?:the\s+)?(?:\w+\s+)?"
         rf"{_NUMBER_NOUN}\b", "number", "number"),
        (r"\b(?:who|whom|whose)\b", "who", "name"),
        (r"\bwhen\b", "when", "time"),
        (r"\bwhere\b", "where", "place"),
        (rf"\b{_WHICH}\s+(?:\w+\s+)?{_PLACE_NOUN}\b", "which", "place"),
        (rf"\b{_WHICH}\s+(?:other\s+|\w+\s+)?{_NAME_NOUN}\b", "which", "name"),
        (r"\b(?:why|what\s+(?:caused|causes)|for\s+what\s+reason)\b", "why", None),
        (r"\bhow\b", "how", None),
        (r"\bwhich\b", "which", None),
        (r"\bwhat\b", "what", None),
        (r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|"
         r"must|isn't|aren't|doesn't|didn't|wasn't|won't)\b", "yes_no", None),
        (r"^(?:list|name|enumerate|give)\b", "which", None),
        # as somebody in a hurry types it (cost of the bridge?)
        (rf"^(?:the\s+)?(?:\w+\s+)?{_NUMBER_NOUN}\s+(?:of|in|for)\b", "number", "number"),
        (r"为什么|为何", "why", None),
        (r"什么时候|何时|哪一?年|哪天|几月|几时", "when", "time"),
        (r"哪里|哪儿|何处|何地|什么地方", "where", "place"),
        (r"多少|多大|多长|多久|多高|几(?=[个家年次名位种])", "number", "number"),
        (r"谁|哪[一]?位|哪些人", "who", "name"),
        (r"怎么|怎样|如何", "how", None),
        (r"吗[？?]?\s*$|是否|是不是|有没有", "yes_no", None),
        (r"哪", "which", None),
        (r"什么|何", "what", None),
)  # fmt: skip
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), kind, expected) for pattern, kind, expected in _PATTERNS
)

_FRAME = frozenset(
    word
    for word in """name names named called call list lists give tell enumerate many much kind
    kinds type types sort sorts example examples exactly mean meant according document documents
    article text passage source sources mentioned mention anyone someone something thing
    things like also ever actually please used know known different various
    """.split()
)
_FRAME_OF: dict[Kind, frozenset[str]] = {
    "when": frozenset("year years date dates day month century decade time period happen".split()),
    "where": frozenset("place places location located situated".split()),
    "who": frozenset("person people man woman".split()),
    "number": frozenset("number amount long old far often large big total".split()),
    "why": frozenset("reason reasons cause caused".split()),
}
_CJK_FRAME = re.compile(
    "为什么|什么时候|什么地方|什么|为何|何时|哪一?年|哪些|哪里|哪儿|哪个|哪家|哪位|哪|何处|多少|多大|多长|多久|"
    "多高|是否|是不是|有没有|怎么样|怎么|怎样|如何|请问|谁|吗|呢|的|了|是|在|有|和|与|被|把|几个|几"
)
_LIST = re.compile(
    rf"""^(?:list|enumerate|name\s+(?:all|the|some|several|two|three|four|five|\d))\b
      |\bwho\s+(?:are|were)\b|\bwho\s+all\b|哪些|列出|分别
      |\bwho\s+(?:(?:all|else)\s+)?(?:(?:was|is)\s+(?:\w+\s+)?(?:present|there|absent|invited|among)
         |attend(?:ed|s)?|participate[ds]?|t(?:ook|akes)\s+part|invest(?:ed|s))\b
      |\b{_WHICH}\s+(?:\w+\s+){{0,2}}?(?:\w+[^su\W]s|companies|countries|cities|parties|people|
         men|women|universities|agencies|nations)\s+(?:are|were|do|did|have|had|has|can|will|
         make|made|took|take|use|used|\w+ed|\w+e|in|of|on|with|that|from|does)\b
      |\bwhat\s+(?:are|were)\s+(?:the|some|all|its|their|his|her|two|three|four|\w+'s?)\b
      |\b(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?\w+s\b""",
    re.IGNORECASE | re.VERBOSE,
)
_HEAD = re.compile(rf"\b{_WHICH}\s+((?:(?!(?:is|are|was|were|do|does|did|has|have|had|can|will|"
                   r"would|could|should|if|happen\w*)\b)[\w-]+\s+){0,2}?[\w-]+)"
                   r"(?=\s+(?:is|are|was|were|do|does|did|has|have|had|can|will|would|could|"
                   r"should|of|in|that|to|for|on|with|\w+ed|\w+s)\b)", re.IGNORECASE)  # fmt: skip
_WHO_ARE = re.compile(r"\b(?:who|what|which)\s+(?:is|are|was|were)\s+(.+)$", re.IGNORECASE)
_DEFINITION = re.compile(
    r"^what(?:'s|\s+is|\s+are|\s+was|\s+were)\s+(?:an?\s+|the\s+)?((?:[\w'-]+\s*){1,4})\W*$"
    r"|^(?:define|describe|explain)\b|\bwhat\s+does\s+.+\bmean\b|^who\s+(?:is|was)\s+"
    r"(?:[\w.'-]+\s*){1,3}\W*$|什么是|是什么",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[?;]|,?\s+and(?:\s+also)?|,)\s+"
    r"(?=(?:in\s+)?(?:who|whom|when|where|why|what|which|how)\b)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|he|she|they|that|this|him|her|them|its|his|their)\b", re.IGNORECASE)


def analyse(question: str) -> Question:
    """``question`` taken apart, its parts too where it asks for several things at once."""
    asked = _POLITE.sub("", question.strip(), count=1) or question.strip()
    asked = re.sub(r"\bstands?\s+for\b", "mean", asked, flags=re.IGNORECASE)
    pieces = [piece.strip() for piece in _SPLIT.split(asked) if piece.strip()]
    whole = _single(question, asked)
    if len(pieces) < 2 or not re.match(_INTERROGATIVE, pieces[0], re.IGNORECASE):
        return whole
    first = _single(pieces[0], pieces[0])
    parts = [first]
    for piece in pieces[1:]:
        part = _single(piece, piece)
        # "... and when?" asks of the same thing; so does a part with a pronoun for it
        if len(part.terms) < 2 or _PRONOUN.search(piece):
            part = part._replace(
                terms=tuple(dict.fromkeys(first.terms + part.terms)),
                names=first.names | part.names,
                numbers=first.numbers | part.numbers,
            )
        parts.append(part)
    return whole._replace(parts=tuple(parts))


_INTERROGATIVE = r"(?:\w+\s+)?(?:who|whom|when|where|why|what|which|how)\b"


def _single(text: str, asked: str) -> Question:
    kind, expected = _kind(asked)
    several = bool(_LIST.search(asked)) and kind not in ("when", "number", "why", "how", "yes_no")
    content, names, numbers = _content(asked, kind)
    return Question(
        text=text,
        kind=kind,
        expected=expected,
        several=several,
        head=_head(asked, kind),
        terms=content,
        names=names,
        numbers=numbers,
        definition=kind in ("what", "who", "other") and bool(_DEFINITION.search(asked)),
    )


def _kind(asked: str) -> tuple[Kind, Expected | None]:
    for pattern, kind, expected in _RULES:
        if pattern.search(asked):
            return kind, expected
    return "other", None


def _head(asked: str, kind: Kind) -> str | None:
    found = _HEAD.search(asked)
    if found:
        return _last_term(found.group(1))
    if kind == "number":
        many = re.search(r"\bhow\s+many\s+((?:\w+\s+){0,2}?\w+)(?=\s|\W|$)", asked, re.IGNORECASE)
        return _last_term(many.group(1)) if many else None
    are = _WHO_ARE.search(asked)
    if are:
        # the noun before the first preposition: "the partners of Acme", "Acme's partners"
        noun = re.split(r"\b(?:of|in|for|on|at|by|to|with|from|that|who)\b", are.group(1))[0]
        return _last_term(noun)
    return None


def _last_term(text: str) -> str | None:
    found = [word.term for word in words(text) if word.term is not None]
    return found[-1] if found else None


def _content(asked: str, kind: Kind) -> tuple[tuple[str, ...], frozenset[str], frozenset[str]]:
    frame = _FRAME | _FRAME_OF.get(kind, frozenset())
    kept: dict[str, None] = {}
    framing: dict[str, None] = {}
    names: set[str] = set()
    for word in words(_CJK_FRAME.sub(" ", asked)):
        if word.term is None:
            continue
        # a name is capitalised inside the question; its first word always is
        named = word.text[:1].isupper() and word.start > 0
        (framing if word.text.casefold() in frame and not named else kept)[word.term] = None
        if named:
            names.add(word.term)
    # a question of framing words alone ("what documents are there?") keeps them
    content = tuple(kept or framing)
    numbers = frozenset(one for one in content if one[:1].isdigit())
    return content, frozenset(names & set(content)) - numbers, numbers
