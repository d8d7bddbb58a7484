"""Gold files: what loads, and how what does not is named."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import GoldError, UsageError
from qa.evaluate.gold import Evidence, GoldPair, dumps, load, parse

GOOD = {
    "id": "p1",
    "question": "Who owns the mill?",
    "kind": "who",
    "answerable": True,
    "must": [["Ada", "A. Byron"], ["mill"]],
    "must_not": ["Bob"],
    "evidence": [{"path": "a/mill.txt", "quote": "Ada owns the mill."}],
    "any_evidence": True,
    "history": ["What is it?"],
    "days": ["2020-02-28", "2020-02-29"],
    "as_of": "2021-01-31",
    "today": "2021-12-01",
    "note": "easy",
}
EXPECTED = GoldPair(
    id="p1",
    question="Who owns the mill?",
    kind="who",
    answerable=True,
    must=(("Ada", "A. Byron"), ("mill",)),
    must_not=("Bob",),
    evidence=(Evidence("a/mill.txt", "Ada owns the mill."),),
    any_evidence=True,
    history=("What is it?",),
    days=(date(2020, 2, 28), date(2020, 2, 29)),
    as_of=date(2021, 1, 31),
    today=date(2021, 12, 1),
    note="easy",
)


def test_a_full_line_loads_into_every_field() -> None:
    """A gold line says the same in memory as in the file."""
    assert parse(json.dumps(GOOD)) == EXPECTED


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ""}, "field 'question': expected a string that is not empty, found \"\""),
        ({"answerable": "yes"}, "field 'answerable': expected true or false, found \"yes\""),
        (
            {"must": ["Ada"]},
            "field 'must': expected a list of lists of strings, such as "
            '[["JAC", "Jianghuai"], ["Seres"]], found ["Ada"]',
        ),
        (
            {"must": [[]]},
            "field 'must': expected a list of lists of strings, such as "
            '[["JAC", "Jianghuai"], ["Seres"]], found [[]]',
        ),
        (
            {"must_not": "Bob"},
            "field 'must_not': expected a list of strings that are not empty, found \"Bob\"",
        ),
        (
            {"evidence": [{"path": "a"}]},
            'field \'evidence\': expected a list of objects {"path": …, "quote": …} '
            'and nothing else in them, found [{"path": "a"}]',
        ),
        (
            {"mustnot": []},
            "unknown field 'mustnot'; a pair may hold id, question, kind, answerable, must, "
            "must_not, evidence, any_evidence, history, days, as_of, today, note, draft",
        ),
        (
            {"as_of": "2021-02-30"},
            'field \'as_of\': expected a day such as "2024-05-31", found "2021-02-30"',
        ),
        ({"today": "now"}, 'field \'today\': expected a day such as "2024-05-31", found "now"'),
        ({"today": None}, "field 'today': expected a day such as \"2024-05-31\", found null"),
        (
            {"days": "2021-02-03"},
            "field 'days': expected the first and the last day, such as "
            '["2024-05-01", "2024-05-31"], found "2021-02-03"',
        ),
        (
            {"days": ["2021-02-03", "2021-02-02"]},
            "field 'days': expected the first and the last day, such as "
            '["2024-05-01", "2024-05-31"], found ["2021-02-03", "2021-02-02"]',
        ),
    ],
)
def test_a_wrong_field_is_named_with_what_was_expected(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    """Whoever mistypes a gold line reads the file, the line, the field and the remedy."""
    path = tmp_path / "g.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps({**GOOD, "id": "p2", **change}))
    with pytest.raises(GoldError) as raised:
        load(path)
    assert str(raised.value) == f"{str(path)!r} line 2: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "line 1: not JSON: Expecting property name enclosed in double quotes at column 2"),
        ("[1]", "line 1: expected an object {…}, found '[1]'"),
        ('{"id": "a", "id": "b"}', "line 1: the field 'id' stands twice"),
        ('{"id": "a"}', "line 1: field 'question' is missing"),
    ],
)
def test_a_line_that_is_no_pair_is_refused(text: str, message: str, tmp_path: Path) -> None:
    """A broken line stops the run with its place, instead of being skipped."""
    path = tmp_path / "g.jsonl"
    path.write_text(text)
    with pytest.raises(GoldError) as raised:
        load(path)
    assert str(raised.value) == f"{str(path)!r} {message}"


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Two pairs of one id would overwrite each other's scores."""
    path = tmp_path / "g.jsonl"
    path.write_text(json.dumps(GOOD) + "\n\n" + json.dumps(GOOD))
    with pytest.raises(GoldError) as raised:
        load(path)
    assert str(raised.value) == f"{str(path)!r} line 3: field 'id': 'p1' stands on line 1 already"


def test_a_file_without_pairs_is_refused(tmp_path: Path) -> None:
    """An empty gold file is an error, not a perfect score."""
    path = tmp_path / "g.jsonl"
    path.write_text("\n\n")
    with pytest.raises(GoldError, match="holds no pair"):
        load(path)
    with pytest.raises(UsageError, match="no gold file"):
        load(tmp_path / "other.jsonl")


words = st.text(min_size=1).filter(lambda text: bool(text.strip()))


@given(
    st.builds(
        GoldPair,
        id=words,
        question=words,
        kind=words,
        answerable=st.booleans(),
        must=st.lists(st.lists(words, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple),
        must_not=st.lists(words, max_size=2).map(tuple),
        evidence=st.lists(st.builds(Evidence, words, words), max_size=2).map(tuple),
        any_evidence=st.booleans(),
        history=st.lists(words, max_size=2).map(tuple),
        days=st.none() | st.dates().map(lambda day: (day, day)),
        as_of=st.none() | st.dates(),
        today=st.none() | st.dates(),
        note=st.text(),
        draft=st.booleans(),
    )
)
def test_a_pair_survives_writing_and_reading(pair: GoldPair) -> None:
    """Accepting a draft writes the pair back exactly as it was read, whatever its characters."""
    line = dumps([pair])
    assert line.count("\n") == 1
    assert parse(line) == pair


def test_a_note_does_not_change_what_is_judged() -> None:
    """Editing a note keeps the baseline comparable; editing a nugget does not."""
    other = parse(json.dumps({**GOOD, "note": "hard"}))
    assert other.digest == EXPECTED.digest
    assert parse(json.dumps({**GOOD, "must_not": ["Bib"]})).digest != EXPECTED.digest
