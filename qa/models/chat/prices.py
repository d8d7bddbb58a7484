"""What a reply cost: tokens times the price that the host asks, from a dated table."""

import re
import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from qa.data import Usage
from qa.errors import ConfigError

_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_NUMBERS = ("input", "cached", "output")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; ``cached`` None: as ``input``.  ``window`` in tokens.

    ``date`` is when the table was true, as its file says.
    """

    input: float
    output: float
    cached: float | None
    window: int | None
    date: str


def find_price(host: str, model: str, own: Path | None = None) -> Price | None:
    """The price of ``model`` at ``host``, or None where no table knows it.

    ``own`` is the user's file and wins over the one that comes with the package.  A dated
    snapshot ("gpt-4o-2024-08-06") costs what its model costs unless it has its own entry.

    Raises ConfigError where ``own`` cannot be read or is malformed.
    """
    for table, name in _tables(own):
        hosts = table.get("hosts", {})
        models = hosts.get(host, {}) if isinstance(hosts, dict) else None
        if not isinstance(models, dict):
            raise ConfigError(f"price file {name!r}: 'hosts' must hold a table of models a host")
        for key in (model, _SNAPSHOT.sub("", model)):
            if key in models:
                return _price(models[key], str(table.get("date", "undated")), f"{name}: {key}")
    return None


def with_cost(usage: Usage, price: Price | None) -> Usage:
    """``usage`` with its cost, where the price and both token counts are known."""
    if price is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return usage
    cached = min(usage.cached_tokens or 0, usage.prompt_tokens)
    cached_price = price.input if price.cached is None else price.cached
    dollars = (usage.prompt_tokens - cached) * price.input + cached * cached_price
    dollars += usage.completion_tokens * price.output
    return replace(usage, cost=dollars / 1_000_000)


def _tables(own: Path | None) -> list[tuple[dict[str, Any], str]]:
    tables = []
    if own is not None:
        try:
            tables.append((tomllib.loads(own.read_text("utf-8")), str(own)))
        except (OSError, ValueError) as error:
            raise ConfigError(f"price file {str(own)!r} cannot be read: {error}") from error
    text = (files("qa.models.chat") / "prices.toml").read_text("utf-8")
    tables.append((tomllib.loads(text), "prices.toml"))
    return tables


def _price(entry: Any, date: str, where: str) -> Price:
    known = {*_NUMBERS, "window"}
    if not isinstance(entry, dict) or not {"input", "output"} <= set(entry) <= known:
        raise ConfigError(
            f"price entry {where!r} must have input and output (US dollars per million "
            "tokens) and may have cached and window"
        )
    for key, value in entry.items():
        kinds = (int,) if key == "window" else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not value >= 0:
            raise ConfigError(f"price entry {where!r}: {key!r} must be a number from 0 up")
    return Price(
        float(entry["input"]),
        float(entry["output"]),
        float(entry["cached"]) if "cached" in entry else None,
        entry.get("window"),
        date,
    )
