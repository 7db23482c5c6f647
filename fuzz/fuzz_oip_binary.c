/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes requests with bytes behind their JSON: the first byte is the length of the JSON. What is
 * taken is written again and must have as many bytes.
 */
#include "serve/oip/request.h"
#include "serve/oip/tensor_bytes.h"

#include <assert.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_input(const davy_named_tensor *input)
{
    davy_buffer out = {0};

    davy_tensor_bytes_write(&out, &input->tensor);
    assert(out.length == davy_tensor_bytes_size(&input->tensor));
    davy_buffer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_oip_memory memory = {0};
    davy_oip_request request;
    char header[8];

    if (size == 0)
        return 0;
    (void) snprintf(header, sizeof header, "%u", data[0]);
    if (davy_oip_read((const char *) data + 1, size - 1, header, &memory, &request) == DAVY_OK)
        for (size_t i = 0; i < request.ask.input_count; i++)
            check_input(&request.inputs[i]);
    davy_arena_clear(&memory.arena);
    return 0;
}
