/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/memory.h"

#include <stdint.h>
#include <string.h>

davy_status davy_oip_take(davy_oip_memory *memory, size_t count, size_t size, void **out)
{
    if (size > 0 && count > SIZE_MAX / 2 / size)
        return davy_fail(DAVY_ERR_INVALID, "%zu elements of %zu bytes are too many", count, size);
    if (memory->budget && !davy_budget_take(memory->budget, count * size + DAVY_ARENA_ALIGNMENT))
        return davy_fail(DAVY_ERR_UNAVAILABLE, "the memory for tensors of all requests is used up");
    *out = davy_arena_array(&memory->arena, count > 0 ? count : 1, size);
    return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the tensors of a request");
}

davy_status davy_oip_text(davy_oip_memory *memory, const void *bytes, size_t length,
                          const char *what, const char **out)
{
    const char *text;

    if (length > 0 && memchr(bytes, '\0', length))
        return davy_fail(DAVY_ERR_INVALID, "%s has a null character", what);
    text = davy_arena_text(&memory->arena, bytes, length);
    if (!text)
        return davy_fail(DAVY_ERR_NOMEM, "the tensors of a request");
    *out = text;
    return DAVY_OK;
}
