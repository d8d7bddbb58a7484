"""The bytes of one file, and why they cannot be had."""

import hashlib
import io
import os
import stat
from pathlib import Path

from qa.errors import DocumentError

_CHANGED = "changed while it was being read; ingest again"


def digest(path: Path) -> str:
    """The SHA-256 of the file's bytes, in hexadecimal.

    Raises DocumentError where the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise DocumentError(_unreadable(error)) from error


def taken(path: Path, max_bytes: int, sha256: str | None = None) -> bytes:
    """The file's bytes, taken once; a file that changes meanwhile is refused.

    ``sha256`` is that of the bytes that are meant, where others are to be refused.  Raises
    DocumentError where the file is empty, too large, or cannot be read.
    """
    try:
        with io.BufferedReader(io.FileIO(path, opener=_without_waiting)) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise DocumentError("is not a regular file")
            if before.st_size > max_bytes:
                raise DocumentError(_too_large(before.st_size, max_bytes))
            data = file.read(max_bytes + 1)
            after = os.fstat(file.fileno())
    except (OSError, ValueError) as error:
        raise DocumentError(_unreadable(error)) from error
    if len(data) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise DocumentError(_CHANGED)
    if not data.strip():
        raise DocumentError("is empty")
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise DocumentError(_CHANGED)
    return data


def _without_waiting(path: str, flags: int) -> int:
    """Opens a file; a pipe of that name would otherwise wait for a writer for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _too_large(size: int, limit: int) -> str:
    return (
        f"has {size / 1e6:.3g} MB, more than the limit of {limit / 1e6:.3g} MB "
        "(setting max_file_mb)"
    )


def _unreadable(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is not there (deleted or moved meanwhile?)"
    if isinstance(error, PermissionError):
        return "cannot be read: permission denied"
    if isinstance(error, IsADirectoryError):
        return "is a folder"
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"
