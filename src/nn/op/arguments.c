/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/arguments.h"

#include "nn/op/convert.h"

#include <inttypes.h>

davy_tensor *davy_argument(const davy_call *call, size_t i)
{
    return i < call->in_count ? call->in[i] : NULL;
}

davy_status davy_arguments_alike(const davy_call *call, size_t first, size_t count)
{
    davy_type type = DAVY_TYPE_NONE;

    for (size_t i = first; i < first + count; i++) {
        const davy_tensor *in = davy_argument(call, i);

        if (!in)
            return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is missing", i);
        if (type != DAVY_TYPE_NONE && in->type != type)
            return davy_call_fail(call, DAVY_ERR_INVALID,
                                  "input %zu is %s, and %s stands before it", i,
                                  davy_type_name(in->type), davy_type_name(type));
        type = in->type;
    }
    return DAVY_OK;
}

davy_status davy_argument_axis(const davy_call *call, int64_t axis, int rank, int *out)
{
    const int64_t index = davy_index(axis, rank);

    if (index < 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "axis %" PRId64 " of %d dimensions", axis,
                              rank);
    *out = (int) index;
    return DAVY_OK;
}

davy_status davy_argument_indices(const davy_call *call, size_t i)
{
    const davy_tensor *in = davy_argument(call, i);

    if (!in || (in->type != DAVY_TYPE_I64 && in->type != DAVY_TYPE_I32))
        return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is not int32 or int64", i);
    return DAVY_OK;
}

davy_status davy_argument_list(const davy_call *call, size_t i, size_t capacity, int64_t *values,
                               size_t *count)
{
    const davy_tensor *in = davy_argument(call, i);
    const davy_status status = davy_argument_indices(call, i);

    if (status != DAVY_OK)
        return status;
    if (in->rank > 1)
        return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is no list", i);
    if (davy_tensor_count(in) > (int64_t) capacity)
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "input %zu has %" PRId64 " numbers, %zu at most", i,
                              davy_tensor_count(in), capacity);
    *count = (size_t) davy_tensor_count(in);
    for (size_t k = 0; k < *count; k++)
        values[k] = davy_tensor_int(in, (int64_t) k);
    return DAVY_OK;
}

davy_status davy_argument_number(const davy_call *call, size_t i, double *out)
{
    const davy_tensor *in = davy_argument(call, i);

    if (!in || davy_tensor_count(in) != 1 || davy_type_wide(in->type) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is not one number", i);
    *out = davy_tensor_number(in, 0);
    return DAVY_OK;
}

davy_status davy_result(const davy_call *call, size_t i, davy_type type, int rank,
                        const int64_t *dims)
{
    davy_tensor made;
    const davy_status status = davy_tensor_shape(&made, type, rank, dims);

    if (status != DAVY_OK)
        return davy_call_fail(call, status, "%s", davy_error());
    if (call->env->memory_max && davy_tensor_bytes(&made) > call->env->memory_max)
        return davy_call_fail(call, DAVY_ERR_FULL, "a result of %zu bytes, %zu at most",
                              davy_tensor_bytes(&made), call->env->memory_max);
    if (i < call->out_count && call->out[i])
        *call->out[i] = made;
    return DAVY_OK;
}

davy_status davy_result_like(const davy_call *call, size_t i, davy_type type,
                             const davy_tensor *like)
{
    return davy_result(call, i, type, like->rank, like->dims);
}
