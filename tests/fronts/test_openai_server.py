"""OpenAI's protocol as its own client, and a chat class of others, meet it."""

import re
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from qa.errors import ModelUnreachable
from qa.models.chat.fake import FakeChat
from tests.fronts.served import QUESTION, Served, bridge, served

SENTENCES = ("Ada Stone built the harbour bridge [1.3].\n", "It was finished ")
ASKED = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that quotes one document."""
    with served(bridge(tmp_path_factory.mktemp("served") / "docs")) as one:
        yield one


@pytest.fixture(scope="module")
def client(running: Served) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, pointed at it."""
    with client_of(running) as made:
        yield made


def client_of(one: Served) -> openai.OpenAI:
    """A client of a server; it asks once."""
    return openai.OpenAI(base_url=f"{one.url}/v1", api_key="none", max_retries=0)


def test_whole_answer(client: openai.OpenAI, running: Served) -> None:
    """The text has [1] marks, and an annotation for each says where it stands and what is cited."""
    made = client.chat.completions.create(model="qa", messages=ASKED)
    (choice,) = made.choices
    assert choice.finish_reason == "stop"
    link = f"{running.url}/#bridge.md:30-65"
    assert choice.message.content == (
        f'Ada Stone built the harbour bridge. [1]\n\n[1]: {link} "bridge.md, line 5"'
    )
    (annotation,) = choice.message.annotations
    cited = annotation.url_citation
    assert annotation.type == "url_citation"
    assert choice.message.content[cited.start_index : cited.end_index] == "[1]"
    assert (cited.url, cited.title) == (link, "bridge.md, line 5")
    assert cited.quote == "Ada Stone built the harbour bridge."
    assert made.qa["schema"] == "qa.answer/2"
    assert made.usage is None  # nobody counted


def test_streamed_answer(client: openai.OpenAI) -> None:
    """The pieces of a stream add up to the whole text, with the same annotations."""
    whole = client.chat.completions.create(model="qa", messages=ASKED).choices[0].message
    text, annotations, finish = "", [], None
    for chunk in client.chat.completions.create(model="qa", messages=ASKED, stream=True):
        (choice,) = chunk.choices
        text += choice.delta.content or ""
        annotations += getattr(choice.delta, "annotations", [])
        finish = choice.finish_reason or finish
    assert (text, finish) == (whole.content, "stop")
    assert annotations == [one.model_dump() for one in whole.annotations]
    assert chunk.qa["outcome"] == "answered"


def test_follow_up(client: openai.OpenAI, running: Served) -> None:
    """The turns in `messages` are the conversation: the reader is given what was said before."""
    said = client.chat.completions.create(model="qa", messages=ASKED).choices[0].message.content
    messages = [
        {"role": "system", "content": "You are a pirate."},
        *ASKED,
        {"role": "assistant", "content": said},
        {"role": "user", "content": [{"type": "text", "text": "And when was it finished?"}]},
    ]
    made = client.chat.completions.create(model="qa", messages=messages)
    assert "It was finished in 1931. [2]" in made.choices[0].message.content
    reader = running.service.assistant.reader
    turn = (QUESTION, "Ada Stone built the harbour bridge.")
    assert reader.asked[-1] == ("And when was it finished?", (turn,))


def test_responses(client: openai.OpenAI) -> None:
    """The newer protocol gives the same text and citations, whole and streamed."""
    chat = client.chat.completions.create(model="qa", messages=ASKED).choices[0].message
    made = client.responses.create(model="qa", input=QUESTION)
    assert made.output_text == chat.content
    (annotation,) = made.output[0].content[0].annotations
    assert (annotation.type, annotation.quote) == (
        "url_citation",
        "Ada Stone built the harbour bridge.",
    )
    with client.responses.stream(model="qa", input=ASKED) as stream:
        deltas = [one.delta for one in stream if one.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert "".join(deltas) == final.output_text == chat.content
    assert final.qa["outcome"] == "answered"
    with pytest.raises(openai.BadRequestError, match="no response is stored here"):
        client.responses.create(model="qa", input="And?", previous_response_id="resp_1")


def test_nothing_found(client: openai.OpenAI) -> None:
    """A question that nothing answers gets the reason and the nearest, cited."""
    asked = [{"role": "user", "content": "Who won the cup?"}]
    made = client.chat.completions.create(model="qa", messages=asked)
    text = made.choices[0].message.content
    assert text.startswith(
        "I found no answer in the 1 document.\n\nThe nearest that was found:\n[1] “"
    )
    assert made.qa["outcome"] == "not_found"


def test_models(client: openai.OpenAI) -> None:
    """One model is listed, and can be asked for by name."""
    assert [one.id for one in client.models.list()] == ["qa"]
    assert client.models.retrieve("qa").owned_by == "qa"


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        ({"model": "gpt-5"}, openai.NotFoundError, "there is no model 'gpt-5'"),
        ({"messages": []}, openai.BadRequestError, "'messages' is no list of messages"),
        (
            {"messages": [{"role": "assistant", "content": "Hm."}]},
            openai.BadRequestError,
            "the last message is not the user's",
        ),
        (
            {"messages": [{"role": "user", "content": " "}]},
            openai.BadRequestError,
            "the question is empty",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            openai.BadRequestError,
            "neither text nor parts of text",
        ),
        ({"n": 2}, openai.BadRequestError, "there is one answer to a question"),
        (
            {"response_format": {"type": "json_object"}},
            openai.BadRequestError,
            "an answer is text",
        ),
    ],
)
def test_refusals(
    client: openai.OpenAI, asked: dict[str, object], error: type[Exception], told: str
) -> None:
    """What cannot be meant is refused in OpenAI's form: the client raises its own error."""
    with pytest.raises(error, match=told) as raised:
        client.chat.completions.create(**({"model": "qa", "messages": ASKED} | asked))
    assert raised.value.type == "invalid_request_error"


def test_model_that_breaks_off(tmp_path: Path) -> None:
    """A model that fails in the middle of a stream ends it with an error, not as a whole."""
    chat = FakeChat(*SENTENCES, ModelUnreachable("it is gone"))
    with served(bridge(tmp_path / "docs"), chat=chat) as one, client_of(one) as client:
        stream = client.chat.completions.create(model="qa", messages=ASKED, stream=True)
        assert next(stream).choices[0].delta.content == "Ada Stone built the harbour bridge. [1]\n"
        with pytest.raises(openai.APIError, match="it is gone"):
            list(stream)
        with pytest.raises(openai.InternalServerError, match="it is gone"):
            client.chat.completions.create(model="qa", messages=ASKED)


def test_markup_of_documents_is_inert(tmp_path: Path) -> None:
    """A client that renders Markdown loads no picture and follows no link of a document."""
    folder = tmp_path / "docs"
    folder.mkdir()
    evil = "The toll ![x](http://evil.test/b) is <img src=http://evil.test> 4 crowns."
    (folder / "toll.txt").write_text(evil)
    told = {"What is the toll?": ["4 crowns"]}
    with served(folder, told=told) as one, client_of(one) as client:
        asked = [{"role": "user", "content": "What is the toll?"}]
        made = client.chat.completions.create(model="qa", messages=asked)
    from markdown_it import MarkdownIt

    html = MarkdownIt().render(made.choices[0].message.content)
    assert "<img" not in html
    assert 'href="http://evil.test' not in html
    assert made.choices[0].message.annotations[0].url_citation.quote == evil


def test_code_is_set_apart(tmp_path: Path) -> None:
    """A client that renders Markdown shows code as code, and nothing in it as markup."""
    folder = tmp_path / "docs"
    folder.mkdir()
    code = "for wave in tide:\n    print('![x](http://evil.test/b)')"
    (folder / "tide.md").write_text(f"To count waves:\n\n```\n{code}\n```\n")
    told = {"How are waves counted?": ["To count waves"]}
    with served(folder, told=told) as one, client_of(one) as client:
        asked = [{"role": "user", "content": "How are waves counted?"}]
        made = client.chat.completions.create(model="qa", messages=asked)
    from markdown_it import MarkdownIt

    html = MarkdownIt().render(made.choices[0].message.content)
    assert re.fullmatch(r"<p>To count waves: <a .*</p>", html.partition("\n")[0])
    assert html.partition("\n")[2] == f"<pre><code>{code}\n</code></pre>\n"


def test_langchain(running: Served) -> None:
    """LangChain's chat class asks, streams, and goes on from its own history."""
    chat_models = pytest.importorskip("langchain_openai", reason="pip install langchain-openai")
    chat = chat_models.ChatOpenAI(
        model="qa", base_url=f"{running.url}/v1", api_key="none", max_retries=0
    )
    said = chat.invoke(QUESTION)
    assert said.content.startswith("Ada Stone built the harbour bridge. [1]")
    assert "".join(one.content for one in chat.stream(QUESTION)) == said.content
    again = chat.invoke([("user", QUESTION), said, ("user", "And when was it finished?")])
    assert "It was finished in 1931. [2]" in again.content
