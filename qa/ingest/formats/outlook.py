"""Outlook's message files (.msg), opened by olefile.

extract-msg, the usual library, is under the GPL; what is read here of the format is a dozen
properties, each a stream of its own (MS-OXMSG).
"""

import io
from datetime import date, timedelta
from typing import Any

from qa.errors import DocumentError
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Part, Raw
from qa.ingest.formats.web import visible_text
from qa.times.intervals import Claimed

_SUBJECT, _BODY, _HTML = "0037", "1000", "1013"
_FROM, _FROM_ADDRESS, _TO, _CC = "0C1A", "0C1F", "0E04", "0E03"
_LONG_NAME, _SHORT_NAME, _DATA = "3707", "3704", "3701"
_SENT, _DELIVERED = 0x0039, 0x0E06
_EPOCH = date(1601, 1, 1)
_HEAD = 32  # bytes before a message's properties of fixed size, each of 16


def message(raw: Raw) -> Draft:
    """A message: its main headers as lines, then its text; attachments are parts.

    Raises DocumentError where it is no Outlook message.
    """
    import olefile  # type: ignore[import-untyped] # has no types

    try:
        with olefile.OleFileIO(io.BytesIO(raw.data)) as file:
            return _draft(_Properties(file))
    except OSError as error:
        raise DocumentError("is not a .msg file, or is damaged") from error


def _draft(found: "_Properties") -> Draft:
    if not found.names:
        raise DocumentError("is not a .msg file, or is damaged")
    day = found.day(_SENT) or found.day(_DELIVERED)
    sender, address = found.text(_FROM), found.text(_FROM_ADDRESS)
    if "@" in address and address not in sender:
        sender = f"{sender} <{address}>" if sender else address
    subject = found.text(_SUBJECT)
    parts = tuple(found.parts(Claimed(day, "e-mail header") if day else None))
    headers = {
        "From": sender,
        "To": found.text(_TO),
        "Cc": found.text(_CC),
        "Date": day.isoformat() if day else "",
        "Subject": subject,
        "Attachments": ", ".join(part.name for part in parts),
    }
    lines = [f"{name}: {' '.join(value.split())}" for name, value in headers.items() if value]
    body = found.text(_BODY)
    if not body.strip() and (page := found.bytes(_HTML)):
        body = visible_text(decode(page))
    return Draft(
        text="\n".join(lines) + "\n\n" + body,
        title=subject or None,
        author=sender or None,
        published=Claimed(day, "e-mail header") if day else None,
        parts=parts,
    )


class _Properties:
    """The properties of a message, or of one of its attachments (``way``)."""

    def __init__(self, file: Any, way: str = "") -> None:
        self._file = file
        self._way = way
        self.names = [one for one in file.listdir() if one[-1].startswith("__substg1.0_")]

    def bytes(self, number: str, kind: str = "0102") -> bytes:
        """A property's bytes; none where it is not there."""
        name = f"{self._way}__substg1.0_{number}{kind}"
        if not self._file.exists(name):
            return b""
        return bytes(self._file.openstream(name).read())

    def text(self, number: str) -> str:
        """A property as text, in either of the two forms that there are."""
        if wide := self.bytes(number, "001F"):
            return wide.decode("utf-16-le", "replace").rstrip("\x00")
        narrow = self.bytes(number, "001E").rstrip(b"\x00")
        return decode(narrow, "cp1252") if narrow else ""

    def day(self, number: int) -> date | None:
        """A property of time, which counts 100 ns from 1601."""
        name = f"{self._way}__properties_version1.0"
        data = bytes(self._file.openstream(name).read()) if self._file.exists(name) else b""
        for at in range(_HEAD, len(data) - 15, 16):
            kind, which = (int.from_bytes(data[i : i + 2], "little") for i in (at, at + 2))
            if (kind, which) == (0x0040, number):
                ticks = int.from_bytes(data[at + 8 : at + 16], "little")
                days = ticks // (86_400 * 10_000_000)
                return _EPOCH + timedelta(days=days) if days < 300_000 else None
        return None

    def parts(self, sent: Claimed | None) -> "list[Part]":
        """The attachments."""
        ways = sorted({one[0] for one in self._file.listdir() if one[0].startswith("__attach")})
        parts = []
        for way in ways:
            inner = _Properties(self._file, f"{way}/")
            name = inner.text(_LONG_NAME) or inner.text(_SHORT_NAME) or "unnamed"
            reason = ""
            if self._file.exists(f"{way}/__substg1.0_{_DATA}000D"):
                reason = "is a message inside of a message; save it as a file of its own"
            parts.append(Part(name, inner.bytes(_DATA), reason, sent))
        return parts
