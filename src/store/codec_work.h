/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/bytes.h"
#include "store/codec.h"

#include <zstd.h>

/**
 * @file
 * What the kinds of codec share: scratch memory, packing with zstd, class coding. Private to them.
 *
 * Stage: store.
 */

/** Room for any column before it is packed: two varints a point and some more. */
#define DAVY_CODEC_RAW_MAX (DAVY_CHUNK_POINTS_MAX * 2 * DAVY_VARINT_MAX + 1024)

struct davy_codec_work {
    bool thorough;       /* davy_codec_work_be_thorough() */
    ZSTD_CCtx *compress; /* made on first use: readers never need it */
    ZSTD_DCtx *decompress;
    int64_t integers[DAVY_CHUNK_POINTS_MAX];
    uint64_t numbers[DAVY_CHUNK_POINTS_MAX], others[DAVY_CHUNK_POINTS_MAX];
    double values[DAVY_CHUNK_POINTS_MAX];
    uint8_t raw[DAVY_CODEC_RAW_MAX];
    uint8_t packed[DAVY_CODEC_RAW_MAX]; /* a zstd frame with its magic number */
    uint8_t bits[DAVY_CHUNK_POINTS_MAX * 8 + 8];
};

extern const davy_codec davy_codec_constant, davy_codec_dictionary, davy_codec_decimal,
    davy_codec_raw;

/** Append bytes, packed when that is shorter: a byte that tells, then the rest. */
void davy_codec_pack(davy_codec_work *work, const uint8_t *bytes, size_t length, davy_buffer *out);

/**
 * Undo davy_codec_pack() over exactly these bytes. The result is borrowed from the bytes or from
 * work->raw; NULL when they are damaged or hold more than DAVY_CODEC_RAW_MAX.
 */
const uint8_t *davy_codec_unpack(davy_codec_work *work, const uint8_t *bytes, size_t length,
                                 size_t *raw_length);

/** About how many bytes numbers need in class coding, and the fine bits that need fewest. */
double davy_classes_estimate(const uint64_t *numbers, size_t count, unsigned *fine);

/** Class coding, see codec_classes.c; every number is below 2^57. Uses work->raw. */
void davy_classes_encode(davy_codec_work *work, const uint64_t *numbers, size_t count,
                         unsigned fine, davy_buffer *out);
bool davy_classes_decode(davy_codec_work *work, const uint8_t *bytes, size_t length,
                         uint64_t *numbers, size_t count);
