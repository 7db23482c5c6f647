/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shim.h"

#include <pthread.h>
#include <stdatomic.h>

/**
 * @file
 * What the files of the shim share.
 */
#define FILES_MAX   1024 /* descriptors of a test; those above are not watched */
#define PATH_LENGTH 256  /* of a file beneath a test's folder */

struct shim_state {
    pthread_mutex_t lock; /* a call and the telling of it go together */
    char folder[PATH_LENGTH];
    size_t folder_length;
    struct {
        bool watched, folder;
        uint64_t inode;
        char path[PATH_LENGTH];
    } files[FILES_MAX];
    shim_listener listener;
    void *context;
    atomic_ullong power; /* calls until the machine is off, or SHIM_POWER_ON */
};

/* Apart from the rest: malloc looks here at all times. */
struct shim_fault {
    atomic_int call;
    atomic_ullong at, times;
    atomic_int error;
    atomic_ullong counts[SHIM_CALLS];
};

extern struct shim_state shim;
extern struct shim_fault fault;

/** Count a call. True: it is to fail, in the way of fault.error. */
bool shim_is_due(shim_call call);

/** Whether the machine is on for one more call that changes something; sets errno if not. */
bool shim_has_power(void);

/** False, with errno, when a call that would change something is to fail. */
bool shim_may(shim_call call);

bool shim_is_watched(int descriptor);
const char *shim_beneath(const char *path);

/** Under the lock. */
void shim_tell(shim_event event);
