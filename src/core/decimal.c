/* SPDX-License-Identifier: Apache-2.0 */
#include "core/decimal.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Digits that surely fit a uint64_t, and the largest exponent worth reading exactly. */
#define MANTISSA_DIGITS 19
#define EXPONENT_MAX    100000

struct decimal {
    bool negative;
    bool exact;        /* no digit was lost to the mantissa's width */
    uint64_t mantissa; /* first digits, without the point */
    int exponent;      /* power of ten of the mantissa */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Take digits into the mantissa; each one behind the point lowers the exponent. */
static const char *read_digits(const char *at, const char *end, struct decimal *out, int *taken,
                               int step)
{
    for (; at < end && is_digit(*at); at++) {
        if (out->mantissa > 0 || *at != '0')
            ++*taken;
        if (*taken <= MANTISSA_DIGITS) {
            out->mantissa = out->mantissa * 10 + (uint64_t) (*at - '0');
            out->exponent -= step;
        } else {
            out->exact = false;
        }
    }
    return at;
}

static const char *read_exponent(const char *at, const char *end, struct decimal *out)
{
    bool negative = at < end && *at == '-';
    int exponent = 0;

    at += at < end && (*at == '-' || *at == '+');
    if (at == end || !is_digit(*at))
        return NULL;
    for (; at < end && is_digit(*at); at++)
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (*at - '0');
    out->exponent += negative ? -exponent : exponent;
    return at;
}

/* [+-] digits [. digits] or . digits, then [e [+-] digits]. False when the text is not all that. */
static bool read_form(const char *at, const char *end, struct decimal *out)
{
    const char *digits;
    ptrdiff_t count;
    int taken = 0;

    out->negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    digits = at;
    at = read_digits(at, end, out, &taken, 0);
    count = at - digits;
    if (at < end && *at == '.') {
        digits = at + 1;
        at = read_digits(digits, end, out, &taken, 1);
        count += at - digits;
    }
    if (count == 0)
        return false;
    if (at < end && (*at == 'e' || *at == 'E'))
        at = read_exponent(at + 1, end, out);
    return at == end;
}

static locale_t plain_locale;

static void make_plain_locale(void)
{
    plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t) 0);
}

/* The form is known to be good; only the nearest double is left to be found. */
static double read_slowly(const char *text, size_t length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char copy[DAVY_DECIMAL_MAX + 1];

    pthread_once(&once, make_plain_locale);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return plain_locale ? strtod_l(copy, NULL, plain_locale) : strtod(copy, NULL);
}

davy_decimal davy_decimal_read(const char *text, size_t length, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct decimal decimal = {.exact = true};
    double number;

    if (length > DAVY_DECIMAL_MAX)
        return DAVY_DECIMAL_LONG;
    if (!read_form(text, text + length, &decimal))
        return DAVY_DECIMAL_WRONG;
    if (decimal.exact && decimal.mantissa <= (UINT64_C(1) << 53) && decimal.exponent >= -22 &&
        decimal.exponent <= 22) {
        number = (double) decimal.mantissa;
        number = decimal.exponent < 0 ? number / powers[-decimal.exponent]
                                      : number * powers[decimal.exponent];
        *value = decimal.negative ? -number : number;
        return DAVY_DECIMAL_OK;
    }
    number = read_slowly(text, length);
    if (!isfinite(number))
        return DAVY_DECIMAL_OUT_OF_RANGE;
    *value = number;
    return DAVY_DECIMAL_OK;
}
