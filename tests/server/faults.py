"""Endpoints whose answers have a fault of character: their form, their words, their vectors.

Each is a way in which a real server has been seen to fail.  The tests say what a user gets:
``tests/models/test_openai_client.py`` and ``tests/models/test_openai_embedding.py``.
"""

import base64
import gzip
import json
import struct
from typing import Any

from tests.server import protocol
from tests.server.http import KEY, Exchange
from tests.server.protocol import chunk, error

# ---------------------------------------------------------------- the stream's form


def no_usage(exchange: Exchange) -> None:
    """Never counts tokens, though asked to."""
    exchange.stream([value for value in exchange.chunks() if value["choices"]])


def odd_usage(exchange: Exchange) -> None:
    """Counts tokens in words."""
    usage = {"prompt_tokens": "many", "completion_tokens": -1, "prompt_tokens_details": []}
    exchange.stream([*exchange.chunks(), {"choices": [], "usage": usage}])


def odd_chunking(exchange: Exchange) -> None:
    """Breaks its packets in the middle of lines and of UTF-8 characters."""
    events = [json.dumps(value, ensure_ascii=False) for value in exchange.chunks()]
    data = "".join(f"data: {event}\n\n" for event in [*events, "[DONE]"]).encode()
    exchange.begin()
    for start in range(0, len(data), 7):
        exchange.write(data[start : start + 7])
    exchange.finish()


def one_packet(exchange: Exchange) -> None:
    """Sends all its events at once."""
    events = [f"data: {json.dumps(value)}\n\n" for value in exchange.chunks()]
    exchange.begin()
    exchange.write("".join([*events, "data: [DONE]\n\n"]).encode())
    exchange.finish()


def crlf(exchange: Exchange) -> None:
    """Ends its lines as Windows does."""
    exchange.stream(exchange.chunks(), end="\r\n\r\n")


def no_space(exchange: Exchange) -> None:
    """Leaves out the blank after the colon."""
    exchange.begin()
    for value in exchange.chunks():
        exchange.write(f"data:{json.dumps(value)}\n\n".encode())
    exchange.write(b"data:[DONE]\n\n")
    exchange.finish()


def keep_alive(exchange: Exchange) -> None:
    """Puts comments between its events to keep the connection open."""
    exchange.begin()
    for value in exchange.chunks():
        exchange.write(b": keep-alive\n\n")
        exchange.write(f"data: {json.dumps(value)}\n\n".encode())
    exchange.write(b"data: [DONE]\n\n")
    exchange.finish()


def missing_role(exchange: Exchange) -> None:
    """Never says who speaks."""
    exchange.stream(exchange.chunks()[1:])


def missing_final_chunk(exchange: Exchange) -> None:
    """Says that it is done, and never that it had finished."""
    chunks = exchange.chunks()
    exchange.stream([value for value in chunks if not _finish(value)])


def missing_done(exchange: Exchange) -> None:
    """Finishes, and does not say [DONE]."""
    exchange.stream(exchange.chunks(), done=False)


def cut_event(exchange: Exchange) -> None:
    """Ends the response in good order in the middle of an event."""
    exchange.begin()
    exchange.write(f"data: {json.dumps(exchange.chunks()[1])}\n\n".encode())
    exchange.write(b'data: {"choices": [{"del')
    exchange.finish()


def not_streamed(exchange: Exchange) -> None:
    """Answers as a whole though asked to stream."""
    exchange.json(protocol.completion(exchange.body, exchange.said(), "stop"))


def compressed(exchange: Exchange) -> None:
    """Compresses its stream with gzip."""
    events = [f"data: {json.dumps(value)}\n\n" for value in exchange.chunks()]
    exchange.begin({"Content-Encoding": "gzip"})
    exchange.write(gzip.compress("".join([*events, "data: [DONE]\n\n"]).encode()))
    exchange.finish()


def broken_gzip(exchange: Exchange) -> None:
    """Says gzip and sends something else."""
    exchange.begin({"Content-Encoding": "gzip"})
    exchange.write(b"this is not gzip")
    exchange.finish()


def invalid_json(exchange: Exchange) -> None:
    """Sends an event that is not JSON."""
    exchange.begin()
    exchange.write(b"data: {'choices': oops}\n\n")
    exchange.finish()


def invalid_utf8(exchange: Exchange) -> None:
    """Sends bytes that are not UTF-8."""
    exchange.begin()
    exchange.write(b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n')
    exchange.finish()


def array_event(exchange: Exchange) -> None:
    """Sends JSON of the wrong shape."""
    exchange.begin()
    exchange.write(b"data: [1, 2, 3]\n\n")
    exchange.finish()


def odd_choices(exchange: Exchange) -> None:
    """Sends its choices as a text."""
    exchange.stream([{"choices": "Paris"}])


def content_parts(exchange: Exchange) -> None:
    """Sends its text as a list of parts."""
    exchange.stream([chunk({"content": [{"type": "text", "text": "Paris"}]}), chunk({}, "stop")])


def web_page(exchange: Exchange) -> None:
    """Is the log-in page of a hotel."""
    exchange.send(b"<html><body>Please log in.</body></html>", kind="text/html")


def endless(exchange: Exchange) -> None:
    """Repeats itself for ever."""
    exchange.begin()
    event = f"data: {json.dumps(chunk({'content': 'again and ' * 5000}))}\n\n".encode()
    while not exchange.closing.is_set():
        exchange.write(event)


# ---------------------------------------------------------------- what it says


def finish_length(exchange: Exchange) -> None:
    """Runs out of tokens."""
    exchange.stream([chunk({"content": "Half of an"}), chunk({}, "length")])


def finish_content_filter(exchange: Exchange) -> None:
    """Is cut off by a content filter."""
    exchange.stream([chunk({"content": "Half of an"}), chunk({}, "content_filter")])


def finish_end_turn(exchange: Exchange) -> None:
    """Finishes in another vendor's word."""
    exchange.stream([chunk({"content": "Paris."}), chunk({}, "end_turn")])


def finish_unknown(exchange: Exchange) -> None:
    """Finishes in a word that nobody knows."""
    exchange.stream([chunk({"content": "Paris."}), chunk({}, "cosmic_ray")])


def empty_content(exchange: Exchange) -> None:
    """Says nothing, at length."""
    exchange.stream([chunk({"content": ""}), chunk({"content": ""}), chunk({}, "stop")])


def null_content(exchange: Exchange) -> None:
    """Puts null between its words."""
    nothing = chunk({"content": None})
    exchange.stream([nothing, *exchange.chunks(), nothing])


def no_choices(exchange: Exchange) -> None:
    """Begins with an event of no choices, as a filter's report is sent."""
    exchange.stream([{"choices": [], "prompt_filter_results": []}, *exchange.chunks()])


def think_block(exchange: Exchange) -> None:
    """Thinks aloud, in a block whose marks are broken over chunks."""
    pieces = ["<th", "ink>The user wants", " a city.</thi", "nk>", *exchange.said()]
    exchange.stream([*(chunk({"content": piece}) for piece in pieces), chunk({}, "stop")])


def think_without_end(exchange: Exchange) -> None:
    """Stops while it still thinks."""
    exchange.stream([chunk({"content": "<think>The user wants"}), chunk({}, "stop")])


def think_too_long(exchange: Exchange) -> None:
    """Spends all its tokens on thinking."""
    exchange.stream([chunk({"content": "<think>The user wants"}), chunk({}, "length")])


def think_without_beginning(exchange: Exchange) -> None:
    """Thinks aloud before the mark that says so."""
    exchange.stream([chunk({"content": "The user wants a city.</think>Paris."}), chunk({}, "stop")])


def reasoning_fields(exchange: Exchange) -> None:
    """Puts its thinking into fields of its own."""
    thoughts = [chunk({"reasoning_content": "Hm."}), chunk({"reasoning": "Hm.", "content": None})]
    exchange.stream([*thoughts, *exchange.chunks()])


def tool_call_beside_text(exchange: Exchange) -> None:
    """Calls a tool that nobody offered, and answers all the same."""
    exchange.stream([chunk(_CALL), *exchange.chunks()])


def tool_call(exchange: Exchange) -> None:
    """Calls a tool that nobody offered, and waits for it."""
    exchange.stream([chunk({"content": "Let me look."}), chunk(_CALL), chunk({}, "tool_calls")])


def declines(exchange: Exchange) -> None:
    """Declines, in the field that the protocol has for that."""
    exchange.stream([chunk({"refusal": "I can't help with that."}), chunk({}, "stop")])


def error_event(exchange: Exchange) -> None:
    """Reports an error in the middle of its answer, and the key with it."""
    exchange.begin()
    exchange.write(f"data: {json.dumps(chunk({'content': 'Par'}))}\n\n".encode())
    exchange.write(f"data: {json.dumps(error(f'out of memory for {KEY}'))}\n\n".encode())
    exchange.finish()


# ---------------------------------------------------------------- embeddings


def base64_embeddings(exchange: Exchange) -> None:
    """Sends base64 though asked for numbers."""
    exchange.json(protocol.embeddings(exchange.body | {"encoding_format": "base64"}))


def broken_base64(exchange: Exchange) -> None:
    """Sends base64 of an odd number of bytes."""
    _embeddings(exchange, lambda _data: [_item(0, base64.b64encode(b"12345").decode())])


def reversed_embeddings(exchange: Exchange) -> None:
    """Sends the last vector first, each with its index."""
    _embeddings(exchange, lambda data: data[::-1])


def fewer_embeddings(exchange: Exchange) -> None:
    """Leaves the last vector out."""
    _embeddings(exchange, lambda data: data[:-1])


def more_embeddings(exchange: Exchange) -> None:
    """Sends one vector too many."""
    _embeddings(exchange, lambda data: [*data, _item(len(data), [1.0] * protocol.WIDTH)])


def same_index(exchange: Exchange) -> None:
    """Gives every vector the index 0."""
    _embeddings(exchange, lambda data: [item | {"index": 0} for item in data])


def ragged_embeddings(exchange: Exchange) -> None:
    """Sends vectors of two widths."""
    _embeddings(exchange, lambda data: [_item(0, [1.0] * 8), _item(1, [1.0] * 9), *data[2:]])


def changing_width(exchange: Exchange) -> None:
    """Sends wider vectors from the second request on, as another model would."""
    width = protocol.WIDTH if exchange.number == 1 else protocol.WIDTH + 1
    _embeddings(exchange, lambda data: [_item(i, [1.0] * width) for i in range(len(data))])


def nan_embeddings(exchange: Exchange) -> None:
    """Sends what is not a number."""
    _embeddings(exchange, lambda data: [_item(i, [float("nan")] * 8) for i in range(len(data))])


def zero_embeddings(exchange: Exchange) -> None:
    """Sends vectors that point nowhere."""
    _embeddings(exchange, lambda data: [_item(i, [0.0] * 8) for i in range(len(data))])


def infinite_base64(exchange: Exchange) -> None:
    """Sends infinity in base64."""
    value = base64.b64encode(struct.pack("<2f", float("inf"), 1.0)).decode()
    _embeddings(exchange, lambda data: [_item(i, value) for i in range(len(data))])


def null_embeddings(exchange: Exchange) -> None:
    """Sends null for a vector."""
    _embeddings(exchange, lambda data: [_item(i, None) for i in range(len(data))])


def no_data(exchange: Exchange) -> None:
    """Answers with an object of another kind."""
    exchange.json({"object": "list"})


# ---------------------------------------------------------------- helpers

_CALL = {
    "tool_calls": [
        {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}
    ]
}


def _finish(value: dict[str, Any]) -> Any:
    return value["choices"] and value["choices"][0]["finish_reason"]


def _item(index: int, value: Any) -> dict[str, Any]:
    return {"object": "embedding", "index": index, "embedding": value}


def _embeddings(exchange: Exchange, change: Any) -> None:
    answer = protocol.embeddings(exchange.body)
    exchange.json(answer | {"data": change(answer["data"])})
