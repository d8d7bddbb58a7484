"""``qa doctor``: what it says of the endpoint, and that it says no secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import refusals
from tests.server.http import KEY, Endpoint
from tests.server.protocol import CHAT_MODEL, EMBEDDING_MODEL

ROOT = Path(__file__).parents[2]


def doctor(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``qa doctor`` in a folder whose documents are in seeds/."""
    (folder / "seeds").mkdir(exist_ok=True)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
    result = subprocess.run(
        [sys.executable, "-m", "qa", "doctor", *arguments],
        cwd=folder,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.stderr, KEY in result.stdout) == ("", False)
    return result


def test_probe_tells_what_the_endpoint_can_do(tmp_path: Path) -> None:
    """Models, streaming, embeddings: found out by asking, with exit status 0."""
    with Endpoint() as endpoint:
        result = doctor(
            tmp_path,
            *("--probe", "--model", CHAT_MODEL, "--embedding", EMBEDDING_MODEL),
            *("--judge", "same"),
            OPENAI_BASE_URL=endpoint.url,
            OPENAI_API_KEY=KEY,
        )
        asked = [exchange.path for exchange in endpoint.exchanges]
    assert f"ok   models: 2 listed, '{CHAT_MODEL}' among them\n" in result.stdout
    assert f"ok   chat: '{CHAT_MODEL}' answered\n" in result.stdout
    assert "ok   streaming: yes\n" in result.stdout
    assert f"ok   embeddings: '{EMBEDDING_MODEL}' gives vectors of 8 numbers\n" in result.stdout
    assert f"each statement is judged by '{CHAT_MODEL}' at '127.0.0.1', beside" in result.stdout
    assert "!!!" not in result.stdout  # plain http, and no further than this machine
    assert result.returncode == 0
    assert asked.count("/v1/chat/completions") == 1


def test_a_probe_that_fails_is_told(tmp_path: Path) -> None:
    """A refused key is a line that begins with BAD, and exit status 3."""
    with Endpoint(personality=refusals.unauthorized) as endpoint:
        result = doctor(
            tmp_path,
            *("--probe", "--model", CHAT_MODEL),
            OPENAI_BASE_URL=endpoint.url,
            OPENAI_API_KEY=KEY,
        )
    assert result.returncode == 3
    assert "BAD  chat: failed: " in result.stdout
    assert "OPENAI_API_KEY" in result.stdout


def test_without_probe_nothing_is_asked(tmp_path: Path) -> None:
    """The doctor alone contacts nobody."""
    with Endpoint() as endpoint:
        result = doctor(
            tmp_path, "--model", CHAT_MODEL, OPENAI_BASE_URL=endpoint.url, OPENAI_API_KEY=KEY
        )
        assert endpoint.exchanges == []
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("url", "is_risky"),
    [
        ("http://gate.example/v1", True),
        ("http://10.0.0.7:8000/v1", True),
        ("https://gate.example/v1", False),
        ("http://localhost:11434/v1", False),
        ("http://127.3.2.1/v1", False),
        ("http://[::1]:8000/v1", False),
    ],
)
def test_a_key_over_plain_http_is_warned_of(tmp_path: Path, url: str, is_risky: bool) -> None:
    """A key that anyone on the way could read is a warning; on this machine it is none."""
    result = doctor(tmp_path, "--model", "m", OPENAI_BASE_URL=url, OPENAI_API_KEY=KEY)
    assert ("!!!  the key goes to" in result.stdout) == is_risky
    assert result.returncode == 0


def test_nothing_to_probe(tmp_path: Path) -> None:
    """Where no endpoint is configured, none is contacted."""
    result = doctor(tmp_path, "--probe")
    assert "ok   no endpoint is configured: nothing to probe\n" in result.stdout
    assert result.returncode == 0
