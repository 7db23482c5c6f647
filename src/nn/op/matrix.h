/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Small matrices inside operators.
 *
 * Stage: nn, private to nn/op.
 */

/** Floats of one cache line. */
#define DAVY_LINE ((size_t) 16)

/** `count` floats, rounded up so that what follows starts on a cache line of its own. */
static inline size_t davy_line_up(size_t count)
{
    return (count + DAVY_LINE - 1) / DAVY_LINE * DAVY_LINE;
}

/** dst [columns, rows] = src [rows, columns] transposed. */
void davy_matrix_transpose(size_t rows, size_t columns, const float *src, size_t src_row,
                           float *dst, size_t dst_row);
