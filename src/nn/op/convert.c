/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/convert.h"

#include <assert.h>
#include <string.h>

static uint32_t bits_of(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float of_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

float davy_half_to_float(uint16_t half)
{
    const uint32_t sign = (uint32_t) (half & 0x8000U) << 16;
    const uint32_t exponent = (half >> 10) & 31U, fraction = half & 1023U;

    if (exponent == 31) /* infinite or NaN */
        return of_bits(sign | 0x7f800000U | fraction << 13);
    if (exponent == 0) { /* zero or subnormal: fraction * 2^-24 is exact */
        const float tiny = (float) fraction * 0x1p-24F;
        return sign ? -tiny : tiny;
    }
    return of_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

uint16_t davy_half_from_float(float value)
{
    const uint32_t bits = bits_of(value), sign = (bits >> 16) & 0x8000U, size = bits & 0x7fffffffU;
    uint32_t rest, half, shift;

    if (size > 0x7f800000U) /* NaN: quiet, with the top of its payload */
        return (uint16_t) (sign | 0x7e00U | (size >> 13 & 0x3ffU));
    if (size >= 0x477ff000U) /* 65520 and more round to infinity */
        return (uint16_t) (sign | 0x7c00U);
    if (size < 0x33000000U) /* below half of the least subnormal */
        return (uint16_t) sign;
    if (size >= 0x38800000U) { /* normal */
        shift = 13;
        half = (size - 0x38000000U) >> shift;
        rest = size & 0x1fffU;
    } else { /* subnormal: shift the fraction with its hidden one */
        const uint32_t fraction = (size & 0x7fffffU) | 0x800000U;
        shift = 126 - (size >> 23);
        half = fraction >> shift;
        rest = fraction & ((1U << shift) - 1);
    }
    if (rest > 1U << (shift - 1) || (rest == 1U << (shift - 1) && (half & 1U)))
        half++;
    return (uint16_t) (sign | half);
}

float davy_bfloat_to_float(uint16_t bfloat)
{
    return of_bits((uint32_t) bfloat << 16);
}

uint16_t davy_bfloat_from_float(float value)
{
    const uint32_t bits = bits_of(value);

    if ((bits & 0x7fffffffU) > 0x7f800000U)
        return (uint16_t) (bits >> 16 | 0x40U);
    return (uint16_t) ((bits + 0x7fffU + (bits >> 16 & 1U)) >> 16);
}

/* A float to an integer type: the nearest end of its range beyond it, 0 for NaN. The upper end is
 * compared as a double, which for 64 bits is one more than the greatest integer. */
#define SATURATE(name, type, least, most)        \
    static inline type saturate_##name(double x) \
    {                                            \
        if (!(x > (double) (least)))             \
            return x != x ? 0 : (least);         \
        if (x >= (double) (most))                \
            return (most);                       \
        return (type) x;                         \
    }                                            \
    static inline type cut_##name(uint64_t x)    \
    {                                            \
        return (type) x;                         \
    }
SATURATE(i8, int8_t, INT8_MIN, INT8_MAX)
SATURATE(u8, uint8_t, 0, UINT8_MAX)
SATURATE(i16, int16_t, INT16_MIN, INT16_MAX)
SATURATE(u16, uint16_t, 0, UINT16_MAX)
SATURATE(i32, int32_t, INT32_MIN, INT32_MAX)
SATURATE(u32, uint32_t, 0, UINT32_MAX)
SATURATE(i64, int64_t, INT64_MIN, INT64_MAX)
SATURATE(u64, uint64_t, 0, UINT64_MAX)

#define INTEGER(name, x) \
    _Generic((x), float : saturate_##name, double : saturate_##name, default : cut_##name)(x)

/* What an element of each type is in memory, as a number, and how a number becomes one. */
#define C_F32  float
#define C_U8   uint8_t
#define C_I8   int8_t
#define C_U16  uint16_t
#define C_I16  int16_t
#define C_I32  int32_t
#define C_I64  int64_t
#define C_BOOL uint8_t
#define C_F16  uint16_t
#define C_F64  double
#define C_U32  uint32_t
#define C_U64  uint64_t
#define C_BF16 uint16_t

#define FROM_F32(x)  (x)
#define FROM_U8(x)   (x)
#define FROM_I8(x)   ((int64_t) (x))
#define FROM_U16(x)  (x)
#define FROM_I16(x)  ((int64_t) (x))
#define FROM_I32(x)  ((int64_t) (x))
#define FROM_I64(x)  (x)
#define FROM_BOOL(x) ((uint8_t) ((x) != 0))
#define FROM_F16(x)  davy_half_to_float(x)
#define FROM_F64(x)  (x)
#define FROM_U32(x)  (x)
#define FROM_U64(x)  (x)
#define FROM_BF16(x) davy_bfloat_to_float(x)

#define TO_F32(x)  ((float) (x))
#define TO_U8(x)   INTEGER(u8, x)
#define TO_I8(x)   INTEGER(i8, x)
#define TO_U16(x)  INTEGER(u16, x)
#define TO_I16(x)  INTEGER(i16, x)
#define TO_I32(x)  INTEGER(i32, x)
#define TO_I64(x)  INTEGER(i64, x)
#define TO_BOOL(x) ((uint8_t) ((x) != 0))
#define TO_F16(x)  davy_half_from_float((float) (x))
#define TO_F64(x)  ((double) (x))
#define TO_U32(x)  INTEGER(u32, x)
#define TO_U64(x)  INTEGER(u64, x)
#define TO_BF16(x) davy_bfloat_from_float((float) (x))

#define WIDE_TYPES(X, with) X(F32, with) X(F64, with) X(I64, with) X(U64, with) X(BOOL, with)
#define NARROW_TYPES(X, with) \
    X(U8, with)               \
    X(I8, with) X(U16, with) X(I16, with) X(I32, with) X(U32, with) X(F16, with) X(BF16, with)

#define CONVERT(from, to)                                                \
    static void from##_to_##to(size_t count, const void *src, void *dst) \
    {                                                                    \
        const C_##from *restrict s = src;                                \
        C_##to *restrict d = dst;                                        \
        for (size_t i = 0; i < count; i++)                               \
            d[i] = TO_##to(FROM_##from(s[i]));                           \
    }
#define CONVERT_BACK(to, from) CONVERT(from, to)

WIDE_TYPES(CONVERT, F32)
WIDE_TYPES(CONVERT, F64)
WIDE_TYPES(CONVERT, I64)
WIDE_TYPES(CONVERT, U64)
WIDE_TYPES(CONVERT, BOOL)
NARROW_TYPES(CONVERT, F32)
NARROW_TYPES(CONVERT, F64)
NARROW_TYPES(CONVERT, I64)
NARROW_TYPES(CONVERT, U64)
NARROW_TYPES(CONVERT, BOOL)
NARROW_TYPES(CONVERT_BACK, F32)
NARROW_TYPES(CONVERT_BACK, F64)
NARROW_TYPES(CONVERT_BACK, I64)
NARROW_TYPES(CONVERT_BACK, U64)
NARROW_TYPES(CONVERT_BACK, BOOL)

#define ENTRY(from, to)      [DAVY_TYPE_##from][DAVY_TYPE_##to] = from##_to_##to,
#define ENTRY_BACK(to, from) ENTRY(from, to)
#define ENTRIES(wide) \
    WIDE_TYPES(ENTRY, wide) NARROW_TYPES(ENTRY, wide) NARROW_TYPES(ENTRY_BACK, wide)

static void (*const converters[DAVY_TYPE_BF16 + 1][DAVY_TYPE_BF16 + 1])(size_t, const void *,
                                                                        void *) = {
    ENTRIES(F32) ENTRIES(F64) ENTRIES(I64) ENTRIES(U64) ENTRIES(BOOL)};

davy_type davy_type_wide(davy_type type)
{
    static const uint8_t wide[DAVY_TYPE_BF16 + 1] = {
        [DAVY_TYPE_F32] = DAVY_TYPE_F32,   [DAVY_TYPE_F16] = DAVY_TYPE_F32,
        [DAVY_TYPE_BF16] = DAVY_TYPE_F32,  [DAVY_TYPE_F64] = DAVY_TYPE_F64,
        [DAVY_TYPE_I8] = DAVY_TYPE_I64,    [DAVY_TYPE_I16] = DAVY_TYPE_I64,
        [DAVY_TYPE_I32] = DAVY_TYPE_I64,   [DAVY_TYPE_I64] = DAVY_TYPE_I64,
        [DAVY_TYPE_U8] = DAVY_TYPE_U64,    [DAVY_TYPE_U16] = DAVY_TYPE_U64,
        [DAVY_TYPE_U32] = DAVY_TYPE_U64,   [DAVY_TYPE_U64] = DAVY_TYPE_U64,
        [DAVY_TYPE_BOOL] = DAVY_TYPE_BOOL,
    };

    return (size_t) type < DAVY_ARRAY_LENGTH(wide) ? (davy_type) wide[type] : DAVY_TYPE_NONE;
}

bool davy_type_is_float(davy_type type)
{
    const davy_type wide = davy_type_wide(type);

    return wide == DAVY_TYPE_F32 || wide == DAVY_TYPE_F64;
}

bool davy_type_is_integer(davy_type type)
{
    const davy_type wide = davy_type_wide(type);

    return wide == DAVY_TYPE_I64 || wide == DAVY_TYPE_U64;
}

void davy_convert(davy_type from, davy_type to, size_t count, const void *src, void *dst)
{
    if (from == to && from != DAVY_TYPE_BOOL) {
        memcpy(dst, src, count * davy_type_size(from));
        return;
    }
    assert(converters[from][to]);
    converters[from][to](count, src, dst);
}

double davy_tensor_number(const davy_tensor *tensor, int64_t index)
{
    const size_t size = davy_type_size(tensor->type);
    double number;

    davy_convert(tensor->type, DAVY_TYPE_F64, 1,
                 (const char *) tensor->data + (size_t) index * size, &number);
    return number;
}

int64_t davy_tensor_int(const davy_tensor *tensor, int64_t index)
{
    const size_t size = davy_type_size(tensor->type);
    int64_t number;

    davy_convert(tensor->type, DAVY_TYPE_I64, 1,
                 (const char *) tensor->data + (size_t) index * size, &number);
    return number;
}
