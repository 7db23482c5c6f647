/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/modbus_value.h"

#include <math.h>
#include <string.h>

uint16_t davy_modbus_width(davy_modbus_type type)
{
    switch (type) {
    case DAVY_MODBUS_INT32:
    case DAVY_MODBUS_UINT32:
    case DAVY_MODBUS_FLOAT32:
        return 2;
    case DAVY_MODBUS_INT64:
    case DAVY_MODBUS_UINT64:
    case DAVY_MODBUS_FLOAT64:
        return 4;
    default:
        return 1;
    }
}

/* The bits of the value as one number, whatever the order in which they came. */
static uint64_t gather(const uint16_t *words, uint16_t width, davy_byte_order order)
{
    bool reversed = order == DAVY_ORDER_CDAB || order == DAVY_ORDER_DCBA;
    bool swapped = order == DAVY_ORDER_BADC || order == DAVY_ORDER_DCBA;
    uint64_t bits = 0;

    for (uint16_t i = 0; i < width; i++) {
        uint16_t word = words[reversed ? width - 1 - i : i];

        if (swapped)
            word = (uint16_t) (word << 8 | word >> 8);
        bits = bits << 16 | word;
    }
    return bits;
}

/* Sign, 5 bits of exponent, 10 of fraction. */
static double half_to_double(uint16_t bits)
{
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    double value;

    if (exponent == 0x1F)
        value = fraction ? NAN : INFINITY;
    else if (exponent == 0)
        value = ldexp(fraction, -24);
    else
        value = ldexp(fraction + 0x400, exponent - 25);
    return bits & 0x8000 ? -value : value;
}

static double single_to_double(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static double bits_to_double(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

double davy_modbus_decode(const davy_site_from *from, const uint16_t *words)
{
    uint64_t bits = gather(words, davy_modbus_width(from->type), from->order);

    switch (from->type) {
    case DAVY_MODBUS_BIT:
        return (double) (bits >> from->bit & 1);
    case DAVY_MODBUS_INT8L:
        return (int8_t) (bits & 0xFF);
    case DAVY_MODBUS_INT8H:
        return (int8_t) (bits >> 8);
    case DAVY_MODBUS_UINT8L:
        return (double) (bits & 0xFF);
    case DAVY_MODBUS_UINT8H:
        return (double) (bits >> 8);
    case DAVY_MODBUS_INT16:
        return (int16_t) bits;
    case DAVY_MODBUS_UINT16:
    case DAVY_MODBUS_UINT32:
    case DAVY_MODBUS_UINT64:
        return (double) bits;
    case DAVY_MODBUS_INT32:
        return (int32_t) bits;
    case DAVY_MODBUS_INT64:
        return (double) (int64_t) bits;
    case DAVY_MODBUS_FLOAT16:
        return half_to_double((uint16_t) bits);
    case DAVY_MODBUS_FLOAT32:
        return single_to_double((uint32_t) bits);
    case DAVY_MODBUS_FLOAT64:
        return bits_to_double(bits);
    }
    return NAN;
}
