"""Requests to, and chat with, any endpoint that speaks the OpenAI protocol.

The SDK (`openai`) makes the requests and reads the streams.  What is promised beside it:

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
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from qa.errors import ConfigError, ModelError
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
        import httpx2
        import openai

        try:
            yield
        except ModelError as error:
            raised = type(error)(masked(str(error), self._key))
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            cause = error.__cause__  # of ours where the bounds of a response were passed
            told = cause if isinstance(cause, ModelError) else None
            raised = told or failure(error, self.host, self._key)
        else:
            return
        # Not "from error": the SDK's exceptions carry the request, and so the key.
        raise raised from None

    def send(self, call: "Callable[[openai.OpenAI, Mapping[str, str | openai.Omit]], T]") -> T:
        """What ``call`` gets of the SDK's client; it hands the headers on as ``extra_headers``.

        Raises the SDK's exceptions: ``border`` is where they are turned into ours.
        """
        import openai

        client = self._client()
        # Said outright, so that no key of the environment takes its place, nor its account's name.
        headers: dict[str, str | openai.Omit] = {}
        headers["Authorization"] = f"Bearer {self._key}" if self._key else openai.Omit()
        if self.host != _host(OPENAI_URL):
            headers |= {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
        for attempt in range(RETRIES):
            try:
                return call(client, headers)
            except openai.APIError as error:
                wait = self._wait(error, attempt)
                if wait is None:
                    raise
            self._sleep(wait)
        return call(client, headers)

    def _client(self) -> "openai.OpenAI":
        import openai

        from qa.models.chat.bounds import Bounded

        if self._opened is None:
            self._opened = openai.OpenAI(
                base_url=self._url,
                api_key=self._key or "none",
                max_retries=0,  # the SDK's own would ask again after a time-out, and without quota
                timeout=openai.Timeout(self._timeout, connect=min(self._timeout, 10.0)),
                http_client=openai.DefaultHttpxClient(
                    follow_redirects=False, transport=Bounded(self._url, self._timeout, self._now)
                ),
            )
            weakref.finalize(self, self._opened.close)
        return self._opened

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
            yield plain(answer)
            return
        try:
            kind = answer.response.headers.get("content-type", "")
            if "json" in kind:  # some gateways do not stream though asked to, and do not say so
                answer.response.read()
                yield answer.response.json()
            elif "html" in kind:
                yield answer.response.headers["content-type"]
            else:
                for chunk in answer:
                    yield plain(chunk)
        except openai.APIConnectionError:
            if reader.finish is None:
                raise  # lost after the last word, only the count of tokens is missing
        finally:
            answer.close()

    def _ask(self, messages: Sequence[Message], max_tokens: int) -> object:
        import openai

        while True:
            body = wire.chat_request(self.name, messages, max_tokens, self.dialect)
            try:
                return self.endpoint.send(partial(_completion, body))
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                adapted = self.dialect.adapted(complaint(error.body), error.param)
                if adapted is None:
                    raise
                self.dialect = adapted


def _completion(
    body: dict[str, Any], sdk: "openai.OpenAI", headers: "Mapping[str, str | openai.Omit]"
) -> object:
    return sdk.chat.completions.create(**body, extra_headers=headers)


def plain(answer: object) -> object:
    """The JSON value that came; the SDK's objects hold it, fitting their types or not."""
    import openai

    return answer.to_dict(warnings=False) if isinstance(answer, openai.BaseModel) else answer


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
