/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "serve/http/budget.h"

/**
 * @file
 * Memory of one inference: an arena that is given back with the answer, out of the budget of all.
 *
 * Stage: serve.
 */
typedef struct davy_oip_memory {
    davy_arena arena;
    davy_budget *budget; /* NULL: nobody counts */
} davy_oip_memory;

/**
 * Zeroed elements, taken from the budget first.
 *
 * @return DAVY_ERR_UNAVAILABLE when the budget is empty; DAVY_ERR_INVALID when the product
 *         overflows
 */
DAVY_MUST_CHECK davy_status davy_oip_take(davy_oip_memory *memory, size_t count, size_t size,
                                          void **out);

/** Bytes as a text with its zero; DAVY_ERR_INVALID, naming `what`, for a zero inside. */
DAVY_MUST_CHECK davy_status davy_oip_text(davy_oip_memory *memory, const void *bytes, size_t length,
                                          const char *what, const char **out);
