"""What a term stands for is said where the documents say it themselves."""

import pytest

from qa.answer.expansion import called, definition, expansions, long_form
from tests.answer.test_late import hit


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


@pytest.mark.parametrize(
    ("text", "label", "said"),
    [
        ("E07: the probe is fouled.", "E07", "the probe is fouled."),
        ("E07 | Probe fouled", "e07", "Probe fouled"),
        (
            "Preload \u2013 the force that holds a joint.",
            "preload",
            "the force that holds a joint.",
        ),
        ("E071: the probe is fouled.", "E07", None),
        ("After E07: stop.", "E07", None),
        ("E07-b is reserved.", "E07", None),
        ("E07:", "E07", None),
    ],
)
def test_labels(text: str, label: str, said: str | None) -> None:
    """A line that opens with the term says what it means; one that only mentions it does not."""
    found = definition(text, label)
    assert (text[found.start : found.end] if found else None) == said


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What does E07 mean?", "E07: the water level probe is fouled."),
        ("what does error code E03 mean", "E03: pump pressure below 6 bar."),
        ("What does the error \u201cE01\u201d mean?", "E01: tank empty."),
        ("What is meant by preload?", "Preload: the force that holds a joint."),
        ("What does E09 mean?", None),
        ("Why does E07 mean trouble?", None),
    ],
)
def test_what_does_it_mean(question: str, answer: str | None) -> None:
    """Who asks what a code or a term means is shown the line of a list that says it."""
    text = (
        "E01: tank empty. E03: pump pressure below 6 bar. E07: the water level probe is fouled. "
        "Preload: the force that holds a joint."
    )
    said = [
        one.hit.document.text[one.sentence.start : one.sentence.end]
        for one in expansions(question, [hit(text)])
    ]
    assert said == ([answer] if answer else [])


@pytest.mark.parametrize(
    ("text", "party", "name"),
    [
        ('Made between Harrow Ltd ("the Landlord") and Ada Nolan.', "landlord", "Harrow Ltd"),
        (
            "Acme Holdings plc (hereinafter the “Company”) leases it.",
            "company",
            "Acme Holdings plc",
        ),
        ("Smith and Sons Ltd (the 'Contractor') shall build.", "Contractor", "Smith and Sons Ltd"),
        ("The buyer (tenant of the flat) pays.", "tenant", None),
        ('The fee ("the Fee") is due.', "fee", None),
    ],
)
def test_parties(text: str, party: str, name: str | None) -> None:
    """A contract's own word for a party leads to its name; other brackets do not."""
    found = called(text, party)
    assert (text[found.start : found.end] if found else None) == name


def test_who_is_the_tenant() -> None:
    """Who asks for the tenant is shown where leases name theirs, each tenant once."""
    text = 'Made between Harrow Ltd ("the Landlord") and Ada Nolan ("the Tenant"). The Tenant pays.'
    other = text.replace("Ada Nolan", "Beatrix Quist")
    found = expansions("who is the tenant?", [hit(text, "1"), hit(other, "2"), hit(text, "3")])
    names = [text[slice(*one.span)] if one.hit.document.id == "1" else "" for one in found]
    assert (len(found), names[0]) == (2, "Ada Nolan")
