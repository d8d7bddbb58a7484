"""Where a text states its own date: which of the dates in its first and last lines is its own.

A trained model decides that (``train/dates.py``): a conditional logit (McFadden 1974) over the
dates of a text and none of them, of the words and the form of each one's line.  Its weights lie in
``heads.json``.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import zip_longest
from typing import NamedTuple

from qa.times.digits import day_first
from qa.times.direction import PARTICIPLE, cues, is_ahead
from qa.times.expressions import atoms
from qa.times.intervals import Interval, Unit, containing, year
from qa.times.readings import Atom, Scope

_HEAD_LINES = 12
_FOOT_LINES = 3
_SHORT = 100
_LINE = 240  # characters of a line that are looked at


class Stated(NamedTuple):
    """A date in the head or the foot of a text, and the chance that it is the text's own.

    ``alone`` is what its chance would be if there were no other; ``speaks`` says that its line
    says when the text came out: a label, a dateline, a by-line.
    """

    chance: float
    alone: float
    speaks: bool
    interval: Interval
    basis: str


class Found(NamedTuple):
    """A date where it stands: what speaks for its being the text's own, and what is read there."""

    features: tuple[str, ...]
    interval: Interval
    words: str
    form: str
    label: str


class Dateline(NamedTuple):
    """A dateline without its year."""

    atom: Atom
    line: str


_MARK = r"(?:^|[.|·•/–—-]\s+|\()\W*"
_REST = r"(?:\s+(?:on|at|date|the|le|am|den|el|vom))*[\s:：,|*_–—-]*$"
_LABEL = re.compile(
    _MARK + r"(?P<label>(?:\w+\s+)?(?:published|posted|issued|released|sent|filed|created|completed"
    r"|saved)"
    r"|(?:(?:publication|release|issue|invoice|letter|filing"
    r"|report(?:ing)?|statement|document|print)\s+)?date(?:\s+of\s+(?:publication|issue|report|letter"
    r"|invoice|writing|filing|this\s+\w+))?|press\s+release"
    r"|(?:for\s+)?(?:immediate\s+)?release|veröffentlicht|erschienen|(?:rechnungs|brief|ausgabe)?datum"
    r"|publié|fecha(?:\s+de\s+\w+)?|publicado|发布(?:日期|时间)|日期)" + _REST,
    re.I,
)
_STATUS = re.compile(
    _MARK + r"(?P<label>(?:last\s+)?(?:updated|modified|reviewed|revised|changed|edited)|stand"
    r"|last\s+change|as\s+of|in\s+force\s+since|status|(?:version|revision)(?:\s+[\w.]+)?"
    r"(?:,?\s+(?:as\s+of|in\s+force\s+since))?|draft(?:\s+of)?"
    r"|(?:zuletzt\s+|letzte\s+)?(?:aktualisi|geänder|änder)\w+|(?:dernière\s+)?mise?\s+à\s+jour"
    r"|(?:última\s+)?actualiza\w+|更新(?:日期|时间|于)?)" + _REST,
    re.I,
)
_ACT = re.compile(  # "Held on Monday,", "Signed: A. Bell,", "LEASE between A and B, made on"
    r"(?<!was )(?<!were )(?<!been )\b(?P<deed>made|dated|signed|executed|entered\s+into)\b"
    r"(?:(?!\b(?:before|after|since|until|by|from)\b)[^.;:]){0,40}:?\W*$"
    rf"|^\W*(?P<label>{PARTICIPLE})(?:\s*:|\s+(?:on|at|in|by|this|before)\b|(?=\W*$))"
    r"(?:(?!\b(?:after|since|until|from)\b)(?:[A-Z]\.|[^.;])){0,60}$",
    re.I,
)
_BY = re.compile(r"^\W*(?:By|Par|Von|Por)\s+[A-Z][^.!?]{2,60}?[,|·•–—-]\s*(?:on\s+|le\s+)?$")
_SITTING = re.compile(  # "Committee meeting, 4 November 2022", "Edition of 16 May 2024"
    r"^\W*(?:(?P<kept>(?:[^\W\d]\w*\s+)?(?:minutes|notes|protocol|edition|édition|edición|Ausgabe|Protokoll"
    r"|Niederschrift|compte\s+rendu|procès-verbal|acta)\b[^.!?]{0,120}?"
    r"|(?:[^\W\d][^.!?:;|]{0,60}\b)?(?:issue|no|nr|n[°º]|vol|volume|number|numéro|número|nummer)\.?\s*[\d,]+)"
    r"|(?:[^\W\d][^.!?:;|]{0,60}?\b)?(?:meeting|session|sitting|letter|notice|statement|log|report"
    r"|bulletin|newsletter|invoice|agreement|contract|Sitzung|Rechnung|Vertrag|séance|réunion|facture"
    r"|reunión|sesión|factura|contrato)(?:\s+(?:no\.?|nr\.?|n[°º])?\s*[\d/-]+)?)"
    r"(?:\s*\b(?:on|of|from|vom|du|del)|\s*[,:–—-])?\s*$",
    re.I,
)
_PLACE = re.compile(
    r"^\W*[A-Z][\w.'\u2019-]*(?:[ /-][A-Z][\w.'\u2019-]*|\sde[l]?|\ssur|\san|\sam){0,4}"
    r"(?:,\s*[A-Z][\w. ]*)?,\s+"
    r"(?:(?:den|le|a|am|el)\s+)?$"
)
_DASHED = re.compile(
    r"^\s*(?:\([^)]{1,40}\)|/[^/]{1,40}/)?\s*(?:[-\u2013\u2014]+|:|\.(?=\s+[A-Z]))(?:\s|$)"
)
_OPENS = re.compile(r"[\s#*_(\[|–—-]*(?:(?:le|el|am|on)\s+)?", re.I)
_BAR = re.compile(r"[|·•]\s*$|\s[/–—-]\s*$")
_NOTHING = re.compile(r"^[\s.,;|)*_–—-]*(?:(?:at|,|\|)?\s*\d{1,2}[:.h]\d\d.{0,20})?\s*$")
_APART = re.compile(r"\s*[,.;|(\]/–—-]\s*\S|\s+(?=[^\Wa-z])")  # "12 March 2024, Old Town Hall"
_COLUMNS = re.compile(r"\s{3,}|\t|\u3000")
_NAMED = re.compile(r"[A-Z][\w ]{0,24}:\s")
_FIELD = re.compile(rf"[.;]\s+(?={_NAMED.pattern})")  # "By: A. Bell. Date: 2 May 2025. Price: 4"
_CELLS = re.compile(r"^\|\s*([^|]+?)\s*\|\s*([^|]+?)\s*\|$")
_DATED = re.compile(r"\b(?:date|datum|fecha)\b|日期", re.I)
_WORDS = 4  # words at most before a date that a line ends with
_TITLE = 3
_WORD = re.compile(r"[^\W\d_]+")
_SIGN = re.compile(r"[\u4e00-\u9fff]|[^\W\d_]+|[:：|(),.;\u2013\u2014#*-]")
_SENTENCE = re.compile(r"[.!?。！？][\"”’)]*$")
_SPEAKS = ("label", "dateline", "by-line")
_STEM = 5  # letters of a word that count
_WRITING = timedelta(days=7)
_COMMAS = 3
_BARS = 2  # a line with as many is a row of a table, with as many stops between fields a record
_GOES_ON = re.compile(r"^\s*(?:[a-z]+\b)(?<!at)(?<!by)")


def stated(text: str) -> tuple[Stated | Dateline, ...]:
    """The dates of the first lines and the last ones, the likeliest first; then datelines."""
    every = dates(text)
    found = [one for one in every if isinstance(one, Found)]
    lines = [one for one in every if isinstance(one, Dateline)]
    parts = [math.exp(score(one)) for one in found]
    told = []
    for one, part in sorted(zip(found, parts, strict=True), key=lambda pair: -pair[1]):
        beside = sum(its for other, its in zip(found, parts, strict=True) if near(one, other))
        basis = f"{one.label} “{one.words}”"
        chance, alone = beside / (1 + sum(parts)), part / (1 + part)
        told.append(Stated(chance, alone, one.form in _SPEAKS, one.interval, basis))
    return (*sorted(told, key=lambda one: -one.chance), *lines)


def dates(text: str) -> list[Found | Dateline]:
    """Every date with its year of the first and the last lines, and datelines without one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = len(lines) - (_FOOT_LINES if len(lines) > 2 * _FOOT_LINES + 1 else 0)
    first, made = day_first(text), list[Found | Dateline]()
    for number, line in enumerate(_without_due(lines)):
        if number < min(last, _HEAD_LINES) or number >= last:
            where = "foot" if number >= last else f"head {_step(number, (0, 1, 2, 4, 7))}"
            made += _read(line, where, first)
    found = [one for one in made if isinstance(one, Found)]
    return [_beside(one, found) if isinstance(one, Found) else one for one in made]


def _without_due(lines: Sequence[str]) -> Iterator[str]:
    """``lines``, the rows of tables without the cells whose column says what is due."""
    heads: list[str] = []
    for line in lines:
        cells = line.split("|")
        is_row = len(cells) > _BARS
        if is_row and heads:
            line = "|".join(
                "" if is_ahead(f"{head.strip()}: ") else cell
                for cell, head in zip_longest(cells, heads, fillvalue="")
            )
        heads = (heads or cells) if is_row else []
        yield line


def _read(line: str, where: str, first: bool | None) -> Iterator[Found | Dateline]:
    line = _CELLS.sub(r"\1: \2", line)[:_LINE].strip()
    fields = _FIELD.split(line)
    is_record = len(fields) > _BARS and all(map(_NAMED.match, fields))
    columns = fields if is_record else _COLUMNS.split(line)
    for column in columns:
        found = atoms(column, first)
        for atom in found:
            before, after = column[: atom.start], column[atom.end :]
            if atom.reading.kind == "yearless":
                if _PLACE.search(before) and _DASHED.search(after):
                    yield Dateline(atom, column)
                continue
            interval = (
                atom.reading.meaning(Scope(None)) if atom.reading.kind == "absolute" else None
            )
            span = _span(interval) if interval else None
            if interval is None or span is None:
                continue
            form, label = _form(before, after, column)
            if form == "ahead" or (not form and _SENTENCE.search(column)):
                continue  # "Next meeting: 5 May 2024", or a story
            told = {
                f"a {span}",
                where,
                f"{min(len(found), 3)} dates in {min(len(columns), 3)} columns",
                f"form {form}",
                *_shape(column, column[atom.start : atom.end]),
                *_words(before, after),
            }
            words = column[atom.start : atom.end]
            yield Found(tuple(sorted(told)), interval, words, form, label)


def _span(interval: Interval) -> Unit | None:
    """The unit of the calendar that it is; None where it is none that a text is dated by."""
    spans: tuple[Unit, ...] = ("day", "week", "month")
    return next((one for one in spans if interval == containing(interval.start, one)), None)


def _step(number: int, steps: Sequence[int]) -> str:
    """Up to which of ``steps`` a number goes."""
    return next((f"to {one}" for one in steps if number <= one), "more")


def _shape(line: str, date: str) -> Iterator[str]:
    """What a line looks like."""
    ends = "a word" if line[-1].isalnum() else line[-1]
    opens = line[0]
    if opens.isalnum():
        opens = "A" if opens.isupper() else "a" if opens.islower() else "0"
    small = sum(word[0].islower() for word in _WORD.findall(line))
    yield f"length {_step(len(line), (20, 40, 70, 110, 160))}"
    yield f"begins {opens}, ends {ends}"
    yield f"begins {opens}"
    yield f"ends {ends}"
    yield f"{_step(small, (0, 1, 2, 4, 8))} small words"
    yield f"{min(line.count(','), 4)} commas"
    if line.upper() == line:
        yield "capitals"
    if not _WORD.search(date):
        yield "figures"


def _words(before: str, after: str) -> Iterator[str]:
    """The words on both sides of a date, the nearest with the signs between."""
    left, right = (_SIGN.findall(side.lower()) for side in (before, after))
    said, more = ([one for one in side if one[0].isalnum()] for side in (left, right))
    yield f"{_step(len(said), (0, 1, 2, 4, 8))} words before"
    yield f"{_step(len(more), (0, 1, 3, 8))} words after"
    yield f"after: {left[-1] if left else '^'}"
    yield f"after: {' '.join(left[-2:]) or '^'}"
    yield f"before: {right[0] if right else '$'}"
    for word in said:
        yield f"before it {word}"
        yield f"before it {word[:_STEM]}*"
    for word in said[-3:]:
        yield f"near {word[:_STEM]}"
    for word in more:
        yield f"behind it {word[:_STEM]}"


def _beside(one: Found, found: Sequence[Found]) -> Found:
    """With how it stands to the other dates."""
    days = [other.interval for other in found]
    told = [
        "the first" if one is found[0] else "a later one",
        f"of {min(len(found), 4)}",
        "the latest" if all(one.interval.end >= day.end for day in days) else "not the latest",
        "the earliest" if all(one.interval.start <= day.start for day in days) else "not earliest",
    ]
    told += ["said twice"] if days.count(one.interval) > 1 else []
    return one._replace(features=(*one.features, *told))


def score(one: Found) -> float:
    """The logit of a date's being the text's own, against none's being it."""
    weights = _weights()
    return weights[""] + sum(weights.get(name, 0.0) for name in one.features)


def near(one: Found | Stated, other: Found | Stated) -> bool:
    """Whether they may be of one writing: a letter is signed some days after it was begun."""
    first, second = sorted((one.interval, other.interval), key=lambda time: time.start)
    return second.start - first.end <= _WRITING


@lru_cache
def _weights() -> dict[str, float]:
    """The model, by feature; that of "" is the bias."""
    file = files("qa.times") / "heads.json"
    weights: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return weights


def _form(before: str, after: str, line: str) -> tuple[str, str]:
    """By which form a line may give the date, "" where by none, and how that is told."""
    if is_ahead(before):
        return "ahead", ""
    ends = bool(_NOTHING.match(after))
    if (match := _LABEL.search(before)) and not _GOES_ON.match(after):
        return "label", " ".join(match["label"].lower().split())
    if _PLACE.search(before) and (_DASHED.match(after) or (before[:1] == "(" and after[:1] == ")")):
        return "dateline", "dateline"
    if _BY.search(before) and not _GOES_ON.match(after):
        return "by-line", "by-line"
    sitting = _SITTING.search(before)
    if sitting and sitting["kept"] and (ends or _APART.match(after)):
        return "sitting", "heading"
    status, act = _STATUS.search(before), _ACT.search(before)
    label = status or (act if act and act["label"] else None)
    row = line.count("|") > 1 or line.count(",") > _COMMAS
    short = len(line) <= _SHORT and not row and not cues(line[label.end("label") if label else 0 :])
    if status and (ends or (short and _APART.match(after))):
        return "status", " ".join(status["label"].lower().split())
    opens = _OPENS.fullmatch(before) or _PLACE.search(before)
    if short and opens and (ends or _APART.match(after)):
        return "opens", "a line of its own"
    if short and (ends or _APART.match(after)) and (_BAR.search(before) or sitting):
        return "bar", "a line of its own"
    if act and (short or act["deed"]):
        said = (act["label"] or act["deed"]).lower()
        return "act" if act["label"] else "deed", " ".join(said.split())
    labelled = before.rstrip(" *_").endswith((":", "："))
    if not short or not (labelled or opens or (ends and len(before.split()) <= _WORDS)):
        return "", "in the head"
    return "dated" if labelled and _DATED.search(before) else "short", "in the head"


_REPORTED = re.compile(
    r"\b(?:(?:annual|yearly|quarterly|half-year|monthly|interim|financial)\s+(?:report|accounts|review"
    r"|statements?|results)|Jahresbericht|Geschäftsbericht|Quartalsbericht|rapport\s+annuel"
    r"|informe\s+anual|memoria\s+anual)\b|年度报告|年报",
    re.I,
)
_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d\d(?![\d/-])")


def reported(text: str) -> tuple[Interval, str] | None:
    """The period that the title names, and the title where it says that the text reports on it."""
    for line in [line.strip(" \t#*_|") for line in text.splitlines() if line.strip()][:_TITLE]:
        if len(line) <= _SHORT:
            times = [time for one in atoms(line) if (time := one.reading.meaning(Scope(None)))]
            years = [year(int(one)) for one in _YEAR.findall(line)]
            if len({*(times or years)}) == 1:
                return (times or years)[0], f"“{line}”" if _REPORTED.search(line) else ""
    return None
