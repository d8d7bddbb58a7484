"""The grammar of temporal expressions: one table of what they look like and what reads each.

In the table a blank is any white space, ``{name}`` one of the parts above it (``{date}`` a month
and a day in either order), and case counts in names alone.  The first row that takes a stretch of
a sentence keeps it, so longer forms stand first.  The last column is what must stand before a word
that has a second meaning: "May", "2,019 in 2019".
"""

import re

from qa.times import absolute as a
from qa.times import relative as r
from qa.times.holidays import NAMES
from qa.times.rules import Build, Rule, rule
from qa.times.words import (
    DASH,
    DAY,
    FIGURES,
    MONTH,
    NUMBER,
    ORDINALS,
    UNIT,
    WEEKDAY,
    WEEKDAY_BEFORE_DATE,
    YEAR,
)

_PARTS = {
    "FIGURES": FIGURES,
    "YEAR": YEAR,
    "MONTH": f"(?-i:{MONTH})",
    "UNIT": UNIT,
    "DASH": DASH,
    "y": rf"(?P<y>{YEAR})",
    "month": rf"(?P<month>(?-i:{MONTH}))",
    "ORDINALS": "|".join(ORDINALS),
    "day": rf"(?P<day>{DAY})",
    "wd": rf"(?P<wd>(?-i:{WEEKDAY}))",
    "n": rf"(?P<n>{NUMBER})(?: |-)(?:full |whole |calendar )?",
    "unit": rf"(?P<unit>{UNIT})",
    "one": r"(?P<unit>day|week|month|quarter|year)\b",
    "units": r"(?P<unit>days|weeks|months|quarters|years)\b",
    "season": r"(?P<season>spring|summer|autumn|fall|winter)",
    "ordinal": r"(?P<q>first|second|third|fourth|1st|2nd|3rd|4th)",
    "last": r"(?P<which>last|this|next)",
    "which": r"(?P<which>this past|this coming|the coming|last|next|this|coming|past)",
    "this_week": r"(?:last|this|next) week",
    "ref": r"(?P<ref>(?:(?:last|this|next|that) year|the (?:previous|following|same|prior|current)"
    r" year|the (?:calendar )?year\b(?! \w+ed\b))(?!['\u2019]s))",
    "in_year": r"(?:,? (?:of )?{y}|,? (?:of |in )?{ref})",
    "edge": r"(?:the )?(?:beginning|start|middle|end) of",
    "mod": r"(?:(?P<mod>(?:the )?(?:early|mid|late)|{edge})(?: |-)(?:in )?)?",
    "about": r"(?P<about>(?:about|around|roughly|approximately|nearly|almost|some) )?",
    "more": r"(?P<more>(?:more than|over|less than|under|at least|up to) )?",
    "holiday": "(?P<holiday>"
    + "|".join(map(re.escape, NAMES)).replace("'", "['\u2019]").replace("\\ ", " ")
    + ")",
    "short": r"(?P<wd>(?-i:(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)(?:[a-z]*day)?))\b",
    "th": r"(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)\b",
    "stop": r"(?=\s*(?:[.,;:)!?|]|$)"
    r"| (?:and|or|to|but|at|in|for|from|until|when|we|I|he|she|they|it)\b)",
    "many": r"(?:days|weeks|months|quarters|years|decades?|century|centuries)",
    "part_of_day": r"(?: (?:morning|noon|lunchtime|afternoon|evening|night))?",
    "weekday": rf"(?:(?P<wd>(?-i:{WEEKDAY_BEFORE_DATE})),? (?:the )?)?",
    "month_day": r"{month} (?:the )?{day}",
    "day_month": r"(?:the )?{day} (?:day )?(?:of )?{month}",
    "range": rf"\s?(?:{DASH}|to\s|and\s)\s?(?P<last>{DAY})",
    "fiscal": r"(?P<fiscal>(?:fiscal|financial) )?",
    "ended": r"(?:(?:the|its|their|our) )?(?:(?:fiscal|financial) )?"
    r"(?P<size>(?:(?:first|second|third|fourth) )?(?:quarter|half(?:[\s-]year)?|year|month|week)"
    r"|(?:three|six|nine|twelve|3|6|9|12) months)"
    r" (?:(?:that |which )?(?:ended|ending)|to) (?:on )?",
    # A year by itself is a number unless a word before it or after it says otherwise.
    "after_year": r"(?-i:(?=\s*(?:$|[.,;:!?)\]\u201d\"\u2014\u2013]|['\u2019]s\b|(?:and|or|to|until"
    r"|till|through|but|the|it|its|with|when|while|was|were|is|are|has|had|have|will|as|for|on|at|in"
    r"|by|from|because|after|before|that|which|under|a|an|he|she|they|we|than)\b|[A-Z])))",
}
_NAME = re.compile(r"\{(\w*[a-zA-Z_]\w*)\}")
_FREE = r"\b(?:in|since|during|throughout|year)\s"
_BOUND = (
    r"\b(?:by|of|for|to|from|until|till|before|after|through|between|and|the|around|about|circa"
    r"|than|with|year,)\s|\("
)
_IN_MONTH = (
    r"\b(?:in|by|since|until|till|of|from|to|through|during|before|after|for|between|and"
    r"|in\searly|due)\s"
)
_ON_DAY = (
    r"(?:\b(?:by|until|till|before|after|for|of|from|to|since|due|than|said|told|\w\wed)\s|[|:]\s*)"
    r"[*_]*"
)
_AFTER_WORD = (
    r"(?:^\W*|\b(?-i:(?=[a-z])))(?!(?:every|each|a|the|one|any|per|most|Black|Good|Ash)\s)\w+\s"
)
_LIMIT = r"\b(?:since|until|till|by|before)\s"
_BEFORE_DAY = r"\b(?:on|of|by|until|till|before|from|between|since|after|due|expires?)\s"
_NO_HOLIDAY = r"(?<!Black\s)(?<!Good\s)(?<!Ash\s)"

# fmt: off
_TABLE: tuple[tuple[str, str, Build] | tuple[str, str, Build, str], ...] = (
    # dates in figures
    ("number", r"(?<![\d/.-])(?P<y>{FIGURES})-(?P<m>\d\d)-(?P<d>\d\d)(?:T[\d:.Z+-]+)?(?![\d-])",
     a.numeric),
    ("number", r"(?<![\d/.-])(?P<y>(?:19|20)\d\d)/(?P<m>\d\d?)/(?P<d>\d\d?)(?![\d/])", a.numeric),
    ("number", r"(?<![\d/.-])(?P<d>\d\d?)\.\s?(?P<m>\d\d?)\.\s?(?P<y>(?:19|20)\d\d)(?!\d)",
     a.numeric),
    ("number", r"(?<![\d/.-])(?P<d>[0-3]\d)\.(?P<m>[01]\d)\.(?P<y>[0-4]\d)(?![\d.])", a.numeric),
    ("number", r"(?<![\d/.-])(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<y>(?:19|20)\d\d)(?![\d/])", a.slashed),
    # days and months by name
    ("month", r"\b(?:the )?(?:week (?:of|beginning|commencing|starting)|w/c) {date}{in_year}?",
     a.week_of),
    ("month", r"\b{ended}{month}(?: {day})?{in_year}?", a.ended),
    ("month", r"\b{ended}{day} {month}{in_year}?", a.ended),
    ("month", r"\b(?:the )?(?P<q>first|last) day (?:of|in) {month}{in_year}?", a.edge_of_month),
    ("month", r"\b(?:the )?(?P<q>first|second) (?P<half>half) (?:of|in) {month}{in_year}?",
     a.edge_of_month),
    ("number", r"(?<![\d/.-])(?P<d>1[3-9]|2\d|3[01])/(?P<m>1[0-2]|0?[1-9])(?![\d/])", a.day,
     _BEFORE_DAY),
    ("holiday", r"\b(?:{last} )?{holiday}\b(?:{in_year}|{stop})", r.named_day),
    ("month", r"\b{weekday}{month_day}{range}{in_year}?", a.day),
    ("month", r"\b(?:(?<=\bbetween\s)|(?:the )?){day}{range} (?:of )?{month}{in_year}?", a.day),
    ("month", r"\b{weekday}{date}{in_year}?", a.day),
    ("month", r"\b(?:the )?(?P<word>{ORDINALS}) (?:day )?of {month}{in_year}?", a.day),
    ("month", r"\b{mod}{month}{in_year}", a.month),
    ("weekday", r"\b(?:the )?(?P<q>first|second|third|fourth|last) {wd} (?:of|in) {month}"
     r"{in_year}?", a.weekday_of_month),
    ("weekday", r"\b(?:{ordinal}|last) {wd} (?:of|in) (?:every|each|the|any|a) ", r.vague),
    ("month", r"\b(?:the )?(?:{ordinal}|last) (?:week|days) (?:of|in) {month}{in_year}?",
     r.vague),
    # quarters, halves, seasons
    ("unit", r"\b(?P<fiscal>){y}[\s-]?(?-i:Q)(?P<q>[1-4])\b", a.quarter),
    ("unit", r"\b(?P<fiscal>)(?-i:Q)(?P<q>[1-4])(?:(?: |/|-)(?:of )?(?P<y>{YEAR}|['\u2019]\d\d\b)"
     r"| (?:of )?{ref})?(?!\s*(?:FY|fiscal))", a.quarter),
    ("unit", r"\b{mod}(?:the )?{ordinal}[\s-]{fiscal}quarter"
     r"(?:{in_year}| (?:of )?(?P<f>(?:fiscal|financial)(?: year)? {YEAR}))?", a.quarter),
    ("unit", r"\b(?:the )?(?P<q>last|final) (?P<size>quarter|half){in_year}", a.last_part),
    ("unit", r"\bweek (?P<week>\d\d?)(?:\s*/\s*| of |,? ){y}", a.numbered_week),
    ("unit", r"\b(?P<fiscal>)(?-i:H)(?P<q>[12])(?: |/)(?:of )?{y}", a.half),
    ("unit", r"\b(?:the )?{ordinal}[\s-]{fiscal}half{in_year}", a.half),
    ("unit", rf"\b(?:the )?(?P<edge>first|last|final) (?P<n>{NUMBER}) months?{{in_year}}",
     a.first_months),
    ("season", r"\b(?:the )?winter (?:of )?(?P<y>\d{4})[/\u2013-](?P<next>\d\d(?:\d\d)?)\b",
     a.winter),
    ("season", r"\b{mod}(?:the )?{season}{in_year}", a.season),
    ("season", r"\bthe {season}\b(?! (?:of|before)\b)", a.season, _LIMIT),
    # years and longer
    ("unit", r"\b(?:(?-i:FY)\s?['\u2019]?\d{2}(?:\d\d)?|(?:fiscal|financial) (?:year )?\d{4})"
     r"(?:[/\u2013-]\d{2,4})?\b", a.fiscal),
    ("number", r"\b{mod}(?:the )?(?P<y>(?:1[5-9]|20)\d0)s\b", a.decade),
    ("number", r"\b{mod}(?:the )?(?P<n>\d\d?)(?:st|nd|rd|th)[\s-]century\b", a.century),
    ("number", r"(?<![\w.,/$€£-])(?P<y>{FIGURES})(?P<dash>{DASH}|/)"
     r"(?P<z>(?:{FIGURES})|\d\d)(?![\w/-])",
     a.years),
    ("number", r"\b(?P<mod>early|mid|late|{edge})(?: |-){y}", a.year_part),
    ("number", r"\b{y}\b", a.year_part, _FREE),
    ("number", r"\b{y}\b{after_year}", a.year_part, _BOUND),
    # months alone
    ("month", r"\b(?P<mod>early|mid|late|{edge})(?: |-){month}(?![\w-])", a.month),
    ("month", r"\b{month}(?=\s?(?:{DASH}|to\s|through\s|until\s)\s?{MONTH}\b)", a.month),
    ("month", r"\b{month}(?!\s*['\u2019]?\d)(?![\w-])(?-i:(?! [A-Z]))", a.month, _IN_MONTH),
    # days from that of writing
    ("unit", r"\bthe (?P<unit>week|month|quarter|year) (?:(?P<way>after) next|before last)\b",
     r.after_next),
    ("unit", r"\b{about}{n}{unit} (?P<exact>ago) today\b", r.ago),
    ("unit", r"\bthis time {last} (?P<unit>week|month|year)\b", r.this_time),
    ("day", r"\b(?P<day>today|tomorrow) (?P<plus>week|fortnight)\b", r.weekday_plus),
    ("unit", r"\b{about}{n}{unit} from (?P<exact>today|(?:the|this) date"
     r"(?: hereof| of this \w+)?)\b", r.hence),
    ("day", r"\b(?P<words>the day before yesterday|the day after tomorrow|yesterday morning"
     r"|this (?:morning|afternoon|evening)|last night|tonight|today|yesterday|tomorrow)\b",
     r.near_day),
    ("weekday", r"\b{short},? (?:the )?(?:{th}|(?P<number>\d\d?)(?=\s*(?:[.,;)|]|$)))"
     r"(?! (?:of )?{MONTH})", r.weekday_and_day),
    ("weekday", r"\b{wd} (?P<plus>week|fortnight)\b(?! (?:of|beginning|commencing)\b)",
     r.weekday_plus),
    ("weekday", r"\ba (?P<plus>week|fortnight) (?:on|from|next) {wd}\b", r.weekday_plus),
    ("weekday", r"\bthe (?P<way>following|next|previous|preceding) {wd}\b", r.weekday_from),
    ("weekday", r"\bthe {wd} (?P<way>before|after)\b(?=\s*(?:[.,;:)]|$)| (?:so|that|and)\b)",
     r.weekday_from),
    ("weekday", r"\b(?P<week>{this_week})(?: on|,)? {wd}{part_of_day}\b", r.weekday),
    ("weekday", r"\b{wd}{part_of_day} (?:of )?(?P<week>{this_week})\b", r.weekday),
    ("weekday", _NO_HOLIDAY + r"\b(?:{which}|on) {wd}{part_of_day}\b", r.weekday),
    ("weekday", r"\b{wd}{part_of_day}\b", r.weekday, _ON_DAY),
    ("weekday", r"\b{short}{part_of_day}{stop}", r.weekday, _AFTER_WORD),
    ("weekday", r"^\W*{wd}{part_of_day}(?= (?-i:[a-z]))", r.weekday),
    ("day_only", r"\bthe {th} (?P<which>inst|ult|prox)\b\.?", r.day_of_month),
    ("day_only", r"\b(?:the )?(?P<week>week) (?:of|beginning|commencing) the {th}", r.day_alone),
    ("day_only", r"\bthe (?P<day>[12]?\d|3[01])(?:st|nd|rd|th)(?=\s*(?:[.,;:)!?]|$)"
     r"| (?:and|or|to|but|at|in|we|I|he|she|they|it)\b)", r.day_alone, _BEFORE_DAY),
    ("unit", r"\b(?:(?:over|at|on) the|{last}) weekend\b", r.weekend),
    ("unit", r"\b(?:the )?(?P<day>[12]?\d|3[01])(?:st|nd|rd|th) of {last} month\b", r.day_of_month),
    ("month", r"\b{which} {month}(?![\w-])", r.named_month),
    ("season", r"\bthe {season} (?P<before>before) last\b", r.named_season),
    ("season", r"\b{last} {season}\b", r.named_season),
    # so many units from it, or from a day before
    ("unit", r"\b(?:the )?(?:same (?:period|time|quarter|month|week) (?:of )?(?:last year"
     r"|a year (?:ago|earlier|before)|the (?:previous|prior) year)"
     r"|(?:year-ago|year-earlier|prior-year) (?:period|quarter|month))\b", r.same_period),
    ("unit", r"\b{more}{about}{n}{unit} ago\b", r.ago),
    ("unit", r"\b{about}{n}{unit} (?:from now|hence)\b", r.hence),
    ("unit", r"\bin {about}{n}{unit}['\u2019]?s?['\u2019]? time\b", r.hence),
    ("unit", r"\b(?:within|inside) (?:the (?:next|coming) )?{n}{unit}\b", r.within),
    ("unit", r"\b(?:the|these) (?:past|last|previous|preceding) {more}(?:{n})?(?P<unit>days|weeks"
     r"|months|quarters|years|(?<=past\s)(?:week|month|quarter|year))\b", r.past_units),
    ("unit", r"\b(?:past|last) {n}{units}", r.past_units),
    ("unit", r"\b(?:the )?(?:next|coming) {n}{units}", r.next_units),
    ("unit", r"\bthe coming (?P<unit>week|month|quarter|year)\b", r.next_units),
    ("unit", r"\b{more}{about}{n}{unit} (?P<way>later|after(?:wards)?|earlier|before|previously"
     r"|on)\b(?! (?:the|that|its|his|her|their|a|an|of)\b)", r.later),
    ("unit", r"\b(?P<which>the (?:following|next|previous|preceding|prior|same)|that(?: same)?)"
     r" (?P<unit>day|week|month|quarter|year|morning|afternoon|evening|night)\b", r.following),
    ("unit", r"\bthe (?P<unit>day|week|month|year) (?P<which>before)"
     r"(?=\s*(?:[.,;:)]|$)| (?:it|he|she|they|we|there)\b| \d)", r.following),
    # the unit of that day, the last, the next
    ("unit", r"\b(?:(?P<mod>{edge}|earlier|later|late|early|mid|so far)(?: |-)(?:in )?)?(?:the )?"
     r"(?P<which>this|last|next|current) (?:calendar )?{one}(?!-| of )", r.near),
    ("unit", r"\b(?P<mod>{edge}) the {one}(?! (?:of|before|after)\b)", r.edge_alone),
    ("unit", r"\b(?P<unit>year|quarter|month|week)(?: |-)to(?: |-)date\b", r.to_date),
    ("unit", r"\b(?:the )?{last} decade\b", r.decade),
    ("unit", r"\bin {n}(?P<unit>days?|weeks?|months?|years?)\b(?! (?:of|on)\b)", r.in_units),
    # no definite time
    ("unit", r"\b(?:in (?:recent|the (?:coming|past)) {many}|(?:the )?(?:past|last|next|coming) "
     r"(?:few|several|couple of) {many}|{more}{about}(?:an?|two|three|four|five|a few|a couple of"
     r"|several|some|many) {many} ago)\b", r.vague),
)
# fmt: on


def _rules() -> tuple[Rule, ...]:
    """The rows, in order, each as a pattern."""
    rows = [
        (gate, form.replace("{date}", date), *rest)
        for gate, form, *rest in _TABLE
        for date in (("{month_day}", "{day_month}") if "{date}" in form else ("",))
    ]
    return tuple(rule(gate, _spelt(form), *rest) for gate, form, *rest in rows)


def _spelt(form: str) -> str:
    """A row's words as a regular expression."""
    while (spelt := _NAME.sub(lambda match: _PARTS[match[1]], form)) != form:
        form = spelt
    return form.replace(" ", r"\s+")


RULES: tuple[Rule, ...] = _rules()
"""Every rule, in the order in which they are tried."""
