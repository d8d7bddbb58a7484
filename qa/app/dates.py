"""Dates that a reader types, on the command line and in a conversation."""

import re
from datetime import date
from typing import Any

import click

from qa.errors import UsageError


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
