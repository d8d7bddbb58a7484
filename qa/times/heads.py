"""Where a text states its own date: labels, datelines, by-lines, lines that are a date."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.times.direction import PARTICIPLE, cues, is_ahead
from qa.times.expressions import atoms
from qa.times.intervals import Interval, containing, year
from qa.times.readings import Atom, Scope

_HEAD_LINES = 12
_FOOT_LINES = 3
_SHORT = 100
_LINE = 240  # characters of a line that are looked at


class Stated(NamedTuple):
    """A date that a line gives the text; a lower ``rank`` is better evidence."""

    rank: float
    interval: Interval
    basis: str


class Dateline(NamedTuple):
    """A dateline without its year."""

    atom: Atom
    line: str


_MARK = r"(?:^|[.|·•/–—-]\s+|\()\W*"
_REST = r"(?:\s+(?:on|at|date|the|le|am|den|el|vom))*[\s:：,|*_–—-]*$"
_LABEL = re.compile(
    _MARK + r"(?P<label>(?:\w+\s+)?(?:published|posted|issued|released|sent|filed|created|completed"
    r"|saved)"
    r"|(?:(?:publication|release|issue|invoice|letter"
    r"|report(?:ing)?|statement|document|print)\s+)?date(?:\s+of\s+(?:publication|issue|report|letter"
    r"|invoice|writing|this\s+\w+))?|press\s+release"
    r"|(?:for\s+)?(?:immediate\s+)?release|veröffentlicht|erschienen|(?:rechnungs|brief|ausgabe)?datum"
    r"|publié|fecha(?:\s+de\s+\w+)?|publicado|发布(?:日期|时间)|日期)" + _REST,
    re.I,
)
_STATUS = re.compile(
    _MARK + r"(?P<label>(?:last\s+)?(?:updated|modified|reviewed|revised|changed|edited)|stand"
    r"|as\s+of|status|version(?:\s+[\w.]+)?|revision(?:\s+[\w.]+)?|draft(?:\s+of)?"
    r"|(?:zuletzt\s+|letzte\s+)?(?:aktualisi|geänder|änder)\w+|(?:dernière\s+)?mise?\s+à\s+jour"
    r"|(?:última\s+)?actualiza\w+|更新(?:日期|时间|于)?)" + _REST,
    re.I,
)
_ACT = re.compile(  # "Held on Monday,", "Signed: A. Bell,", "LEASE between A and B, made on"
    rf"^\W*(?P<label>{PARTICIPLE})(?:\s*:|\s+(?:on|at|in|by|this|before)\b|(?=\W*$))"
    r"(?:(?!\b(?:after|since|until|from)\b)(?:[A-Z]\.|[^.;])){0,60}$"
    r"|(?<!was )(?<!were )(?<!been )\b(?P<deed>made|dated|signed|executed|entered\s+into)\b"
    r"(?:(?!\b(?:before|after|since|until|by|from)\b)[^.;:]){0,40}:?\W*$",
    re.I,
)
_BY = re.compile(r"^\W*(?:By|Par|Von|Por)\s+[A-Z][^.!?]{2,60}?[,|·•–—-]\s*(?:on\s+|le\s+)?$")
_SITTING = re.compile(  # "Committee meeting, 4 November 2022", "Edition of 16 May 2024"
    r"^\W*(?:(?P<kept>(?:[^\W\d]\w*\s+)?(?:minutes|notes|protocol|edition|édition|edición|Ausgabe|Protokoll"
    r"|Niederschrift|compte\s+rendu|procès-verbal|acta)\b[^.!?]{0,120}?"
    r"|(?:[^\W\d][^.!?:;|]{0,60}\b)?(?:issue|no|nr|n[°º]|vol|volume|number)\.?\s*[\d,]+)"
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
_CELLS = re.compile(r"^\|\s*([^|]+?)\s*\|\s*([^|]+?)\s*\|$")
_DATED = re.compile(r"\b(?:date|datum|fecha)\b|日期", re.I)
_WORDS = 4  # words at most before a date that a line ends with
_TITLE, _FOOT = 3, 7.5
_COMMAS = 3
_GOES_ON = re.compile(r"^\s*(?:[a-z]+\b)(?<!at)(?<!by)")


def stated(text: str) -> tuple[Stated | Dateline, ...]:
    """What the first lines, and the last ones, say of the text's date; best and first first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = len(lines) - (_FOOT_LINES if len(lines) > 2 * _FOOT_LINES + 1 else 0)
    found = [one for line in lines[: min(last, _HEAD_LINES)] for one in _read(line)]
    found += [
        one._replace(rank=_FOOT)
        for line in lines[last:]
        for one in _read(line)
        if isinstance(one, Stated) and one.rank in (0, 4, 5, 6.5, 7)
    ]
    return tuple(sorted(found, key=lambda one: one.rank if isinstance(one, Stated) else 8))


def _read(line: str) -> Iterator[Stated | Dateline]:
    line = _CELLS.sub(r"\1: \2", line)
    for column in _COLUMNS.split(line[:_LINE].strip()):
        yield from _of_column(column)


def _of_column(line: str) -> Iterator[Stated | Dateline]:
    for atom in atoms(line):
        before, after = line[: atom.start], line[atom.end :]
        words = line[atom.start : atom.end]
        if atom.reading.kind == "yearless":
            if _PLACE.search(before) and _DASHED.search(after):
                yield Dateline(atom, line)
            continue
        interval = atom.reading.meaning(Scope(None)) if atom.reading.kind == "absolute" else None
        if interval is None or interval not in (
            containing(interval.start, "day"),
            containing(interval.start, "week"),
            containing(interval.start, "month"),
        ):
            continue
        found = _rank(before, after, line)
        if found is not None:
            yield Stated(found[0], interval, f"{found[1]} “{words}”")


def _rank(before: str, after: str, line: str) -> tuple[float, str] | None:
    if is_ahead(before):
        return None  # "Next meeting: 5 May 2024"
    ends = bool(_NOTHING.match(after))
    if (match := _LABEL.search(before)) and not _GOES_ON.match(after):
        return 0, " ".join(match["label"].lower().split())
    if _PLACE.search(before) and (_DASHED.match(after) or (before[:1] == "(" and after[:1] == ")")):
        return 1, "dateline"
    if _BY.search(before) and not _GOES_ON.match(after):
        return 2, "by-line"
    sitting = _SITTING.search(before)
    if sitting and sitting["kept"] and (ends or _APART.match(after)):
        return 3, "heading"
    status, act = _STATUS.search(before), _ACT.search(before)
    label = status or (act if act and act["label"] else None)
    row = line.count("|") > 1 or line.count(",") > _COMMAS
    short = len(line) <= _SHORT and not row and not cues(line[label.end("label") if label else 0 :])
    if status and (ends or (short and _APART.match(after))):
        return 5, " ".join(status["label"].lower().split())
    opens = _OPENS.fullmatch(before) or _PLACE.search(before)
    if short and opens and (ends or _APART.match(after)):
        return 4, "a line of its own"
    if short and (ends or _APART.match(after)) and (_BAR.search(before) or sitting):
        return 6, "a line of its own"
    if act and (short or act["deed"]):
        return 7 if act["label"] else 6.5, " ".join((act["label"] or act["deed"]).lower().split())
    labelled = before.rstrip(" *_").endswith((":", "："))
    if not short or not (labelled or opens or (ends and len(before.split()) <= _WORDS)):
        return None
    return (8.5 if labelled and _DATED.search(before) else 8), "in the head"


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
