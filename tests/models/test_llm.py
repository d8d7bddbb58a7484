"""What every reply promises, whichever model it comes from."""

import subprocess
import sys

import pytest

from qa.data import Usage
from qa.errors import ConfigError, ModelGarbled
from qa.models.chat.base import End, Reply
from qa.models.chat.opening import open_llm


def _reply(*events, clock=lambda: 0.0) -> Reply:
    return Reply((event for event in events), "m", clock)


def test_seconds_to_the_first_word() -> None:
    """The time that counts is from asking to the first text that can be shown."""
    moments = iter([100.0, 102.5])
    reply = _reply(
        "<think>", "hm", "</think>", "A", "B", End("stop", Usage(3)), clock=lambda: next(moments)
    )
    assert list(reply) == ["A", "B"]
    assert Usage(3, seconds_to_first=2.5) == reply.usage


def test_filtered_before_a_word() -> None:
    """A reply that a filter stopped at once is told from one that said nothing."""
    reply = _reply(End("filtered", Usage()))
    assert list(reply) == []
    assert reply.finish == "filtered"
    with pytest.raises(ModelGarbled, match="empty answer"):
        list(_reply(" \n", End("stop", Usage())))


def test_unread_reply_has_no_end() -> None:
    """Nobody can take a reply for whole that was not read to its end."""
    reply = _reply("A", End("stop", Usage()))
    next(iter(reply))
    with pytest.raises(RuntimeError):
        _ = reply.finish
    reply.close()
    with pytest.raises(RuntimeError):
        _ = reply.usage


def test_factory_refuses_nonsense() -> None:
    """An address that is none is refused when the model is opened, not at the first question."""
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL"):
        open_llm("m", base_url="nowhere")


def test_opening_a_model_is_cheap() -> None:
    """Importing the models, and opening one, loads no vendor's library."""
    code = (
        "import sys; from qa.models.chat.opening import open_llm; open_llm('m', api_key='k'); "
        "print(sorted({'openai', 'httpx', 'httpx2', 'numpy', 'xllamacpp'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
