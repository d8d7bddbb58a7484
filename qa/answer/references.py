"""What the pronouns, "there", "this" and "the company" of a question stand for.

Rules in the manner of Lappin and Leass (1994): candidates weighed by salience (see
``entities``), cut by agreement and by what the question's own syntax allows.
"""

import re
from collections.abc import Sequence

from qa.answer.conversation import AUX, LEAD, Talk, with_added
from qa.answer.entities import Focus, Pronoun, Turn
from qa.answer.names import Name
from qa.text import term, terms

_VERB = re.compile(rf"\b{AUX}\b", re.IGNORECASE)
_NOUN_PHRASE_ASKED = re.compile(
    rf"{LEAD}(?:(?:who|what|which)(?:'s|\s+(?P<be>is|are|was|were))|list|name|describe|explain|"
    r"tell\s+me\s+about|what\s+about)\s+(?P<phrase>[^?]+?)\s*(?:\([^)]*\))?[?.!]*\s*$",
    re.IGNORECASE,
)
_PLACE_PHRASE = re.compile(
    r"\b(?P<phrase>(?:in|at|from|near|to)\s+(?:(?:the|its|his|her|their)\s+)?[^?,()]+?)"
    r"(?=\s*[?,()]|\s*$|\s+(?:and|when|after|before|by|with)\b)",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"\b(?P<he>he|him|his)\b|\b(?P<she>she|her|hers)\b"
    r"|\b(?P<it>it's(?=\s+(?!a\b|the\b|not\b|true\b))|it|its)\b|\b(?P<they>they|them|their|theirs)\b",
    re.IGNORECASE,
)
_KINDS: dict[str, Pronoun] = {"he": "he", "she": "she", "it": "it", "they": "they"}
_AUX_NEXT = re.compile(rf"\s+{AUX}\s", re.IGNORECASE)
_HAS_ITS = re.compile(r"\s+(?:has|have|had|is|are|was|were)\s+(?:its|their)\b", re.IGNORECASE)
# "the next count" is another than the one that was spoken of
_THE = re.compile(r"\bthe\s+(?!(?:next|previous|latest|new|coming)\b)(?:\w+\s+)?(\w+)")
_PERSONAL = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)
_ASKS_OBJECT = re.compile(rf"{LEAD}what\s+(?:did|does|has|have|will)\b", re.IGNORECASE)
_POSSESSIVES = frozenset("his her its it's their hers theirs".split())
_AFTER_OBJECT = re.compile(
    rf"\s*(?:$|[^\w\s]|(?:{AUX}|in|on|at|to|for|from|by|with|of|about|after|before|during|as|and|or|"
    r"when|where|while|because|that|so|then|there|again|out|up|off|down|away|like|into|a|an|the|"
    r"more|most)\b)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\b(?:when|while|because|that|and|before|after|since|if|who|which|where|why|until|though|as|"
    r"says?|said|thinks?|believes?|claims?|announced?|hopes?|expects?|how|whether|or|but|than)\b|,",
    re.IGNORECASE,
)
_EMPTY_IT = re.compile(
    r"\b(?:is|was|isn't|wasn't)\s+it\s+(?:\w+\s+){0,2}?(?:for|to|that|how|when|whether|because|true)\b"
    r"|^\s*(?:when|if)\b.*,.*\bit\b|\bit\s+mean\s+(?:for|to|when|that)\b"
    r"|\bit\s+(?:take|cost)\s+(?:\w+\s+)?(?:to|for)\b|\bwhat\s+(?:time|day|date)\s+is\s+it\b"
    r"|\bis\s+it\s+called\s+when\b",
    re.IGNORECASE,
)
_THIS_TEXT = re.compile(
    r"\bthis\s+(?:article|text|document|page|passage|story|report|topic|subject|section|source)\b",
    re.IGNORECASE,
)
_THERE = re.compile(
    rf"(?<!\w)(?<!is )(?<!are )(?<!was )(?<!were )(?<!been )(?<!be )(?<!out )there\b(?!')"
    rf"(?!\s+(?:{AUX}|be|been|any|a|an|some|other)\b)",
    re.IGNORECASE,
)
_THAT = re.compile(
    rf"\b(?:{AUX}|after|before|by|about|of|for|with|at|like|on|from|in|since|to|than|say|"
    r"said|mean|cause[sd]?|happen(?:ed)?|besides|over|against)\s+(?:this|that|these|"
    r"those(?!\s+(?:at|in|of|from|on|with|for|who|that)\b))"
    rf"(?=\s*[?.!,]|\s*$|\s+(?:{AUX}|in|on|at|to|for|from|by|with|about|after|before|during|as|and|"
    r"or|when|where|while|because|mean|work|go|come|do|get|have|make|say|feel|sell|last|succeed|"
    r"done|made|given|put|known|seen|taken|built|sold|bought|won|written|happen\w*|start\w*|"
    r"end\w*|take|occur\w*|affect|help\w*|one|ones|so|not|well|lead|change|called|\w+ful|\w+ed)\b)",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(
    rf"\b(?:this|that|these|those)\s+(?!{AUX}\b)(?P<noun>[^\W\d_][\w-]+)", re.IGNORECASE
)
_DEFINITE = re.compile(
    r"\bthe\s+(?P<noun>company|companies|brand|band|group|team|club|firm|organi[sz]ation|project|"
    r"product|model|album|song|single|book|novel|film|movie|show|series|episode|play|game|tour|award|"
    r"battle|war|case|trial|event|incident|accident|scandal|school|university|city|town|country|"
    r"building|factory|plant|programme|program|agreement|deal|contract|law|act|party|man|woman|"
    r"author|founder|founders|members|machine|car|ship|disease|drug|study|experiment|theory)\b"
    r"(?!\s+(?:of|that|which|who|called|named|in\s+the)\b)",
    re.IGNORECASE,
)
_PLURAL_SUBJECT = re.compile(
    r"\b(?:do|did|are|were|have|can|could|will|would|should|must)\s+(?:(?!they\b)[a-z]+\s+)?"
    r"(?:[a-z]+[^s\W]s|people|children|men|women)\b",
    re.IGNORECASE,
)
_OPENING_PHRASE = re.compile(
    r"\s*(?:other\s+than|outside(?:\s+of)?|besides|because\s+of|despite|in|after|before|during|with|"
    r"apart\s+from|aside\s+from|at|for|according\s+to|due\s+to)\s+$",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"\b(?P<det>a|an|the|some|many|each|every|which|what|how many|certain|large|most)\s+"
    r"(?:[a-z-]+\s+)??(?P<noun>[a-z-]+)\b(?=\s+(?:that|who|which|and|or|has|have|had|is|are|was|"
    r"were|\w+s|\w+ed|of|with|in|to|on|when|if|did|do|does|won|found)\b)",
    re.IGNORECASE,
)


_LEANING = re.compile(
    r"\b(?:else|another\s+one|(?<!the\s)others?)\b|"
    r"^\W*(?:so\s+|and\s+|then\s+)?what\s+happen(?:s|ed)?(?:\s+(?:next|then|after\w*|later|before))?"
    r"(?:\s+in\s+(?:\w+\s+)?\d+)?\W*$",
    re.IGNORECASE,
)

Edit = tuple[int, int, str]
"""Start and end in the question, and what goes there."""

_THE_PHRASE = re.compile(r"\bthe\s+((?:[a-z][\w-]*\s*){1,3})")


def resolved(asked: str, talk: Talk) -> str | None:
    """``asked`` with its references replaced or explained; None where it has none."""
    own = talk.focus.of(asked)
    edits, extra = _pronouns(asked, talk, own)
    if there := _THERE.search(asked):
        if place := _place(talk):
            edits.append((there.start(), there.end(), place))
        else:
            extra.append(talk.body)
    if not edits and not extra:
        edits, extra = _pointing(asked, talk, own)
    if not edits and not extra:
        return None
    for start, end, words in sorted(edits, reverse=True):
        asked = asked[:start] + words + asked[end:]
    said = set(terms(asked))
    kept: list[str] = []
    for words in sorted(extra, key=len, reverse=True):
        if not set(terms(words)) <= said:
            kept.append(words)
            said |= set(terms(words))
    return with_added(asked, "; ".join(kept))


def _pronouns(asked: str, talk: Talk, own: Sequence[Name]) -> tuple[list[Edit], list[str]]:
    edits: list[Edit] = []
    extra: list[str] = []
    done: set[Pronoun] = set()
    besides = [name.text for name in own]
    for found in PRONOUN.finditer(asked):
        kind = _KINDS[found.lastgroup or ""]
        # "IT" is a trade, unless all is shouted; what comes second is clear from the first
        shouted = found.group() == "IT" and not asked.isupper()
        if kind in done or shouted or _bound(found, kind, own, asked, talk.focus):
            continue
        done.add(kind)
        referent = _referent(kind, found, besides, asked, talk)
        if referent is None:
            top = talk.focus.top() if kind == "they" else None
            extra.append(f"about {top}" if top else talk.body)
        else:
            possessive = "'s" if _is_possessive(found, asked) else ""
            edits.append((found.start(), found.end(), referent + possessive))
            besides.append(referent)
    return edits, extra


def _bound(
    found: re.Match[str], kind: Pronoun, own: Sequence[Name], asked: str, focus: Focus
) -> bool:
    """Whether the pronoun stands for something in the question itself, or for nothing."""
    possessive = _is_possessive(found, asked)
    if kind == "it" and _EMPTY_IT.search(asked):
        return True
    if re.match(r"\s+own\s*\?", asked[found.end() :]):  # "on their own"
        return True
    if possessive and _OPENING_PHRASE.match(asked[: found.start()]):
        return any(name.start > found.end() for name in own)
    if kind == "they" and possessive and _PLURAL_SUBJECT.search(asked, 0, found.start()):
        return True

    # "did Ada like it": the object is another; "did Ada say that it", "Ada's own" is not
    def commands(end: int) -> bool:
        return possessive or bool(_CLAUSE.search(asked, end, found.start()))

    fits = (
        name
        for name in own
        if name.end <= found.start()
        and focus.fit(name.text, kind) >= 0.3
        and (kind in ("it", "they") or name.before != "the")
    )
    if any(commands(name.end) for name in fits):
        return True
    if kind in ("he", "she"):
        return False
    nouns = _NOUN.finditer(asked, 0, found.start())
    return any(_antecedent(noun, kind, asked) and commands(noun.end()) for noun in nouns)


def _antecedent(noun: re.Match[str], kind: Pronoun, asked: str) -> bool:
    """Whether a common noun of the question agrees with "it" or "they"."""
    word, determiner = noun["noun"].casefold(), noun["det"].casefold()
    plural = word.endswith("s") or word in ("people", "children", "kids")
    if plural != (kind == "they") or term(word) is None:
        return False
    # "which year did its ..." is no subject, "which school has its ..." is
    rest = asked[noun.end() :]
    fronted = determiner.startswith(("what", "which", "how")) and _AUX_NEXT.match(rest)
    return not fronted or bool(_HAS_ITS.match(rest))


def _referent(
    kind: Pronoun, found: re.Match[str], besides: Sequence[str], asked: str, talk: Talk
) -> str | None:
    """What the pronoun stands for, where that is certain enough to put it there."""
    last = talk.last
    members = kind == "they" and asked[: found.start()].casefold().endswith("of ")
    for turn in reversed(talk.turns[-4:] if members else talk.turns[-1:]):
        if phrase := _asked_for(turn, kind, talk.focus):
            return phrase
    excluded = list(besides)
    in_question = [name.text for name in talk.focus.of(last.question)]
    if kind in ("he", "she") and _asks_who(last) and not _PERSONAL.search(last.raw):
        excluded += in_question
    if kind == "it" and _ASKS_OBJECT.match(last.question) and not _PERSONAL.search(last.raw):
        excluded += in_question
    if not in_question and (phrase := _spoken_of(last, kind)):
        return phrase
    name = talk.focus.best(kind, excluded)
    if name is None or talk.focus.fit(name, kind) < 0.45:
        return None
    if kind == "it" and not in_question and name not in last.answer:
        return None  # talk has moved on to something that has no name
    return _placed(last.question, name) if kind == "it" else name


def _placed(question: str, name: str) -> str:
    """The whole phrase where the name only says which one: "the lighthouse at Corran Point"."""
    phrase = rf"\bthe\s+[a-z][\w-]*\s+(?:at|of|in|on|near)\s+{re.escape(name)}\b"
    found = re.search(phrase, question, re.IGNORECASE)
    return found[0] if found else name


def _spoken_of(turn: Turn, kind: Pronoun) -> str | None:
    """What a question without a name and its answer both speak of: "the bakery"."""
    if kind not in ("it", "they"):
        return None
    said = f"{turn.answer} ".casefold()
    for found in _THE_PHRASE.finditer(turn.question):
        split = found[1].split()
        for length in range(len(split), 0, -1):
            phrase = " ".join(["the", *split[:length]])
            plural = phrase.endswith("s") and not phrase.endswith("ss")
            if plural == (kind == "they") and re.search(_as_said(split[:length]), said):
                return phrase
    return None


def _as_said(words: Sequence[str]) -> str:
    """How an answer may say "the second ferry": "a second electric ferry"; one word as it is."""
    if len(words) == 1:
        return rf"\bthe {re.escape(words[0])}\b"
    between = r"\s+(?:[a-z][\w-]*\s+){0,2}?"
    return rf"\b(?:the|an?|its|their)\s+{between.join(map(re.escape, words))}\b"


def _asked_for(turn: Turn, kind: Pronoun, focus: Focus) -> str | None:
    """What an earlier question asked for, where "it" or "they" can mean it: "who are X?"."""
    found = _NOUN_PHRASE_ASKED.match(turn.question)
    if found is None or kind not in ("it", "they"):
        return None
    phrase: str = found["phrase"]
    plural = (found["be"] or "are").casefold() in ("are", "were")
    fits = (
        plural == (kind == "they")
        and len(phrase.split()) <= 6
        and not PRONOUN.search(phrase)
        and not _VERB.search(phrase)
        and not re.match(r"(?:an?|one|some)\b", phrase, re.IGNORECASE)
        and focus.of(phrase)
    )
    return phrase if fits else None


def _asks_who(last: Turn) -> bool:
    """Whether the last question asked for a person by what that person does or is."""
    found = re.match(rf"{LEAD}who\s+(?:(?:is|was)\s+(?P<of>[^?]+)|(?!{AUX}\b))", last.question,
                     re.IGNORECASE)  # fmt: skip
    return bool(
        found and not (found["of"] and found["of"][:1].isupper() and "'s" not in found["of"])
    )


def _is_possessive(found: re.Match[str], asked: str) -> bool:
    pronoun = found.group().casefold()
    return pronoun in _POSSESSIVES and not (
        pronoun == "her" and _AFTER_OBJECT.match(asked, found.end())
    )


def _place(talk: Talk) -> str | None:
    found = _PLACE_PHRASE.search(talk.last.question)
    if found and talk.focus.of(found["phrase"]):
        return found["phrase"]
    return None


def _pointing(asked: str, talk: Talk, own: Sequence[Name]) -> tuple[list[Edit], list[str]]:
    """What "this" and "that band" point at: the edit that names it, or what is to be added."""
    top = talk.focus.top()
    about = [f"about {top}"] if top and not own else []
    if _THIS_TEXT.search(asked):
        return [], about if _LEANING.search(asked) else []
    if _THAT.search(asked):
        return [], [talk.body]
    if found := _DEMONSTRATIVE.search(asked):
        noun = term(found["noun"])
        if noun is None:
            return [], []
        if called := _called(found, talk):
            return [called], []
        known = noun in terms(f"{talk.last.question} {talk.last.answer}")
        return [], [talk.body] if known else []
    return ([], []) if own else _definite(asked, talk, about)


def _definite(asked: str, talk: Talk, about: list[str]) -> tuple[list[Edit], list[str]]:
    """The same for "the company" in a question that names nothing."""
    questioned = {one for turn in talk.turns[-2:] for one in terms(turn.question)}
    said = questioned | {one for turn in talk.turns[-2:] for one in terms(turn.answer)}
    for found in _DEFINITE.finditer(asked):
        if called := _called(found, talk):
            return [called], []
        if set(terms(found["noun"])) & said:
            return [], about
    short = len(asked.split()) <= 10
    if short and any(set(terms(n[1])) & questioned for n in _THE.finditer(asked)):
        return [], [talk.body]
    return [], about if _LEANING.search(asked) else []


def _called(noun: re.Match[str], talk: Talk) -> Edit | None:
    """The name that stands beside the noun in the last turns: "the band Blue Kettle"."""
    beside = re.compile(
        rf"\b{re.escape(noun['noun'])}\W{{0,2}}"
        r"(?:(?:called|named|was|is|titled|entitled|the)\s+)?\W{0,2}$",
        re.IGNORECASE,
    )
    for turn in reversed(talk.turns[-2:]):
        for text in (turn.answer, turn.question):
            for name in talk.focus.of(text):
                if beside.search(text[max(0, name.start - 40) : name.start]):
                    return noun.end("noun"), noun.end("noun"), f" {name.text}"
    return None
