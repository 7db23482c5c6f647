/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

/*
 * Decimal numbers as integers (codec_decimals.c): either the steps from one to the next or the
 * distances from their mean, whichever is shorter, in class coding: steps for what drifts,
 * distances for noise around a set point.
 *
 * Layout: decimals; first integer or mean varint; class coding.
 */
#define FLAG_MEAN 0x40

_Static_assert(FLAG_MEAN == DAVY_DECIMALS_FREE, "the bit of the first byte that is free");

static int64_t mean_of(const int64_t *integers, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (double) integers[i];
    return (int64_t) (sum / (double) count);
}

static void put_integers(davy_codec_work *work, size_t count, davy_buffer *out, bool *mean)
{
    const int64_t *integers = work->integers;
    int64_t center = mean_of(integers, count);
    unsigned fine_steps = 0, fine_distances = 0;
    uint8_t head[DAVY_VARINT_MAX];

    for (size_t i = 0; i < count; i++) {
        work->numbers[i] = i ? davy_zigzag(integers[i] - integers[i - 1]) : 0;
        work->others[i] = davy_zigzag(integers[i] - center);
    }
    *mean = davy_classes_estimate(work->others, count, &fine_distances) <
            davy_classes_estimate(work->numbers, count, &fine_steps);
    davy_buffer_append(
        out, head,
        (size_t) (davy_varint_put(head, davy_zigzag(*mean ? center : integers[0])) - head));
    if (*mean)
        davy_classes_encode(work, work->others, count, fine_distances, out);
    else
        davy_classes_encode(work, work->numbers, count, fine_steps, out);
}

static bool decimal_encode(davy_codec_work *work, const double *values, size_t count,
                           davy_buffer *out)
{
    const size_t before = out->length;
    bool mean;

    if (!davy_decimals_encode(work, values, count, out))
        return false;
    put_integers(work, count, out, &mean);
    if (!out->failed && mean)
        out->bytes[before] = (char) (out->bytes[before] | FLAG_MEAN);
    return true;
}

/* A step waits for the one before it: apart from what follows, which does not. */
static void get_integers(davy_codec_work *work, bool mean, int64_t base, size_t count)
{
    int64_t *integers = work->integers;

    for (size_t i = 0; i < count; i++) {
        integers[i] = davy_wrap_add(base, davy_unzigzag(work->numbers[i]));
        if (!mean)
            base = integers[i];
    }
}

static bool decimal_decode(davy_codec_work *work, const uint8_t *bytes, size_t length,
                           double *values, size_t count)
{
    const uint8_t *end = bytes + length, *cursor = davy_decimals_pass(bytes, length, count);
    uint64_t base;

    if (cursor)
        cursor = davy_varint_get(cursor, end, &base);
    if (!cursor ||
        !davy_classes_decode(work, cursor, (size_t) (end - cursor), work->numbers, count))
        return false;
    get_integers(work, bytes[0] & FLAG_MEAN, davy_unzigzag(base), count);
    davy_decimals_decode(work, bytes, length, values, count);
    return true;
}

const davy_codec davy_codec_decimal = {
    .id = 2,
    .name = "decimal",
    .encode = decimal_encode,
    .decode = decimal_decode,
};
