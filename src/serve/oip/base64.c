/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>

#include "serve/oip/tensor_text.h"

/* RFC 4648, section 4. */
davy_status davy_base64_read(davy_bytes text, davy_oip_memory *memory, davy_bytes *out)
{
    const char *from = text.at, *end = NULL;
    const size_t room = text.length / 4 * 3 + 3;
    size_t length = text.length, written = 0;
    void *taken;
    davy_status status = davy_oip_take(memory, room, 1, &taken);
    bool whole;

    if (status != DAVY_OK)
        return status;
    for (size_t pad = 0; pad < 2 && length > 0 && from[length - 1] == '='; pad++)
        length--;
    whole = sodium_base642bin(taken, room, from, length, NULL, &written, &end,
                              sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
    if (end != from + length)
        return davy_fail(DAVY_ERR_INVALID, "the text is not base64 at byte %zu",
                         (size_t) (end - from));
    if (!whole)
        return davy_fail(DAVY_ERR_INVALID, "the base64 text ends early");
    *out = (davy_bytes){taken, written};
    return DAVY_OK;
}

void davy_base64_write(davy_buffer *out, davy_bytes bytes)
{
    const size_t length =
        sodium_base64_ENCODED_LEN(bytes.length, sodium_base64_VARIANT_ORIGINAL); /* and its zero */
    char *room = davy_buffer_reserve(out, length);

    if (!room)
        return;
    (void) sodium_bin2base64(room, length, bytes.at, bytes.length, sodium_base64_VARIANT_ORIGINAL);
    out->length += length - 1;
}
