/* SPDX-License-Identifier: Apache-2.0 */
#include "store/packed.h"

#include "store/chunk.h"

#include <stdlib.h>
#include <string.h>

/* A block of fewer points is coded anew together with those that come next. */
#define BLOCK_POINTS ((size_t) 128)

/* What stands before the coded points of a block. */
struct block {
    int64_t first_ns, last_ns;
    uint32_t length; /* of the coded points */
    uint16_t count;
    uint8_t codec;
};

static davy_status append_block(davy_packed *packed, const struct block *block,
                                const davy_buffer *data)
{
    /* As much as is needed: what a block leaves unused would be lost a hundred thousand times. */
    uint8_t *grown = realloc(packed->bytes, packed->length + sizeof *block + data->length);

    if (!grown)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu packed bytes", data->length);
    memcpy(grown + packed->length, block, sizeof *block);
    memcpy(grown + packed->length + sizeof *block, data->bytes, data->length);
    packed->bytes = grown;
    packed->last = packed->length;
    packed->length += sizeof *block + data->length;
    if (packed->count == 0)
        packed->first_ns = block->first_ns;
    packed->last_ns = block->last_ns;
    packed->count += block->count;
    return DAVY_OK;
}

static davy_status copy_block(const struct block *block, const uint8_t *data, davy_codec_work *work,
                              int64_t from_ns, int64_t to_ns, davy_points *out)
{
    const davy_chunk_head head = {.first_ns = block->first_ns,
                                  .last_ns = block->last_ns,
                                  .count = block->count,
                                  .codec = block->codec};
    davy_points points = {0};
    davy_status status =
        davy_chunk_decode(work, &head, (davy_blob){data, block->length}, (davy_blob){0}, &points);

    if (status == DAVY_OK)
        status = davy_points_copy(out, &points, davy_points_find(&points, from_ns),
                                  davy_points_find(&points, to_ns));
    davy_points_clear(&points);
    return status;
}

static davy_status add_block(davy_packed *packed, davy_codec_work *work, const davy_points *points)
{
    davy_buffer times = {0}, data = {0};
    davy_chunk_head head = {0};
    davy_status status;

    davy_times_encode(work, points->times, points->count, &times);
    status = davy_buffer_ok(&times);
    if (status == DAVY_OK) {
        davy_chunk_encode(work, points, 0, points->count, &times, &head, &data);
        status = davy_buffer_ok(&data);
    }
    if (status == DAVY_OK) {
        struct block block = {points->times[0], points->times[points->count - 1],
                              (uint32_t) data.length, (uint16_t) points->count,
                              (uint8_t) head.codec};

        status = append_block(packed, &block, &data);
    }
    davy_buffer_clear(&times);
    davy_buffer_clear(&data);
    return status;
}

/* Put the points of the last block before others, and take it off. */
static davy_status join_last(davy_packed *packed, davy_codec_work *work, const struct block *last,
                             const davy_points *points)
{
    davy_packed rest = *packed;
    davy_points all = {0};
    davy_status status = davy_points_reserve(&all, last->count + points->count);

    if (status == DAVY_OK)
        status = copy_block(last, packed->bytes + packed->last + sizeof *last, work, INT64_MIN,
                            INT64_MAX, &all);
    if (status == DAVY_OK)
        status = davy_points_copy(&all, points, 0, points->count);
    if (status == DAVY_OK) {
        rest.length = packed->last;
        rest.count -= last->count;
        status = add_block(&rest, work, &all);
    }
    davy_points_clear(&all);
    if (status == DAVY_OK)
        *packed = rest;
    return status;
}

davy_status davy_packed_add(davy_packed *packed, davy_codec_work *work, const davy_points *points)
{
    struct block last;

    if (packed->count == 0)
        return add_block(packed, work, points);
    memcpy(&last, packed->bytes + packed->last, sizeof last);
    return last.count + points->count <= BLOCK_POINTS ? join_last(packed, work, &last, points)
                                                      : add_block(packed, work, points);
}

davy_status davy_packed_copy(const davy_packed *packed, davy_codec_work *work, int64_t from_ns,
                             int64_t to_ns, davy_points *out)
{
    davy_status status = DAVY_OK;
    struct block block;

    for (size_t at = 0; at < packed->length && status == DAVY_OK; at += block.length) {
        memcpy(&block, packed->bytes + at, sizeof block);
        at += sizeof block;
        if (block.last_ns >= from_ns && block.first_ns < to_ns)
            status = copy_block(&block, packed->bytes + at, work, from_ns, to_ns, out);
    }
    return status;
}

void davy_packed_clear(davy_packed *packed)
{
    free(packed->bytes);
    *packed = (davy_packed){0};
}
