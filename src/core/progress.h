/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Progress bar of long work, on standard error and only when that is a terminal.
 *
 * Stage: core. Drawn at most ten times a second; one line that is rewritten and ends with the time
 * it took. Work that has no terminal to draw on costs a clock reading per update.
 */
typedef struct davy_progress {
    const char *what;   /* "reading history" */
    uint64_t total;     /* units of work; 0 when unknown */
    uint64_t done;      /* units so far */
    int64_t started_ns; /* monotonic */
    int64_t drawn_ns;   /* monotonic time of the last drawing */
    bool visible;
    char note[128]; /* behind the bar: how well it goes; "" for nothing */
} davy_progress;

/** Begin. `what` is borrowed until davy_progress_end(). */
void davy_progress_begin(davy_progress *progress, const char *what, uint64_t total);

/** `done` units are finished now. */
void davy_progress_update(davy_progress *progress, uint64_t done);

/** What stands behind the bar from now on; cut to fit. */
void davy_progress_note(davy_progress *progress, const char *note);

/** Draw the last state and end the line. */
void davy_progress_end(davy_progress *progress);
