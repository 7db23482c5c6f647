/* SPDX-License-Identifier: Apache-2.0 */
#include "gorilla.h"

#include "core/sample.h"

#include <string.h>

#define BLOCK_S 7200

static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* The header of a block is its time, the first time takes 14 bits and the first value 64. */
static void begin_block(gorilla *series, int64_t time, uint64_t value)
{
    series->bits += 64 + 14 + 64;
    series->block_end = time - time % BLOCK_S + BLOCK_S;
    series->time = time;
    series->step = 0;
    series->value = value;
    series->leading = 64;
}

static unsigned time_bits(int64_t change)
{
    if (change == 0)
        return 1;
    if (change >= -63 && change <= 64)
        return 2 + 7;
    if (change >= -255 && change <= 256)
        return 3 + 9;
    return change >= -2047 && change <= 2048 ? 4 + 12 : 4 + 32;
}

static unsigned value_bits(gorilla *series, uint64_t change)
{
    unsigned leading, trailing;

    if (change == 0)
        return 1;
    leading = (unsigned) __builtin_clzll(change);
    trailing = (unsigned) __builtin_ctzll(change);
    leading = leading > 31 ? 31 : leading; /* five bits */
    if (series->leading <= leading && series->trailing <= trailing)
        return 2 + 64 - series->leading - series->trailing;
    series->leading = leading;
    series->trailing = trailing;
    return 2 + 5 + 6 + 64 - leading - trailing;
}

void gorilla_add(gorilla *series, int64_t time_ns, double value)
{
    const int64_t time = time_ns / DAVY_NS_PER_S;
    const uint64_t bits = bits_of(value);

    if (time >= series->block_end || series->bits == 0) {
        begin_block(series, time, bits);
        return;
    }
    series->bits += time_bits(time - series->time - series->step);
    series->bits += value_bits(series, bits ^ series->value);
    series->step = time - series->time;
    series->time = time;
    series->value = bits;
}
