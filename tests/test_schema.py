"""JSON: what is printed fits the schemas that docs/schema.json publishes, and comes back."""

import json
from datetime import date
from pathlib import Path

import jsonschema

from qa.data import (
    Answer,
    Citation,
    Dated,
    Document,
    Hit,
    LeftOut,
    Note,
    Passage,
    Ranked,
    Sentence,
    Source,
    Statement,
    Usage,
)
from qa.schema import (
    SCHEMAS,
    answer_dict,
    conversation_dict,
    conversation_of,
    hit_dicts,
    source_dict,
)

ROOT = Path(__file__).parents[1]
DAY = date(2024, 5, 1)
DATED = Dated("last year", date(2023, 1, 1), date(2023, 12, 31), "from 2024-05-01", True)
CITATION = Citation(
    *(1, "d", "a.txt", "A", None, 2, 3, 0, 5, "Hello"),
    written=(DAY, DAY),
    dates=(DATED,),
    also=("b.txt",),
    entry=DAY,
)
DOCUMENT = Document("d", "Hello", title="A", published=DAY)
HIT = Hit(
    *(Passage("p", "d", 0, 5, (Sentence(0, 5),)), DOCUMENT, ("a.txt",), 1, 0.5),
    ranked=(Ranked("dense", 1, 0.5, 0.5),),
)
FULL = Answer(
    question="q?",
    answered_question="q of 2023?",
    statements=(Statement("Hello", (CITATION,), 1.0, (0, 2)),),
    reason=None,
    outcome="perhaps",
    nearest=(),
    hits=(HIT,),
    engine="extractive",
    prompt_hash="abc",
    usage=Usage(1, 2, None, 0.5, None),
    seconds=(("read", 0.1),),
    notes=(Note("perhaps"), Note.of("as_of", day=DAY, known=1, all=2)),
    left_out=(LeftOut("x", "y", "dropped"),),
    confidence=0.4,
    as_of=DAY,
    threshold=0.5,
    times=(DATED,),
)
EMPTY = Answer("q?", "q?", (), "nothing", (CITATION,), (), "m", outcome="not_found")


def test_objects_fit_their_schemas() -> None:
    """Every object that ``--json`` prints is what its schema says, keys and types."""
    for answer in (FULL, EMPTY):
        jsonschema.validate(answer_dict(answer), SCHEMAS["answer"])
    jsonschema.validate(hit_dicts([HIT]), SCHEMAS["hits"])
    ready = Source("a.txt", "ready", None, "d", "A", None, DAY, "a date line", 1, 5)
    skipped = Source("b.bin", "skipped", "why", None, None, None, None, None, 0, 0)
    jsonschema.validate([source_dict(one) for one in (ready, skipped)], SCHEMAS["sources"])


def test_an_answer_says_what_its_json_says() -> None:
    """Outcome, notes by kind and value, and the phrase that answers stand in the object."""
    told = FULL.to_dict()
    assert (told["schema"], told["outcome"], told["answered"]) == ("qa.answer/2", "perhaps", True)
    assert told["notes"][1] == {
        "kind": "as_of",
        "values": {"day": "2024-05-01", "known": "1", "all": "2"},
    }
    assert told["statements"][0]["emphasis"] == {"start": 0, "end": 2, "text": "He"}


def test_a_conversation_comes_back() -> None:
    """What ``/save`` writes is read as the same answers, but for hits and traces."""
    found = conversation_of(json.loads(json.dumps(conversation_dict([FULL, EMPTY]))))
    assert [answer_dict(one) | {"hits": []} for one in found] == [
        answer_dict(one) | {"hits": []} for one in (FULL, EMPTY)
    ]


def test_a_conversation_of_the_first_version_is_read() -> None:
    """Notes were sentences then, and there was no outcome."""
    old = conversation_dict([FULL])
    old["schema"] = "qa.conversation/1"
    old["answers"][0]["notes"] = ["A remark."]
    del old["answers"][0]["outcome"]
    (answer,) = conversation_of(old)
    assert answer.outcome == "answered"
    assert answer.notes == (Note.of("text", text="A remark."),)


def test_published_schemas_are_those_of_the_code() -> None:
    """docs/schema.json holds the schemas as they are."""
    published = json.loads((ROOT / "docs" / "schema.json").read_text(encoding="utf-8"))
    assert published == SCHEMAS
