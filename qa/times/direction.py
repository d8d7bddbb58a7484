"""Whether what is said of a date has been or is to come: the one place that decides it.

What stands before the date decides first: "since" a day, "by" it, a label of what is due.  Else
the nearest verb of its clause does, by its form: auxiliaries, endings and strong verbs, which are
closed classes.  A clause without either is in the present, and what the present says of a day is
a plan.  Where nothing tells (a heading, a cell, "of 5 May"), it is left open.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from qa.text.words import STOPWORDS
from qa.times.readings import Atom, Tense
from qa.times.words import words

_STRONG = (
    "ate beat became began begun bent bit bitten blew bore bought bound bred broke broken "
    "brought built burnt burst came caught chose chosen dealt did died done drawn drew driven "
    "drove dug eaten fallen fed fell felt fled flew flown forgot fought found froze frozen "
    "gave given gone got grew grown held hid hidden hung kept knew known laid lay learnt led "
    "left lent lost made meant met overtook paid ran rang ridden risen rode rose said sang "
    "sank sat saw seen sent shook shot shown slept slid slipped sold sought spent spoke "
    "spoken spun stole stolen stood struck stuck stung sunk swam swept swore sworn taken "
    "taught thought threw thrown told took tore torn undergone understood underwent went wept "
    "withdrew woke won wore worn wound written wrote"
).split()
_DONE = (
    r"(?:(?!(?:need|indeed|speed|seed|feed|breed|hundred|embed|shed|bed|red)\b"
    r"|provided\s+(?:that|you|he|she|it|they|we|I)\b)(?!\w*\d)\w{2,}ed"
    rf"|{'|'.join(_STRONG)})"
)
_SAME = (
    r"(?:bet|burst|cast|cost|cut|hit|hurt|let|put|quit|read|set(?!\s+(?:to|for)\b)|shut|split"
    r"|spread)"
)
"""Verbs whose past is their present; of a single he or she that lacks the "s" it is the past."""
_BARE = "".join(
    rf"(?<!\b{one}\s)"
    for one in (
        "to be is are was were been has have had will shall can must not please the a he she it"
    ).split()
)
_ONE = re.compile(
    r"(?:(?:^\W*|[,;:]\s+)(?P<name>(?:[A-Z][\w&.'\u2019-]*\s+)+)|^An?\s+(?P<noun>(?:[a-z][\w-]*\s+){1,2}))$"
)
_OBJECT = re.compile(r"\s+(?:the|an?|its|his|her|their|[A-Z]\w+)\s")
_NO_NAME = STOPWORDS.union(
    "people men women children staff police please always never let make help might".split()
)
"""What may open a sentence before such a verb, and is not the name of one."""
PARTICIPLE = rf"(?:(?!hundred\b)\w{{2,}}ed|{'|'.join(_STRONG)})"
"""A line's first word where it tells of what was done: "Held on", "Signed at"."""
_PLANNED = r"(?:scheduled|expected|planned|due|set(?=\s+(?:to|for)\b)|projected|forecast|intended)"


class _Forms(NamedTuple):
    """How verbs show their time in a language; ``open`` is what may be over or not."""

    past: str
    future: str
    plan: str = r"(?!)"
    would: str = r"(?!)"
    open: str = r"(?!)"


_FORMS = {
    "en": _Forms(
        open=rf"\b(?:was|were|been)\s+(?:\w+ly\s+|first\s+)?{_PLANNED}\b(?:\s+(?:to|be|have|been)\b"
        rf"(?:\s+{_DONE}\b)?)*|(?<=\w\s){_BARE}{_SAME}\b",
        would=rf"\b(?:would|could|might|was\s+to|were\s+to)\b(?:\s+(?:have|be|been|not|also|{_DONE})\b)*",
        plan=rf"\b(?:is|are|gets?|stays?|remains?)\s+(?:not\s+|being\s+|\w+ly\s+)?(?!{_PLANNED}\b){_DONE}\b"
        r"|\b(?:is|are|am|does|do)\b(?!\s+(?:not\s+)?(?:\w+ly\s+)?(?:to|going|due)\b)",
        future=rf"(?:\b(?:please|will|shall|(?-i:may)|can|must|should|won['\u2019]t|{_PLANNED})\b"
        r"|['\u2019]ll\b|\bto\s+(?:be|have)\b|\bgoing\s+to\b)"
        r"(?:(?:\s+\w+){0,2}?\s+(?:be|have)\b)?"
        rf"(?:\s+(?:not|also|then|have|be|been|to|for|\w+ly|{_DONE})\b)*",
        past=rf"(?:\b(?:has|have|had|was|were|been)|['\u2019]ve)\b\s+(?:(?:not|also|been|just|now|never|ever|since|already|recently|\w+ly)\s+)*"
        rf"{_DONE}\b"
        rf"|\b(?:was|were|had|did|{_DONE}|as\s+of)\b|(?:(?<=\bhe\s)|(?<=\bshe\s)|(?<=\bit\s)){_SAME}\b",
    ),
    "de": _Forms(
        past=r"\b(?:wurden?|waren?|hatten?|worden)\b"
        r"|\b(?:ist|sind|hat|haben|habe|bin)\b(?=(?:[^.;!?]|\d\.)*?\b(?:\w*ge\w{2,}(?:t|en)|\w+iert"
        r"|(?:be|ver|er|ent|zer|über|unter)\w+(?:t|en))\s*(?:[.,;:!?)]|$|und\b))"
        r"|\b(?:ab|an|auf|aus|ein|zu)?(?:kam|ging|gab|fand|stand|nahm|sah|ließ|lief|blieb|stieg"
        r"|fiel|zog|trug|schrieb|sprach|traf|begann|schloss|brach|fuhr|starb|verlor|gewann|bot"
        r"|flog|hielt|rief|half|lag|brachte|riss)(?:en|n)?\b"
        r"|(?<!\bd[eia][rsemn]\s)(?<!\bdie\s)\b(?!(?-i:[A-ZÄÖÜ])|(?:heu|bit|letz|nächs|ers|bes|gesam"
        r"|könn|möch|soll|müss)te)[a-zäöüß]{2,}te[nt]?\b",
        future=r"\b(?:bitte|wird|werden|soll|sollen|muss|müssen|kann|können|darf|will|wollen|möchten?"
        r"|geplant|voraussichtlich|planen)\b(?![^.;]*\bworden\b)",
        plan=r"\b(?!(?-i:[A-ZÄÖÜ])|(?:nich|mi|sei|ers|jetz|is|ha|lau|dor|fas|of|wei|gu|selbs|zuletz"
        r"|dami|somi|berei)t\b|\w*(?:ge|be|ver|ent|zer|ier)\w*t\s*(?:[.,;!?)]|$))[a-zäöüß]{2,}t\b",
    ),
    "fr": _Forms(
        past=r"\b(?:ai|as|a|ont|avons|avez|avait|avaient|est|sont|était|étaient)\s+(?!lieu\b)"
        r"(?:\w+\s+){0,2}?(?!prévu|(?:lun|mar|mercre|jeu|vendre|same)di)(?:\w+(?:ée?s?|ie?s?|ue?s?|it|erte?s?)|faite?s?|mise?s?)\b|\b\w{3,}(?:ait|aient)\b"
        r"|(?<!\ble\s)(?<!\bla\s)(?<!\bdu\s)(?<!\bau\s)(?<!\bun\s)(?<!\bce\s)(?<!\bles\s)(?<!\bdes\s)"
        r"(?<!\bune\s)\b(?:faite?s?|\w{3,}ée?s?)\b",
        future=r"\bser(?:a|ont)\s+(?:pas\s+|\w+ment\s+)?\w+(?:é|i|u|t)e?s?\b|\b\w{2,}r(?:a|ont|ons|ez)\b"
        r"|\b(?:va|vont|doit|doivent|peut|peuvent)\b"
        r"(?:\s+être\s+\w+)?|\bprévue?s?\b|\bà\s+\w{3,}(?:er|ir|re)\b",
    ),
    "es": _Forms(
        past=r"\b\w{2,}(?:ó|aron|ieron|eron|é|í|aban?|ían?)\b|\b(?:he|ha|hemos|han|había|habían)\s+"
        r"\w+(?:[ai]do|to|cho)\b|\b(?:fue|hizo|vino|dijo|tuvo|estuvo|puso|pudo|quiso|supo|trajo|dio"
        r"|vio|hubo)\b",
        future=r"\b\w{2,}r(?:án?|é|emos)\b|\b(?:va|van|debe|deben|puede|pueden|previst[oa]s?)\b",
    ),
    "zh": _Forms(
        past="[了已曾]|完成", future="将|会(?!议)|预计|计划|请|(?<=[日号月底初末])[之以]?前"
    ),
}
SINCE = re.compile(
    r"\b(?:(?:ever\s+)?since|seit|depuis|desde)\s+(?:(?:dem|le|el)\s+)?(?:(?:mois|mes)\s+d[e'’]\s*)?$",
    re.I,
)
"""What stands before a time that has gone on from then."""
_LIMIT = re.compile(
    r"\b(?:by|until|till|before|(?:later|earlier)\s+than|due(?:\s+(?:on|in|by))?|bis|spätestens(?:\s+am)?"
    r"|avant|hasta|antes\s+del?|jusqu['’](?:au|à|en)|d['’]ici(?:\s+à)?)"
    r"\s+(?:(?:the|zum|den|le|au|el)\s+)?$",
    re.I,
)
_OF = re.compile(r"\b(?:of|dated|vom|de|du|del)\s+(?:the\s+)?(?:week\s+of\s+)?$", re.I)
_FOR = re.compile(r"\b(?:for|pour|für|para)\s+(?:(?:the|le|den|el)\s+)?$", re.I)
_LABEL = re.compile(  # what a label or the head of a column says of the dates under it
    r"(?:^|[|;.:(*_-]|\n)[\s*_>-]*(?:(?:due|deadline|next|by|until|till|when)\b[^:|\n.;]{0,40}"
    r"|[^:|\n.;]{1,30}\b(?:due|deadline|until|by|before)):\**\s*$"
    r"|(?:^|[.;:]\s+)\W*next\s+\w+\b[^.;:]*$",
    re.I,
)
_HELPED = re.compile(r"(?:was|were|has|have|had|been)\b|['\u2019]ve\b", re.I)
_WAS = re.compile(r"(?:was|were)\s+(?:the\s+)?", re.I)
"""A copula right before a day: in "26 April (was 5 April)" the plan has gone, not the day."""
_APART = re.compile(
    r"[;:]\s|[.?!][\"”’)]*\s|[,\u2013\u2014]\s+(?:and|but|while|whereas)\s"
    r"|\b(?:that|because|if)\s(?=\W*\w+\W+\w+)",
    re.I,
)
_INSIDE = re.compile(  # "The bridge, closed since May, reopens": of the bridge, not of when
    rf",\s+(?:who|which|(?:\w+ly\s+)?{_DONE})\b[^,.;:!?]*,|\([^()]*\)", re.I
)
_MOVED = re.compile(
    r"\b(?:put\s+(?:off|back)|postpon|mov(?:ed|es?|ing)\b|delay|defer|push(?:ed|es)?\b|(?:brought|bring)\s+forward"
    r"|rescheduled?|extended?\b|shift|slip|adjourned|prolonged)\w*(?P<rest>[^.;:!?]*)"
    r"\b(?:from|to|till|until|into|for)\s+(?:the\s+)?$",
    re.I,
)
_DONE_ALONE = re.compile(_DONE, re.I)
_JOINED = re.compile(
    r"[,\u2013\u2014]|\b(?:and|or|but|so|who|which|when|where|as|than|to|that|it|he|she|they|we|I|you|there)\b",
    re.I,
)
_OTHER = re.compile(r",|\s(?:and|but|while)\s+(?:the|an?|he|she|it|they|we|I|you)\s")
"""Where another clause begins, with its own subject."""
_WHOLE = re.compile(r"[.!][\"”’)*_]*\s*$")
_SUBJECT = re.compile(r"(?:I|you|he|she|it|we|they)\b(?!['’])", re.I)
_OPENING = 3  # words before a date that opens its clause: "In the end on Monday"
_ANSWER = 4  # words at most of an answer that has no verb: "In October."


class Cue(NamedTuple):
    """A verb that tells a tense, and where it stands; None where it leaves it open."""

    start: int
    end: int
    tense: Tense | None


@lru_cache
def _pattern(language: str) -> re.Pattern[str]:
    forms = _FORMS[language]
    kinds = ("open", "would", "plan", "future", "past")
    return re.compile("|".join(f"(?P<{kind}>{getattr(forms, kind)})" for kind in kinds), re.I)


def cues(sentence: str, language: str = "en") -> tuple[Cue, ...]:
    """The verbs of ``sentence`` that tell a tense, in order."""
    tenses: dict[str, Tense | None] = {
        "open": None, "would": "would", "plan": "plan", "future": "future", "past": "past"
    }  # fmt: skip
    return tuple(
        Cue(
            match.start(),
            match.end(),
            "past" if _is_of_one(sentence, match) else tenses[str(match.lastgroup)],
        )
        for match in _pattern(language).finditer(sentence)
    )


def _is_of_one(sentence: str, verb: re.Match[str]) -> bool:
    """Whether a verb is past for want of an "s": "Voltane cut the price", "A bus hit the gate"."""
    subject = _ONE.search(sentence, 0, verb.start())
    is_same = re.fullmatch(_SAME, verb.group()) and _OBJECT.match(sentence, verb.end())
    if subject is None or not is_same:
        return False
    said = (subject["name"] or subject["noun"]).split()
    if any(one.lower() in _NO_NAME or any(words(one, "en")) for one in said):
        return False
    return bool(subject["noun"]) or said[-1][-1] != "s" or len(said) > 1


def is_ahead(lead: str) -> bool:
    """Whether ``lead`` ends with a label of what is to come: "Due:", "Next meeting:"."""
    return _LABEL.search(lead) is not None


def is_moved(lead: str) -> bool:
    """Whether something is moved from or to what follows: "put off from", "... August to"."""
    return _MOVED.search(lead) is not None


def tense_at(found: tuple[Cue, ...], start: int, end: int) -> Tense | None:
    """The tense at ``sentence[start:end]``: of the nearest verb before it, else the first after."""
    one = _nearest(found, start, end)
    return one.tense if one else None


def _nearest(found: tuple[Cue, ...], start: int, end: int) -> Cue | None:
    before = [cue for cue in found if cue.end <= start]
    return before[-1] if before else next((cue for cue in found if cue.start >= end), None)


def _main(sentence: str, found: tuple[Cue, ...], start: int, end: int, language: str) -> Cue | None:
    """The verb that tells the tense; of "Boxes left over Easter will be taken" none does."""
    verb = _nearest(found, start, end)
    if language != "en" or verb is None or verb.tense != "past" or verb.end > start:
        return verb
    if not _DONE_ALONE.fullmatch(sentence, verb.start, verb.end):
        return verb
    after = next((cue for cue in found if cue.start >= end), None)
    if after is None or after.tense != "future" or _JOINED.search(sentence, end, after.start):
        return verb
    return verb._replace(tense=None)  # a participle: of what was, or will be by then


def direction(sentence: str, atom: Atom, before: str | None) -> Tense | None:
    """Whether what is said of ``atom`` has been or will be; None where that is open.

    ``before`` is the sentence before: a verbless answer has the tense of its question.
    """
    start, end = atom.start, atom.end
    lead, found = sentence[:start], cues(sentence, atom.language)
    if SINCE.search(lead):
        return "past"
    if is_ahead(lead):
        return "due"
    if is_moved(lead):
        return None
    for inside in _INSIDE.finditer(sentence):
        first, last = inside.span()
        if first <= start and end <= last:
            found = tuple(cue for cue in found if first <= cue.start < last)
            if not found:
                return None
        else:
            found = tuple(cue for cue in found if not first <= cue.start < last)
    apart = tuple(_APART.finditer(sentence))
    starts = (one.end() for one in apart if one.end() <= start - (one[0][0] == ":"))
    opens = max(starts, default=0)
    closes = min((one.start() for one in apart if one.start() >= end), default=len(sentence))
    told = sentence[opens:start].split()
    if len(told) > _OPENING or (len(told) > 1 and _SUBJECT.match(told[0])):
        # Its verb stands before it, in the present: "It applies from 1 May, trainees included".
        other = _OTHER.search(sentence, end, closes)
        closes = other.start() if other else closes
    near = tuple(cue for cue in found if opens <= cue.start and cue.end <= closes)
    verb = _main(sentence, near, start, end, atom.language)
    if _LIMIT.search(lead):
        if verb is None or verb.tense not in ("past", None):
            return "future"
        return "past" if _HELPED.match(sentence, verb.start) else None
    if _OF.search(lead):
        return "past" if verb and verb.tense == "past" else None
    if _FOR.search(lead):
        before_it = verb.tense if verb and verb.end <= start else None
        return before_it if before_it != "past" else None  # "promised for Thursday"
    if verb is not None:
        return None if _WAS.fullmatch(sentence, verb.start, start) else verb.tense
    words = len(f"{sentence[opens:start]} {sentence[end:closes]}".split())
    if not found and before is not None and before.rstrip().endswith("?") and words <= _ANSWER:
        asked = cues(before, atom.language)
        return asked[0].tense if asked else "future"
    if words <= 1 and found:
        return tense_at(found, start, end)
    if atom.language != "en":
        return None  # the present is not told from the past by these forms
    return "plan" if found or (_WHOLE.search(sentence) and words > 1) else None
