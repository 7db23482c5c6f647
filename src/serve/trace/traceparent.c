/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/trace/trace.h"

#include <string.h>

/* A digit of a traceparent is lower case. @return -1 for anything else */
static int digit_of(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Bytes in hexadecimal with what stands behind them. */
static bool read_bytes(const char **text, unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int high = digit_of(**text), low = high < 0 ? -1 : digit_of((*text)[1]);

        if (low < 0)
            return false;
        bytes[i] = (unsigned char) (high << 4 | low);
        *text += 2;
    }
    return true;
}

static bool read_dash(const char **text)
{
    return *(*text)++ == '-';
}

static bool is_any(const unsigned char *bytes, size_t count)
{
    unsigned char all = 0;

    for (size_t i = 0; i < count; i++)
        all |= bytes[i];
    return all != 0;
}

/* A later version may have more behind a dash; version 0 has nothing, and 255 is none. */
bool davy_traceparent_read(const char *text, davy_trace_ids *out)
{
    unsigned char version, flags;
    davy_trace_ids ids;

    if (!read_bytes(&text, &version, 1) || version == 0xff || !read_dash(&text) ||
        !read_bytes(&text, ids.trace, sizeof ids.trace) || !read_dash(&text) ||
        !read_bytes(&text, ids.span, sizeof ids.span) || !read_dash(&text) ||
        !read_bytes(&text, &flags, 1) || (*text && (version == 0 || *text != '-')) ||
        !is_any(ids.trace, sizeof ids.trace) || !is_any(ids.span, sizeof ids.span))
        return false;
    ids.sampled = flags & 1;
    *out = ids;
    return true;
}

static char *write_bytes(char *text, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    return text;
}

void davy_traceparent_write(const davy_trace_ids *ids, char text[DAVY_TRACEPARENT_MAX])
{
    text = write_bytes(stpcpy(text, "00-"), ids->trace, sizeof ids->trace);
    *text++ = '-';
    text = write_bytes(text, ids->span, sizeof ids->span);
    memcpy(text, ids->sampled ? "-01" : "-00", 4);
}
