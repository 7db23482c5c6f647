/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The bits that Gorilla needs, to stand beside davy's bytes per point. Nothing is written.
 *
 * Source: Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", PVLDB
 * 8(12), 2015, section 4.1: times in seconds as differences of differences, values as the exclusive
 * or with the one before, blocks of two hours. Without its index.
 */
typedef struct gorilla {
    uint64_t bits;
    int64_t time, step, block_end; /* seconds */
    uint64_t value;
    unsigned leading, trailing; /* zeros around the bits that are kept; 64: none yet */
} gorilla;

/** Zeroed is the valid start. */
void gorilla_add(gorilla *series, int64_t time_ns, double value);
