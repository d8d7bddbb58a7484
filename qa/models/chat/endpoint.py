"""Requests to, and chat with, any endpoint that speaks the OpenAI protocol.

The only module that imports `openai`.  What it promises:

- Only the configured host is contacted.  Redirects are not followed.  Over https the proxy
  of the environment (HTTPS_PROXY) is used, for it sees no more than the host's name; over
  http it is not, for it would see the key.
- The key is in no message, no repr and no traceback.
- One request makes one answer.  Another is sent only where the first got none: after a
  refused connection, 408, 409, 429 or 5xx, twice at most and as Retry-After says; and where
  the endpoint names a parameter that it does not take, once a parameter and a session.
"""

import email.utils
import time
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from qa.errors import ConfigError, ModelError, ModelGarbled, ModelUnreachable
from qa.models.chat import wire
from qa.models.chat.base import End, Events, Message, Reply
from qa.models.chat.failures import complaint, failure, masked
from qa.models.chat.prices import find_price, with_cost

if TYPE_CHECKING:
    import openai

T = TypeVar("T")

OPENAI_URL = "https://api.openai.com/v1"
DEFAULT_WINDOW = 8192
"""Tokens of context of a model that nobody knows anything about."""

RETRIES = 2
LONGEST_WAIT = 30.0
"""Seconds; an endpoint that asks for more is reported in place of being waited for."""
PATIENCE = 10
"""A whole response may take this many times the time-out, however alive the stream looks."""
LARGEST = 64_000_000
"""Bytes of the largest response that is read."""


class Endpoint:
    """One server: sends requests, and speaks of its failures in this project's errors."""

    def __init__(
        self,
        base_url: str | None,
        api_key: str | None,
        timeout: float,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = base_url or OPENAI_URL
        self.host = _host(self._url)
        self._key = _checked_key(api_key)
        self._timeout = timeout
        self._sleep = sleep
        self._now = now
        self._opened: openai.OpenAI | None = None

    def __repr__(self) -> str:
        return f"Endpoint({self.host!r})"

    @contextmanager
    def border(self) -> Iterator[None]:
        """Inside, the SDK's exceptions become ``ModelError`` leaves, the key masked."""
        import openai

        try:
            yield
        except ModelError as error:
            raised = type(error)(masked(str(error), self._key))
        except (openai.OpenAIError, ValueError) as error:
            raised = failure(error, self.host, self._key)
        else:
            return
        # Not "from error": the SDK's exceptions carry the request, and so the key.
        raise raised from None

    def get(self, path: str) -> object:
        """The JSON value at ``path``; raises the SDK's exceptions."""
        return self._send(lambda: self._client().get(path, cast_to=object, options=self._options()))

    def post(self, path: str, body: dict[str, Any]) -> object:
        """The JSON value that ``path`` answers ``body`` with; raises the SDK's exceptions."""
        return self._send(
            lambda: self._client().post(path, cast_to=object, body=body, options=self._options())
        )

    def stream(self, path: str, body: dict[str, Any]) -> "openai.Stream[object]":
        """The JSON values that ``path`` streams; raises the SDK's exceptions."""
        import openai

        return self._send(
            lambda: self._client().post(
                path,
                cast_to=object,
                body=body,
                options=self._options(),
                stream=True,
                stream_cls=openai.Stream[object],
            )
        )

    def _options(self) -> Any:
        """The key, set by hand, so that none of the environment takes its place."""
        import openai

        return {"headers": {"Authorization": f"Bearer {self._key}" if self._key else openai.Omit()}}

    def _client(self) -> "openai.OpenAI":
        import openai

        if self._opened is None:
            http = openai.DefaultHttpxClient(
                follow_redirects=False,
                trust_env=self._url.startswith("https:"),
                event_hooks={"response": [_bounds(self.host, self._timeout, self._now)]},
            )
            self._opened = openai.OpenAI(
                base_url=self._url,
                api_key=self._key or "none",
                max_retries=0,
                timeout=openai.Timeout(self._timeout, connect=min(self._timeout, 10.0)),
                http_client=http,
            )
            weakref.finalize(self, self._opened.close)
        return self._opened

    def _send(self, call: Callable[[], T]) -> T:
        import openai

        for attempt in range(RETRIES):
            try:
                return call()
            except openai.APIError as error:
                wait = self._wait(error, attempt)
                if wait is None:
                    raise
            self._sleep(wait)
        return call()

    def _wait(self, error: "openai.APIError", attempt: int) -> float | None:
        """Seconds until the same request may be sent again; None: it will not help."""
        import openai

        backoff = 0.5 * 2.0**attempt
        if isinstance(error, openai.APIStatusError):
            status = error.status_code
            if status not in (408, 409, 429) and status < 500:
                return None
            if error.code == "insufficient_quota":
                return None
            wait = _retry_after(error.response.headers.get("retry-after"), self._now())
            wait = backoff if wait is None else wait
            return wait if wait <= LONGEST_WAIT else None
        if isinstance(error, openai.APITimeoutError):
            return None  # it has had its time, and may still be working on the answer
        return backoff if isinstance(error, openai.APIConnectionError) else None


class OpenAIChat:
    """A chat model behind an endpoint; see ``qa.models.chat.base.LLM``."""

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 60.0,
        window: int | None = None,
        prices: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.endpoint = Endpoint(base_url, api_key, timeout, sleep, now)
        self.name = model
        self._who = f"model {model!r} at {self.endpoint.host!r}"
        self._price = find_price(self.endpoint.host, model, prices)
        known = self._price.window if self._price else None
        self.window = window or known or DEFAULT_WINDOW
        # OpenAI's newer models take only the new name; many other servers only the old one,
        # and some of them pass over the new one in silence.
        new = self.endpoint.host == _host(OPENAI_URL)
        self.dialect = wire.Dialect(limit="max_completion_tokens" if new else "max_tokens")

    def __repr__(self) -> str:
        return f"OpenAIChat({self.name!r} at {self.endpoint.host!r})"

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """One completion, greedy and seeded where the endpoint takes that."""
        return Reply(self._events(tuple(messages), max_tokens), self.name)

    def _events(self, messages: Sequence[Message], max_tokens: int) -> Events:
        reader = wire.ChatReader(self._who)
        with self.endpoint.border():
            for chunk in self._chunks(messages, max_tokens, reader):
                if text := reader.read(chunk):
                    yield text
            finish = reader.end()
        yield End(finish, with_cost(reader.usage, self._price))

    def _chunks(
        self, messages: Sequence[Message], max_tokens: int, reader: wire.ChatReader
    ) -> Generator[object, None, None]:
        import openai

        answer = self._ask(messages, max_tokens)
        if not isinstance(answer, openai.Stream):
            yield answer
            return
        try:
            kind = answer.response.headers.get("content-type", "")
            if "json" in kind:  # some gateways do not stream though asked to, and do not say so
                answer.response.read()
                yield answer.response.json()
            elif "html" in kind:
                yield answer.response.headers["content-type"]
            else:
                yield from answer
        except openai.APIConnectionError:
            if reader.finish is None:
                raise  # lost after the last word, only the count of tokens is missing
        finally:
            answer.close()

    def _ask(self, messages: Sequence[Message], max_tokens: int) -> object:
        import openai

        path = "/chat/completions"
        while True:
            body = wire.chat_request(self.name, messages, max_tokens, self.dialect)
            try:
                if self.dialect.stream:
                    return self.endpoint.stream(path, body)
                return self.endpoint.post(path, body)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                adapted = self.dialect.adapted(complaint(error.body), error.param)
                if adapted is None:
                    raise
                self.dialect = adapted


def _bounds(host: str, timeout: float, now: Callable[[], float]) -> Callable[[Any], None]:
    """A hook that bounds what is read of a response, in bytes and in time.

    The client's own time-out is for silence; an endless body, or comments that keep a
    stream alive for ever, would never trip it.  What the transport raises becomes the SDK's
    exception here, for not every version of the SDK does that in the middle of a stream.
    """
    import openai

    def hook(response: Any) -> None:
        read, deadline = response.iter_bytes, now() + PATIENCE * timeout

        def iter_bytes(chunk_size: int | None = None) -> Iterator[bytes]:
            size = 0
            try:
                for block in read(chunk_size):
                    size += len(block)
                    _check_bounds(host, size, now() - deadline, timeout)
                    yield block
            except ModelError:
                raise
            except Exception as error:  # the transport's, which only the SDK knows by name
                if "Timeout" in type(error).__name__:
                    raise openai.APITimeoutError(response.request) from error
                raise openai.APIConnectionError(request=response.request) from error

        response.iter_bytes = iter_bytes

    return hook


def _check_bounds(host: str, size: int, late: float, timeout: float) -> None:
    if size > LARGEST:
        raise ModelGarbled(
            f"endpoint {host!r} sent more than {LARGEST:,} bytes in one answer; "
            "choose another --model"
        )
    if late > 0:
        raise ModelUnreachable(
            f"endpoint {host!r} did not finish its answer within "
            f"{PATIENCE * timeout:g} seconds; ask again, or raise the time-out"
        )


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port, user = parts.hostname, parts.port, parts.username
    except ValueError:
        parts, host, port, user = urlsplit(""), None, None, None
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError(
            "OPENAI_BASE_URL must be an address such as 'http://localhost:11434/v1', "
            f"got {masked(url.rpartition('@')[2], None)!r}"
        )
    if user is not None or parts.query or parts.fragment:
        raise ConfigError(
            f"OPENAI_BASE_URL for {host!r} must hold no user, password or query; "
            "the key belongs into OPENAI_API_KEY"
        )
    return host if port is None else f"{host}:{port}"


def _checked_key(key: str | None) -> str | None:
    key = (key or "").strip()
    if not all("!" <= char <= "~" for char in key):
        raise ConfigError(
            "OPENAI_API_KEY holds a space or a character that no key has; copy it again"
        )
    return key or None


def _retry_after(value: str | None, now: float) -> float | None:
    """Seconds, from the header's seconds or its date (RFC 9110, 10.2.3); None: neither."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - now
        except ValueError:
            return None
    return max(seconds, 0.0) if seconds == seconds else None  # "nan" is a float too
