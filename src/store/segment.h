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
 *
 * Behind the frames the file may go on with zeros: room, which is written and synced with the batch
 * that found none, so that the syncs after it need not bring a new size of the file to the disk
 * (ext4 commits its journal for that). Frames are written over it. Room is not damage, wherever it
 * stands: it is cut off when the segment is closed, and a kill or a power cut leaves it.
 *
 * A power cut may keep any sectors of the batch that was being written. Nobody was answered for it.
 * When a frame of it is whole behind one that is not, that cannot be told from damage to frames
 * that were answered, and is taken for damage: it is told, and all whole frames are kept.
 */

/** First bytes of a segment. */
#define DAVY_SEGMENT_MAGIC "DAVYLOG1"

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
    uint64_t end;  /* of the file: `size`, or further with room behind the frames */
    bool crowded;  /* the disk had no space for room: none is made any more */
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

/**
 * Write frames that lie one after another, and room behind them when it is used up and they are
 * small. On a full disk the file is cut back to what it was; room that finds none is no failure.
 */
DAVY_MUST_CHECK davy_status davy_segment_write(davy_segment *segment, const void *bytes,
                                               size_t length);

/** Sync. After a failure the segment must not be used again. */
DAVY_MUST_CHECK davy_status davy_segment_sync(davy_segment *segment);

/** Take the last `length` bytes back that davy_segment_write() wrote. */
DAVY_MUST_CHECK davy_status davy_segment_cut(davy_segment *segment, uint64_t length);

/** Cut the room off, and close. A closed or zeroed segment is fine. */
void davy_segment_close(davy_segment *segment);

/** What reading a segment found. */
typedef struct davy_segment_report {
    uint64_t frames;    /* good ones */
    uint64_t sequence;  /* highest one that may have been used; 0 when nothing tells */
    uint64_t size;      /* of the file */
    uint64_t good_size; /* bytes up to the end of the last good frame */
    uint64_t torn;      /* bytes after good_size that are no room: up to the last that is not 0 */
    uint64_t damage;    /* places before good_size where bytes are not a good frame */
    uint64_t missing;   /* frames that stood there, as far as the sequences around them tell */
} davy_segment_report;

typedef davy_status (*davy_segment_visit)(void *context, const davy_frame *frame);

/**
 * Visit the good frames of a segment in order. A bad stretch with a good frame after it is damage
 * and is passed over; a bad stretch at the end (from good_size on) is what a crash leaves, unless
 * it is room.
 */
DAVY_MUST_CHECK davy_status davy_segment_read_bytes(const uint8_t *bytes, size_t length,
                                                    davy_segment_visit visit, void *context,
                                                    davy_segment_report *report);

/**
 * Read a segment into a buffer, which may hold another one's bytes and memory.
 *
 * @param live  a writer may be at work: frames that it writes over room while that is read come out
 * as a bad stretch before good frames, so damage is believed when it is there again and again
 */
DAVY_MUST_CHECK davy_status davy_segment_load(int descriptor, bool live, davy_buffer *bytes);

/**
 * davy_segment_load() of the file at a path, and a visit to its frames.
 *
 * @return DAVY_ERR_NOT_FOUND when there is no such file (it has been sealed and removed)
 */
DAVY_MUST_CHECK davy_status davy_segment_read(const char *path, bool live, davy_buffer *bytes,
                                              davy_segment_visit visit, void *context,
                                              davy_segment_report *report);

/**
 * Visit the good frames of one type, and read little else: of a segment that is whole, the heads of
 * the others are enough. A damaged one is read as davy_segment_read() does; then some frames are
 * visited twice.
 *
 * @param size  of the file
 */
DAVY_MUST_CHECK davy_status davy_segment_read_type(const char *path, bool live,
                                                   davy_frame_type type, davy_buffer *bytes,
                                                   davy_segment_visit visit, void *context,
                                                   uint64_t *size);

/** Numbers of the segments in a folder, ascending, into an allocated array. */
DAVY_MUST_CHECK davy_status davy_segment_list(const char *folder, uint64_t **numbers,
                                              size_t *count);
