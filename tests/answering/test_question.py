"""What was asked, as it is looked up: its parts, the turns before it, and what is searched for."""

from collections.abc import Sequence
from datetime import date

import pytest

from qa.answering.question import complete_with, question_of
from qa.data import Answer, Statement, Usage
from qa.errors import ModelGarbled, ModelUnreachable
from qa.models.chat.base import Finish
from qa.models.chat.fake import FakeChat
from qa.settings.prompts import Prompt
from qa.wording import told

TODAY = date(2025, 6, 4)


def turn(question: str, said: str = "", *, completed: str = "") -> Answer:
    """An earlier turn; without ``said`` nothing was found."""
    return Answer(
        question=question,
        answered_question=completed or question,
        statements=(Statement(said, (), 1.0),) if said else (),
        reason=None if said else "I found no answer in the 2 documents.",
        nearest=(),
        hits=(),
        engine="extractive",
        outcome="answered" if said else "not_found",
    )


FOUNDED = turn("When was Brontal Optics founded?", "Brontal Optics was founded in 1974.")


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("Who founded Acme and when?", ("Who founded Acme", "when?")),
        ("Who founded Acme and when did it open?", ("Who founded Acme", "when did it open?")),
        ("What is it? Where is it?", ("What is it", "Where is it?")),
        ("Who built it, when was it sold?", ("Who built it", "when was it sold?")),
        ("In which year was it built, and by whom?", ()),
        ("Who founded Marks and Spencer?", ()),
        ("Is the bridge open?", ()),
        ("He asked who owns the mill and what it costs.", ()),
    ],
)
def test_a_question_for_two_things_has_parts(asked: str, parts: tuple[str, ...]) -> None:
    """Each half of a compound question is answered by itself; a name with "and" has no halves."""
    assert question_of(asked, asked, (), TODAY).parts == parts


def test_what_was_said_before_goes_along_as_it_is() -> None:
    """Nothing is put into the asker's mouth: the last two turns are told, and searched with."""
    history = [turn("Who is Ann?"), FOUNDED, turn("And Senn?", "Senn\nis " + "old " * 60)]
    question = question_of("who owns it?", "who owns it?", history, TODAY)
    assert question.lookup == "who owns it?"
    (asked, said), (last, long) = question.turns
    assert (asked, said) == (FOUNDED.question, FOUNDED.statements[0].text)
    assert (last, long[:12], len(long)) == ("And Senn?", "Senn is old ", 160)
    assert question.searches == ("who owns it?", "And Senn? who owns it?")


def test_a_completed_question_stands_alone() -> None:
    """What a model completed is looked up without the conversation."""
    question = question_of("who owns it?", "who owns Brontal Optics?", [FOUNDED], TODAY)
    assert (question.turns, question.searches) == ((), ("who owns Brontal Optics?",))


def test_a_time_is_looked_up_in_figures_and_left_out() -> None:
    """Documents that say "last year" of the year asked for are found without its figures."""
    question = question_of("Who left last year?", "Who left last year?", (), TODAY)
    assert question.lookup == "Who left in 2024?"
    assert question.searches == ("Who left in 2024?", "Who left?")


@pytest.mark.parametrize(
    ("asked", "is_one"),
    [
        ("Summarise the report", True),
        ("Please give me a summary of the report", True),
        ("Who wrote the summary of the report on mills?", False),
        ("Who summarised it?", False),
        ("What does the summary say about the mill?", False),
    ],
)
def test_who_asks_for_a_summary(asked: str, is_one: bool) -> None:
    """A summary is asked for by those who say so."""
    assert question_of(asked, asked, (), TODAY).asks_for_summary is is_one


PROMPT = Prompt("followup", "$conversation\n\n$question", "0" * 12)
SHOWN = (
    "Question: When was Brontal Optics founded?\nAnswer: Brontal Optics was founded in 1974."
    "\n\nwho owns it?"
)


def model(*deltas: str | ModelGarbled | ModelUnreachable, finish: Finish = "stop") -> FakeChat:
    """A model that says this when asked to rewrite a question."""
    usage = Usage(prompt_tokens=30, completion_tokens=5)
    return FakeChat(*deltas, name="tiny", finish=finish, usage=usage)


def test_a_model_may_rewrite() -> None:
    """A rewrite made of words already said is what is looked up."""
    llm = model('"Who owns ', 'Brontal Optics?"\n')
    done = complete_with("who owns it?", [FOUNDED], llm, PROMPT)
    assert (done.question, done.note) == ("Who owns Brontal Optics?", None)
    assert done.usage is not None
    assert (done.usage.prompt_tokens, done.usage.completion_tokens) == (30, 5)
    assert [[one.content for one in each] for each in llm.sent] == [[SHOWN]]


@pytest.mark.parametrize(
    ("written", "finish", "fault"),
    [
        ("Who owns Brontal Optics of Kelby Haven?", "stop", "named what nobody had named"),
        ("Jane Doe.", "stop", "named what nobody had named"),
        ("who owns Brontal Optics? " * 7, "stop", "was too long"),
        ("Who owns Brontal", "length", "was cut off"),
        ("Brontal Optics is old [1.1].", "stop", "was an answer"),
        ("\n", "stop", "was empty"),
        ('""', "stop", "was empty"),
        (ModelGarbled("nothing"), "stop", "was empty"),
    ],
)
def test_a_rewrite_that_strays_is_not_taken(
    written: str | ModelGarbled, finish: Finish, fault: str
) -> None:
    """A model that invents, rambles or says nothing is told on, and changes nothing."""
    done = complete_with("who owns it?", [FOUNDED], model(written, finish=finish), PROMPT)
    assert done.question == "who owns it?"
    assert done.note is not None
    assert told(done.note) == (
        f"The question as rewritten by tiny {fault}, so it was looked up as it is."
    )


def test_a_model_that_cannot_be_reached_is_an_error() -> None:
    """What to do then is decided by who asked."""
    with pytest.raises(ModelUnreachable):
        complete_with("who owns it?", [FOUNDED], model(ModelUnreachable("down")), PROMPT)


@pytest.mark.parametrize(("asked", "history"), [("who owns it?", []), ("  ", [FOUNDED])])
def test_the_first_question_asks_no_model(asked: str, history: Sequence[Answer]) -> None:
    """Without a conversation, or a question, there is nothing to pay a model for."""
    llm = model("anything")
    assert complete_with(asked, history, llm, PROMPT) == (asked, None, None)
    assert llm.sent == []


def test_a_mended_word_is_mended_everywhere() -> None:
    """Also in the halves of a question, and in what it asks without its time."""
    asked = "who owns the fondry and when was the fondry built in 2022?"
    fixed = asked.replace("fondry", "foundry")
    mended = question_of(asked, asked, (), TODAY).mended(fixed, {"fondry": "foundry"})
    assert mended.asked == asked
    assert [text for text in (*mended.searches, *mended.parts) if "fondry" in text] == []
    assert len(mended.parts) == 2
