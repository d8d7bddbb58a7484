"""What the Linux kernel itself forbids this process, native code and children included.

Two filters that nothing can take off again: seccomp refuses system calls, Landlock the opening
of files.  Both by ctypes, since the packages for them need a system library (libseccomp) that a
bare machine lacks, or are young.  Where the kernel or the machine has none, what is here does
nothing and says so; the interpreter's audit hook (``qa.settings.offline``) binds Python code
everywhere.

Sources: seccomp(2), landlock(7), and the tables of system calls in the kernel's
``unistd_64.h`` (x86-64) and ``asm-generic/unistd.h`` (ARM).
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

KILL = 0x80000000
"""A verdict that ends the process; the usual one is an error's number."""

AF_UNIX = 1
"""The family of sockets that do not leave the machine."""

_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # in the order of the columns below
_CLONE_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_SECCOMP = (317, 277)
_NO_NEW_PRIVILEGES, _SET_FILTER, _IS_AVAILABLE, _ALL_THREADS = 38, 1, 2, 1
_X32 = 0x40000000  # system calls of x86-64 from here on are of another interface
_RECENT = 424  # where the tables of all machines become one; every library does without those

_NUMBERS = {  # x86-64, ARM; -1 where a machine lacks it
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chmod": (90, -1),
    "chown": (92, -1),
    "chroot": (161, 51),
    "clone": (56, 220),
    "connect": (42, 203),
    "creat": (85, -1),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "finit_module": (313, 273),
    "fork": (57, -1),
    "fremovexattr": (199, 16),
    "fsetxattr": (190, 7),
    "futimesat": (261, -1),
    "init_module": (175, 105),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "lchown": (94, -1),
    "link": (86, -1),
    "linkat": (265, 37),
    "lremovexattr": (198, 15),
    "lsetxattr": (189, 6),
    "mkdir": (83, -1),
    "mkdirat": (258, 34),
    "mknod": (133, -1),
    "mknodat": (259, 33),
    "mount": (165, 40),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "open": (2, -1),
    "open_by_handle_at": (304, 265),
    "openat": (257, 56),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "prlimit64": (302, 261),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "removexattr": (197, 14),
    "rename": (82, -1),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "request_key": (249, 218),
    "rmdir": (84, -1),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "semget": (64, 190),
    "setns": (308, 268),
    "setxattr": (188, 5),
    "shmget": (29, 194),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "symlink": (88, -1),
    "symlinkat": (266, 36),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "truncate": (76, 45),
    "umount2": (166, 39),
    "unlink": (87, -1),
    "unlinkat": (263, 35),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    "utime": (132, -1),
    "utimensat": (280, 88),
    "utimes": (235, -1),
    "vfork": (58, -1),
}

_SYSTEM = (  # what the interpreter and its libraries may load or look up while they run
    *("/usr", "/lib", "/lib64", "/opt", "/nix/store", "/gnu/store", "/home/linuxbrew/.linuxbrew"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types"),
    *("/proc/self", "/sys/devices/system/cpu", "/dev/null", "/dev/urandom"),
)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all machines
_BENEATH, _VERSION = 1, 1
_ACCESS = 0x1FFF  # all that Landlock's first version knows: reading, writing, making, running
_READ_FILE, _READ_FOLDER = 0x4, 0x8


class Rule(NamedTuple):
    """A system call that is refused, unless its argument ``place``, masked, is ``value``."""

    name: str
    place: int = 0
    mask: int = 0
    value: int = 0


def filters() -> tuple[str, ...]:
    """The names of those that this kernel has."""
    action = struct.pack("I", _ERROR)
    has = {
        "seccomp": _is_known() and _call(_SECCOMP[_column()], _IS_AVAILABLE, 0, action) == 0,
        "Landlock": _is_known() and _call(_CREATE_RULESET, 0, 0, _VERSION) > 0,
    }
    return tuple(name for name, is_there in has.items() if is_there)


def forbid_network(verdict: int = errno.ENETUNREACH) -> bool:
    """Let no thread or child of this process make a socket but Unix's; tell whether it holds.

    Sockets that are there already are not taken away.  ``verdict`` is the number of the error
    that such a call gets, or ``KILL``.
    """
    family = Rule("socket", 0, 0xFFFFFFFF, AF_UNIX)
    return _filter([family, Rule("io_uring_setup")], verdict, _X32)


def confine(folder: Path) -> bool:
    """Leave this process what reading takes; tell whether seccomp and Landlock both hold.

    No sockets of any kind, no programs or processes, no signals to others, nothing written,
    made, removed or renamed; files are read only below ``folder``, where Python and the system
    keep their libraries, and not at all by other ways than opening them.
    """
    me = os.getpid()
    let = [
        Rule("clone", 0, _CLONE_THREAD, _CLONE_THREAD),
        Rule("kill", 0, 0xFFFFFFFF, me),
        Rule("open", 1, _WRITING, 0),
        Rule("openat", 2, _WRITING, 0),
        Rule("prlimit64", 0, 0xFFFFFFFF, 0),
        Rule("tgkill", 0, 0xFFFFFFFF, me),
    ]
    never = [Rule(name) for name in _NUMBERS.keys() - {one.name for one in let}]
    own = (sys.prefix, sys.base_prefix, *sys.path)
    loaded = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    is_held = _restrict(one for one in (*_SYSTEM, *own, *loaded, str(folder)) if one)
    return _filter([*let, *never], errno.EACCES, _RECENT) and is_held


def _filter(rules: Sequence[Rule], verdict: int, beyond: int) -> bool:
    """Have the kernel apply ``rules`` to all threads; calls from ``beyond`` on are unknown."""
    if not _is_known():
        return False
    program = _program(rules, verdict, beyond)
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    return _privileged_no_more() and not _call(_SECCOMP[_column()], _SET_FILTER, _ALL_THREADS, head)


def _is_known() -> bool:
    """Whether the tables here are those of this machine."""
    return sys.platform == "linux" and os.uname().machine in _MACHINES and sys.maxsize > 1 << 32


def _column() -> int:
    return list(_MACHINES).index(os.uname().machine)


def _program(rules: Sequence[Rule], verdict: int, beyond: int) -> bytes:
    """The filter in the kernel's instructions: (operation, jump if so, jump if not, operand)."""
    no = verdict if verdict == KILL else _ERROR | verdict
    lines = [
        (_LOAD, 0, 0, 4),  # the interface; programs of 32 bits have another
        (_EQUAL, 1, 0, _MACHINES[os.uname().machine]),
        (_RETURN, 0, 0, no),
        (_LOAD, 0, 0, 0),  # the system call
    ]
    for rule in rules:
        if (number := _NUMBERS[rule.name][_column()]) < 0:
            continue
        argument = [
            (_LOAD, 0, 0, 16 + 8 * rule.place),  # its lower half, on machines of this order
            (_AND, 0, 0, rule.mask),
            (_EQUAL, 0, 1, rule.value),
            (_RETURN, 0, 0, _ALLOW),
        ]
        block = [*(argument if rule.mask else ()), (_RETURN, 0, 0, no)]
        lines += [(_EQUAL, 0, len(block), number), *block]
    lines += [
        (_AT_LEAST, 0, 1, beyond),
        (_RETURN, 0, 0, _ERROR | errno.ENOSYS),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *one) for one in lines)


def _restrict(paths: Iterable[str]) -> bool:
    """Have the kernel refuse files to this thread, and those it starts, but to read ``paths``."""
    if not _is_known():
        return False
    handled = struct.pack("Q", _ACCESS)
    ruleset = _call(_CREATE_RULESET, handled, len(handled), 0)
    if ruleset < 0:  # a kernel before 5.13, or one that was not told to have it
        return False
    try:
        for path in dict.fromkeys(paths):
            with suppress(OSError):
                _allow(ruleset, path)
        return _privileged_no_more() and not _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        access = _READ_FILE | (_READ_FOLDER if Path(path).is_dir() else 0)
        _call(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", access, place), 0)
    finally:
        os.close(place)


def _privileged_no_more() -> bool:
    """Give up what programs with the setuid bit would give: the kernel asks for it."""
    return not ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _call(number: int, *arguments: int | bytes) -> int:
    """What a system call returns; below zero where it failed, above where a thread is unlike."""
    long = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    call = ctypes.CDLL(None).syscall
    call.restype = ctypes.c_long
    return int(call(ctypes.c_long(number), *long))
