/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Order: sort numbers of elements in place, without memory of its own.
 *
 * Stage: nn. Heap sort: qsort() may take memory, and its time on hostile data has no bound.
 */

/** Whether a stands before b; a strict order, so ties are broken by the numbers themselves. */
typedef bool davy_before(const void *context, int64_t a, int64_t b);

/** Sort order[0..count). */
void davy_order_sort(int64_t *order, int64_t count, davy_before *before, const void *context);
