"""The process in which files are read: what a hostile or broken one does, it does here.

``qa.ingest.reader`` starts it and asks it; see there.  It has no network, none of the
user's environment, no file but those below the documents folder, and no more memory and time
than it is given.
"""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qa.errors import DocumentError
from qa.ingest import frames
from qa.ingest.frames import SplitDocument, SplitPart
from qa.settings import offline, sandbox

if TYPE_CHECKING:
    from qa.ingest.read import Content

OUT_OF_MEMORY = 77
"""The exit status of a worker that needed more memory than it is given."""

READY = b"ready\n"
"""What it writes first."""

_PDEATHSIG = 1  # from Linux's <sys/prctl.h>
_WRITTEN = 1 << 20  # bytes of any file written here


class Limits(NamedTuple):
    """What one file may take: bytes on disk, memory and seconds (of the processor, too).

    Seconds grow with the file: so many, and so many more for each megabyte.
    """

    max_bytes: int
    memory_mb: int
    seconds: float
    seconds_per_mb: float

    def allowed(self, size: int) -> float:
        """Seconds for a file of so many bytes."""
        return self.seconds + self.seconds_per_mb * size / 1e6


def main() -> None:
    """Answer requests until there are no more."""
    from qa.models.embed.minilm import MiniLM

    serve(MiniLM().count)


def serve(count: Callable[[Sequence[str]], list[int]]) -> None:
    """Answer requests from standard input; ``count`` measures passages, as ``split`` says."""
    from qa.ingest import read, split  # noqa: F401 - before the first file's time counts

    listen(lambda path, most, sha256: reading(path, most, count, sha256=sha256))


def listen(read_one: Callable[[Path, int, str], SplitDocument]) -> None:
    """Answer requests from standard input with what ``read_one`` makes of a file.

    It is given the path, the most bytes, and the hash of the bytes that are meant.
    """
    parent, folder = int(sys.argv[-3]), Path(sys.argv[-2])
    limits = Limits(*json.loads(sys.argv[-1]))
    _confine(limits, folder, parent)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not come between the answers
    out.write(READY)
    out.flush()
    for line in sys.stdin.buffer:
        path, sha256 = frames.asked(line)
        _limit_time(limits.allowed(path.stat().st_size if path.exists() else 0))
        out.writelines(_answered(read_one, path, sha256, limits))
        out.flush()


def _answered(
    read_one: Callable[[Path, int, str], SplitDocument], path: Path, sha256: str, limits: Limits
) -> Iterator[bytes]:
    try:
        yield from frames.answer(read_one(path, limits.max_bytes, sha256))
    except DocumentError as error:
        if isinstance(error.__cause__, MemoryError):
            os._exit(OUT_OF_MEMORY)
        yield frames.refusal(str(error))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # what a file can do here costs that file alone
        said = " ".join(str(error).split())[:200]
        yield frames.refusal(f"cannot be split ({type(error).__name__}: {said})")


def reading(
    path: Path,
    max_bytes: int,
    count: Callable[[Sequence[str]], list[int]],
    *,
    sha256: str | None = None,
) -> SplitDocument:
    """The document of a file with its passages, and those of the files inside of it.

    Raises what ``read`` raises, and DocumentError where there is not a word to quote.
    """
    from qa.ingest.read import contents

    found = contents(path, max_bytes=max_bytes, sha256=sha256)
    whole = _split(next(found), count)
    parts = []
    for one in found:
        part = SplitPart(one.name, one.sha256, None, one.reason)
        if one.document is not None:
            try:
                part = part._replace(reading=_split(one, count), reason="")
            except DocumentError as error:
                part = part._replace(reason=str(error))
        parts.append(part)
    return whole._replace(parts=tuple(parts))


def _split(content: "Content", count: Callable[[Sequence[str]], list[int]]) -> SplitDocument:
    from qa.ingest.split import embedded_text, split
    from qa.library.interface import NewPassage
    from qa.library.local.vectors import vector_id
    from qa.text.words import terms

    document = content.document
    assert document is not None
    texts, passages = {}, []
    for passage in split(document, count):
        text = embedded_text(document, passage)
        name = vector_id(text)
        texts[name] = text
        # The words above a passage count for it as its own do.
        passages.append(NewPassage(passage, terms(text), name))
    if not passages:
        raise DocumentError("is empty: it holds marks, but not a word")
    return SplitDocument(document, tuple(passages), texts, content.reason)


def _confine(limits: Limits, folder: Path, parent: int) -> None:
    """Give up what reading does not need; what the platform lacks is left out."""
    offline.enforce()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before that
            sys.exit(1)
    _limit(limits.memory_mb)
    sandbox.confine(folder)


def _limit(memory_mb: int) -> None:
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, _mapped() + memory_mb * 1_000_000),
        (resource.RLIMIT_FSIZE, _WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _mapped() -> int:
    """Bytes of address space that are in use by now."""
    with suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGESIZE")
    return 500_000_000


def _limit_time(seconds: float) -> None:
    """Let the kernel end this process after so much more of the processor's time."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 1, hard))
