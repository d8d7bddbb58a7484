"""Numbers, dates and names in a comparable form."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.facts import Date, dates, names, numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 million units", [("1000000", None)]),
        ("1,000,000 units", [("1000000", None)]),
        ("$3bn", [("3000000000", "dollar")]),
        ("3 billion dollars", [("3000000000", "dollar")]),
        ("US$3.2 billion", [("3200000000", "dollar")]),
        ("€5", [("5", "euro")]),
        ("5%", [("5", "%")]),
        ("5 percent", [("5", "%")]),
        ("5 per cent", [("5", "%")]),
        ("twenty-one cars", [("21", None)]),
        ("two hundred and five thousand", [("205000", None)]),
        ("a dozen eggs", [("12", None)]),
        ("one of them", []),
        ("5 km and 5 kilometres", [("5", "km"), ("5", "km")]),
        ("3m tall", [("3", "m")]),
        ("the 19th century", [("19", "century")]),
        ("third place", [("3", None)]),
        ("٣ cars", [("3", None)]),
        ("1600 mm", [("1600", "mm")]),
        ("in 1998", []),
    ],
)
def test_one_number_in_two_spellings_is_one(text: str, expected: list[tuple[str, str]]) -> None:
    """The spelling of a number, a sum or a percentage does not matter."""
    assert [(one.value, one.unit) for one in numbers(text)] == [
        (Decimal(value), unit) for value, unit in expected
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Miete beträgt 1.234,56 € im Monat.", [("1234.56", "euro")]),
        ("La cuota es de 1.234 euros.", [("1234", "euro")]),
        ("version 1.234 of the engine", [("1.234", None)]),
        ("1 234,56 €", [("1234.56", "euro")]),
        ("Le village compte 12\u202f345 habitants.", [("12345", None)]),
        ("Où vivent les 12 345 habitants ?", [("12345", None)]),
        ("Der Beitrag steigt um 3,5 Prozent.", [("3.5", None)]),
        ("Die Stadt gab 2,5 Mio. Euro aus.", [("2500000", None)]),
        ("费用为每年1,234.56元，共一万二千人", [("1234.56", "yuan"), ("12000", None)]),
        ("約3.5万円を二十五人で", [("35000", "yen"), ("25", None)]),
        ("十分好，万一在十二月", []),
        ("Rooms 1,2 and 3", [("1", None), ("2", None), ("3", None)]),
    ],
)
def test_numbers_are_read_as_their_language_writes_them(
    text: str, expected: list[tuple[str, str]]
) -> None:
    """1.234,56 is one number, which 1.234 is only where the mark of decimals is a comma."""
    assert [(one.value, one.unit) for one in numbers(text)] == [
        (Decimal(value), unit) for value, unit in expected
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("February 5, 2023", [(2023, 2, 5)]),
        ("as of Feb. 5 it", [(None, 2, 5)]),
        ("5 February 2023", [(2023, 2, 5)]),
        ("the 5th of February", [(None, 2, 5)]),
        ("2023-02-05", [(2023, 2, 5)]),
        ("2023年2月5日", [(2023, 2, 5)]),
        ("in August 2021", [(2021, 8, None)]),
        ("In May they may", [(None, 5, None)]),
        ("you may march", []),
        ("from 1998 to 1999", [(1998, None, None), (1999, None, None)]),
        ("2,021 cars", []),
    ],
)
def test_one_date_in_two_spellings_is_one(text: str, expected: list[tuple[int, ...]]) -> None:
    """The spelling of a date does not matter, and a verb is no month."""
    assert [tuple(one) for one in dates(text)] == expected


def test_a_part_of_a_date_is_within_the_whole() -> None:
    """A year is borne out by a day in it, never the other way round."""
    whole = Date(2023, 2, 5)
    assert (Date(2023, None, None).within(whole), whole.within(Date(2023, None, None))) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Today Ana Pires met the U.S. firm Datalith.", ["Ana", "Pires", "U.S.", "Datalith"]),
        ("The bridge is old. Tolls rose in May.", []),
        ("Kestrel Motors sells the X5.", ["Kestrel", "Motors", "X5"]),
        ("It is an NGO, I think.", ["NGO"]),
    ],
)
def test_names_are_told_from_capitals_at_a_start(text: str, expected: list[str]) -> None:
    """A capital at the start of a sentence does not make a name; one inside it does."""
    assert list(names(text)) == expected


def test_a_known_name_is_one_at_a_start_too() -> None:
    """A name that stands elsewhere in the sources is checked wherever it stands."""
    assert names("Kestrel sells.", frozenset({"Kestrel"})) == ("Kestrel",)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    """No text of a model or a document breaks the reading of facts."""
    for number in numbers(text):
        assert 0 <= number.start < number.end <= len(text)
    assert isinstance(dates(text) + names(text), tuple)


@given(st.integers(2, 10**9))
def test_thousands_separators_change_nothing(value: int) -> None:
    """1234567 and 1,234,567 are one number, unless four bare digits read as a year."""
    plain = numbers(f"{value:,} cars")
    assert [one.value for one in plain] == [value]
