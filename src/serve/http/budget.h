/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * A budget of bytes that requests share: bodies as they come, unpacked, and as tensors.
 *
 * Stage: serve. A request takes before it allocates and gives all back at its end, so that no
 * number of requests at a time can hold more memory than the budget has. Nobody waits: who finds it
 * empty is refused and told when to come again.
 */
typedef struct davy_budget {
    _Atomic size_t *used; /* by all requests */
    size_t most;          /* that all may use */
    size_t held;          /* by this one */
} davy_budget;

/** Take so many bytes more; false when they are not there, and nothing was taken. */
bool davy_budget_take(davy_budget *budget, size_t more);

/** Give everything back. */
void davy_budget_release(davy_budget *budget);
