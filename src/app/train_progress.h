/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/progress.h"

/**
 * @file
 * How a training tells how far it is: a bar on a terminal, or lines of JSON for a program.
 *
 * Stage: app. A line is one object, on standard error:
 *
 *     {"phase": "learning", "done": 12, "total": 200, "note": "loss 0.31"}
 *
 * The first and the last of a phase are always told, those between at most four times a second.
 */
typedef struct davy_train_progress {
    bool lines;    /* JSON; set by the owner */
    char what[48]; /* the phase; "" before the first */
    davy_progress bar;
    int64_t told_ns;
} davy_train_progress;

/** As davy_train_options.progress wants it. */
void davy_train_progress_tell(void *progress, const char *what, uint64_t done, uint64_t total,
                              const char *note);

/** The last phase is over. @param whole  it came to its end, though its last steps were not told */
void davy_train_progress_end(davy_train_progress *progress, bool whole);
