"""Gold pairs: questions with what a right answer holds and where it stands.

A file is JSON Lines, one object a line, documented in ``eval/README.md``.  Evidence is a
path and a verbatim quote, never a passage id, so that splitting anew keeps gold valid.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qa.errors import GoldError, UsageError

REQUIRED = ("id", "question", "kind", "answerable")
"""The fields that every pair states."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that answers: ``quote`` stands verbatim in the text of the file ``path``."""

    path: str
    quote: str


@dataclass(frozen=True, slots=True)
class GoldPair:
    """A question and what is known of its answer.

    ``must`` is a list of nuggets, each a list of alternatives of which one at least occurs
    in a right answer; ``must_not`` are strings that a right answer does not hold.  All of
    ``evidence`` is needed, or any one of it where ``any_evidence``.  ``history`` holds the
    questions asked before, oldest first.  A ``draft`` has not been accepted by a person.
    ``days`` are the first and the last day that a right answer names; ``as_of`` and ``today``
    are what ``Assistant.ask`` is asked with.
    """

    id: str
    question: str
    kind: str
    answerable: bool
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    any_evidence: bool = False
    history: tuple[str, ...] = ()
    note: str = ""
    draft: bool = False
    days: tuple[date, date] | None = None
    as_of: date | None = None
    today: date | None = None

    def to_dict(self) -> dict[str, Any]:
        """The pair as a line of a gold file states it, fields that say nothing left out."""
        stated = {
            "must": [list(nugget) for nugget in self.must],
            "must_not": list(self.must_not),
            "evidence": [{"path": piece.path, "quote": piece.quote} for piece in self.evidence],
            "any_evidence": self.any_evidence,
            "history": list(self.history),
            "days": [day.isoformat() for day in self.days or ()],
            "as_of": self.as_of and self.as_of.isoformat(),
            "today": self.today and self.today.isoformat(),
            "note": self.note,
            "draft": self.draft,
        }
        always = {name: getattr(self, name) for name in REQUIRED}
        return always | {name: value for name, value in stated.items() if value}

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with anything that a score depends on."""
        judged = {k: v for k, v in self.to_dict().items() if k not in ("note", "draft")}
        line = json.dumps(judged, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(line.encode()).hexdigest()[:16]


def _string(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a string that is not empty")
    return value


def _note(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a string")
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _day(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError('a day such as "2024-05-31"')


def _days(value: object) -> tuple[date, date]:
    expected = 'the first and the last day, such as ["2024-05-01", "2024-05-31"]'
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(expected)
    try:
        first, last = (_day(one) for one in value)
    except ValueError:
        raise ValueError(expected) from None
    if first > last:
        raise ValueError(expected)
    return first, last


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise ValueError("a list of strings that are not empty")
    return tuple(value)


def _nuggets(value: object) -> tuple[tuple[str, ...], ...]:
    expected = 'a list of lists of strings, such as [["JAC", "Jianghuai"], ["Seres"]]'
    if not isinstance(value, list) or not all(isinstance(inner, list) and inner for inner in value):
        raise ValueError(expected)
    try:
        return tuple(_strings(inner) for inner in value)
    except ValueError:
        raise ValueError(expected) from None


def _evidence(value: object) -> tuple[Evidence, ...]:
    expected = 'a list of objects {"path": …, "quote": …} and nothing else in them'
    if not isinstance(value, list):
        raise ValueError(expected)
    found = []
    for one in value:
        if not isinstance(one, dict) or set(one) != {"path", "quote"}:
            raise ValueError(expected)
        try:
            found.append(Evidence(_string(one["path"]), _string(one["quote"])))
        except ValueError:
            raise ValueError(expected) from None
    return tuple(found)


FIELDS: dict[str, Callable[[object], Any]] = {
    "id": _string,
    "question": _string,
    "kind": _string,
    "answerable": _boolean,
    "must": _nuggets,
    "must_not": _strings,
    "evidence": _evidence,
    "any_evidence": _boolean,
    "history": _strings,
    "days": _days,
    "as_of": _day,
    "today": _day,
    "note": _note,
    "draft": _boolean,
}
"""Every field of a gold line, and what reads it."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON whose names are distinct (Python would keep the last silently)."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the field {name!r} stands twice")
        found[name] = value
    return found


def parse(line: str) -> GoldPair:
    """One line of a gold file.  Raises GoldError naming the field and what was expected."""
    try:
        read = json.loads(line, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise GoldError(f"not JSON: {error.msg} at column {error.colno}") from error
    except ValueError as error:
        raise GoldError(str(error)) from error
    if not isinstance(read, dict):
        raise GoldError(f"expected an object {{…}}, found {line.strip()[:40]!r}")
    for name in REQUIRED:
        if name not in read:
            raise GoldError(f"field {name!r} is missing")
    values = {}
    for name, value in read.items():
        if name not in FIELDS:
            raise GoldError(f"unknown field {name!r}; a pair may hold {', '.join(FIELDS)}")
        try:
            values[name] = FIELDS[name](value)
        except ValueError as error:
            shown = json.dumps(value, ensure_ascii=False)[:60]
            raise GoldError(f"field {name!r}: expected {error}, found {shown}") from None
    return GoldPair(**values)


def load(path: Path) -> tuple[GoldPair, ...]:
    """The pairs of a gold file in order; blank lines are allowed.

    Raises UsageError where there is no such file, and GoldError naming the file, the line and
    the field: for one that cannot be read or holds no pair, a line that is malformed, and an id
    that stands twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise UsageError(f"there is no gold file {str(path)!r}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"gold file {str(path)!r} cannot be read as UTF-8: {error}") from error
    pairs: list[GoldPair] = []
    first: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{str(path)!r} line {number}"
        try:
            pair = parse(line)
        except GoldError as error:
            raise GoldError(f"{where}: {error}") from error
        if pair.id in first:
            raise GoldError(
                f"{where}: field 'id': {pair.id!r} stands on line {first[pair.id]} already"
            )
        first[pair.id] = number
        pairs.append(pair)
    if not pairs:
        raise GoldError(f"gold file {str(path)!r} holds no pair")
    return tuple(pairs)


def dumps(pairs: Sequence[GoldPair]) -> str:
    """The text of a gold file of these pairs, each on its line."""
    return "".join(json.dumps(pair.to_dict(), ensure_ascii=False) + "\n" for pair in pairs)


def save(path: Path, pairs: Sequence[GoldPair]) -> None:
    """Put a gold file of these pairs in place as a whole: an interruption leaves the old one.

    Raises GoldError where it cannot be written.
    """
    new = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(dumps(pairs), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise GoldError(f"gold file {str(path)!r} cannot be written: {error.strerror}") from error
