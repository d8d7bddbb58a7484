"""Proofs in files: alone with a signature beside it, or zipped with the documents they cite.

A zip holds ``proof.json``, its signature ``proof.json.sig`` where it is signed, and the cited
documents under ``documents/``.
"""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from qa.data import CitedDocument, Proof
from qa.errors import DocumentError, ProofError, QAError, UsageError
from qa.ingest.files import taken
from qa.proof.file import LARGEST, to_bytes
from qa.proof.signature import SUFFIX, sign

PACKED = ".zip"
ALONE = ".json"
SUFFIXES = (ALONE, PACKED)
"""What a proof's file may end in: alone, or with its documents."""
_PROOF, _DOCUMENTS = "proof.json", "documents/"
_LARGEST_UNPACKED = 2_000_000_000  # bytes
_LARGEST_SIGNATURE = 100_000  # bytes


class Held(NamedTuple):
    """What a file holds: the proof's bytes and their signature, where there is one."""

    data: bytes
    signature: bytes | None


def check_new(path: Path, key: Path | None = None) -> None:
    """Raise UsageError where no proof can be written to ``path``, before there is one."""
    if path.suffix not in SUFFIXES:
        raise UsageError(
            f"{str(path)!r} ends neither in .json nor, for a proof with its documents, in .zip"
        )
    beside = [path.with_name(path.name + SUFFIX)] if key and path.suffix == ALONE else []
    for one in (path, *beside):
        if one.exists():
            raise UsageError(f"{str(one)!r} is there already; choose another name")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {str(path.absolute().parent)!r} to write a proof to")
    if key is not None and not key.is_file():
        raise UsageError(f"there is no key {str(key)!r} to sign with")


def write(proof: Proof, path: Path, folder: Path, key: Path | None = None) -> None:
    """Write ``proof`` to ``path``: as it is (.json), or with its documents of ``folder`` (.zip).

    With ``key``, signed by that SSH key.  Raises UsageError where ``path`` is there already or
    cannot be written, QAError where a document is not what was cited any more.
    """
    check_new(path, key)
    data = to_bytes(proof)
    signature = sign(data, key) if key else None
    try:
        if path.suffix == PACKED:
            _pack(proof, data, signature, folder, path)
        else:
            with path.open("xb") as file:
                file.write(data)
            if signature is not None:
                beside(path).write_bytes(signature)
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be written: {error.strerror}") from error


def add_signature(path: Path, key: Path) -> None:
    """Sign the proof in the file ``path``, which is not signed yet."""
    held = read(path)
    if held.signature is not None:
        raise UsageError(f"{str(path)!r} is signed already")
    signature = sign(held.data, key)
    try:
        if path.suffix == PACKED:
            with zipfile.ZipFile(path, "a") as archive:
                archive.writestr(_PROOF + SUFFIX, signature)
        else:
            beside(path).write_bytes(signature)
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be signed: {error.strerror}") from error


def beside(path: Path) -> Path:
    """Where the signature of a proof lies that is alone in its file."""
    return path.with_name(path.name + SUFFIX)


def read(path: Path) -> Held:
    """What the file at ``path`` holds.

    Raises UsageError where there is none that can be read, ProofError for a broken zip.
    """
    try:
        if path.suffix == PACKED:
            with _archive(path) as archive:
                data = _member(archive, _PROOF, LARGEST)
                if data is None:
                    raise ProofError(f"{str(path)!r} holds no {_PROOF!r}; it is no proof")
                return Held(data, _member(archive, _PROOF + SUFFIX, _LARGEST_SIGNATURE))
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        signature = None
        if beside(path).is_file():
            with beside(path).open("rb") as file:
                signature = file.read(_LARGEST_SIGNATURE)
    except OSError as error:
        raise UsageError(f"proof {str(path)!r} cannot be read: {error.strerror}") from error
    return Held(data, signature)


@contextmanager
def unpacked(path: Path, documents: Sequence[CitedDocument], most: int) -> Iterator[Path]:
    """The documents that a zip holds, of those cited, in a folder for as long as it is needed.

    Of each so many bytes at ``most``: more is not read.  Raises ProofError for a broken zip.
    """
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        with _archive(path) as archive:
            for one in documents:
                # A byte more than was cited is enough to tell that it is another document.
                data = _member(archive, _DOCUMENTS + one.path, min(one.size, most) + 1)
                if data is not None:
                    total += len(data)
                    if total > _LARGEST_UNPACKED:
                        raise ProofError(
                            f"{str(path)!r} unpacks to more than {_LARGEST_UNPACKED / 1e9:.0f} GB"
                        )
                    target = Path(folder) / one.path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(data)
        yield Path(folder)


def _pack(proof: Proof, data: bytes, signature: bytes | None, folder: Path, path: Path) -> None:
    files = {_PROOF: data}
    if signature is not None:
        files[_PROOF + SUFFIX] = signature
    for one in proof.documents:
        try:
            held = taken(folder / one.path, max(one.size, 1), one.sha256)
        except DocumentError as error:
            raise QAError(
                f"{one.path!r} cannot be packed: it is not what was cited any more ({error});"
                " ask again"
            ) from error
        files[_DOCUMENTS + one.path] = held
    with path.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in files.items():
            info = zipfile.ZipInfo(name, proof.made.timetuple()[:6])
            info.external_attr = 0o644 << 16
            archive.writestr(info, held, zipfile.ZIP_DEFLATED)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip, whatever is wrong with it mapped; one name twice would hide one of the two."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(set(names)) < len(names):
                raise ProofError(f"{str(path)!r} holds a file twice under one name")
            yield archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError) as error:
        raise ProofError(f"{str(path)!r} is damaged, or no zip ({error})") from error


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes | None:
    """At most so many bytes of a file of a zip; None where it holds no such file."""
    import zlib

    try:
        with archive.open(name) as file:
            return file.read(most)
    except KeyError:
        return None
    except (zlib.error, EOFError, ValueError, OSError) as error:
        raise ProofError(f"{name!r} in {str(archive.filename)!r} is damaged ({error})") from error
