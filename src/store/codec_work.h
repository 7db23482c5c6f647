/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/bytes.h"
#include "store/codec.h"

#include <zstd.h>

/**
 * @file
 * What the kinds of codec share: scratch memory, packing with zstd, numbers as decimal integers,
 * class and Rice coding, prediction. Private to them.
 *
 * Stage: store.
 */

/** Room for any column before it is packed: two varints a point and some more. */
#define DAVY_CODEC_RAW_MAX (DAVY_CHUNK_POINTS_MAX * 2 * DAVY_VARINT_MAX + 1024)

/** Values that a prediction is made from. */
#define DAVY_LINEAR_ORDER_MAX ((size_t) 8)

struct davy_codec_work {
    bool thorough;       /* davy_codec_work_be_thorough() */
    ZSTD_CCtx *compress; /* made on first use: readers never need it */
    ZSTD_DCtx *decompress;
    int64_t integers[DAVY_CHUNK_POINTS_MAX];
    uint64_t numbers[DAVY_CHUNK_POINTS_MAX], others[DAVY_CHUNK_POINTS_MAX];
    double values[DAVY_CHUNK_POINTS_MAX];
    int64_t history[DAVY_LINEAR_ORDER_MAX + DAVY_CHUNK_POINTS_MAX]; /* of predictions */
    double series[DAVY_CHUNK_POINTS_MAX]; /* that a predictor is fitted to */
    uint8_t raw[DAVY_CODEC_RAW_MAX];
    uint8_t packed[DAVY_CODEC_RAW_MAX]; /* a zstd frame with its magic number */
    uint8_t bits[DAVY_CHUNK_POINTS_MAX * 8 + 8];
};

extern const davy_codec davy_codec_constant, davy_codec_dictionary, davy_codec_linear,
    davy_codec_decimal, davy_codec_raw;

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

/** The bit of the first byte of decimals that a kind may use for itself. */
#define DAVY_DECIMALS_FREE 0x40

/** Numbers as integers over a power of ten, see codec_decimals.c: append what they need beside
 * work->integers, which are set. False, and nothing appended, when some are no decimal numbers. */
bool davy_decimals_encode(davy_codec_work *work, const double *values, size_t count,
                          davy_buffer *out);

/** The byte after what was appended; NULL when it is damaged. */
const uint8_t *davy_decimals_pass(const uint8_t *bytes, size_t length, size_t count);

/** The numbers, from work->integers; after davy_decimals_pass() found the bytes good. */
void davy_decimals_decode(const davy_codec_work *work, const uint8_t *bytes, size_t length,
                          double *values, size_t count);

/** Rice coding, see codec_rice.c. False, and nothing appended, when it would not be short. */
bool davy_rice_encode(davy_codec_work *work, const uint64_t *numbers, size_t count,
                      davy_buffer *out);
bool davy_rice_decode(davy_codec_work *work, const uint8_t *bytes, size_t length, uint64_t *numbers,
                      size_t count);

/** Weights of the values before; the sum is shifted right. */
typedef struct davy_linear {
    unsigned order, shift;
    int64_t weights[DAVY_LINEAR_ORDER_MAX];
    int64_t mean;
} davy_linear;

/** The predictor that leaves least of these integers, its own bytes counted; see
 * codec_predictor.c. */
void davy_linear_fit(davy_codec_work *work, const int64_t *integers, size_t count,
                     davy_linear *predictor);

/** What predictions of integers [1, count) leave, zig-zag folded, and back. The first one stands
 * for all before it. */
void davy_linear_take(davy_codec_work *work, const davy_linear *predictor, const int64_t *integers,
                      size_t count, uint64_t *left);
void davy_linear_give(davy_codec_work *work, const davy_linear *predictor, const uint64_t *left,
                      int64_t *integers, size_t count);
