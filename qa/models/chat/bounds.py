"""A transport for the SDK's client that ends a response which would not end by itself.

The client's own time-out is for silence; an endless body, or comments that keep a stream
alive for ever, would never trip it.
"""

import time
import urllib.request
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx2  # what the SDK speaks HTTP with

from qa.errors import ModelGarbled, ModelUnreachable

LARGEST = 64_000_000
"""Bytes of the largest response that is read."""
PATIENCE = 10
"""A whole response may take this many times the time-out, however alive the stream looks."""
_PACKED = 32  # a byte of a compressed body counts as this many: it is not asked for, but sent


class Bounded(httpx2.BaseTransport):
    """Sends as the SDK's own transport does, to ``url`` alone, and bounds what comes back.

    Over https the proxy of the environment is used, for it sees no more than the host's name;
    over http it is not, for it would see the key.  ``timeout`` is in seconds.
    """

    def __init__(self, url: str, timeout: float, now: Callable[[], float] = time.monotonic) -> None:
        parts = urlsplit(url)
        self._host, self._timeout, self._now = parts.netloc, timeout, now
        known = urllib.request.getproxies() if parts.scheme == "https" else {}
        passed = urllib.request.proxy_bypass(parts.hostname or "")
        proxy = None if passed else known.get("https") or known.get("all")
        self._sends = httpx2.HTTPTransport(proxy=proxy)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The response, whose body raises ModelGarbled or ModelUnreachable beyond the bounds."""
        response = self._sends.handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        weight = _PACKED if "content-encoding" in response.headers else 1
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Body(response.stream, self._checked(response.stream, weight)),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._sends.close()

    def _checked(self, blocks: httpx2.SyncByteStream, weight: int) -> Iterator[bytes]:
        size, deadline = 0, self._now() + PATIENCE * self._timeout
        for block in blocks:
            size += len(block) * weight
            if size > LARGEST:
                raise ModelGarbled(
                    f"endpoint {self._host!r} sent more than {LARGEST:,} bytes in one answer; "
                    "choose another --model"
                )
            if self._now() > deadline:
                raise ModelUnreachable(
                    f"endpoint {self._host!r} did not finish its answer within "
                    f"{PATIENCE * self._timeout:g} seconds; ask again, or raise the time-out"
                )
            yield block


class _Body(httpx2.SyncByteStream):
    def __init__(self, source: httpx2.SyncByteStream, blocks: Iterator[bytes]) -> None:
        self._source, self._blocks = source, blocks

    def __iter__(self) -> Iterator[bytes]:
        return self._blocks

    def close(self) -> None:
        self._source.close()
