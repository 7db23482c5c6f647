/* SPDX-License-Identifier: Apache-2.0 */

/* Tensor files: what is read is written and read again as the same. */
#include "nn/onnx/tensor_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_arena arena;
    davy_buffer bytes = {0};
    davy_tensor tensor, again;
    const char *name;

    davy_arena_init(&arena, (size_t) 1 << 24);
    if (davy_tensor_parse(data, size, &arena, &tensor, &name) == DAVY_OK) {
        if (davy_tensor_write(&tensor, name, &bytes) != DAVY_OK ||
            davy_tensor_parse(bytes.bytes, bytes.length, &arena, &again, &name) != DAVY_OK ||
            again.type != tensor.type || !davy_tensor_same_shape(&tensor, &again))
            abort();
        if (tensor.type != DAVY_TYPE_TEXT && davy_tensor_bytes(&tensor) &&
            memcmp(tensor.data, again.data, davy_tensor_bytes(&tensor)) != 0)
            abort();
    }
    davy_buffer_clear(&bytes);
    davy_arena_clear(&arena);
    return 0;
}
