/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/fence.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * @file
 * A program of its own beside the daemon: started without a shell and with nothing of the daemon's
 * but what it is given.
 *
 * Stage: core. The program leads a process group of its own, has its usual signals, no descriptor
 * but its standard three, no way to more privileges (no_new_privs), no core dump, and gets SIGKILL
 * when the thread that has started it ends. Who starts it also waits for it.
 */

/** One of setrlimit(2). */
typedef struct davy_child_limit {
    int resource;
    uint64_t soft, hard;
} davy_child_limit;

typedef struct davy_child {
    const char *const *argv;        /* ends with NULL; argv[0] is a path */
    const char *const *environment; /* ends with NULL */
    int input, output, errors;      /* become its descriptors 0, 1 and 2 */
    const davy_child_limit *limits; /* one that cannot be set keeps the program from starting */
    size_t limit_count;
    const davy_fence *fence; /* NULL: none */
    /* What else is to be done before it is the program, by system calls alone: the memory is still
     * the daemon's. False: it does not start. NULL: nothing. */
    bool (*prepare)(void);
} davy_child;

/** Exit code of what could not become the program. */
#define DAVY_CHILD_NO_EXEC 127

/** @param pid  of the process, and of its group */
DAVY_MUST_CHECK davy_status davy_child_start(const davy_child *child, pid_t *pid);

/**
 * Whether it has ended, and how (as waitpid(2) tells). Then it is gone, and with it whatever it has
 * left in its group.
 */
bool davy_child_over(pid_t pid, int *how);
