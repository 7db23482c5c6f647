/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/json_private.h"

#include <math.h>
#include <string.h>

#include "core/decimal.h"
#include "core/utf8.h"

/* Whole numbers up to here are exact as doubles. */
#define EXACT_MAX 9007199254740992.0 /* 2^53 */

/* -- Texts --------------------------------------------------------------------------------------
 */

static bool read_hex(const char *at, const char *end, unsigned *value)
{
    *value = 0;
    if (end - at < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        const char c = at[i];
        const unsigned digit = c >= '0' && c <= '9'   ? (unsigned) (c - '0')
                               : c >= 'a' && c <= 'f' ? (unsigned) (c - 'a' + 10)
                               : c >= 'A' && c <= 'F' ? (unsigned) (c - 'A' + 10)
                                                      : 16U;

        if (digit > 15)
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

static char *put_character(char *out, unsigned code)
{
    if (code < 0x80) {
        *out++ = (char) code;
    } else if (code < 0x800) {
        *out++ = (char) (0xC0 | code >> 6);
        *out++ = (char) (0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *out++ = (char) (0xE0 | code >> 12);
        *out++ = (char) (0x80 | (code >> 6 & 0x3F));
        *out++ = (char) (0x80 | (code & 0x3F));
    } else {
        *out++ = (char) (0xF0 | code >> 18);
        *out++ = (char) (0x80 | (code >> 12 & 0x3F));
        *out++ = (char) (0x80 | (code >> 6 & 0x3F));
        *out++ = (char) (0x80 | (code & 0x3F));
    }
    return out;
}

/* "\u00e9", or a pair of surrogates; *at stands behind the 'u'. */
static bool read_code(const char **at, const char *end, char **out)
{
    unsigned high, low;

    if (!read_hex(*at, end, &high))
        return false;
    *at += 4;
    if (high >= 0xD800 && high < 0xDC00) {
        if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u' || !read_hex(*at + 2, end, &low) ||
            low < 0xDC00 || low >= 0xE000)
            return false;
        *at += 6;
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    } else if (high >= 0xDC00 && high < 0xE000) {
        return false;
    }
    *out = put_character(*out, high);
    return true;
}

bool davy_json_escape(const char **at, const char *end, char **out)
{
    static const char plain[] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                 ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    const unsigned char c = *at < end ? (unsigned char) *(*at)++ : 0;

    if (c == 'u')
        return read_code(at, end, out);
    if (c >= sizeof plain || !plain[c])
        return false;
    *(*out)++ = plain[c];
    return true;
}

const char *davy_json_quote(const char *at, const char *end, bool *escaped)
{
    for (; at < end && *at != '"'; at++) {
        if ((unsigned char) *at < 0x20)
            return NULL;
        if (*at == '\\') {
            *escaped = true;
            at++;
        }
    }
    return at < end ? at : NULL;
}

static bool unescape(const char *at, const char *end, char *out, size_t *length)
{
    char *const begin = out;

    while (at < end) {
        if (*at != '\\') {
            *out++ = *at++;
            continue;
        }
        at++;
        if (!davy_json_escape(&at, end, &out))
            return false;
    }
    *length = (size_t) (out - begin);
    return true;
}

davy_status davy_json_string(davy_json_reader *reader, davy_oip_memory *memory, davy_bytes *text)
{
    bool escaped = false;
    const char *begin, *quote;

    if (davy_json_peek(reader) != '"')
        return davy_json_fail(reader, "a text");
    begin = reader->at + 1;
    quote = davy_json_quote(begin, reader->end, &escaped);
    if (!quote)
        return davy_json_fail(reader, "a text with an end and without control characters");
    *text = (davy_bytes){begin, (size_t) (quote - begin)};
    if (!davy_utf8_valid(begin, text->length))
        return davy_json_fail(reader, "a text in UTF-8");
    if (escaped) {
        void *plain;
        davy_status status = davy_oip_take(memory, text->length, 1, &plain);

        if (status != DAVY_OK)
            return status;
        if (!unescape(begin, quote, plain, &text->length))
            return davy_json_fail(reader, "a text whose escapes are those of JSON");
        text->at = plain;
    }
    reader->at = quote + 1;
    return DAVY_OK;
}

/* -- Numbers and words --------------------------------------------------------------------------
 */

/* The number that was read is not what was expected; the sentence tells where it begins. */
static davy_status fail_at(davy_json_reader *reader, davy_bytes text, const char *expected)
{
    reader->at = text.at;
    return davy_json_fail(reader, expected);
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* The end of -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?, or NULL. */
static const char *number_end(const char *at, const char *end)
{
    const char *digits;

    at += at < end && *at == '-';
    digits = at;
    at = skip_digits(at, end);
    if (at == digits || (*digits == '0' && at > digits + 1))
        return NULL;
    if (at < end && *at == '.') {
        digits = at + 1;
        at = skip_digits(digits, end);
        if (at == digits)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        digits = at;
        at = skip_digits(digits, end);
        if (at == digits)
            return NULL;
    }
    return at;
}

davy_status davy_json_number_text(davy_json_reader *reader, davy_bytes *text)
{
    const char *end = davy_json_peek(reader) == '0' ? number_end(reader->at, reader->end) : NULL;

    if (!end)
        return davy_json_fail(reader, "a number");
    *text = (davy_bytes){reader->at, (size_t) (end - reader->at)};
    reader->at = end;
    return DAVY_OK;
}

davy_status davy_json_double(davy_json_reader *reader, double *value)
{
    davy_bytes text;
    davy_status status = davy_json_number_text(reader, &text);

    if (status != DAVY_OK)
        return status;
    if (davy_decimal_read(text.at, text.length, value) != DAVY_DECIMAL_OK)
        return fail_at(reader, text, "a number that fits a double");
    return DAVY_OK;
}

/* Digits alone, which most whole numbers are; false for others and beyond 64 bits. */
static bool read_magnitude(davy_bytes text, bool *negative, uint64_t *magnitude)
{
    const char *at = text.at, *end = at + text.length;
    uint64_t sum = 0;

    *negative = *at == '-';
    for (at += *negative; at < end; at++) {
        const unsigned digit = (unsigned) (*at - '0');

        if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *magnitude = sum;
    return true;
}

/* 1.0 and 1e3 are whole too. */
static bool read_whole(davy_bytes text, bool *negative, uint64_t *magnitude)
{
    double value;

    if (read_magnitude(text, negative, magnitude))
        return true;
    if (!memchr(text.at, '.', text.length) && !memchr(text.at, 'e', text.length) &&
        !memchr(text.at, 'E', text.length))
        return false;
    if (davy_decimal_read(text.at, text.length, &value) != DAVY_DECIMAL_OK ||
        fabs(value) > EXACT_MAX || value != trunc(value))
        return false;
    *negative = value < 0;
    *magnitude = (uint64_t) fabs(value);
    return true;
}

davy_status davy_json_integer_within(davy_json_reader *reader, int64_t low, int64_t high,
                                     int64_t *value)
{
    uint64_t magnitude;
    davy_bytes text;
    bool negative;
    davy_status status = davy_json_number_text(reader, &text);

    if (status != DAVY_OK)
        return status;
    if (!read_whole(text, &negative, &magnitude) ||
        magnitude > (negative ? 0 - (uint64_t) low : (uint64_t) high))
        return fail_at(reader, text, "a whole number within its type");
    *value = negative ? (int64_t) (0 - magnitude) : (int64_t) magnitude;
    return DAVY_OK;
}

davy_status davy_json_unsigned_within(davy_json_reader *reader, uint64_t high, uint64_t *value)
{
    davy_bytes text;
    bool negative;
    davy_status status = davy_json_number_text(reader, &text);

    if (status != DAVY_OK)
        return status;
    if (!read_whole(text, &negative, value) || (negative && *value > 0) || *value > high)
        return fail_at(reader, text, "a whole number of zero or more within its type");
    return DAVY_OK;
}

bool davy_json_word(davy_json_reader *reader, const char *word)
{
    const size_t length = strlen(word);

    if ((size_t) (reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

davy_status davy_json_truth(davy_json_reader *reader, bool *value)
{
    (void) davy_json_peek(reader);
    *value = davy_json_word(reader, "true");
    return *value || davy_json_word(reader, "false") ? DAVY_OK
                                                     : davy_json_fail(reader, "true or false");
}

davy_status davy_json_nothing(davy_json_reader *reader)
{
    (void) davy_json_peek(reader);
    return davy_json_word(reader, "null") ? DAVY_OK : davy_json_fail(reader, "null");
}
