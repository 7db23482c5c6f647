/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/stored.h"

#include <stdlib.h>
#include <string.h>

/* The first byte is the number of elements; its highest bit says that they are texts. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    davy_bytes texts[128];
    davy_tensor tensor = {.type = DAVY_TYPE_F32, .rank = 1, .data = texts};
    davy_buffer given = {0};
    size_t total = 0;

    if (length == 0)
        return 0;
    if (bytes[0] & 0x80)
        tensor.type = DAVY_TYPE_TEXT;
    tensor.dims[0] = bytes[0] & 0x7f;
    davy_buffer_append(&given, bytes + 1, length - 1);
    if (davy_stored_read(&given, &tensor) == DAVY_OK && tensor.type == DAVY_TYPE_TEXT) {
        for (int64_t i = 0; i < tensor.dims[0]; i++)
            total += texts[i].length + 4;
        if (total != length - 1) /* all that was given, and nothing twice */
            abort();
    }
    davy_buffer_clear(&given);
    return 0;
}
