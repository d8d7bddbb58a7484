"""The grammar of temporal expressions: patterns, and what reads each.

The first rule that takes a stretch of a sentence keeps it, so longer forms stand first.
"""

from qa.times import absolute, relative
from qa.times.intervals import year
from qa.times.readings import VAGUE
from qa.times.readings import absolute as named
from qa.times.rules import Rule, rule
from qa.times.words import (
    DASH,
    DAY,
    FIGURES,
    MONTH,
    NUMBER,
    UNIT,
    WEEKDAY,
    WEEKDAY_BEFORE_DATE,
    YEAR,
)

_REFERENCE = (
    r"(?i:(?:last|this|next|that)\s+year|the\s+(?:previous|following|same|prior|current)\s+year"
    r"|the\s+year\b(?!\s+\w+ed\b))(?!['\u2019]s)"
)
_NUMBERED = rf",?\s+(?:of\s+)?(?P<y>{YEAR})"
_OTHER_YEAR = rf"(?:,?\s+(?:of\s+|in\s+)?(?P<ref>{_REFERENCE}))"
_IN_YEAR = rf"(?:{_NUMBERED}|{_OTHER_YEAR})"
_MODIFIER = (
    r"(?:(?i:(?P<mod>(?:the\s+)?(?:early|mid|late)|(?:the\s+)?(?:beginning|start|middle|end)\s+of))"
    r"(?:\s+|-)(?:in\s+)?)?"
)
_ABOUT = r"(?P<about>(?i:about|around|roughly|approximately|nearly|almost|some)\s+)?"
_MORE = r"(?P<more>(?i:more\s+than|over|less\s+than|under|at\s+least|up\s+to)\s+)?"
_PART_OF_DAY = r"(?:\s+(?i:morning|afternoon|evening|night))?"


_WD = rf"(?:(?P<wd>{WEEKDAY_BEFORE_DATE}),?\s+(?:the\s+)?)?"
_MD = rf"(?P<month>{MONTH})\s+(?:the\s+)?(?P<day>{DAY})"
_DM = rf"(?:the\s+)?(?P<day>{DAY})\s+(?:of\s+)?(?P<month>{MONTH})"
_RANGE = rf"\s?(?:{DASH}|to\s|and\s)\s?(?P<last>{DAY})"
_FISCAL = r"(?P<fiscal>(?i:fiscal|financial)\s+)?"
_ORDINAL = r"(?P<q>(?i:first|second|third|fourth|1st|2nd|3rd|4th))"
_ENDED = (
    r"(?i:(?:the|its|their|our)\s+)?(?i:(?:fiscal|financial)\s+)?"
    r"(?P<size>(?i:(?:(?:first|second|third|fourth)\s+)?(?:quarter|half(?:[\s-]year)?|year|month|week)"
    r"|(?:three|six|nine|twelve|3|6|9|12)\s+months))\s+(?i:(?:that\s+|which\s+)?(?:ended|ending)"
    r"|to)\s+(?i:on\s+)?"
)
# A year by itself is a number unless a word before it or the bracket around it says otherwise.
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
_AFTER_YEAR = (
    r"(?=\s*(?:$|[.,;:!?)\]\u201d\"\u2014\u2013]|['\u2019]s\b|(?:and|or|to|until|till|through|"
    r"but|the|it|its|with|when|while|was|were|is|are|has|had|have|will|as|for|on|at|in|by|from|"
    r"because|after|before|that|which|under|a|an|he|she|they|we|than)\b|[A-Z]))"
)


_ABSOLUTE: tuple[Rule, ...] = (
    rule(
        "number",
        rf"(?<![\d/.-])(?P<y>{FIGURES})-(?P<m>\d\d)-(?P<d>\d\d)(?:T[\d:.Z+-]+)?(?![\d-])",
        absolute.numeric_reading,
    ),
    rule(
        "number",
        r"(?<![\d/.-])(?P<y>(?:19|20)\d\d)/(?P<m>\d\d?)/(?P<d>\d\d?)(?![\d/])",
        absolute.numeric_reading,
    ),
    rule(
        "number",
        r"(?<![\d/.-])(?P<d>\d\d?)\.\s?(?P<m>\d\d?)\.\s?(?P<y>(?:19|20)\d\d)(?!\d)",
        absolute.numeric_reading,
    ),
    rule(
        "number",
        r"(?<![\d/.-])(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<y>(?:19|20)\d\d)(?![\d/])",
        absolute.slashed_reading,
    ),
    rule(
        "month",
        rf"\b(?i:the\s+)?(?i:week)\s+(?i:of|beginning)\s+(?:{_MD}){_IN_YEAR}?",
        absolute.week_of_reading,
    ),
    rule(
        "month",
        rf"\b(?i:the\s+)?(?i:week)\s+(?i:of|beginning)\s+(?:{_DM}){_IN_YEAR}?",
        absolute.week_of_reading,
    ),
    rule(
        "month",
        rf"\b{_ENDED}(?P<month>{MONTH})(?:\s+(?P<day>{DAY}))?{_IN_YEAR}?",
        absolute.ended_reading,
    ),
    rule(
        "month",
        rf"\b{_ENDED}(?P<day>{DAY})\s+(?P<month>{MONTH}){_IN_YEAR}?",
        absolute.ended_reading,
    ),
    rule("month", rf"\b{_WD}{_MD}{_RANGE}{_IN_YEAR}?", absolute.day_reading),
    rule(
        "month",
        rf"\b(?:(?<=\bbetween\s)|(?:the\s+)?)(?P<day>{DAY}){_RANGE}\s+(?:of\s+)?"
        rf"(?P<month>{MONTH}){_IN_YEAR}?",
        absolute.day_reading,
    ),
    rule("month", rf"\b{_WD}{_MD}{_IN_YEAR}?", absolute.day_reading),
    rule("month", rf"\b{_WD}{_DM}{_IN_YEAR}?", absolute.day_reading),
    rule("month", rf"\b{_MODIFIER}(?P<month>{MONTH}){_IN_YEAR}", absolute.month_reading),
    rule(
        "month",
        rf"\b(?P<month>{MONTH})\s*['\u2019](?P<yy>\d\d)\b",
        absolute.month_short_year_reading,
    ),
    rule("unit", rf"\b(?P<fiscal>)(?P<y>{YEAR})[\s-]?Q(?P<q>[1-4])\b", absolute.quarter_reading),
    rule(
        "unit",
        rf"\b(?P<fiscal>)Q(?P<q>[1-4])(?:(?:\s+|/|-)(?:of\s+)?(?P<y>{YEAR}|['\u2019]\d\d\b)"
        rf"|\s+(?:of\s+)?(?P<ref>{_REFERENCE}))?(?!\s*(?:FY|fiscal))",
        absolute.quarter_reading,
    ),
    rule(
        "unit", r"\bQ[1-4]\s*(?P<fiscal>FY|fiscal)\s*(?P<q>'?\d{2,4})\b", absolute.quarter_reading
    ),
    rule(
        "unit",
        rf"\b{_MODIFIER}(?:the\s+)?{_ORDINAL}[\s-]{_FISCAL}(?i:quarter)(?:{_NUMBERED}|{_OTHER_YEAR}"
        rf"|\s+(?:of\s+)?(?P<f>(?i:fiscal|financial)(?:\s+year)?\s+{YEAR}))?",
        lambda match: VAGUE if match["f"] else absolute.quarter_reading(match),
    ),
    rule(
        "unit",
        rf"\b(?P<fiscal>)H(?P<q>[12])(?:\s+|/)(?:of\s+)?(?P<y>{YEAR})",
        absolute.half_reading,
    ),
    rule(
        "unit", rf"\b(?:the\s+)?{_ORDINAL}[\s-]{_FISCAL}(?i:half){_IN_YEAR}", absolute.half_reading
    ),
    rule(
        "unit",
        rf"\b(?:the\s+)?(?P<which>(?i:first|last|final))\s+(?P<n>{NUMBER})"
        rf"\s+(?i:months?){_IN_YEAR}",
        absolute.first_months_reading,
    ),
    rule(
        "season",
        r"\b(?i:the\s+)?(?i:winter)\s+(?i:of\s+)?(?P<y>\d{4})[/\u2013-](?P<next>\d\d(?:\d\d)?)\b",
        absolute.winter_reading,
    ),
    rule(
        "season",
        rf"\b{_MODIFIER}(?:the\s+)?(?P<season>(?i:spring|summer|autumn|fall|winter)){_IN_YEAR}",
        absolute.season_reading,
    ),
    rule(
        "unit",
        r"\b(?:FY\s?['\u2019]?\d{2}(?:\d\d)?|(?i:fiscal|financial)\s+(?i:year\s+)?\d{4})"
        r"(?:[/\u2013-]\d{2,4})?\b",
        lambda _: VAGUE._replace(note="where its fiscal year begins is not known"),
    ),
    rule("number", rf"\b{_MODIFIER}(?:the\s+)?(?P<y>(?:1[5-9]|20)\d0)s\b", absolute.decade_reading),
    rule(
        "number",
        rf"\b{_MODIFIER}(?:the\s+)?(?P<n>\d\d?)(?:st|nd|rd|th)[\s-](?i:century)\b",
        absolute.century_reading,
    ),
    rule(
        "number",
        rf"(?<![\w.,/$€£-])(?P<y>{FIGURES})(?P<dash>{DASH}|/)(?P<z>(?:{FIGURES})|\d\d)"
        rf"(?![\w/-])",
        absolute.years_reading,
    ),
    rule(
        "number",
        r"\b(?i:(?P<mod>early|mid|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of))"
        rf"(?:\s+|-)(?P<y>{YEAR})",
        absolute.year_reading,
    ),
    rule("number", rf"\b(?P<y>{YEAR})\b", lambda m: named(year(int(m["y"]))), _FREE),
    rule(
        "number",
        rf"\b(?P<y>{YEAR})\b{_AFTER_YEAR}",
        lambda m: named(year(int(m["y"]))),
        _BOUND,
    ),
    rule(
        "month",
        rf"\b(?i:(?P<mod>early|mid|late|(?:the\s+)?(?:beginning|start|middle|end)\s+of))"
        rf"(?:\s+|-)(?P<month>{MONTH})(?![\w-])",
        absolute.month_reading,
    ),
    rule(
        "month",
        rf"\b(?P<mod>)(?P<month>{MONTH})(?=\s?(?:{DASH}|to\s|through\s|until\s)\s?{MONTH}\b)",
        absolute.month_reading,
    ),
    rule(
        "month",
        rf"\b(?P<mod>)(?P<month>{MONTH})(?!\s*['\u2019]?\d)(?![\w-])(?!\s+[A-Z])",
        absolute.month_reading,
        _IN_MONTH,
    ),
)

_WHICH = r"(?P<which>(?i:this\s+past|this\s+coming|the\s+coming|last|next|this|coming|past))"
_ANY_UNIT = rf"(?P<unit>(?i:{UNIT}))\b"
_ONE_UNIT = r"(?P<unit>(?i:day|week|month|quarter|year))\b"
_N = rf"(?P<n>(?i:{NUMBER}))(?:\s+|-)(?i:full\s+|whole\s+|calendar\s+)?"


_RELATIVE: tuple[Rule, ...] = (
    rule(
        "unit",
        r"\b(?i:the)\s+(?P<unit>(?i:week|month|quarter|year))\s+"
        r"(?:(?P<way>(?i:after))\s+(?i:next)|(?i:before)\s+(?i:last))\b",
        relative.after_next_reading,
    ),
    rule(
        "day",
        r"\b(?P<words>(?i:the\s+day\s+before\s+yesterday|the\s+day\s+after\s+tomorrow"
        r"|yesterday\s+morning|this\s+(?:morning|afternoon|evening)|last\s+night|tonight|today"
        r"|yesterday|tomorrow))\b",
        relative.near_day_reading,
    ),
    rule(
        "weekday",
        rf"\b(?:(?P<before>(?i:last|this|next)\s+(?i:week))(?:\s+(?i:on)|,)?\s+)"
        rf"(?P<on>)(?P<which>)(?P<wd>{WEEKDAY})(?P<week>){_PART_OF_DAY}\b",
        relative.weekday_reading,
    ),
    rule(
        "weekday",
        rf"\b(?P<before>)(?P<on>)(?P<which>)(?P<wd>{WEEKDAY}){_PART_OF_DAY}\s+(?:(?i:of)\s+)?"
        rf"(?P<week>(?i:last|this|next)\s+(?i:week))\b",
        relative.weekday_reading,
    ),
    rule(
        "weekday",
        rf"(?<!Black\s)(?<!Good\s)(?<!Ash\s)\b(?P<before>)(?:{_WHICH}|(?P<on>(?i:on)))\s+"
        rf"(?P<wd>{WEEKDAY})(?P<week>){_PART_OF_DAY}\b",
        relative.weekday_reading,
    ),
    rule(
        "weekday",
        rf"(?P<before>)(?P<which>)\b(?P<wd>{WEEKDAY})(?P<week>){_PART_OF_DAY}\b",
        relative.weekday_reading,
        _ON_DAY,
    ),
    rule(
        "unit",
        r"\b(?:(?i:over|at|on)\s+(?i:the)|(?P<which>(?i:last|this|next)))\s+(?i:weekend)\b",
        relative.weekend_reading,
    ),
    rule(
        "unit",
        r"\b(?i:the\s+)?(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)\s+(?i:of\s+)"
        r"(?P<which>(?i:last|this|next))\s+(?i:month)\b",
        relative.day_of_month_reading,
    ),
    rule("month", rf"\b{_WHICH}\s+(?P<month>{MONTH})(?![\w-])", relative.named_month_reading),
    rule(
        "season",
        r"\b(?P<which>(?i:last|this|next))\s+(?P<season>(?i:spring|summer|autumn|fall|winter))\b",
        relative.named_season_reading,
    ),
    rule(
        "unit",
        r"\b(?i:the\s+)?(?P<q>(?i:first|second))\s+(?i:half)\s+(?i:of\s+)?"
        r"(?P<which>(?i:last|this|next))\s+(?i:year)\b",
        relative.relative_year_reading,
    ),
    rule(
        "unit",
        r"\b(?i:the\s+)?(?i:same\s+(?:period|time|quarter|month|week)\s+(?:of\s+)?"
        r"(?:last\s+year|a\s+year\s+(?:ago|earlier|before)|the\s+(?:previous|prior)\s+year)"
        r"|(?:year-ago|year-earlier|prior-year)\s+(?:period|quarter|month))\b",
        relative.same_period_reading,
    ),
    rule(
        "unit",
        rf"\b(?:{_MORE}{_ABOUT})(?:{_N})(?P<unit>(?i:{UNIT}))\s+(?i:ago)\b",
        relative.ago_reading,
    ),
    rule(
        "unit",
        r"\b(?i:(?:(?:about|around|roughly|nearly|almost|more\s+than|over)\s+)?(?:an?|two|three|four|five|a\s+few|a\s+couple\s+of|several|some|many)\s+"
        r"(?:days|weeks|months|quarters|years|decades?|century|centuries)\s+ago)\b",
        relative.vague_reading,
    ),
    rule(
        "unit",
        rf"\b(?:{_ABOUT})(?:{_N})(?P<unit>(?i:{UNIT}))\s+(?i:from\s+(?:now|today)|hence)\b",
        relative.hence_reading,
    ),
    rule(
        "unit",
        rf"\b(?i:in)\s+{_ABOUT}{_N}(?P<unit>(?i:{UNIT}))['\u2019]?s?['\u2019]?\s+(?i:time)\b",
        relative.hence_reading,
    ),
    rule(
        "unit",
        rf"\b(?i:within|inside)\s+(?i:the\s+next\s+|the\s+coming\s+)?{_N}{_ANY_UNIT}",
        relative.within_reading,
    ),
    rule(
        "unit",
        rf"\b(?i:(?:the|these)\s+)(?i:past|last|previous|preceding)\s+{_MORE}(?:{_N})?"
        rf"(?P<unit>(?i:days|weeks|months|quarters|years)|(?<=past\s)(?i:week|month|quarter|year))"
        rf"\b",
        relative.past_units_reading,
    ),
    rule(
        "unit",
        rf"\b(?i:past|last)\s+{_N}(?P<more>)(?P<unit>(?i:days|weeks|months|quarters|years))\b",
        relative.past_units_reading,
    ),
    rule(
        "unit",
        rf"\b(?i:(?:the)\s+)?(?i:next|coming)\s+{_N}(?P<unit>(?i:days|weeks|months|quarters|years))"
        rf"\b",
        relative.next_units_reading,
    ),
    rule(
        "unit",
        r"\b(?i:the)\s+(?i:coming)\s+(?P<n>)(?P<unit>(?i:week|month|quarter|year))\b",
        relative.next_units_reading,
    ),
    rule(
        "unit",
        rf"\b{_MORE}{_ABOUT}{_N}(?P<unit>(?i:{UNIT}))\s+(?P<way>(?i:later|after(?:wards)?|earlier"
        rf"|before|previously|on))\b(?!\s+(?:the|that|its|his|her|their|a|an|of)\b)",
        relative.later_reading,
    ),
    rule(
        "unit",
        rf"\b(?P<which>(?i:the\s+(?:following|next|previous|preceding|prior|same)|"
        rf"that(?:\s+same)?))"
        rf"\s+{_ONE_UNIT}",
        relative.following_reading,
    ),
    rule(
        "unit",
        r"\b(?i:the)\s+(?P<unit>(?i:day|week|month|year))\s+(?P<which>(?i:before))"
        r"(?=\s*(?:[.,;:)]|$)|\s+(?i:it|he|she|they|we|there)\b|\s+\d)",
        relative.following_reading,
    ),
    rule(
        "unit",
        r"\b(?i:(?P<mod>(?:the\s+)?(?:beginning|start|middle|end)\s+of))\s+(?i:the\s+)?"
        rf"(?P<which>(?i:this|last|next|current))\s+{_ONE_UNIT}",
        relative.this_reading,
    ),
    rule(
        "unit",
        r"\b(?i:(?P<mod>earlier|later|late|early|mid|so\s+far)(?:\s+|-)(?:in\s+)?)?"
        rf"(?i:the\s+)?(?P<which>(?i:this|last|next|current))\s+(?i:calendar\s+)?{_ONE_UNIT}"
        r"(?!-|\s+of\s)",
        relative.this_reading,
    ),
    rule(
        "unit",
        r"\b(?P<unit>(?i:year|quarter|month|week))(?:\s+|-)(?i:to)(?:\s+|-)(?i:date)\b",
        relative.to_date_reading,
    ),
    rule(
        "unit",
        r"\b(?:(?i:the)\s+)?(?P<which>(?i:last|this|next))\s+(?i:decade)\b",
        relative.decade_reading,
    ),
    rule(
        "unit",
        rf"\b(?i:in)\s+{_N}(?P<unit>(?i:days?|weeks?|months?|years?))\b(?!\s+(?:of|on)\b)",
        relative.in_units_reading,
    ),
    rule(
        "unit",
        r"\b(?i:in\s+(?:recent|the\s+(?:coming|past))\s+(?:days|weeks|months|years|decades)"
        r"|(?:the\s+)?(?:past|last|next|coming)\s+(?:few|several|couple\s+of)\s+"
        r"(?:days|weeks|months|quarters|years|decades))\b",
        relative.vague_reading,
    ),
)

RULES: tuple[Rule, ...] = (*_ABSOLUTE, *_RELATIVE)
"""Every rule, in the order in which they are tried."""
