"""The library of a place: files of this machine, or what an engine keeps."""

from pathlib import Path

from qa.library.interface import Library


def open_library(place: Path | str, documents: Path, embedding: str, token: str | None) -> Library:
    """The library, opened by nothing yet.

    ``place`` is a folder, or the address of an engine, which may ask for ``token``;
    ``embedding`` is the name of its vectors' model.
    """
    if isinstance(place, str):
        from qa.library.shared.library import SharedLibrary

        return SharedLibrary(place, documents, embedding, token)
    from qa.library.local.library import LocalLibrary

    return LocalLibrary(place, documents, embedding)
