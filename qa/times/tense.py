"""Whether what is said at a place in a sentence has been or will be."""

import re

from qa.times import foreign
from qa.times.readings import Atom, Cue, Tense

_IRREGULAR = (
    "was were had did been became began begun bought brought broke built came caught chose dealt"
    " drew fell fought found gave given went gone got grew grown held kept knew known led left lost"
    " made meant met paid ran rose risen said sang sat saw seen sent shook shot shown slipped sold"
    " sought spent spoke stood stopped struck swept taken taught thought threw told took tore"
    " understood undergone underwent withdrew won wrote written overtook unbuilt wound slid sank"
    " drove driven died lay fled hit burnt felt kept slept learnt lent bent wept swore bore beat"
    " bit blew drank ate flew froze forgot hid rang rode sank spun stole stuck swam"
    " wore woke laid done paid hung stung swung dug bound bred fed spread"
    " burst"
).split()
_NOT_PAST = (
    r"(?:need|indeed|speed|seed|feed|breed|hundred|embed|united|limited|so-called|shed|bed|red)"
)
_PLANNED = (
    r"(?:scheduled|expected|planned|slated|due|set(?=\s+(?:to|for)\b)|projected|forecast|poised|expects?|plans?"
    r"|aims?|intends?|hopes?|targets?|forecasts?|targeting|planning|expecting|hoping|aiming"
    r"|pledged|promised|upcoming|vowed)"
)
_DONE = rf"(?!\w*\d)\w+ed|{'|'.join(_IRREGULAR)}"  # "will be held": no past
PARTICIPLE = (
    rf"(?:(?!{_NOT_PAST}\b)\w{{2,}}ed|held|made|written|sent|drawn\s+up|taken|kept|given|done|met)"
)
"""A clause's first word where it tells of what was done: "Held on", "Signed at"."""
_CUE = re.compile(
    rf"""(?i:
      (?P<open>(?:was|were|been)\s+(?:originally\s+|initially\s+|first\s+)?(?:scheduled|expected
        |planned|slated|due|set|projected)\b(?:\s+(?:to|be|have|been)\b(?:\s+(?:{_DONE})\b)?)*
        |\b(?:is|are)\s+(?:not\s+|\w+ly\s+)?(?!{_PLANNED}\b)(?:{_DONE})\b)
    | (?P<would>\b(?:would|could|might|was\s+to|were\s+to)\b
        (?:\s+(?:have|be|been|not|also|{_DONE})\b)*)
    | (?P<future>(?:\b(?:please|will|shall|(?-i:may)|can|must|should|won['\u2019]t)\b
        |['\u2019]ll\b|\b{_PLANNED}\b
        |\b(?:stays?|remains?)\b(?=\s+\w+ed\b)|\bto\s+(?:be|have)\b|\bgoing\s+to\b)(?:\s+(?:not|also|then|have|be|been|to|for|\w+ly
        |{_DONE})\b)*)
    | (?P<past>\b(?!{_NOT_PAST}\b)(?:\w+ed|{"|".join(_IRREGULAR)})\b|\bas\s+of\b
        |(?:\b(?:has|have)\b|\w['\u2019]ve\b)(?=\s+(?:\w+\s+){{0,2}}?(?:{_DONE})\b))
    )""",
    re.VERBOSE,
)


def cues(sentence: str, language: str = "en") -> tuple[Cue, ...]:
    """The words of ``sentence`` that tell a tense, in order."""
    if language != "en":
        return foreign.cues(sentence, language)
    tenses: dict[str, Tense | None] = {
        "open": None, "would": "would", "future": "future", "past": "past"
    }  # fmt: skip
    return tuple(
        Cue(match.start(), match.end(), tenses[str(match.lastgroup)])
        for match in _CUE.finditer(sentence)
    )


def tense_at(found: tuple[Cue, ...], start: int, end: int) -> Tense | None:
    """The tense at ``sentence[start:end]``: of the nearest cue before it, else the first after."""
    before = [cue for cue in found if cue.end <= start]
    if before:
        return before[-1].tense
    after = [cue for cue in found if cue.start >= end]
    return after[0].tense if after else None


_UP_TO = re.compile(
    r"\b(?:by|until|till|before|(?:later|earlier)\s+than|(?<!was )(?<!were )due(?:\s+(?:on|in|by))?"
    r"|payable(?:\s+on)?"
    r"|valid(?:\s+(?:to|on))?|expires?(?:\s+on)?|bis|spätestens(?:\s+am)?|avant|hasta|antes\s+del?"
    r"|jusqu['’](?:au|à|en)|d['’]ici(?:\s+à)?)\s+(?:(?:the|zum|den|le|au|el)\s+)?$",
    re.I,
)
_FOR_A_DAY = re.compile(r"\bfor\s+$", re.I)
_OF = re.compile(r"\b(?:of|dated|vom|de|du|del)\s+(?:the\s+)?(?:week\s+of\s+)?$", re.I)
_SINCE = re.compile(r"\b(?:since|seit|depuis|desde)\s+(?:(?:dem|le|el)\s+)?$", re.I)
_AHEAD = re.compile(  # what a label or the head of a column says of the dates under it
    r"(?:^|[|;.(*_-]|\n)[\s*_>-]*(?:(?:due|deadline|next|by|until|till|when|expir|valid|payable|pay"
    r"|return|closing|target|planned|upcoming|starts?|begins?|ends?|opens?|effective)\b[^:|\n.;]{0,40}"
    r"|(?:expiry|expires)[^:|\n.;]{0,20}|[^:|\n.;]{1,30}\b(?:due|deadline|until|by|before))"
    r":\**\s*$",
    re.I,
)
_RUNS = re.compile(  # "signed in March, it runs until May"
    r"\b(?:(?:runs?|lasts?|continues?|extends?)|(?:remains?|stays?|is|are)\s+\w+)"
    r"\s+(?:until|till|through)\s+$|\bnext(?:\s+\w+)?\s+(?:in|on)\s+$"
    r"|(?:^|[.;:]\s+)\W*next\s+\w+\b[^.;:]*$",
    re.I,
)
_PARTICIPLE = re.compile(r"\w+(?:en|wn|ne|un)", re.I)  # never a sentence's own past
_BEFORE_IT = re.compile(r"(?:[底初末]|中旬)?[之以]?前")
_HELPED = re.compile(r"\b(?:was|were|has|have|had|been)\s+(?:\w+\s+)?$", re.I)
_APART = re.compile(r"[;:]\s|[.?!][\"”’)]*\s|[,\u2013\u2014]\s+(?:and|but|while|whereas)\s", re.I)
_FOR_ELSE = re.compile(r"\bfor\s+$", re.I)
_PRESENT = re.compile(r"\b(?:is|are|am|has|have|does|do|i|we|you|they)\b", re.I)
_WHOLE = re.compile(r"[.!][\"”’)*_]*\s*$")
_STOPS = ";:.!?"
_ANSWER = 4  # words at most of an answer that has no verb: "In October."


def is_ahead(lead: str) -> bool:
    """Whether ``lead`` ends with a label of what is to come: "Due:", "Next meeting:"."""
    return _AHEAD.search(lead) is not None


def direction(sentence: str, atom: Atom, before: str | None) -> Tense | None:
    """Whether what ``atom`` speaks of has been or is to come; None where neither is sure.

    A label and the preposition decide first: what is due "by" a day is to come, what is "of" a
    day has been.  Then the clause's tense.  A whole sentence without any past or future is in the
    present, and what the present says of a day is a plan.  A verbless answer has the tense of
    its question, ``before``.
    """
    start, end = atom.start, atom.end
    lead, marks = sentence[:start], cues(sentence, atom.language)
    if _SINCE.search(lead):
        return "past"
    if is_ahead(lead):
        return "plan"
    if _RUNS.search(lead) or _BEFORE_IT.match(sentence, end):
        return "future"
    opens = max(
        (match.end() for match in _APART.finditer(sentence, 0, start) if match.end() < start),
        default=0,
    )
    closes = next((match.start() for match in _APART.finditer(sentence, end)), len(sentence))
    near = tuple(cue for cue in marks if opens <= cue.start and cue.end <= closes)
    last = next((cue for cue in reversed(near) if cue.end <= start), None)
    if _UP_TO.search(lead) or (_FOR_A_DAY.search(lead) and "day" in sentence[start:end].lower()):
        if last is None or last.tense != "past":
            return "future"
        if _HELPED.search(sentence, 0, last.start):
            return "past"
        if _PARTICIPLE.fullmatch(sentence, last.start, last.end):
            return "future"
        return None if sentence[last.start : last.end].endswith("ed") else "past"
    if _OF.search(lead):
        return None if last and last.tense == "future" else tense_at(near, start, end) or "past"
    if (
        _FOR_ELSE.search(lead) and " " not in sentence[start:end]
    ):  # "the figures for December", "tickets for May"
        return "future" if last and last.tense == "future" else None
    if near:
        return tense_at(near, start, end)
    if not marks and before is not None and before.rstrip().endswith("?"):
        asked = cues(before, atom.language)
        if len(f"{lead} {sentence[end:]}".split()) <= _ANSWER:
            return asked[0].tense if asked else "future"
    clause = f"{sentence[opens:start]} {sentence[end:closes]}"
    ends = (opens and sentence[opens - 2] in _STOPS) or sentence[closes : closes + 1] in (*_STOPS,)
    apart = ends and len(clause.split()) > 2
    if marks and not apart and not _PRESENT.search(clause):
        return tense_at(marks, start, end)
    if atom.language != "en":
        return None  # the present is not told from the past by these forms
    whole = _WHOLE.search(sentence) and len(clause.split()) > 1
    return "plan" if marks or whole else None
