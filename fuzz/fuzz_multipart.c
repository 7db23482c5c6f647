/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes forms: the first line is the Content-Type, the rest the body. Every part lies within it.
 */
#include "serve/oip/multipart.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_parts(davy_multipart *form, davy_oip_memory *memory, const char *begin,
                       const char *end)
{
    davy_multipart_part part;
    bool more;

    while (davy_multipart_next(form, memory, &part, &more) == DAVY_OK && more) {
        const char *at = part.bytes.at;

        assert(part.name && at >= begin && at + part.bytes.length <= end);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *line = size > 0 ? memchr(data, '\n', size) : NULL;
    davy_oip_memory memory = {0};
    davy_multipart form;
    char type[192];
    size_t length;

    if (!line || (length = (size_t) (line - (const char *) data)) >= sizeof type)
        return 0;
    memcpy(type, data, length);
    type[length] = '\0';
    if (davy_multipart_begin(type, line + 1, size - length - 1, &form) == DAVY_OK)
        read_parts(&form, &memory, line + 1, (const char *) data + size);
    davy_arena_clear(&memory.arena);
    return 0;
}
