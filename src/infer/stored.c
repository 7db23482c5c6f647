/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/stored.h"

#include <string.h>

static davy_status read_texts(const davy_buffer *bytes, const davy_tensor *tensor)
{
    const int64_t count = davy_tensor_count(tensor);
    davy_bytes *texts = tensor->data;
    size_t at = 0;

    for (int64_t i = 0; i < count; i++) {
        uint32_t length;

        if (bytes->length - at < sizeof length)
            return davy_fail(DAVY_ERR_CORRUPT, "it holds %lld of %lld texts", (long long) i,
                             (long long) count);
        memcpy(&length, bytes->bytes + at, sizeof length);
        at += sizeof length;
        if (length > bytes->length - at)
            return davy_fail(DAVY_ERR_CORRUPT, "text %lld is cut short", (long long) i);
        texts[i] = (davy_bytes){bytes->bytes + at, length};
        at += length;
    }
    return at == bytes->length ? DAVY_OK : davy_fail(DAVY_ERR_CORRUPT, "bytes follow its texts");
}

static davy_status read_numbers(const davy_buffer *bytes, const davy_tensor *tensor)
{
    if (bytes->length != davy_tensor_bytes(tensor))
        return davy_fail(DAVY_ERR_CORRUPT, "it holds %zu bytes instead of %zu", bytes->length,
                         davy_tensor_bytes(tensor));
    if (bytes->length > 0)
        memcpy(tensor->data, bytes->bytes, bytes->length);
    return DAVY_OK;
}

davy_status davy_stored_read(const davy_buffer *bytes, const davy_tensor *tensor)
{
    return tensor->type == DAVY_TYPE_TEXT ? read_texts(bytes, tensor) : read_numbers(bytes, tensor);
}
