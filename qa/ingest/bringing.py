"""Documents of any LlamaHub reader, brought into the documents folder.

A reader's Documents become files of one folder inside it, ``NAME/*.qadoc``, a file each.  From
there on they are documents like all others: split with the same offsets, dated by their
metadata, embedded only where they changed, and forgotten where the reader no longer gives them.
What was brought can be looked at, and asked of where the reader cannot run.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from qa.errors import UsageError
from qa.models import llama
from qa.settings.config import ReaderSource

_MARK = ".qa-source.json"
SUFFIX = ".qadoc"


class Brought(NamedTuple):
    """What a reader gave: its name, how many documents, and how many files that changed."""

    name: str
    documents: int
    written: int
    deleted: int


def bring(source: ReaderSource, documents: Path) -> Brought:
    """Run a reader, and make its folder hold what it gives.

    Raises ConfigError where there is no such reader, UsageError where it fails or gives nothing
    in place of what there is, or its folder holds other files; then nothing is changed.
    """
    kind = llama.find(source.reader, "llama_index.core.readers.base:BaseReader", option="--reader")
    folder = documents / source.name
    before = _ours(folder, source)
    taken = llama.fields(kind)
    made = {name: value for name, value in source.arguments.items() if name in taken}
    asked = {name: value for name, value in source.arguments.items() if name not in taken}
    reader = llama.make(kind, source.reader, made)
    try:
        given = list(reader.load_data(**asked))
    except Exception as error:  # each reader has exceptions of its own
        said = " ".join(str(error).split())[:300]
        raise UsageError(
            f"reader {source.reader!r} failed ({type(error).__name__}: {said}); nothing was"
            " changed, see what it takes: --with KEY=VALUE"
        ) from error
    if not given and before:
        raise UsageError(
            f"reader {source.reader!r} gave no documents in place of {len(before)}; nothing was"
            f" changed, delete {str(folder)!r} if they are gone"
        )
    return _laid_out(folder, source, _files(given), before)


def _ours(folder: Path, source: ReaderSource) -> set[str]:
    """The names of the files that this source brought before."""
    if not folder.exists():
        return set()
    if not (folder / _MARK).is_file() and any(folder.iterdir()):
        raise UsageError(
            f"{str(folder)!r} holds files that no reader brought; name the source otherwise:"
            " --name NAME"
        )
    found = {path.name for path in folder.glob(f"*{SUFFIX}")}
    if found:
        said = json.loads((folder / _MARK).read_text(encoding="utf-8")).get("reader")
        if said != source.reader:
            raise UsageError(
                f"{str(folder)!r} holds what reader {said!r} brought; name the source otherwise:"
                " --name NAME"
            )
    return found


def _files(given: Iterable[Any]) -> dict[str, bytes]:
    """File name to contents, of every Document."""
    found = {}
    for one in given:
        metadata = json.loads(json.dumps(dict(one.metadata), default=str))
        said = {"id": str(one.id_), "text": str(one.text), "metadata": metadata}
        name = said["id"]
        if _is_random(name):  # another one each time it runs: the contents are who it is
            del said["id"]
            name = ""
        data = json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1).encode()
        key = hashlib.sha256(name.encode() or data).hexdigest()[:12]
        shown = re.sub(r"[^\w.-]+", "-", name or str(metadata.get("title") or "document"))[-60:]
        found[f"{shown.strip('-.') or 'document'}-{key}{SUFFIX}"] = data
    return found


def _is_random(name: str) -> bool:
    try:
        return uuid.UUID(name).version == 4
    except ValueError:
        return False


def _laid_out(
    folder: Path, source: ReaderSource, files: dict[str, bytes], before: set[str]
) -> Brought:
    written = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark = json.dumps({"reader": source.reader, "with": dict(source.arguments)}, default=str)
        (folder / _MARK).write_text(mark + "\n", encoding="utf-8")
        for name, data in files.items():
            path = folder / name
            if name in before and path.read_bytes() == data:
                continue  # as it was: its time of change is too, so nobody reads it again
            fresh = folder / f".{name}.new"
            fresh.write_bytes(data)
            fresh.replace(path)
            written += 1
        gone = before - files.keys()
        for name in gone:
            (folder / name).unlink()
    except OSError as error:
        raise UsageError(
            f"{str(folder)!r} cannot be written: {error.strerror}; what a reader brings lies in"
            " the documents folder"
        ) from error
    return Brought(source.name, len(files), written, len(gone))
