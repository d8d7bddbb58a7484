"""A process that reads files, with a reader that some files break as no sound one does.

A text file's first word says what becomes of the process: stands in for the bugs of native
libraries, which nobody can keep a file for.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

from qa.ingest.formats import plain
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.worker import serve
from tests.faults import native
from tests.faults.reader import count

_txt = plain.txt
_read: list[str] = []


def main() -> None:
    """Read, and break where a file says so."""
    plain.txt = _broken
    serve(count)


def _broken(raw: Raw) -> Draft:
    order = raw.data.split()[0].decode()
    if order == "CRASH":
        ctypes.string_at(0)
    if order == "HANG":
        while True:
            signal.pause()
    if order == "SPIN":
        while True:
            pass
    if order == "EAT":
        hoard = []
        while True:
            hoard.append(bytearray(50_000_000))
    if order == "LEAVE":
        os._exit(3)
    if order == "PRINT":
        print('{"reason": "no answer of mine"}')
        os.write(1, b"rubbish\n")
        os.write(2, b"more rubbish\n")
    if order == "SECOND" and _read:  # breaks in a process that has read before, alone not
        ctypes.string_at(0)
    if order == "CONNECT":
        import socket

        socket.create_connection(("127.0.0.1", 9))
    if order == "NATIVE":
        return Draft(text=f"ways out: {native.ways(Path(raw.data.split()[1].decode()))}")
    if order == "SHOW":
        return Draft(text=f"{sorted(os.environ)} {sys.path}")
    _read.append(order)
    return _txt(raw)
