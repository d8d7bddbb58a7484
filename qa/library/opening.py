"""The library that the settings name: files of this machine, or what an engine keeps."""

from qa.config import Settings
from qa.library.interface import Library


def open_library(settings: Settings, embedding: str) -> Library:
    """The library, opened by nothing yet; ``embedding`` is the name of its vectors' model."""
    if isinstance(settings.library, str):
        from qa.library.remote.library import RemoteLibrary

        return RemoteLibrary(
            settings.library, settings.documents, embedding, settings.library_token
        )
    from qa.library.library import Library as Embedded

    return Embedded(settings.library_path, settings.documents, embedding)
