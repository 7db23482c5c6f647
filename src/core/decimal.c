/* SPDX-License-Identifier: Apache-2.0 */
#include "core/decimal.h"

#include "core/decimal_powers.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Digits that surely fit a uint64_t, and the largest exponent worth reading exactly. */
#define MANTISSA_DIGITS 19
#define EXPONENT_MAX    100000

struct decimal {
    bool negative;
    uint64_t mantissa; /* all digits, without the point */
    size_t digits;     /* how many; the mantissa holds them up to MANTISSA_DIGITS */
    int exponent;      /* power of ten of the mantissa */
};

static const char *read_digits(const char *at, const char *end, uint64_t *mantissa)
{
    uint64_t value = *mantissa;

    for (unsigned digit; at < end && (digit = (unsigned) (*at - '0')) <= 9; at++)
        value = value * 10 + digit;
    *mantissa = value;
    return at;
}

static const char *read_exponent(const char *at, const char *end, struct decimal *out)
{
    bool negative = at < end && *at == '-';
    const char *digits;
    int exponent = 0;

    at += at < end && (*at == '-' || *at == '+');
    for (digits = at; at < end && (unsigned) (*at - '0') <= 9; at++)
        if (exponent < EXPONENT_MAX)
            exponent = exponent * 10 + (*at - '0');
    if (at == digits)
        return NULL;
    out->exponent += negative ? -exponent : exponent;
    return at;
}

/* [+-] digits [. digits] or . digits, then [e [+-] digits]. False when the text is not all that.
 * @param point  the sign between whole and fraction: '.', or ',' */
static bool read_form(const char *at, const char *end, char point, struct decimal *out)
{
    const char *digits;

    out->negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    digits = at;
    at = read_digits(at, end, &out->mantissa);
    out->digits = (size_t) (at - digits);
    if (at < end && *at == point) {
        digits = at + 1;
        at = read_digits(digits, end, &out->mantissa);
        out->exponent = -(int) (at - digits);
        out->digits += (size_t) (at - digits);
    }
    if (out->digits == 0)
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

/* The form is known to be good; only the nearest double is left to be found. Rare, and kept out of
 * line, so that its buffer costs the common numbers nothing. */
__attribute__((noinline)) static double read_slowly(const char *text, size_t length, char point)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char copy[DAVY_DECIMAL_MAX + 1], *comma;

    pthread_once(&once, make_plain_locale);
    memcpy(copy, text, length);
    copy[length] = '\0';
    comma = point == '.' ? NULL : strchr(copy, point);
    if (comma)
        *comma = '.';
    return plain_locale ? strtod_l(copy, NULL, plain_locale) : strtod(copy, NULL);
}

/* Clinger: both numbers are exact doubles, and so there is one rounding. */
static bool read_exactly(const struct decimal *decimal, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const double number = (double) decimal->mantissa;

    if (decimal->mantissa > (UINT64_C(1) << 53) || decimal->exponent < -22 ||
        decimal->exponent > 22)
        return false;
    *value = decimal->exponent < 0 ? number / powers[-decimal->exponent]
                                   : number * powers[decimal->exponent];
    return true;
}

__extension__ typedef unsigned __int128 wide;

/* The first 128 bits of mantissa * 5^exponent, of a mantissa whose first bit is set. The low half
 * of the power is looked at only where it could change the bits that are kept. */
static wide multiply(uint64_t mantissa, int exponent)
{
    const uint64_t *power = powers_of_five[exponent - POWER_FIRST];
    const uint64_t kept = UINT64_MAX >> 55;
    wide product = (wide) mantissa * power[0];

    if (((uint64_t) (product >> 64) & kept) == kept)
        product += (wide) mantissa * power[1] >> 64;
    return product;
}

/* The bits of the double nearest to a product; false where more bits are needed to tell. */
static bool round_product(wide product, int leading, int exponent, double *value)
{
    const uint64_t high = (uint64_t) (product >> 64), low = (uint64_t) product;
    const int upper = (int) (high >> 63), shift = upper + 9;
    /* floor(exponent * log2(10)) + 63, of the first bit of the product */
    const int power = ((217706 * exponent) >> 16) + 63 + upper - leading + 1023;
    uint64_t bits = high >> shift;

    if (low == UINT64_MAX || power <= 0 || power >= 2046)
        return false;
    /* Exactly between two doubles: to the even one. Only small powers of five can be exact. */
    if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) == 1 && bits << shift == high)
        bits &= ~UINT64_C(1);
    bits = (bits + (bits & 1)) >> 1;
    /* A mantissa that was rounded up to 2^53 carries into the exponent by the addition. */
    bits += (uint64_t) (power - 1) << 52;
    memcpy(value, &bits, sizeof bits);
    return true;
}

/* Eisel and Lemire: 128 bits of the power of ten tell the nearest double nearly always. */
static bool read_wide(const struct decimal *decimal, double *value)
{
    int leading;

    if (decimal->exponent < POWER_FIRST || decimal->exponent > POWER_LAST || decimal->mantissa == 0)
        return false;
    leading = __builtin_clzll(decimal->mantissa);
    return round_product(multiply(decimal->mantissa << leading, decimal->exponent), leading,
                         decimal->exponent, value);
}

davy_decimal davy_decimal_read_as(const char *text, size_t length, char point, double *value)
{
    struct decimal decimal = {0};
    double number;

    if (length > DAVY_DECIMAL_MAX)
        return DAVY_DECIMAL_LONG;
    if (!read_form(text, text + length, point, &decimal))
        return DAVY_DECIMAL_WRONG;
    if (decimal.digits <= MANTISSA_DIGITS &&
        (read_exactly(&decimal, &number) || read_wide(&decimal, &number))) {
        *value = decimal.negative ? -number : number;
        return DAVY_DECIMAL_OK;
    }
    number = read_slowly(text, length, point);
    if (!isfinite(number))
        return DAVY_DECIMAL_OUT_OF_RANGE;
    *value = number;
    return DAVY_DECIMAL_OK;
}

davy_decimal davy_decimal_read(const char *text, size_t length, double *value)
{
    return davy_decimal_read_as(text, length, '.', value);
}
