"""Dates that a reader types, on the command line and in a conversation."""

import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.assistant import Assistant


def parse_day(text: str) -> date:
    """The day that ``text`` names as YYYY-MM-DD; UsageError for anything else."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # there is no such day
    raise UsageError(f"{text!r} is no date; expected a day as YYYY-MM-DD, such as 2023-03-31")


def _read(_: click.Context, parameter: click.Parameter, value: Any) -> date | None:
    try:
        return None if value is None else parse_day(value)
    except UsageError as error:
        raise click.BadParameter(str(error), param=parameter) from error


def set_dates(
    assistant: "Assistant", pairs: Sequence[str], cleared: Sequence[str]
) -> dict[str, date | None]:
    """Set the dates that ``pairs`` ("PATH=DATE") say and take back those of ``cleared``.

    A path may be the library's own, as it lists it, or one that leads to the file from here.
    Returns the dates by the library's own paths; all are set, or none.
    """
    if not pairs and not cleared:
        return {}
    typed: dict[str, date | None] = {}
    for pair in pairs:
        path, equals, day = pair.rpartition("=")
        if not equals or not path:
            raise UsageError(f"{pair!r} is no PATH=DATE, such as report.txt=2023-03-31")
        typed[path] = parse_day(day)
    for path in cleared:
        if path in typed:
            raise UsageError(f"the date of {path!r} cannot be set and taken back at once")
        typed[path] = None
    known = {source.path for source in assistant.sources()}
    folder = assistant.settings.documents.absolute()
    given: dict[str, date | None] = {}
    for path, when in typed.items():
        here = os.path.relpath(Path(path).absolute(), folder).replace(os.sep, "/")
        given[here if path not in known and here in known else path] = when
    assistant.set_dates(given)
    return given


AS_OF = click.option(
    "--as-of",
    callback=_read,
    metavar="DATE",
    help="Answer as if only what was published by then (YYYY-MM-DD) were known.",
)
TODAY = click.option(
    "--today",
    callback=_read,
    metavar="DATE",
    help="What a question's own 'last year' is counted from [default: --as-of, or this day].",
)
SET_DATE = click.option(
    "--set-date",
    multiple=True,
    metavar="PATH=DATE",
    help="Say when a document was written, whatever it says itself; kept until it is cleared.",
)
CLEAR_DATE = click.option(
    "--clear-date", multiple=True, metavar="PATH", help="Go back to what the document says."
)
