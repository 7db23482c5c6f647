/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * @file
 * Integers as bytes: little-endian words and variable-length integers.
 *
 * Stage: store. A varint has seven bits a byte, low bits first, the high bit set on all bytes but
 * the last, as in Protocol Buffers and LEB128. Signed numbers are zig-zag folded first, so that
 * small ones of both signs are short. Readers never pass `end` and say NULL instead.
 */

/** Most bytes of one varint. */
#define DAVY_VARINT_MAX 10

static inline uint64_t davy_zigzag(int64_t value)
{
    return ((uint64_t) value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static inline int64_t davy_unzigzag(uint64_t folded)
{
    return (int64_t) (folded >> 1) ^ -(int64_t) (folded & 1);
}

/** a - b and a + b modulo 2^64: columns hold any bits, and a signed overflow is not an answer. */
static inline int64_t davy_wrap_subtract(int64_t a, int64_t b)
{
    return (int64_t) ((uint64_t) a - (uint64_t) b);
}

static inline int64_t davy_wrap_add(int64_t a, int64_t b)
{
    return (int64_t) ((uint64_t) a + (uint64_t) b);
}

/** Write one varint where DAVY_VARINT_MAX bytes are free; returns the byte after it. */
static inline uint8_t *davy_varint_put(uint8_t *cursor, uint64_t value)
{
    while (value >= 0x80) {
        *cursor++ = (uint8_t) (value | 0x80);
        value >>= 7;
    }
    *cursor++ = (uint8_t) value;
    return cursor;
}

/** Read one varint; NULL when the bytes end inside it or it has more than 64 bits. */
static inline const uint8_t *davy_varint_get(const uint8_t *cursor, const uint8_t *end,
                                             uint64_t *value)
{
    uint64_t result = 0;

    for (unsigned shift = 0; shift < 64 && cursor < end; shift += 7) {
        uint8_t byte = *cursor++;

        if (shift == 63 && byte > 1)
            return NULL;
        result |= (uint64_t) (byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = result;
            return cursor;
        }
    }
    return NULL;
}

static inline void davy_put_u32(uint8_t *bytes, uint32_t value)
{
    value = htole32(value);
    memcpy(bytes, &value, sizeof value);
}

static inline void davy_put_u64(uint8_t *bytes, uint64_t value)
{
    value = htole64(value);
    memcpy(bytes, &value, sizeof value);
}

static inline uint32_t davy_get_u32(const uint8_t *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

static inline uint64_t davy_get_u64(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return le64toh(value);
}

static inline uint64_t davy_double_bits(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double davy_bits_double(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}
