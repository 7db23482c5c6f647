/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/tensors.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *name;
    davy_type type;
} datatypes[] = {
    {"BOOL", DAVY_TYPE_BOOL},  {"UINT8", DAVY_TYPE_U8},   {"UINT16", DAVY_TYPE_U16},
    {"UINT32", DAVY_TYPE_U32}, {"UINT64", DAVY_TYPE_U64}, {"INT8", DAVY_TYPE_I8},
    {"INT16", DAVY_TYPE_I16},  {"INT32", DAVY_TYPE_I32},  {"INT64", DAVY_TYPE_I64},
    {"FP16", DAVY_TYPE_F16},   {"FP32", DAVY_TYPE_F32},   {"FP64", DAVY_TYPE_F64},
    {"BYTES", DAVY_TYPE_TEXT}, {"BF16", DAVY_TYPE_BF16},
};

const char *davy_datatype_name(davy_type type)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(datatypes); i++)
        if (datatypes[i].type == type)
            return datatypes[i].name;
    return NULL;
}

davy_type davy_datatype_parse(const char *name, size_t length)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(datatypes); i++)
        if (strlen(datatypes[i].name) == length && memcmp(datatypes[i].name, name, length) == 0)
            return datatypes[i].type;
    return DAVY_TYPE_NONE;
}

davy_status davy_named_tensor_shape(davy_named_tensor *tensor, davy_type type, size_t rank,
                                    const int64_t *dims)
{
    davy_tensor shaped;
    davy_status status;

    if (rank > DAVY_RANK_MAX)
        return davy_fail(DAVY_ERR_INVALID, "tensor '%.100s' has %zu dimensions; %d at most",
                         tensor->name, rank, DAVY_RANK_MAX);
    status = davy_tensor_shape(&shaped, type, (int) rank, dims);
    if (status != DAVY_OK) /* too many elements are the asker's fault as well */
        return davy_fail_in(DAVY_ERR_INVALID, "tensor '%.100s'", tensor->name);
    tensor->tensor = shaped;
    return DAVY_OK;
}
