/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

#include "core/sample.h"

#include <math.h>

/*
 * Decimal numbers: v = q / 10^e with one e for the column, as every transmitter and every text file
 * has them. A column that was float32 on the wire is tested in float32.
 *
 * What has no such q, a NaN in a gap or -0, is an exception; its place has the q before it.
 *
 * Layout: e and flags 1 byte; number of runs of exceptions varint, for each the points since the
 * last run varint, its length - 1 varint, its bits u64.
 */
#define EXPONENT_MAX 15
#define INTEGER_MAX  9007199254740992.0 /* 2^53: integers up to here are exact in a double */
#define RUNS_MAX     ((uint64_t) 512)
#define RUNS_USUAL   ((uint64_t) 64) /* are exceptions in any column; more when it is long: */
#define RUNS_SHARE   ((uint64_t) 16) /* one in so many points */

_Static_assert(DAVY_CHUNK_POINTS_MAX / RUNS_SHARE <= RUNS_MAX, "a column's runs are read again");

#define EXPONENT_MASK 0x0f
#define FLAG_FLOAT    0x80

static const double powers[EXPONENT_MAX + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

static double from_integer(int64_t integer, double power, bool as_float)
{
    double value = (double) integer / power;

    return as_float ? (double) (float) value : value;
}

/* q for a value at an exponent; false when it has none that gives the same bits back. */
static bool to_integer(double value, int exponent, bool as_float, int64_t *integer)
{
    double scaled = value * powers[exponent];

    if (!(fabs(scaled) < INTEGER_MAX))
        return false;
    *integer = (int64_t) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    return davy_double_bits(from_integer(*integer, powers[exponent], as_float)) ==
           davy_double_bits(value);
}

static bool is_exception(double value)
{
    return !isfinite(value) || davy_double_bits(value) == davy_double_bits(-0.0);
}

/*
 * Smallest exponent that holds all values, or -1. A value that an exponent holds is held by larger
 * ones too: q and 10 q over ten times the power are the same rational number, and a division rounds
 * correctly. So one pass that never goes back finds it, and a second pass proves it.
 */
static int find_exponent(const double *values, size_t count, bool as_float, int64_t *integers)
{
    int exponent = 0;
    int64_t last = 0;

    for (size_t i = 0; i < count; i++)
        while (!is_exception(values[i]) && !to_integer(values[i], exponent, as_float, &integers[i]))
            if (++exponent > EXPONENT_MAX)
                return -1;
    for (size_t i = 0; i < count; i++) {
        if (is_exception(values[i]))
            integers[i] = last;
        else if (!to_integer(values[i], exponent, as_float, &integers[i]))
            return -1;
        last = integers[i];
    }
    return exponent;
}

unsigned davy_codec_decimals(const double *values, const uint8_t *quality, size_t count)
{
    int decimals = 0;
    int64_t integer;

    for (size_t i = 0; i < count; i++)
        while (quality[i] != DAVY_QUALITY_BAD && !to_integer(values[i], decimals, false, &integer))
            if (++decimals > EXPONENT_MAX)
                return 0;
    return (unsigned) decimals;
}

double davy_codec_power(unsigned decimals)
{
    return decimals <= EXPONENT_MAX ? powers[decimals] : 1;
}

static bool all_float(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_exception(values[i]) &&
            davy_double_bits((double) (float) values[i]) != davy_double_bits(values[i]))
            return false;
    return true;
}

/* Runs of the same exceptional bits; false when there are too many to be exceptions. */
static bool put_exceptions(const double *values, size_t count, davy_buffer *out)
{
    uint8_t runs[RUNS_MAX * (2 * DAVY_VARINT_MAX + 8)], head[DAVY_VARINT_MAX];
    uint8_t *end = runs;
    const uint64_t most = count / RUNS_SHARE > RUNS_USUAL ? count / RUNS_SHARE : RUNS_USUAL;
    uint64_t found = 0;
    size_t after = 0, run;

    for (size_t i = 0; i < count; i += run) {
        run = 1;
        if (!is_exception(values[i]))
            continue;
        while (i + run < count && davy_double_bits(values[i + run]) == davy_double_bits(values[i]))
            run++;
        if (found++ == most)
            return false;
        end = davy_varint_put(end, i - after);
        end = davy_varint_put(end, run - 1);
        davy_put_u64(end, davy_double_bits(values[i]));
        end += 8;
        after = i + run;
    }
    davy_buffer_append(out, head, (size_t) (davy_varint_put(head, found) - head));
    davy_buffer_append(out, runs, (size_t) (end - runs));
    return true;
}

bool davy_decimals_encode(davy_codec_work *work, const double *values, size_t count,
                          davy_buffer *out)
{
    const size_t before = out->length;
    int exponent = -1;
    bool as_float = all_float(values, count);
    char head;

    if (as_float)
        exponent = find_exponent(values, count, true, work->integers);
    if (exponent < 0) {
        as_float = false;
        exponent = find_exponent(values, count, false, work->integers);
    }
    if (exponent < 0)
        return false;
    head = (char) (exponent | (as_float ? FLAG_FLOAT : 0));
    davy_buffer_append(out, &head, 1);
    if (!put_exceptions(values, count, out)) {
        out->length = before;
        return false;
    }
    return true;
}

/* Pass over the exceptions: NULL, or the byte after them. Their lengths are checked on the way. */
static const uint8_t *apply_exceptions(const uint8_t *cursor, const uint8_t *end, double *values,
                                       size_t count)
{
    uint64_t runs, gap, more;
    size_t at = 0;

    cursor = davy_varint_get(cursor, end, &runs);
    if (!cursor || runs > RUNS_MAX)
        return NULL;
    for (; runs > 0; runs--) {
        cursor = davy_varint_get(cursor, end, &gap);
        if (cursor)
            cursor = davy_varint_get(cursor, end, &more);
        if (!cursor || end - cursor < 8 || gap >= count - at || more >= count - at - gap)
            return NULL;
        at += gap;
        for (uint64_t k = 0; values && k <= more; k++)
            values[at + k] = davy_bits_double(davy_get_u64(cursor));
        at += more + 1;
        cursor += 8;
    }
    return cursor;
}

const uint8_t *davy_decimals_pass(const uint8_t *bytes, size_t length, size_t count)
{
    if (length < 1 || bytes[0] & ~(EXPONENT_MASK | FLAG_FLOAT | DAVY_DECIMALS_FREE))
        return NULL;
    return apply_exceptions(bytes + 1, bytes + length, NULL, count);
}

void davy_decimals_decode(const davy_codec_work *work, const uint8_t *bytes, size_t length,
                          double *values, size_t count)
{
    const double power = powers[bytes[0] & EXPONENT_MASK];
    const int64_t *integers = work->integers;

    if (bytes[0] & FLAG_FLOAT)
        for (size_t i = 0; i < count; i++)
            values[i] = from_integer(integers[i], power, true);
    else
        for (size_t i = 0; i < count; i++)
            values[i] = from_integer(integers[i], power, false);
    (void) apply_exceptions(bytes + 1, bytes + length, values, count);
}
