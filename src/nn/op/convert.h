/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/tensor.h"

/**
 * @file
 * Conversion between element types, and the five types that operators compute in.
 *
 * Stage: nn. An operator is written for float, double, int64, uint64 and bool: the *wide* types.
 * Elements of any other type are widened in blocks, computed, and narrowed again. Sums, differences
 * and products of integers so come out modulo 2^n, as in numpy.
 *
 * Rules, where C or ONNX leave it open: a float out of an integer's range gives the nearest end of
 * that range and a NaN gives 0; an integer out of range is cut to the lower bits; a bool is whether
 * the number is not 0; narrowing floats rounds to nearest, ties to even.
 */

/** The type that elements of `type` are computed in: F32, F64, I64, U64 or BOOL; NONE for text. */
davy_type davy_type_wide(davy_type type);

bool davy_type_is_float(davy_type type);
/** An integer of any size, without bool. */
bool davy_type_is_integer(davy_type type);

/** Convert `count` elements. Both types have a wide type, and one of them is one or they are equal.
 */
void davy_convert(davy_type from, davy_type to, size_t count, const void *src, void *dst);

/** One element as a number; the type has a wide type. */
double davy_tensor_number(const davy_tensor *tensor, int64_t index);
/** One element as a whole number. */
int64_t davy_tensor_int(const davy_tensor *tensor, int64_t index);

/** The same, quick for floats: for operators that read single elements of images. */
static inline double davy_tensor_at(const davy_tensor *tensor, int64_t index)
{
    return tensor->type == DAVY_TYPE_F32 ? (double) ((const float *) tensor->data)[index]
                                         : davy_tensor_number(tensor, index);
}

/** Store a number as one element. */
static inline void davy_tensor_put(const davy_tensor *tensor, int64_t index, double number)
{
    if (tensor->type == DAVY_TYPE_F32)
        ((float *) tensor->data)[index] = (float) number;
    else
        davy_convert(DAVY_TYPE_F64, tensor->type, 1, &number,
                     (char *) tensor->data + (size_t) index * davy_type_size(tensor->type));
}

/** IEEE 754 binary16. */
float davy_half_to_float(uint16_t half);
uint16_t davy_half_from_float(float value);
/** The upper half of a float, rounded to nearest even; a NaN stays a NaN. */
float davy_bfloat_to_float(uint16_t bfloat);
uint16_t davy_bfloat_from_float(float value);
