/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/sample.h"
#include "core/status.h"
#include "store/codec.h"
#include "store/moves.h"
#include "store/points.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * A chunk: points of one signal within one UTC day, sealed.
 *
 * Stage: store. A chunk is a head, which answers summaries by itself, and one or two blobs: the
 * data (quality and values, and times that are its own) and else the times that the signals of one
 * poll group share. Head and blobs carry checksums over all they say, their own key included,
 * so that bytes from the wrong place are as bad as damaged ones.
 */
typedef struct davy_chunk_head {
    davy_signal_id signal;
    uint64_t sequence; /* log frame that its points came in at the latest; larger wins */
    int64_t first_ns, last_ns;
    uint32_t count; /* points */
    uint32_t bad;   /* of them of quality bad; the rest of the head is of the others */
    double min, max, sum, first, last; /* NaN when all are bad */
    int64_t min_ns, max_ns;
    uint32_t decimals; /* of the values, as far as they are decimal numbers; else 0 */
    davy_moves moves;
    uint32_t codec;
    int64_t times, data; /* blobs; times 0: they are in the data */
} davy_chunk_head;

/** Fill in all but signal, sequence, codec, times and data, from `count` > 0 sorted points. */
void davy_chunk_summarise(const davy_points *points, size_t from, size_t count,
                          davy_chunk_head *head);

/** Checksum of a head, low half of XXH3: a random change goes unseen once in 2^32. -0 counts as 0
 * and all NaN are the same: SQLite keeps neither apart. Heads of format 1 have no moves in it. */
uint32_t davy_chunk_head_checksum(const davy_chunk_head *head);

/** Close a blob: add its checksum, which also covers the id under which it is kept. */
void davy_blob_close(davy_buffer *blob, int64_t id);

/** Length without the checksum; false when the blob is damaged or not the one asked for. */
bool davy_blob_check(const uint8_t *blob, size_t length, int64_t id, size_t *content);

/**
 * Encode points [from, from + count) into the content of a data blob and set head->codec.
 *
 * @param times  encoded times to put in front; length 0 when they have a blob of their own
 */
void davy_chunk_encode(davy_codec_work *work, const davy_points *points, size_t from, size_t count,
                       const davy_buffer *times, davy_chunk_head *head, davy_buffer *data);

/** A blob's content. */
typedef struct davy_blob {
    const uint8_t *bytes;
    size_t length;
} davy_blob;

/** Decode into an empty set. DAVY_ERR_CORRUPT when head and contents do not fit together. */
DAVY_MUST_CHECK davy_status davy_chunk_decode(davy_codec_work *work, const davy_chunk_head *head,
                                              davy_blob data, davy_blob times, davy_points *out);

/** The times between its points, without decoding its values; the status as above. */
DAVY_MUST_CHECK davy_status davy_chunk_get_gaps(davy_codec_work *work, const davy_chunk_head *head,
                                                davy_blob data, davy_blob times, davy_gaps *gaps);
