/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/log_frame.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * A segment: one file of the hot log, a header and frames after it.
 *
 * Stage: store. A segment is written by one process and only at its end. No frame is added to it
 * after that: a store that starts writes the last one's good frames once more, syncs them and
 * begins a new one, so a descriptor whose sync failed is never used again.
 */

/** Bytes of DIR/hot/NNNNNNNNNN.log before the first frame. */
#define DAVY_SEGMENT_HEADER ((size_t) 40)

/** A segment is rolled at 16 MiB and a frame has at most 64 MiB; a longer file is not ours. */
#define DAVY_SEGMENT_MAX ((size_t) 1024 * 1024 * 1024)

/** A segment that is being written. */
typedef struct davy_segment {
    int descriptor; /* -1 when closed */
    uint32_t salt;  /* of its frames */
    uint64_t number;
    uint64_t size; /* bytes of the header and whole frames */
    char path[PATH_MAX];
} davy_segment;

/** Path of a segment; DAVY_ERR_INVALID when it is too long. */
DAVY_MUST_CHECK davy_status davy_segment_path(const char *folder, uint64_t number, char *path,
                                              size_t capacity);

/**
 * Create a segment. Its header and its name are on disk on return.
 *
 * @param sequence  of the first frame that may come
 */
DAVY_MUST_CHECK davy_status davy_segment_create(davy_segment *segment, const char *folder,
                                                uint64_t number, uint64_t sequence);

/** Write frames that lie one after another. After a failure the file is cut back to what it was. */
DAVY_MUST_CHECK davy_status davy_segment_write(davy_segment *segment, const void *bytes,
                                               size_t length);

/** Sync. After a failure the segment must not be used again. */
DAVY_MUST_CHECK davy_status davy_segment_sync(davy_segment *segment);

/** Take the last `length` bytes back that davy_segment_write() wrote. */
DAVY_MUST_CHECK davy_status davy_segment_cut(davy_segment *segment, uint64_t length);

/** A closed or zeroed segment is fine. */
void davy_segment_close(davy_segment *segment);

/** What reading a segment found. */
typedef struct davy_segment_report {
    uint64_t frames;    /* good ones */
    uint64_t sequence;  /* highest one that may have been used; 0 when nothing tells */
    uint64_t size;      /* of the file */
    uint64_t good_size; /* bytes up to the end of the last good frame */
    uint64_t damage;    /* places before good_size where bytes are not a good frame */
} davy_segment_report;

typedef davy_status (*davy_segment_visit)(void *context, const davy_frame *frame);

/**
 * Visit the good frames of a segment in order. A bad stretch with a good frame after it is damage
 * and is passed over; a bad stretch at the end (from good_size on) is what a crash leaves.
 *
 * @return DAVY_ERR_NOT_FOUND when there is no such file (it has been sealed and removed)
 */
DAVY_MUST_CHECK davy_status davy_segment_read(const char *path, davy_segment_visit visit,
                                              void *context, davy_segment_report *report);

/** The same over bytes in memory. */
DAVY_MUST_CHECK davy_status davy_segment_read_bytes(const uint8_t *bytes, size_t length,
                                                    davy_segment_visit visit, void *context,
                                                    davy_segment_report *report);

/** Numbers of the segments in a folder, ascending, into an allocated array. */
DAVY_MUST_CHECK davy_status davy_segment_list(const char *folder, uint64_t **numbers,
                                              size_t *count);
