"""A folder into a library: what changed, and nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Assistant
from qa.data import Source
from qa.errors import UsageError
from qa.fronts.freshness import report_text
from qa.fronts.render import source_lines
from qa.ingest import sync as syncing
from qa.ingest.sync import Progress
from qa.library.local.chroma import Collection
from qa.wording import told
from tests.ingest import made

OLD = 946_684_800  # long ago: a file this old cannot have changed in the second it was read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty documents folder."""
    documents = tmp_path / "docs"
    documents.mkdir()
    return documents


@pytest.fixture
def assistant(folder: Path) -> Iterator[Assistant]:
    """An assistant over the folder."""
    with Assistant.from_here(documents=folder) as made:
        yield made


def write(folder: Path, name: str, text: str, age: int = 0) -> Path:
    """A file that was last changed long ago (``age`` seconds after OLD)."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (OLD + age, OLD + age))
    return path


def state(assistant: Assistant) -> dict[str, str]:
    """Each known file and whether it answers."""
    return {source.path: source.state for source in assistant.sources()}


def test_first_sync_then_nothing(folder: Path, assistant: Assistant) -> None:
    """A second sync of an unchanged folder reads and embeds nothing."""
    write(folder, "a.txt", "Seres builds cars.")
    write(folder, "deep/b.md", "# JAC\n\nJAC builds vans.")
    first = assistant.sync()
    assert (first.added, first.embedded) == (("a.txt", "deep/b.md"), 2)
    second = assistant.sync()
    assert (second.added, second.changed, second.unchanged, second.embedded) == ((), (), 2, 0)


def test_only_new_passages_are_embedded(folder: Path, assistant: Assistant) -> None:
    """A paragraph added in front costs one passage, though everything behind it moves."""
    sections = [f"## Part {n}\n\nIn part {n} the firm number {n} builds vans." for n in range(3)]
    write(folder, "a.md", "\n\n".join(["# Firms", *sections]))
    assert assistant.sync().embedded == 3
    write(
        folder,
        "a.md",
        "\n\n".join(["# Firms", "## New", "A new firm builds boats.", *sections]),
        age=9,
    )
    report = assistant.sync()
    assert (report.changed, report.embedded) == (("a.md",), 1)
    hit = assistant.search("firm number 2 vans")[0]
    assert hit.document.text[hit.passage.start : hit.passage.end] == hit.text
    assert "firm number 2" in hit.text


def test_a_deleted_file_answers_no_more(folder: Path, assistant: Assistant) -> None:
    """What is deleted from the folder is gone from catalog, words and vectors."""
    write(folder, "a.txt", "Seres builds cars.")
    gone = write(folder, "b.txt", "JAC builds vans.")
    assistant.sync()
    gone.unlink()
    assert assistant.sync().deleted == ("b.txt",)
    assert [hit.path for hit in assistant.search("who builds vans?")] == ["a.txt"]
    chroma = Collection(assistant.library.path / "chroma")
    assert len(chroma.ids()) == 1
    chroma.close()


def test_a_renamed_file_costs_no_embedding(folder: Path, assistant: Assistant) -> None:
    """A moved file keeps its vectors and answers under its new name."""
    path = write(folder, "a.txt", "Seres builds cars.")
    assistant.sync()
    path.rename(folder / "c.txt")
    report = assistant.sync()
    assert (report.added, report.deleted, report.embedded) == (("c.txt",), ("a.txt",), 0)
    assert assistant.search("cars")[0].path == "c.txt"


def test_copies_are_known_by_both_paths(folder: Path, assistant: Assistant) -> None:
    """Two copies are one document with two paths, in the batch and across batches."""
    write(folder, "a.txt", "Seres builds cars.")
    write(folder, "b.txt", "Seres builds cars.")
    assert assistant.sync().embedded == 1
    write(folder, "c.txt", "Seres builds cars.")
    assert assistant.sync().embedded == 0
    hits = assistant.search("cars")
    assert [hit.paths for hit in hits] == [("a.txt", "b.txt", "c.txt")]


def test_bad_files_are_reported_and_the_others_go_on(folder: Path, assistant: Assistant) -> None:
    """Each unreadable file is named with its reason, at once and afterwards."""
    write(folder, "good.txt", "Seres builds cars.")
    write(folder, "empty.txt", "")
    (folder / "binary.txt").write_bytes(b"\x00\x01\x02\x03")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    write(folder, "song.mp3", "la")
    write(folder, "marks.md", "#\n#\n")
    write(folder, "table.md", "|||\n")
    report = assistant.sync()
    reasons = dict(report.skipped)
    marks = dict.fromkeys(("marks.md", "table.md"), "is empty: it holds marks, but not a word")
    assert set(reasons) == {"empty.txt", "binary.txt", "broken.pdf", "song.mp3", *marks}
    assert {path: reasons[path] for path in marks} == marks
    assert "is empty" in reasons["empty.txt"]
    assert "is binary" in reasons["binary.txt"]
    assert "'.mp3' is not supported" in reasons["song.mp3"]
    assert state(assistant) == {"good.txt": "ready", **dict.fromkeys(reasons, "skipped")}
    assert assistant.sync().skipped == report.skipped


def shown(assistant: Assistant) -> list[str]:
    """What qa sources prints, a line each."""
    return [
        "".join(piece.text for piece in line.pieces) for line in source_lines(assistant.sources())
    ]


def put(folder: Path, name: str, data: bytes, age: int = 0) -> None:
    """A file of these bytes that was last changed long ago."""
    (folder / name).write_bytes(data)
    os.utime(folder / name, (OLD + age, OLD + age))


def test_files_inside_of_a_file_come_and_go_with_it(folder: Path, assistant: Assistant) -> None:
    """An archive's files are sources under its name; what it no longer holds answers no more."""
    write(folder, "note.txt", "Ruth paints boats.")
    put(
        folder, "a.zip", made.zipped({"d/x.txt": "Seres builds cars.", "y.txt": "JAC builds vans."})
    )
    first = assistant.sync()
    assert first.added == ("a.zip", "a.zip/d/x.txt", "a.zip/y.txt", "note.txt")
    assert assistant.search("cars")[0].path == "a.zip/d/x.txt"
    second = assistant.sync()
    assert (second.added, second.changed, second.deleted, second.unchanged) == ((), (), (), 2)
    put(folder, "a.zip", made.zipped({"d/x.txt": "Seres builds cars.", "z.bin": "\0"}), age=5)
    third = assistant.sync()
    assert (third.changed, third.deleted) == (("a.zip", "a.zip/d/x.txt"), ("a.zip/y.txt",))
    assert state(assistant)["a.zip/z.bin"] == "skipped"
    (folder / "a.zip").unlink()
    gone = assistant.sync()
    assert gone.deleted == ("a.zip", "a.zip/d/x.txt", "a.zip/z.bin")
    assert state(assistant) == {"note.txt": "ready"}


def test_a_renamed_mail_keeps_what_is_attached(folder: Path, assistant: Assistant) -> None:
    """A mail that moves brings its attachments along, and nothing is embedded again."""
    put(folder, "a.eml", made.mail("Parts", "See below.", {"p.csv": b"part,maker\ndrum,Halvard"}))
    assert assistant.sync().embedded == 2
    (folder / "a.eml").rename(folder / "b.eml")
    assert assistant.sync().embedded == 0
    assert state(assistant) == {"b.eml": "ready", "b.eml/p.csv": "ready"}


def test_what_could_not_be_read_of_a_file_is_told(folder: Path, assistant: Assistant) -> None:
    """A file that is read but for something says so among the sources, and so does its copy."""
    for name in ("a.txt", "b.txt"):
        put(folder, name, b"The well is 40 m deep.\x01 It was dug in 1890.")
    assistant.sync()
    said = "1 control character shown as \ufffd"
    assert [one.reason for one in assistant.sources()] == [said, said]
    assert shown(assistant)[0].endswith(f"ready  but {said}")


def test_an_answer_says_that_files_could_not_be_read(folder: Path, assistant: Assistant) -> None:
    """Who gets an answer, or none, learns that not everything was read, and where it says why."""
    write(folder, "a.txt", "Seres builds cars.")
    write(folder, "b.mp3", "la")
    write(folder, "c.txt", "")
    assistant.sync()
    for question in ("who builds cars?", "what did the king eat?"):
        notes = [told(note) for note in assistant.ask(question).notes]
        assert notes[-1] == "2 files could not be read (qa sources says why)."
    lines = [one.split("  ")[0] for one in shown(assistant)]
    assert lines[:3] == ["b.mp3", "c.txt", "a.txt"]


def test_a_skipped_file_is_counted_once(folder: Path, assistant: Assistant) -> None:
    """What a sync says adds up: an unreadable file is skipped, not added or unchanged as well."""

    def counted() -> str:
        return report_text(assistant.sync()).split(";")[0]

    write(folder, "a.txt", "Seres builds cars.")
    write(folder, "b.txt", "Seres builds vans.")
    write(folder, "c.txt", "")
    assert counted() == "library: 2 added, 1 skipped (qa sources says why)"
    assert counted() == "library: 2 unchanged, 1 skipped (qa sources says why)"
    write(folder, "b.txt", "", age=5)
    report = assistant.sync()
    assert (report.changed, report.unchanged, report.refused) == ((), 1, ("b.txt",))
    assert counted() == "library: 1 unchanged, 2 skipped (qa sources says why)"


def test_a_file_that_breaks_answers_no_more(folder: Path, assistant: Assistant) -> None:
    """When a file's text is gone, nothing cites it; when it comes back, it answers again."""
    write(folder, "a.txt", "Seres builds cars.")
    assistant.sync()
    write(folder, "a.txt", "", age=5)
    assistant.sync()
    assert (state(assistant), assistant.search("cars")) == ({"a.txt": "skipped"}, ())
    write(folder, "a.txt", "Seres builds cars.", age=9)
    assistant.sync()
    assert state(assistant) == {"a.txt": "ready"}


def test_a_change_within_the_clocks_grain_is_seen(folder: Path, assistant: Assistant) -> None:
    """A file rewritten with the same size right after it was read is read again."""
    path = folder / "a.txt"
    path.write_text("Seres builds cars.", encoding="utf-8")
    assistant.sync()
    before = path.stat()
    path.write_text("Seres builds vans.", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert assistant.sync().changed == ("a.txt",)
    assert assistant.search("vans")[0].text == "Seres builds vans."


def test_a_larger_limit_gives_large_files_another_try(folder: Path) -> None:
    """A file skipped for its size is read once the setting allows it."""
    write(folder, "a.txt", "Seres builds cars. " * 100)
    with Assistant.from_here(documents=folder, max_file_mb=0.001) as small:
        assert "max_file_mb" in dict(small.sync().skipped)["a.txt"]
    with Assistant.from_here(documents=folder, max_file_mb=1.0) as large:
        assert large.sync().skipped == ()
        assert state(large) == {"a.txt": "ready"}


def test_a_new_format_gives_skipped_files_another_try(
    folder: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a format that was not supported is read, unchanged, by the version that reads it.

    With the formats as they are it is not looked into again, nor is one that is read.
    """
    write(folder, "a.txt", "Seres builds cars.")
    write(folder, "b.jsonl", '{"text": "JAC builds vans."}')
    parts = (assistant.settings, assistant.library, assistant.embedding)
    with monkeypatch.context() as older:
        older.setattr(syncing, "DIGEST", "of the formats before")
        first = syncing.sync(*parts, worker="tests.ingest.older")
        assert first.added == ("a.txt",)
        assert "format '.jsonl' is not supported" in dict(first.skipped)["b.jsonl"]
        again = syncing.sync(*parts, worker="tests.ingest.older")
        assert (again.added, again.refused, again.skipped) == ((), (), first.skipped)
    report = assistant.sync()
    assert (report.changed, report.skipped, report.embedded) == (("b.jsonl",), (), 1)
    assert state(assistant) == {"a.txt": "ready", "b.jsonl": "ready"}
    assert assistant.search("who builds vans?")[0].path == "b.jsonl"


def test_paths_limit_what_is_looked_at(folder: Path, assistant: Assistant) -> None:
    """Named files alone are brought up to date; nothing else is forgotten."""
    write(folder, "a.txt", "Seres builds cars.")
    b = write(folder, "sub/b.txt", "JAC builds vans.")
    assert assistant.sync([b]).added == ("sub/b.txt",)
    assert assistant.sync([folder / "sub"]).unchanged == 1
    assert state(assistant) == {"sub/b.txt": "ready"}
    assert assistant.sync().added == ("a.txt",)


def test_paths_outside_are_refused(folder: Path, assistant: Assistant) -> None:
    """A file outside the folder is refused with what to do instead."""
    outside = write(folder.parent, "x.txt", "Seres builds cars.")
    with pytest.raises(UsageError, match="is not inside the documents folder"):
        assistant.sync([outside])
    with pytest.raises(UsageError, match="there is no file or folder"):
        assistant.sync([folder / "missing.txt"])


def test_a_missing_folder_deletes_nothing(folder: Path, assistant: Assistant) -> None:
    """A folder that is not there (an unmounted disk) is an error, not an empty folder."""
    write(folder, "a.txt", "Seres builds cars.")
    assistant.sync()
    folder.rename(folder.parent / "elsewhere")
    with pytest.raises(UsageError, match="--documents DIR"):
        assistant.sync()
    assert state(assistant) == {"a.txt": "ready"}


def test_the_same_folder_gives_the_same_library(folder: Path) -> None:
    """Ids come from content: two libraries of one folder are alike, hit for hit."""
    for n in range(5):
        write(folder, f"{n}.txt", f"Firm {n} builds {'cars' if n % 2 else 'vans'} in town {n}.")
    found = []
    for name in ("one", "two"):
        with Assistant.from_here(documents=folder, library=folder.parent / name) as made:
            made.sync()
            found.append(made.search("who builds cars?"))
    assert found[0] == found[1]


def test_progress_counts_the_bytes_that_changed(folder: Path, assistant: Assistant) -> None:
    """Progress begins at 0, never falls, and ends at the size of what changed."""
    write(folder, "a.txt", "Seres builds cars.")
    write(folder, "b.txt", "JAC builds vans.")
    seen: list[Progress] = []
    assistant.sync(progress=seen.append)
    done = [one.done for one in seen]
    assert (done[0], done[-1], done) == (0, 34, sorted(done))


def test_sources_tell_what_is_known(folder: Path, assistant: Assistant) -> None:
    """Title, author, date and where the date was found are kept with each document."""
    front = "---\ntitle: Vans\nauthor: Li Wei\ndate: 2023-02-17\n---\n\nJAC builds vans."
    write(folder, "a.md", front)
    assistant.sync()
    (source,) = assistant.sources()
    assert isinstance(source, Source)
    assert (source.title, source.author, str(source.published)) == ("Vans", "Li Wei", "2023-02-17")
    assert (source.date_basis, source.passages) == ("front matter", 1)
