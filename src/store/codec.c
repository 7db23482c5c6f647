/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec.h"

#include "store/codec_work.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PACK_PLAIN = 0, PACK_ZSTD = 1 };

/* Of what is sealed while a plant sends, and of what is written once more when nobody waits: a
 * tenth fewer bytes of quantised tags at a quarter of the speed. Higher levels gain nothing more.
 */
#define ZSTD_LEVEL          1
#define ZSTD_LEVEL_THOROUGH 13

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

void davy_codec_work_be_thorough(davy_codec_work *work, bool thorough)
{
    work->thorough = thorough;
}

void davy_codec_work_destroy(davy_codec_work *work)
{
    if (!work)
        return;
    ZSTD_freeCCtx(work->compress);
    ZSTD_freeDCtx(work->decompress);
    free(work);
}

/* zstd's frames begin with these bytes, which say nothing new in a place that is known. */
static const uint8_t zstd_magic[4] = {0x28, 0xb5, 0x2f, 0xfd};

/* Bytes of the zstd frame in work->packed, or 0 when there is no memory for one. */
static size_t compress(davy_codec_work *work, const uint8_t *bytes, size_t length)
{
    const int level = work->thorough ? ZSTD_LEVEL_THOROUGH : ZSTD_LEVEL;
    size_t packed;

    if (!work->compress)
        work->compress = ZSTD_createCCtx();
    if (!work->compress)
        return 0;
    packed =
        ZSTD_compressCCtx(work->compress, work->packed, sizeof work->packed, bytes, length, level);
    return ZSTD_isError(packed) ? 0 : packed;
}

void davy_codec_pack(davy_codec_work *work, const uint8_t *bytes, size_t length, davy_buffer *out)
{
    size_t packed = compress(work, bytes, length);
    bool shorter = packed > 0 && packed - sizeof zstd_magic < length;
    char kind = shorter ? PACK_ZSTD : PACK_PLAIN;

    davy_buffer_append(out, &kind, 1);
    if (shorter)
        davy_buffer_append(out, work->packed + sizeof zstd_magic, packed - sizeof zstd_magic);
    else
        davy_buffer_append(out, bytes, length);
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
    if (bytes[0] != PACK_ZSTD || length - 1 > sizeof work->packed - sizeof zstd_magic)
        return NULL;
    memcpy(work->packed, zstd_magic, sizeof zstd_magic);
    memcpy(work->packed + sizeof zstd_magic, bytes + 1, length - 1);
    unpacked = ZSTD_decompressDCtx(work->decompress, work->raw, sizeof work->raw, work->packed,
                                   length - 1 + sizeof zstd_magic);
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

/* Take what the candidate has when it is the first or the shortest so far. */
static void keep_shorter(const davy_codec *codec, const davy_buffer *candidate,
                         const davy_codec **best, davy_buffer *shortest)
{
    if (*best && candidate->length >= shortest->length)
        return;
    *best = codec;
    davy_buffer_reset(shortest);
    davy_buffer_append(shortest, candidate->bytes, candidate->length);
}

uint8_t davy_codec_encode(davy_codec_work *work, const double *values, size_t count,
                          davy_buffer *out)
{
    const davy_codec *best = NULL;
    davy_buffer candidate = {0}, shortest = {0};
    bool failed = false; /* for want of memory: what one codec has is not all of it */

    for (size_t i = 0; davy_codecs[i] && !(best && davy_codecs[i]->last_resort); i++) {
        davy_buffer_reset(&candidate);
        if (!davy_codecs[i]->encode(work, values, count, &candidate))
            continue;
        failed |= candidate.failed;
        keep_shorter(davy_codecs[i], &candidate, &best, &shortest);
        failed |= shortest.failed;
        if (best->settles)
            break;
    }
    assert(best); /* the last resort takes any values */
    davy_buffer_append(out, shortest.bytes, shortest.length);
    out->failed |= failed;
    davy_buffer_clear(&candidate);
    davy_buffer_clear(&shortest);
    return best->id;
}

const davy_codec *const davy_codecs[] = {
    &davy_codec_constant, &davy_codec_dictionary, &davy_codec_linear,
    &davy_codec_decimal,  &davy_codec_raw,        NULL,
};
