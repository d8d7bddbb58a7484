"""Figures as other languages write them, put as English does, each character in its place.

>>> anglicised("Die Miete beträgt 1.234,56 € im Monat.")
'Die Miete beträgt 1,234.56 € im Monat.'
>>> anglicised("Où vivent les 12 345 habitants ?")
'Où vivent les 12,345 habitants ?'
"""

import re
from decimal import Decimal, InvalidOperation
from unicodedata import numeric

from qa.text.language import language

_COMMA = frozenset({"de", "es", "fr", "it", "nl", "pt"})
"""Languages whose decimal mark is a comma (CLDR); of those known, the others have a point."""

_BEFORE, _AFTER = r"(?<![A-Za-zÀ-ɏ\d.,])", r"(?![.,]?\d)"
_PLAIN = re.compile(
    rf"""{_BEFORE}(?:
        \d{{1,3}}(?:\.\d{{3}})+,\d+                       # 1.234,56
      | \d{{1,3}}(?:[\ \u00a0\u202f]\d{{3}})+,\d+        # 1 234,56
      | \d+,\d{{1,2}}(?=[\ \u00a0\u202f]?[%€])            # 3,5 %
      | [1-9]\d{{0,2}}(?:[.\ \u00a0\u202f]\d{{3}})+(?=[\ \u00a0\u202f]?€)  # 1.234 €
    ){_AFTER}""",
    re.VERBOSE,
)
"""What is read so in any language."""

_LOCAL = re.compile(
    rf"{_BEFORE}(?:[1-9]\d{{0,2}}(?:(?:\.\d{{3}})+|(?:[ \u00a0\u202f]\d{{3}})+)(?:,\d+)?"
    r"|(?![1-9]\d{0,2},\d{3}(?!\d))\d+,\d+)" + _AFTER
)
"""What is read so where the decimal mark is a comma: 1.234, 12 345, 0,75; never 1,234."""

_SWAPPED = str.maketrans(".,", ",.") | dict.fromkeys(map(ord, " \u00a0\u202f"), ",")
_HAN = re.compile(
    r"(?<![\d.])(?:\d+(?:\.\d+)?|(?:[〇零一二三四五六七八九两兩]|十(?=[一二三四五六七八九])))"
    r"[〇零一二三四五六七八九十百千两兩]*[十百千万萬亿億][〇零一二三四五六七八九十百千万萬亿億两兩]*"
    r"|十[一二三四五六七八九](?![月日])"
)
_TWO = frozenset("两兩")


def anglicised(text: str) -> str:
    """``text`` of the same length, its figures with points and commas as in English."""
    return (_LOCAL if language(text) in _COMMA else _PLAIN).sub(_swapped, text)


def _swapped(match: re.Match[str]) -> str:
    return match.group().translate(_SWAPPED)


def han_numbers(text: str) -> list[tuple[Decimal, int, int]]:
    """Numbers of Chinese and Japanese, of two characters or more, with where they stand.

    >>> [int(value) for value, _, _ in han_numbers("一万二千人，3.5万元，二十五岁")]
    [12000, 35000, 25]
    """
    found = ((match, _han(match.group())) for match in _HAN.finditer(text))
    return [(value, one.start(), one.end()) for one, value in found if value is not None]


def _han(phrase: str) -> Decimal | None:
    """The value of a phrase; None for what counts nothing."""
    total = section = Decimal(0)
    digits = ""
    for char in phrase:
        if char.isascii():
            digits += char
            continue
        value = 2 if char in _TWO else int(numeric(char))
        if value < 10:
            digits = str(value)
            continue
        try:
            given = Decimal(digits) if digits else None
        except InvalidOperation:
            return None
        digits = ""
        if value < 10_000:
            section += (Decimal(1) if given is None else given) * value
        else:
            section += given or 0
            total, section = total + (section or 1) * value, Decimal(0)
    return total + section + Decimal(digits or 0)
