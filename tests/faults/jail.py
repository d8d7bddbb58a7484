"""Runs ``qa`` where the kernel ends a process that makes an internet socket.

    python -m tests.faults.jail ask "when?"

A seccomp filter, so that native libraries are held to it as Python code is; threads and
children inherit it.  The process dies of SIGSYS, which no library can catch by accident.
"""

import ctypes
import platform
import struct
import sys

_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_KILL, _ALLOW = 0x80000000, 0x7FFF0000
_AF_INET, _AF_INET6 = 2, 10
_NO_NEW_PRIVILEGES, _SECCOMP = 38, 22


def supported() -> bool:
    """Tell whether this machine has seccomp and a system-call table known here."""
    return sys.platform == "linux" and platform.machine() in _SOCKET


def lock() -> None:
    """Let no thread of this process make an internet socket from now on."""
    audit, number = _SOCKET[platform.machine()]
    program = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the system call
        (_EQUAL, 0, 4, number),
        (_LOAD, 0, 0, 16),  # its first argument: the family
        (_EQUAL, 1, 0, _AF_INET),
        (_EQUAL, 0, 1, _AF_INET6),
        (_RETURN, 0, 0, _KILL),
        (_RETURN, 0, 0, _ALLOW),
    ]
    filters = b"".join(struct.pack("HBBI", *one) for one in program)
    buffer = ctypes.create_string_buffer(filters, len(filters))
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SECCOMP, 2, head, 0, 0):
        raise OSError(ctypes.get_errno(), "the filter cannot be set")


if __name__ == "__main__":
    lock()
    if sys.argv[1:] == ["--connect"]:  # that the jail holds
        import socket

        socket.socket()
    from qa.app.cli import main

    main()
