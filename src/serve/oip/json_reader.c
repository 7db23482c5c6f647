/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/json_reader.h"

#include <math.h>
#include <string.h>

#include "core/decimal.h"
#include "core/utf8.h"

/* Whole numbers up to here are exact as doubles. */
#define EXACT_MAX 9007199254740992.0 /* 2^53 */

void davy_json_reader_init(davy_json_reader *reader, const char *bytes, size_t length)
{
    static const char nothing[1];

    reader->begin = reader->at = bytes ? bytes : nothing;
    reader->end = reader->begin + length;
    reader->depth = 0;
    reader->fresh = false;
}

davy_status davy_json_fail(const davy_json_reader *reader, const char *expected)
{
    char seen[40];

    (void) davy_utf8_show(reader->at, (size_t) (reader->end - reader->at), seen, sizeof seen);
    return davy_fail(DAVY_ERR_INVALID,
                     "failed to parse the request JSON: byte %zu: expected %s, "
                     "not '%s'",
                     (size_t) (reader->at - reader->begin), expected, seen);
}

bool davy_bytes_are(davy_bytes bytes, const char *word)
{
    return bytes.length == strlen(word) && memcmp(bytes.at, word, bytes.length) == 0;
}

static void skip_blanks(davy_json_reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

char davy_json_peek(davy_json_reader *reader)
{
    char c;

    skip_blanks(reader);
    if (reader->at == reader->end)
        return 0;
    c = *reader->at;
    if (c == '-' || (c >= '0' && c <= '9'))
        return '0';
    return c == '{' || c == '[' || c == '"' || c == 't' || c == 'f' || c == 'n' ? c : 0;
}

davy_status davy_json_enter(davy_json_reader *reader, char bracket)
{
    if (davy_json_peek(reader) != bracket)
        return davy_json_fail(reader, bracket == '{' ? "an object" : "an array");
    if (reader->depth == DAVY_JSON_DEPTH_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "failed to parse the request JSON: it is nested deeper than %d levels",
                         DAVY_JSON_DEPTH_MAX);
    reader->at++;
    reader->closing[reader->depth++] = bracket == '{' ? '}' : ']';
    reader->fresh = true;
    return DAVY_OK;
}

davy_status davy_json_next(davy_json_reader *reader, bool *more)
{
    const char closing = reader->closing[reader->depth - 1];

    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == closing) {
        reader->at++;
        reader->depth--;
        reader->fresh = false;
        *more = false;
        return DAVY_OK;
    }
    if (!reader->fresh) {
        if (reader->at == reader->end || *reader->at != ',')
            return davy_json_fail(reader, closing == '}' ? "',' or '}'" : "',' or ']'");
        reader->at++;
    }
    reader->fresh = false;
    *more = true;
    return DAVY_OK;
}

davy_status davy_json_key(davy_json_reader *reader, davy_oip_memory *memory, davy_bytes *key)
{
    davy_status status = davy_json_string(reader, memory, key);

    if (status != DAVY_OK)
        return status;
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != ':')
        return davy_json_fail(reader, "':'");
    reader->at++;
    return DAVY_OK;
}

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

/* The escape behind a backslash. Never longer than what it is written as. */
static bool read_escape(const char **at, const char *end, char **out)
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

/* To the closing quote; *escaped when there was a backslash. NULL for a bare control character or
 * no end. */
static const char *find_quote(const char *at, const char *end, bool *escaped)
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
        if (!read_escape(&at, end, &out))
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
    quote = find_quote(begin, reader->end, &escaped);
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

static bool take_word(davy_json_reader *reader, const char *word)
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
    *value = take_word(reader, "true");
    return *value || take_word(reader, "false") ? DAVY_OK : davy_json_fail(reader, "true or false");
}

davy_status davy_json_nothing(davy_json_reader *reader)
{
    (void) davy_json_peek(reader);
    return take_word(reader, "null") ? DAVY_OK : davy_json_fail(reader, "null");
}

/* -- Whole values -------------------------------------------------------------------------------
 */

static davy_status skip_string(davy_json_reader *reader)
{
    char scratch[16]; /* escapes are looked at where they stand: no text is kept */
    bool escaped = false;
    const char *quote = find_quote(reader->at + 1, reader->end, &escaped);
    const char *at = reader->at + 1;

    if (!quote || !davy_utf8_valid(at, (size_t) (quote - at)))
        return davy_json_fail(reader, "a text in UTF-8 with an end");
    while (escaped && at < quote) {
        char *out = scratch;

        if (*at++ == '\\' && !read_escape(&at, quote, &out))
            return davy_json_fail(reader, "a text whose escapes are those of JSON");
    }
    reader->at = quote + 1;
    return DAVY_OK;
}

static davy_status skip_leaf(davy_json_reader *reader)
{
    davy_bytes text;
    bool truth;

    switch (davy_json_peek(reader)) {
    case '"':
        return skip_string(reader);
    case '0':
        return davy_json_number_text(reader, &text);
    case 'n':
        return davy_json_nothing(reader);
    case 't':
    case 'f':
        return davy_json_truth(reader, &truth);
    default:
        return davy_json_fail(reader, "a value");
    }
}

/* Step to the next place where a value stands, out of all that is closed; false at the end. */
static davy_status skip_to_value(davy_json_reader *reader, unsigned depth, bool *more)
{
    davy_status status = DAVY_OK;

    *more = false;
    while (status == DAVY_OK && !*more && reader->depth > depth)
        status = davy_json_next(reader, more);
    return status;
}

static davy_status skip_key(davy_json_reader *reader)
{
    davy_status status;

    if (reader->closing[reader->depth - 1] != '}')
        return DAVY_OK;
    status = davy_json_peek(reader) == '"' ? skip_string(reader) : davy_json_fail(reader, "a key");
    if (status != DAVY_OK)
        return status;
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != ':')
        return davy_json_fail(reader, "':'");
    reader->at++;
    return DAVY_OK;
}

davy_status davy_json_skip(davy_json_reader *reader, size_t *leaves)
{
    const unsigned depth = reader->depth;
    davy_status status = DAVY_OK;
    bool more = true;

    while (status == DAVY_OK && more) {
        const char c = davy_json_peek(reader);

        if (c == '{' || c == '[') {
            status = davy_json_enter(reader, c);
        } else {
            status = skip_leaf(reader);
            if (leaves)
                ++*leaves;
        }
        if (status == DAVY_OK)
            status = skip_to_value(reader, depth, &more);
        if (status == DAVY_OK && more)
            status = skip_key(reader);
    }
    return status;
}

davy_status davy_json_finish(davy_json_reader *reader)
{
    skip_blanks(reader);
    return reader->at == reader->end ? DAVY_OK : davy_json_fail(reader, "nothing more");
}
