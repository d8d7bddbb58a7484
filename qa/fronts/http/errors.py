"""Errors as OpenAI's protocol has them, everywhere: ``{"error": {"message", "type", ...}}``."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from qa.errors import (
    LibraryBusy,
    ModelDenied,
    ModelError,
    ModelLimited,
    ModelUnreachable,
    QAError,
    UsageError,
)
from qa.fronts.service import Cut, Overloaded

_KINDS = {
    400: ("invalid_request_error", "invalid_request"),
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("invalid_request_error", "forbidden"),
    404: ("invalid_request_error", "not_found"),
    405: ("invalid_request_error", "method_not_allowed"),
    409: ("invalid_request_error", "conflict"),
    413: ("invalid_request_error", "too_large"),
    415: ("invalid_request_error", "unsupported_format"),
    421: ("invalid_request_error", "misdirected"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
    500: ("server_error", "failed"),
    502: ("server_error", "model_failed"),
    503: ("server_error", "unavailable"),
    504: ("server_error", "timeout"),
}


def error_dict(status: int, message: str, param: str | None = None) -> dict[str, Any]:
    """An error as JSON."""
    kind, code = _KINDS[status]
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def refused(
    status: int, message: str, headers: Mapping[str, str] | None = None, param: str | None = None
) -> JSONResponse:
    """A response that says why there is none."""
    return JSONResponse(error_dict(status, message, param), status, headers)


def status_of(error: Exception) -> int:
    """The status that an error has; 500 for one that nobody foresaw."""
    if isinstance(error, UsageError):
        return 400
    if isinstance(error, Overloaded | ModelLimited):
        return 429
    if isinstance(error, Cut | LibraryBusy | ModelUnreachable):
        return 503
    if isinstance(error, ModelDenied | ModelError):
        return 502
    return 500


def message_of(error: Exception) -> str:
    """What a reader is told of an error."""
    if isinstance(error, QAError):
        return str(error)
    return f"unforeseen {type(error).__name__}: {error}"


def failed(error: Exception) -> JSONResponse:
    """The response for an error that answering raised."""
    status = status_of(error)
    headers = {"retry-after": "5"} if status in (429, 503) else None
    return refused(status, message_of(error), headers)
