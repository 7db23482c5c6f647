/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/timestamp.h"
#include "core/utf8.h"

#define NUMBER_MAX 32

static void write_string(davy_buffer *out, const char *text, size_t length);

/* A value or key begins: a comma unless it is the first. */
static void begin(davy_buffer *out, const char *key)
{
    char last = out->length > 0 ? out->bytes[out->length - 1] : '[';

    if (last != '{' && last != '[' && last != ':')
        davy_buffer_append(out, ",", 1);
    if (key) {
        write_string(out, key, strlen(key));
        davy_buffer_append(out, ":", 1);
    }
}

static void write_escape(davy_buffer *out, unsigned char byte)
{
    static const char shorts[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char text[8];

    if (byte == '"' || byte == '\\')
        (void) snprintf(text, sizeof text, "\\%c", byte);
    else if (byte < sizeof shorts && shorts[byte])
        (void) snprintf(text, sizeof text, "\\%c", shorts[byte]);
    else
        (void) snprintf(text, sizeof text, "\\u%04x", byte);
    davy_buffer_append_text(out, text);
}

/* Bytes of the valid UTF-8 character at `text`, 0 when there is none. */
static size_t character_length(const char *text, size_t left)
{
    for (size_t length = 1; length <= 4 && length <= left; length++)
        if (davy_utf8_valid(text, length))
            return length;
    return 0;
}

static void write_string(davy_buffer *out, const char *text, size_t length)
{
    const char *end = text + length;
    const char *plain = text;

    davy_buffer_append(out, "\"", 1);
    while (text < end) {
        unsigned char byte = (unsigned char) *text;
        size_t width = byte < 0x80 ? 1 : character_length(text, (size_t) (end - text));

        if (width > 0 && byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F) {
            text += width;
            continue;
        }
        davy_buffer_append(out, plain, (size_t) (text - plain));
        if (width == 0)
            davy_buffer_append_text(out, "\xEF\xBF\xBD");
        else
            write_escape(out, byte);
        plain = ++text;
    }
    davy_buffer_append(out, plain, (size_t) (text - plain));
    davy_buffer_append(out, "\"", 1);
}

void davy_json_object(davy_buffer *out, const char *key)
{
    begin(out, key);
    davy_buffer_append(out, "{", 1);
}

void davy_json_object_end(davy_buffer *out)
{
    davy_buffer_append(out, "}", 1);
}

void davy_json_array(davy_buffer *out, const char *key)
{
    begin(out, key);
    davy_buffer_append(out, "[", 1);
}

void davy_json_array_end(davy_buffer *out)
{
    davy_buffer_append(out, "]", 1);
}

void davy_json_text(davy_buffer *out, const char *key, const char *value)
{
    begin(out, key);
    if (value)
        write_string(out, value, strlen(value));
    else
        davy_buffer_append_text(out, "null");
}

void davy_json_counted_text(davy_buffer *out, const char *key, const char *text, size_t length)
{
    begin(out, key);
    write_string(out, text, length);
}

/* Write the digits at the end of the array; the answer is their number. */
static size_t unsigned_digits(uint64_t value, char digits[NUMBER_MAX])
{
    size_t count = 0;

    do {
        digits[NUMBER_MAX - ++count] = (char) ('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return count;
}

void davy_json_integer_digits(davy_buffer *out, int64_t value)
{
    char digits[NUMBER_MAX];
    uint64_t magnitude = value < 0 ? 0 - (uint64_t) value : (uint64_t) value;
    size_t count = unsigned_digits(magnitude, digits);

    if (value < 0)
        digits[sizeof digits - ++count] = '-';
    davy_buffer_append(out, digits + sizeof digits - count, count);
}

/* Does the text of a double read back to the same number? Of a float: to the same float. */
static bool is_same(double text, double value, bool single)
{
    return single ? (float) text == (float) value : text == value;
}

#define DECIMALS_MAX 22 /* 10^22 is the largest power of ten that is a double */

/* A whole number m below 2^53 and the fewest decimals k with which m / 10^k is the value: both are
 * doubles and the quotient is rounded once, so the text m * 10^-k reads back to the same number. */
static bool find_decimal(double magnitude, bool single, uint64_t *m, size_t *k)
{
    static const double powers[DECIMALS_MAX + 1] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const double most = 0x1p53;

    for (*k = 0; *k <= DECIMALS_MAX && magnitude * powers[*k] < most; ++*k) {
        const double scaled = nearbyint(magnitude * powers[*k]);

        if (is_same(scaled / powers[*k], magnitude, single)) {
            *m = (uint64_t) scaled;
            return true;
        }
    }
    return false;
}

/* Below this it is written with an exponent, as %g does. */
#define FIXED_MIN 1e-4

static void write_fixed(davy_buffer *out, const char *digits, size_t count, size_t k)
{
    davy_buffer_append(out, digits, count - k);
    if (k > 0) {
        davy_buffer_append(out, ".", 1);
        davy_buffer_append(out, digits + count - k, k);
    }
}

static void write_scientific(davy_buffer *out, const char *digits, size_t count, size_t k)
{
    davy_buffer_append(out, digits, 1);
    if (count > 1) {
        davy_buffer_append(out, ".", 1);
        davy_buffer_append(out, digits + 1, count - 1);
    }
    davy_buffer_append(out, k - count + 1 < 10 ? "e-0" : "e-", k - count + 1 < 10 ? 3 : 2);
    davy_json_integer_digits(out, (int64_t) (k - count + 1));
}

/* Without a search by printf(), which costs more than most models. */
static bool write_decimal(davy_buffer *out, double value, bool single)
{
    const double magnitude = fabs(value);
    char text[NUMBER_MAX];
    uint64_t m;
    size_t k, count;

    if (magnitude >= 1e9 || !find_decimal(magnitude, single, &m, &k))
        return false;
    count = unsigned_digits(m, text);
    if (signbit(value))
        davy_buffer_append(out, "-", 1);
    if (magnitude > 0 && magnitude < FIXED_MIN) {
        write_scientific(out, text + sizeof text - count, count, k);
        return true;
    }
    while (count <= k)
        text[sizeof text - ++count] = '0';
    write_fixed(out, text + sizeof text - count, count, k);
    return true;
}

/* 15 digits of a double and 6 of a float survive; 17 and 9 tell each from its neighbours. */
static void write_digits(davy_buffer *out, double value, bool single)
{
    const int most = single ? 9 : 17;
    char text[NUMBER_MAX];

    if (!isfinite(value)) {
        davy_buffer_append_text(out, "null");
        return;
    }
    if (write_decimal(out, value, single))
        return;
    for (int digits = single ? 6 : 15; digits <= most; digits++) {
        (void) snprintf(text, sizeof text, "%.*g", digits, value);
        if (is_same(strtod(text, NULL), value, single))
            break;
    }
    davy_buffer_append_text(out, text);
}

void davy_json_digits(davy_buffer *out, double value)
{
    write_digits(out, value, false);
}

void davy_json_float_digits(davy_buffer *out, float value)
{
    write_digits(out, value, true);
}

void davy_json_number(davy_buffer *out, const char *key, double value)
{
    begin(out, key);
    davy_json_digits(out, value);
}

void davy_json_integer(davy_buffer *out, const char *key, int64_t value)
{
    begin(out, key);
    davy_json_integer_digits(out, value);
}

void davy_json_unsigned(davy_buffer *out, const char *key, uint64_t value)
{
    char digits[NUMBER_MAX];
    size_t count = unsigned_digits(value, digits);

    begin(out, key);
    davy_buffer_append(out, digits + sizeof digits - count, count);
}

void davy_json_boolean(davy_buffer *out, const char *key, bool value)
{
    begin(out, key);
    davy_buffer_append_text(out, value ? "true" : "false");
}

void davy_json_null(davy_buffer *out, const char *key)
{
    begin(out, key);
    davy_buffer_append_text(out, "null");
}

void davy_json_time(davy_buffer *out, const char *key, int64_t time_ns)
{
    char text[DAVY_TIMESTAMP_MAX];

    if (time_ns == 0) {
        davy_json_null(out, key);
        return;
    }
    davy_timestamp_format(time_ns, 3, text);
    davy_json_text(out, key, text);
}

void davy_json_raw(davy_buffer *out, const char *key, const char *json)
{
    begin(out, key);
    davy_buffer_append_text(out, json ? json : "null");
}
