"""E-mail messages."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Dated, Draft, Raw
from qa.ingest.formats.web import visible_text

_LONG = 20_000  # characters of a header; the parser's time grows with their square
_SHOWN = ("From", "To", "Cc", "Date", "Subject")


class _Policy(policy.EmailPolicy):
    """The default, but that a header too long to be parsed stands as it is."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """A header as it is asked for."""
        return value if len(value) > _LONG else super().header_fetch_parse(name, value)


def message(raw: Raw) -> Draft:
    """A message: its main headers as lines, then its text; attachments are named, not opened.

    Raises DocumentError where the file is no e-mail message.
    """
    parsed = message_from_bytes(raw.data.lstrip(), policy=_Policy())
    headers = {name: _header(parsed, name) for name in _SHOWN}
    if not any(headers.values()):
        raise DocumentError("is not an e-mail message: it has no From, To, Date or Subject")
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    body, names = _body(parsed)
    if names:
        lines.append(f"Attachments: {', '.join(names)}")
    day = dates.parse(headers["Date"])
    return Draft(
        text="\n".join(lines) + "\n\n" + body,
        title=headers["Subject"] or None,
        author=headers["From"] or None,
        published=Dated(day, "e-mail header") if day else None,
    )


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


def _body(parsed: Message) -> tuple[str, list[str]]:
    """The text of the message (plain preferred) and the names of what is attached."""
    plain: list[str] = []
    rich: list[str] = []
    names: list[str] = []
    waiting: list[Message] = [parsed]
    while waiting:
        part = waiting.pop()
        kind = part.get_content_type()
        name = _filename(part)
        if name is not None or part.get_content_disposition() == "attachment":
            names.append(name or kind)
        elif kind == "message/rfc822":
            names.append(kind)
        elif kind in ("text/plain", "text/html"):
            text = _payload(part)
            (plain if kind == "text/plain" else rich).append(
                text if kind == "text/plain" else visible_text(text)
            )
        elif part.is_multipart():
            inner = part.get_payload()
            waiting.extend(one for one in reversed([*inner]) if isinstance(one, Message))
        else:
            names.append(kind)
    return "\n\n".join(plain if any(map(str.strip, plain)) else rich), names


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
