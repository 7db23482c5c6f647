/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Large blocks of memory that are kept: the arena of a session, the weights of a training.
 *
 * Stage: nn. First touch of a page is dear on virtual machines (0.3 to 1.4 GB/s were measured), so
 * a block is taken once, in huge pages where the system has them, and reused.
 */
typedef struct davy_memory {
    void *data; /* aligned to a huge page */
    size_t bytes;
} davy_memory;

/** Make it at least this large; the contents are lost when it moves. @return NULL without memory */
void *davy_memory_reserve(davy_memory *memory, size_t bytes);
/** A zeroed one is fine. */
void davy_memory_clear(davy_memory *memory);
