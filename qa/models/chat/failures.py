"""What went wrong at an endpoint, in one line for a reader: host, cause, remedy."""

import re
import unicodedata
from collections.abc import Iterator

from qa.errors import (
    ModelDenied,
    ModelError,
    ModelGarbled,
    ModelLimited,
    ModelRejected,
    ModelUnknown,
    ModelUnreachable,
)

_BY_STATUS: dict[int, type[ModelError]] = {402: ModelLimited, 408: ModelUnreachable}
_BY_CODE: dict[str, type[ModelError]] = {
    "insufficient_quota": ModelLimited,
    "rate_limit_exceeded": ModelLimited,
    "model_not_found": ModelUnknown,
    "invalid_api_key": ModelDenied,
    "context_length_exceeded": ModelRejected,
    "content_filter": ModelRejected,
}

_DID = {
    ModelUnreachable: "could not be reached or broke down",
    ModelDenied: "refused the key or the permission",
    ModelUnknown: "has no such model or no such address",
    ModelLimited: "is over its rate or quota limit",
    ModelRejected: "refused the request",
    ModelGarbled: "answered outside the protocol",
}
_REMEDY = {
    ModelUnreachable: "see that the server runs and that OPENAI_BASE_URL is right",
    ModelDenied: "set OPENAI_API_KEY to a key that this endpoint takes",
    ModelUnknown: "check --model, and that OPENAI_BASE_URL ends as the server wants it (often /v1)",
    ModelLimited: "wait a while, or look at the account's quota",
    ModelRejected: "see what it can do: qa doctor --probe",
    ModelGarbled: "check that OPENAI_BASE_URL is an OpenAI-compatible address (often ends in /v1)",
}

_SECRET = re.compile(r"\b(?:sk|pk|key)-[\w*.-]{6,}|\bBearer\s+\S+", re.IGNORECASE)
_TELLING = ("message", "msg", "detail", "error", "param", "code", "loc")


def one_line(text: str, longest: int = 200) -> str:
    """``text`` as one printable line of at most ``longest`` characters."""
    shown = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text[:4096])
    shown = " ".join(shown.split())
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def masked(text: str, key: str | None) -> str:
    """``text`` with the key, and whatever looks like one, made unreadable."""
    if key:
        text = text.replace(key, "[key]")
    return _SECRET.sub("[key]", text)


def complaint(body: object) -> str:
    """The words of an error body that say what is wrong; what the server echoes is left out."""
    if isinstance(body, str) and body.lstrip().startswith("<"):
        body = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", body[:65536], flags=re.S | re.I)
    return " ".join(_words(body, 5))


def _words(body: object, depth: int) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, list) and depth:
        for item in body:
            yield from _words(item, depth - 1)
    elif isinstance(body, dict) and depth:
        for name in _TELLING:
            yield from _words(body.get(name), depth - 1)


def failure(error: Exception, host: str, key: str | None) -> ModelError:
    """The leaf and the line for an exception of the SDK, the key masked in it.

    A ValueError is what JSON and UTF-8 decoders raise.
    """
    if isinstance(error, ValueError):
        said = "what came is not valid JSON in UTF-8"
        return ModelGarbled(_line(ModelGarbled, host, said))
    status = getattr(error, "status_code", None)
    leaf = _leaf(error, status)
    said = _said(error, status)
    if isinstance(status, int) and 300 <= status < 400:
        leaf, said = ModelUnreachable, f"{said} it redirects elsewhere, and that is not followed"
    return leaf(_line(leaf, host, one_line(masked(said, key))))


def _line(leaf: type[ModelError], host: str, said: str) -> str:
    return f"endpoint {host!r} {_DID[leaf]} ({said}); {_REMEDY[leaf]}"


def leaves() -> dict[type[Exception], type[ModelError]]:
    """What becomes of each exception of the SDK that is told apart; others go with their base."""
    import httpx2
    import openai

    return {
        openai.APITimeoutError: ModelUnreachable,
        openai.APIConnectionError: ModelUnreachable,
        openai.APIResponseValidationError: ModelGarbled,
        openai.AuthenticationError: ModelDenied,
        openai.OAuthError: ModelDenied,
        openai.PermissionDeniedError: ModelDenied,
        openai.NotFoundError: ModelUnknown,
        openai.RateLimitError: ModelLimited,
        openai.InternalServerError: ModelUnreachable,
        openai.LengthFinishReasonError: ModelGarbled,
        openai.APIStatusError: ModelRejected,
        openai.APIError: ModelUnreachable,  # an error event in the middle of a stream
        openai.OpenAIError: ModelRejected,  # the SDK refuses to send the request
        httpx2.HTTPError: ModelUnreachable,  # in a body that is read past the SDK
    }


def _leaf(error: Exception, status: object) -> type[ModelError]:
    code = getattr(error, "code", None)
    if isinstance(code, str) and code in _BY_CODE:
        return _BY_CODE[code]
    if isinstance(status, int) and status in _BY_STATUS:
        return _BY_STATUS[status]
    known = leaves()
    return next((known[kind] for kind in type(error).__mro__ if kind in known), ModelUnreachable)


def _said(error: Exception, status: object) -> str:
    import httpx2
    import openai

    if status is None:
        if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
            return "it was silent for too long"
        if isinstance(error, openai.APIConnectionError):
            cause = error.__cause__
            return str(cause) if cause is not None and str(cause) else "no connection"
        return str(error)
    said = complaint(getattr(error, "body", None))
    return f"{status}: {said}" if said else f"{status}"
