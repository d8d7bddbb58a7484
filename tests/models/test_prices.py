"""What a reply cost, where that is known."""

import re
import tomllib
from importlib.resources import files

import pytest

from qa.data import Usage
from qa.errors import ConfigError
from qa.models.chat.prices import Price, find_price, with_cost


def test_known_price() -> None:
    """A model of OpenAI's, and its dated snapshot, cost what the table says."""
    price = find_price("api.openai.com", "gpt-4o-mini")
    assert price is not None
    assert (price.input, price.output, price.cached) == (0.15, 0.60, 0.075)
    assert price == find_price("api.openai.com", "gpt-4o-mini-2024-07-18")


@pytest.mark.parametrize(
    ("host", "model"),
    [("gateway.example", "gpt-4o-mini"), ("api.openai.com", "gpt-99"), ("date", "gpt-4o")],
)
def test_unknown_price(host, model) -> None:
    """The same name at another host, and a name nobody knows, have no price at all."""
    assert find_price(host, model) is None


def test_own_prices_win(tmp_path) -> None:
    """The user's file adds hosts and overrides entries, and leaves the rest as it was."""
    own = tmp_path / "prices.toml"
    own.write_text(
        'date = "2030-01-01"\n[hosts."api.openai.com"]\ngpt-4o = { input = 1, output = 2 }\n'
        '[hosts."localhost:8000"]\nmistral = { input = 0, output = 0, window = 4096 }\n'
    )
    expected = Price(1.0, 2.0, None, None, "2030-01-01")
    assert expected == find_price("api.openai.com", "gpt-4o", own)
    assert Price(0.0, 0.0, None, 4096, "2030-01-01") == find_price("localhost:8000", "mistral", own)
    assert find_price("api.openai.com", "o3") == find_price("api.openai.com", "o3", own)


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "hosts = 3",
        "[hosts]\nh = 3",
        "[hosts.h]\nm = 3",
        "[hosts.h]\nm = { input = 1 }",
        "[hosts.h]\nm = { input = 1, output = -2 }",
        "[hosts.h]\nm = { input = 1, output = nan }",
        "[hosts.h]\nm = { input = 1, output = 2, window = 1.5 }",
        "[hosts.h]\nm = { input = 1, output = 2, discount = 3 }",
        "[hosts.h]\nm = { input = true, output = 2 }",
    ],
)
def test_malformed_prices(tmp_path, text) -> None:
    """A price file with a mistake in it is refused by name, never read half."""
    own = tmp_path / "prices.toml"
    own.write_text(text)
    with pytest.raises(ConfigError, match="price"):
        find_price("h", "m", own)


def test_missing_prices(tmp_path) -> None:
    """A price file that is not there is named."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        find_price("h", "m", tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("usage", "price", "expected"),
    [
        # 600 x 2 + 400 x 0.5 + 100 x 8 = 2,200 millionths
        (Usage(1000, 100, 400), Price(2, 8, 0.5, None, ""), 0.0022),
        (Usage(1000, 100, 400), Price(2, 8, None, None, ""), 0.0028),
        (Usage(1000, 100, None), Price(2, 8, 0.5, None, ""), 0.0028),
        (Usage(1000, 100, 5000), Price(2, 8, 0.5, None, ""), 0.0013),
        (Usage(None, 100, None), Price(2, 8, 0.5, None, ""), None),
        (Usage(1000, None, None), Price(2, 8, 0.5, None, ""), None),
        (Usage(1000, 100, None), None, None),
    ],
)
def test_cost(usage, price, expected) -> None:
    """The cost is tokens times price, and unknown where either is unknown."""
    cost = with_cost(usage, price).cost
    assert expected is cost if expected is None else pytest.approx(expected) == cost


def test_the_table_is_dated() -> None:
    """The table that comes along says of which day it is, and every entry of it is sound."""
    table = tomllib.loads((files("qa.models.chat") / "prices.toml").read_text("utf-8"))
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", table["date"])
    for model in table["hosts"]["api.openai.com"]:
        price = find_price("api.openai.com", model)
        assert price is not None
        assert price.cached is not None
        assert price.cached < price.input < price.output
