"""Ways out of a process that go past the interpreter: what a library taken over might try."""

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

from qa.settings import sandbox

_LIBC = ctypes.CDLL(None)
_IO_URING_SETUP = 425


def supported() -> bool:
    """Tell whether a child of this process can be confined, by trying it."""
    if sys.platform != "linux":
        return False
    child = os.fork()
    if not child:
        os._exit(not sandbox.confine(Path("/")))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _fork() -> int:
    child = _LIBC.fork()
    if child == 0:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
    return int(child)


def _run() -> int:
    """Start a program, in a process of its own where that can be had."""
    spawned = ctypes.c_int()
    program = (ctypes.c_char_p * 2)(b"/bin/true", None)
    failed = _LIBC.posix_spawn(ctypes.byref(spawned), b"/bin/true", None, None, program, None)
    if failed:  # vfork is refused; the very process may do
        return int(_LIBC.execv(b"/bin/true", program))
    os.waitpid(spawned.value, 0)
    return 0


WAYS: dict[str, Callable[[bytes], int]] = {
    "an internet socket": lambda _path: _LIBC.socket(2, 1, 0),
    "an IPv6 datagram socket": lambda _path: _LIBC.socket(10, 2, 0),
    "a Unix socket": lambda _path: _LIBC.socket(1, 1, 0),
    "a pair of sockets": lambda _path: _LIBC.socketpair(1, 1, 0, (ctypes.c_int * 2)()),
    "a ring of system calls": lambda _path: _LIBC.syscall(
        _IO_URING_SETUP, 4, ctypes.create_string_buffer(120)
    ),
    "a process": lambda _path: _fork(),
    "a program": lambda _path: _run(),
    "a signal to the parent": lambda _path: _LIBC.kill(os.getppid(), 0),
    "reading": lambda path: _LIBC.open(path, os.O_RDONLY),
    "writing": lambda path: _LIBC.open(path, os.O_WRONLY),
    "making a file": lambda path: _LIBC.open(path + b".new", os.O_CREAT | os.O_RDWR, 0o600),
    "truncating": lambda path: _LIBC.truncate(path, 1),
    "rights": lambda path: _LIBC.chmod(path, 0o644),
    "linking": lambda path: _LIBC.symlink(b"/", path + b".link"),
    "renaming": lambda path: _LIBC.rename(path, path + b".moved"),
    "deleting": lambda path: _LIBC.unlink(path + b".moved"),
}
"""In an order in which each works after the other; they give less than zero where they fail."""


def ways(path: Path) -> list[str]:
    """Which of them work, tried on a file that is there."""
    return [name for name, way in WAYS.items() if way(bytes(path)) >= 0]
