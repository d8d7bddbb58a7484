"""What a question is taken to ask."""

import pytest

from qa.answering.question import analyse


@pytest.mark.parametrize(
    ("question", "kind", "expected"),
    [
        ("Who wrote the report?", "who", "name"),
        ("when was the bridge opened", "when", "time"),
        ("In what year did the ferry sink?", "when", "time"),
        ("Where does the river end?", "where", "place"),
        ("How many boats are there?", "number", "number"),
        ("What is the population of Vesterhavn?", "number", "number"),
        ("Which company owns the mill?", "which", "name"),
        ("What city hosts the fair?", "which", "place"),
        ("Why did the mill close?", "why", None),
        ("How is paper made?", "how", None),
        ("Is the bridge open?", "yes_no", None),
        ("What is a sluice?", "what", None),
        ("Could you please tell me who wrote the report?", "who", "name"),
        ("mill closing date reasons", "other", None),
        ("谁设计了桥？", "who", "name"),
        ("桥什么时候开放？", "when", "time"),
        ("合作伙伴有哪些？", "which", None),
    ],
)
def test_kind_and_expected_type(question: str, kind: str, expected: str | None) -> None:
    """A who-question is answered with a name, a when-question with a time, and so on."""
    asked = analyse(question)
    assert (kind, expected) == (asked.kind, asked.expected)


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("who are the partners of Acme?", True),
        ("which companies make boats?", True),
        ("list all suppliers of Acme", True),
        ("合作伙伴有哪些？", True),
        ("who is the director of Acme?", False),
        ("when are the boats built?", False),
        ("which company makes boats?", False),
    ],
)
def test_lists_are_told_from_single_answers(question: str, several: bool) -> None:
    """A question for several members is known as one, so that all of them are gathered."""
    assert several == analyse(question).several


def test_framing_words_do_not_count() -> None:
    """Politeness and "what is the name of" do not have to be found in a document."""
    asked = analyse("Please tell me, what is the name of the ferry Aurora?")
    assert asked.terms == ("ferri", "aurora")


def test_a_question_of_framing_words_keeps_them() -> None:
    """A question made of nothing else is still looked up."""
    assert analyse("documents").terms == ("document",)


def test_names_and_figures_are_known() -> None:
    """What near misses turn on, names and years, is known as such."""
    asked = analyse("What did Acme build in 1901?")
    assert (frozenset({"acm"}), frozenset({"1901"})) == (asked.names, asked.numbers)


def test_a_compound_question_has_parts_about_the_same_thing() -> None:
    """A question for who founded X and when asks twice about X."""
    parts = analyse("Who founded Acme and when?").parts
    assert [(part.kind, part.terms) for part in parts] == [
        ("who", ("found", "acm")),
        ("when", ("found", "acm")),
    ]


def test_a_name_joined_by_and_is_no_compound() -> None:
    """An "and" inside a name, as in Marks and Spencer, splits no question."""
    assert analyse("Who founded Marks and Spencer?").parts == ()


def test_the_noun_asked_for_is_known() -> None:
    """The thing asked for in "which", "how many" and "who are" questions is told."""
    questions = ("Which company makes boats?", "How many boats sank?", "who are Acme's partners?")
    assert [analyse(one).head for one in questions] == ["compani", "boat", "partner"]
