/* SPDX-License-Identifier: Apache-2.0 */
#include "store/chunk.h"

#include "core/file.h"
#include "store/bytes.h"

#include <math.h>

#define CHECKSUM_BYTES ((size_t) 4)

/* True when a value is the same after it was kept as an integer; NaN is kept in another way. */
static bool survives(double value, unsigned decimals)
{
    double power = davy_codec_power(decimals);

    return isnan(value) || round(value * power) / power == value;
}

/*
 * The sum of decimal numbers is a decimal number, so what adding made of its last digits is undone.
 * Numbers too large for their decimals are kept as they are.
 */
static void set_decimals(davy_chunk_head *head, unsigned decimals)
{
    double power = davy_codec_power(decimals);
    double sum = round(head->sum * power) / power;

    head->decimals = 0;
    if (decimals > 0 && !(fabs(head->sum * power) > 1e15) && survives(sum, decimals) &&
        survives(head->min, decimals) && survives(head->max, decimals) &&
        survives(head->first, decimals) && survives(head->last, decimals)) {
        head->decimals = decimals;
        head->sum = sum;
    }
}

void davy_chunk_summarise(const davy_points *points, size_t from, size_t count,
                          davy_chunk_head *head)
{
    head->first_ns = head->min_ns = head->max_ns = points->times[from];
    head->last_ns = points->times[from + count - 1];
    head->count = (uint32_t) count;
    head->bad = 0;
    head->min = head->max = head->first = head->last = NAN;
    head->sum = 0;
    for (size_t i = from; i < from + count; i++) {
        double value = points->values[i];

        if (points->quality[i] == DAVY_QUALITY_BAD) {
            head->bad++;
            continue;
        }
        if (isnan(head->min) || value < head->min) {
            head->min = value;
            head->min_ns = points->times[i];
        }
        if (isnan(head->max) || value > head->max) {
            head->max = value;
            head->max_ns = points->times[i];
        }
        if (i - from == head->bad) /* all before it were bad */
            head->first = value;
        head->last = value;
        head->sum += value;
    }
    if (head->bad == count)
        head->sum = NAN;
    set_decimals(head, davy_codec_decimals(points->values + from, points->quality + from, count));
    davy_moves_summarise(points, from, count, head->decimals, &head->moves);
}

static uint64_t plain_bits(double value)
{
    if (isnan(value))
        return UINT64_MAX;
    return davy_double_bits(value == 0 ? 0.0 : value);
}

#define FIELDS_1 ((size_t) 17) /* of a head of format 1 */

uint32_t davy_chunk_head_checksum(const davy_chunk_head *head)
{
    const davy_moves *moves = &head->moves;
    const uint64_t fields[] = {
        head->signal,
        head->sequence,
        (uint64_t) head->first_ns,
        (uint64_t) head->last_ns,
        head->count,
        head->bad,
        plain_bits(head->min),
        plain_bits(head->max),
        plain_bits(head->sum),
        plain_bits(head->first),
        plain_bits(head->last),
        (uint64_t) head->min_ns,
        (uint64_t) head->max_ns,
        head->decimals,
        head->codec,
        (uint64_t) head->times,
        (uint64_t) head->data,
        moves->uncertain,
        moves->odd,
        plain_bits(moves->steepest),
        (uint64_t) moves->still_ns,
        (uint64_t) moves->still_last_ns,
    };
    const size_t count = moves->known ? DAVY_ARRAY_LENGTH(fields) : FIELDS_1;
    uint8_t bytes[sizeof fields];

    for (size_t i = 0; i < count; i++)
        davy_put_u64(bytes + 8 * i, fields[i]);
    return (uint32_t) davy_checksum(bytes, 8 * count);
}

static uint32_t blob_checksum(const void *content, size_t length, int64_t id)
{
    uint8_t key[8];

    davy_put_u64(key, (uint64_t) id);
    return (uint32_t) (davy_checksum(content, length) ^ davy_checksum(key, sizeof key));
}

void davy_blob_close(davy_buffer *blob, int64_t id)
{
    uint8_t tail[CHECKSUM_BYTES];

    davy_put_u32(tail, blob_checksum(blob->bytes, blob->length, id));
    davy_buffer_append(blob, tail, sizeof tail);
}

bool davy_blob_check(const uint8_t *blob, size_t length, int64_t id, size_t *content)
{
    if (length < CHECKSUM_BYTES)
        return false;
    *content = length - CHECKSUM_BYTES;
    return davy_get_u32(blob + *content) == blob_checksum(blob, *content, id);
}

static void append_sized(davy_buffer *out, const void *bytes, size_t length)
{
    uint8_t size[DAVY_VARINT_MAX];

    davy_buffer_append(out, size, (size_t) (davy_varint_put(size, length) - size));
    davy_buffer_append(out, bytes, length);
}

/* Sized times, sized quality, values. */
void davy_chunk_encode(davy_codec_work *work, const davy_points *points, size_t from, size_t count,
                       const davy_buffer *times, davy_chunk_head *head, davy_buffer *data)
{
    davy_buffer quality = {0};

    append_sized(data, times->bytes, times->length);
    davy_quality_encode(points->quality + from, count, &quality);
    append_sized(data, quality.bytes, quality.length);
    data->failed |= quality.failed;
    davy_buffer_clear(&quality);
    head->codec = davy_codec_encode(work, points->values + from, count, data);
}

/* Cut a sized piece off the front. */
static bool take_sized(davy_blob *rest, davy_blob *piece)
{
    uint64_t length;
    const uint8_t *end = rest->bytes + rest->length;
    const uint8_t *cursor = davy_varint_get(rest->bytes, end, &length);

    if (!cursor || length > (uint64_t) (end - cursor))
        return false;
    *piece = (davy_blob){cursor, (size_t) length};
    rest->bytes = cursor + length;
    rest->length = (size_t) (end - rest->bytes);
    return true;
}

static bool decode_columns(davy_codec_work *work, const davy_chunk_head *head, davy_blob data,
                           davy_blob times, davy_points *out)
{
    const davy_codec *codec = davy_codec_find(head->codec);
    davy_blob inline_times, quality;

    if (!codec || !take_sized(&data, &inline_times) || !take_sized(&data, &quality))
        return false;
    if (head->times == 0)
        times = inline_times;
    return davy_times_decode(work, times.bytes, times.length, head->first_ns, out->times,
                             head->count) &&
           out->times[head->count - 1] == head->last_ns &&
           davy_quality_decode(quality.bytes, quality.length, out->quality, head->count) &&
           codec->decode(work, data.bytes, data.length, out->values, head->count);
}

davy_status davy_chunk_get_gaps(davy_codec_work *work, const davy_chunk_head *head, davy_blob data,
                                davy_blob times, davy_gaps *gaps)
{
    const uint64_t span_ns = (uint64_t) head->last_ns - (uint64_t) head->first_ns;
    davy_blob inline_times;

    if (!take_sized(&data, &inline_times))
        return davy_fail(DAVY_ERR_CORRUPT, "a chunk of signal %u has no times", head->signal);
    if (head->times == 0)
        times = inline_times;
    if (!davy_times_get_gaps(work, times.bytes, times.length, span_ns, head->count, gaps))
        return davy_fail(DAVY_ERR_CORRUPT, "times of signal %u do not decode", head->signal);
    return DAVY_OK;
}

davy_status davy_chunk_decode(davy_codec_work *work, const davy_chunk_head *head, davy_blob data,
                              davy_blob times, davy_points *out)
{
    davy_status status;

    if (head->count == 0 || head->count > DAVY_CHUNK_POINTS_MAX)
        return davy_fail(DAVY_ERR_CORRUPT, "a chunk of %u points", head->count);
    status = davy_points_reserve(out, head->count);
    if (status != DAVY_OK)
        return status;
    if (!decode_columns(work, head, data, times, out))
        return davy_fail(DAVY_ERR_CORRUPT, "a chunk of signal %u does not decode", head->signal);
    out->count = head->count;
    return DAVY_OK;
}
