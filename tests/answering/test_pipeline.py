"""One question on its way to its answer: a real library, and a reader that says what it must."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qa.answering.bar import dumps
from qa.answering.retrieve import LIMIT
from qa.assistant import Assistant, Parts
from qa.data import Answer, Note, Statement, Usage
from qa.errors import ModelRejected, ModelUnreachable
from qa.models.chat.base import LLM, Message, Reply
from qa.models.chat.fake import FakeChat
from qa.models.reader.base import Reader
from qa.models.reader.fake import FakeReader
from qa.wording import REFUSAL
from tests.answering.made import Graded, assistant, notes
from tests.answering.test_bar import OWN

MILL = "The Corvin mill is owned by Ilva Strand."
SOLD = "The mill was sold to Orlo Paper for 40 million crowns."
LIBRARY = "The harbour library of Vesterhavn holds 85,000 books."
DOCUMENTS = {
    "mill.md": f"# The mill\n\n{MILL}\n\n## Sale\n\n{SOLD}\n",
    "library.md": f"{LIBRARY} It was designed by Ingrid Solberg.\n",
    "tea.md": "Tea is a drink. It is picked in April.\n",
}
OWNS = "Who owns the Corvin mill?"
TOLD = {OWNS: ["Ilva Strand"], "Who owns the Corvin mill": ["Ilva Strand"]}
READER = FakeReader(TOLD)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over three documents."""
    return assistant(tmp_path_factory.mktemp("mill"), DOCUMENTS, READER)


def by(made: Assistant, reader: Reader, chat: LLM | None = None, **changes: Any) -> Assistant:
    """The same library, whose answers another reader, and maybe a model, decides."""
    parts = Parts(made.embedding, reader, chat)
    return Assistant(replace(made.settings, **changes), parts)


@pytest.fixture
def never_sure(made: Assistant) -> Iterator[Assistant]:
    """One whose bars are such that everything that is found only may answer."""
    path = made.settings.calibration_path
    path.write_text(dumps(replace(OWN, threshold=1.0, perhaps=0.0)))
    yield made
    path.unlink()


def said(answer: Answer) -> list[str]:
    """The statements with their markers."""
    return [f"{one.text} {one.markers}" for one in answer.statements]


def test_an_answer_is_the_documents_sentence(made: Assistant) -> None:
    """What the reader finds is shown with its place, and the words that answer are set off."""
    answer = made.ask(OWNS)
    assert (answer.outcome, answer.answered, answer.reason) == ("answered", True, None)
    (statement,) = answer.statements
    (cited,) = statement.citations
    assert (statement.text, statement.markers) == (MILL, "[1]")
    assert statement.text[slice(*statement.emphasis or (0, 0))] == "Ilva Strand"
    assert (cited.path, cited.quote, cited.line) == ("mill.md", MILL, 3)
    assert (answer.engine, answer.notes, answer.nearest) == ("extractive", (), ())
    assert answer.threshold == made.bar().answered
    assert (answer.confidence or 0) >= answer.threshold
    assert [name for name, _ in answer.seconds] == ["complete", "retrieve", "read", "settle"]


def test_an_answer_says_how_it_came_about(made: Assistant) -> None:
    """What was searched, read and chosen, and by which bars, can be looked at."""
    trace = made.ask(OWNS).trace
    assert trace is not None
    assert trace.lookups == (OWNS,)
    (reading,) = trace.readings
    assert {one.hit.path for one in reading.windows} == set(DOCUMENTS)
    lead = reading.weighed[0]
    assert lead.unit.text == MILL
    assert trace.chosen == {(lead.hit.document.id, lead.unit.sentence.start)}
    assert (trace.answered_from, trace.perhaps_from) == made.bar()[:2]


def test_a_question_may_only_be_read(made: Assistant) -> None:
    """The same is seen without an answer made of it."""
    trace = made.read(OWNS)
    assert trace.readings[0].weighed[0].unit.text == MILL
    assert trace.chosen == frozenset()


def test_what_may_answer_is_said_to(never_sure: Assistant) -> None:
    """A reader is told before the first statement."""
    events = list(never_sure.stream(OWNS))
    assert isinstance(events[0], Note)
    assert isinstance(events[1], Statement)
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert (answer.outcome, answer.answered) == ("perhaps", True)
    assert said(answer)[0] == f"{MILL} [1]"
    assert answer.openings == (events[0],)
    assert notes(answer) == ("This probably answers it:",)
    doubtful = by(never_sure, Graded({MILL: -3.0}, (0.02, 0.02, 0.02, 0.94))).ask(OWNS)
    assert (doubtful.confidence or 1) < 0.5
    assert notes(doubtful) == ("This may answer it:",)


def test_strict_shows_only_answers(never_sure: Assistant) -> None:
    """What only may answer is not shown, but is near."""
    answer = never_sure.with_settings(strict=True).ask(OWNS)
    assert (answer.outcome, answer.statements) == ("not_found", ())
    assert answer.nearest[0].quote == MILL


def test_what_is_not_found(made: Assistant) -> None:
    """A reader learns how much was searched, and what came nearest."""
    answer = made.ask("Who is the mayor?")
    assert (answer.outcome, answer.answered, answer.statements) == ("not_found", False, ())
    assert answer.reason == answer.text == "I found no answer in the 3 documents."
    assert [one.marker for one in answer.nearest] == [1, 2, 3]
    assert answer.openings == ()
    assert (answer.confidence or 0) < made.bar().perhaps


def test_what_was_left_out_was_not_looked_at(tmp_path: Path) -> None:
    """A refusal as of a day counts the documents known by then, not all."""
    days = ("2020-01-01", "2024-01-01", "2024-02-01")
    papers = {f"{at}.md": f"---\ndate: {day}\n---\n\n{MILL}\n" for at, day in enumerate(days)}
    with assistant(tmp_path, papers, FakeReader({})) as made:
        assert made.ask("Who is the mayor?", as_of=date(2021, 1, 1)).reason == (
            "I found no answer in the 1 document."
        )


def test_one_text_in_two_files_does_not_disagree_with_itself(tmp_path: Path) -> None:
    """Two lines of a block of code that is shown whole, once, for two files that have it."""
    code = "To start it, run:\n\n```\nserve --port 80\nserve --retries 3\n```\n"
    asked = "Which number does it take?"
    reader = FakeReader({asked: ["80", "3"]})
    papers = {"a.md": f"# Red\n\n{code}", "b.md": f"# Blue works\n\nIt is ours now.\n\n{code}"}
    with assistant(tmp_path, papers, reader) as made:
        assert len({one.text for one in made.ask(asked).statements}) == len(
            made.ask(asked).statements
        )


def test_nothing_in_the_library(tmp_path: Path) -> None:
    """Where there is nothing to read, that is the reason."""
    answer = assistant(tmp_path, {}, READER).ask(OWNS)
    assert (answer.outcome, answer.nearest, answer.confidence) == ("not_found", (), 0.0)
    assert answer.reason == (
        f"There is nothing to answer from: no document in {str(tmp_path / 'docs')!r} can be read"
        " (qa sources lists what was skipped, and why)."
    )


def test_nothing_known_by_a_day(made: Assistant) -> None:
    """As of a day before all documents the day is the reason."""
    answer = made.ask(OWNS, as_of=date(1990, 1, 1))
    assert answer.reason == "No document is known to have been published by 1990-01-01."
    assert notes(answer)[-1].startswith("As of 1990-01-01: 0 of 3 documents were looked at")


def test_nothing_known_after_a_model_completed_the_question(made: Assistant) -> None:
    """What the model made of the question is told, and what that cost."""
    chat = FakeChat("Who is Zorbo?", usage=Usage(prompt_tokens=9, completion_tokens=4))
    first = made.ask(OWNS)
    answer = by(made, READER, chat).ask("who owns it?", [first], as_of=date(1990, 1, 1))
    assert answer.reason == "No document is known to have been published by 1990-01-01."
    assert [one.kind for one in answer.notes] == ["not_rewritten", "as_of_undated"]
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (9, 4)
    assert len(chat.sent) == 1


def test_half_of_a_question(made: Assistant) -> None:
    """Of a question for two things, the one that was not found is not passed over."""
    answer = made.ask("Who owns the Corvin mill and when was it sold?")
    assert (answer.outcome, said(answer)) == ("answered", [f"{MILL} [1]"])
    assert notes(answer) == ("Nothing was found for “when was it sold?”.",)


def test_both_halves_of_a_question(made: Assistant) -> None:
    """Both are answered, in order; the second is read as one that follows the first."""
    reader = FakeReader(
        {"Who owns the Corvin mill": ["Ilva"], "how many books are there?": ["85,000"]}
    )
    answer = by(made, reader).ask("Who owns the Corvin mill and how many books are there?")
    assert said(answer) == [f"{MILL} [1]", f"{LIBRARY} [2]"]
    assert answer.notes == ()
    assert reader.asked == [
        ("Who owns the Corvin mill", ()),
        ("how many books are there?", (("Who owns the Corvin mill", ""),)),
    ]


@pytest.mark.parametrize(
    ("outcome", "told", "opens"),
    [
        ((0.1, 0.05, 0.8, 0.05), "The documents say otherwise:", True),
        (
            (0.2, 0.7, 0.05, 0.05),
            "This is a part of what was asked; the rest was not found.",
            False,
        ),
    ],
)
def test_what_the_reader_says_beside_the_answer(
    made: Assistant, outcome: tuple[float, float, float, float], told: str, opens: bool
) -> None:
    """A false premise is said before the statements, that a part is missing behind them."""
    reader = Graded({"Ilva Strand": 6.0}, outcome)
    events = list(by(made, reader).stream("Why does Orlo own the Corvin mill?"))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert (said(answer), notes(answer)) == ([f"{MILL} [1]"], (told,))
    assert isinstance(events[0], Note) is opens
    assert bool(answer.openings) is opens


def test_the_conversation_goes_along(made: Assistant) -> None:
    """Without a model no question is rewritten: the reader reads what was said before."""
    reader = FakeReader(TOLD | {"and who bought it?": ["Orlo Paper"]})
    talk = by(made, reader)
    first = talk.ask(OWNS)
    answer = talk.ask("and who bought it?", [first])
    assert answer.answered_question == "and who bought it?"
    assert said(answer) == [f"{SOLD} [1]"]
    assert reader.asked[-1] == ("and who bought it?", ((OWNS, MILL),))
    assert answer.trace is not None
    assert answer.trace.lookups == ("and who bought it?", f"{OWNS} and who bought it?")


def test_a_misspelt_word_is_mended_and_said(made: Assistant) -> None:
    """A slip of the keyboard loses no answer, and the reader is told what was read."""
    reader = FakeReader({"How many books does the library hold?": ["85,000"]})
    answer = by(made, reader).ask("How many books does the libary hold?")
    assert said(answer) == [f"{LIBRARY} [1]"]
    assert notes(answer) == ("“libary” was taken for “library”.",)


def test_a_summary_may_answer(made: Assistant) -> None:
    """Who asks for a summary is shown how the document goes, and that it is none."""
    answer = made.ask("Summarise what is said of the Corvin mill")
    assert (answer.outcome, said(answer)) == ("perhaps", [f"{MILL} [1]", f"{SOLD} [2]"])
    assert notes(answer) == (
        "This may answer it:",
        "These are the opening and the sections' first sentences of mill.md, no summary.",
    )


def test_a_model_writes_from_what_was_read(made: Assistant) -> None:
    """Its statements are cited, and how the windows were read can be looked at."""
    chat = FakeChat("Ilva Strand owns the mill [1.2].")
    answer = by(made, READER, chat).ask(OWNS)
    assert (answer.engine, answer.outcome) == ("fake", "answered")
    assert said(answer) == ["Ilva Strand owns the mill. [1]"]
    assert answer.citations[0].quote == MILL
    assert answer.trace is not None
    assert answer.trace.chosen == {(answer.citations[0].document_id, answer.citations[0].start)}
    assert len(answer.hits) >= 3


class Searching:
    """A model at the network's edge that says the given replies, one after another."""

    name = "searching"
    window = 8000

    def __init__(self, *replies: str) -> None:
        self._replies = iter(replies)
        self.sent: list[str] = []

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """The next one."""
        self.sent.append(messages[-1].content)
        return FakeChat(next(self._replies)).reply(messages, max_tokens=max_tokens)


HARBOUR = "The harbour is run by Odo Marsh."


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Assistant]:
    """A library in which the first look at OWNS does not bring the harbour."""
    texts = {f"{n}.md": f"# Mill {n}\n\nThe mill {n} is owned by Ilva.\n" for n in range(40)}
    texts["harbour.md"] = f"# Quay\n\n{HARBOUR}\n"
    with assistant(tmp_path, texts, FakeReader({})) as made:
        yield made


def test_what_was_read_for_a_list_is_read_again(far: Assistant) -> None:
    """Where nothing is of the time asked for, the newest is sought in all that was read."""
    reader = Graded({"owned by Ilva": -4.0}, (0.1, 0.05, 0.05, 0.8))
    by(far, reader).ask("Who owns the mill this year?", today=date(2026, 5, 1))
    assert [len(one) for one in reader.read_windows][1:] == [2 * LIMIT, 2 * LIMIT]


def test_a_model_may_look_again(far: Assistant) -> None:
    """It is shown what its words find beside what it saw, and each search is told first."""
    chat = Searching("SEARCH: harbour run by", "Odo Marsh runs the harbour [1.2].")
    events = list(by(far, FakeReader({}), chat).stream("Who owns the mill?"))
    *shown, answer = events
    assert isinstance(answer, Answer)
    assert HARBOUR not in chat.sent[0]
    assert "You can search twice." in chat.sent[0]
    assert HARBOUR in chat.sent[1]
    assert "The mill 1 is owned by Ilva." in chat.sent[1]
    assert "You can search once more." in chat.sent[1]
    assert [type(one) for one in shown] == [Note, Statement]
    assert said(answer) == ["Odo Marsh runs the harbour. [1]"]
    assert notes(answer) == ("Searched further: harbour run by",)
    assert answer.citations[0].quote == HARBOUR
    assert HARBOUR in {hit.text for hit in answer.hits}


def test_a_question_in_another_language(far: Assistant) -> None:
    """The model's words, translated, find it; what it cites is shown as it stands, and why."""
    chat = Searching("SEARCH: harbour run by", "Odo Marsh leitet den Hafen [1.2].")
    answer = by(far, FakeReader({}), chat).ask("Wem gehört Mill 3, und wer leitet den Hafen?")
    assert HARBOUR not in chat.sent[0]
    assert (answer.outcome, said(answer)) == ("answered", [f"{HARBOUR} [1]"])
    assert notes(answer) == (
        "Searched further: harbour run by",
        "Frage und Dokumente sind in verschiedenen Sprachen: Was das Modell zitiert hat, steht hier"
        " im Wortlaut.",
    )


def test_a_misspelt_question_that_finds_nothing(far: Assistant) -> None:
    """Where the spelling is past mending the model's own words find it, and they are told."""
    chat = Searching("SEARCH: harbour run by", "Odo Marsh runs the harbour [1.2].")
    answer = by(far, FakeReader({}), chat).ask("who owns mill 3 and teh hrbr")
    assert HARBOUR not in chat.sent[0]
    assert said(answer) == ["Odo Marsh runs the harbour. [1]"]
    assert notes(answer) == ("Searched further: harbour run by",)


def test_a_model_that_searches_for_ever_is_answered_no_more(far: Assistant) -> None:
    """After two searches it is told that there are none, and what it asks for is a refusal."""
    chat = Searching("SEARCH: a quay", "SEARCH: a mill", "SEARCH: more")
    answer = by(far, FakeReader({}), chat).ask("Who owns the mill?")
    assert "You can search no more." in chat.sent[2]
    assert (answer.outcome, answer.reason) == ("not_found", REFUSAL)
    assert notes(answer) == ("Searched further: a quay", "Searched further: a mill")


def test_a_model_that_takes_its_time_may_not_search(
    far: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the time for searching is over it is told so, and must answer with what it saw."""
    monkeypatch.setattr("qa.answering.pipeline.SEARCH_UNTIL", 0.0)
    chat = Searching("Mill 1 is owned by Ilva [1.2].")
    answer = by(far, FakeReader({}), chat).ask("Who owns the mill?")
    assert "You can search no more." in chat.sent[0]
    assert len(answer.statements) == 1


def test_a_search_that_was_cut_off_is_none(far: Assistant) -> None:
    """Half a search is not made; the reader learns that the model stopped at its limit."""
    chat = FakeChat("SEARCH: harbour ru", finish="length")
    answer = by(far, FakeReader({}), chat).ask("Who owns the mill?")
    assert (answer.outcome, len(chat.sent)) == ("not_found", 1)
    assert notes(answer) == ("The model stopped at its limit of 700 tokens.",)


def test_a_model_that_answers_in_another_form(made: Assistant) -> None:
    """Of JSON in place of cited sentences nothing is shown, and that something went is said."""
    reply = '{"answer": "Ilva Strand owns the mill.", "sources": ["1.2"]}'
    answer = by(made, READER, FakeChat(reply)).ask(OWNS)
    assert (answer.outcome, answer.statements) == ("not_found", ())
    assert notes(answer) == ("1 sentence was left out: not supported by the sources.",)


class Overfull(Searching):
    """One that refuses a second request, as an endpoint does whose context is full."""

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """The first reply as told, then the refusal."""
        if self.sent:
            raise ModelRejected("the context is full")
        return super().reply(messages, max_tokens=max_tokens)


def test_a_model_that_runs_out_of_context_after_a_search(far: Assistant) -> None:
    """That is an error of one line, or the extractive answer; never half an answer."""
    with pytest.raises(ModelRejected, match="the context is full"):
        by(far, FakeReader({}), Overfull("SEARCH: harbour run by")).ask("Who owns the mill?")
    stood_in = by(far, FakeReader({}), Overfull("SEARCH: harbour"), fallback="extractive")
    answer = stood_in.ask("Who owns the mill?")
    assert answer.engine == "extractive"
    assert notes(answer)[-1] == (
        "The model did not answer (the context is full); this is the extractive answer instead."
    )


def test_what_had_no_room_is_known(made: Assistant) -> None:
    """With few tokens for sources the windows left out stand in the trace."""
    answer = by(made, READER, FakeChat("NO_ANSWER"), evidence=100).ask(OWNS)
    assert answer.trace is not None
    assert answer.trace.unfit


def test_a_model_completes_a_question(made: Assistant) -> None:
    """What it made of the question is looked up, without the conversation."""
    first = made.ask(OWNS)
    chat = FakeChat("Who owns the mill?")
    reader = FakeReader({})
    answer = by(made, reader, chat).ask("who owns it?", [first])
    assert answer.answered_question == "Who owns the mill?"
    assert {turns for _, turns in reader.asked} == {()}


def test_a_model_that_fails_may_be_stood_in_for(made: Assistant) -> None:
    """The extractive answer comes in its place, and it is said why."""
    chat = FakeChat(ModelUnreachable("the model is down"))
    answer = by(made, READER, chat, fallback="extractive").ask(OWNS)
    assert (answer.engine, said(answer)) == ("extractive", [f"{MILL} [1]"])
    assert notes(answer) == (
        "The model did not answer (the model is down); this is the extractive answer instead.",
    )
    with pytest.raises(ModelUnreachable):
        by(made, READER, chat).ask(OWNS)


def test_a_model_that_fails_in_the_middle_is_an_error(made: Assistant) -> None:
    """Nothing is put behind what it said."""
    chat = FakeChat("Ilva Strand owns the mill [1.2].\n", "It", ModelUnreachable("it broke"))
    events = by(made, READER, chat, fallback="extractive").stream(OWNS)
    assert isinstance(next(events), Statement)
    with pytest.raises(ModelUnreachable):
        next(events)


def test_a_model_that_cites_one_of_two_that_disagree(tmp_path: Path) -> None:
    """What the place says that it did not cite is told, and that it is newer."""
    asked, new = "How much is the toll?", "The toll is 6 crowns a car."
    texts = {
        "a.md": "---\ndate: 2021-03-01\n---\n# Tolls\n\nThe toll is 4 crowns a car.\n",
        "b.md": f"---\ndate: 2024-03-01\n---\n# Tolls\n\n{new}\n",
    }
    reader = FakeReader({asked: ["4 crowns", "6 crowns"]})
    made = assistant(tmp_path, texts, reader)
    first = made.ask(asked).hits[0].path
    cited = "[1.2]" if first == "a.md" else "[2.2]"
    answer = by(made, reader, FakeChat(f"The toll is 4 crowns a car {cited}.")).ask(asked)
    assert said(answer) == ["The toll is 4 crowns a car. [1]"]
    assert notes(answer) == (f"A newer document says otherwise: “{new}” (b.md, line 6).",)
