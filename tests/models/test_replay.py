"""A recorded run can be had again with no network, and only what was recorded."""

import hashlib
import json

import pytest

from qa.errors import ConfigError, ModelRejected, ModelUnreachable
from qa.models.chat.base import Message
from qa.models.chat.opening import open_llm
from qa.models.chat.replay import Recorder, Replayer, request_key
from tests.server import refusals
from tests.server.http import KEY

ASKED = (Message("system", "Be brief."), Message("user", "Which city? 巴黎\ud800"))


def test_key_by_hand() -> None:
    """The key of a request can be worked out without this program."""
    canonical = '{"max_tokens":9,"messages":[["user","Où?"]],"model":"m"}'
    expected = hashlib.sha256(canonical.encode()).hexdigest()
    assert expected == request_key("m", [Message("user", "Où?")], 9)


def test_replay(serve, chat, tmp_path) -> None:
    """The replayed answer is the recorded one, piece by piece, and nothing is asked again."""
    endpoint = serve()
    path = tmp_path / "run.jsonl"
    asked = (ASKED[0], Message("user", "Which city? 巴黎"))
    recorder = Recorder(chat(endpoint), path)
    with recorder.reply(asked, max_tokens=400) as recorded:
        said = list(recorded)
    replayer = open_llm(f"replay:{path}")
    with replayer.reply(asked, max_tokens=400) as replayed:
        assert said == list(replayed)
    assert "".join(said) == "Paris, café and 巴黎."
    assert recorded.finish == replayed.finish
    assert recorded.usage.prompt_tokens == replayed.usage.prompt_tokens
    assert (recorder.name, recorder.window) == (replayer.name, replayer.window)
    assert len(endpoint.exchanges) == 1


def test_no_key_in_a_recording(serve, chat, tmp_path) -> None:
    """A recording can be handed on: it holds neither the key nor the address."""
    endpoint = serve()
    path = tmp_path / "run.jsonl"
    list(Recorder(chat(endpoint), path).reply(ASKED[:1], max_tokens=400))
    text = path.read_text("utf-8")
    assert KEY not in text
    assert endpoint.host not in text


def test_what_was_not_recorded(serve, chat, tmp_path) -> None:
    """Another question, or another limit, is an error that names the request."""
    path = tmp_path / "run.jsonl"
    list(Recorder(chat(serve()), path).reply(ASKED[:1], max_tokens=400))
    other = [Message("user", "And which\nriver?")]
    with pytest.raises(ModelRejected) as caught:
        list(Replayer(path).reply(other, max_tokens=400))
    assert request_key("test-chat", other, 400)[:12] in str(caught.value)
    assert "'And which river?'" in str(caught.value)
    with pytest.raises(ModelRejected, match="max_tokens 401"):
        list(Replayer(path).reply(ASKED[:1], max_tokens=401))


def test_half_an_answer_is_not_recorded(serve, chat, tmp_path) -> None:
    """A reply that broke off is not in the recording."""
    path = tmp_path / "run.jsonl"
    endpoint = serve(refusals.reset_in_mid_stream)
    recorder = Recorder(chat(endpoint), path)
    with pytest.raises(ModelUnreachable):
        list(recorder.reply(ASKED[:1], max_tokens=400))
    assert len(path.read_text("utf-8").splitlines()) == 1


def test_a_reply_that_was_closed(serve, chat, tmp_path) -> None:
    """Who closes a replayed reply where the recorded one was closed misses nothing."""
    path = tmp_path / "run.jsonl"
    recorder = Recorder(chat(serve()), path)
    with recorder.reply(ASKED[:1], max_tokens=400) as reply:
        said = next(iter(reply))
    with Replayer(path).reply(ASKED[:1], max_tokens=400) as replayed:
        deltas = iter(replayed)
        assert said == next(deltas)
        with pytest.raises(ModelRejected, match="only as far as it was read then"):
            next(deltas)
    list(recorder.reply(ASKED[:1], max_tokens=400))
    with recorder.reply(ASKED[:1], max_tokens=400) as reply:
        next(iter(reply))
    assert "".join(Replayer(path).reply(ASKED[:1], max_tokens=400)) == "Paris, café and 巴黎."


def test_later_reply_wins(serve, chat, tmp_path) -> None:
    """Recorded twice, the second answer is the one that is replayed."""
    path = tmp_path / "run.jsonl"
    for answer in ("Paris.", "Lyon."):
        model = chat(serve(answer=lambda _messages, answer=answer: answer))
        list(Recorder(model, path).reply(ASKED[:1], max_tokens=400))
    assert "".join(Replayer(path).reply(ASKED[:1], max_tokens=400)) == "Lyon."


def test_recording_of_another_model(serve, chat, tmp_path) -> None:
    """Two models are not mixed in one file."""
    path = tmp_path / "run.jsonl"
    header = {"format": "qa.recording/1", "model": "other", "window": 100}
    path.write_text(json.dumps(header) + "\n")
    with pytest.raises(ConfigError, match="of model 'other', not of 'test-chat'"):
        Recorder(chat(serve()), path)


HEADER = '{"format": "qa.recording/1", "model": "m", "window": 100}'


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "is empty"),
        ("{}", "malformed in line 1"),
        ("\x00", "malformed in line 1"),
        (f"{HEADER}\n{{", "malformed in line 2"),
        (f'{HEADER}\n{{"key": "k", "deltas": [1]}}', "malformed in line 2"),
        (f"{HEADER}\n[]", "malformed in line 2"),
    ],
)
def test_malformed(tmp_path, text, fragment) -> None:
    """A broken recording is refused with the line that is broken."""
    path = tmp_path / "run.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigError, match=fragment):
        Replayer(path)


def test_missing(tmp_path) -> None:
    """A recording that is not there is named."""
    with pytest.raises(ConfigError, match=r"nowhere\.jsonl"):
        open_llm(f"replay:{tmp_path / 'nowhere.jsonl'}")


def test_odd_characters_have_a_key() -> None:
    """A question with half a surrogate pair, as a terminal can give, does not crash."""
    assert len(request_key("m", ASKED, 1)) == 64
