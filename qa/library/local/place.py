"""Which folder of a library holds its stores, and how a rebuilt one takes its place.

The stores (catalog, Chroma, flat vector file) lie in the library's folder itself until the
first rebuild, and then in ``store-N``, which the one-line file ``current`` names.  A rebuild
fills the next folder while everybody still reads the present one, and replaces ``current``
in one step: a rebuild that is killed leaves the library as it was.  No folder's name is
used twice, because SQLite finds its log by name.
"""

import os
import re
import shutil
from pathlib import Path

from qa.errors import LibraryDamaged
from qa.library.local import vectors

_POINTER = "current"
_STORE = re.compile(r"store-([1-9][0-9]{0,8})")


def current(library: Path) -> Path:
    """The folder of the stores in force.  Raises LibraryDamaged where none can be told."""
    try:
        name = (library / _POINTER).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return library
    except (OSError, UnicodeDecodeError) as error:
        raise _lost(library) from error
    if _STORE.fullmatch(name) is None:
        raise _lost(library)
    return library / name


def _lost(library: Path) -> LibraryDamaged:
    return LibraryDamaged(
        f"library {str(library)!r}: its file {_POINTER!r} does not name a folder of stores;"
        " run: qa ingest --rebuild"
    )


def upcoming(library: Path) -> Path:
    """The folder that a rebuild fills: the one that an interrupted rebuild began, or a new one."""
    try:
        now = _number(current(library).name)
    except LibraryDamaged:
        now = max(_numbers(library), default=0)
    newest = max(_numbers(library), default=0)
    return library / f"store-{newest if newest > now else now + 1}"


def switch(library: Path, store: Path) -> None:
    """Put ``store`` in force, for every reader that begins from now on."""
    fresh = library / f"{_POINTER}.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{store.name}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(library / _POINTER)
    sweep(library)


def sweep(library: Path) -> None:
    """Delete the stores that a newer one has replaced; who still reads them keeps them open."""
    store = current(library)
    if store == library:
        return
    remove(library, whole=False)
    for number in _numbers(library):
        if number < _number(store.name):
            remove(library / f"store-{number}")


def remove(store: Path, *, whole: bool = True) -> None:
    """Delete the stores in a folder, and the folder too if ``whole``."""
    # The catalog goes before its log: a catalog without its log would be an older state.
    for name in ("catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"):
        (store / name).unlink(missing_ok=True)
    if whole:
        shutil.rmtree(store, ignore_errors=True)
        return
    shutil.rmtree(store / "chroma", ignore_errors=True)
    for flat in list(vectors.flat_files(store)):
        flat.unlink(missing_ok=True)


def _numbers(library: Path) -> list[int]:
    return [_number(path.name) for path in library.glob("store-*") if _number(path.name)]


def _number(name: str) -> int:
    found = _STORE.fullmatch(name)
    return int(found[1]) if found else 0
