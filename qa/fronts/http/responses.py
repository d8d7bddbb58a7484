"""OpenAI's newer protocol, /v1/responses, over the same conversation and the same text."""

import json
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from qa.data import Answer, LeftOut
from qa.errors import UsageError
from qa.fronts.http.errors import failed, refused
from qa.fronts.http.openai import MODEL, Text, conversation, counts, unknown, whole
from qa.fronts.http.streaming import Gone, TooLarge, json_of, streamed, while_there
from qa.fronts.service import Event, Service


class Responses:
    """The route of the protocol; nothing is stored, so that no response can be gone on from."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def create(self, request: Request) -> Response:
        """POST /v1/responses."""
        try:
            asked = await json_of(request)
            if asked.get("model") != MODEL:
                return unknown(asked.get("model"))
            if asked.get("previous_response_id") or asked.get("conversation"):
                raise UsageError("no response is stored here; send the turns before in 'input'")
            given = asked.get("input")
            messages = [{"role": "user", "content": given}] if isinstance(given, str) else given
            question, history = conversation(messages, "input")
            events = self._service.stream(question, history)
        except TooLarge as error:
            return refused(413, str(error))
        except Exception as error:
            return failed(error)
        made = _Made(Text(str(request.base_url)))
        if asked.get("stream"):
            return await streamed(request, made.events(events), _error, "text/event-stream")
        try:
            answer = await while_there(request, whole(events, made.text))
        except Gone:
            return Response(status_code=499)
        except Exception as error:
            return failed(error)
        return JSONResponse(made.response(answer))


class _Made:
    """A response as it is made."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self._id, self._item = f"resp_{uuid.uuid4().hex}", f"msg_{uuid.uuid4().hex}"
        self._created, self._number = time.time(), -1

    def response(self, answer: Answer | None) -> dict[str, Any]:
        """The object; without an answer as it is when it begins."""
        usage = counts(answer)
        return {
            "id": self._id,
            "object": "response",
            "created_at": self._created,
            "status": "in_progress" if answer is None else "completed",
            "model": MODEL,
            "output": [] if answer is None else [self._message("completed")],
            "parallel_tool_calls": False,
            "tool_choice": "none",
            "tools": [],
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "usage": None
            if usage is None
            else {
                "input_tokens": usage[0],
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": usage[1],
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": sum(usage),
            },
        } | ({} if answer is None else {"qa": answer.to_dict()})

    def _message(self, status: str) -> dict[str, Any]:
        content = [] if status == "in_progress" else [self._part()]
        head = {"id": self._item, "type": "message", "role": "assistant"}
        return head | {"status": status, "content": content}

    def _part(self) -> dict[str, Any]:
        return {"type": "output_text", "text": self.text.text, "logprobs": []} | {
            "annotations": [_flat(one) for one in self.text.annotations]
        }

    async def events(self, events: AsyncGenerator[Event, None]) -> AsyncGenerator[str, None]:
        """The protocol's events for those of an answer."""
        part = {"item_id": self._item, "output_index": 0, "content_index": 0}
        empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        is_first = True
        async with aclosing(events):
            async for event in events:
                if isinstance(event, LeftOut):
                    continue
                if is_first:
                    is_first = False
                    yield self._event("response.created", response=self.response(None))
                    item = self._message("in_progress")
                    yield self._event("response.output_item.added", output_index=0, item=item)
                    yield self._event("response.content_part.added", **part, part=empty)
                known = len(self.text.annotations)
                delta = self.text.add(event)
                yield self._event("response.output_text.delta", **part, delta=delta, logprobs=[])
                for index, one in enumerate(self.text.annotations[known:], start=known):
                    yield self._event(
                        "response.output_text.annotation.added",
                        **part,
                        annotation_index=index,
                        annotation=_flat(one),
                    )
                if isinstance(event, Answer):
                    text = self.text.text
                    yield self._event("response.output_text.done", **part, text=text, logprobs=[])
                    yield self._event("response.content_part.done", **part, part=self._part())
                    item = self._message("completed")
                    yield self._event("response.output_item.done", output_index=0, item=item)
                    yield self._event("response.completed", response=self.response(event))

    def _event(self, kind: str, **values: Any) -> str:
        self._number += 1
        return _event({"type": kind, "sequence_number": self._number} | values)


def _flat(annotation: Mapping[str, Any]) -> dict[str, Any]:
    cited: dict[str, Any] = annotation["url_citation"]
    return {"type": annotation["type"]} | cited


def _event(found: Mapping[str, Any]) -> str:
    return f"event: {found['type']}\ndata: {json.dumps(found, ensure_ascii=False)}\n\n"


def _error(error: dict[str, Any]) -> str:
    told = error["error"]
    return _event(
        {"type": "error", "message": told["message"], "code": told["code"]}
        | {"param": None, "sequence_number": 0}
    )
