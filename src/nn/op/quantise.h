/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/arguments.h"
#include "nn/op/convert.h"

/**
 * @file
 * Quantised numbers: x = (q - zero) * scale, with one scale for all or one for each index of an
 * axis, and what operators on them share.
 *
 * Stage: nn. Products are summed in int32, as ONNX has it; rounding is to the nearest, ties to
 * even, and what leaves the type becomes its nearest end.
 */

/** 8-bit numbers with a zero and, unless they are plain integers, a scale. */
typedef struct davy_quantised {
    const davy_tensor *numbers, *scale, *zero; /* scale, zero: NULL when absent */
} davy_quantised;

/** Zero and scale at an index of their axis. */
int32_t davy_quantised_zero(const davy_quantised *from, int64_t index);
double davy_quantised_scale(const davy_quantised *from, int64_t index);

/** DAVY_ERR_INVALID unless numbers are int8 or uint8, the zero has their type, and zero and scale
 * are one number or `count`. */
DAVY_MUST_CHECK davy_status davy_quantised_check(const davy_call *call, const davy_quantised *from,
                                                 int64_t count);

/** Store round(value) + zero as an element of an 8-bit tensor. */
void davy_quantised_put(const davy_tensor *tensor, int64_t index, double value, int32_t zero);
