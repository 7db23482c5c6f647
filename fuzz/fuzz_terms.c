/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as the terms of retention, as they are and with the first and last line that fit them.
 */
#include "store/terms.h"

#include "core/file.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static davy_terms terms;

static void try_bytes(const char *bytes, size_t length)
{
    if (davy_terms_parse(bytes, length, &terms) != DAVY_OK)
        return;
    assert(terms.known && terms.count <= DAVY_TERMS_MAX);
    for (size_t i = 0; i < terms.count; i++)
        assert(davy_terms_find(&terms, terms.items[i].class_name) == &terms.items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_buffer text = {0};

    try_bytes((const char *) data, size);
    davy_buffer_append_text(&text, "davy retention 1\n");
    davy_buffer_append(&text, data, size);
    davy_buffer_printf(&text, "checksum %016llx\n",
                       (unsigned long long) davy_checksum(text.bytes, text.length));
    if (davy_buffer_ok(&text) == DAVY_OK)
        try_bytes(text.bytes, text.length);
    davy_buffer_clear(&text);
    return 0;
}
