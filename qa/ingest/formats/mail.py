"""E-mail messages and mailboxes."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from itertools import pairwise

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Part, Raw
from qa.ingest.formats.tables import row_line
from qa.ingest.formats.web import visible_text
from qa.times.intervals import Claimed

_LONG = 20_000  # characters of a header; the parser's time grows with their square
_STUB = 4
"""A plain text so many times shorter than the HTML beside it only points at that."""
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_SEPARATOR = re.compile(rb"^From \S.*$(?=\n[!-9;-~]+:)", re.M)
_SUFFIXES = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/json": ".json",
}


class _Policy(policy.EmailPolicy):
    """The default, but that a header too long to be parsed stands as it is."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """A header as it is asked for."""
        return value if len(value) > _LONG else super().header_fetch_parse(name, value)


def message(raw: Raw) -> Draft:
    """A message: its main headers as lines, then its text; what is attached are parts.

    Raises DocumentError where the file is no e-mail message.
    """
    parsed = message_from_bytes(raw.data.lstrip(), policy=_Policy())
    headers = {name: _header(parsed, name) for name in _SHOWN}
    if not any(headers.values()):
        raise DocumentError("is not an e-mail message: it has no From, To, Date or Subject")
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    body, attached = _body(parsed)
    if attached:
        lines.append(f"Attachments: {', '.join(part.name for part in attached)}")
    day = dates.parse(headers["Date"])
    sent = Claimed(day, "e-mail header") if day else None
    return Draft(
        text="\n".join(lines) + "\n\n" + body,
        title=headers["Subject"] or None,
        author=headers["From"] or None,
        published=sent,
        parts=tuple(replace(part, published=sent) for part in attached if part.data),
    )


def box(raw: Raw) -> Draft:
    """A mailbox (mbox): a line for each message, the messages as parts.

    Raises DocumentError where it holds none.
    """
    data = raw.data.replace(b"\r\n", b"\n")
    starts = [match.start() for match in _SEPARATOR.finditer(data)]
    if not starts or data[: starts[0]].strip():
        raise DocumentError("is not a .mbox file, or is damaged: it does not begin with 'From '")
    lines, parts = [], []
    for at, (start, end) in enumerate(pairwise([*starts, len(data)]), start=1):
        one = data[data.index(b"\n", start) + 1 : end]
        one = re.sub(rb"^>(>*From )", rb"\1", one, flags=re.M)
        # The header alone, for the list: bodies are read when the message is.
        parsed = message_from_bytes(one.split(b"\n\n", 1)[0] + b"\n\n", policy=_Policy())
        named = ((name, _header(parsed, name)) for name in ("Date", "From", "Subject"))
        lines.append(row_line([("Message", str(at)), *named]))
        parts.append(Part(f"{at}.eml", one))
    return Draft(text="\n".join(lines) + "\n", parts=tuple(parts), is_rows=True)


def _header(parsed: Message, name: str) -> str:
    """A header on one line; where the parser chokes on a malformed one, as it stands."""
    try:
        value = str(parsed.get(name) or "")
    except Exception:  # the header parser has no error of its own: IndexError, AttributeError ...
        found = (raw for key, raw in parsed.raw_items() if key.lower() == name.lower())
        value = _decoded_words(next(found, ""))
    return " ".join(value.split())


def _decoded_words(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return value


def _body(parsed: Message) -> tuple[str, list[Part]]:
    """The text of the message and what is attached.

    The plain text is preferred, but where it only says that the message is to be read as HTML.
    Pictures inside of its text, which are logos, have a name and no bytes.
    """
    plain: list[str] = []
    rich: list[str] = []
    attached: list[Part] = []
    waiting: list[Message] = [parsed]
    while waiting:
        part = waiting.pop()
        kind = part.get_content_type()
        name = _filename(part)
        is_attached = name is not None or part.get_content_disposition() == "attachment"
        if kind == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            data = first.as_bytes() if isinstance(first, Message) else b""
            attached.append(Part(_suffixed(name or "message", ".eml"), data))
        elif kind in ("text/plain", "text/html") and not is_attached:
            text = _payload(part)
            (plain if kind == "text/plain" else rich).append(
                text if kind == "text/plain" else visible_text(text)
            )
        elif part.is_multipart():
            inner = part.get_payload()
            waiting.extend(one for one in reversed([*inner]) if isinstance(one, Message))
        else:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
            named = _suffixed(name or kind.replace("/", " "), _SUFFIXES.get(kind, ""))
            is_logo = kind.startswith("image/") and part.get("Content-ID") is not None
            attached.append(Part(named, b"" if is_logo else data))
    said, shown = "\n\n".join(plain), "\n\n".join(rich)
    is_stub = _STUB * len(said.strip()) <= len(shown)
    return shown if is_stub else said, attached


def _suffixed(name: str, suffix: str) -> str:
    """A name that tells the format, where only the message did."""
    return name if "." in name.strip(".")[1:] else name + suffix


def _filename(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except Exception:  # as in _header
        return "unnamed"
    return " ".join(name.split()) if name else None


def _payload(part: Message) -> str:
    data = part.get_payload(decode=True)
    try:
        charset = part.get_content_charset()
    except Exception:  # as in _header
        charset = None
    return decode(data, charset) if isinstance(data, bytes) else ""
