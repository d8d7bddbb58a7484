"""An acronym is spelled out where the documents do it themselves."""

import pytest

from qa.answer.expansion import long_form


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("The new energy vehicle (NEV) sells.", "NEV", "new energy vehicle"),
        (
            "An EREV (extended-range electric vehicle) came.",
            "erev",
            "extended-range electric vehicle",
        ),
        ("The World Trade Body (WTB) met.", "WTB", "World Trade Body"),
        ("The Bureau of Inland Roads (BIR) met.", "BIR", "Bureau of Inland Roads"),
        ("It joined Oslo Inland Roads (IR).", "IR", "Oslo Inland Roads"),
        ("The firm (NEV) sells vehicles.", "NEV", None),
        ("NEV (in Oslo) sells.", "NEV", None),
        ("Nothing here.", "NEV", None),
    ],
)
def test_long_forms(text: str, short: str, long: str | None) -> None:
    """The words whose initials are the acronym's letters are emphasised, and no others."""
    found = long_form(text, short)
    assert (text[found.start : found.end] if found else None) == long
