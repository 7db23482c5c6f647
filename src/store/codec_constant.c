/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

/* The same bits in every place: a switch that nobody moves, a stuck transmitter. */
static bool constant_encode(davy_codec_work *work, const double *values, size_t count,
                            davy_buffer *out)
{
    uint8_t bits[8];

    (void) work;
    for (size_t i = 1; i < count; i++)
        if (davy_double_bits(values[i]) != davy_double_bits(values[0]))
            return false;
    davy_put_u64(bits, davy_double_bits(values[0]));
    davy_buffer_append(out, bits, sizeof bits);
    return true;
}

static bool constant_decode(davy_codec_work *work, const uint8_t *bytes, size_t length,
                            double *values, size_t count)
{
    (void) work;
    if (length != 8)
        return false;
    for (size_t i = 0; i < count; i++)
        values[i] = davy_bits_double(davy_get_u64(bytes));
    return true;
}

const davy_codec davy_codec_constant = {
    .id = 1,
    .name = "constant",
    .settles = true,
    .encode = constant_encode,
    .decode = constant_decode,
};
