/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/rollup_block.h"
#include "store/rollup_column.h"

/**
 * @file
 * The values in a block of rollups: first, last, min, max and sum. Private to the rollup files.
 *
 * Stage: store. Decimal numbers as distances between integers, others through the codecs of chunks;
 * both give back the same bits. Only rows with a sample that is not bad have values.
 */

/** Append the values of `count` > 0 rows. */
void davy_rollup_put_values(davy_codec_work *work, const davy_store_bucket *const *rows,
                            size_t count, davy_buffer *out);

/** Into rows whose counts are there. False when these bytes hold none. */
bool davy_rollup_get_values(davy_codec_work *work, davy_rollup_reader *reader,
                            davy_store_bucket *const *rows, size_t count);
