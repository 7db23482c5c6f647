/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shim.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * A disk that forgets what was not synced, for power cuts without a power switch.
 *
 * It hears from the shim what a store did to its files and keeps all of it in order. At any point
 * of that row the power can be cut: what was synced before it is there, and of the rest each
 * sector of 512 bytes is as it was at some moment since, each of another, as chance has it: writes
 * are there, are not or are torn, in any order; a file that was made longer may have zeros where a
 * write was lost. Names made, changed and
 * removed in a folder that was not synced afterwards last up to some point, in their order, which
 * is what journalling file systems promise (ext4, XFS, btrfs); that a file is synced does not keep
 * its name. What a failed sync covered is as if it had never been written, for later syncs too,
 * unless chance kept it.
 *
 * Sources: T. S. Pillai et al., "All File Systems Are Not Created Equal" (ALICE), OSDI 2014;
 * J. Mohan et al., "Finding Crash-Consistency Bugs with Bounded Black-Box Crash Testing"
 * (CrashMonkey), OSDI 2018; A. Rebello et al., "Can Applications Recover from fsync Failures?",
 * USENIX ATC 2020, for what a failed sync leaves.
 */
typedef struct disk_model disk_model;

/** A disk that holds, synced, what the folder holds now (at most one level of folders in it). */
disk_model *disk_create(const char *folder);
void disk_destroy(disk_model *disk);

/** The listener for shim_listen(); `context` is the disk. */
void disk_hear(void *context, const shim_event *event);

/** What was heard up to now; also the point after it. */
uint64_t disk_now(const disk_model *disk);

/** How a cut deals with what was not synced. */
typedef enum disk_chance {
    DISK_LOSE_ALL,
    DISK_KEEP_ALL,
    DISK_BY_CHANCE,
    DISK_CHANCES,
} disk_chance;

typedef struct disk_cut {
    uint64_t at; /* before the event of this number */
    disk_chance chance;
    uint64_t seed;
    bool without_sync; /* as if syncing had been switched off: nothing was ever synced */
} disk_cut;

/** Write what a cut leaves into an empty folder that is not watched. */
void disk_write_out(disk_model *disk, const disk_cut *cut, const char *folder);
