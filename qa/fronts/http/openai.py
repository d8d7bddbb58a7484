"""OpenAI's chat protocol: a conversation in, an answer with [1] marks and its citations out.

What a client says about sampling is without meaning here and is not looked at; system messages
neither, since nothing but the documents and the rules of citing decides an answer.
"""

import json
import re
import time
import uuid
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qa.data import Answer, Citation, LeftOut, Note, Statement
from qa.errors import UsageError
from qa.fronts.http.errors import failed, refused
from qa.fronts.http.streaming import Gone, TooLarge, json_of, streamed, while_there
from qa.fronts.lines import one_line, safe
from qa.fronts.service import Event, Service
from qa.wording import nearest, told

MODEL = "qa"
"""The one model that is served: the assistant as it was set up."""

_MARKED = re.compile(r"^(.*\S)\s+(?:\[\d+\])+$")
_NEAR = re.compile(r"^\[\d+\] “")
_SOURCE = re.compile(r"^\[\d+\]: \S+ \".*\"$")
# What Markdown takes for something to load, to follow, or to run.
_ACTIVE = re.compile(r"(?<=!)\[|(?<=\])[(\[:]|<(?=[A-Za-z/!?])")


def inert(text: str) -> str:
    r"""``text`` on one line, without what a client that renders Markdown would load or follow.

    >>> print(inert("see ![x](http://a/b) <img src=x> and a < b"))
    see !\[x]\(http://a/b) \<img src=x> and a < b
    """
    return _ACTIVE.sub(lambda found: f"\\{found[0]}", one_line(text).strip())


class Text:
    """An answer as it becomes text: ``annotations`` say where in ``text`` which citation stands.

    ``base`` is the server's own address, for links to what was cited.
    """

    def __init__(self, base: str) -> None:
        self.text = ""
        self.annotations: list[dict[str, Any]] = []
        self.finish = "stop"
        self._base = base

    def add(self, event: Event) -> str:
        """Take an event of the answer; returns what it adds to the text."""
        before = len(self.text)
        if isinstance(event, Answer):
            self._end(event)
        elif isinstance(event, Note):
            self.text += f"{told(event)}\n"
        elif isinstance(event, Statement):
            said, *code = event.text.split("\n")
            self.text += f"{inert(said)} "
            for citation in event.citations:
                self._mark(citation)
            self.text += "\n"
            if code:  # set in as Markdown sets code apart: nothing in it is markup
                self.text += "".join(("\n", *(f"    {safe(line)}\n" for line in code), "\n"))
        return self.text[before:]

    def _end(self, answer: Answer) -> None:
        shown: Sequence[Citation] = answer.citations
        if answer.reason is not None:
            self.text += f"{safe(answer.reason)}\n"
            shown = answer.nearest
            if shown:
                self.text += f"\n{nearest(answer.question)}\n"
            for citation in shown:
                self._mark(citation)
                self.text += f" “{inert(citation.quote)}”\n"
        remarks = [note for note in answer.notes if note not in answer.openings]
        if remarks:
            self.text += "\n" + "".join(f"{inert(told(note))}\n" for note in remarks)
        if shown:  # link references: Markdown makes each mark a link to its sentence
            self.text += "\n" + "\n".join(
                f'[{one.marker}]: {self._link(one)} "{_place(one)}"' for one in shown
            )
        self.text = self.text.rstrip("\n")
        kinds = {note.kind for note in answer.notes}
        if "filtered" in kinds:
            self.finish = "content_filter"
        elif kinds & {"limit", "endless"}:
            self.finish = "length"

    def _mark(self, citation: Citation) -> None:
        start = len(self.text)
        self.text += f"[{citation.marker}]"
        self.annotations.append(
            {
                "type": "url_citation",
                "url_citation": {
                    "url": self._link(citation),
                    "title": _place(citation),
                    "start_index": start,
                    "end_index": len(self.text),
                    "marker": citation.marker,
                    "path": citation.path,
                    "page": citation.page,
                    "line": citation.line,
                    "start": citation.start,
                    "end": citation.end,
                    "quote": citation.quote,
                },
            }
        )

    def _link(self, citation: Citation) -> str:
        return f"{self._base}#{quote(citation.path)}:{citation.start}-{citation.end}"


def _place(citation: Citation) -> str:
    page = f", page {citation.page}" if citation.page is not None else ""
    return f"{one_line(citation.path)}, line {citation.line}{page}".replace('"', "'")


def conversation(messages: Any, name: str = "messages") -> tuple[str, tuple[Answer, ...]]:
    """The question that a chat ends with, and the turns before it; ``name`` is for errors.

    Raises UsageError for what is no chat, or ends with no question.
    """
    if not isinstance(messages, list) or not messages:
        raise UsageError(f"{name!r} is no list of messages, or empty")
    turns: list[list[str]] = []
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise UsageError(f"a message is {message!r}; role and content are expected")
        role = message["role"]
        if role == "user":
            turns.append([_content(message)])
        elif role == "assistant" and turns and message.get("content"):
            turns[-1].append(_content(message))
    if not turns or messages[-1]["role"] != "user":
        raise UsageError("the last message is not the user's; it must ask the question")
    *earlier, (question, *_rest) = turns
    return question.strip(), tuple(_turn(asked, "\n".join(said)) for asked, *said in earlier)


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = [one.get("text") if isinstance(one, dict) else None for one in content]
        if all(isinstance(one, str) for one in texts):
            return "\n".join(map(str, texts))
    raise UsageError("a message's content is neither text nor parts of text; no other is read")


def _turn(asked: str, said: str) -> Answer:
    """An earlier turn: its statements are the lines with marks, or all of what another said."""
    lines = [line.strip() for line in said.splitlines() if not _SOURCE.match(line)]
    texts = [found[1] for line in lines if (found := _MARKED.match(line))]
    if not texts and said.strip() and not any(_NEAR.match(line) for line in lines):
        texts = [said.strip()]
    return Answer(
        question=asked,
        answered_question=asked,
        statements=tuple(Statement(text, (), 1.0) for text in texts),
        reason=None if texts else "",
        nearest=(),
        hits=(),
        engine="",
        outcome="answered" if texts else "not_found",
    )


class OpenAI:
    """The routes of the protocol."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._since = int(time.time())

    async def models(self, _request: Request) -> Response:
        """GET /v1/models."""
        return JSONResponse({"object": "list", "data": [self._model()]})

    async def model(self, request: Request) -> Response:
        """GET /v1/models/NAME."""
        name = request.path_params["name"]
        return JSONResponse(self._model()) if name == MODEL else unknown(name)

    def _model(self) -> dict[str, Any]:
        return {"id": MODEL, "object": "model", "created": self._since, "owned_by": "qa"}

    async def chat(self, request: Request) -> Response:
        """POST /v1/chat/completions."""
        try:
            asked = await json_of(request)
            if asked.get("model") != MODEL:
                return unknown(asked.get("model"))
            _check(asked)
            question, history = conversation(asked.get("messages"))
            events = self._service.stream(question, history)
        except TooLarge as error:
            return refused(413, str(error))
        except Exception as error:
            return failed(error)
        text = Text(str(request.base_url))
        frame = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": MODEL,
        }
        if asked.get("stream"):
            return await streamed(request, _chunks(events, text, frame), _data, "text/event-stream")
        try:
            answer = await while_there(request, whole(events, text))
        except Gone:
            return Response(status_code=499)
        except Exception as error:
            return failed(error)
        message = {"role": "assistant", "content": text.text, "refusal": None}
        choice = {"index": 0, "finish_reason": text.finish, "logprobs": None}
        return JSONResponse(
            frame
            | {"object": "chat.completion", "qa": answer.to_dict()}
            | {"choices": [choice | {"message": message | {"annotations": text.annotations}}]}
            | _usage(answer)
        )


async def whole(events: AsyncGenerator[Event, None], text: Text) -> Answer:
    """The answer that ``events`` end with; what they say goes to ``text``."""
    async with aclosing(events):
        async for event in events:
            text.add(event)
            if isinstance(event, Answer):
                return event
    raise AssertionError("a stream ends with its answer")


async def _chunks(
    events: AsyncGenerator[Event, None], text: Text, frame: dict[str, Any]
) -> AsyncGenerator[str, None]:
    frame = frame | {"object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}
        return _data(frame | {"choices": [choice | more]})

    is_first = True
    async with aclosing(events):
        async for event in events:
            if isinstance(event, LeftOut):
                continue
            known = len(text.annotations)
            delta: dict[str, Any] = {"content": text.add(event)}
            if is_first:
                delta, is_first = {"role": "assistant"} | delta, False
            if text.annotations[known:]:
                delta["annotations"] = text.annotations[known:]
            yield chunk(delta)
            if isinstance(event, Answer):
                choice = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": text.finish}
                yield _data(frame | {"choices": [choice], "qa": event.to_dict()} | _usage(event))
    yield "data: [DONE]\n\n"


def _data(found: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(found, ensure_ascii=False)}\n\n"


def counts(answer: Answer | None) -> tuple[int, int] | None:
    """Tokens of prompt and reply; None where no model counted, since 0 would be a claim."""
    usage = answer.usage if answer is not None else None
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    return usage.prompt_tokens, usage.completion_tokens


def _usage(answer: Answer) -> dict[str, Any]:
    found = counts(answer)
    if found is None:
        return {}
    prompt, reply = found
    total = prompt + reply
    told = {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": total}
    return {"usage": told}


def unknown(name: Any) -> Response:
    """The refusal of a model that is not ours."""
    return refused(
        404, f"there is no model {name!r}; the one that answers is {MODEL!r}", param="model"
    )


def _check(asked: Mapping[str, Any]) -> None:
    """Raise UsageError for what a client would wait for in vain."""
    for name, problem in _problems(asked):
        raise UsageError(f"{name!r} is {asked[name]!r}; {problem}")


def _problems(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if asked.get("n") not in (None, 1):
        yield "n", "there is one answer to a question"
    if asked.get("tool_choice") not in (None, "none", "auto"):
        yield "tool_choice", "no tools are called here"
    response_format = asked.get("response_format")
    if response_format is not None and response_format != {"type": "text"}:
        yield "response_format", "an answer is text; its JSON stands beside it under 'qa'"
