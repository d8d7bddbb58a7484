"""Whether what is said at a place in a sentence has been or will be."""

import re
from typing import NamedTuple

from qa.times.readings import Tense

_IRREGULAR = (
    "was were had did been became began begun bought brought broke built came caught chose dealt"
    " drew fell fought found gave given went gone got grew grown held kept knew known led left lost"
    " made meant met paid ran rose risen said sang sat saw seen sent shook shot shown slipped sold"
    " sought spent spoke stood stopped struck swept taken taught thought threw told took tore"
    " understood undergone underwent withdrew won wrote written overtook unbuilt wound slid sank"
    " drove driven died lay fled hit burnt felt kept slept learnt lent bent wept swore bore beat"
    " bit blew drank ate flew froze forgot hid rang rode sank spun stole stuck swam"
    " wore woke laid"
).split()
_NOT_PAST = (
    r"(?:need|indeed|speed|seed|feed|breed|hundred|embed|united|limited|so-called|shed|bed|red)"
)
_PLANNED = (
    r"(?:scheduled|expected|planned|slated|due|set|projected|forecast|poised|expects?|plans?"
    r"|aims?|intends?|hopes?|targets?|forecasts?|targeting|planning|expecting|hoping|aiming"
    r"|pledged|promised|upcoming|vowed)"
)
_DONE = rf"(?!\w*\d)\w+ed|{'|'.join(_IRREGULAR)}"  # "will be held": no past
_CUE = re.compile(
    rf"""(?i:
      (?P<open>(?:was|were|been)\s+(?:originally\s+|initially\s+|first\s+)?(?:scheduled|expected
        |planned|slated|due|set|projected)\b(?:\s+(?:to|be|have|been)\b(?:\s+(?:{_DONE})\b)?)*
        |\b(?:is|are)\s+(?:not\s+|\w+ly\s+)?(?!{_PLANNED}\b)(?:{_DONE})\b)
    | (?P<would>\b(?:would|could|might|was\s+to|were\s+to)\b
        (?:\s+(?:have|be|been|not|also|{_DONE})\b)*)
    | (?P<future>(?:\b(?:will|shall|may|can|must|should|won['\u2019]t)\b
        |['\u2019]ll\b|\b{_PLANNED}\b
        |\bto\s+(?:be|have)\b|\bgoing\s+to\b)(?:\s+(?:not|also|then|have|be|been|to|for|\w+ly
        |{_DONE})\b)*)
    | (?P<past>\b(?!{_NOT_PAST}\b)(?:\w+ed|{"|".join(_IRREGULAR)})\b|\bas\s+of\b|\b(?:has|have)\b)
    )""",
    re.VERBOSE,
)


class Cue(NamedTuple):
    """Words that tell the tense, and where they stand; None where they leave it open."""

    start: int
    end: int
    tense: Tense | None


def cues(sentence: str) -> tuple[Cue, ...]:
    """The words of ``sentence`` that tell a tense, in order."""
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
