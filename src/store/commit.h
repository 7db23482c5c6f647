/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"
#include "store/segment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Group commit: many writers, one sync.
 *
 * Stage: store. A writer that finds nobody syncing writes at once and syncs for all who wait; those
 * who come meanwhile wait for the next sync, which one of them leads. So a lone writer waits for
 * one sync and never for company, and under load a sync serves as many as came during the last.
 *
 * Rules. Nothing is answered before its frame is synced. When the disk is full the log is cut back
 * and nothing of the batch is kept. When a sync fails nothing is known about the file any more
 * (the kernel may have dropped the pages and forgotten the error): the log refuses all writes until
 * the store is opened again, with a new segment, and the failed descriptor is never synced again.
 *
 * Source: P. Helland et al., "Group Commit Timers and High Volume Transaction Systems", 1988;
 * A. Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020.
 */
typedef struct davy_commit davy_commit;

/** Called for each synced frame of samples, in the order of the log, before its writer returns. */
typedef davy_status (*davy_commit_apply)(void *context, const davy_sample *samples, size_t count,
                                         uint64_t sequence);

typedef struct davy_commit_options {
    const char *folder;   /* of the segments; borrowed while the log is open */
    uint64_t number;      /* of the first segment to create */
    uint64_t sequence;    /* of the first frame */
    size_t batch_bytes;   /* most bytes one sync waits for, so that latency has a bound */
    size_t segment_bytes; /* roll a segment at this size */
    davy_commit_apply apply;
    void *context;
} davy_commit_options;

/** Start a new segment. */
DAVY_MUST_CHECK davy_status davy_commit_open(const davy_commit_options *options, davy_commit **out);

/** No writer may be inside. NULL is fine. */
void davy_commit_close(davy_commit *commit);

/** Log samples; returns when they are synced and applied, or not kept at all. */
DAVY_MUST_CHECK davy_status davy_commit_samples(davy_commit *commit, const davy_sample *samples,
                                                size_t count);

/** Log marks. */
DAVY_MUST_CHECK davy_status davy_commit_marks(davy_commit *commit, const davy_seal_mark *marks,
                                              size_t count);

/**
 * Remove the segments all of whose frames come before `oldest`, from the oldest segment on and
 * never past one that is kept (src/store/README.md, invariant 2).
 */
DAVY_MUST_CHECK davy_status davy_commit_trim(davy_commit *commit, uint64_t oldest);

/** Tell of a segment found at the start, in order, before any write. */
DAVY_MUST_CHECK davy_status davy_commit_adopt(davy_commit *commit, uint64_t number,
                                              uint64_t last_sequence, bool damaged);

/** What has to be sealed for the log to keep at most so many full segments: frames before this
 * sequence; 0 while there are no more. */
uint64_t davy_commit_beyond(davy_commit *commit, size_t segments);

/** Sequence below which every frame of samples has been applied. */
uint64_t davy_commit_sequence(davy_commit *commit);

typedef struct davy_commit_stats {
    uint64_t samples, syncs, bytes, segments;
    int64_t sync_ns_last;
    bool failed;
} davy_commit_stats;

void davy_commit_get_stats(davy_commit *commit, davy_commit_stats *stats);
