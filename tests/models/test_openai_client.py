"""What a user gets from every kind of endpoint."""

import contextlib
import inspect
import socket
import threading
import traceback

import openai
import pytest

from qa.data import Usage
from qa.errors import (
    ConfigError,
    ModelDenied,
    ModelError,
    ModelGarbled,
    ModelLimited,
    ModelRejected,
    ModelUnknown,
    ModelUnreachable,
)
from qa.models.chat import bounds
from qa.models.chat.base import Message
from qa.models.chat.endpoint import OpenAIChat
from qa.models.chat.failures import leaves, one_line
from tests.server import faults, refusals
from tests.server.http import KEY, Exchange

ASKED = (Message("system", "Be brief."), Message("user", "Which city?"))
RIGHT = "Paris, café and 巴黎."

GOOD = {  # personality: (text, finish, requests)
    Exchange.behave: (RIGHT, "stop", 1),
    faults.no_usage: (RIGHT, "stop", 1),
    faults.odd_usage: (RIGHT, "stop", 1),
    faults.odd_chunking: (RIGHT, "stop", 1),
    faults.one_packet: (RIGHT, "stop", 1),
    faults.crlf: (RIGHT, "stop", 1),
    faults.no_space: (RIGHT, "stop", 1),
    faults.keep_alive: (RIGHT, "stop", 1),
    faults.missing_role: (RIGHT, "stop", 1),
    faults.missing_done: (RIGHT, "stop", 1),
    faults.not_streamed: (RIGHT, "stop", 1),
    faults.compressed: (RIGHT, "stop", 1),
    faults.finish_length: ("Half of an", "length", 1),
    faults.finish_content_filter: ("Half of an", "filtered", 1),
    faults.finish_end_turn: ("Paris.", "stop", 1),
    faults.null_content: (RIGHT, "stop", 1),
    faults.no_choices: (RIGHT, "stop", 1),
    faults.think_block: (RIGHT, "stop", 1),
    faults.reasoning_fields: (RIGHT, "stop", 1),
    faults.tool_call_beside_text: (RIGHT, "stop", 1),
    refusals.wants_max_completion_tokens: (RIGHT, "stop", 2),
    refusals.no_system_role: (RIGHT, "stop", 2),
    refusals.no_temperature: (RIGHT, "stop", 2),
    refusals.no_seed: (RIGHT, "stop", 2),
    refusals.no_stream_options: (RIGHT, "stop", 2),
    refusals.no_streaming: (RIGHT, "stop", 2),
    refusals.conflict_once: (RIGHT, "stop", 2),
    refusals.limited_once: (RIGHT, "stop", 2),
    refusals.limited_until: (RIGHT, "stop", 2),
    refusals.unavailable_once: (RIGHT, "stop", 2),
    refusals.reset_once: (RIGHT, "stop", 2),
    refusals.reset_after_finish: (RIGHT, "stop", 1),
}

BAD = {  # personality: (leaf, what the line says, requests)
    faults.missing_final_chunk: (ModelUnreachable, "stopped in the middle", 1),
    faults.cut_event: (ModelUnreachable, "stopped in the middle", 1),
    faults.broken_gzip: (ModelUnreachable, "broke down", 1),
    faults.invalid_json: (ModelGarbled, "not valid JSON", 1),
    faults.invalid_utf8: (ModelGarbled, "not valid JSON in UTF-8", 1),
    faults.array_event: (ModelGarbled, "expected a JSON object", 1),
    faults.odd_choices: (ModelGarbled, "expected a list of choices", 1),
    faults.content_parts: (ModelGarbled, "expected text as content", 1),
    faults.web_page: (ModelGarbled, "text/html", 1),
    faults.endless: (ModelGarbled, "beyond 1,000,000 characters", 1),
    faults.finish_unknown: (ModelGarbled, "'cosmic_ray'", 1),
    faults.empty_content: (ModelGarbled, "empty answer", 1),
    faults.think_without_end: (ModelGarbled, "middle of its reasoning", 1),
    faults.think_too_long: (ModelGarbled, "used up its tokens", 1),
    faults.think_without_beginning: (ModelGarbled, "reasoning as its answer", 1),
    faults.tool_call: (ModelGarbled, "called a tool", 1),
    faults.declines: (ModelRejected, "I can't help with that.", 1),
    faults.error_event: (ModelUnreachable, "out of memory for [key]", 1),
    refusals.takes_nothing: (ModelRejected, "Unknown parameter", 6),
    refusals.too_long: (ModelRejected, "maximum context length is 128", 1),
    refusals.unauthorized: (ModelDenied, "Incorrect API key provided: [key]", 1),
    refusals.forbidden: (ModelDenied, "403: [31mCountry not supported [0m", 1),
    refusals.unknown_model: (ModelUnknown, "'test-chat' not found", 1),
    refusals.plain_404: (ModelUnknown, "404 page not found", 1),
    refusals.request_timeout: (ModelUnreachable, "408", 3),
    refusals.conflict: (ModelRejected, "409", 3),
    refusals.limited: (ModelLimited, "Rate limit reached", 3),
    refusals.limited_for_an_hour: (ModelLimited, "Rate limit reached", 1),
    refusals.no_quota: (ModelLimited, "exceeded your current quota", 1),
    refusals.server_error: (ModelUnreachable, "(500)", 3),
    refusals.bad_gateway: (ModelUnreachable, "502: 502 Bad Gateway nginx", 3),
    refusals.long_error: (ModelRejected, "No. No.", 1),
    refusals.redirect: (ModelUnreachable, "redirects elsewhere", 1),
    refusals.reset_before: (ModelUnreachable, "could not be reached", 3),
    refusals.reset_in_mid_stream: (ModelUnreachable, "broke down", 1),
}

SILENT = {  # as above, with a time-out that a test can bear
    refusals.stalled_before: (ModelUnreachable, "silent for too long", 1),
    refusals.stalled_in_mid_stream: (ModelUnreachable, "silent for too long", 1),
    refusals.stalled_whole: (ModelUnreachable, "silent for too long", 1),
}


def _named(personalities):
    return [pytest.param(function, *row, id=function.__name__) for function, row in personalities]


@pytest.mark.parametrize(("personality", "text", "finish", "requests"), _named(GOOD.items()))
def test_right_answer(serve, chat, personality, text, finish, requests) -> None:
    """The endpoint's oddity does not show: the answer is right, and was asked for no more often."""
    endpoint = serve(personality)
    with chat(endpoint).reply(ASKED, max_tokens=400) as reply:
        said = list(reply)
    assert text == "".join(said)
    assert all(said)
    assert finish == reply.finish
    assert requests == len(endpoint.exchanges)


@pytest.mark.parametrize(
    ("personality", "leaf", "fragment", "requests"), _named((BAD | SILENT).items())
)
def test_one_clear_line(serve, chat, personality, leaf, fragment, requests) -> None:
    """The user reads one line that names the endpoint and the cause, and never the key."""
    endpoint = serve(personality)
    model = chat(endpoint, timeout=0.3 if personality in SILENT else 20.0)
    with pytest.raises(ModelError) as caught, model.reply(ASKED, max_tokens=400) as reply:
        for _ in reply:
            pass
    assert leaf is type(caught.value)
    message = str(caught.value)
    assert fragment in message
    assert one_line(message, 10_000) == message
    assert len(message) < 500
    assert endpoint.host in message or "'test-chat'" in message
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert KEY not in shown
    assert requests == len(endpoint.exchanges)
    with pytest.raises(RuntimeError):
        _ = reply.finish


def _written(module) -> set[str]:
    return {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
    }


def test_every_personality_is_tried() -> None:
    """No fault of character is written down and never shown to the client."""
    written = _written(faults) | _written(refusals)
    embeddings = {n for n in written if "embedding" in n or "base64" in n or "width" in n}
    elsewhere = {"alive_for_ever", "same_index", "no_data"} | embeddings
    tried = {personality.__name__ for personality in GOOD | BAD | SILENT}
    assert written - elsewhere == tried - {"behave"}


def test_keep_alive_for_ever_ends(serve, chat) -> None:
    """An endpoint that only keeps the connection alive is given up in the end."""
    clock = iter(range(0, 100_000, 50))
    model = chat(serve(refusals.alive_for_ever), now=lambda: float(next(clock)))
    with pytest.raises(ModelUnreachable, match="did not finish its answer within 200 seconds"):
        list(model.reply(ASKED, max_tokens=400))


@pytest.mark.parametrize("status", [200, 400])
def test_endless_body(serve, chat, monkeypatch, status) -> None:
    """A body without an end, of an answer or of a refusal, is not read until memory runs out."""
    monkeypatch.setattr(bounds, "LARGEST", 100_000)

    def endless(exchange: Exchange) -> None:
        exchange.send(b" " * 200_000, status)

    with pytest.raises(ModelGarbled, match="sent more than 100,000 bytes in one answer"):
        list(chat(serve(endless)).reply(ASKED, max_tokens=400))


def test_connection_refused(chat, serve, waits) -> None:
    """With no server there, the line says where was looked and what to set."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(ModelUnreachable) as caught:
        list(chat(serve(), base_url=url).reply(ASKED, max_tokens=400))
    assert "refused" in str(caught.value)
    assert "OPENAI_BASE_URL" in str(caught.value)
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize(
    ("personality", "expected"),
    [
        (refusals.limited_once, [7.0]),
        (refusals.limited_until, [9.0]),
        (refusals.limited, [0.5, 1.0]),
        (refusals.limited_for_an_hour, []),
        (refusals.unavailable_once, [0.5]),
        (refusals.unauthorized, []),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_waits_as_asked(serve, chat, waits, personality, expected) -> None:
    """Retry-After is kept to, in seconds or as a date; a wait that is too long is not begun."""
    with contextlib.suppress(ModelError):
        list(chat(serve(personality)).reply(ASKED, max_tokens=400))
    assert expected == waits


def test_request_as_sent(serve, chat) -> None:
    """The model is asked greedily, seeded, and for its usage, under the configured key."""
    endpoint = serve()
    list(chat(endpoint).reply(ASKED, max_tokens=400))
    (exchange,) = endpoint.exchanges
    assert exchange.body == {
        "model": "test-chat",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Which city?"},
        ],
        "max_tokens": 400,
        "temperature": 0,
        "seed": 1,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert f"Bearer {KEY}" == exchange.headers["Authorization"]


def test_half_a_character_is_replaced(serve, chat) -> None:
    """A question that holds half a surrogate pair, as a terminal can give, is still asked."""
    endpoint = serve()
    list(chat(endpoint).reply([Message("user", "Which\ud800 city 🗼?")], max_tokens=400))
    assert endpoint.exchanges[0].body["messages"][0]["content"] == "Which\ufffd city 🗼?"


def test_what_was_learnt_is_remembered(serve, chat) -> None:
    """The second question costs one request, though the first had to learn the dialect."""
    endpoint = serve(refusals.no_system_role)
    model = chat(endpoint)
    list(model.reply(ASKED, max_tokens=400))
    list(model.reply(ASKED, max_tokens=400))
    assert len(endpoint.exchanges) == 3
    merged = [{"role": "user", "content": "Be brief.\n\nWhich city?"}]
    assert merged == endpoint.exchanges[2].body["messages"]


def test_usage(serve, chat, tmp_path) -> None:
    """Tokens, cached tokens and cost are what the endpoint and the price file say."""
    endpoint = serve()
    prices = tmp_path / "prices.toml"
    prices.write_text(
        f'[hosts."{endpoint.host}"]\ntest-chat = {{input = 2, cached = 1, output = 10}}\n'
    )
    with chat(endpoint, prices=prices).reply(ASKED, max_tokens=400) as reply:
        list(reply)
    usage = reply.usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens) == (4, 4, 1)
    # 3 tokens at 2, 1 cached at 1, 4 said at 10: 47 dollars per million
    assert pytest.approx(47e-6) == usage.cost
    assert usage.seconds_to_first is not None
    assert usage.seconds_to_first >= 0


@pytest.mark.parametrize("personality", [faults.no_usage, faults.odd_usage])
def test_unknown_usage_is_not_zero(serve, chat, personality) -> None:
    """Where the endpoint does not count, the user sees no count in place of a nought."""
    with chat(serve(personality)).reply(ASKED, max_tokens=400) as reply:
        list(reply)
    seconds = reply.usage.seconds_to_first
    assert Usage(seconds_to_first=seconds) == reply.usage


def test_max_tokens_ends_the_reply(serve, chat) -> None:
    """A reply that ran into its limit says so."""
    with chat(serve()).reply(ASKED, max_tokens=2) as reply:
        assert "".join(reply) == "Paris, café"
    assert reply.finish == "length"


def test_close_drops_the_connection(serve, chat) -> None:
    """Leaving a reply early ends it, and the next question is answered as ever."""
    endpoint = serve(faults.endless)
    model = chat(endpoint)
    with model.reply(ASKED, max_tokens=400) as reply:
        next(iter(reply))
    assert list(reply) == []
    endpoint.personality = Exchange.behave
    assert "".join(model.reply(ASKED, max_tokens=400)) == RIGHT


def test_interrupt_drops_the_connection(serve, chat) -> None:
    """Ctrl-C in the middle of an answer is not swallowed, and leaves the model usable."""
    endpoint = serve()
    model = chat(endpoint)

    def interrupted() -> None:
        with model.reply(ASKED, max_tokens=400) as reply:
            for _ in reply:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "".join(model.reply(ASKED, max_tokens=400)) == RIGHT


def test_redirect_is_not_followed(serve, chat) -> None:
    """The key goes to the configured host and no other, whatever that host says."""
    target = serve()
    source = serve(
        lambda exchange: exchange.send(b"", 308, headers={"Location": f"{target.url}/chat"})
    )
    with pytest.raises(ModelUnreachable):
        list(chat(source).reply(ASKED, max_tokens=400))
    assert target.exchanges == []


def test_environment_does_not_leak(serve, monkeypatch) -> None:
    """Another key, host or proxy of the environment is not used where none was configured."""
    endpoint, proxy = serve(lambda exchange: exchange.send(b"", 401)), serve()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-service")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-of-the-boss")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-service")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-another-service")
    monkeypatch.setenv("OPENAI_BASE_URL", proxy.url)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-custom")
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.host}")
    monkeypatch.setenv("ALL_PROXY", f"http://{proxy.host}")
    model = OpenAIChat("test-chat", base_url=endpoint.url, timeout=20.0)
    with pytest.raises(ModelDenied):
        list(model.reply(ASKED, max_tokens=400))
    assert "Authorization" not in endpoint.exchanges[0].headers
    assert "of-another-service" not in str(endpoint.exchanges[0].headers)
    assert proxy.exchanges == []


def test_https_goes_through_the_proxy_of_the_environment(monkeypatch) -> None:
    """Behind a firm's proxy an https endpoint is reached, and the proxy sees its name alone."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        seen: list[bytes] = []

        def refuse() -> None:
            connection, _ = proxy.accept()
            with connection:
                seen.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        model = OpenAIChat(
            "m", base_url="https://firm.invalid/v1", api_key=KEY, timeout=20.0, sleep=lambda _: None
        )
        monkeypatch.setattr("qa.models.chat.endpoint.RETRIES", 0)
        with pytest.raises(ModelUnreachable, match="403"):
            list(model.reply(ASKED, max_tokens=400))
        thread.join()
    assert seen[0].startswith(b"CONNECT firm.invalid:443 ")
    assert KEY.encode() not in seen[0]


def test_nothing_is_sent_before_it_is_read(serve, chat) -> None:
    """Opening a model, and a reply that nobody reads, costs no request."""
    endpoint = serve()
    chat(endpoint).reply(ASKED, max_tokens=400).close()
    assert endpoint.exchanges == []


def test_no_key_in_any_repr(serve, chat) -> None:
    """A model printed into a log shows where it asks, and not the key."""
    endpoint = serve()
    model = chat(endpoint)
    assert f"OpenAIChat('test-chat' at '{endpoint.host}')" == repr(model)
    assert KEY not in repr(model.endpoint)


@pytest.mark.parametrize(
    ("settings", "fragment"),
    [
        ({"base_url": "localhost:11434"}, "http://localhost:11434/v1"),
        ({"base_url": "ftp://host/v1"}, "must be an address"),
        ({"base_url": "http://[::1/v1"}, "must be an address"),
        ({"base_url": f"https://user:{KEY}@host/v1"}, "no user, password"),
        ({"base_url": "https://host/v1?key=1"}, "no user, password or query"),
        ({"api_key": "sk-one two"}, "holds a space"),
        ({"api_key": "sk-“quoted”"}, "a character that no key has"),
    ],
)
def test_settings_that_cannot_be_meant(settings, fragment) -> None:
    """A wrong address or a key copied badly is refused before anything is sent."""
    with pytest.raises(ConfigError, match=fragment) as caught:
        OpenAIChat("m", **settings)
    assert KEY not in str(caught.value)
    assert "sk-" not in str(caught.value)


def test_openai_itself_is_asked_in_its_own_words() -> None:
    """A known model at OpenAI has its window and the parameter that the new models want."""
    model = OpenAIChat("gpt-4o-mini")
    assert model.endpoint.host == "api.openai.com"
    assert model.dialect.limit == "max_completion_tokens"
    assert model.window == 128_000
    assert OpenAIChat("mistral", base_url="http://localhost:11434/v1").window == 8192
    assert OpenAIChat("gpt-4o", window=4096).window == 4096


def _tree(kind: type[BaseException]) -> set[type[BaseException]]:
    return {kind}.union(*(_tree(child) for child in kind.__subclasses__()))


def test_every_exception_of_the_sdk_is_mapped() -> None:
    """A new exception class of the SDK cannot reach the user as a stack trace, unconsidered."""
    with_their_base = {
        "APIRemovedInV1",
        "BadRequestError",
        "ConflictError",
        "ContentFilterFinishReasonError",
        "MutuallyExclusiveAuthError",
        "StreamAlreadyConsumed",
        "SubjectTokenProviderError",
        "UnprocessableEntityError",
        "WebSocketConnectionClosedError",
        "WebSocketQueueFullError",
        "_AmbiguousModuleClientUsageError",
    }
    told_apart = {kind.__name__ for kind in leaves() if issubclass(kind, openai.OpenAIError)}
    assert {kind.__name__ for kind in _tree(openai.OpenAIError)} == told_apart | with_their_base
