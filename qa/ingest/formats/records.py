"""JSON and JSON Lines: one readable line per record or leaf."""

import json
import re
from collections.abc import Iterator
from typing import Any

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.tables import row_line
from qa.times.intervals import Claimed

_JOINED = 200  # characters up to which a list of plain values stays on one line


class _Pairs(tuple[tuple[str, Any], ...]):
    """A JSON object with every member it has, duplicates too, in the order written."""

    __slots__ = ()


def document(raw: Raw) -> Draft:
    """A JSON file: ``path.to.key: value`` per leaf; an array of flat objects a line per object.

    Numbers stand as written, duplicate keys are all kept, null is left out.  Title, author
    and date come from top-level members of those names.

    Raises DocumentError naming line and column where it is not JSON.
    """
    value = _parse(decode(raw.data), 1)
    top = dict(value) if isinstance(value, _Pairs) else {}
    day, basis = None, ""
    for name in ("date", "published", "datePublished", "publication_date"):
        day = day or dates.parse(top.get(name))
        basis = basis or (f'JSON member "{name}"' if day else "")
    return Draft(
        text="\n".join(_capped(_lines(value, raw.limit), raw.limit)) + "\n",
        title=_text(top.get("title")) or _text(top.get("headline")),
        author=_text(top.get("author")),
        published=Claimed(day, basis) if day else None,
        is_rows=isinstance(value, list),
    )


def lines(raw: Raw) -> Draft:
    """A JSON Lines file: line n of the text is the record of line n of the file.

    Raises DocumentError naming line and column of the first line that is not JSON.
    """
    parsed = (
        _parse(line, number) if line.strip() else None
        for number, line in enumerate(decode(raw.data).removesuffix("\n").split("\n"), start=1)
    )
    records = (_record("", value, raw.limit) for value in parsed)
    return Draft(text="\n".join(_capped(records, raw.limit)) + "\n", is_rows=True)


def _parse(text: str, line: int) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        where = f"line {line + error.lineno - 1}, column {error.colno}"
        raise DocumentError(f"is not valid JSON: {error.msg} at {where}") from error
    except RecursionError as error:
        raise DocumentError("is JSON nested too deeply to be read") from error


def _capped(found: Iterator[str], limit: int) -> Iterator[str]:
    size = 0
    for line in found:
        size += len(line)
        if size > limit:
            raise DocumentError("is JSON nested so deeply that its paths grow too large")
        yield line


def _lines(value: Any, limit: int) -> Iterator[str]:
    """The lines of one JSON value, depth first; iterators on a stack, for any depth."""
    stack: list[Iterator[tuple[str, Any]]] = [iter([("", value)])]
    while stack:
        path, value = next(stack[-1], (None, None))
        if path is None:
            stack.pop()
        elif len(path) > limit:
            raise DocumentError("is JSON nested so deeply that its paths grow too large")
        elif isinstance(value, _Pairs):
            stack.append(_members(path, value))
        elif (plain := _plain(value)) is not None:
            yield from filter(None, [row_line([(path, plain)])])
        elif all(isinstance(item, _Pairs) and _is_flat(item) for item in value):
            yield from filter(None, (_record(path, item, limit) for item in value))
        else:
            stack.append(_items(path, value))


def _members(path: str, pairs: _Pairs) -> Iterator[tuple[str, Any]]:
    for name, value in pairs:
        yield (f"{path}.{_clean(name)}" if path else _clean(name)), value


def _items(path: str, values: list[Any]) -> Iterator[tuple[str, Any]]:
    for at, value in enumerate(values):
        yield f"{path}[{at}]", value


def _record(path: str, value: Any, limit: int) -> str:
    """Everything below ``value`` on one line."""
    if isinstance(value, _Pairs) and _is_flat(value):
        line = row_line((_clean(name), _plain(item) or "") for name, item in value)
    else:
        line = "; ".join(_capped(_lines(value, limit), limit))
    return f"{path}: {line}" if path and line else line


def _is_flat(pairs: _Pairs) -> bool:
    return all(_plain(value) is not None for _, value in pairs)


def _plain(value: Any) -> str | None:
    """A plain value, or a short list of them, as one string; None for anything deeper."""
    if not isinstance(value, list):
        return None if isinstance(value, _Pairs) else _text(value) or ""
    if any(isinstance(item, list | _Pairs) for item in value):
        return None
    joined = ", ".join(filter(None, map(_text, value)))
    return joined if len(joined) <= _JOINED else None


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _clean(value) or None
    return str(value) if isinstance(value, float) else None  # NaN and Infinity


def _clean(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()
