/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bytes.h"
#include "store/codec_work.h"

#include <math.h>

/*
 * Decimal numbers: v = q / 10^e with one e for the column, as every transmitter and every text file
 * has them. A column of numbers that were float32 on the wire is tested in float32.
 * Then deltas of q, zig-zag, varint, zstd.
 */
#define EXPONENT_MAX 15
#define INTEGER_MAX  9007199254740992.0 /* 2^53: integers up to here are exact in a double */
#define FLOAT_FLAG   0x80

static const double powers[EXPONENT_MAX + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

static double from_integer(int64_t integer, int exponent, bool as_float)
{
    double value = (double) integer / powers[exponent];

    return as_float ? (double) (float) value : value;
}

/* q for a value at an exponent; false when it has none that gives the same bits back. */
static bool to_integer(double value, int exponent, bool as_float, int64_t *integer)
{
    double scaled = value * powers[exponent];

    if (!(fabs(scaled) < INTEGER_MAX))
        return false;
    *integer = (int64_t) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    return davy_double_bits(from_integer(*integer, exponent, as_float)) == davy_double_bits(value);
}

/*
 * Smallest exponent that holds all values, or -1. A value that an exponent holds is held by larger
 * ones too: q and 10 q over ten times the power are the same rational number, and a division rounds
 * correctly. So one pass that never goes back is enough, and a second pass proves it.
 */
static int find_exponent(const double *values, size_t count, bool as_float, int64_t *integers)
{
    int exponent = 0;

    for (size_t i = 0; i < count; i++)
        while (!to_integer(values[i], exponent, as_float, &integers[i]))
            if (++exponent > EXPONENT_MAX)
                return -1;
    for (size_t i = 0; i < count; i++)
        if (!to_integer(values[i], exponent, as_float, &integers[i]))
            return -1;
    return exponent;
}

static bool all_float(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (davy_double_bits((double) (float) values[i]) != davy_double_bits(values[i]))
            return false;
    return true;
}

static bool decimal_encode(davy_codec_work *work, const double *values, size_t count,
                           davy_buffer *out)
{
    int exponent = find_exponent(values, count, false, work->integers);
    bool as_float = false;
    uint8_t *end = work->raw;
    int64_t last = 0;
    char head;

    if (exponent < 0 || exponent > 7) {
        as_float = all_float(values, count);
        if (as_float)
            exponent = find_exponent(values, count, true, work->integers);
    }
    if (exponent < 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        end = davy_varint_put(end, davy_zigzag(work->integers[i] - last));
        last = work->integers[i];
    }
    head = (char) (exponent | (as_float ? FLOAT_FLAG : 0));
    davy_buffer_append(out, &head, 1);
    davy_codec_pack(work, work->raw, (size_t) (end - work->raw), out);
    return true;
}

static bool decimal_decode(davy_codec_work *work, const uint8_t *bytes, size_t length,
                           double *values, size_t count)
{
    const uint8_t *cursor, *end;
    size_t raw_length;
    int64_t integer = 0;
    int exponent;

    if (length < 1 || (bytes[0] & ~FLOAT_FLAG) > EXPONENT_MAX)
        return false;
    exponent = bytes[0] & ~FLOAT_FLAG;
    cursor = davy_codec_unpack(work, bytes + 1, length - 1, &raw_length);
    if (!cursor)
        return false;
    end = cursor + raw_length;
    for (size_t i = 0; i < count; i++) {
        uint64_t folded;

        cursor = davy_varint_get(cursor, end, &folded);
        if (!cursor)
            return false;
        integer = davy_wrap_add(integer, davy_unzigzag(folded));
        values[i] = from_integer(integer, exponent, bytes[0] & FLOAT_FLAG);
    }
    return cursor == end;
}

const davy_codec davy_codec_decimal = {
    .id = 2,
    .name = "decimal",
    .encode = decimal_encode,
    .decode = decimal_decode,
};
