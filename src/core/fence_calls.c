/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fence_private.h"

#ifdef DAVY_HAVE_SECCOMP

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * seccomp. A list of what is refused rather than of what is allowed: which calls a siren's program
 * or its libraries make cannot be known here, and one that is refused for no reason is a siren that
 * is silent. Calls of another architecture (32-bit, x32) end the program.
 */

#define REFUSED EPERM

/* What only root may do is refused to root as well. */
static const char *const refused[] = {
    /* into other processes: the daemon has the same user */
    "kcmp", "pidfd_getfd", "process_madvise", "process_mrelease", "process_vm_readv",
    "process_vm_writev", "ptrace",
    /* their speed */
    "ioprio_set", "migrate_pages", "move_pages", "sched_setaffinity", "sched_setattr",
    "sched_setparam", "sched_setscheduler", "setpriority",
    /* out of the process group that is killed at the end */
    "setpgid", "setsid",
    /* another view of the machine: namespaces, mounts, roots */
    "chroot", "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount",
    "open_tree", "pivot_root", "setns", "umount", "umount2", "unshare",
    /* around the files of Landlock: handles, and changes that it does not know */
    "chmod", "chown", "fanotify_init", "fchmodat", "fchmodat2", "fchownat", "lchown",
    "lremovexattr", "lsetxattr", "name_to_handle_at", "open_by_handle_at", "quotactl",
    "quotactl_fd", "removexattr", "setxattr", "truncate",
    /* parts of the kernel that programs do not need, and through which kernels were broken into */
    "add_key", "bpf", "io_uring_enter", "io_uring_register", "io_uring_setup", "keyctl",
    "lookup_dcookie", "modify_ldt", "perf_event_open", "personality", "request_key", "userfaultfd",
    /* the machine itself */
    "acct", "adjtimex", "clock_adjtime", "clock_settime", "delete_module", "finit_module",
    "init_module", "ioperm", "iopl", "kexec_file_load", "kexec_load", "reboot", "sethostname",
    "setdomainname", "settimeofday", "swapoff", "swapon", "syslog", "vhangup"};

/* With Landlock before version 6 these reach the daemon. */
static const char *const signals[] = {
    "kill", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "tgkill", "tkill"};

/* Their arguments lie in memory, where a filter cannot look; libraries know how to do without. */
static const char *const absent[] = {"clone3", "openat2"};

static const uint64_t namespaces[] = {CLONE_NEWCGROUP, CLONE_NEWIPC,  CLONE_NEWNET, CLONE_NEWNS,
                                      CLONE_NEWPID,    CLONE_NEWUSER, CLONE_NEWUTS};

/* A rule about a call that this library or architecture does not know is none. */
static bool add(scmp_filter_ctx filter, int error, const char *name, unsigned count,
                const struct scmp_arg_cmp *arguments)
{
    const int call = seccomp_syscall_resolve_name(name);

    return call == __NR_SCMP_ERROR ||
           seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((unsigned) error), call, count,
                                  arguments) == 0;
}

static bool add_all(scmp_filter_ctx filter, int error, const char *const *names, size_t count)
{
    bool fine = true;

    for (size_t i = 0; i < count && fine; i++)
        fine = add(filter, error, names[i], 0, NULL);
    return fine;
}

/* Emptying a file that is opened for reading, which Landlock sees from version 3 on. */
static bool add_emptying(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp open_flags =
        SCMP_A1_64(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_TRUNC, O_RDONLY | O_TRUNC);
    const struct scmp_arg_cmp openat_flags =
        SCMP_A2_64(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_TRUNC, O_RDONLY | O_TRUNC);

    return add(filter, REFUSED, "open", 1, &open_flags) &&
           add(filter, REFUSED, "openat", 1, &openat_flags);
}

static bool add_namespaces(scmp_filter_ctx filter)
{
    bool fine = true;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(namespaces) && fine; i++) {
        const struct scmp_arg_cmp flag =
            SCMP_A0_64(SCMP_CMP_MASKED_EQ, namespaces[i], namespaces[i]);

        fine = add(filter, REFUSED, "clone", 1, &flag);
    }
    return fine;
}

/* Limits of another process. */
static bool add_limits(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp another = SCMP_A0_64(SCMP_CMP_NE, 0);

    return add(filter, REFUSED, "prlimit64", 1, &another);
}

/* With the network TCP, UDP and the sockets of this machine; never packets, netlink, keys of the
 * kernel or other machines' buses. */
static bool add_sockets(scmp_filter_ctx filter, bool network)
{
    const struct scmp_arg_cmp higher = SCMP_A0_64(SCMP_CMP_GT, AF_INET6);
    bool fine;

    if (!network)
        return add(filter, EAFNOSUPPORT, "socket", 0, NULL);
    fine = add(filter, EAFNOSUPPORT, "socket", 1, &higher);
    for (uint64_t family = 0; family < AF_INET6 && fine; family++) {
        const struct scmp_arg_cmp other = SCMP_A0_64(SCMP_CMP_EQ, family);

        if (family != AF_UNIX && family != AF_INET)
            fine = add(filter, EAFNOSUPPORT, "socket", 1, &other);
    }
    return fine;
}

static bool fill(scmp_filter_ctx filter, const davy_fence_gates *gates)
{
    return seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
           add_all(filter, REFUSED, refused, DAVY_ARRAY_LENGTH(refused)) &&
           add_all(filter, ENOSYS, absent, DAVY_ARRAY_LENGTH(absent)) &&
           (davy_fence_landlock() >= DAVY_FENCE_LANDLOCK_SIGNALS ||
            add_all(filter, REFUSED, signals, DAVY_ARRAY_LENGTH(signals))) &&
           add_emptying(filter) && add_namespaces(filter) && add_limits(filter) &&
           add_sockets(filter, gates->network);
}

/* seccomp_load() allocates, which a child that shares its parent's memory must not: the filter is
 * taken out as the kernel wants it. */
static bool take_out(scmp_filter_ctx filter, struct sock_fprog *out)
{
    const int file = memfd_create("davy-fence", MFD_CLOEXEC);
    struct stat found = {0};
    struct sock_filter *code = NULL;
    bool fine = file >= 0 && seccomp_export_bpf(filter, file) == 0 && fstat(file, &found) == 0 &&
                found.st_size > 0 && (size_t) found.st_size / sizeof *code <= BPF_MAXINSNS;

    if (fine)
        code = malloc((size_t) found.st_size);
    fine = fine && code && pread(file, code, (size_t) found.st_size, 0) == found.st_size;
    if (file >= 0)
        close(file);
    if (!fine) {
        free(code);
        return false;
    }
    *out = (struct sock_fprog){(unsigned short) ((size_t) found.st_size / sizeof *code), code};
    return true;
}

davy_status davy_fence_calls(const davy_fence_gates *gates, struct sock_fprog *filter)
{
    scmp_filter_ctx made = seccomp_init(SCMP_ACT_ALLOW);
    const bool fine = made && fill(made, gates) && take_out(made, filter);

    seccomp_release(made);
    return fine ? DAVY_OK : davy_fail(DAVY_ERR_IO, "seccomp cannot fence '%s'", gates->program);
}

#else

davy_status davy_fence_calls(const davy_fence_gates *gates, struct sock_fprog *filter)
{
    (void) gates;
    (void) filter;
    return DAVY_OK;
}

#endif
