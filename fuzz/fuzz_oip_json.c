/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes the reader of inference requests in JSON. What is taken has shapes whose elements are all
 * there, and can be written as JSON again, unless it is bytes that came in base64.
 */
#include "serve/oip/request.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_input(const davy_named_tensor *input)
{
    const size_t count = (size_t) davy_tensor_count(&input->tensor);
    davy_buffer out = {0};

    assert(input->name[0] && input->tensor.data && count < (size_t) 1 << 32);
    assert(davy_tensor_text_write(&out, NULL, input) == DAVY_OK ||
           input->tensor.type == DAVY_TYPE_TEXT);
    davy_buffer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_oip_memory memory = {0};
    davy_oip_request request;

    if (davy_oip_read((const char *) data, size, "", &memory, &request) == DAVY_OK)
        for (size_t i = 0; i < request.ask.input_count; i++)
            check_input(&request.inputs[i]);
    davy_arena_clear(&memory.arena);
    return 0;
}
