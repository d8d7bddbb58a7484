"""Every error that `qa` raises on purpose, under one root.

    QAError                     exit status 3 unless said otherwise
    ├── UsageError              the caller asked for something that cannot be meant (2)
    │   └── ConfigError         a setting is unknown, malformed or out of range (2)
    ├── DocumentError           one file cannot be read; the others go on
    ├── PromptError             a prompt file lacks a variable, or names one nobody gives
    ├── ProofError              a proof file is broken, or is none
    ├── GoldError               a gold file is malformed or does not fit its documents
    ├── LibraryError            the library cannot be opened, read or written
    │   ├── LibraryBusy         another process holds the writer lock
    │   ├── LibraryMismatch     made by another embedding model, format or folder
    │   └── LibraryDamaged      its stores disagree, or a file of it is broken
    └── ModelError              an embedding model or an LLM failed
        ├── ModelUnreachable    no connection, a reset, a time-out, a server that is down
        ├── ModelDenied         the key or the permission was refused
        ├── ModelUnknown        the endpoint has no such model
        ├── ModelLimited        rate or quota; retries are used up
        ├── ModelRejected       the request itself was refused (too long, filtered, unsupported)
        └── ModelGarbled        the answer is not what the protocol promises

A message names the thing with ``!r``, says what was expected, and gives the command that
mends it where there is one.  Exceptions of other libraries are mapped onto this tree where
they enter (``raise ... from error``), so that callers need to know this module alone.
"""

from typing import ClassVar


class QAError(Exception):
    """Root of everything `qa` raises on purpose; ``str(error)`` is one line for a reader."""

    exit_status: ClassVar[int] = 3


class UsageError(QAError):
    """The caller asked for something that cannot be meant."""

    exit_status: ClassVar[int] = 2


class ConfigError(UsageError):
    """A setting is unknown, malformed or out of range."""


class DocumentError(QAError):
    """One file cannot be read; ``str(error)`` is the reason, without the file's name."""


class PromptError(QAError):
    """A prompt file lacks a variable that is given, or names one that nobody gives."""


class ProofError(QAError):
    """A proof file is broken or changed, its signature does not fit, or it is no proof at all."""


class GoldError(QAError):
    """A gold file is malformed or does not fit the documents it speaks of."""


class LibraryError(QAError):
    """The library cannot be opened, read or written."""


class LibraryBusy(LibraryError):
    """Another process holds the writer lock."""


class LibraryMismatch(LibraryError):
    """The library was made by another embedding model, format version or documents folder."""


class LibraryDamaged(LibraryError):
    """The library's stores disagree, or a file of it is broken."""


class ModelError(QAError):
    """An embedding model or an LLM failed."""


class ModelUnreachable(ModelError):
    """No connection, a reset, a time-out, or a server that is down."""


class ModelDenied(ModelError):
    """The key or the permission was refused."""


class ModelUnknown(ModelError):
    """The endpoint has no model of that name."""


class ModelLimited(ModelError):
    """A rate or quota limit holds, and the retries are used up."""


class ModelRejected(ModelError):
    """The endpoint refused the request itself: too long, filtered, or unsupported."""


class ModelGarbled(ModelError):
    """The endpoint answered with something the protocol does not allow."""
