/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * A fence around a program that is not trusted with what the daemon may do: files by Landlock
 * (Linux 5.13), system calls by seccomp.
 *
 * Stage: core. Inside, a program
 *
 *  - reads and executes what the system has installed (/usr, /bin, /lib, /opt) and itself, reads
 *    the few files of /etc that libraries ask for, and reads and writes the paths it was given:
 *    neither the daemon's data nor its settings and secrets, no /proc, no /tmp, no device;
 *  - has no network and no socket, unless it was given it;
 *  - cannot look into, signal or slow down a process outside;
 *  - cannot leave its process group, nor go behind the fence: no namespaces, mounts, modules, BPF,
 *    keys, io_uring, no calls of another architecture.
 *
 * A call that is refused answers with an error, mostly EPERM or EACCES; the program goes on. The
 * fence holds for all that it starts, and for root.
 *
 * Not for hostile code that has been chosen with care against this kernel: a virtual machine is.
 *
 * Sources: landlock(7), seccomp(2); the deny-lists of systemd.exec(5) and of Docker.
 */
typedef struct davy_fence davy_fence;

typedef struct davy_fence_gates {
    const char *program;
    const char *const *paths; /* it may read and write them, and what is below; one that is not
                               * there is left out */
    size_t path_count;
    bool network; /* TCP, UDP and sockets of this machine */
} davy_fence_gates;

/** What this kernel has of it is built; davy_fence_lacks() tells the rest. */
DAVY_MUST_CHECK davy_status davy_fence_create(const davy_fence_gates *gates, davy_fence **out);
/** NULL is fine. */
void davy_fence_destroy(davy_fence *fence);

/** In the process that is to be fenced, after no_new_privs; async-signal-safe. False: it is not. */
bool davy_fence_enter(const davy_fence *fence);

/** A sentence on what this kernel or this build cannot fence; NULL when nothing is missing. */
const char *davy_fence_lacks(void);
