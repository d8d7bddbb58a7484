"""Whatever JSON an endpoint sends is read, or refused as ModelError: never a crash."""

import contextlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.errors import ModelError
from qa.models.chat.base import Message
from qa.models.chat.failures import complaint, masked, one_line
from qa.models.chat.wire import ChatReader, Dialect, chat_request, usage_of, vectors_of

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "choices delta message content finish_reason usage error data index embedding "
                "prompt_tokens prompt_tokens_details cached_tokens detail loc msg".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_chunk(value) -> None:
    """A chunk gives text, or one line that says what is wrong with it."""
    said = ""
    try:
        assert isinstance(ChatReader("model 'm'").read(value), str)
    except ModelError as error:
        said = str(error)
    assert one_line(said, 10_000) == said


@given(json_values)
def test_any_choice(value) -> None:
    """The same inside a well-formed choice."""
    for field in ("delta", "finish_reason", "message"):
        with contextlib.suppress(ModelError):
            assert isinstance(ChatReader("m").read({"choices": [{field: value}]}), str)


@given(json_values, st.integers(1, 3))
@example([1.4e154], 1)  # its square is beyond what a number holds
@example([0.0, 1e-200], 1)  # and the square of this one is 0
def test_any_vectors(value, inputs) -> None:
    """Vectors that are taken are finite and of unit length, one a text."""
    data = [{"index": index, "embedding": value} for index in range(inputs)]
    for body in (value, {"data": value}, {"data": data}):
        try:
            rows = vectors_of(body, inputs, "m")
        except ModelError:
            continue
        assert rows.shape[0] == inputs
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


@given(json_values)
def test_any_error_body(value) -> None:
    """What an endpoint complains of is found in any body, and a count in any usage."""
    assert isinstance(complaint(value), str)
    if isinstance(value, dict):
        counts = usage_of(value)
        for count in (counts.prompt_tokens, counts.completion_tokens, counts.cached_tokens):
            assert count is None or count >= 0


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.", "limit"),
        ("'temperature' does not support 0 with this model", "temperature"),
        ('unknown field "stream_options"', "stream_options"),
        ("body seed Extra inputs are not permitted", "seed"),
        ("System role not supported", "system"),
        ("Developer instruction is not enabled: role 'system'", "system"),
        ("Streaming is disabled", "stream"),
    ],
)
def test_what_is_learnt(said, changed) -> None:
    """The one thing that an endpoint says it does not take is left out, and nothing else."""
    adapted = Dialect().adapted(said)
    assert adapted is not None
    differing = {
        name for name in Dialect.__slots__ if getattr(adapted, name) != getattr(Dialect(), name)
    }
    assert differing - {"limit_settled"} == {changed}
    assert adapted.adapted(said) != adapted


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Bad Request",
        "max_tokens is too large: 5000. This model's maximum context length is 4096 tokens",
        "The operating system failed",
        "Please reduce the length of the messages",
    ],
)
def test_what_is_not_learnt(said) -> None:
    """A refusal for another reason changes nothing, and is reported as it is."""
    assert Dialect().adapted(said) is None


def test_adapting_ends() -> None:
    """An endpoint that refuses everything is asked a bounded number of times."""
    everything = (
        "max_tokens max_completion_tokens temperature seed stream_options system role stream"
    )
    dialect: Dialect | None = Dialect()
    steps = 0
    while (dialect := dialect.adapted(everything)) is not None:
        steps += 1
    assert steps == 6


def test_system_text_is_not_lost() -> None:
    """Without a system role, its text leads the first user message."""
    messages = [
        Message("system", "S"),
        Message("assistant", "A"),
        Message("user", "U"),
        Message("user", "V"),
    ]
    body = chat_request("m", messages, 5, Dialect(system=False))
    told = [(message["role"], message["content"]) for message in body["messages"]]
    assert told == [("assistant", "A"), ("user", "S\n\nU"), ("user", "V")]
    alone = chat_request("m", messages[:1], 5, Dialect(system=False))
    assert alone["messages"] == [{"role": "user", "content": "S"}]


@given(st.text(max_size=60))
def test_key_is_masked_anywhere(around) -> None:
    """Wherever a server repeats the key, it does not show."""
    key = "gsk_5f2a9c"
    assert key not in masked(f"{around}{key}{around}", key)
