"""The system calls that a learner's process is refused, as a filter the kernel runs.

pyseccomp, a thin layer over libseccomp, turns names into the numbers of this machine.  A list of refusals and
not of permissions: Python and numpy need hundreds of calls that differ between versions of the C library, and
the namespaces round the process already take the meaning from most.  Each row says what it takes away.
"""

import errno
import os
import socket

REFUSED: dict[str, tuple[str, ...]] = {
    "other processes: memory and count stay those of one": ("fork", "vfork", "execve", "execveat"),
    "namespaces and mounts": (
        "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen",
        "fsconfig", "fsmount", "fspick", "mount_setattr", "quotactl", "quotactl_fd", "swapon", "swapoff",
    ),
    "looking into other processes": (
        "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd",
        "pidfd_open", "pidfd_send_signal", "perf_event_open", "setpriority",
    ),
    "memory that no limit counts": (
        "memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "msgget", "msgsnd", "semget", "semop",
        "mq_open", "mlock", "mlock2", "mlockall",
    ),
    "parts of the kernel with a history of holes": (
        "bpf", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl", "add_key",
        "request_key", "modify_ldt", "personality", "lookup_dcookie", "vmsplice", "fanotify_init",
        "name_to_handle_at", "open_by_handle_at", "uselib", "nfsservctl", "remap_file_pages",
    ),
    "the machine itself": (
        "reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "syslog",
        "acct", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname",
        "iopl", "ioperm", "vhangup",
    ),
}  # fmt: skip
_CLONE_THREAD = 0x10000


class NoFilter(Exception):  # noqa: N818  it says what is missing
    """The filter cannot be made on this machine; the text says what is missing."""


def learner_filter() -> bytes:
    """Return the filter as the kernel takes it; NoFilter when libseccomp is not there."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise NoFilter(f"libseccomp (Debian: libseccomp2) is missing: {error}") from error
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(errno.EPERM)
    for names in REFUSED.values():
        for name in names:
            try:
                rules.add_rule(refuse, name)
            except (ValueError, RuntimeError, OSError):
                continue  # this machine or this libseccomp has no such call
    # A new thread is a clone with this flag; without it a clone is a process.  The C library falls back to
    # clone when clone3, whose flags a filter cannot see, does not exist.
    rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    # Sockets of the internet leave ports in use for a minute, which the next submission could read; those of
    # other families (netlink, packet, crypto, vsock, old protocols) are of no use to an exercise.
    rules.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.NE, socket.AF_UNIX))
    read, write = os.pipe()
    with os.fdopen(read, "rb") as result, os.fdopen(write, "wb") as file:
        rules.export_bpf(file)
        file.close()
        return result.read()
