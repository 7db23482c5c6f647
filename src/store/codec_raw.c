/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

/*
 * Any bits: the first byte of every value, then the second, and so on, so that signs and exponents
 * lie together, through zstd.
 */
static bool raw_encode(davy_codec_work *work, const double *values, size_t count, davy_buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = davy_double_bits(values[i]);

        for (size_t plane = 0; plane < 8; plane++)
            work->raw[plane * count + i] = (uint8_t) (bits >> (8 * plane));
    }
    davy_codec_pack(work, work->raw, count * 8, out);
    return true;
}

static bool raw_decode(davy_codec_work *work, const uint8_t *bytes, size_t length, double *values,
                       size_t count)
{
    size_t raw_length;
    const uint8_t *raw = davy_codec_unpack(work, bytes, length, &raw_length);

    if (!raw || raw_length != count * 8)
        return false;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = 0;

        for (size_t plane = 0; plane < 8; plane++)
            bits |= (uint64_t) raw[plane * count + i] << (8 * plane);
        values[i] = davy_bits_double(bits);
    }
    return true;
}

const davy_codec davy_codec_raw = {
    .id = 3,
    .name = "raw",
    .last_resort = true,
    .encode = raw_encode,
    .decode = raw_decode,
};
