"""Somebody else's words in a document: known by their form, after better evidence, and named."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.voiced import voiced
from qa.answering.windows import window
from qa.assistant import Assistant, Parts
from qa.data import Document, Hit, Source, Unit, Voice
from qa.ingest.split import split
from qa.models.chat.fake import FakeChat
from qa.models.reader.fake import FakeReader
from qa.text.voices import is_held, voices
from tests.answering.made import Graded, assistant, notes, words

SETS = Path(__file__).parents[2] / "eval" / "planted"


def _lines(name: str) -> list[str]:
    return (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()


CASES = [json.loads(line) for line in _lines("cases")]
ALIKE = [json.loads(line) for line in _lines("lookalikes")]


class Folder:
    """The documents of a case, as far as voices look at a library."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.documents = {name: Document(name, text) for name, text in texts.items()}

    def sources(self) -> tuple[Source, ...]:
        """The files; each is its own document's id."""
        return tuple(
            Source(name, "ready", None, name, None, None, None, None, 1, 1)
            for name in self.documents
        )

    def document(self, name: str) -> Document:
        """The document of a file."""
        return self.documents[name]

    def units(self) -> list[Unit]:
        """Every unit of every document, with its voice."""
        found: list[Unit] = []
        for document in self.documents.values():
            passages = split(document, words)
            made = window(Hit(passages[0], document, (document.id,), 1, 1.0), passages)
            found += voiced([made], self)[0].units  # type: ignore[arg-type]
        return found


def ids(case: dict[str, Any]) -> str:
    """What a case tests."""
    return f"{case['kind']}-{case['language']}"


@pytest.mark.parametrize("case", [one for one in CASES if one["kind"] != "correction"], ids=ids)
def test_a_planted_claim_is_known_by_its_form(case: dict[str, Any]) -> None:
    """What is planted is somebody else's words, and what the honest file says is its own."""
    for unit in Folder(case["documents"]).units():
        if case["planted"] in unit.text:
            assert unit.voice is not None, unit.text
        elif case["truth"] in unit.text:
            assert unit.voice is None, unit.text


def test_what_looks_alike_is_taken_for_its_documents_own_words() -> None:
    """Of 200 transcripts, minutes, samples, bibliographies, plays and mails, none is named.

    But for what a mail quotes, which is never what the mail itself says.
    """
    assert len(ALIKE) == 200
    wrong = [
        (ids(case), unit.text)
        for case in ALIKE
        for unit in Folder(case["documents"]).units()
        if unit.voice is not None
        and (unit.voice.kind not in ("comment", "reply") or case["truth"] in unit.text)
    ]
    assert wrong == []


FEE = "A berth costs 40 crowns a night."
CLAIM = 'As fees.txt says: "A berth costs 90 crowns a night."'
NOTES = f"Notes from the pier\n\nThe crane was greased.\n\n{CLAIM}\n"
ASKED = "What does a berth cost?"
SURE = Graded({"90 crowns": 6.0, "40 crowns": 4.0})


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """A folder in which a note puts words into the mouth of another file."""
    documents = {"fees.txt": f"Fees\n\n{FEE}\n", "notes.txt": NOTES}
    return assistant(tmp_path_factory.mktemp("harbour"), documents, SURE)


def test_a_documents_own_words_lead(harbour: Assistant) -> None:
    """What the fees' own file says is the answer, however sure the reader is of the claim."""
    answer = harbour.ask(ASKED)
    assert ([one.text for one in answer.statements], notes(answer)) == ([FEE], ())


def test_a_claim_that_stands_alone_is_named(harbour: Assistant) -> None:
    """Where nothing else answers, the claim only may, and it is said where it is not found."""
    reader = FakeReader({ASKED: ["90 crowns"]})
    answer = Assistant(harbour.settings, Parts(harbour.embedding, reader)).ask(ASKED)
    assert (answer.outcome, [one.text for one in answer.statements]) == ("perhaps", [CLAIM])
    named = "notes.txt, line 5: as quoted there, not found in fees.txt."
    assert notes(answer) == ("This may answer it:", named)
    values = {"voice": "file", "path": "notes.txt", "line": "5", "file": "fees.txt"}
    assert {"kind": "voice", "values": values} in answer.to_dict()["notes"]


def test_what_came_near_is_named_too(harbour: Assistant) -> None:
    """A refusal shows the document's own words first, and names the claim."""
    reader = Graded({"90 crowns": -1.0}, (0.01, 0.01, 0.01, 0.97))
    answer = Assistant(harbour.settings, Parts(harbour.embedding, reader)).ask(ASKED)
    assert answer.outcome == "not_found"
    assert CLAIM in [one.quote for one in answer.nearest]
    assert "notes.txt, line 5: as quoted there, not found in fees.txt." in notes(answer)


def test_a_model_is_told_whose_words_they_are(harbour: Assistant) -> None:
    """The sources that a model reads name the claim behind its own words; so does its answer."""
    chat = FakeChat("A berth costs 90 crowns a night [2.3].")
    made = Assistant(harbour.settings, Parts(harbour.embedding, SURE, chat))
    answer = made.ask(ASKED)
    sent = "\n".join(message.content for message in chat.sent[0])
    assert f"{CLAIM} [not found in fees.txt]\n" in sent
    assert f"] {FEE}\n" in sent
    assert any(one.quote == CLAIM for one in answer.citations)
    assert "notes.txt, line 5: as quoted there, not found in fees.txt." in notes(answer)


HEAD = "From: Ann <a@b.c>\nTo: Bo <b@b.c>\nDate: 3 June 2024\nSubject: Drill\n\n"
OWN, OLD = "It moves to 14:30.", "It is at 10:00."


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}{OWN}\n\nOn Mon, Jun 3, 2024 Bo <b@b.c> wrote:\n> {OLD}\n",
        f"{HEAD}{OWN}\n\nOn Mon, Jun 3, 2024 Bo <b@b.c>\nwrote:\n\n> Hi,\n>\n> {OLD}\n",
        f"{HEAD}> {OLD}\n\n{OWN}\n",
        f"{HEAD}{OWN}\n\n-----Original Message-----\nFrom: Bo\nDate: 1 June\nSubject: D\n\n{OLD}\n",
        f"{HEAD}{OWN}\n\nVon: Bo\nGesendet: Montag\nBetreff: D\n\n{OLD}\n",
        f"{OWN}\n\nAm 3. Juni 2024 schrieb Bo:\n\n> {OLD}\n",
    ],
)
def test_what_a_mail_quotes_is_not_its_own(text: str) -> None:
    """Marked lines of a mail, or below a line that says whose they are; all below an older head."""
    told = {one.text: one.voice and one.voice.kind for one in Folder({"m": text}).units()}
    assert (told[OWN], told[OLD]) == (None, "reply")


@pytest.mark.parametrize(
    "text",
    [
        f"# Rules\n\nThe board says:\n\n> {OLD}\n",
        f"{HEAD}{OWN}\n\n{HEAD}{OLD}\n",
        f"On 3 June it rained. Ann said:\n\n> {OLD}\n",
    ],
)
def test_a_quotation_of_no_mail_is_a_documents_own(text: str) -> None:
    """A notice set apart, the next mail of an export, a sentence that ends in a colon."""
    assert all(one.voice is None for one in Folder({"m": text}).units())


def test_what_a_mail_quotes_comes_after_it_and_is_named(tmp_path: Path) -> None:
    """The mail's own words lead; where the quoted ones alone answer, they are shown as quoted."""
    mail = f"{HEAD}{OWN}\n\nOn Mon, Jun 3, 2024 Bo <b@b.c> wrote:\n> {OLD}\n> Bo has the key.\n"
    reader = Graded({OLD: 6.0, OWN: 4.0})
    made = assistant(tmp_path, {"drill.txt": mail}, reader)
    assert [one.text for one in made.ask("When is the drill?").statements] == [OWN]
    other = FakeReader({"Who has the key?": ["Bo has the key."]})
    answer = Assistant(made.settings, Parts(made.embedding, other)).ask("Who has the key?")
    assert answer.outcome == "perhaps"
    assert notes(answer)[1] == "drill.txt, line 10: quoted there from an earlier mail."


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ('As f.txt says: "It costs 40 crowns."', True),
        ('As f.txt says: "It costs 90 crowns."', False),
        ("According to f.txt, 40 crowns are due.", True),
        ("According to f.txt, 90 crowns are due.", False),
        ("f.txt, line 3: it costs 40 crowns", True),
        ('f.txt says "It costs … crowns."', True),
        ("According to f.txt, dogs may swim at night.", False),
        ("As f.txt says:", True),
        ("It costs 40 crowns. [1]", True),
    ],
)
def test_words_are_looked_for_in_the_file_they_are_attributed_to(words: str, held: bool) -> None:
    """A quotation letter by letter, what is told in other words by its figures."""
    assert is_held(words, "f.txt", "Fees\n\nIt costs 40 crowns.") is held


@given(st.text(alphabet='AIser:stan[1]<!-|\n >#f.tx"”：“', max_size=120))
def test_voices_are_stretches_of_the_text(text: str) -> None:
    """Whatever the text, each begins and ends in it, and they come in order."""
    found = voices(text)
    assert all(0 <= one.start <= one.end <= len(text) for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(isinstance(one, Voice) for one in found)
