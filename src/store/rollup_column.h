/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "store/codec_work.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The columns of numbers that a block of rollups is made of. Private to the rollup files.
 *
 * Stage: store. A column of equal numbers takes two bytes or a few more, another one goes through
 * class coding (codec_classes.c). The numbers themselves are in work->numbers, each below 2^57.
 */

void davy_rollup_put_varint(davy_buffer *out, uint64_t value);
void davy_rollup_put_byte(davy_buffer *out, int value);

/** A piece with its length before it. */
void davy_rollup_put_sized(davy_buffer *out, const davy_buffer *piece);

/** A column: the first `count` > 0 of work->numbers. */
void davy_rollup_put_numbers(davy_codec_work *work, size_t count, davy_buffer *out);

/** Bytes that are left. NULL once something did not fit; then all that is got is 0. */
typedef struct davy_rollup_reader {
    const uint8_t *cursor, *end;
} davy_rollup_reader;

uint64_t davy_rollup_get_varint(davy_rollup_reader *reader);

/** -1 when none is left. */
int davy_rollup_get_byte(davy_rollup_reader *reader);

/** NULL when what is left is shorter. */
const uint8_t *davy_rollup_get_sized(davy_rollup_reader *reader, size_t *length);

/** Into work->numbers. False when these are no such numbers. */
bool davy_rollup_get_numbers(davy_codec_work *work, davy_rollup_reader *reader, size_t count);
