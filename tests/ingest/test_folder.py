"""Walking the documents folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.errors import UsageError
from qa.ingest.folder import Found, Unreadable, scan

_OUT = "is a symbolic link that leads out of the folder; it is not followed"


def _make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def _paths(root: Path, *exclude: str) -> list[str]:
    """The paths of the files found; nothing may be unreadable."""
    found = list(scan(root, exclude=exclude))
    assert [one for one in found if isinstance(one, Unreadable)] == []
    return [one.path for one in found]


def _unread(root: Path) -> list[tuple[str, str]]:
    return [tuple(one) for one in scan(root) if isinstance(one, Unreadable)]


def test_files_come_sorted_with_size_and_time(tmp_path: Path) -> None:
    """Every file is found, of any format, in the same order on every machine."""
    _make(tmp_path, "b.txt", "a/z.pdf", "a.xyz", "a/b/c.md")
    os.utime(tmp_path / "b.txt", ns=(1, 1234567890123456789))
    found = list(scan(tmp_path))
    assert [one.path for one in found] == ["a.xyz", "a/b/c.md", "a/z.pdf", "b.txt"]
    assert found[-1] == Found("b.txt", size=5, mtime_ns=1234567890123456789)


def test_hidden_files_are_never_read(tmp_path: Path) -> None:
    """A key in .env or anything in .git cannot turn up in an answer."""
    _make(tmp_path, ".env", ".git/config.txt", "a/.secret.md", "a/.b/c.txt", "a/ok.txt")
    (tmp_path / ".qaignore").write_text("!.env\n!.git\n")
    assert _paths(tmp_path, "!.env") == ["a/ok.txt"]


@pytest.mark.parametrize("name", [".gitignore", ".qaignore"])
def test_patterns_exclude_as_git_does(tmp_path: Path, name: str) -> None:
    """What an ignore file excludes is not read, at the root and in folders below."""
    _make(
        tmp_path, "a.log", "keep.log", "build/x.txt", "sub/build/y.txt", "top.txt", "sub/top.txt",
        "sub/private/z.txt", "sub/a.tmp", "other/a.tmp", "docs/a/b/draft.md", "docs/final.md",
        "odd # name.txt", "trailing.md",
    )  # fmt: skip
    (tmp_path / name).write_text(
        "# comment\n*.log\n!keep.log\nbuild/\n/top.txt\ndocs/**/draft.md\n\ntrailing.md  \n"
    )
    (tmp_path / "sub" / name).write_bytes(b"\xef\xbb\xbfprivate\r\n*.tmp\r\n!*.log\r\n")
    _make(tmp_path, "sub/b.log")
    assert _paths(tmp_path) == [
        "docs/final.md",
        "keep.log",
        "odd # name.txt",
        "other/a.tmp",
        "sub/b.log",
        "sub/top.txt",
    ]


def test_the_nearer_pattern_has_the_last_word(tmp_path: Path) -> None:
    """.qaignore outranks .gitignore beside it, and the setting outranks both."""
    _make(tmp_path, "a.txt", "b.txt", "c.txt", "d/e.txt", "d/f.txt")
    (tmp_path / ".gitignore").write_text("*.txt\n")
    (tmp_path / ".qaignore").write_text("!a.txt\n!c.txt\n!d/*.txt\n")
    assert _paths(tmp_path, "c.txt", "/d/e.*") == ["a.txt", "d/f.txt"]


def test_a_malformed_pattern_is_named(tmp_path: Path) -> None:
    """A pattern that cannot be understood stops the walk: what it meant to hide stays hidden."""
    with pytest.raises(UsageError, match="the setting 'exclude': a pattern is malformed"):
        list(scan(tmp_path, exclude=["!"]))


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_a_root_that_is_no_folder_says_what_to_do(tmp_path: Path, kind: str) -> None:
    """A wrong folder is named, with the option that mends it."""
    root = tmp_path / "docs"
    if kind == "file":
        root.write_text("x")
    what = {"missing": "does not exist", "file": "is not a folder"}[kind]
    with pytest.raises(UsageError) as caught:
        list(scan(root))
    assert str(caught.value) == (
        f"the documents folder {str(root)!r} {what}; name the right one with --documents DIR"
    )


def test_a_linked_root_is_fine(tmp_path: Path) -> None:
    """The documents folder itself may be a symbolic link."""
    _make(tmp_path, "real/a.txt")
    (tmp_path / "docs").symlink_to("real")
    assert _paths(tmp_path / "docs") == ["a.txt"]


def test_links_that_lead_out_are_reported_not_followed(tmp_path: Path) -> None:
    """No link can pull a file from outside into the answers, however it is disguised."""
    _make(tmp_path, "secret.txt", "docs2/also.txt", "docs/a.txt", "docs/sub/b.txt")
    docs = tmp_path / "docs"
    (docs / "direct.txt").symlink_to(tmp_path / "secret.txt")
    (docs / "folder").symlink_to(tmp_path)
    (docs / "sub" / "up.txt").symlink_to("../../secret.txt")
    (docs / "similar").symlink_to("../docs2")
    (docs / "chain.txt").symlink_to("direct.txt")
    (docs / "gone.txt").symlink_to("nowhere")
    (docs / "self.txt").symlink_to("self.txt")
    assert [one.path for one in scan(docs) if isinstance(one, Found)] == ["a.txt", "sub/b.txt"]
    assert _unread(docs) == [
        ("chain.txt", _OUT),
        ("direct.txt", _OUT),
        ("folder", _OUT),
        ("gone.txt", "is a symbolic link to nothing"),
        ("self.txt", "cannot be read: Too many levels of symbolic links"),
        ("similar", _OUT),
        ("sub/up.txt", _OUT),
    ]


def test_links_inside_are_followed_once(tmp_path: Path) -> None:
    """A link within the folder is another path to the same text, and loops end."""
    _make(tmp_path, "a/one.txt", "b/two.txt")
    (tmp_path / "a" / "self").symlink_to("../a")
    (tmp_path / "a" / "root").symlink_to("..")
    (tmp_path / "a" / "to_b").symlink_to("../b")
    (tmp_path / "b" / "to_a").symlink_to("../a")
    (tmp_path / "c.txt").symlink_to("a/one.txt")
    assert _paths(tmp_path) == [
        "a/one.txt",
        "a/to_b/two.txt",
        "b/to_a/one.txt",
        "b/two.txt",
        "c.txt",
    ]


def test_a_link_is_no_way_round_an_exclusion(tmp_path: Path) -> None:
    """A hidden or excluded file stays unread though a link inside the folder names it."""
    _make(tmp_path, ".env", "private/a.txt", "open/b.txt", "open/secret.txt", "deep/x/y.txt")
    (tmp_path / ".gitignore").write_text("private/\nopen/secret.txt\n")
    (tmp_path / "env.txt").symlink_to(".env")
    (tmp_path / "file.txt").symlink_to("private/a.txt")
    (tmp_path / "folder").symlink_to("private")
    (tmp_path / "way").symlink_to("open")
    assert _paths(tmp_path) == ["deep/x/y.txt", "open/b.txt", "way/b.txt"]


def test_odd_names_are_kept(tmp_path: Path) -> None:
    """Newlines, emoji, backslashes and Chinese in a name are no trouble."""
    names = ["a\nb.txt", "back\\slash.txt", "ünï 🙂.txt", "文件.txt"]
    _make(tmp_path, *names)
    assert _paths(tmp_path) == sorted(names)


def test_a_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    """A file whose name no text can hold is named in print and reported, never lost."""
    raw = os.fsencode(tmp_path)
    try:
        os.mkdir(raw + b"/dir\xfe")  # noqa: PTH102
        for name in (b"/x\xff.txt", b"/x\xfe.txt"):
            with open(raw + name, "wb"):  # noqa: PTH123
                pass
    except OSError:
        pytest.skip("this file system holds UTF-8 names only")
    reason = "its name is not valid UTF-8; rename it"
    assert _unread(tmp_path) == [
        ("dir\\xfe", reason),
        ("x\\xfe.txt", reason),
        ("x\\xff.txt", reason),
    ]


def test_what_is_neither_file_nor_folder_is_reported(tmp_path: Path) -> None:
    """A pipe among the documents is named, not opened."""
    os.mkfifo(tmp_path / "pipe.txt")
    assert _unread(tmp_path) == [("pipe.txt", "is neither a file nor a folder")]


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that a user without rights may enter, and that user for the test."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    privileged = os.geteuid() == 0
    if privileged:
        os.chown(root, 65534, 65534)
        os.seteuid(65534)
    yield root
    if privileged:
        os.seteuid(0)
    for path in [root, *root.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(root)


def test_a_folder_without_permission_is_reported(reachable: Path) -> None:
    """A folder that may not be opened is named, and the others are read."""
    _make(reachable, "closed/a.txt", "open/b.txt", "half/c.txt", "half/.gitignore")
    (reachable / "closed").chmod(0)
    (reachable / "half/.gitignore").chmod(0)
    assert list(scan(reachable)) == [
        Unreadable("closed", "cannot be read: Permission denied"),
        Unreadable("half", "its ignore file cannot be read: Permission denied"),
        Found("open/b.txt", 10, (reachable / "open/b.txt").stat().st_mtime_ns),
    ]


def test_a_root_without_permission_says_what_to_do(reachable: Path) -> None:
    """A documents folder that may not be opened is an error, not an empty library."""
    closed = reachable / "docs"
    closed.mkdir()
    closed.chmod(0)
    with pytest.raises(UsageError, match="cannot be read: Permission denied; name another one"):
        list(scan(closed))


def test_a_large_folder_is_found_whole(tmp_path: Path) -> None:
    """A large folder loses none of its files."""
    for folder in range(20):
        (tmp_path / f"d{folder}").mkdir()
        for file in range(100):
            (tmp_path / f"d{folder}" / f"{file}.txt").touch()
    assert len(_paths(tmp_path)) == 2000
