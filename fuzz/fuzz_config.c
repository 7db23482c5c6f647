/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/config.h"

#include <stdlib.h>
#include <string.h>

/* The first byte chooses the form. What is read is written, and what was written is read again. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static davy_status parse(bool json, const char *text, size_t length, davy_arena *arena,
                         davy_infer_config *out)
{
    return json ? davy_infer_config_parse_json(text, length, arena, out)
                : davy_infer_config_parse("config.pbtxt", text, length, arena, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    davy_arena arena = {0};
    davy_buffer first = {0}, second = {0};
    davy_infer_config config;

    if (length > 0 &&
        parse(bytes[0] == '{', (const char *) bytes, length, &arena, &config) == DAVY_OK) {
        davy_infer_config_write(&config, &first);
        if (davy_buffer_ok(&first) == DAVY_OK &&
            davy_infer_config_parse_json(first.bytes, first.length, &arena, &config) != DAVY_OK)
            abort();
        davy_infer_config_write(&config, &second);
        if (strcmp(first.bytes, second.bytes) != 0)
            abort();
    }
    davy_buffer_clear(&first);
    davy_buffer_clear(&second);
    davy_arena_clear(&arena);
    return 0;
}
