/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "store/store.h"

#include <stdio.h>

/**
 * @file
 * Samples as blocks of binary columns, to the bit: a file for numpy and for another davy.
 *
 * Stage: data. Byte by byte: docs/query.md. A block has a checksum and the file an end, so that
 * one that is damaged or cut short is an error and never a short answer.
 */

/** Samples of one block that a reader takes. */
#define DAVY_COLUMNS_BLOCK_MAX ((size_t) 65536)

/* -- Out. A buffer that runs out of memory is marked. -- */

void davy_columns_begin(davy_buffer *out);

/** Samples from here on are of this signal. */
void davy_columns_signal(davy_buffer *out, const char *path, const char *unit);

/** At most DAVY_COLUMNS_BLOCK_MAX of them. */
void davy_columns_samples(davy_buffer *out, const davy_store_run *run);

void davy_columns_end(davy_buffer *out, uint64_t signals, uint64_t samples);

/* -- In -- */

typedef struct davy_columns davy_columns;

/** Read from a file that somebody else closes. DAVY_ERR_CORRUPT when it does not begin as one. */
DAVY_MUST_CHECK davy_status davy_columns_open(FILE *file, davy_columns **out);

/** A signal without samples (run.count 0) or with some of them; borrowed until the next call. */
typedef struct davy_columns_block {
    const char *path, *unit;
    davy_store_run run; /* its `signal` is not set */
} davy_columns_block;

/** The next block; *ended after the last. DAVY_ERR_CORRUPT, with the place, for what is damaged or
 * ends too early. */
DAVY_MUST_CHECK davy_status davy_columns_next(davy_columns *columns, davy_columns_block *block,
                                              bool *ended);

/** NULL is fine. */
void davy_columns_close(davy_columns *columns);

/** True when a file begins as one; it is at its begin afterwards. */
bool davy_columns_is(FILE *file);
