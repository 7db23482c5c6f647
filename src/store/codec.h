/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Codecs: a column of values as few bytes, and back to the same bits.
 *
 * Stage: store. Kinds are tried in the order of the table in codec.c and the shortest answer wins;
 * the last kind holds any bits, NaN payloads and -0.0 included. A kind's id is in the day files for
 * ever. Decoders take any bytes: every read is bounded, and every length is checked
 * before it sizes anything.
 */

/** Most points of one chunk. Chunks are sealed with some 2,000 and joined when their day is over.
 */
#define DAVY_CHUNK_POINTS_MAX ((size_t) 8192)

/** Memory that coding needs; one thread at a time. */
typedef struct davy_codec_work davy_codec_work;

DAVY_MUST_CHECK davy_status davy_codec_work_create(davy_codec_work **out);

/** NULL is fine. */
void davy_codec_work_destroy(davy_codec_work *work);

/** Take more time for fewer bytes, or not, which is the start. What is read is the same. */
void davy_codec_work_be_thorough(davy_codec_work *work, bool thorough);

typedef struct davy_codec {
    uint8_t id;
    const char *name;
    bool settles;     /* when it holds the column nothing else is tried */
    bool last_resort; /* tried only when nothing else holds the column */
    /* Append the column to `out`. False, and nothing appended, when this kind cannot hold it. */
    bool (*encode)(davy_codec_work *work, const double *values, size_t count, davy_buffer *out);
    /* Exactly `count` values out of exactly these bytes; false when they are not that. */
    bool (*decode)(davy_codec_work *work, const uint8_t *bytes, size_t length, double *values,
                   size_t count);
} davy_codec;

/** All kinds in the order in which they are tried; ends with NULL. */
extern const davy_codec *const davy_codecs[];

/** The kind with an id, or NULL. */
const davy_codec *davy_codec_find(unsigned id);

/** Encode with the kind that needs fewest bytes; @return its id. `out` is marked when memory ran
 * out. */
uint8_t davy_codec_encode(davy_codec_work *work, const double *values, size_t count,
                          davy_buffer *out);

/**
 * Decimals after the point of values that are not bad: the smallest d with q / 10^d == v for
 * integers q below 2^53. 0 when some value is no decimal number, also a NaN or -0.
 */
unsigned davy_codec_decimals(const double *values, const uint8_t *quality, size_t count);

/** 10^decimals for what davy_codec_decimals() gives. */
double davy_codec_power(unsigned decimals);

/*
 * Columns beside the values.
 */

/** Times, ascending, without the first one, which the header of the chunk has. */
void davy_times_encode(davy_codec_work *work, const int64_t *times, size_t count, davy_buffer *out);

/** False when the bytes are not `count` strictly ascending times. */
bool davy_times_decode(davy_codec_work *work, const uint8_t *bytes, size_t length, int64_t first_ns,
                       int64_t *times, size_t count);

/** Times between neighbours, which are above 0. Of one time: INT64_MAX and 0. */
typedef struct davy_gaps {
    int64_t shortest_ns, longest_ns;
} davy_gaps;

/**
 * The gaps between these times, without the times.
 *
 * @param span_ns  from the first to the last
 * @return false for what does not decode into `count` times of that span
 */
bool davy_times_get_gaps(davy_codec_work *work, const uint8_t *bytes, size_t length,
                         uint64_t span_ns, size_t count, davy_gaps *gaps);

/** Quality as runs; nothing is appended when all is good. */
void davy_quality_encode(const uint8_t *quality, size_t count, davy_buffer *out);

bool davy_quality_decode(const uint8_t *bytes, size_t length, uint8_t *quality, size_t count);
