"""Answers that a language model writes, and what of them a reader sees."""

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz_protocol import run
from qa.answering.write import MAX_REPEATS, MAX_SENTENCES, Wanted, Written, generate
from qa.data import Answer, Document, Hit, LeftOut, Note, Passage, Sentence, Statement, Usage
from qa.errors import ModelRejected, ModelUnreachable
from qa.models.chat.base import End, Finish, Message, Reply
from qa.wording import REFUSAL
from tests.answering.made import answered, drained, notes, opened, windows_of

SAID = (
    "The Harwick bridge opened in 1931.",
    "It carries 40,000 vehicles a day.",
    "The Harbour Board (HB) owns it and will not sell it.",
    "Tolls rose to $4 in 2020.",
)
TEXT = "\n".join(SAID)
ASKED = "When did the Harwick bridge open, and who owns it?"


def hits() -> list[Hit]:
    """One document of one passage."""
    spans = tuple(Sentence(TEXT.index(one), TEXT.index(one) + len(one)) for one in SAID)
    document = Document("d", TEXT, title="Harwick bridge", published=date(2024, 5, 1))
    passage = Passage("p", "d", 0, len(TEXT), spans)
    return [Hit(passage, document, ("bridge.txt",), 1, 1.0)]


class Scripted:
    """The network's edge: a model that replies what the test says and keeps what it was sent."""

    name = "scripted"

    def __init__(self, *deltas: str, finish: Finish = "stop", window: int = 8000) -> None:
        self.window = window
        self.deltas, self.finish = deltas, finish
        self.sent: list[Message] = []
        self.given = 0

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """The script."""
        self.sent = list(messages)
        assert max_tokens < self.window
        return Reply(self._events(), self.name)

    def _events(self) -> Iterator[str | End]:
        for delta in self.deltas:
            self.given += 1
            if delta == "BREAK":
                raise ModelUnreachable("the connection broke")
            yield delta
        yield End(self.finish, Usage(prompt_tokens=9, completion_tokens=5))


def ask(llm: Scripted) -> tuple[list[Note | Statement | LeftOut], Answer]:
    """What was streamed, and the answer."""
    streamed, written = drained(generate(ASKED, windows_of(hits()), llm))
    assert isinstance(written, Written)
    return streamed, written.answer


def test_statements_cite_the_documents_own_words() -> None:
    """Every quote is the exact slice of the document, numbered in order of appearance."""
    streamed, answer = ask(Scripted("HB owns the bridge [1.3]. It op", "ened in 1931 [1.1]."))
    assert answer.text == "HB owns the bridge. [1]\nIt opened in 1931. [2]"
    assert [(c.marker, c.quote, c.line) for c in answer.citations] == [
        (1, SAID[2], 3),
        (2, SAID[0], 1),
    ]
    assert all(TEXT[c.start : c.end] == c.quote for c in answer.citations)
    assert tuple(streamed) == answer.statements
    assert (answer.engine, answer.notes) == ("scripted", ())
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (9, 5)


def test_a_heading_that_asks_says_nothing() -> None:
    """A page headed "Do you add fluoride?" is no proof that anybody adds any."""
    page = opened("# Water\n\n## Do you add fluoride?\n\nNo, we never have.\n")
    llm = Scripted(
        "The company adds fluoride [1.2]. The company never has added fluoride [1.2][1.3]."
    )
    answer = answered(generate("Is there fluoride in the water?", [page], llm))
    assert [one.text for one in answer.statements] == ["The company never has added fluoride."]
    assert [one.reason for one in answer.left_out] == ["it cites only a heading that asks"]


def test_one_place_has_one_marker() -> None:
    """The same sentence cited twice keeps its number."""
    _, answer = ask(Scripted("The bridge opened in 1931 [1.1]. In 1931 it was, the bridge [1.1]."))
    assert [statement.markers for statement in answer.statements] == ["[1]", "[1]"]


def test_a_sentence_is_streamed_before_the_model_goes_on() -> None:
    """A reader need not wait for the end of the answer."""
    llm = Scripted("The bridge opened in 1931 [1.1]. ", "H", "B owns it [1.3].")
    first = next(generate(ASKED, windows_of(hits()), llm))
    assert isinstance(first, Statement)
    assert (first.text, llm.given) == ("The bridge opened in 1931.", 2)


def test_a_false_statement_is_replaced_by_its_source() -> None:
    """What the cited sentence does not carry is not shown; the sentence itself is instead."""
    streamed, answer = ask(Scripted("The Harwick bridge opened in 1913 [1.1]."))
    assert [type(one) for one in streamed] == [LeftOut, Statement]
    assert answer.text == f"{SAID[0]} [1]"
    assert [(gone.fate, gone.text) for gone in answer.left_out] == [
        ("repaired", "The Harwick bridge opened in 1913.")
    ]
    assert "1913" in answer.left_out[0].reason
    assert notes(answer) == (
        "1 sentence was replaced by the cited source sentence: not supported as written.",
    )


def test_a_source_replaces_once_only() -> None:
    """Two false statements about one sentence do not print it twice."""
    _, answer = ask(Scripted("The bridge opened in 1913 [1.1]. The bridge opened in 1914 [1.1]."))
    assert [gone.fate for gone in answer.left_out] == ["repaired", "dropped"]
    assert answer.text == f"{SAID[0]} [1]"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("HB owns the bridge.", "it cites no source"),
        ("The mayor likes opera [7.7].", "it cites [7.7], which was not shown"),
        ("The mayor of Oslo likes opera [1.1].", "the name 'Oslo'"),
        ("When did the bridge open, and who owns it? [1.1]", "it is a question, no statement"),
        ("Question: when did the bridge open [1.1].", "it is a question, no statement"),
        ("So NO_ANSWER it is [1.1].", "the refusal stands inside it"),
    ],
)
def test_what_nothing_carries_is_dropped(reply: str, reason: str) -> None:
    """A sentence without a true source never reaches the reader, and the answer says so."""
    _, answer = ask(Scripted("The bridge opened in 1931 [1.1].\n" + reply))
    assert answer.text == "The bridge opened in 1931. [1]"
    assert [gone.fate for gone in answer.left_out] == ["dropped"]
    assert reason in answer.left_out[0].reason


def test_the_note_counts_what_was_left_out() -> None:
    """The reader learns how many sentences are missing."""
    _, answer = ask(Scripted("The bridge opened in 1931 [1.1]. I like it. So do you."))
    assert notes(answer) == ("2 sentences were left out: not supported by the sources.",)


def test_a_refusal_is_one_wording() -> None:
    """The token becomes the sentence every engine refuses with, and the nearest are shown."""
    streamed, answer = ask(Scripted("NO_", "ANSWER"))
    assert (streamed, answer.reason, answer.text) == ([], REFUSAL, REFUSAL)
    assert [citation.quote for citation in answer.nearest] == [SAID[0]]


def test_an_answer_of_which_nothing_remains_is_a_refusal() -> None:
    """Where everything had to go, the question counts as not answered."""
    _, answer = ask(Scripted("The mayor of Oslo likes opera [1.1]."))
    assert (answer.reason, len(answer.left_out)) == (REFUSAL, 1)


def test_without_hits_nothing_is_sent() -> None:
    """No source, no call."""
    llm = Scripted("The bridge opened in 1931 [1.1].")
    answer = answered(generate(ASKED, [], llm))
    assert (answer.reason, llm.sent) == (REFUSAL, [])


def test_a_reply_cut_at_its_limit_is_no_whole_answer() -> None:
    """The half sentence is not shown, and the reader is told that the model stopped."""
    _, answer = ask(Scripted("The bridge opened in 1931 [1.1]. HB owns", finish="length"))
    assert answer.text == "The bridge opened in 1931. [1]"
    assert notes(answer) == ("The model stopped at its limit of 700 tokens.",)


def test_a_filtered_reply_is_an_error_or_says_so() -> None:
    """A content filter never passes for an answer or a refusal."""
    with pytest.raises(ModelRejected, match="content filter of model 'scripted'"):
        ask(Scripted("HB ow", finish="filtered"))
    _, answer = ask(Scripted("The bridge opened in 1931 [1.1]. HB", finish="filtered"))
    assert notes(answer) == ("The model's content filter cut the answer off.",)


def test_a_broken_stream_is_an_error() -> None:
    """What was shown stays true, but half an answer never comes out as an Answer."""
    stream = generate(
        ASKED, windows_of(hits()), Scripted("The bridge opened in 1931 [1.1]. H", "BREAK")
    )
    assert isinstance(next(stream), Statement)
    with pytest.raises(ModelUnreachable):
        next(stream)


def test_a_model_that_repeats_itself_is_stopped() -> None:
    """A weak model that goes round in circles costs neither time nor lines, and it is said."""
    llm = Scripted(*["The bridge opened in 1931 [1.1].\n", "HB owns it [1.3].\n"] * 500)
    _, answer = ask(llm)
    assert answer.text == "The bridge opened in 1931. [1]\nHB owns it. [2]"
    assert llm.given <= 2 + MAX_REPEATS + 1  # a sentence is complete when the next one begins
    assert notes(answer) == ("The model repeated itself and was stopped.",)


def test_an_echo_is_no_loop() -> None:
    """Two sentences said twice do not end an answer that goes on."""
    echo = ["The bridge opened in 1931 [1.1].\n"] * MAX_REPEATS + ["HB owns it [1.3].\n"]
    _, answer = ask(Scripted(*echo))
    assert answer.text == "The bridge opened in 1931. [1]\nHB owns it. [2]"
    assert notes(answer) == ()


def test_a_model_that_never_ends_is_stopped() -> None:
    """A model that has always something else to say is stopped too."""
    llm = Scripted(*[f"Number {number} is not there.\n" for number in range(500)])
    _, answer = ask(llm)
    assert llm.given <= MAX_SENTENCES + 2
    assert notes(answer) == (
        "The model did not come to an end and was stopped.",
        f"{MAX_SENTENCES} sentences were left out: not supported by the sources.",
    )


def test_the_request_holds_rules_sources_and_question() -> None:
    """The model gets the rules as system, the numbered sources and the question as user."""
    llm = Scripted("NO_ANSWER")
    ask(llm)
    system, user = llm.sent
    assert (system.role, user.role) == ("system", "user")
    assert "NO_ANSWER" in system.content
    assert f"[1.3] {SAID[2]}" in user.content
    assert f"Question: {ASKED}" in user.content


def test_earlier_turns_are_told_but_are_no_source() -> None:
    """A follow-up may lean on the conversation; nothing said there can be cited."""
    _, before = ask(Scripted("The bridge opened in 1931 [1.1]."))
    llm = Scripted("NO_ANSWER")
    list(generate("and who owns it?", windows_of(hits()), llm, history=[before]))
    assert (
        f"Question: {ASKED}\nAnswer: The bridge opened in 1931.\nFrom: Harwick bridge\n"
    ) in llm.sent[1].content


def test_what_did_not_fit_is_said() -> None:
    """A small window leaves passages out, and the answer says how many."""
    (first,) = hits()
    long = "word " * 800 + "end."
    other = Hit(
        Passage("q", "e", 0, len(long), (Sentence(0, len(long)),)),
        Document("e", long),
        ("long.txt",),
        2,
        0.5,
    )
    llm = Scripted("The bridge opened in 1931 [1.1].", window=1200)
    answer = answered(generate(ASKED, windows_of([first, other]), llm))
    assert notes(answer) == ("1 passage did not fit the model's window.",)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_no_hostile_reply_reaches_the_reader(seed: int) -> None:
    """Of 2,000 hostile replies none shows an invented citation or an edited quote, or crashes."""
    outcomes = run(100, seed)
    assert {what: times for what, times in outcomes.items() if not what.startswith("(")} == {}
    assert outcomes["(statements)"] > 0


def test_a_model_may_say_what_last_year_means() -> None:
    """Its date for "last year" is shown where it is right; else the source is, as it stands."""
    text = "Kestrel bought the Harwick bridge last year. Two years ago it was for sale."
    spans = (Sentence(0, 44), Sentence(45, len(text)))
    document = Document("d", text, published=date(2024, 5, 1), date_basis="dated “1 May 2024”")
    found = Hit(Passage("p", "d", 0, len(text), spans), document, ("bridge.txt",), 1, 1.0)
    for year, shown in (
        ("2023", "Kestrel bought the Harwick bridge in 2023."),
        ("2022", "Kestrel bought the Harwick bridge last year."),
        ("2024", "Kestrel bought the Harwick bridge last year."),
    ):
        llm = Scripted(f"Kestrel bought the Harwick bridge in {year} [1.1].")
        asked = "When did Kestrel buy the Harwick bridge?"
        answer = answered(generate(asked, windows_of([found]), llm))
        assert [one.text for one in answer.statements] == [shown]
        assert "[1.1] Kestrel bought the Harwick bridge last year. [last year = 2023]" in (
            llm.sent[1].content
        )


def test_a_premise_that_is_not_so_is_said_first() -> None:
    """Above a correction stands that the documents say otherwise."""
    streamed, answer = ask(Scripted("OTHERWISE:\nThe bridge opened in 1931 [1.1]."))
    assert [type(one) for one in streamed] == [Note, Statement]
    assert notes(answer) == ("The documents say otherwise:",)


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("who owns it", "Not said by what was found: who owns it."),
        ("that Mallory owns it", "This is a part of what was asked; the rest was not found."),
    ],
)
def test_half_an_answer_says_which_half_it_is(missing: str, told: str) -> None:
    """What the sources do not say is told in the question's words, and in no others."""
    _, answer = ask(Scripted(f"The bridge opened in 1931 [1.1].\nMISSING: {missing}"))
    assert (answer.outcome, answer.text) == ("answered", "The bridge opened in 1931. [1]")
    assert notes(answer) == (told,)


def test_a_model_asks_for_a_search_in_place_of_an_answer() -> None:
    """Its words come out, as many as it may ask for, and no statement."""
    llm = Scripted("SEARCH: owner of the bridge\nSEARCH: tolls\nSEARCH: lorries")
    streamed, wanted = drained(generate(ASKED, windows_of(hits()), llm, searches=2))
    assert (streamed, type(wanted)) == ([], Wanted)
    assert wanted.searches == ("owner of the bridge", "tolls")
    assert "You can search twice." in llm.sent[1].content
    assert answered(generate(ASKED, windows_of(hits()), llm)).reason == REFUSAL
    assert "You can search no more." in llm.sent[1].content


def test_a_table_cell_is_told_by_its_row_and_header() -> None:
    """What a cell says under its header, and under the line above its table, is carried by it."""
    window = opened(
        "# Tickets\n\nThousands sold.\n\n| Line | 2021 | 2022 |\n|---|---|---|\n| 3 | 88 | 97 |\n"
        "| 4 | 190 | 212 |\n"
    )
    llm = Scripted("Line 4 sold 212 thousand tickets in 2022 [1.5]. Line 4 sold 190 in 2022 [1.5].")
    answer = answered(generate("How many tickets did line 4 sell in 2022?", [window], llm))
    assert [one.text for one in answer.statements][:1] == [
        "Line 4 sold 212 thousand tickets in 2022."
    ]
    assert "[1.5] | 4 | 190 | 212 |" in llm.sent[1].content


def test_a_documents_name_explains_what_it_says() -> None:
    """What a file without a title says as "we", its name may say by whom."""
    window = opened("We count its share of the market at 27 percent.", name="analyst-note")
    reply = "The analyst counts 27 percent, because of the market [1.1]."
    answer = answered(generate("Which share?", [window], Scripted(reply)))
    assert answer.text == "The analyst counts 27 percent, because of the market. [1]"


PRICES = """| article | net price GBP | weight kg |
|---|---|---|
| Ember 60 kiln | 2480 | 148 |
| Ember 120 kiln | 3950 | 236 |
| Ember 200 kiln | 5870 | 455 |

The prices hold until March.

- Clamps need 4 Nm.
- Nuts need 6 Nm. They are of brass.
"""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The Ember 120 kiln weighs 236 kg [1.3].", True),
        ("The Ember 120 kiln weighs 455 kg [1.3].", False),
        ("The Ember 120 kiln costs £2,480 [1.3].", False),
        ("The prices of the Ember 200 hold until March [1.5].", False),
        ("The nuts of brass need 6 Nm [1.7].", True),
        ("The clamps need 6 Nm [1.6].", False),
    ],
)
def test_another_row_or_item_explains_nothing_of_a_row(said: str, shown: bool) -> None:
    """A figure or a word that only the next row or item has is not said of the one cited."""
    window = opened(PRICES, title="Prices")
    answer = answered(generate("What does it weigh?", [window], Scripted(said)))
    assert ([one.text for one in answer.statements] == [said[:-7] + "."]) == shown


@pytest.mark.parametrize(
    ("said", "is_shown"),
    [
        ("E1 means thermocouple open [1.2].", True),
        ("E8 says: der Deckel ist offen [1.3].", False),
        ("Das bedeutet, dass der Deckel offen ist [1.3].", False),
        ("Cela veut dire que le couvercle est ouvert [1.3].", False),
        ("Esto significa que la tapa no ha sido cerrada [1.3].", False),
    ],
)
def test_a_code_is_no_word_of_another_language(said: str, is_shown: bool) -> None:
    """What only has a code that looks like one is compared; a sentence in German is not shown."""
    window = opened(
        "| code | meaning |\n|---|---|\n| E1 | thermocouple open |\n| E8 | lid open |\n\n"
        "Wait until the kiln is cold.\n"
    )
    answer = answered(generate("What does the code mean?", [window], Scripted(said)))
    assert any(one.text == said[:-7] + "." for one in answer.statements) == is_shown
    told = "Question and documents are in different languages"
    assert any(told in one for one in notes(answer)) != is_shown


LETTER = """From: Ines Quarrie <ines@tarnwick-kilns.example>
To: Odo Marsh <odo@voltrane.example>

between Tarnwick Kilns Ltd, Foundry Lane 8 ("the Buyer")
and Voltrane GmbH, Hagen ("the Supplier")

The fair is in May.

Our stand at the fair is C27 in Hall 2.

The Buyer orders at least 400 elements a year.

Kasimir will check every batch with a meter.

Present: Kasimir Dole (workshop), Yusuf Abara (finance)
"""


@pytest.mark.parametrize(
    ("said", "is_shown"),
    [
        ("Tarnwick has stand C27 in Hall 2 at the fair [1.5].", True),
        ("Voltrane has stand C27 in Hall 2 at the fair [1.5].", False),
        ("Tarnwick orders at least 400 elements a year [1.6].", True),
        ("Voltrane orders at least 400 elements a year [1.6].", False),
        ("Kasimir Dole will check every batch with a meter [1.7].", True),
        ("Kasimir Abara will check every batch with a meter [1.7].", False),
        ("Yusuf Abara will check every batch with a meter [1.7].", False),
        ("The Buyer will check every batch with a meter [1.7].", False),
    ],
)
def test_a_letter_tells_who_is_meant(said: str, is_shown: bool) -> None:
    """Its sender says who "our" is, a definition who "the Buyer", a list of names the surname."""
    answer = answered(generate("Who?", [opened(LETTER)], Scripted(said)))
    assert any(one.text == said[:-7] + "." for one in answer.statements) == is_shown
