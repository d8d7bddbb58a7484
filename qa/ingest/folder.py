"""What lies in the documents folder: every file that may be read, and what may not."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qa.errors import UsageError

IGNORE_FILES = (".gitignore", ".qaignore")
"""Files of exclusion patterns, the later one having the last word; in any folder."""


class Found(NamedTuple):
    """A file: ``path`` relative to the folder with forward slashes, ``size`` in bytes."""

    path: str
    size: int
    mtime_ns: int


class Unreadable(NamedTuple):
    r"""A file or folder that is there but is not read, and the reason for a reader.

    A ``path`` that is not valid UTF-8 shows its odd bytes as ``\xff``.
    """

    path: str
    reason: str


def scan(root: Path, *, exclude: Sequence[str] = ()) -> Iterator[Found | Unreadable]:
    """Every file below ``root``, sorted by path.

    Never looked at: names that begin with a dot, and what the patterns of ``exclude``, of a
    ``.gitignore`` or of a ``.qaignore`` exclude (as git reads them; ``exclude`` outranks
    files, a deeper file outranks a higher one).  A symbolic link is followed only to what
    would itself be read, and a linked folder not through a second link, so loops end.
    Links that lead out of the folder, folders that cannot be opened, and names that are not
    valid UTF-8 come as ``Unreadable``.

    Raises UsageError where ``root`` is no folder that can be read, or a pattern is malformed.
    """
    walk = _Walk(root, exclude)
    try:
        if not root.is_dir():
            what = "is not a folder" if root.exists() else "does not exist"
            raise UsageError(
                f"the documents folder {str(root)!r} {what};"
                " name the right one with --documents DIR"
            )
        top = walk.entries("")
    except OSError as error:
        raise UsageError(
            f"the documents folder {str(root)!r} cannot be read: {error.strerror}; "
            "name another one with --documents DIR"
        ) from error
    walk.below(_Folder("", ""), top)
    yield from sorted(walk.found, key=lambda one: one.path)


def inside(path: Path, documents: Path) -> str:
    """``path`` relative to the documents folder, in the library's own spelling.

    Raises UsageError for a path that is not there, or not in the folder.
    """
    relative = os.path.relpath(path.absolute(), documents.absolute())
    if relative == ".." or relative.startswith(f"..{os.sep}"):
        raise UsageError(
            f"{str(path)!r} is not inside the documents folder {str(documents)!r};"
            " copy it there, or name its folder with --documents DIR"
        )
    if not path.exists():
        raise UsageError(f"there is no file or folder {str(path)!r}")
    return "" if relative == "." else relative.replace(os.sep, "/")


def is_in(path: str, within: tuple[str, ...]) -> bool:
    """Whether ``path`` is one of ``within``, or in a folder of them; they are all where empty."""
    return not within or any(top in ("", path) or path.startswith(f"{top}/") for top in within)


class _Folder(NamedTuple):
    """A folder being walked: its path ("" or "a/b/") and, behind a link, its real one."""

    path: str
    real: str


class _Walk:
    """One walk over a folder: the patterns met so far and what was found."""

    def __init__(self, root: Path, exclude: Sequence[str]) -> None:
        self.root = Path(os.path.realpath(root))
        self.exclude = _patterns(exclude, "the setting 'exclude'")
        self.rules: dict[str, Any] = {}  # folder (relative, "" or "a/b/") -> patterns or None
        self.found: list[Found | Unreadable] = []

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        with os.scandir(self.root / folder) as listing:
            return list(listing)

    def below(self, top: "_Folder", entries: list[os.DirEntry[str]]) -> None:
        """Take in the ``entries`` of ``top`` and everything below them."""
        waiting = [(top, entries)]
        while waiting:
            folder, entries = waiting.pop()
            try:
                self.load(folder.path, {entry.name for entry in entries})
            except OSError as error:
                reason = f"its ignore file cannot be read: {error.strerror}"
                self.found.append(Unreadable(folder.path.rstrip("/") or ".", reason))
                continue
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                path = folder.path + entry.name
                try:
                    if (inner := self.take(entry, path, folder)) is not None:
                        waiting.append((inner, self.entries(inner.path)))
                except FileNotFoundError:
                    continue  # deleted since the folder was listed
                except OSError as error:
                    reason = f"cannot be read: {error.strerror}"
                    self.found.append(Unreadable(_printable(path), reason))

    def take(self, entry: os.DirEntry[str], path: str, folder: "_Folder") -> "_Folder | None":
        """Take a file in, or give the folder that is to be entered."""
        is_folder = entry.is_dir()
        real = folder.real + entry.name
        if self.ignored(path, is_folder) or (real != path and self.ignored(real, is_folder)):
            return None
        if (printable := _printable(path)) != path:
            reason = "its name is not valid UTF-8; rename it"
            self.found.append(Unreadable(printable, reason))
            return None
        if entry.is_symlink():
            target = self.target(path)
            if target is None or (is_folder and self.repeats(target, folder)):
                return None
            real = target
        if is_folder:
            return _Folder(path + "/", real + "/")
        status = entry.stat()
        if stat.S_ISREG(status.st_mode):
            self.found.append(Found(path, status.st_size, status.st_mtime_ns))
        else:
            self.found.append(Unreadable(path, "is neither a file nor a folder"))
        return None

    def target(self, path: str) -> str | None:
        """Where in the folder the link at ``path`` leads; None where it is not followed."""
        target = Path(os.path.realpath(self.root / path))
        if not target.exists():
            self.found.append(Unreadable(path, "is a symbolic link to nothing"))
            return None
        if not target.is_relative_to(self.root):
            reason = "is a symbolic link that leads out of the folder; it is not followed"
            self.found.append(Unreadable(path, reason))
            return None
        inside = target.relative_to(self.root)
        way = [inside, *inside.parents][:-1]  # without the folder itself
        if any(part.startswith(".") for part in inside.parts):
            return None
        if any(self.ignored(step.as_posix(), (self.root / step).is_dir()) for step in way):
            return None
        return inside.as_posix()

    def repeats(self, target: str, folder: "_Folder") -> bool:
        """True where entering ``target`` could go round, or is inside another link already."""
        linked = folder.path != folder.real
        return linked or target == "." or folder.real.startswith(target + "/")

    def ignored(self, path: str, is_folder: bool) -> bool:
        """True where the patterns exclude ``path``, the parents of which they do not."""
        tail = "/" if is_folder else ""
        if self.exclude is not None:
            verdict = self.exclude.check_file(path + tail).include
            if verdict is not None:
                return bool(verdict)
        end = len(path)
        while end:
            end = path.rfind("/", 0, end - 1) + 1
            folder = path[:end]
            rules = self.load(folder)
            if rules is not None:
                verdict = rules.check_file(path[end:] + tail).include
                if verdict is not None:
                    return bool(verdict)
        return False

    def load(self, folder: str, names: set[str] | None = None) -> Any:
        """The patterns that the ignore files of ``folder`` hold, read once.

        ``names`` is what the folder holds, where that is known already.
        """
        if folder not in self.rules:
            lines: list[str] = []
            for name in IGNORE_FILES:
                if names is None or name in names:
                    path = self.root / folder / name
                    if not path.is_file():
                        continue
                    text = path.read_text(encoding="utf-8", errors="surrogateescape")
                    lines.extend(text.removeprefix("\ufeff").splitlines())
            shown = f"the ignore files of {folder or 'the documents folder'!r}"
            self.rules[folder] = _patterns(lines, shown)
        return self.rules[folder]


def _patterns(lines: Sequence[str], where: str) -> Any:
    """The compiled patterns, None where there are none."""
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise UsageError(f"{where}: a pattern is malformed: {error}") from error


def _printable(path: str) -> str:
    r"""``path`` itself, or with its undecodable bytes written as ``\xff``."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
