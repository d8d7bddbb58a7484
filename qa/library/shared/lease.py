"""The right to write, for one process among many machines, with no lock in the engine.

Engines have neither locks nor compare-and-set, but a read of strong consistency sees every
write that was acknowledged before it.  So who wants to write leaves a ticket, then looks: of
two, the one who looked last has seen the other's and steps back; it may be that both do, never
that both go on.  A ticket counts for a while and is renewed in the background; that of a dead
process of this machine counts no more.
"""

import json
import os
import socket
import threading
import time
import uuid
from typing import Any

from qa.errors import LibraryBusy, LibraryError
from qa.library.shared.engine import Engine, Is
from qa.library.shared.rows import catalog_row

SECONDS = 90.0
"""How long a ticket counts after it was last renewed; clocks may differ by a third of it."""


class Lease:
    """A ticket of this process; ``purpose`` is what others are told."""

    def __init__(self, engine: Engine, purpose: str) -> None:
        self._engine = engine
        self._catalog = engine.address.name
        self._name = uuid.uuid4().hex
        self._note = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "purpose": purpose,
            "since": time.strftime("%H:%M:%S"),
        }
        self._until = 0.0
        self._over = threading.Event()
        self._renewer = threading.Thread(target=self._renew, daemon=True)

    def take(self) -> None:
        """Be the one writer.  Raises LibraryBusy where another is."""
        self._put()
        others = []
        tickets = (Is("kind", "==", "ticket"),)
        for row in self._engine.rows(self._catalog, tickets, ["key", "name", "body"]):
            note = json.loads(row["body"])
            if row["name"] == self._name:
                continue
            if _is_dead(note):
                self._engine.delete(self._catalog, (Is("key", "==", row["key"]),))
            else:
                others.append(note)
        if others:
            self._drop()
            raise LibraryBusy(self._said(others[0]))
        self._renewer.start()

    def check(self) -> None:
        """Raise LibraryError where the ticket may count no more: another may be writing."""
        if time.time() > self._until - SECONDS / 3:
            raise LibraryError(
                f"library {self._engine.address.shown!r}: its engine did not answer for so long"
                " that another may be writing; what was stored is kept; run: qa ingest"
            )

    def give_back(self) -> None:
        """Let others write."""
        self._over.set()
        if self._renewer.is_alive():
            self._renewer.join()
        self._drop()

    def _put(self) -> None:
        until = time.time() + SECONDS
        body = json.dumps({**self._note, "until": until})
        self._engine.put(self._catalog, [catalog_row(0, "ticket", self._name, body)])
        self._until = until

    def _drop(self) -> None:
        row = catalog_row(0, "ticket", self._name, "")
        self._engine.delete(self._catalog, (Is("key", "==", row["key"]),))

    def _renew(self) -> None:
        while not self._over.wait(SECONDS / 5):
            try:
                self._put()
            except LibraryError:
                continue  # the next write says so, or the next try succeeds

    def _said(self, note: dict[str, Any]) -> str:
        return (
            f"library {self._engine.address.shown!r} is being written by process {note['pid']} of"
            f" {note['host']!r} ({note['purpose']}, since {note['since']}); wait for it to end"
        )


def _is_dead(note: dict[str, Any]) -> bool:
    if time.time() > note["until"]:
        return True
    if note["host"] != socket.gethostname():
        return False
    try:
        os.kill(note["pid"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
