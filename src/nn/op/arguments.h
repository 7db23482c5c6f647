/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Arguments: what prepare() of the general operators asks of inputs, axes and results.
 *
 * Stage: nn. Every size that came from data passes davy_result(), which bounds it before memory is
 * taken; every axis passes davy_argument_axis(). Failures carry the node's name.
 */

/** Input i, or NULL when it is absent. */
davy_tensor *davy_argument(const davy_call *call, size_t i);

/** DAVY_ERR_INVALID unless inputs first .. first+count-1 are there and all have one type. */
DAVY_MUST_CHECK davy_status davy_arguments_alike(const davy_call *call, size_t first, size_t count);

/** -rank <= axis < rank becomes 0 .. rank-1; else DAVY_ERR_INVALID. */
DAVY_MUST_CHECK davy_status davy_argument_axis(const davy_call *call, int64_t axis, int rank,
                                               int *out);

/**
 * The whole numbers of input i, a list of int32 or int64 whose numbers can be read now.
 *
 * @return DAVY_ERR_INVALID for another type or rank, or more than `capacity` numbers
 */
DAVY_MUST_CHECK davy_status davy_argument_list(const davy_call *call, size_t i, size_t capacity,
                                               int64_t *values, size_t *count);

/** DAVY_ERR_INVALID unless input i is int32 or int64, as indices are. */
DAVY_MUST_CHECK davy_status davy_argument_indices(const davy_call *call, size_t i);

/** The single number of input i as double; its numbers can be read now. */
DAVY_MUST_CHECK davy_status davy_argument_number(const davy_call *call, size_t i, double *out);

/** An index -size <= index < size becomes 0 .. size-1, or -1 when it is out of range. */
static inline int64_t davy_index(int64_t index, int64_t size)
{
    if (index < -size || index >= size)
        return -1;
    return index < 0 ? index + size : index;
}

/** Set type and shape of result i; DAVY_ERR_FULL beyond the limits. Nothing when nobody wants it.
 */
DAVY_MUST_CHECK davy_status davy_result(const davy_call *call, size_t i, davy_type type, int rank,
                                        const int64_t *dims);
/** Result i has the shape of `like`. */
DAVY_MUST_CHECK davy_status davy_result_like(const davy_call *call, size_t i, davy_type type,
                                             const davy_tensor *like);
