"""The walls round one learner's process, put up from inside it just before their first cell.

The warm parent is already in bubblewrap: read-only system, no network, its own processes, no privileges.
Each learner's process then gets namespaces of its own below it (user, processes, mounts, IPC), so that one
submission finds no file and no process of another; an empty /proc, a small private /tmp, resource limits, no
capability, and a filter that refuses system calls no exercise needs, among them fork and exec.
"""

import ctypes
import os
import resource
import signal
from typing import Any

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x08000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
MS_REMOUNT = 0x20
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
INNER_ID = 1000
"""The user and group that the learner's process believes to be."""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _demand(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def drop_root(uid: int) -> None:
    """Become the ordinary user `uid`; limits on processes do not bind root."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def separate() -> None:
    """Move this process into namespaces of its own, and its children into one of processes."""
    libc = _libc()
    uid, gid = os.getuid(), os.getgid()
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self belongs to root after a change of user
    _demand(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{INNER_ID} {uid} 1"),
        ("gid_map", f"{INNER_ID} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def private_files(tmp_bytes: int) -> None:
    """Mount an empty /tmp of `tmp_bytes`, and nothing where /proc and shared memory were."""
    libc = _libc()
    _demand(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "make mounts private")
    plain = MS_NOSUID | MS_NODEV
    for target, flags, options in (
        (b"/tmp", plain, f"size={tmp_bytes},nr_inodes=1000,mode=0700"),
        (b"/dev/shm", plain, "size=65536,nr_inodes=4,mode=0700"),
        (b"/proc", plain | MS_RDONLY | MS_NOEXEC, "size=4096,nr_inodes=1"),
    ):
        _demand(libc.mount(b"tmpfs", target, b"tmpfs", flags, options.encode()), f"mount {target.decode()}")
    os.chdir("/tmp")


def mount_files(folder: str, size_bytes: int, names: int) -> None:
    """Mount an empty place for files of `size_bytes`, with `names` of files and folders, at `folder`."""
    options = f"size={size_bytes},nr_inodes={names},mode=0755".encode()
    flags = MS_NOSUID | MS_NODEV
    _demand(_libc().mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options), f"mount {folder}")


def freeze_files(folder: str) -> None:
    """Let nobody write to what is mounted at `folder` any more."""
    flags = MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV
    _demand(_libc().mount(None, folder.encode(), None, flags, None), f"make {folder} read-only")


def limit(limits: dict[str, Any]) -> None:
    """Set the resource limits of this process for good."""
    for name in ("AS", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE"):
        if name in limits:
            kind = getattr(resource, f"RLIMIT_{name}")
            hard = resource.getrlimit(kind)[1]
            value = limits[name] if hard == resource.RLIM_INFINITY else min(limits[name], hard)
            resource.setrlimit(kind, (value, value))


def renounce(seccomp: bytes) -> None:
    """Give up every capability and every system call that the filter `seccomp` refuses."""
    libc = _libc()
    _demand(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    for capability in range(64):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # EINVAL: the kernel knows no more of them; EPERM: there are none to drop
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _demand(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    if seccomp:

        class Program(ctypes.Structure):
            _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

        program = Program(len(seccomp) // 8, seccomp)
        _demand(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0), "seccomp")


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends."""
    _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
