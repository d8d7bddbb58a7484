"""Which language a text is in, as far as its script or its commonest words tell.

>>> tongue("Wer baut die Lieferwagen?"), tongue("Who builds the vans?"), tongue("谁造货车？")
('de', 'en', 'han')
"""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache
from importlib.resources import files

_CODES = {"han": "zh", "kana": "ja"}
_LETTERS = re.compile(r"(?<!\d)[^\W\d_]+(?!\w)")  # none of "E1"
_IN_NAMES = re.compile(  # "Bram de Wit", and no question's first words
    r"(?<=\S )([A-ZÀ-Þ][\w'’-]+)(?: (?:de|van|von|der|den|del|di|da|du|la|le)){1,2}(?= [A-ZÀ-Þ])"
)


def tongue(text: str) -> str | None:
    """A code of the language, else the script where it is not Latin; None where neither tells.

    Kana tell Japanese from Chinese; languages that share another script are not told apart.
    """
    if text.isascii():
        return _latin(text)
    scripts = Counter(_script(char) for char in text if char.isalpha())
    if not scripts:
        return None
    if scripts["hiragana"] + scripts["katakana"] > 0 and scripts["han"] > scripts["latin"]:
        return "kana"
    # A Chinese character says about as much as three letters.
    weighed = {name: count * (3 if name == "han" else 1) for name, count in scripts.items()}
    script = max(weighed, key=lambda name: weighed[name])
    if script != "latin":
        return "kana" if script in ("hiragana", "katakana") else script
    return _latin(text)


def known(text: str) -> str | None:
    """What ``tongue`` tells where it is sure; None where it is not.

    One common word that is plain ASCII ("per", "wat") is a slip or a loan too often, however
    often it stands there: "door" heads many a column.  Short words within names are of none.

    >>> [known(one) for one in ("Wer hat sie gebaut?", "谁造货车？", "Кто это?", "per diem?")]
    ['de', 'han', 'cyrillic', None]
    >>> known("first: Lucía Ferrer; second: Bram de Wit")
    """
    text = _IN_NAMES.sub(r"\1", text)
    found = tongue(text)
    if found is None or found not in _held():
        return found
    spoken = set(_LETTERS.findall(text.casefold()))
    own = [word for word in spoken if found in _tongues().get(word, ())]
    return found if len(own) > 1 or (own and not text.isascii()) else None


def language(text: str) -> str | None:
    """The ISO 639-1 code where it is sure enough to answer in it; None where it is not.

    >>> language("Wer hat die Brücke gebaut?"), language("谁造货车？"), language("per diem?")
    ('de', 'zh', None)
    """
    found = known(text)
    return found if found in _held() else _CODES.get(found or "")


def is_foreign(text: str) -> bool:
    """Whether ``text`` is surely not in English.

    >>> [is_foreign(one) for one in ("谁造货车？", "Кто это?", "per diem?", "Who is it?")]
    [True, True, False, False]
    """
    return known(text) not in (None, "en")


def _latin(text: str) -> str | None:
    """The language of most words that are common in few; single letters alone are of none."""
    shares: defaultdict[str, float] = defaultdict(float)
    longest: Counter[str] = Counter()
    for word in _LETTERS.findall(text.casefold()):
        tongues = _tongues().get(word, ())
        for name in tongues:
            shares[name] += 1 / len(tongues)
            longest[name] = max(longest[name], len(word))
    found = max(shares, key=lambda name: shares[name], default="")
    return found if longest[found] > 1 else None


@lru_cache(maxsize=1)
def _tongues() -> dict[str, list[str]]:
    """Of each common word the languages that have it.

    The lists are NLTK's (from Snowball, BSD), with a few more words that questions begin with.
    """
    found: dict[str, list[str]] = {}
    for name, words in _held().items():
        for word in words.split():
            found.setdefault(word, []).append(name)
    return found


@lru_cache(maxsize=1)
def _held() -> dict[str, str]:
    """The common words of each language that is known by them."""
    path = files("qa.text") / "common_words.json"
    words: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return words


@lru_cache(maxsize=4096)  # a text is made of few
def _script(char: str) -> str:
    """The first word of a letter's Unicode name: "latin", "cyrillic", "hangul"; "han"."""
    name = unicodedata.name(char, "").split(" ")[0].casefold()
    return "han" if name == "cjk" else name
