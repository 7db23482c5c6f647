/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/tensor_bytes.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors on the wire are little-endian");

#define LENGTH_BYTES sizeof(uint32_t)

size_t davy_tensor_bytes_size(const davy_tensor *tensor)
{
    const size_t count = (size_t) davy_tensor_count(tensor);
    const davy_bytes *elements = tensor->data;
    size_t size = 0;

    if (tensor->type != DAVY_TYPE_TEXT)
        return davy_tensor_bytes(tensor);
    for (size_t i = 0; i < count; i++)
        size += LENGTH_BYTES + elements[i].length;
    return size;
}

static davy_status read_elements(const char *bytes, size_t length, davy_oip_memory *memory,
                                 davy_named_tensor *tensor)
{
    const size_t count = (size_t) davy_tensor_count(&tensor->tensor);
    const char *at = bytes, *const end = bytes + length;
    davy_bytes *elements;
    void *taken;
    davy_status status;

    if (count > length / LENGTH_BYTES)
        return davy_fail(DAVY_ERR_INVALID,
                         "input '%.100s' has %zu elements of BYTES, which do not fit %zu bytes",
                         tensor->name, count, length);
    status = davy_oip_take(memory, count, sizeof *elements, &taken);
    if (status != DAVY_OK)
        return status;
    elements = taken;
    for (size_t i = 0; i < count; i++) {
        uint32_t size = 0;

        if ((size_t) (end - at) >= LENGTH_BYTES)
            memcpy(&size, at, LENGTH_BYTES);
        if ((size_t) (end - at) < LENGTH_BYTES || size > (size_t) (end - at) - LENGTH_BYTES)
            return davy_fail(DAVY_ERR_INVALID,
                             "the binary data of input '%.100s' ends within element %zu of %zu",
                             tensor->name, i, count);
        elements[i] = (davy_bytes){at + LENGTH_BYTES, size};
        at += LENGTH_BYTES + size;
    }
    if (at != end)
        return davy_fail(DAVY_ERR_INVALID,
                         "the binary data of input '%.100s' has %zu bytes beyond its %zu elements",
                         tensor->name, (size_t) (end - at), count);
    tensor->tensor.data = elements;
    return DAVY_OK;
}

static davy_status check_truths(const unsigned char *bytes, size_t length, const char *name)
{
    unsigned char seen = 0;

    for (size_t i = 0; i < length; i++)
        seen |= bytes[i];
    return seen <= 1 ? DAVY_OK
                     : davy_fail(DAVY_ERR_INVALID,
                                 "input '%.100s' of BOOL has a byte that is neither 0 nor 1", name);
}

davy_status davy_tensor_bytes_read(const void *bytes, size_t length, davy_oip_memory *memory,
                                   davy_named_tensor *tensor)
{
    const size_t expected = davy_tensor_bytes(&tensor->tensor);
    davy_status status = DAVY_OK;
    void *copy;

    if (tensor->tensor.type == DAVY_TYPE_TEXT)
        return read_elements(bytes, length, memory, tensor);
    if (length != expected)
        return davy_fail(DAVY_ERR_INVALID,
                         "unexpected total byte size %zu for input '%.100s', expecting %zu", length,
                         tensor->name, expected);
    if (tensor->tensor.type == DAVY_TYPE_BOOL)
        status = check_truths(bytes, length, tensor->name);
    if (status != DAVY_OK)
        return status;
    if ((uintptr_t) bytes % davy_type_size(tensor->tensor.type) == 0) {
        tensor->tensor.data = (void *) bytes; /* borrowed, and read only */
        return DAVY_OK;
    }
    status = davy_oip_take(memory, length, 1, &copy);
    if (status == DAVY_OK)
        tensor->tensor.data = memcpy(copy, bytes, length);
    return status;
}

void davy_tensor_bytes_write(davy_buffer *out, const davy_tensor *tensor)
{
    const size_t count = (size_t) davy_tensor_count(tensor);
    const davy_bytes *elements = tensor->data;

    if (tensor->type != DAVY_TYPE_TEXT) {
        davy_buffer_append(out, tensor->data, davy_tensor_bytes(tensor));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const uint32_t length = (uint32_t) elements[i].length;

        davy_buffer_append(out, &length, sizeof length);
        davy_buffer_append(out, elements[i].at, length);
    }
}
