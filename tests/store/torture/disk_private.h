/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "disk.h"

/**
 * @file
 * What was heard, for the one who hears it and the one who cuts the power.
 */
#define PATH_LENGTH 256 /* of a file beneath the folder of a test */

/* An event, kept: its texts and bytes are its own. */
typedef struct disk_note {
    shim_event event;
    char path[PATH_LENGTH], to[PATH_LENGTH];
    void *bytes;
} disk_note;

struct disk_model {
    disk_note *notes;
    size_t count, capacity;
};
