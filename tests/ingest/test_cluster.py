"""Ingest spread over workers: the same library, whoever worked on it."""

import importlib.util
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from qa.assistant import Assistant
from qa.errors import UsageError
from qa.ingest.cluster import Cluster
from qa.ingest.files import digest
from qa.text.words import terms

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason="needs Ray (240 MB): pip install 'qa[cluster]'",
)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder with a copy, a file that cannot be read, and an edit to come."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(6):
        text = f"The bridge of town {number} was opened in {1990 + number}. It has two lanes.\n"
        (folder / f"{number}.md").write_text(f"# Town {number}\n\n{text}")
    (folder / "copy.md").write_bytes((folder / "3.md").read_bytes())
    (folder / "broken.pdf").write_bytes(b"no pdf")
    return folder


def _contents(assistant: Assistant) -> list[object]:
    with assistant.library.reading() as view:
        stored = view.at(range(view.passages))
        found: list[object] = [
            view.sources(),
            stored,
            view.document_frequency(terms("bridge town")),
        ]
        return [*found, view.vectors(range(view.passages)).tolist()]


@needs_ray
@pytest.mark.filterwarnings("ignore::FutureWarning")  # of Ray, about its own defaults
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # it leaves its processes' pipes open
def test_workers_make_the_same_library(documents: Path, tmp_path: Path) -> None:
    """Two workers and none make the same documents, passages, words, vectors and reports."""
    alone, spread = (
        Assistant.from_here(documents, tmp_path / name) for name in ("alone", "spread")
    )
    for _ in range(2):
        here, there = alone.sync(), spread.sync(workers=2)
        assert here._replace(seconds=0.0) == there._replace(seconds=0.0)
        assert _contents(alone) == _contents(spread)
        (documents / "5.md").write_text(
            "# Town 5\n\nThe bridge of town 5 fell. It had two lanes.\n"
        )


@needs_ray
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_worker_that_dies_costs_a_retry(documents: Path) -> None:
    """A file whose worker is killed is read by another one."""
    import ray

    path = documents / "1.md"
    with Cluster(documents, 50.0, 1, None) as cluster:
        # The worker that will get the file, for there is one.
        pid = ray.get(ray.remote(num_cpus=1)(lambda: os.getpid()).remote())
        number = cluster.ask(path, path.stat().st_size, digest(path))
        os.kill(pid, signal.SIGKILL)
        reading = cluster.answer(number)
        assert reading.document.text == path.read_text()
        rows = cluster.embed(list(reading.texts.values()))
        assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)


def test_workers_have_no_key(documents: Path, tmp_path: Path) -> None:
    """An endpoint's model is not spread over machines: its key stays on this one."""
    assistant = Assistant.from_here(
        documents, tmp_path / "l", embedding="some-model", api_key="secret"
    )
    with pytest.raises(UsageError, match="workers embed with the embedded model"):
        assistant.sync(workers=2)
