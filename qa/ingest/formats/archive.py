"""Archives: what is in a zip file is read as if it lay in a folder of that name."""

import io
import re
import zipfile
from collections.abc import Iterator

from qa.errors import DocumentError
from qa.ingest.formats.draft import Draft, Part, Raw

_NEVER = re.compile(r"(?:^|/)(?:\.(?!\.?/)|__MACOSX/)")  # hidden files, as in a folder
_MOST = 10_000
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def files(raw: Raw) -> Draft:
    """The names of the files in an archive, and those files as parts.

    Raises DocumentError where it is no archive, a bomb, or holds no files.
    """
    with opened(raw) as archive:
        members = [one for one in archive.infolist() if not one.is_dir()]
        members = [one for one in members if not _NEVER.search(one.filename)]
        if not members:
            raise DocumentError("is empty: it holds no files")
        if len(members) > _MOST:
            raise DocumentError(f"holds {len(members):,} files, more than {_MOST:,}; unpack it")
        parts = tuple(_parts(archive, members, raw.limit))
    return Draft(text="".join(f"- {part.name}\n" for part in parts), parts=parts, is_rows=True)


def opened(raw: Raw) -> zipfile.ZipFile:
    """The archive that a file is, once it is sure that it unpacks to little enough.

    Raises DocumentError where it is no archive or a bomb.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw.data))
    except _BROKEN as error:
        raise DocumentError(f"is not a {raw.suffix} file, or is damaged") from error
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > raw.limit:
        raise DocumentError(
            f"unpacks to {unpacked:,} bytes, more than the {raw.limit:,} allowed "
            "(ten times the setting max_file_mb)"
        )
    return archive


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """One file of an archive, never more of it than the archive says that there is.

    Raises DocumentError where it is damaged or not there.
    """
    try:
        with archive.open(name) as file:
            return file.read(archive.getinfo(name).file_size)
    except (KeyError, *_BROKEN) as error:
        raise DocumentError(f"is damaged: {name!r} in it cannot be read") from error


def _parts(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limit: int) -> Iterator[Part]:
    for one in members:
        name = one.filename.replace("\\", "/")
        if one.flag_bits & 1:
            yield Part(name, b"", "is encrypted; remove the password and ingest again")
            continue
        try:
            with archive.open(one) as file:
                yield Part(name, file.read(min(one.file_size, limit)))
        except _BROKEN as error:
            detail = " ".join(str(error).split())[:100]
            yield Part(name, b"", f"is damaged inside of the archive ({detail})")
