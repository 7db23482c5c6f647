/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec.h"

#include "store/codec_work.h"

#include <stdlib.h>
#include <string.h>

enum { PACK_PLAIN = 0, PACK_ZSTD = 1 };

#define ZSTD_LEVEL 1

davy_status davy_codec_work_create(davy_codec_work **out)
{
    davy_codec_work *work = calloc(1, sizeof *work);

    if (work)
        work->decompress = ZSTD_createDCtx();
    if (!work || !work->decompress) {
        davy_codec_work_destroy(work);
        return davy_fail(DAVY_ERR_NOMEM, "no memory for coding");
    }
    *out = work;
    return DAVY_OK;
}

void davy_codec_work_destroy(davy_codec_work *work)
{
    if (!work)
        return;
    ZSTD_freeCCtx(work->compress);
    ZSTD_freeDCtx(work->decompress);
    free(work);
}

/* Bytes of the zstd frame in `room`, or 0 when it would not fit or there is no memory for it. */
static size_t compress(davy_codec_work *work, const uint8_t *bytes, size_t length, char *room,
                       size_t capacity)
{
    size_t packed;

    if (!work->compress)
        work->compress = ZSTD_createCCtx();
    if (!work->compress)
        return 0;
    packed = ZSTD_compressCCtx(work->compress, room, capacity, bytes, length, ZSTD_LEVEL);
    return ZSTD_isError(packed) ? 0 : packed;
}

void davy_codec_pack(davy_codec_work *work, const uint8_t *bytes, size_t length, davy_buffer *out)
{
    char *room = davy_buffer_reserve(out, length + 1);
    size_t packed;

    if (!room)
        return;
    packed = length > 1 ? compress(work, bytes, length, room + 1, length - 1) : 0;
    room[0] = packed ? PACK_ZSTD : PACK_PLAIN;
    if (!packed && length > 0)
        memcpy(room + 1, bytes, length);
    out->length += 1 + (packed ? packed : length);
}

const uint8_t *davy_codec_unpack(davy_codec_work *work, const uint8_t *bytes, size_t length,
                                 size_t *raw_length)
{
    size_t unpacked;

    if (length == 0)
        return NULL;
    if (bytes[0] == PACK_PLAIN) {
        *raw_length = length - 1;
        return bytes + 1;
    }
    if (bytes[0] != PACK_ZSTD)
        return NULL;
    unpacked =
        ZSTD_decompressDCtx(work->decompress, work->raw, sizeof work->raw, bytes + 1, length - 1);
    if (ZSTD_isError(unpacked))
        return NULL;
    *raw_length = unpacked;
    return work->raw;
}

const davy_codec *davy_codec_find(unsigned id)
{
    for (size_t i = 0; davy_codecs[i]; i++)
        if (davy_codecs[i]->id == id)
            return davy_codecs[i];
    return NULL;
}

uint8_t davy_codec_encode(davy_codec_work *work, const double *values, size_t count,
                          davy_buffer *out)
{
    size_t kind = 0;

    while (!davy_codecs[kind]->encode(work, values, count, out))
        kind++; /* the last one takes anything */
    return davy_codecs[kind]->id;
}

const davy_codec *const davy_codecs[] = {
    &davy_codec_constant,
    &davy_codec_decimal,
    &davy_codec_raw,
    NULL,
};
