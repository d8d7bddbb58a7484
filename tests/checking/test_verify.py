"""The checker: what a statement may say of the sentences it cites."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.checking.missing import missing_figures
from qa.checking.verify import Check, Cited, by_one_of_each, verify

BRIDGE = "On March 3, 1931, the Harwick bridge opened, and about 40,000 vehicles used it daily."
BOARD = "The Harbour Board (HB) owns the bridge and will not sell it to Datalith."
TOLLS = "Tolls rose 3.5% to $4 in 2020, the U.S. operator said."
MILLION = "Sokol Air carried more than 2 million passengers in February."

RENT = "Die Miete beträgt 1.234,56 € im Monat, das sind 14.815 € im Jahr."


def check(statement: str, *sources: str, context: str = "", question: str = "") -> Check:
    """The verdict on a statement that cites ``sources``."""
    return verify(statement, [Cited(source, context) for source in sources], question)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("The Harwick bridge opened on 3 March 1931.", BRIDGE),
        ("The Harwick bridge opened in 1931.", BRIDGE),
        ("About 40000 vehicles used the bridge daily.", BRIDGE),
        ("The bridge is owned by the Harbour Board.", BOARD),
        ("HB owns the bridge.", BOARD),
        ("The Harbour Board won't sell the bridge to Datalith.", BOARD),
        ("In 2020 tolls rose by 3.5 percent to 4 dollars.", TOLLS),
        ("The ferry no longer takes cheques.", "We no longer take cheques."),
        ("The mason must be told by noon.", "Could you tell the mason by noon?"),
        ("Tolls rose to $4 in 2020, the operator in the United States said.", TOLLS),
        ("Sokol Air carried over 2,000,000 passengers in Feb.", MILLION),
        ("Im Monat beträgt die Miete 1234,56 Euro.", RENT),
        ("Die Miete beträgt 14 815 € im Jahr.", RENT),
    ],
)
def test_the_same_fact_in_other_words_is_supported(statement: str, source: str) -> None:
    """A fair wording of a source passes, spellings of figures and names aside."""
    assert check(statement, source).reasons == ()


@pytest.mark.parametrize(
    ("statement", "source", "reason"),
    [
        ("The Harwick bridge opened on 4 March 1931.", BRIDGE, "the date '1931-3-4'"),
        ("The Harwick bridge opened in 1932.", BRIDGE, "the date '1932'"),
        ("About 50,000 vehicles used the bridge daily.", BRIDGE, "the number '50,000"),
        ("The Hartford bridge opened in 1931.", BRIDGE, "the name 'Hartford'"),
        ("The Harwick bridge never opened in 1931.", BRIDGE, "negation"),
        ("The Harbour Board will sell the bridge to Datalith.", BOARD, "negation"),
        ("Tolls fell 3.5% to $4 in 2020.", TOLLS, "'fell' where the source has 'rose'"),
        ("Tolls rose 3.5 to $4 in 2020.", TOLLS, "the number '3.5"),
        ("Tolls rose 3.5% to €4 in 2020.", TOLLS, "the number '€4"),
        ("Sokol Air carried fewer than 2 million passengers in February.", MILLION, "'fewer'"),
        ("Sokol Air carried more than 2 billion passengers in February.", MILLION, "the number"),
        ("Die Miete beträgt 1.234 € im Monat.", RENT, "the number '1.234 €'"),
    ],
)
def test_one_thing_changed_is_refused(statement: str, source: str, reason: str) -> None:
    """A changed number, unit, date, name, direction or negation is refused, with the reason."""
    found = check(statement, source)
    assert not found.supported
    assert reason in "; ".join(found.reasons)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("The hose of 25 metres sells for $31.50.", "Hose, 25 m: $31.50."),
        ("Tilapia rarely grow longer than 0.4 m.", "Tilapia rarely grow longer than 40 cm."),
        ("Each shelf bears 250 kilograms.", "Each shelf bears 0.25 t."),
        ("The bottle holds 330 ml of syrup.", "The bottle holds 0.33 litres of syrup."),
        ("The dough rests for 90 minutes.", "The dough rests for 1.5 hours."),
        ("The bridge is shut from 22:00 to 05:30.", "The bridge is shut from 10 p.m. to 5.30 a.m."),
        ("The bus leaves the quay at 7:12.", "The bus leaves the quay at 7.12 am."),
        ("The permit is valid for 14 days.", "The permit is valid for two weeks."),
    ],
)
def test_one_measure_in_other_units(statement: str, source: str) -> None:
    """Metres and centimetres, weights, volumes, hours and times of day are reckoned, not read."""
    assert list(missing_figures(statement, [Cited(source)], "")) == []


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("The hose is 25 m long.", "The hose is 25 cm long."),
        ("The shelf bears 250 kilograms.", "The shelf bears 250 t."),
        ("The bridge is shut from 10 a.m.", "The bridge is shut from 22:00."),
        ("The bus leaves at 7:21.", "The bus leaves at 7:12."),
        ("It takes 1 h 20 min.", "It takes 1 h 25 min."),
        ("It cost 3 m euros.", "It cost 3 km."),
    ],
)
def test_another_measure_is_another_figure(statement: str, source: str) -> None:
    """The same digits of another unit, or of another half of the day, are not the same figure."""
    assert list(missing_figures(statement, [Cited(source)], ""))


def test_roles_cannot_be_swapped() -> None:
    """Who did it to whom matters, in the active and in the passive."""
    source = "In 2020 Datalith sued Kestrel over a patent."
    assert not check("In 2020 Kestrel sued Datalith over a patent.", source).supported
    assert check("In 2020 Kestrel was sued by Datalith over a patent.", source).supported


def test_a_cell_under_percent_is_so_many_percent() -> None:
    """A note says that a table's figures are percent: its cells are, and no other figure is."""
    table = ("Percent of usable volume.", "| Month | Lowden |\n| November | 38 |")
    assert check("Lowden stood at 38 % in November.", *table).reasons == ()
    assert not check("Lowden stood at 83 % in November.", *table).supported
    assert not check("Lowden stood at 38 % in November.", table[1]).supported


def test_an_answer_of_no_denies_what_its_question_asks() -> None:
    """Of "Do you add fluoride?" "No. We never have." none was ever added, and none is."""
    page = ("Do you add fluoride?", "No.", "We never have.")
    assert check("The company has never added fluoride.", *page).reasons == ()
    assert not check("The company adds fluoride.", *page).supported


def test_another_topic_is_refused() -> None:
    """A statement that shares no fact to fail on, and little else, is not supported."""
    found = check("The mayor praised local cooking traditions.", BRIDGE)
    assert found.reasons == (
        "no word of it but names and figures stands in the cited sentences",
        "too little of it stands in the cited sentences",
    )


def test_an_ordinal_is_a_figure() -> None:
    """The second of its kind is not the first, nor just one."""
    source = "The first ferry of the line was built in Harwick."
    assert not check("The second ferry of the line was built in Harwick.", source).supported
    told = "The 2nd ferry of the line was built in Harwick."
    assert check("The second ferry of the line was built in Harwick.", told).supported


def test_an_ordinal_may_be_the_questions() -> None:
    """Asked for the third phase, "the third phase" is what a source means that names no other."""
    said = "In the third phase there will be 1,850 patients."
    asked = "How many patients has the third phase?"
    none = "There will be 1,850 patients instead of 1,600."
    assert check(said, none, question=asked).supported
    assert not check(said, none).supported
    assert not check(said, f"In the second phase {none}", question=asked).supported


def test_a_name_alone_carries_nothing() -> None:
    """What is said of somebody must stand in the source, not only who it is said of."""
    found = check("Ann Mallory collects the tolls.", "Ann Mallory owns a bakery.")
    assert found.reasons == ("no word of it but names and figures stands in the cited sentences",)


def test_the_context_explains_but_does_not_carry() -> None:
    """A pronoun may be replaced by the name beside it, not one name by another."""
    told = "It opened in 1931 after four years of work."
    around = "The Harwick bridge crosses the river near Oakhurst."
    assert check("The Harwick bridge opened in 1931.", told, context=around).supported
    named = "The Harwick bridge opened in 1931."
    assert not check("The Oakhurst bridge opened in 1931.", named, context=around).supported


def test_a_number_of_the_question_does_not_override_the_source() -> None:
    """A false premise in a question does not become an answer."""
    asked = "Did Sokol Air carry 5 million passengers in February?"
    found = check("Sokol Air carried 5 million passengers in February.", MILLION, question=asked)
    assert "the number '5 million" in "; ".join(found.reasons)


def test_a_name_of_the_question_does_not_replace_that_of_the_source() -> None:
    """What is said of one firm is no answer about another, even where the question names it."""
    asked = "What did Kestrel say about tolls in 2020?"
    source = "Tolls rose 3.5% in 2020, Datalith said."
    assert not check("Kestrel said tolls rose 3.5% in 2020.", source, question=asked).supported
    told = "The company said that tolls rose 3.5% in 2020."
    assert check("Kestrel said tolls rose 3.5% in 2020.", told, question=asked).supported


@pytest.mark.parametrize(
    "statement",
    [
        "Mallory owns the bridge and will not sell it.",
        "The source says: Mallory owns the bridge.",
        "Mallory has owned the bridge.",
    ],
)
def test_a_stranger_does_not_become_the_subject(statement: str) -> None:
    """A name that only opens the sentence must stand in a source like any other."""
    found = check(statement, "The Harbour Board owns the bridge and will not sell it.")
    assert "the name 'Mallory' does not stand in the cited sentences" in found.reasons


@pytest.mark.parametrize(
    "statement",
    [
        "Ownership of the bridge is with the Harbour Board.",
        "Currently the Harbour Board owns the bridge.",
        "Nobody but the Harbour Board owns the bridge.",
        "Boards own the bridge.",
    ],
)
def test_a_common_noun_may_open_a_sentence(statement: str) -> None:
    """A word with a capital that only its place gave it is no name."""
    found = check(statement, "The Harbour Board owns the bridge and will not sell it.")
    assert not any(reason.startswith("the name") for reason in found.reasons)


def test_a_true_part_does_not_carry_a_false_one() -> None:
    """Half a sentence of the source does not vouch for another half that is not there."""
    said = "The Harbour Board owns the bridge, and nurses repaired seventeen violins."
    found = check(said, "The Harbour Board owns the bridge.")
    assert any("'nurses repaired seventeen violins.'" in reason for reason in found.reasons)


def test_an_address_is_exact() -> None:
    """A link that a model completed by itself, with whatever it knows in it, is refused."""
    source = "Read more about the bridge at https://harwick.example/bridge today."
    assert check("Read about the bridge at https://harwick.example/bridge.", source).supported
    said = "Read about the bridge at https://harwick.example/bridge?q=1931."
    assert not check(said, source).supported


def test_two_documents_do_not_make_one_statement() -> None:
    """A subject here and a predicate there are no fact; a part each, with its own subject, are."""
    one = [Cited("Ann Mallory owns a bakery.")]
    other = [Cited("The Harbour Board runs the bridge and collects the tolls.")]

    def borne(said: str) -> tuple[int, ...]:
        return by_one_of_each(said, [one, other], idf=None)

    assert borne("Ann Mallory collects the tolls.") == ()
    assert borne("Ann Mallory owns a bakery and collects the tolls.") == ()
    assert borne("Ann Mallory owns a bakery, and the Harbour Board runs the bridge.") == (0, 1)
    assert borne("The Harbour Board runs the bridge.") == (1,)


def test_citations_are_narrowed_to_those_that_carry() -> None:
    """A reader is sent only to the sentences that are needed."""
    assert check("The Harwick bridge opened in 1931.", BOARD, BRIDGE, TOLLS).carrying == (1,)
    both = "The bridge opened in 1931, and tolls rose to $4 in 2020."
    assert check(both, BRIDGE, BOARD, TOLLS).carrying == (0, 2)


def test_nothing_cited_carries_nothing() -> None:
    """A statement without a source is never supported."""
    assert verify("Anything.", []) == Check(False, 0.0, ("it cites no source",), ())


def test_chinese_is_checked_too() -> None:
    """Languages without blanks between words are read by pairs of characters."""
    source = "面包店于1952年开业,由她的祖父创办。"
    assert check("面包店于1952年开业。", source).supported
    assert not check("面包店于1953年开业。", source).supported


def test_the_verdict_is_always_the_same() -> None:
    """Asking twice gives one verdict."""
    assert check("HB owns the bridge.", BOARD) == check("HB owns the bridge.", BOARD)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_any_text_can_be_checked(statement: str, source: str, question: str) -> None:
    """Nothing a model or a document says breaks the check."""
    found = verify(statement, [Cited(source, question)], question)
    assert found.supported == (not found.reasons)
    assert 0 <= found.support <= 1


def test_no_before_a_figure_is_no_word_of_its_own() -> None:
    """In "Amendment No. 1" nothing is denied or named, and the 1 is no figure of any time."""
    amended = "AMENDMENT No. 1 TO THE AGREEMENT OF 5 JANUARY 2023"
    dated, clause = "Dated 20 June 2024", "Clause 5.1 is replaced."
    said = "Clause 5.1 was replaced by Amendment No. 1, dated 20 June 2024."
    assert check(said, amended, dated, clause).reasons == ()
    assert "'No'" not in "; ".join(check(said, dated).reasons)
    assert not check(said.replace("No. 1", "No. 2"), amended, dated, clause).supported
    assert (
        check("Pump 1 was sold to Ann.", "No. 1 was sold to Ann.", "Is a pump 1 sold?").reasons
        == ()
    )


def test_rows_that_only_give_a_name_each_are_kept() -> None:
    """A list of codes needs the row of each of them, and of no other."""
    rows = [f"Error codes of the kiln\n{row}" for row in ("E1 | open", "E2 | slow", "E4 | lid")]
    found = check("The table of error codes lists only E1, E2 and E4.", *rows)
    assert (found.reasons, found.carrying) == ((), (0, 1, 2))
    assert check("The table of error codes lists only E1 and E4.", *rows).carrying == (0, 2)
    assert not check("The table of error codes lists only E1, E3 and E4.", *rows).supported


@pytest.mark.parametrize(
    ("statement", "cell", "is_true"),
    [
        ("Yes, wifi is switched on by default.", "false", False),
        ("The wifi is enabled by default.", "off", False),
        ("No, wifi is off by default.", "false", True),
        ("Wifi is not switched on by default.", "false", True),
        ("Wifi switches the radio on.", "false", True),
        ("Wifi does not switch the radio on.", "false", False),
        ("The wifi is off by default.", "true", False),
        ("The wifi is switched on by default.", "yes", True),
    ],
)
def test_a_cell_of_no_denies(statement: str, cell: str, is_true: bool) -> None:
    """What a table gives as false is not switched on, and what it gives as true not off."""
    row = f"key: wifi; default: {cell}; meaning: switches the radio on"
    assert check(statement, row).supported == is_true


@pytest.mark.parametrize(
    ("statement", "carrying"),
    [
        ("Petra left the company on 31 July 2024.", (0,)),
        ("Ines has been head of sales since 1 August 2024.", (1,)),
        ("Petra left on 31 July 2024, and Ines has been head of sales since August 2024.", (0, 1)),
        ("Ines Quarrie left the company on 31 July 2024.", None),
        ("Petra Lindqvist has been head of sales since 1 August 2024.", None),
    ],
)
def test_what_one_person_did_another_did_not(
    statement: str, carrying: tuple[int, ...] | None
) -> None:
    """A sentence about somebody whom the statement does not name lends it neither day nor deed."""
    found = check(
        statement,
        "Petra Lindqvist left the company on 31 July 2024.",
        "Ines Quarrie has been head of sales since 1 August 2024.",
    )
    assert (found.carrying if found.supported else None) == carrying


def test_a_day_that_opens_a_sentence_is_not_who_it_is_about() -> None:
    """What happened "on Friday" may be part of what is said of Ann."""
    cited = "On Friday the board met in the old dairy.", "Ann Mallory opened the meeting."
    assert check("Ann Mallory opened the meeting in the old dairy.", *cited).carrying == (0, 1)
