"""Title, author and date of an HTML page: meta tags, JSON-LD and the article's header."""

import json
import re
from collections.abc import Iterator
from typing import Any

from qa.ingest.formats import dates
from qa.times.intervals import Claimed

_DATES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "citation_publication_date",
    "pubdate",
    "publish-date",
    "date",
)

_LINE = 60
_OF_ELSE = re.compile(
    r"\b(?:event|starts?|ends?|begins?|due|deadline|until|till|from|opens?|closes?|founded|born|died"
    r"|since|next|meets?|held|takes?|will|was|were|on|copyright)\b|[.!?;]\s+\S|©",
    re.IGNORECASE,
)


def title(root: Any) -> str | None:
    """The page's headline; ``<title>`` often carries the site's name behind it."""
    linked = (_string(item.get("headline")) for item in _linked_data(root))
    heading = root.find(".//h1")
    return (
        _meta(root, ("og:title",))
        or next(filter(None, linked), None)
        or _string(root.findtext(".//title"))
        or (None if heading is None else _string("".join(heading.itertext())))
    )


def author(root: Any) -> str | None:
    """Who wrote the page; a link to a profile is no name."""
    named = _meta(root, ("author", "article:author", "dc.creator", "dcterms.creator"))
    if named and "://" not in named:
        return named
    for item in _linked_data(root):
        people = item.get("author")
        people = people if isinstance(people, list) else [people]
        names = [_string(who.get("name") if isinstance(who, dict) else who) for who in people[:20]]
        if any(names):
            return ", ".join(filter(None, names))
    return None


def published(root: Any) -> Claimed | None:
    """The day of publication, from the most explicit mark to the least."""
    if day := dates.parse(_meta(root, _DATES[:1])):
        return Claimed(day, "meta article:published_time")
    for item in _linked_data(root):
        if day := dates.parse(item.get("datePublished")):
            return Claimed(day, "JSON-LD datePublished")
    for name in _DATES[1:]:
        if day := dates.parse(_meta(root, (name,))):
            return Claimed(day, f"meta {name}")
    for path in (".//article//header//time", ".//header//time", ".//article//time"):
        for element in root.iterfind(path):
            if day := dates.parse(element.get("datetime")):
                return Claimed(day, "time element")
    return _only_time(root)


def _only_time(root: Any) -> Claimed | None:
    """The day of the page's only ``<time>``, where it reads as a date line: "By A, 4 March 2024".

    In the midst of a sentence it may be of anything that the page tells of.
    """
    days = {(day, one) for one in root.iter("time") if (day := dates.parse(one.get("datetime")))}
    if len(days) != 1:
        return None
    ((day, element),) = days
    parent = element.getparent()
    line = "".join((element if parent is None else parent).itertext())
    shown = str(day.year) in "".join(element.itertext())
    if not shown or len(line.strip()) > _LINE or _OF_ELSE.search(line):
        return None
    return Claimed(day, "time element")


def _meta(root: Any, names: tuple[str, ...]) -> str | None:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        for key in ("property", "name", "itemprop"):
            name = (element.get(key) or "").strip().lower()
            content = _string(element.get("content"))
            if name in names and content:
                found.setdefault(name, content)
    return next((found[name] for name in names if name in found), None)


def _linked_data(root: Any) -> Iterator[dict[str, Any]]:
    """The JSON-LD objects of the page that are a work, not its publisher or breadcrumbs."""
    for element in root.iter("script"):
        if (element.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            waiting = [json.loads(element.text or "")]
        except (ValueError, RecursionError):
            continue  # the page's text does not depend on it
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                if "headline" in value or "datePublished" in value:
                    yield value
                waiting.append(value.get("@graph"))


def _string(value: Any) -> str | None:
    return re.sub(r"\s+", " ", value).strip() or None if isinstance(value, str) else None
