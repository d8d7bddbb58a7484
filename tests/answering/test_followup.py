"""Questions that lean on the conversation, and questions that do not."""

import json
import os
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qa.answer.followup import MAX_TOKENS, complete, complete_with
from qa.answer.names import names

from qa.data import Answer, Statement
from qa.models.chat.base import Message
from qa.models.chat.replay import FORMAT, Replayer, request_key
from qa.settings.prompts import Prompt
from qa.text.words import terms


def turn(question: str, told: str = "", *, completed: str = "", marked: str = "") -> Answer:
    """An earlier turn; without ``told`` it was refused."""
    emphasis = None
    if marked:
        start = told.index(marked)
        emphasis = (start, start + len(marked))
    return Answer(
        question=question,
        answered_question=completed or question,
        statements=(Statement(told, (), 1.0, emphasis),) if told else (),
        reason=None if told else "The documents do not answer this.",
        nearest=(),
        hits=(),
        engine="extractive",
    )


PARTNERS = turn(
    "who are Acme's partners?",
    "Acme's partners are Brontal Optics, Senn Photonics and Tindra Power.",
)
FOUNDED = turn("When was Brontal Optics founded?", "Brontal Optics was founded in 1974.")
APPROVED = turn("Is the Orro pump approved in Norland?", "Norland approved it in March 2020.")
SALES = turn("How many vans did Hartlow sell in 2021?", "Hartlow sold 4,000 vans in 2021.")


@pytest.mark.parametrize(
    ("before", "asked", "completed"),
    [
        # pronouns
        (FOUNDED, "who owns it?", "who owns Brontal Optics?"),
        (FOUNDED, "what are its products?", "what are Brontal Optics's products?"),
        (FOUNDED, "And where is it based?", "And where is Brontal Optics based?"),
        (
            turn("who led the count on Lake Orm?"),
            "when is the next count?",
            "when is the next count?",
        ),
        (
            turn(
                "how much does the second ferry cost?",
                "The board resolved to order a second electric ferry from the yard at Rissa.",
            ),
            "when is it due?",
            "when is the second ferry due?",
        ),
        (
            turn("When was Ada Marsh born?", "Ada Marsh was born in 1815; she lived in Kelby."),
            "where did she study?",
            "where did Ada Marsh study?",
        ),
        (
            turn("Who founded Brontal Optics?", "Jane Doe founded Brontal Optics in 1974."),
            "what is her salary?",
            "what is Jane Doe's salary?",
        ),
        (
            turn("When will Mirela Tasch hand over?", "Mirela Tasch hands over in May."),
            "who will follow her?",
            "who will follow Mirela Tasch?",
        ),
        (PARTNERS, "which of them make sensors?", "which of Acme's partners make sensors?"),
        (PARTNERS, "list them", "list Acme's partners"),
        (
            turn("What is the Orro pump?", "The Orro pump doses a drug."),
            "who makes it?",
            "who makes the Orro pump?",
        ),
        # names that the question wrote small
        (
            turn("when was acme founded?", "Acme was founded in 1986."),
            "who owns it?",
            "who owns Acme?",
        ),
        # places
        (APPROVED, "how many were sold there?", "how many were sold in Norland?"),
        # ellipsis
        (APPROVED, "since when?", "since when is the Orro pump approved in Norland?"),
        (APPROVED, "why?", "why is the Orro pump approved in Norland?"),
        (FOUNDED, "and where?", "where was Brontal Optics founded?"),
        (FOUNDED, "by whom?", "by whom was Brontal Optics founded?"),
        (SALES, "and in 2022?", "How many vans did Hartlow sell in 2022?"),
        (
            SALES,
            "how many in total?",
            "how many in total? (How many vans did Hartlow sell in 2021)",
        ),
        # another
        (FOUNDED, "what about Senn Photonics?", "When was Senn Photonics founded?"),
        (FOUNDED, "and Senn Photonics?", "When was Senn Photonics founded?"),
        (SALES, "what about Osk Dairy?", "How many vans did Osk Dairy sell in 2021?"),
        (
            FOUNDED,
            "What about its price?",
            "What about its price? (When was Brontal Optics founded)",
        ),
        # members of a list
        (PARTNERS, "the second one", "the second one (Senn Photonics)"),
        (PARTNERS, "when was the last one founded?", "when was Tindra Power founded?"),
        # the same again
        (PARTNERS, "in English please", "in English please (who are Acme's partners)"),
        (PARTNERS, "tell me more", "tell me more (who are Acme's partners)"),
        (PARTNERS, "who else?", "who else? (who are Acme's partners)"),
        # what points back
        (APPROVED, "who said that?", "who said that? (Is the Orro pump approved in Norland)"),
        (
            turn("What did Ada Marsh found?", "Ada Marsh founded the company Brontal Optics."),
            "when was the company sold?",
            "when was the company Brontal Optics sold?",
        ),
        # no certain referent: what was asked is added, no guess is put in
        (
            turn("Who heads Acme's car business?"),
            "how old is he?",
            "how old is he? (Who heads Acme's car business)",
        ),
        # other scripts
        (
            turn("华为什么时候成立的？", "华为成立于1987年。"),
            "它在哪里？",
            "它在哪里？ (华为什么时候成立的)",
        ),
    ],
)
def test_a_leaning_question_is_completed(before: Answer, asked: str, completed: str) -> None:
    """What a reader leaves unsaid is filled in from the turn before."""
    assert complete(asked, [before]) == completed


@pytest.mark.parametrize(
    "asked",
    [
        "When was Osk Dairy founded?",
        "what is the capital of norland?",
        "How does photosynthesis work?",
        "How many diesel vans does Hartlow want to replace?",
        "Did Osk Dairy say that it will close its plant?",
        "Which university has its origins in a school of medicine?",
        "What did Ada Marsh do after she left her company?",
        "Is there a limit on file size?",
        "Is it true that whales sleep?",
        "How long does it take to charge a Porter 9?",
        "What happens when a cell divides?",
        "What is another term for rotors?",
        "which tool do farmers use to count their sheep?",
        "How do the fees at state schools compare to those at other schools?",
        "长城有多长，建于哪个朝代？",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(asked: str) -> None:
    """A change of subject is not dragged back to the old one."""
    assert complete(asked, [PARTNERS, FOUNDED]) == asked


@pytest.mark.parametrize("asked", ["when was it founded?", "why?", "the second one", "  "])
def test_without_a_conversation_nothing_changes(asked: str) -> None:
    """The first question is looked up as it was typed."""
    assert complete(asked, []) == asked


def test_a_chain_of_follow_ups_keeps_its_subject() -> None:
    """Five questions in a row about one thing, named only in the first."""
    history: list[Answer] = []
    for asked, completed in [
        ("When was Brontal Optics founded?", "When was Brontal Optics founded?"),
        ("who founded it?", "who founded Brontal Optics?"),
        ("why?", "why? (who founded Brontal Optics)"),
        ("and in 1980?", "and in 1980? (who founded Brontal Optics)"),
        ("what about Osk Dairy?", "who founded Osk Dairy?"),
    ]:
        assert complete(asked, history) == completed
        history.append(turn(asked, "Little is known.", completed=completed))


def test_emphasised_phrases_are_the_members() -> None:
    """Where each statement marks its own answer, "the second one" is the second mark."""
    both = turn("which pumps are sold?", "The Orro is sold.", marked="Orro")
    more = Statement("The Veld is sold as well.", (), 1.0, (4, 8))
    listed = Answer(
        question=both.question,
        answered_question=both.question,
        statements=(*both.statements, more),
        reason=None,
        nearest=(),
        hits=(),
        engine="extractive",
    )
    assert complete("what does the second one cost?", [listed]) == "what does Veld cost?"


WORDS = st.sampled_from(
    "who what when why it he they the second one and Acme Ada Marsh 2021 about in there this "
    "them more ( ) ? . 's company ß İ 华为 list".split()
)
TEXT = st.lists(WORDS, max_size=9).map(" ".join)


@given(TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=4))
def test_no_word_is_invented(asked: str, said: list[tuple[str, str]]) -> None:
    """Whatever is typed, the completion has only words of the question and the conversation."""
    history = [turn(question, told) for question, told in said]
    spoken = {one for text in [asked, *(t for pair in said for t in pair)] for one in terms(text)}
    assert set(terms(complete(asked, history))) <= spoken


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("When did J. C. Penney open in St. Louis?", ["J. C. Penney", "St. Louis"]),
        ("Deliveries of the Orro 5 began in May.", ["Orro 5"]),
        ("Is Brooks & Dunn's album out?", ["Brooks & Dunn"]),
        ("The University of Ockham opened.", ["University of Ockham"]),
        ("nothing here", []),
    ],
)
def test_names_are_runs_of_capitals(text: str, found: list[str]) -> None:
    """A sentence's first word and a month are no names; initials and numbers belong to one."""
    assert [name.text for name in names(text)] == found


PROMPT = Prompt("followup", "$conversation\n\n$question", "0" * 12)
SHOWN = (
    "Question: When was Brontal Optics founded?\nAnswer: Brontal Optics was founded in 1974."
    "\n\nwho owns it?"
)
USAGE = {
    "prompt_tokens": 30,
    "completion_tokens": 5,
    "cached_tokens": None,
    "cost": None,
    "seconds_to_first": None,
}


@pytest.fixture
def model(tmp_path: Path) -> Callable[[str, str], Replayer]:
    """A recorded model that says one thing when asked to rewrite "who owns it?"."""

    def record(written: str, finish: str = "stop") -> Replayer:
        messages = [Message("user", SHOWN)]
        entry = {
            "key": request_key("tiny", messages, MAX_TOKENS),
            "messages": [["user", SHOWN]],
            "max_tokens": MAX_TOKENS,
            "deltas": [written],
            "finish": finish,
            "usage": USAGE,
        }
        header = {"format": FORMAT, "model": "tiny", "window": 2048}
        path = tmp_path / "recording.jsonl"
        path.write_text(json.dumps(header) + "\n" + json.dumps(entry) + "\n", encoding="utf-8")
        return Replayer(path)

    return record


def test_a_model_may_rewrite(model: Callable[[str, str], Replayer]) -> None:
    """A rewrite made of words already said is what is looked up."""
    done = complete_with(
        "who owns it?", [FOUNDED], model('"Who owns Brontal Optics?"\n', "stop"), PROMPT
    )
    assert (done.question, done.note) == ("Who owns Brontal Optics?", None)
    assert done.usage is not None
    assert done.usage.completion_tokens == 5


@pytest.mark.parametrize(
    ("written", "finish", "fault"),
    [
        ("Who owns Brontal Optics of Kelby Haven?", "stop", "had words that nobody had said"),
        ("Jane Doe.", "stop", "had words that nobody had said"),
        ("who owns Brontal Optics? " * 7, "stop", "was too long"),
        ("Who owns Brontal", "length", "was cut off"),
        ("\n", "stop", "was empty"),
        ('""', "stop", "was empty"),
    ],
)
def test_a_rewrite_that_strays_is_not_taken(
    model: Callable[[str, str], Replayer], written: str, finish: str, fault: str
) -> None:
    """A model that invents, rambles or says nothing is told on, and the rule completes."""
    done = complete_with("who owns it?", [FOUNDED], model(written, finish), PROMPT)
    assert done.question == "who owns Brontal Optics?"
    assert done.note == (f"The question as rewritten by tiny {fault}, so it was completed by rule.")


def test_the_first_question_asks_no_model(model: Callable[[str, str], Replayer]) -> None:
    """Without a conversation there is nothing to pay a model for."""
    done = complete_with("who owns it?", [], model("anything", "stop"), PROMPT)
    assert done == ("who owns it?", None, None)


ROOT = Path(__file__).parents[2]
CANARD = Path(os.environ.get("QA_BENCHMARKS", ROOT / "../shared/benchmarks")) / "canard/dev.json"


@pytest.mark.skipif(not CANARD.exists(), reason="needs CANARD's dev.json under QA_BENCHMARKS")
def test_completions_beat_the_question_and_the_whole_history() -> None:
    """On conversations never tuned on, follow-ups gain words, and stand-alone ones keep theirs."""
    bench = runpy.run_path(str(ROOT / "bench/followup.py"))
    held = [cases for key, cases in bench["read"](CANARD).items() if bench["held_out"](key)]
    rows = [row for cases in held for row in bench["replay"](cases) if terms(row[0].gold)]

    def mean(method: str, figure: str) -> float:
        way, overlap = bench["METHODS"][method], bench["overlap"]
        scores = [getattr(overlap(way(case, done), case.gold), figure) for case, done, _ in rows]
        return sum(scores) / len(scores)

    assert mean("completed by rule", "recall") > mean("question as it is", "recall") + 0.2
    assert mean("completed by rule", "f1") > mean("question as it is", "f1") + 0.1
    assert mean("completed by rule", "f1") > mean("whole history appended", "f1") + 0.3
    alone = [row for row in rows if row[0].question.strip() == row[0].gold.strip()]
    assert sum(done != case.question for case, done, _ in alone) < 0.03 * len(alone)
