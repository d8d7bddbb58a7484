"""Words as the lexical index, the reader and the checker see them.

>>> terms("The partners of Huawei's auto business")
('partner', 'huawei', 'auto', 'busi')
>>> terms("1,000,000 units in 2026")
('1000000', 'unit', '2026')
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer  # PyStemmer: the Snowball stemmers in C; the pure Python ones are 20 times slower

STOPWORDS = frozenset(
    """a about above after again against all am an and any are as at be because been before being
    below between both but by can could did do does doing don down during each few for from further
    had has have having he her here hers herself him himself his how i if in into is it its itself
    just let me more most must my myself nor not now of off on once only or other our ours ourselves
    out over own please same shall she should so some such tell than that the their theirs them
    themselves then there these they this those through to too under until up us very was we were
    what when where which while who whom whose why will with would you your yours yourself
    yourselves d ll re s t ve""".split()
)
"""Words that carry no topic.  "not" and "no" matter to the checker, which looks at raw words."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(
    rf"""(?P<initials>(?:[^\W\d_]\.){{2,}})      # U.S.
      |  (?P<number>\d+(?:[.,]\d+)+)             # 1,000 and 3.5
      |  (?P<cjk>[{_CJK}]+)
      |  (?P<word>[^\W_{_CJK}]+)(?:['\u2019]s\b)?  # a possessive is no word of its own
    """,
    re.VERBOSE,
)


class Word(NamedTuple):
    """A word of a text: its characters, its offsets and its term (None: a stop word)."""

    text: str
    start: int
    end: int
    term: str | None


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=65536)
def term(word: str) -> str | None:
    """The term of one word: case folded, without accents, stemmed; None for a stop word."""
    folded = word.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded)
        folded = "".join(char for char in folded if not unicodedata.combining(char))
    if folded in STOPWORDS and word != "US":  # the country, not the pronoun
        return None
    if folded[:1].isdigit():
        return folded.replace(",", "")
    stem: str = _stemmer().stemWord(folded.replace(".", ""))
    return stem or None


def words(text: str) -> Iterator[Word]:
    """The words of ``text`` in order; a run of Chinese, Japanese or Korean as its bigrams."""
    for match in _WORD.finditer(text):
        kind = match.lastgroup or "word"
        run, start = match.group(kind), match.start()
        if kind == "cjk" and len(run) > 1:
            for i in range(len(run) - 1):
                yield Word(run[i : i + 2], start + i, start + i + 2, run[i : i + 2])
        else:
            yield Word(run, start, start + len(run), term(run))


def terms(text: str) -> tuple[str, ...]:
    """The terms of ``text`` in order, stop words left out."""
    return tuple(word.term for word in words(text) if word.term is not None)
