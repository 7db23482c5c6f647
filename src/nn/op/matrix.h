/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * How small matrices lie inside operators.
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
