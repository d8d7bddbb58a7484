"""Events to lines of a response: errors before the first one have a status of their own."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, suppress
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from qa.errors import UsageError
from qa.fronts.http.errors import error_dict, failed, message_of, status_of

JSON_MOST = 2_000_000
"""Bytes of a request that is JSON: a conversation with its quotations."""


_LOOK = 0.2  # seconds between two looks whether a client that waits is still there
T = TypeVar("T")


class TooLarge(UsageError):
    """A request's body is larger than it may be."""


async def json_of(request: Request) -> dict[str, Any]:
    """The JSON object that a request brings; UsageError for anything else."""
    import json

    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > JSON_MOST:
            raise TooLarge(f"the request has over {JSON_MOST} bytes; send fewer earlier turns")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise UsageError("the request is no application/json; say so in its content-type")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the request is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"the request is no JSON object but {type(found).__name__}")
    return found


class Gone(Exception):
    """The client went away."""


async def while_there(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` returns; it is cancelled, and Gone raised, when the client goes away.

    For what is waited for before a response begins: from then on the server itself looks.
    """
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=_LOOK))[0]:
            if await request.is_disconnected():
                raise Gone
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def streamed(
    request: Request,
    lines: AsyncGenerator[str, None],
    wrap: Callable[[dict[str, Any]], str],
    media_type: str,
) -> Response:
    """A response of ``lines`` as they come.

    What is raised before the first is the response's status; later ``wrap`` makes a line of it.
    A client that goes away closes ``lines``.
    """
    try:
        first = await while_there(request, anext(lines))
    except Gone:
        return Response(status_code=499)
    except Exception as error:
        return failed(error)

    async def body() -> AsyncIterator[str]:
        async with aclosing(lines):
            yield first
            try:
                async for line in lines:
                    yield line
            except Exception as error:
                yield wrap(error_dict(status_of(error), message_of(error)))

    return StreamingResponse(body(), media_type=media_type, headers={"x-accel-buffering": "no"})
