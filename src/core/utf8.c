/* SPDX-License-Identifier: Apache-2.0 */
#include "core/utf8.h"

#include <stdint.h>
#include <string.h>

/* One row of table 3-7: first byte, range of the second, length. The others are 80..BF. */
struct sequence {
    uint8_t first_low, first_high, second_low, second_high, length;
};

static const struct sequence sequences[] = {
    {0x01, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static bool continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Length of the character at the start of the bytes; 0 when it is none. */
static size_t character_length(const uint8_t *bytes, size_t length)
{
    const size_t count = sizeof sequences / sizeof sequences[0];
    const struct sequence *sequence = sequences;

    while (sequence < sequences + count &&
           (bytes[0] < sequence->first_low || bytes[0] > sequence->first_high))
        sequence++;
    if (sequence == sequences + count || sequence->length > length)
        return 0;
    if (sequence->length > 1 &&
        (bytes[1] < sequence->second_low || bytes[1] > sequence->second_high))
        return 0;
    for (size_t i = 2; i < sequence->length; i++)
        if (!continues(bytes[i]))
            return 0;
    return sequence->length;
}

/* True when none of the eight bytes is zero or above 0x7F. Source: H. S. Warren, "Hacker's
 * Delight", 2nd edition, 6-1, "Find First 0-Byte". */
static bool plain_word(const uint8_t *bytes)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return (((word - ones) | word) & tops) == 0;
}

bool davy_utf8_valid(const char *bytes, size_t length)
{
    const uint8_t *at = (const uint8_t *) bytes;
    size_t left = length;

    while (left > 0) {
        size_t step = left >= 8 && plain_word(at) ? 8 : character_length(at, left);

        if (step == 0)
            return false;
        at += step;
        left -= step;
    }
    return true;
}

uint32_t davy_utf8_next(const char **text)
{
    const unsigned char *at = (const unsigned char *) *text;
    const unsigned more = (at[0] >= 0xc0) + (at[0] >= 0xe0) + (at[0] >= 0xf0); /* bytes behind it */
    uint32_t sign = more > 0 ? at[0] & (0x3fu >> more) : at[0];

    for (unsigned i = 1; i <= more; i++)
        sign = sign << 6 | (at[i] & 0x3fu);
    if (sign != 0)
        *text += more + 1;
    return sign;
}

void davy_utf8_mend(char *text)
{
    const size_t length = strlen(text);
    size_t start = length;

    while (start > 0 && continues((uint8_t) text[start - 1]))
        start--;
    if (start > 0 && character_length((const uint8_t *) text + start - 1, length - start + 1) == 0)
        text[start - 1] = '\0';
}

const char *davy_utf8_show(const char *bytes, size_t length, char *out, size_t capacity)
{
    const uint8_t *at = (const uint8_t *) bytes;
    size_t used = 0, left = length;

    while (left > 0) {
        size_t step = character_length(at, left);
        bool shown = step > 1 || (step == 1 && at[0] >= 0x20 && at[0] != 0x7F);

        if (step == 0)
            step = 1;
        if (used + step + 4 > capacity && used + left >= capacity) {
            memcpy(out + used, "...", 3);
            used += 3;
            break;
        }
        if (shown)
            memcpy(out + used, at, step);
        else
            out[used] = '?';
        used += shown ? step : 1;
        at += step;
        left -= step;
    }
    out[used] = '\0';
    return out;
}
