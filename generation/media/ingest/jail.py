"""The walls of the sandbox, built from inside before a foreign byte is read: which system calls are answered (seccomp), which
files exist (Landlock, where the kernel has it). Neither can be taken down again.

Numbers are Linux': man 2 seccomp, man 7 landlock, arch/*/include/asm/unistd.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from errno import ENOSYS, EPERM
from pathlib import Path

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, EQUAL, AT_LEAST, HAS_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # places in what the filter is shown
CLONE_THREAD = 0x00010000
X32 = 0x40000000  # the same calls under other numbers


@dataclass(frozen=True)
class Calls:
    """Numbers of system calls of one kind of machine."""

    architecture: int
    forbidden: tuple[int, ...]
    clone: int  # only for threads
    to_itself: tuple[int, ...]  # kill, tgkill: signals reach nobody else


# network, other programs and processes, other processes' memory and files, name spaces, the kernel's own programs, keys
MACHINES = {
    "x86_64": Calls(
        architecture=0xC000003E,
        # socket connect bind · fork vfork execve execveat · ptrace process_vm_readv process_vm_writev kcmp · unshare setns
        # mount umount2 pivot_root chroot · io_uring ×3 · bpf perf_event_open userfaultfd · pidfd ×3 · tkill rt_sigqueueinfo ×2 ·
        # keys ×3 · name_to_handle_at open_by_handle_at
        forbidden=(
            41, 42, 49, 57, 58, 59, 322, 101, 310, 311, 312, 272, 308, 165, 166, 155, 161, 425, 426, 427, 321, 298, 323,
            434, 438, 424, 200, 129, 297, 248, 249, 250, 303, 304,
        ),
        clone=56,
        to_itself=(62, 234),
    ),
    "aarch64": Calls(
        architecture=0xC00000B7,
        forbidden=(
            198, 203, 200, 221, 281, 117, 270, 271, 272, 97, 268, 40, 39, 41, 51, 425, 426, 427, 280, 241, 282,
            434, 438, 424, 130, 138, 240, 217, 218, 219, 264, 265,
        ),
        clone=220,
        to_itself=(129, 131),
    ),
}  # fmt: skip
CLONE3 = 435  # everywhere; its flags cannot be looked at, and the C library then takes clone

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446  # everywhere
READ_FILE, READ_DIR = 1 << 2, 1 << 3
RIGHTS = (0, *[(1 << bits) - 1 for bits in (13, 14, 15, 15, 16)])  # of files, by version
TCP, SCOPES = 0b11, 0b11  # bind and connect, from version 4; abstract sockets and signals, from version 6
OF_FILES = 1 | 1 << 1 | READ_FILE | 1 << 14 | 1 << 15  # what may be done to something that is no folder


def calls_limit(libc: ctypes.CDLL) -> bool:
    """Answer EPERM to what ``MACHINES`` forbids; False on a machine whose numbers are not known here.

    Raises ``OSError`` where Linux refuses the filter.
    """
    known = MACHINES.get(platform.machine())
    if known is None:
        return False
    lines = _program(known)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(code)))
    _prctl(libc, PR_SET_NO_NEW_PRIVS, 1)
    _prctl(libc, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(header))
    return True


def _program(calls: Calls) -> list[tuple[int, int, int, int]]:
    """Lines of (operation, lines to skip if so, if not, value)."""
    refuse = (RETURN, 0, 0, ERRNO | EPERM)
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, calls.architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32),
        refuse,
        (EQUAL, 0, 1, CLONE3),
        (RETURN, 0, 0, ERRNO | ENOSYS),
    ]
    for number in calls.forbidden:
        lines += [(EQUAL, 0, 1, number), refuse]
    first = [(LOAD, 0, 0, FIRST_ARGUMENT)]
    allow = (RETURN, 0, 0, ALLOW)
    lines += [(EQUAL, 0, 4, calls.clone), *first, (HAS_BITS, 1, 0, CLONE_THREAD), refuse, allow]
    for number in calls.to_itself:
        lines += [(EQUAL, 0, 4, number), *first, (EQUAL, 1, 0, os.getpid()), refuse, allow]
    return [*lines, allow]


def files_limit(
    libc: ctypes.CDLL, *, read: Iterable[Path], write: Iterable[Path], listed: Sequence[Path]
) -> bool:
    """Leave nothing of the file system but what lies at or under ``read`` and ``write``, and the names under ``listed``.

    False where the kernel has no Landlock. Raises ``OSError`` where it has and refuses.
    """
    libc.syscall.restype = ctypes.c_long
    version = min(libc.syscall(LANDLOCK_CREATE, None, 0, 1), 6)
    if version < 1:
        return False
    every = RIGHTS[min(version, len(RIGHTS) - 1)]
    fields = [every, *([TCP] if version >= 4 else []), *([SCOPES] if version >= 6 else [])]
    asked = ctypes.create_string_buffer(struct.pack(f"={len(fields)}Q", *fields), 8 * len(fields))
    rules = _call(libc, LANDLOCK_CREATE, asked, len(asked), 0)
    try:
        for places, rights in (((*read,), READ_FILE | READ_DIR), ((*write,), every & ~1), (listed, READ_DIR)):
            for place in places:
                _add(libc, rules, place, rights)
        _prctl(libc, PR_SET_NO_NEW_PRIVS, 1)
        _call(libc, LANDLOCK_RESTRICT, rules, 0)
    finally:
        os.close(rules)
    return True


def _add(libc: ctypes.CDLL, rules: int, place: Path, rights: int) -> None:
    try:
        handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this machine
        return
    try:
        allowed = rights if place.is_dir() else rights & OF_FILES
        if allowed:
            rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, handle), 12)
            _call(libc, LANDLOCK_ADD, rules, 1, rule, 0)
    finally:
        os.close(handle)


def _call(libc: ctypes.CDLL, number: int, *arguments: object) -> int:
    answer = libc.syscall(number, *arguments)
    if answer < 0:
        raise _refused()
    return int(answer)


def _prctl(libc: ctypes.CDLL, option: int, *values: int) -> None:
    if libc.prctl(option, *values, *[0] * (4 - len(values))) != 0:
        raise _refused()


def _refused() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"The sandbox cannot be locked: {os.strerror(number)}.")
