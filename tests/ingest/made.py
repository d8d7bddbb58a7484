"""Makers of small real files of the formats of many kinds: each says something of Bonn."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage

import openpyxl

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMES = " ".join(
    f'xmlns:{short}="{_ODF}{long}:1.0"'
    for short, long in (
        *(("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing")),
        *(("presentation", "presentation"), ("meta", "meta")),
    )
)


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], merged: str = "") -> bytes:
    """An Excel file; ``merged`` are ranges of the first sheet."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.removesuffix(" (hidden)"))
        if name.endswith(" (hidden)"):
            sheet.sheet_state = "hidden"
        for row in rows:
            sheet.append(row)
    for one in merged.split():
        book.worksheets[0].merge_cells(one)
    book.save(out)
    return out.getvalue()


def opendocument(body: str, kind: str = "") -> bytes:
    """An OpenDocument file; ``body`` is what stands in the office:body element.

    ``kind`` is its media type, which readers of spreadsheets ask for.
    """
    xml = f"<office:document-content {_NAMES}><office:body>{body}</office:body>"
    names = f'xmlns:manifest="{_ODF}manifest:1.0"'
    manifest = f'<manifest:manifest {names}><manifest:file-entry manifest:full-path="/"/>'
    return zipped(
        {
            "mimetype": kind,
            "content.xml": xml + "</office:document-content>",
            "META-INF/manifest.xml": manifest + "</manifest:manifest>",
        }
    )


def book(chapters: Sequence[str], more: Mapping[str, str] | None = None) -> bytes:
    """An e-book of these chapters (bodies of HTML)."""
    items = "".join(
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Heron</dc:title>'
        "<dc:creator>Ruth Affleck</dc:creator><dc:date>2019-05-01</dc:date></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/c.opf"/></rootfiles></container>'
    )
    pages = {f"OEBPS/c{n}.xhtml": f"<html><body>{one}" for n, one in enumerate(chapters)}
    members = {"META-INF/container.xml": container, "OEBPS/c.opf": package}
    return zipped(members | pages | dict(more or {}))


def notebook(cells: Sequence[tuple[str, str, str]]) -> bytes:
    """A notebook of (kind, source, what it printed) each."""
    return json.dumps(
        {
            "nbformat": 4,
            "cells": [
                {
                    "cell_type": kind,
                    "source": source,
                    "outputs": [{"output_type": "stream", "text": [out]}] if out else [],
                }
                for kind, source, out in cells
            ],
        }
    ).encode()


def mail(subject: str, body: str, attached: Mapping[str, bytes] | None = None) -> bytes:
    """A message of 14 May 2024 with these attachments."""
    made = EmailMessage()
    made["From"], made["Subject"] = "Lotte <l@f.example>", subject
    made["Date"] = "Tue, 14 May 2024 09:12:00 +0200"
    made.set_content(body)
    for name, data in (attached or {}).items():
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def mailbox(messages: Sequence[bytes]) -> bytes:
    """A mailbox of these messages."""
    return b"".join(b"From x@y Mon Jun  3 10:00:00 2024\n" + one + b"\n" for one in messages)


def _storage(entries: Mapping[str, object]) -> bytes:
    """An OLE file of streams (bytes) and storages (mappings).

    Smaller ones than 4,096 bytes are filled up, for those would stand elsewhere.
    """
    import struct

    sector, free, end, fat = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    names: list[tuple[str, int, int, int, bytes]] = []  # name, kind, child, next, data

    def add(inner: Mapping[str, object]) -> int:
        before = free
        for name, value in sorted(inner.items()):
            if isinstance(value, bytes):
                names.append((name, 2, free, before, value))
            else:
                assert isinstance(value, Mapping)
                child = add(value)
                names.append((name, 1, child, before, b""))
            before = len(names)  # the root goes first: one more
        return before

    top = add(entries)
    names.insert(0, ("Root Entry", 5, top, free, b""))
    data, chain, rows = b"", [], []
    for name, kind, child, left, content in names:
        padded = content.ljust(max(4096, -(-len(content) // sector) * sector), b"\0")
        start = len(chain) if kind == 2 else (end if kind == 5 else 0)
        if kind == 2:
            count = len(padded) // sector
            chain += [*range(start + 1, start + count), end]
            data += padded
        coded = (name + "\0").encode("utf-16-le")
        rows.append(
            coded.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(coded), kind, 1, left, free, child)
            + bytes(36)
            + struct.pack("<IQ", start, max(4096, len(content)) if kind == 2 else 0)
        )
    while len(rows) % 4:
        rows.append(bytes(64) + struct.pack("<HBBIII", 0, 0, 0, free, free, free) + bytes(48))
    folder = len(chain)
    count = len(rows) // 4
    chain += [*range(folder + 1, folder + count), end]
    tables = 1
    while tables * 128 < len(chain) + tables:
        tables += 1
    first = len(chain)
    chain += [fat] * tables
    chain += [free] * (tables * 128 - len(chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, folder, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", *range(first, first + tables), *[free] * (109 - tables))
    return head + data + b"".join(rows) + struct.pack(f"<{len(chain)}I", *chain)


def outlook(subject: str, body: str, attached: Mapping[str, bytes] | None = None) -> bytes:
    """An Outlook message of 14 May 2024 with these attachments."""
    wide = "utf-16-le"
    ticks = (154_631 * 86_400) * 10_000_000  # days from 1601 to 14 May 2024
    sent = b"\x40\0\x39\0\6\0\0\0" + ticks.to_bytes(8, "little")
    entries: dict[str, object] = {
        "__properties_version1.0": bytes(32) + sent,
        "__substg1.0_0037001F": subject.encode(wide),
        "__substg1.0_0C1A001F": "Lotte".encode(wide),
        "__substg1.0_0C1F001F": "l@f.example".encode(wide),
        "__substg1.0_1000001F": body.encode(wide),
    }
    for at, (name, data) in enumerate((attached or {}).items()):
        entries[f"__attach_version1.0_#{at:08X}"] = {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3707001F": name.encode(wide),
            "__substg1.0_37010102": data,
        }
    return _storage(entries)


EACH: Mapping[str, Callable[[], bytes]] = {
    ".py": lambda: b"# the mill of Bonn\nMILL = 'Bonn'\n",
    ".toml": lambda: b"# the mill of Bonn\nmill = 'Bonn'\n",
    ".adoc": lambda: b"= The mill\n\nThe mill of Bonn opened.\n",
    ".org": lambda: b"* The mill\nThe mill of Bonn opened.\n",
    ".tex": lambda: b"\\section{The mill}\nThe mill of \\emph{Bonn} opened.\n",
    ".epub": lambda: book(["<h1>One</h1><p>The mill of Bonn opened."]),
    ".rtf": lambda: rb"{\rtf1\ansi The mill of Bonn opened.\par}",
    ".odt": lambda: opendocument("<office:text><text:p>The mill of Bonn.</text:p></office:text>"),
    ".odp": lambda: opendocument(
        "<office:presentation><draw:page><draw:frame><draw:text-box>"
        "<text:p>The mill of Bonn.</text:p></draw:text-box></draw:frame></draw:page>"
        "</office:presentation>"
    ),
    ".xlsx": lambda: workbook({"Mills": [["City", "Opened"], ["Bonn", 1989]]}),
    ".ipynb": lambda: notebook([("markdown", "# Mills", ""), ("code", "x", "The mill of Bonn")]),
    ".mbox": lambda: mailbox([mail("The mill of Bonn", "It opened.")]),
    ".msg": lambda: outlook("Mill", "The mill of Bonn opened."),
    ".qadoc": lambda: b'{"text": "The mill of Bonn opened.", "metadata": {}}',
    ".zip": lambda: zipped({"Bonn.txt": "The mill of Bonn opened."}),
}
"""A file of each format that no other test makes."""
