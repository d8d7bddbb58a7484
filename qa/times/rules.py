"""A rule of the grammar: a pattern, and how what it takes is read."""

import re
from collections.abc import Callable
from typing import NamedTuple

from qa.times.holidays import NAMES
from qa.times.readings import Sense

Build = Callable[[re.Match[str]], Sense | None]

GATES: dict[str, re.Pattern[str]] = {
    "month": re.compile(
        r"\b(?:J(?:an|un|ul|AN|UN|UL)|F(?:eb|EB)|M(?:ar|ay|AR)|A(?:pr|ug|PR|UG)|S(?:ep|EP)"
        r"|O(?:ct|CT)|N(?:ov|OV)|D(?:ec|EC))"
    ),
    "number": re.compile(r"\d"),
    "season": re.compile(r"\b(?:spring|summer|autumn|fall|winter)\b", re.I),
    "weekday": re.compile(
        r"\b(?:[MF](?:on|ri|ON|RI)|T(?:ue|hu|UE|HU)|W(?:ed|ED)|S(?:at|un|AT|UN))"
    ),
    "holiday": re.compile("|".join(re.escape(one[:4]) for one in NAMES), re.I),
    "day_only": re.compile(r"\d(?:st|nd|rd|th)\b", re.I),
    "day": re.compile(r"day\b|tomorrow|night|morning|afternoon|evening", re.I),
    "unit": re.compile(
        r"\b(?:days?|weeks?|weekend|fortnights?|months?|quarters?|years?|decades?|half|Q[1-4]|H[12]|FY"
        r"|year-|fiscal|financial|morning|afternoon|evening|night)\b|FY|Q[1-4]",
        re.I,
    ),
}
"""What a sentence must hold for a family of rules to be tried: most sentences hold little."""


class Rule(NamedTuple):
    """``build`` gives None where the words are no expression after all.

    ``lead`` is what must stand before what has a second meaning: "May", "2,019 in 2019".
    """

    gate: str
    pattern: re.Pattern[str]
    build: Build
    lead: re.Pattern[str] | None


def rule(gate: str, pattern: str, build: Build, lead: str | None = None) -> Rule:
    """A rule of the family ``gate``, after the words ``lead`` alone if they are given."""
    after = re.compile(rf"(?:{lead})$", re.I) if lead else None
    return Rule(gate, re.compile(pattern, re.I), build, after)
