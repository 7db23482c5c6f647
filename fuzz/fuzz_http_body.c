/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes what the server does with the bytes of a body before a stage sees them: the first byte
 * chooses the reader, the rest is the body. A body that is taken must be what its reader promises.
 */
#include "core/utf8.h"
#include "serve/api/json.h"
#include "serve/api/order.h"
#include "serve/api/write.h"
#include "serve/limits.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_action(const char *bytes, size_t length)
{
    static const davy_json_field fields[] = {{"comment", false, 64}, {"duration", true, 8}};
    davy_buffer out = {0};
    json_t *object = NULL;

    if (davy_json_read(bytes, length, fields, 2, &object) != DAVY_OK)
        return;
    assert(json_is_object(object) && strlen(davy_json_get(object, "duration")) <= 8);
    davy_json_tree(&out, NULL, object);
    assert(davy_utf8_valid(out.bytes, out.length));
    davy_buffer_clear(&out);
    json_decref(object);
}

/* What becomes a command line: plain words, none of which names a file of the server. */
static void read_order(const char *bytes, size_t length)
{
    davy_order_reading in = {.body = NULL};

    if (davy_order_read(bytes, length, &in) == DAVY_OK) {
        assert(in.order.name[0] != '.' && !strchr(in.order.name, '/'));
        assert(in.order.word_count <= DAVY_ARRAY_LENGTH(in.words));
        for (size_t i = 0; i < in.order.word_count; i++)
            for (const char *at = in.order.words[i].value; *at; at++)
                assert((unsigned char) *at >= ' ');
    }
    davy_order_clear(&in);
}

static void read_write(const char *bytes, size_t length, const char *encoding)
{
    davy_buffer body = {0};

    davy_buffer_append(&body, bytes, length);
    if (davy_write_decode(&body, encoding) == DAVY_OK && body.length > 0)
        assert(body.length <= DAVY_HTTP_WRITE_MAX);
    davy_buffer_clear(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *) data + 1;

    if (size == 0)
        return 0;
    if (data[0] == 'j')
        read_action(bytes, size - 1);
    else if (data[0] == 't')
        read_order(bytes, size - 1);
    else
        read_write(bytes, size - 1, data[0] == 'g' ? "gzip" : "");
    return 0;
}
