/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE  ((size_t) 2 << 20)
#define CACHE_LINE ((size_t) 64)

void *davy_memory_reserve(davy_memory *memory, size_t bytes)
{
    const size_t alignment = bytes < HUGE_PAGE ? CACHE_LINE : HUGE_PAGE;
    const size_t rounded = (bytes + alignment) / alignment * alignment;

    if (memory->data && memory->bytes >= bytes)
        return memory->data;
    davy_memory_clear(memory);
    if (rounded < bytes)
        return NULL;
    memory->data = aligned_alloc(alignment, rounded);
    if (!memory->data)
        return NULL;
    memory->bytes = rounded;
    if (alignment == HUGE_PAGE)
        (void) madvise(memory->data, rounded, MADV_HUGEPAGE); /* a wish */
    return memory->data;
}

void davy_memory_clear(davy_memory *memory)
{
    free(memory->data);
    *memory = (davy_memory){.data = NULL};
}
