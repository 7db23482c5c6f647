/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "serve/oip/tensor_text.h"

/* RFC 4648, section 4. */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define WRONG 64

static unsigned value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned) (c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned) (c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned) (c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : WRONG;
}

davy_status davy_base64_read(davy_bytes text, davy_oip_memory *memory, davy_bytes *out)
{
    const char *from = text.at;
    size_t length = text.length, written = 0;
    unsigned bits = 0, held = 0;
    unsigned char *to;
    void *taken;
    davy_status status = davy_oip_take(memory, length / 4 * 3 + 3, 1, &taken);

    if (status != DAVY_OK)
        return status;
    to = taken;
    for (size_t pad = 0; pad < 2 && length > 0 && from[length - 1] == '='; pad++)
        length--;
    for (size_t i = 0; i < length; i++) {
        const unsigned value = value_of(from[i]);

        if (value == WRONG)
            return davy_fail(DAVY_ERR_INVALID, "the text is not base64 at byte %zu", i);
        bits = bits << 6 | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            to[written++] = (unsigned char) (bits >> held);
        }
    }
    if (length % 4 == 1)
        return davy_fail(DAVY_ERR_INVALID, "the base64 text ends early");
    *out = (davy_bytes){to, written};
    return DAVY_OK;
}

void davy_base64_write(davy_buffer *out, davy_bytes bytes)
{
    const unsigned char *from = bytes.at;

    for (size_t i = 0; i < bytes.length; i += 3) {
        const size_t left = bytes.length - i;
        const unsigned group = (unsigned) from[i] << 16 |
                               (left > 1 ? (unsigned) from[i + 1] << 8 : 0) |
                               (left > 2 ? from[i + 2] : 0U);
        const char text[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63],
                              left > 1 ? alphabet[group >> 6 & 63] : '=',
                              left > 2 ? alphabet[group & 63] : '='};

        davy_buffer_append(out, text, sizeof text);
    }
}
