/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/inflate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zlib.h>

#include "serve/limits.h"

#define PIECE ((size_t) 64 * 1024)

/* zlib: the largest window, and 16 more for gzip's form. */
static const struct {
    const char *name;
    int window;
} packings[] = {
    [DAVY_PACKING_NONE] = {NULL, 0},
    [DAVY_PACKING_GZIP] = {"gzip", 15 + 16},
    [DAVY_PACKING_DEFLATE] = {"deflate", 15},
};

const char *davy_packing_name(davy_packing packing)
{
    return packings[packing].name;
}

static davy_packing find_word(const char *word, size_t length)
{
    for (size_t i = 1; i < DAVY_ARRAY_LENGTH(packings); i++)
        if (strlen(packings[i].name) == length && strncasecmp(packings[i].name, word, length) == 0)
            return (davy_packing) i;
    return DAVY_PACKING_NONE;
}

davy_packing davy_packing_find(const char *encoding)
{
    return find_word(encoding, strlen(encoding));
}

/* "gzip;q=0.5" has a weight of 0.5, and 1 when it says none. */
static double weight_of(const char *parameters, const char *end)
{
    const char *weight = memchr(parameters, '=', (size_t) (end - parameters));

    return weight ? strtod(weight + 1, NULL) : 1;
}

davy_packing davy_packing_choose(const char *accepts)
{
    davy_packing best = DAVY_PACKING_NONE;
    double best_weight = 0;

    for (const char *at = accepts; *at; at += *at == ',') {
        const char *end = at + strcspn(at, ",");
        davy_packing packing;

        at += strspn(at, " \t");
        packing = find_word(at, strcspn(at, " \t;,"));
        if (packing != DAVY_PACKING_NONE && weight_of(at, end) > best_weight) {
            best = packing;
            best_weight = weight_of(at, end);
        }
        at = end;
    }
    return best;
}

/* Numbers pack well and bombs pack better. What a body may have become by now grows with what was
 * read of it by now, so that a bomb ends where it begins to be one and not at the limit. */
static davy_status check_growth(size_t read, size_t limit, size_t plain)
{
    if (plain > limit)
        return davy_fail(DAVY_ERR_FULL, "the body is longer than %zu bytes when it is unpacked",
                         limit);
    if (plain > DAVY_HTTP_UNPACKED_MIN &&
        (plain - DAVY_HTTP_UNPACKED_MIN) / DAVY_HTTP_UNPACKED_RATIO > read)
        return davy_fail(DAVY_ERR_FULL,
                         "%zu bytes of the body became %zu when they were unpacked, and beyond the "
                         "first %zu they may become %zu times as many: send it plain",
                         read, plain, DAVY_HTTP_UNPACKED_MIN, DAVY_HTTP_UNPACKED_RATIO);
    return DAVY_OK;
}

/* Next piece of output; *ended at the end of a member. */
static davy_status inflate_piece(z_stream *stream, size_t limit, davy_buffer *out, bool *ended)
{
    size_t room = limit - out->length < PIECE ? limit - out->length + 1 : PIECE;
    char *space = davy_buffer_reserve(out, room);
    int answer;

    if (!space)
        return davy_fail(DAVY_ERR_NOMEM, "the plain body");
    stream->next_out = (Bytef *) space;
    stream->avail_out = (uInt) room;
    answer = inflate(stream, Z_NO_FLUSH);
    out->length += room - stream->avail_out;
    *ended = answer == Z_STREAM_END;
    if (answer == Z_MEM_ERROR)
        return davy_fail(DAVY_ERR_NOMEM, "the plain body");
    if (answer == Z_BUF_ERROR || (answer == Z_OK && stream->avail_in == 0 && stream->avail_out > 0))
        return davy_fail(DAVY_ERR_INVALID, "the packed body ends early");
    if (answer != Z_OK && answer != Z_STREAM_END)
        return davy_fail(DAVY_ERR_INVALID, "the packed body is damaged: %s",
                         stream->msg ? stream->msg : "of another form than it says");
    return DAVY_OK;
}

/* A buffer grows by doubling, so what it takes is told by its capacity. */
static bool take_growth(davy_budget *budget, const davy_buffer *out, size_t *taken)
{
    size_t grown = out->capacity - *taken;

    *taken = out->capacity;
    return !budget || grown == 0 || davy_budget_take(budget, grown);
}

davy_status davy_inflate(davy_packing packing, const char *bytes, size_t length, size_t limit,
                         davy_budget *budget, davy_buffer *out)
{
    z_stream stream = {0};
    davy_status status = DAVY_OK;
    size_t taken = 0;
    bool ended = false;

    if (length > UINT32_MAX)
        return davy_fail(DAVY_ERR_FULL, "the packed body is too long");
    if (inflateInit2(&stream, packings[packing].window) != Z_OK)
        return davy_fail(DAVY_ERR_NOMEM, "the plain body");
    stream.next_in = (Bytef *) bytes; /* zlib reads it only */
    stream.avail_in = (uInt) length;
    while (status == DAVY_OK && !ended) {
        status = inflate_piece(&stream, limit, out, &ended);
        if (status == DAVY_OK)
            status = check_growth(length - stream.avail_in, limit, out->length);
        if (status == DAVY_OK && !take_growth(budget, out, &taken))
            status = davy_fail(DAVY_ERR_UNAVAILABLE, "too many bodies are being unpacked");
        if (status == DAVY_OK && ended && stream.avail_in > 0 && packing == DAVY_PACKING_GZIP)
            ended = inflateReset(&stream) != Z_OK; /* the next member */
    }
    inflateEnd(&stream);
    if (out->bytes)
        out->bytes[out->length] = '\0';
    return status;
}

davy_status davy_deflate(davy_packing packing, const char *bytes, size_t length, davy_buffer *out)
{
    z_stream stream = {0};
    char *space;

    if (length > UINT32_MAX / 2 ||
        deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, packings[packing].window, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return davy_fail(DAVY_ERR_NOMEM, "the packed answer");
    stream.avail_out = (uInt) deflateBound(&stream, length);
    space = davy_buffer_reserve(out, stream.avail_out);
    if (space) {
        stream.next_in = (Bytef *) bytes; /* zlib reads it only */
        stream.avail_in = (uInt) length;
        stream.next_out = (Bytef *) space;
        (void) deflate(&stream, Z_FINISH); /* there is room for all of it */
        out->length += stream.total_out;
    }
    deflateEnd(&stream);
    return davy_buffer_ok(out);
}
