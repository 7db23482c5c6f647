/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/inflate.h"

#include <stdbool.h>
#include <stdint.h>

#include <zlib.h>

#define PIECE       ((size_t) 64 * 1024)
#define GZIP_WINDOW (15 + 16) /* zlib: largest window, gzip wrapper only */

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
    if (out->length > limit)
        return davy_fail(DAVY_ERR_FULL, "the body is longer than %zu bytes when it is unpacked",
                         limit);
    *ended = answer == Z_STREAM_END;
    if (answer == Z_MEM_ERROR)
        return davy_fail(DAVY_ERR_NOMEM, "the plain body");
    if (answer == Z_BUF_ERROR || (answer == Z_OK && stream->avail_in == 0 && stream->avail_out > 0))
        return davy_fail(DAVY_ERR_INVALID, "the gzip body ends early");
    if (answer != Z_OK && answer != Z_STREAM_END)
        return davy_fail(DAVY_ERR_INVALID, "the gzip body is damaged: %s",
                         stream->msg ? stream->msg : "not gzip");
    return DAVY_OK;
}

davy_status davy_inflate(const char *bytes, size_t length, size_t limit, davy_buffer *out)
{
    z_stream stream = {0};
    davy_status status = DAVY_OK;
    bool ended = false;

    if (length > UINT32_MAX)
        return davy_fail(DAVY_ERR_FULL, "the gzip body is too long");
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return davy_fail(DAVY_ERR_NOMEM, "the plain body");
    stream.next_in = (Bytef *) bytes; /* zlib reads it only */
    stream.avail_in = (uInt) length;
    while (status == DAVY_OK && !ended) {
        status = inflate_piece(&stream, limit, out, &ended);
        if (status == DAVY_OK && ended && stream.avail_in > 0)
            ended = inflateReset(&stream) != Z_OK; /* the next member */
    }
    inflateEnd(&stream);
    if (out->bytes)
        out->bytes[out->length] = '\0';
    return status;
}
