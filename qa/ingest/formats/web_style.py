"""Whether an element's own ``style`` hides it from whoever looks at the page.

Only what stands in the element: rules of style sheets apply under conditions and to parts that a
script shows later, and most of what they hide is meant to be found.
"""

import re
from functools import lru_cache

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.S)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.I | re.S)
_ZERO = r"[+-]?(?:0+(?:\.0*)?|\.0+)(?:e[+-]?\d+)?(?:[a-df-z][a-z]*|e[mx]|%)?"
_INVISIBLE = {
    name: re.compile(value)
    for name, value in {
        "display": "none",
        "visibility": "hidden|collapse",
        "content-visibility": "hidden",
        "opacity": rf"{_ZERO}|-.*",
        "font-size": _ZERO,
        "font": rf"(?:.*\s)?{_ZERO}(?:/\S+)?\s.+",
        "color": rf"transparent|(?:rgb|hsl)a?\((?:[^,/]*,){{3}}\s*{_ZERO}\s*\)"
        rf"|(?:rgb|hsl)a?\([^/]*/\s*{_ZERO}\s*\)|#[0-9a-f]{{3}}0|#[0-9a-f]{{6}}00",
        "clip": r"rect\(\s*([^\s,)]+)(?:[\s,]+\1){3}\s*\)",
        "clip-path": r"inset\(\s*(?:[5-9]\d|\d{3,})(?:\.\d+)?%.*\)|circle\(\s*" + _ZERO + r".*\)",
        "transform": rf"(?:.*\s)?scale[xy]?\(\s*{_ZERO}\s*[,)].*",
        "filter": rf"(?:.*\s)?opacity\(\s*{_ZERO}\s*\).*",
    }.items()
}
_FAR = re.compile(r"-(\d+(?:\.\d+)?|\.\d+)([a-z]*|%)")
_PIXELS = {"em": 16, "rem": 16, "ch": 8, "vw": 10, "vh": 10, "%": 10, "in": 96, "cm": 38}
_BEYOND = 500  # pixels to the left of the page, or above it
_NOTHING = re.compile(_ZERO)


@lru_cache(maxsize=1024)
def hides(style: str) -> bool:
    """True where the declarations of ``style`` leave nothing to be seen of the element."""
    plain = _ESCAPE.sub(_unescaped, _COMMENT.sub("", style)).lower()
    said = {}
    for declaration in plain.split(";"):
        name, _, value = declaration.partition(":")
        value = " ".join(value.split()).removesuffix("important").rstrip(" !")
        said[name.strip()] = value
    if any(rule.fullmatch(said.get(name, "")) for name, rule in _INVISIBLE.items()):
        return True
    if said.get("color") and said["color"] in (
        said.get("background"),
        said.get("background-color"),
    ):
        return True
    if said.get("overflow") in ("hidden", "clip"):
        sizes = (said.get(name, "") for name in ("width", "height", "max-width", "max-height"))
        if any(_NOTHING.fullmatch(size) for size in sizes):
            return True
    moved = ["text-indent"]
    if said.get("position") in ("absolute", "fixed"):
        moved += ["left", "top", "right", "bottom", "margin-left", "margin-top"]
    return any(_is_far(said.get(name, "")) for name in moved)


def _is_far(value: str) -> bool:
    match = _FAR.fullmatch(value)
    return match is not None and float(match[1]) * _PIXELS.get(match[2], 1) >= _BEYOND


def _unescaped(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"
