"""What every request passes first: is it from here, may it ask, and what may its answer load.

A page elsewhere must not read documents through a reader's browser: by its own address with our
number (DNS rebinding: the Host header names it), or by asking across (the Origin header does).
"""

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.fronts.http.errors import refused

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""What every response carries: nothing from elsewhere is loaded, and no script but our file."""


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own and reached from it alone.

    >>> is_loopback("127.0.0.1"), is_loopback("[::1]"), is_loopback("example.org")
    (True, True, False)
    """
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """Refuses what is not from here, or brings no token where one is needed.

    Without a token the Host must name this machine.  With one any Host will do: who comes by
    another name does not know it.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token.encode() if token is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        app: ASGIApp = self._app
        if self._token is None and not is_loopback(_name(headers.get("host", ""))):
            app = refused(421, f"there is no {headers.get('host', '')!r} here; ask 127.0.0.1")
        elif not _is_own(headers, scope["method"]):
            app = refused(403, "a page of another address may not ask here")
        elif self._token is not None and not _brings(headers, self._token):
            app = refused(
                401,
                "this server needs its token: as Bearer, or as the password of any user",
                {"www-authenticate": 'Basic realm="qa", charset="UTF-8"'},
            )
        await app(scope, receive, guarded)


def _name(host: str) -> str:
    """The name of a Host header without its port, "" where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_own(headers: Headers, method: str) -> bool:
    """Whether a browser that sends this has it from our own page, or from its reader."""
    origin = headers.get("origin")
    own = headers.get("host")
    if origin is not None and origin not in (f"http://{own}", f"https://{own}"):
        return False
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        # A link may lead here from anywhere; nothing may be fetched or sent.
        return method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    return True


def _brings(headers: Headers, token: bytes) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        try:
            _, _, password = base64.b64decode(given, validate=True).partition(b":")
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(password, token)
    return scheme.casefold() == "bearer" and hmac.compare_digest(given.strip().encode(), token)
