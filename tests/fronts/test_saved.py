"""Conversations as files: nothing is lost on the way, and no other file passes for one."""

import json
import math
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from qa.data import Answer, Citation, LeftOut, Note, Statement, Usage
from qa.errors import UsageError
from qa.fronts.chat.markdown import escaped, to_markdown
from qa.fronts.chat.saved import from_text, keep, kept, to_text
from qa.fronts.lines import plain, safe
from qa.fronts.render import answer_lines

texts = st.text(max_size=20)
citations = st.builds(
    Citation,
    marker=st.integers(1, 9),
    document_id=texts,
    path=texts,
    title=st.none() | texts,
    published=st.none() | st.dates(),
    page=st.none() | st.integers(1, 99),
    line=st.integers(1, 99),
    start=st.integers(0, 99),
    end=st.integers(0, 99),
    quote=texts,
)
statements = st.builds(
    Statement,
    text=st.just("The bakery opened in 1987."),
    citations=st.lists(citations, max_size=3).map(tuple),
    support=st.floats(0, 1),
    emphasis=st.none() | st.tuples(st.integers(0, 9), st.integers(10, 20)),
)
notes = st.just(Note("perhaps")) | texts.map(lambda text: Note.of("text", text=text))
answers = st.builds(
    Answer,
    question=texts,
    answered_question=texts,
    statements=st.lists(statements, max_size=3).map(tuple),
    reason=st.none() | texts,
    nearest=st.lists(citations, max_size=3).map(tuple),
    hits=st.just(()),
    engine=texts,
    prompt_hash=st.none() | texts,
    usage=st.none() | st.builds(Usage, prompt_tokens=st.none() | st.integers(0, 9)),
    seconds=st.just((("sync", 0.5), ("read", 0.25))),
    outcome=st.sampled_from(["answered", "perhaps", "not_found"]),
    notes=st.lists(notes, max_size=2).map(tuple),
    left_out=st.lists(st.builds(LeftOut, texts, texts, st.just("dropped")), max_size=2).map(tuple),
    confidence=st.none() | st.floats(0, 1),
)


@given(st.lists(answers, max_size=3))
def test_round_trip(conversation: list[Answer]) -> None:
    """A conversation that is saved and resumed is the same conversation."""
    assert tuple(conversation) == from_text(to_text(conversation), "a.json")


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "[" * 100_000, '{"schema": "qa.answer/1"}'),
        '{"schema": "qa.conversation/1"}',
        '{"schema": "qa.conversation/1", "answers": [{"question": 3}]}',
        '{"schema": "qa.conversation/3", "answers": []}',
    ],
)
def test_foreign_files(text: str) -> None:
    """A file that is no conversation is refused by name."""
    with pytest.raises(UsageError, match=r"'a\.json' is no conversation that /save FILE\.json"):
        from_text(text, "a.json")


@pytest.mark.parametrize("note", [Note("nonsense"), Note("taken_for"), Note.of("not_then", x="")])
def test_notes_that_nobody_words(note: Note) -> None:
    """A note of no kind that is known, or without what it speaks of, is refused, not shown."""
    odd = Answer("who?", "who?", (), "nothing", (), (), "m", outcome="not_found", notes=(note,))
    with pytest.raises(UsageError, match=r"'a\.json' is no conversation that /save FILE\.json"):
        from_text(to_text([odd]), "a.json")


def test_conversations_of_before_are_resumed() -> None:
    """Kept before there were outcomes and kinds of notes: the same sentences are shown."""
    quote = "The bakery opened in 1987."
    citation = {
        "marker": 1,
        "document_id": "d",
        "path": "bakery.txt",
        "title": None,
        "published": None,
        "page": None,
        "line": 1,
        "start": 0,
        "end": 26,
        "quote": quote,
    }
    answer = {
        "schema": "qa.answer/1",
        "question": "when?",
        "answered_question": "when?",
        "answered": True,
        "reason": None,
        "text": f"{quote} [1]",
        "nearest": [],
        "statements": [{"text": quote, "citations": [citation], "support": 1, "emphasis": None}],
        "engine": "extractive",
        "confidence": 0.5,
        "prompt_hash": None,
        "usage": None,
        "notes": ["Refused {none} of it."],
        "left_out": [],
        "seconds": {"sync": 0.5},
    }
    refusal = answer | {
        "question": "who?",
        "answered_question": "who?",
        "answered": False,
        "statements": [],
        "reason": "The documents do not answer this.",
        "notes": [],
        "nearest": [citation],
    }
    kept = json.dumps({"schema": "qa.conversation/1", "answers": [answer, refusal]})
    first, second = from_text(kept, "a.json")
    assert (first.outcome, second.outcome) == ("answered", "not_found")
    assert plain(answer_lines(first)) == (
        f"{quote} [1]\n\n[1] bakery.txt, line 1\n    “{quote}”\n\n"
        "Refused {none} of it.\nAnswered by: extractive\n"
    )
    assert plain(answer_lines(second)).startswith(
        "The documents do not answer this.\n\nThe nearest"
    )
    assert from_text(to_text([first, second]), "a.json") == (first, second)


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to each value within a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inside:
        yield (*way, name)
        if isinstance(one, dict | list):
            yield from places(one, (*way, name))


ODD = (None, True, -1, 10**30, math.nan, "", "\x1b[2J\u202e\n[1]\ud800", [], [[]], [None], {"a": 1})


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.lists(answers, min_size=1, max_size=1))
def test_a_file_that_was_tampered_with(conversation: list[Answer]) -> None:
    """Whatever stands in a conversation's file, it is refused, or shown without a control."""
    whole = to_text(conversation)
    for way, odd in product(list(places(json.loads(whole))), ODD):
        file = at = json.loads(whole)
        for step in way[:-1]:
            at = at[step]
        at[way[-1]] = odd
        try:
            found = from_text(json.dumps(file), "a.json")
        except UsageError:
            continue
        shown = "".join(plain(answer_lines(one)) for one in found)
        assert shown == safe(shown)
        to_markdown(found)


def test_kept_conversations(tmp_path: Path) -> None:
    """Conversations are kept for their owner alone, the newest first, fifty at most."""
    for number in range(53):
        keep((), tmp_path, f"2026-01-01T00-00-{number:02}")
    assert [f"2026-01-01T00-00-{number:02}" for number in range(52, 2, -1)] == [
        path.stem for path in kept(tmp_path)
    ]
    assert {0o600} == {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}


def cited(path: str, start: int, quote: str) -> Citation:
    """A citation of made-up place."""
    when = date(2024, 5, 6)
    return Citation(1, path, path, "A *title*", when, 2, 7, start, start + len(quote), quote)


def test_markdown() -> None:
    """Each place is one footnote however often it is cited, and no mark of a text has effect."""
    one = cited("a_b.txt", 0, "# Not a heading <b>, 5 * 3")
    conversation = [
        Answer(
            question="1. what\nis it?",
            answered_question="what is the mill?",
            statements=(
                Statement("It is 5 * 3.", (one,), 1.0, (6, 11)),
                Statement("- `x`", (one, cited("b.txt", 4, "- `x`")), 1.0),
            ),
            reason=None,
            nearest=(),
            hits=(),
            engine="extractive",
            outcome="perhaps",
            notes=(Note("perhaps"), Note.of("dropped", count="1 sentence", be="was")),
        ),
        Answer(
            *("who?", "who?", (), "I found no answer in the 2 documents.", (one,), (), "m_1"),
            outcome="not_found",
        ),
    ]
    expected = r"""# Conversation

## 1\. what is it?

Looked up: what is the mill?

**This may answer it:**

It is **5 \* 3**.[^1]

\- \`x\`[^1][^2]

*1 sentence was left out: not supported by the sources.*

*Answered by: extractive*

## who?

**I found no answer in the 2 documents.**

The nearest: “\# Not a heading \<b\>, 5 \* 3”[^1]

*Answered by: m\_1*

[^1]: A \*title\*, 2024-05-06, a\_b.txt, line 7, page 2: “\# Not a heading \<b\>, 5 \* 3”

[^2]: A \*title\*, 2024-05-06, b.txt, line 7, page 2: “- \`x\`”
"""
    assert expected == to_markdown(conversation)


@given(st.text())
def test_markdown_is_one_line_of_text(text: str) -> None:
    """Whatever a text contains, it stays on its line and sends no command to a terminal."""
    line = escaped(text)
    assert not set("\n\r\x1b\x9b\u202e\u2028") & set(line)
