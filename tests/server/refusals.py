"""Endpoints that refuse, are busy, redirect, break off or fall silent.

See ``tests.server.faults`` for those whose answers are odd.
"""

import json

from tests.server.http import KEY, Exchange
from tests.server.protocol import chunk, error

# ---------------------------------------------------------------- what it does not take


def wants_max_completion_tokens(exchange: Exchange) -> None:
    """Is new, and refuses max_tokens."""
    _refuse(
        exchange,
        "max_tokens",
        "Unsupported parameter: 'max_tokens' is not supported with this model. "
        "Use 'max_completion_tokens' instead.",
    )


def no_system_role(exchange: Exchange) -> None:
    """Has a template without a system role."""
    if any(message["role"] == "system" for message in exchange.body["messages"]):
        exchange.json(error("System role not supported"), 400)
    else:
        exchange.behave()


def no_temperature(exchange: Exchange) -> None:
    """Takes no temperature but its own."""
    _refuse(
        exchange,
        "temperature",
        "Unsupported value: 'temperature' does not support 0 with this model. "
        "Only the default (1) value is supported.",
    )


def no_seed(exchange: Exchange) -> None:
    """Is strict about fields, and says so in pydantic's words, the whole request echoed."""
    if "seed" not in exchange.body:
        exchange.behave()
        return
    told = {
        "type": "extra_forbidden",
        "loc": ["body", "seed"],
        "msg": "Extra inputs are not permitted",
        "input": exchange.body,
    }
    exchange.json({"detail": [told]}, 422)


def no_stream_options(exchange: Exchange) -> None:
    """Streams, and knows nothing of options."""
    _refuse(exchange, "stream_options", "Unknown field: stream_options")


def no_streaming(exchange: Exchange) -> None:
    """Does not stream."""
    _refuse(exchange, "stream", "Streaming is not supported for this model")


def takes_nothing(exchange: Exchange) -> None:
    """Refuses one thing after another, and would go on for ever."""
    for name in ("max_tokens", "temperature", "stream_options", "seed", "stream"):
        if name in exchange.body:
            exchange.json(error(f"Unknown parameter: '{name}'", param=name), 400)
            return
    exchange.json(error("Unknown parameter: 'max_completion_tokens'"), 400)


def too_long(exchange: Exchange) -> None:
    """Has too small a window, and names max_tokens when it says so."""
    said = "'max_tokens' is too large: 400. This model's maximum context length is 128 tokens."
    exchange.json(error(said, param="max_tokens"), 400)


# ---------------------------------------------------------------- refusals


def unauthorized(exchange: Exchange) -> None:
    """Refuses the key, and repeats it."""
    exchange.json(error(f"Incorrect API key provided: {KEY}.", code="invalid_api_key"), 401)


def forbidden(exchange: Exchange) -> None:
    """Does not serve this country, in colours."""
    exchange.json(error("\x1b[31mCountry\r\nnot supported\x1b[0m"), 403)


def unknown_model(exchange: Exchange) -> None:
    """Does not have the model."""
    said = "model 'test-chat' not found, try pulling it first"
    exchange.json(error(said), 404)


def plain_404(exchange: Exchange) -> None:
    """Has nothing at this address."""
    exchange.send(b"404 page not found", 404, "text/plain")


def request_timeout(exchange: Exchange) -> None:
    """Always finds the request late."""
    exchange.json(error("Request timeout"), 408)


def conflict_once(exchange: Exchange) -> None:
    """Is busy with another request, once."""
    _once(exchange, 409)


def conflict(exchange: Exchange) -> None:
    """Is always busy with another request."""
    exchange.json(error("Conflict"), 409)


def limited_once(exchange: Exchange) -> None:
    """Asks for seven seconds, once."""
    _once(exchange, 429, {"Retry-After": "7"})


def limited_until(exchange: Exchange) -> None:
    """Asks, once, to come back at a time of day."""
    _once(exchange, 429, {"Retry-After": "Tue, 14 Nov 2023 22:13:29 GMT"})


def limited(exchange: Exchange) -> None:
    """Is over the limit, and does not say until when."""
    exchange.json(error("Rate limit reached"), 429)


def limited_for_an_hour(exchange: Exchange) -> None:
    """Is over the limit for an hour."""
    exchange.json(error("Rate limit reached"), 429, {"Retry-After": "3600"})


def no_quota(exchange: Exchange) -> None:
    """Wants money."""
    exchange.json(error("You exceeded your current quota", code="insufficient_quota"), 429)


def server_error(exchange: Exchange) -> None:
    """Always fails, with no word about it."""
    exchange.send(b"", 500)


def bad_gateway(exchange: Exchange) -> None:
    """Is a gateway whose server is down, with a page to say so."""
    page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    exchange.send(page.encode(), 502, "text/html")


def unavailable_once(exchange: Exchange) -> None:
    """Is starting up, once."""
    _once(exchange, 503)


def long_error(exchange: Exchange) -> None:
    """Explains itself at length."""
    exchange.json(error("No. " * 50_000), 400)


def redirect(exchange: Exchange) -> None:
    """Sends everyone elsewhere."""
    elsewhere = {"Location": f"http://localhost:{exchange.headers['Host'].split(':')[1]}/v1/x"}
    exchange.send(b"", 307, headers=elsewhere)


# ---------------------------------------------------------------- the connection


def reset_once(exchange: Exchange) -> None:
    """Breaks off before a word, once."""
    if exchange.number == 1:
        exchange.reset()
    else:
        exchange.behave()


def reset_before(exchange: Exchange) -> None:
    """Always breaks off before a word."""
    exchange.reset()


def reset_in_mid_stream(exchange: Exchange) -> None:
    """Breaks off in the middle of its answer."""
    exchange.begin()
    exchange.write(f"data: {json.dumps(chunk({'content': 'Par'}))}\n\n".encode())
    exchange.reset()


def reset_after_finish(exchange: Exchange) -> None:
    """Breaks off after the last word, before the count of tokens."""
    exchange.begin()
    for value in exchange.chunks()[:-1]:
        exchange.write(f"data: {json.dumps(value)}\n\n".encode())
    exchange.reset()


def stalled_before(exchange: Exchange) -> None:
    """Takes the request and says nothing."""
    exchange.stall()


def stalled_in_mid_stream(exchange: Exchange) -> None:
    """Falls silent in the middle of its answer."""
    exchange.begin()
    exchange.write(f"data: {json.dumps(chunk({'content': 'Par'}))}\n\n".encode())
    exchange.stall()


def stalled_whole(exchange: Exchange) -> None:
    """Falls silent in the middle of an answer that it does not stream."""
    exchange.begin(kind="application/json")
    exchange.write(b'{"choices": [{"message": {"content": "Par')
    exchange.stall()


def alive_for_ever(exchange: Exchange) -> None:
    """Keeps the connection alive, and never says a word."""
    exchange.begin()
    while not exchange.closing.wait(0.01):
        exchange.write(b": keep-alive\n\n")


# ---------------------------------------------------------------- helpers


def _refuse(exchange: Exchange, parameter: str, message: str) -> None:
    if parameter in exchange.body:
        exchange.json(error(message, param=parameter), 400)
    else:
        exchange.behave()


def _once(exchange: Exchange, status: int, headers: dict[str, str] | None = None) -> None:
    if exchange.number == 1:
        exchange.json(error("Not now"), status, headers)
    else:
        exchange.behave()
