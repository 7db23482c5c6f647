/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * What stands between the store and the system, in tests: the calls that a store makes of a disk,
 * of memory and of the clock go through here, those of SQLite too, for a function that a program
 * defines itself comes before the C library's of the same name.
 *
 * The shim counts calls on files beneath one folder, lets the n-th of a kind fail, tells a listener
 * of all that changed files, and may keep the clock. It does so without any call of the C library
 * that could come back to it.
 */

/** Kinds of call that can fail. A malloc counts wherever it comes from, the rest beneath the
 * folder. */
typedef enum shim_call {
    SHIM_WRITE,    /* write, pwrite */
    SHIM_SYNC,     /* fsync, fdatasync, of files and folders */
    SHIM_RENAME,   /* rename, unlink: a name changes */
    SHIM_TRUNCATE, /* ftruncate */
    SHIM_OPEN,     /* open, mkdir */
    SHIM_READ,     /* read, pread */
    SHIM_MMAP,
    SHIM_MALLOC, /* malloc, calloc, realloc; never under a sanitizer, which has its own */
    SHIM_CALLS
} shim_call;

/** Watch files beneath a folder, given as the store is given it; NULL: none. */
void shim_watch(const char *folder);

/** From now on calls are counted from 1, and those of `call` from the `at`-th on fail, `times` in
 * number, with `error`. `error` 0: a write takes half of what it was given. `at` 0: none fails. */
void shim_arm(shim_call call, uint64_t at, uint64_t times, int error);

/** Calls since shim_arm(). */
uint64_t shim_count(shim_call call);

/** Whether malloc can be made to fail in this build. */
bool shim_has_malloc(void);

typedef enum shim_kind {
    SHIM_CREATED,       /* path, file */
    SHIM_WRITTEN,       /* file, offset, bytes, length */
    SHIM_CUT,           /* file, offset: its new length */
    SHIM_SYNCED,        /* file */
    SHIM_SYNC_FAILED,   /* file */
    SHIM_MADE_FOLDER,   /* path */
    SHIM_FOLDER_SYNCED, /* path */
    SHIM_RENAMED,       /* path, to */
    SHIM_REMOVED,       /* path */
} shim_kind;

/** Something that a call changed. `file` is the inode; paths are beneath the watched folder. */
typedef struct shim_event {
    shim_kind kind;
    uint64_t file;
    const char *path, *to;
    int64_t offset;
    const void *bytes;
    size_t length;
} shim_event;

/** Called in the order of the changes, one at a time; must not change watched files itself. */
typedef void (*shim_listener)(void *context, const shim_event *event);

void shim_listen(shim_listener listener, void *context);

#define SHIM_POWER_ON UINT64_MAX

/** So many more calls change watched files; then the machine is off: they fail with EIO, change
 * nothing, and the listener hears nothing. */
void shim_set_power(uint64_t calls);

/** Whether the machine went off. */
bool shim_is_off(void);

/** From now on both clocks stand where they are set; false: the clocks of the system again. */
void shim_set_clock(bool own, int64_t realtime_ns, int64_t monotonic_ns);
