"""Which language a text is in, as far as its script or its commonest words tell.

>>> tongue("Wer baut die Lieferwagen?"), tongue("Who builds the vans?"), tongue("谁造货车？")
('de', 'en', 'han')
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

# Words of questions and of grammar; none that two of these languages share.
_WORDS = {
    "en": "the of and to is are was were what who which when where why how does did do by with for"
    " that this it his her their has have had many much",
    "de": "der die das im und ist sind wer welche welcher welches welchem welchen wird wann wo"
    " warum wie wurde wurden nach den dem ein eine einer von mit nicht bei wozu womit"
    " wodurch aus auf für zu ihr sein hat haben",
    "es": "el es son quién qué cuál cuáles cuándo dónde cómo cuántos cuántas cuánto fue"
    " fueron del una y según su sus está hay por",
    "fr": "le les des est sont qui quel quelle quels quelles quand où pourquoi comment combien"
    " été du une et dans ses elle il avec sur au aux",
    "it": "il gli sono chi quale quali quando perché quanti quante quanto è stato della dello"
    " dei delle nel nella che di",
    "pt": "o os são quem qual quais onde quantos quantas foi foram dos da uma em não com"
    " ao pelo pela seu sua",
    "nl": "het een zijn wie welk wanneer waar waarom hoe werd werden van niet bij aan voor heeft",
}
_TONGUES = {word: name for name, words in _WORDS.items() for word in words.split()}
_LETTERS = re.compile(r"[^\W\d_]+")


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


def _latin(text: str) -> str | None:
    words = Counter(_TONGUES.get(word) for word in _LETTERS.findall(text.casefold()))
    del words[None]
    return words.most_common(1)[0][0] if words else None


@lru_cache(maxsize=4096)  # a text is made of few
def _script(char: str) -> str:
    """The first word of a letter's Unicode name: "latin", "cyrillic", "hangul"; "han"."""
    name = unicodedata.name(char, "").split(" ")[0].casefold()
    return "han" if name == "cjk" else name
