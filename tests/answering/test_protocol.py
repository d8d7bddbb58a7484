"""Reading a model's answer while it streams."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.answering.protocol import MAX_ANSWER, ModelSentence, Parser

SHOWN = frozenset({"1.1", "1.2", "1.3", "2.3"})


LETTERED = re.compile(
    r"[\[［【](?:[^\[\]［］【】]*[^\W\d_][^\[\]［］【】]*|\s*)[\]］】]|(?<=\w)\[[^\[\]]*\]"
)
"""Brackets that cannot pass for a marker: around a letter, around nothing, or an index."""


def read(reply: str, width: int = 1000, *, complete: bool = True) -> list[ModelSentence]:
    """The sentences of ``reply``, fed in pieces of ``width`` characters."""
    parser = Parser(SHOWN)
    found = []
    for at in range(0, len(reply), width):
        found += parser.feed(reply[at : at + width])
    return found + parser.close(complete=complete)


def said(reply: str) -> list[tuple[str, tuple[str, ...]]]:
    """Texts and ids."""
    return [(one.text, one.ids) for one in read(reply)]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Ann left [1.1]. Bob stayed. [1.2]", [("Ann left.", ("1.1",)), ("Bob stayed.", ("1.2",))]),
        ("Ann left [1.1, 1.2].", [("Ann left.", ("1.1", "1.2"))]),
        ("Ann left [1.1][1.2].", [("Ann left.", ("1.1", "1.2"))]),
        ("Ann left [1.1-1.3].", [("Ann left.", ("1.1", "1.2", "1.3"))]),
        ("Ann left [source 2.3].", [("Ann left.", ("2.3",))]),
        ("Ann [1.1] left with Bob [1.2].", [("Ann left with Bob.", ("1.1", "1.2"))]),
        ("[1.1] Ann left.\n[1.2] Bob.", [("Ann left.", ("1.1",)), ("Bob.", ("1.2",))]),
        ("Ann left.\n[1.1]\nBob.\n[1.2]", [("Ann left.", ("1.1",)), ("Bob.", ("1.2",))]),
        ("- **Ann** left [1.1]\n- Bob `[1.2]`", [("Ann left", ("1.1",)), ("Bob", ("1.2",))]),
        ("Answer: Ann left [1.1].", [("Ann left.", ("1.1",))]),
        ("1. Ann left [1.1]\n2. Bob [1.2]", [("Ann left", ("1.1",)), ("Bob", ("1.2",))]),
        ("Ann [[1.1]] left.", [("Ann left.", ("1.1",))]),
        ("See [her page](http://x.example/[1.2]) now [1.1].", [("See her page now.", ("1.1",))]),
        ("No. 5 in the U.S. rose 3.5 % [1.1].", [("No. 5 in the U.S. rose 3.5 %.", ("1.1",))]),
        ("In the U.S. [1.1] and abroad it grew.", [("In the U.S. and abroad it grew.", ("1.1",))]),
        ("她离开了。[1.1]他留下了。[1.2]", [("她离开了。", ("1.1",)), ("他留下了。", ("1.2",))]),
        ("Ann left (1.1).", [("Ann left (1.1).", ())]),
        ("Ann left [１.１].", [("Ann left.", ())]),
        ("Ann left 【1.1】.", [("Ann left.", ())]),
        ("Ann left [2023].", [("Ann left.", ())]),
        ("\x1b[31mAnn\u202e left [1.1].", [("(31mAnn left.", ("1.1",))]),
    ],
)  # fmt: skip
def test_ids_are_found_wherever_a_model_puts_them(
    reply: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Real ids count wherever they stand, lookalikes never, and none stays in the text."""
    assert said(reply) == expected


@pytest.mark.parametrize(
    "reply",
    [
        "It was sold last year [last year = 2022] [1.1].",
        "It was sold last year [1.1] [last year = 2022].",
        "It was sold last year. [last year = November 2022; yesterday = 2022-11-06] [1.1]",
        "It was sold last year [1.1]. [last year = 2022-11-01 to 2022-11-09]",
        "［last year = 2022］It was sold last year [1.1].",
    ],
)
def test_what_stood_behind_a_source_sentence_is_not_repeated(reply: str) -> None:
    """A model that copies the explanation of a date with its brackets does not show it."""
    found = said(reply)
    assert [ids for _, ids in found] == [("1.1",)]
    assert [text.rstrip(".") for text, _ in found] == ["It was sold last year"]


def test_ids_that_were_not_shown_are_kept_apart() -> None:
    """An invented id never becomes a citation, and the sentence is known to be malformed."""
    (only,) = read("Ann left [1.1][9.9].")
    assert (only.ids, only.unknown, only.well_formed) == (("1.1",), ("9.9",), False)


def test_a_sentence_without_ids_borrows_from_the_same_line_only() -> None:
    """Two sentences may share one citation; one on another line cites nothing."""
    found = read("Hello.\nAnn left. She wept [1.1]. The end.")
    assert [(one.text, one.ids, one.borrowed) for one in found] == [
        ("Hello.", (), False),
        ("Ann left.", ("1.1",), True),
        ("She wept.", ("1.1",), False),
        ("The end.", (), False),
    ]


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("Type `pip install 'tool[extra]'` [1.1].", "Type pip install 'tool[extra]'."),
        ("Type pip install tool[extra,more] [1.1].", "Type pip install tool[extra,more]."),
        ("It reads `sys.argv[1]` and `__init__` [1.1].", "It reads sys.argv[1] and __init__."),
        ("Run `add <folder>` with `[]` [1.1].", "Run add <folder> with []."),
        ('It is ["the", "und"] [1.1].', 'It is ["the", "und"].'),
        ("As [7] says, it ❴2❵ closed [1.1].", "As says, it {2} closed."),
    ],
)
def test_code_keeps_its_spelling(reply: str, text: str) -> None:
    """A command comes out letter by letter, and nothing in it can pass for a marker."""
    assert [(one.text, one.ids) for one in read(reply)] == [(text, ("1.1",))]


def led(reply: str, *, may_search: bool = True) -> tuple[list[str], list[str], list[str], bool]:
    """Texts, searches, what is missing, and whether the premise is wrong; by single letters."""
    parser = Parser(SHOWN, may_search=may_search)
    found = [one.text for letter in reply for one in parser.feed(letter)]
    found += [one.text for one in parser.close()]
    return found, parser.searches, parser.missing, parser.otherwise


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("SEARCH: who owns it", ([], ["who owns it"], [], False)),
        ("**SEARCH:** a\n- SEARCH: b\nNO_ANSWER", ([], ["a", "b"], [], False)),
        ("SEARCH: a\nIt is blue [1.1].", ([], ["a"], [], False)),
        ("It is blue [1.1].\nSEARCH: a", (["It is blue."], [], [], False)),
        ("It is blue [1.1].\nMISSING: size [1.2].", (["It is blue."], [], ["size."], False)),
        ("OTHERWISE:\nIt is blue [1.1].", (["It is blue."], [], [], True)),
        ("OTHERWISE: It is blue [1.1].", (["It is blue."], [], [], True)),
        ("It is blue [1.1].\nOTHERWISE: red [1.2].", (["It is blue.", "red."], [], [], False)),
    ],
)  # fmt: skip
def test_three_words_lead_a_line(
    reply: str, expected: tuple[list[str], list[str], list[str], bool]
) -> None:
    """A search is the whole reply; what is missing and a wrong premise stand beside an answer."""
    assert led(reply) == expected


def test_a_search_that_is_not_allowed_is_no_statement() -> None:
    """Who may not search further and asks for it all the same has said nothing."""
    assert led("SEARCH: a\nSEARCH: b", may_search=False) == ([], [], [], False)
    assert led("SEARCH: a\nIt is blue [1.1].", may_search=False)[0] == ["It is blue."]


@pytest.mark.parametrize("reply", ["NO_ANSWER", " **NO_ANSWER**.\n", "NO_ANSWER: not in [1.1]."])
def test_the_refusal_token_refuses(reply: str) -> None:
    """A model that opens with the token has refused, whatever it adds."""
    parser = Parser(SHOWN)
    assert (parser.feed(reply) + parser.close(), parser.is_over) == ([], True)


def test_nothing_is_read_behind_a_refusal_however_long_it_is() -> None:
    """A reply that comes in one piece, such as a recorded one, is over where it refuses."""
    parser = Parser(SHOWN)
    assert parser.feed("NO_ANSWER.\n" + "word " * 1000) == []
    assert parser.close() == []


def test_a_buried_refusal_spoils_its_sentence_only() -> None:
    """What was shown before stays; the sentence with the token is not shown."""
    found = read("Ann left [1.1]. The rest is NO_ANSWER [1.2].")
    assert [(one.refusal, one.well_formed) for one in found] == [(False, True), (True, False)]


def test_an_incomplete_last_sentence_is_dropped() -> None:
    """A reply cut at its limit shows no half sentence, and no whole one is lost."""
    assert [one.text for one in read("Ann left [1.1]. Bob was", complete=False)] == ["Ann left."]
    assert [one.text for one in read("Bob was gone [1.1].", complete=False)] == ["Bob was gone."]


def test_a_sentence_comes_as_soon_as_it_is_complete() -> None:
    """A reader sees the first sentence while the second is being written."""
    parser = Parser(SHOWN)
    assert parser.feed("Ann left [1.1]. ") == []
    assert [one.text for one in parser.feed("B")] == ["Ann left."]


def test_endless_text_is_bounded() -> None:
    """A model that never stops neither fills the memory nor becomes a statement."""
    parser = Parser(SHOWN)
    found = [one for _ in range(600) for one in parser.feed("word " * 20)]
    assert parser.is_over
    assert not any(one.well_formed for one in found)
    assert sum(len(one.text) for one in found) <= MAX_ANSWER


def test_a_reply_of_marks_alone_is_read_to_its_end() -> None:
    """Hundreds of ids in a row, which once froze the reader, are no statement."""
    assert read("[1.1, 1.2] " * 300, 7) == []


PIECES = st.sampled_from(
    ["Ann left", "Bob. ", ". ", " [1.1]", "[9.9]", "[1.1, 1.2]", "\n", "- ", "**", "`", "[", "]",
     "(", ")", "NO_ANSWER", "3.5", "U.S.", "。", "她", "[１.１]", "\x00", "\u2028", " ", "<b>"]
)  # fmt: skip


@given(
    st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("".join), st.integers(1, 9)
)
@example("` [1.1][１.１]`", 1)
def test_the_reading_does_not_depend_on_the_chunks(reply: str, width: int) -> None:
    """However the network cuts a reply, the same sentences come out, clean and bounded."""
    found = read(reply, width)
    assert found == read(reply)
    assert all(set(one.ids) <= SHOWN and not set(one.unknown) & SHOWN for one in found)
    assert not any(set("\n\x00\x1b") & set(one.text) for one in found)
    assert not any(re.search(r"[\[［【]|[\]］】]", LETTERED.sub("", one.text)) for one in found)
