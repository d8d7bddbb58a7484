"""The server's routes, behind the guard."""

import importlib.util
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from qa.fronts.http.errors import refused
from qa.fronts.http.guard import Guard
from qa.fronts.http.openai import OpenAI
from qa.fronts.http.page import Page
from qa.fronts.http.responses import Responses
from qa.fronts.http.streaming import JSON_MOST
from qa.fronts.service import Service


def has_mcp() -> bool:
    """Whether the extra `mcp` is there, which /mcp takes."""
    return importlib.util.find_spec("mcp") is not None


def app(service: Service, *, token: str | None = None, read_only: bool = False) -> ASGIApp:
    """The page, OpenAI's protocol and MCP over one service, as an ASGI application.

    ``token`` is what every request must bring, ``read_only`` takes no files.
    """
    page, openai = Page(service, read_only=read_only), OpenAI(service)
    routes: list[BaseRoute] = [
        Route("/", page.file),
        Route("/static/{name}", page.file),
        Route("/api/state", page.state),
        Route("/api/sources", page.sources),
        Route("/api/document", page.document),
        Route("/api/ask", page.ask, methods=["POST"]),
        Route("/api/documents/{name}", page.add, methods=["PUT"]),
        Route("/v1/models", openai.models),
        Route("/v1/models/{name}", openai.model),
        Route("/v1/chat/completions", openai.chat, methods=["POST"]),
        Route("/v1/responses", Responses(service).create, methods=["POST"]),
    ]
    sessions = None
    if has_mcp():
        from mcp.server.streamable_http_manager import (
            StreamableHTTPASGIApp,
            StreamableHTTPSessionManager,
        )

        from qa.fronts.mcp import server_of

        # Each request stands alone: no session to keep, to time out or to be stolen.
        sessions = StreamableHTTPSessionManager(
            server_of(service), stateless=True, max_request_body_size=JSON_MOST
        )
        routes.append(Route("/mcp", StreamableHTTPASGIApp(sessions), methods=["POST"]))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if sessions is not None:
                await stack.enter_async_context(sessions.run())
            service.start()
            stack.callback(service.close)
            yield

    def refuse(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        told = {404: "there is nothing at this address", 405: "this cannot be done here"}
        return refused(status, told.get(status, "failed"))

    inner = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: refuse})
    return Guard(inner, token)
