"""Documents that LlamaHub readers bring."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from qa import Assistant
from qa.errors import ConfigError, UsageError
from qa.settings import config

STRINGS = "llama_index.core.readers:StringIterableReader"


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    """An assistant of an empty folder."""
    (tmp_path / "docs").mkdir()
    with Assistant.from_here(documents=tmp_path / "docs", library=tmp_path / "library") as made:
        yield made


def strings(*texts: str) -> config.ReaderSource:
    """What LlamaIndex's reader of strings gives, ids of no meaning among it."""
    return config.source(STRINGS, "notes", {"texts": list(texts)})


def test_what_a_reader_gives_is_found(assistant: Assistant) -> None:
    """A reader's documents are documents like others: cited to the letter, under its name."""
    (brought,) = assistant.bring([strings("Seres builds cars.", "JAC builds vans.")])
    assert brought == ("notes", 2, 2, 0)
    assert assistant.sync().embedded == 2
    hit = assistant.search("who builds vans?")[0]
    assert (hit.text, hit.path.startswith("notes/document-")) == ("JAC builds vans.", True)


def test_only_what_changed_is_embedded(assistant: Assistant) -> None:
    """What is given again costs nothing, what is new is embedded, what is gone is forgotten."""
    assistant.bring([strings("Seres builds cars.", "JAC builds vans.")])
    assistant.sync()
    assert assistant.bring([strings("Seres builds cars.", "BYD builds buses.")])[0][1:] == (2, 1, 1)
    report = assistant.sync()
    assert (len(report.added), len(report.deleted), report.embedded) == (1, 1, 1)


def test_nothing_in_place_of_something_is_refused(assistant: Assistant) -> None:
    """A reader that gives nothing, as one does whose source is down, deletes nothing."""
    assistant.bring([strings("Seres builds cars.")])
    with pytest.raises(UsageError, match="gave no documents in place of 1"):
        assistant.bring([strings()])
    assistant.sync()
    assert len(assistant.sources()) == 1


def test_a_folder_of_other_files_is_left_alone(assistant: Assistant) -> None:
    """A source never writes among files that no reader brought, nor over another reader's."""
    folder = assistant.settings.documents / "notes"
    folder.mkdir()
    (folder / "mine.txt").write_text("Mine.")
    with pytest.raises(UsageError, match="holds files that no reader brought"):
        assistant.bring([strings("Seres builds cars.")])
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_a_reader_that_fails(assistant: Assistant) -> None:
    """What a reader raises is one line; one that is not there is named with its package."""
    with pytest.raises(UsageError, match=r"StringIterableReader' failed \(TypeError"):
        assistant.bring([config.source(STRINGS, None, {"texts": 5})])
    missing = config.source("llama_index.readers.nosuch:X", None, {})
    with pytest.raises(ConfigError, match="pip install llama-index-readers-nosuch"):
        assistant.bring([missing])


def test_json_reader(assistant: Assistant, tmp_path: Path) -> None:
    """LlamaHub's JSON reader, of its own package."""
    pytest.importorskip("llama_index.readers.json", reason="needs llama-index-readers-json")
    (tmp_path / "a.json").write_text('{"firm": "JAC", "founded": 1964}')
    source = config.source(
        "llama_index.readers.json:JSONReader", None, {"input_file": str(tmp_path / "a.json")}
    )
    assert assistant.bring([source])[0].name == "JSONReader"
    assistant.sync()
    assert '"founded": 1964' in assistant.search("when was JAC founded?")[0].text


def test_database_reader(assistant: Assistant, tmp_path: Path) -> None:
    """LlamaHub's database reader, with rows' columns as metadata and a date among them."""
    package = "llama_index.readers.database"
    pytest.importorskip(package, reason="needs llama-index-readers-database")
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE notes (id TEXT, body TEXT, published TEXT)")
        connection.execute("INSERT INTO notes VALUES ('n-1', 'JAC builds vans.', '2024-03-05')")
        connection.commit()
    given = {
        "uri": f"sqlite:///{tmp_path / 'a.db'}",
        "query": "SELECT * FROM notes",
        "metadata_cols": ["published"],
        "excluded_text_cols": ["published", "id"],
    }
    assistant.bring([config.source(f"{package}:DatabaseReader", "base", given)])
    assistant.sync()
    (one,) = assistant.sources()
    assert (one.published, one.date_basis) == (date(2024, 3, 5), "metadata 'published'")


def test_sources_of_qa_toml(tmp_path: Path) -> None:
    """[[sources]] name readers; what does not fit is said."""
    (tmp_path / "qa.toml").write_text(
        f'[[sources]]\nreader = "{STRINGS}"\nname = "notes"\nwith = {{ texts = ["A."] }}\n'
    )
    settings = config.load(folder=tmp_path, environment={})
    assert settings.sources == (config.ReaderSource("notes", STRINGS, {"texts": ["A."]}),)
    (tmp_path / "qa.toml").write_text('[[sources]]\nread = "x"\n')
    with pytest.raises(ConfigError, match=r"\[\[sources\]\] with reader"):
        config.load(folder=tmp_path, environment={})
    with pytest.raises(ConfigError, match="a name of letters"):
        config.source(STRINGS, "../up", {})


def test_a_file_that_no_reader_wrote(assistant: Assistant) -> None:
    """A .qadoc of other contents is skipped with the reason."""
    (assistant.settings.documents / "odd.qadoc").write_text(json.dumps({"no": "text"}))
    ((path, reason),) = assistant.sync().skipped
    assert path == "odd.qadoc"
    assert "is not what qa ingest --reader writes" in reason
