/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/arguments.h"
#include "nn/op/convert.h"

/**
 * @file
 * Lines: a tensor as [outer, length, inner], for operators that work along one axis.
 *
 * Stage: nn. Line i is made of `length` elements that lie `inner` apart. It is read in blocks that
 * are widened, and written in blocks that are narrowed. Lines are independent, so the pool may take
 * them in any order.
 */
#define DAVY_LINE_BLOCK ((int64_t) 512)

typedef struct davy_lines {
    int64_t outer, length, inner;
} davy_lines;

davy_lines davy_lines_of(const davy_tensor *tensor, int axis);
static inline int64_t davy_lines_count(const davy_lines *lines)
{
    return lines->outer * lines->inner;
}

/** Elements from .. of a line as the wide type `as`, at most a block. @return how many */
size_t davy_line_read(const davy_lines *lines, const davy_tensor *tensor, int64_t line,
                      int64_t from, davy_type as, void *block);
/** The reverse. */
void davy_line_write(const davy_lines *lines, const davy_tensor *tensor, int64_t line, int64_t from,
                     size_t count, davy_type as, const void *block);

/** Call one(call, line) for every line, in parallel. */
void davy_lines_run(const davy_call *call, const davy_lines *lines,
                    void (*one)(const davy_call *call, int64_t line));
