"""Tests of temporal expressions and of what they resolve to."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.data import Document, Sentence
from qa.times.expressions import expressions
from qa.times.intervals import Interval
from qa.times.quoted import counted, dates_of, told
from tests.times.triples import Case, cases, got

TRIPLES = cases("triples.txt")


def test_there_are_enough_triples() -> None:
    """The suite is as wide as it says: more than 250 expressions with their days."""
    assert sum(len(case.expected) for case in TRIPLES) > 250


@pytest.mark.parametrize("case", TRIPLES, ids=lambda case: f"{case.sentence} @ {case.anchor}")
def test_expressions_resolve_to_the_days_worked_out_by_hand(case: Case) -> None:
    """A reader who is shown a date beside a quotation can rely on it."""
    assert case.expected == got(case)


@pytest.mark.parametrize(
    "case", cases("languages.txt"), ids=lambda case: f"{case.sentence} @ {case.anchor}"
)
def test_other_languages_are_read_by_their_own_tenses(case: Case) -> None:
    """A German, French, Spanish or Chinese sentence shows the days that it means, or none."""
    given = got(case)
    assert [days for _, days in case.expected] == [days for _, days in given]
    for (text, _), (found, _) in zip(case.expected, given, strict=True):
        assert text in found or found in text


@pytest.mark.parametrize("name", ["fresh_1.txt", "fresh_2.txt", "fresh_3.txt"])
def test_no_day_is_shown_for_what_is_open_in_the_held_out_sentences(name: str) -> None:
    """Where a person could not tell the day, none is shown: these two are the known exceptions."""
    told = [
        (case.sentence, text)
        for case in cases(name)
        for text, _ in [one for one in got(case) if one[1] is not None]
        if all(days is None for _, days in case.expected)
    ]
    known = {
        "fresh_1.txt": [
            ("It happened in the night of 3 May 2019.", "the night of 3 May 2019"),
            ("The shop reopens the week after next.", "the week after next"),
            ("The site will be cleared by next summer.", "next summer"),
        ],
        # Days with a name are read since, and seasons without one.
        "fresh_3.txt": [
            ("The tunnel was closed in the winter.", "winter"),
            ("The shop was opened on Christmas Eve.", "Christmas Eve"),
        ],
        # That the present tells of a plan, and that what is of a day has been, was decided later.
        "fresh_2.txt": [
            ("The roof was repaired in the summer.", "summer"),
            ("The new hall opens on Saturday, October 20.", "Saturday, October 20"),
            ("The bridge will be closed on Good Friday.", "Good Friday"),
            ("The count of 28 February stands.", "28 February"),
        ],
    }
    assert known[name] == told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sent 29/01/2024. Due 05/02/2024.", ["2024-01-29", "2024-02-05"]),
        ("Sent 1/29/2024. Due 05/02/2024.", ["2024-01-29", "2024-05-02"]),
        ("Sent 29/01/2024 and 1/29/2024. Due 05/02/2024.", ["2024-01-29", "2024-01-29"]),
        ("Due 05/02/2024.", []),
        ("La facture est à payer avant le 05/02/2024.", ["2024-02-05"]),
        ("Zu zahlen bis 17-10-2023, Stand 04/2022.", ["2023-10-17", "2022-04-01"]),
        ("Released 18-Jun-2024, seen 29JAN2025.", ["2024-06-18", "2025-01-29"]),
        ("二〇二〇年六月五日开会，二〇一四年十一月二十日。", ["2020-06-05", "2014-11-20"]),
        ("Wangersen, am 19. Januar 2023", ["2023-01-19"]),
    ],
)
def test_figures_of_a_date_are_read_as_the_whole_text_writes_them(
    text: str, shown: list[str]
) -> None:
    """Which of two figures is the day is told by the text's other dates, else by its language."""
    document = Document("a", text, None)
    found = dates_of(document, Sentence(0, len(text)))
    assert [str(one.start) for one in found] == shown


def test_the_same_quarter_of_a_year_is_not_that_year() -> None:
    """Which quarter is meant stands elsewhere: no part of it is shown for the whole."""
    found = expressions("1,410 parcels in the same quarter of 2022.", None)
    assert [one.interval for one in found] == [None]


def test_the_last_and_the_next_are_both_told_where_nothing_says_which() -> None:
    """A day of a heading or a list may have been or may come: a reader is shown both."""
    (one,) = expressions("Lists for Friday", Interval(*[date(2024, 3, 11)] * 2))
    days = [date(2024, 3, 8), date(2024, 3, 15)]
    assert one.interval is None
    assert one.either == (Interval(days[0], days[0]), Interval(days[1], days[1]))
    document = Document("d", "Lists for Friday", published=date(2024, 3, 11))
    sentence = Sentence(0, len(document.text))
    assert told(counted(document, sentence)) == "Friday = 2024-03-08 or 2024-03-15"
    assert dates_of(document, sentence) == ()
    assert [one.other for one in dates_of(document, sentence, both=True)] == [(days[1], days[1])]


def test_a_verb_of_something_else_does_not_put_a_day_a_year_back() -> None:
    """Who has resigned leaves on a day to come, and a hall is booked for one: both are told."""
    may = Interval(*[date(2026, 5, 5)] * 2)
    for sentence, month, day in (
        ("Nurse Tate has resigned and leaves on 30 June.", 6, 30),
        ("The hall was painted by Tom, who leaves on 30 June.", 6, 30),
        ("Tom has booked the hall for 3 October.", 10, 3),
    ):
        (one,) = expressions(sentence, may)
        days = [date(year, month, day) for year in (2025, 2026)]
        assert one.either == tuple(Interval(found, found) for found in days)
    returns = expressions("Petra overhauled it in March, who returns on 12 September.", may)[1]
    days = [date(year, 9, 12) for year in (2025, 2026)]  # further ahead than other verbs' days
    assert returns.either == tuple(Interval(found, found) for found in days)
    (left,) = expressions("Nurse Tate has resigned and left on 30 April.", may)
    assert left.interval == Interval(*[date(2026, 4, 30)] * 2)


def test_a_note_says_by_what_an_expression_was_read() -> None:
    """The basis tells a reader of an answer where the year came from."""
    found = expressions("On November 7 last year it opened.", Interval(*[date(2023, 2, 17)] * 2))
    assert [one.basis for one in found] == ["from the publication date"]


def _days(sentence: str, day: date, context: str | None = None) -> list[str]:
    """The days of each expression of a sentence of that day, "A or B" where one of two is meant."""
    found = expressions(sentence, Interval(day, day), context)
    return [" or ".join(map(str, one.either or (one.interval,))) for one in found]


def test_a_number_in_words_behind_a_month_is_no_day_of_it() -> None:
    """An article, or how many there were, is not taken for the day on which it was."""
    day = date(2024, 10, 9)
    march = ["2024-03-01 to 2024-03-31"]
    assert _days("In March a fire stopped production for two weeks.", day) == march
    assert _days("In March three ships sank.", day) == march
    assert _days("Im März sind zwei Schiffe gesunken, im Mai drei Boote.", day)[0] == march[0]
    assert _days("En mars deux navires sont partis.", day) == march
    assert _days("It opened on March the third.", day) == ["2024-03-03"]


def test_a_name_may_stand_behind_the_month_that_opens_a_sentence() -> None:
    """Who does something in a month is no family name of it, and a street of that name no month."""
    day = date(2025, 2, 3)
    november = ["2024-11-01 to 2024-11-30"]
    assert _days("In November Nordhavn bought two ships.", day) == november
    assert _days("The yard closed, and in November Nordhavn Shipping Ltd sold it.", day) == november
    assert _days("In March EU leaders met.", day) == ["2024-03-01 to 2024-03-31"]
    for other in (
        "In May Street the road is up.",
        "In August Wilson's plays it rains.",
        "It was written by June Carter alone.",
    ):
        assert _days(other, day) == []


def test_what_starts_or_ends_in_a_time_may_do_so_on_any_day_of_it() -> None:
    """The verb before a month is not read as the beginning or the end of that month."""
    day = date(2024, 3, 12)
    assert _days("Deliveries will start in September 2024.", day) == ["2024-09-01 to 2024-09-30"]
    assert _days("It will end in the autumn of 2026.", day) == ["2026-09-01 to 2026-11-30"]
    assert _days("Work will start in May.", day) == ["2024-05-01 to 2024-05-31"]
    assert _days("Due at the start of May 2024.", day) == ["2024-05-01 to 2024-05-10"]


def test_what_was_asked_for_may_be_to_come() -> None:
    """A verb tells when the asking was, not when the thing is that it was for: both are told."""
    day = date(2024, 3, 12)
    may = ["2023-05-01 to 2023-05-31 or 2024-05-01 to 2024-05-31"]
    assert _days("Two schools in Leeds have asked for a demonstration in May.", day) == may
    assert _days("The council has approved a summer fair in May.", day) == may
    assert _days("We booked the hall for a talk on Friday.", day) == ["2024-03-08 or 2024-03-15"]
    assert _days("It was closed for a week in May.", day) == ["2023-05-01 to 2023-05-31"]
    assert _days("You asked for a stove in October.", day) == ["2023-10-01 to 2023-10-31"]


def test_a_verb_without_its_s_is_past_of_a_single_subject() -> None:
    """What one firm cut is told as done, what several or nobody named may be to come as well."""
    day = date(2025, 6, 18)  # a Wednesday
    for past in (
        "Voltane cut the price of the Evora to €25,900 on Monday, a reduction of €2,000.",
        "Voltane Motors cut the price on Monday.",
        "In Hull, Voltane cut the price on Monday.",
        "A digger cut a cable on Monday.",
    ):
        assert _days(past, day) == ["2025-06-16"]
    for open_ in (
        "Tom and Ann Bell cut the grass on Monday.",
        "Volunteers cut the grass on Monday.",
        "Then cut the grass on Monday.",
        "Will Tom cut the grass on Monday?",
        "The price cut the board wants is on Monday.",
        "Pool shut on Monday.",
    ):
        assert _days(open_, day) != ["2025-06-16"]


@given(
    st.text(
        alphabet="last yeroMaych 0123456789,./-–()QHthWnsdTu\n’é" + "since until within ago",
        max_size=80,
    ),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_any_text_gives_ordered_slices_of_itself(text: str, day: date) -> None:
    """No text, however broken, ends a question with an error or a wrong place."""
    found = expressions(text, Interval(day, day))
    assert [text[one.start : one.end] for one in found] == [one.text for one in found]
    ends = [0, *[one.end for one in found]]
    assert all(one.start >= end for one, end in zip(found, ends, strict=False))
