/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as the list of day files, as they are and with the first and last line that fit them.
 */
#include "store/days_list.h"

#include "core/file.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const davy_days_names *names)
{
    const char *name = names->text.bytes;

    for (size_t i = 0; i < names->count; i++, name += strlen(name) + 1)
        assert(davy_days_list_has(names, name));
}

static void try_bytes(const char *bytes, size_t length)
{
    davy_days_names names;

    if (davy_days_list_parse(bytes, length, &names) != DAVY_OK)
        return;
    walk(&names);
    davy_days_list_clear(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_buffer text = {0};

    try_bytes((const char *) data, size);
    davy_buffer_append_text(&text, "davy day files 1\n");
    davy_buffer_append(&text, data, size);
    davy_buffer_printf(&text, "checksum %016llx\n",
                       (unsigned long long) davy_checksum(text.bytes, text.length));
    if (davy_buffer_ok(&text) == DAVY_OK)
        try_bytes(text.bytes, text.length);
    davy_buffer_clear(&text);
    return 0;
}
