/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/json_private.h"

#include <string.h>

#include "core/utf8.h"

void davy_json_reader_init(davy_json_reader *reader, const char *bytes, size_t length)
{
    static const char nothing[1];

    reader->begin = reader->at = bytes ? bytes : nothing;
    reader->end = reader->begin + length;
    reader->depth = 0;
    reader->fresh = false;
}

davy_status davy_json_fail(const davy_json_reader *reader, const char *expected)
{
    char seen[40];

    (void) davy_utf8_show(reader->at, (size_t) (reader->end - reader->at), seen, sizeof seen);
    return davy_fail(DAVY_ERR_INVALID,
                     "failed to parse the request JSON: byte %zu: expected %s, "
                     "not '%s'",
                     (size_t) (reader->at - reader->begin), expected, seen);
}

bool davy_bytes_are(davy_bytes bytes, const char *word)
{
    return bytes.length == strlen(word) && memcmp(bytes.at, word, bytes.length) == 0;
}

static void skip_blanks(davy_json_reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

char davy_json_peek(davy_json_reader *reader)
{
    char c;

    skip_blanks(reader);
    if (reader->at == reader->end)
        return 0;
    c = *reader->at;
    if (c == '-' || (c >= '0' && c <= '9'))
        return '0';
    return c == '{' || c == '[' || c == '"' || c == 't' || c == 'f' || c == 'n' ? c : 0;
}

davy_status davy_json_enter(davy_json_reader *reader, char bracket)
{
    if (davy_json_peek(reader) != bracket)
        return davy_json_fail(reader, bracket == '{' ? "an object" : "an array");
    if (reader->depth == DAVY_JSON_DEPTH_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "failed to parse the request JSON: it is nested deeper than %d levels",
                         DAVY_JSON_DEPTH_MAX);
    reader->at++;
    reader->closing[reader->depth++] = bracket == '{' ? '}' : ']';
    reader->fresh = true;
    return DAVY_OK;
}

davy_status davy_json_next(davy_json_reader *reader, bool *more)
{
    const char closing = reader->closing[reader->depth - 1];

    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == closing) {
        reader->at++;
        reader->depth--;
        reader->fresh = false;
        *more = false;
        return DAVY_OK;
    }
    if (!reader->fresh) {
        if (reader->at == reader->end || *reader->at != ',')
            return davy_json_fail(reader, closing == '}' ? "',' or '}'" : "',' or ']'");
        reader->at++;
    }
    reader->fresh = false;
    *more = true;
    return DAVY_OK;
}

davy_status davy_json_key(davy_json_reader *reader, davy_oip_memory *memory, davy_bytes *key)
{
    davy_status status = davy_json_string(reader, memory, key);

    if (status != DAVY_OK)
        return status;
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != ':')
        return davy_json_fail(reader, "':'");
    reader->at++;
    return DAVY_OK;
}

/* -- Whole values -------------------------------------------------------------------------------
 */

static davy_status skip_string(davy_json_reader *reader)
{
    char scratch[16]; /* escapes are looked at where they stand: no text is kept */
    bool escaped = false;
    const char *quote = davy_json_quote(reader->at + 1, reader->end, &escaped);
    const char *at = reader->at + 1;

    if (!quote || !davy_utf8_valid(at, (size_t) (quote - at)))
        return davy_json_fail(reader, "a text in UTF-8 with an end");
    while (escaped && at < quote) {
        char *out = scratch;

        if (*at++ == '\\' && !davy_json_escape(&at, quote, &out))
            return davy_json_fail(reader, "a text whose escapes are those of JSON");
    }
    reader->at = quote + 1;
    return DAVY_OK;
}

static davy_status skip_leaf(davy_json_reader *reader)
{
    davy_bytes text;
    bool truth;

    switch (davy_json_peek(reader)) {
    case '"':
        return skip_string(reader);
    case '0':
        return davy_json_number_text(reader, &text);
    case 'n':
        return davy_json_nothing(reader);
    case 't':
    case 'f':
        return davy_json_truth(reader, &truth);
    default:
        return davy_json_fail(reader, "a value");
    }
}

/* Step to the next place where a value stands, out of all that is closed; false at the end. */
static davy_status skip_to_value(davy_json_reader *reader, unsigned depth, bool *more)
{
    davy_status status = DAVY_OK;

    *more = false;
    while (status == DAVY_OK && !*more && reader->depth > depth)
        status = davy_json_next(reader, more);
    return status;
}

static davy_status skip_key(davy_json_reader *reader)
{
    davy_status status;

    if (reader->closing[reader->depth - 1] != '}')
        return DAVY_OK;
    status = davy_json_peek(reader) == '"' ? skip_string(reader) : davy_json_fail(reader, "a key");
    if (status != DAVY_OK)
        return status;
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != ':')
        return davy_json_fail(reader, "':'");
    reader->at++;
    return DAVY_OK;
}

davy_status davy_json_skip(davy_json_reader *reader, size_t *leaves)
{
    const unsigned depth = reader->depth;
    davy_status status = DAVY_OK;
    bool more = true;

    while (status == DAVY_OK && more) {
        const char c = davy_json_peek(reader);

        if (c == '{' || c == '[') {
            status = davy_json_enter(reader, c);
        } else {
            status = skip_leaf(reader);
            if (leaves)
                ++*leaves;
        }
        if (status == DAVY_OK)
            status = skip_to_value(reader, depth, &more);
        if (status == DAVY_OK && more)
            status = skip_key(reader);
    }
    return status;
}

davy_status davy_json_finish(davy_json_reader *reader)
{
    skip_blanks(reader);
    return reader->at == reader->end ? DAVY_OK : davy_json_fail(reader, "nothing more");
}
