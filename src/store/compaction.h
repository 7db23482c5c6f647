/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "store/day.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Where compaction stands: which day files were looked at, and how far the one at hand is.
 *
 * Stage: store. The sealer's thread does a step a second, after it has sealed, so the two never
 * write at once. A file is looked at when something was sealed into it since, and some time after
 * the last look: what is late comes in crowds.
 */

/** A day file as it was left. */
typedef struct davy_compaction_file {
    davy_day_file file;
    uint64_t chunks, sequence; /* of its totals when its last look ended */
    int64_t looked_ns;         /* monotonic, when that was, or when it was first seen */
} davy_compaction_file;

/** Zeroed is the valid start. Guarded by the lock of sealing. */
typedef struct davy_compaction {
    davy_compaction_file *files;
    size_t count, capacity;
    size_t turn;  /* of the files of the folder: whose is next */
    bool at_work; /* `file` is being looked at */
    davy_day_file file;
    davy_signal_id signal; /* of it, who is next */
} davy_compaction;

void davy_compaction_clear(davy_compaction *compaction);

/**
 * Hold a folder of day files against compaction, as a backup does which takes chunks for what they
 * were when it began, or against all who hold it so.
 *
 * @param alone  against all; DAVY_ERR_UNAVAILABLE when somebody holds it. Else it is waited for
 * @param held   to give to close(2)
 */
DAVY_MUST_CHECK davy_status davy_compaction_hold(const char *folder, bool alone, int *held);
