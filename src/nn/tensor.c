/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/tensor.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
    const char *name;
    size_t size;
} types[] = {
    [DAVY_TYPE_F32] = {"float", 4},  [DAVY_TYPE_U8] = {"uint8", 1},
    [DAVY_TYPE_I8] = {"int8", 1},    [DAVY_TYPE_U16] = {"uint16", 2},
    [DAVY_TYPE_I16] = {"int16", 2},  [DAVY_TYPE_I32] = {"int32", 4},
    [DAVY_TYPE_I64] = {"int64", 8},  [DAVY_TYPE_TEXT] = {"string", sizeof(char *)},
    [DAVY_TYPE_BOOL] = {"bool", 1},  [DAVY_TYPE_F16] = {"float16", 2},
    [DAVY_TYPE_F64] = {"double", 8}, [DAVY_TYPE_U32] = {"uint32", 4},
    [DAVY_TYPE_U64] = {"uint64", 8}, [DAVY_TYPE_BF16] = {"bfloat16", 2},
};

static bool known(davy_type type)
{
    return (size_t) type < DAVY_ARRAY_LENGTH(types) && types[type].name;
}

size_t davy_type_size(davy_type type)
{
    return known(type) ? types[type].size : 0;
}

const char *davy_type_name(davy_type type)
{
    return known(type) ? types[type].name : "unknown";
}

int64_t davy_tensor_span(const davy_tensor *tensor, int from, int to)
{
    int64_t span = 1;

    for (int i = from; i < to; i++)
        span *= tensor->dims[i];
    return span;
}

int64_t davy_tensor_count(const davy_tensor *tensor)
{
    return davy_tensor_span(tensor, 0, tensor->rank);
}

size_t davy_tensor_bytes(const davy_tensor *tensor)
{
    return (size_t) davy_tensor_count(tensor) * davy_type_size(tensor->type);
}

bool davy_tensor_same_shape(const davy_tensor *a, const davy_tensor *b)
{
    if (a->rank != b->rank)
        return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dims[i] != b->dims[i])
            return false;
    return true;
}

davy_status davy_tensor_shape(davy_tensor *tensor, davy_type type, int rank, const int64_t *dims)
{
    int64_t most = DAVY_ELEMENTS_MAX; /* whatever order the dims stand in, no product overflows */

    if (rank < 0 || rank > DAVY_RANK_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a tensor of %d dimensions; %d at most", rank,
                         DAVY_RANK_MAX);
    for (int i = 0; i < rank; i++) {
        if (dims[i] < 0)
            return davy_fail(DAVY_ERR_INVALID, "dimension %d is %" PRId64, i, dims[i]);
        if (dims[i] > most)
            return davy_fail(DAVY_ERR_FULL, "more than 2^40 elements");
        if (dims[i] > 1)
            most /= dims[i];
    }
    *tensor = (davy_tensor){.type = type, .rank = rank};
    for (int i = 0; i < rank; i++)
        tensor->dims[i] = dims[i];
    return DAVY_OK;
}

const char *davy_tensor_text(const davy_tensor *tensor, char text[DAVY_TENSOR_TEXT_MAX])
{
    size_t used =
        (size_t) snprintf(text, DAVY_TENSOR_TEXT_MAX, "%s[", davy_type_name(tensor->type));

    for (int i = 0; i < tensor->rank && used < DAVY_TENSOR_TEXT_MAX; i++)
        used += (size_t) snprintf(text + used, DAVY_TENSOR_TEXT_MAX - used, "%s%" PRId64,
                                  i ? ", " : "", tensor->dims[i]);
    if (used < DAVY_TENSOR_TEXT_MAX)
        (void) snprintf(text + used, DAVY_TENSOR_TEXT_MAX - used, "]");
    return text;
}
