/* SPDX-License-Identifier: Apache-2.0 */
#include "store/log_frame.h"

#include "core/file.h"
#include "store/bytes.h"

#include <stdlib.h>

#define MAGIC 0x31465644U /* "DVF1" */

/* Longest and shortest encodings: signal and quality, time, value. */
#define SAMPLE_BYTES_MAX (DAVY_VARINT_MAX + DAVY_VARINT_MAX + sizeof(double))
#define SAMPLE_BYTES_MIN (1 + 1 + sizeof(double))
#define MARK_BYTES_MAX   ((size_t) 2 * DAVY_VARINT_MAX)
#define MARK_BYTES_MIN   ((size_t) 2)

_Static_assert(DAVY_FRAME_SAMPLES_MAX *SAMPLE_BYTES_MAX + DAVY_VARINT_MAX <= DAVY_FRAME_PAYLOAD_MAX,
               "a full frame fits its payload");

/* Room for the head and `payload_max` bytes after it; NULL without memory. */
static uint8_t *begin(davy_buffer *out, size_t payload_max)
{
    char *bytes = davy_buffer_reserve(out, DAVY_FRAME_HEAD + payload_max);

    return bytes ? (uint8_t *) bytes + DAVY_FRAME_HEAD : NULL;
}

static void finish(davy_buffer *out, davy_frame_type type, const uint8_t *end)
{
    uint8_t *head = (uint8_t *) out->bytes;
    size_t length = (size_t) (end - head) - DAVY_FRAME_HEAD;

    memset(head, 0, DAVY_FRAME_HEAD);
    davy_put_u32(head, MAGIC);
    davy_put_u32(head + 4, type);
    davy_put_u32(head + 8, (uint32_t) length);
    davy_put_u64(head + 24, davy_checksum(head + DAVY_FRAME_HEAD, length));
    out->length = DAVY_FRAME_HEAD + length;
}

davy_status davy_frame_put_samples(davy_buffer *out, const davy_sample *samples, size_t count)
{
    int64_t signal = 0, time_ns = 0;
    uint8_t *cursor;

    if (count > DAVY_FRAME_SAMPLES_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu samples in one call, at most %zu are allowed",
                         count, DAVY_FRAME_SAMPLES_MAX);
    cursor = begin(out, DAVY_VARINT_MAX + count * SAMPLE_BYTES_MAX);
    if (!cursor)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a log frame of %zu samples", count);
    cursor = davy_varint_put(cursor, count);
    for (size_t i = 0; i < count; i++) {
        const davy_sample *sample = &samples[i];

        cursor = davy_varint_put(cursor, davy_zigzag((int64_t) sample->signal - signal) << 2 |
                                             sample->quality);
        cursor = davy_varint_put(cursor, davy_zigzag(davy_wrap_subtract(sample->time_ns, time_ns)));
        davy_put_u64(cursor, davy_double_bits(sample->value));
        cursor += sizeof(double);
        signal = sample->signal;
        time_ns = sample->time_ns;
    }
    finish(out, DAVY_FRAME_SAMPLES, cursor);
    return DAVY_OK;
}

davy_status davy_frame_put_marks(davy_buffer *out, const davy_seal_mark *marks, size_t count)
{
    uint8_t *cursor = begin(out, DAVY_VARINT_MAX + count * MARK_BYTES_MAX);

    if (!cursor)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a log frame of %zu marks", count);
    cursor = davy_varint_put(cursor, count);
    for (size_t i = 0; i < count; i++) {
        cursor = davy_varint_put(cursor, marks[i].signal);
        cursor = davy_varint_put(cursor, marks[i].through);
    }
    finish(out, DAVY_FRAME_SEALED, cursor);
    return DAVY_OK;
}

void davy_frame_stamp(uint8_t *frame, uint32_t salt, uint64_t sequence)
{
    davy_put_u32(frame + 12, salt);
    davy_put_u64(frame + 16, sequence);
    davy_put_u64(frame + 32, davy_checksum(frame, 32));
}

bool davy_frame_get_head(const uint8_t *bytes, davy_frame *frame)
{
    if (davy_get_u32(bytes) != MAGIC || davy_get_u64(bytes + 32) != davy_checksum(bytes, 32))
        return false;
    frame->type = davy_get_u32(bytes + 4);
    frame->length = davy_get_u32(bytes + 8);
    frame->salt = davy_get_u32(bytes + 12);
    frame->sequence = davy_get_u64(bytes + 16);
    frame->payload = NULL;
    return true;
}

bool davy_frame_get(const uint8_t *bytes, size_t length, davy_frame *frame)
{
    if (length < DAVY_FRAME_HEAD || !davy_frame_get_head(bytes, frame))
        return false;
    frame->payload = bytes + DAVY_FRAME_HEAD;
    return frame->length <= length - DAVY_FRAME_HEAD &&
           davy_get_u64(bytes + 24) == davy_checksum(frame->payload, frame->length);
}

static davy_status corrupt(const davy_frame *frame)
{
    return davy_fail(DAVY_ERR_CORRUPT, "frame %llu of the log is not well formed",
                     (unsigned long long) frame->sequence);
}

/* The number of items, which the payload must be long enough for, and the byte after it. */
static const uint8_t *get_count(const davy_frame *frame, size_t bytes_min, size_t *count)
{
    uint64_t value;
    const uint8_t *cursor = davy_varint_get(frame->payload, frame->payload + frame->length, &value);

    if (!cursor || value > frame->length / bytes_min)
        return NULL;
    *count = (size_t) value;
    return cursor;
}

static const uint8_t *get_sample(const uint8_t *cursor, const uint8_t *end, davy_sample *sample)
{
    uint64_t head, delta;
    int64_t signal;

    cursor = davy_varint_get(cursor, end, &head);
    if (cursor)
        cursor = davy_varint_get(cursor, end, &delta);
    if (!cursor || (size_t) (end - cursor) < sizeof(double) || (head & 3) > DAVY_QUALITY_BAD)
        return NULL;
    signal = davy_wrap_add(sample->signal, davy_unzigzag(head >> 2));
    if (signal < 0 || signal >= DAVY_SIGNAL_NONE)
        return NULL;
    sample->signal = (davy_signal_id) signal;
    sample->quality = (uint32_t) (head & 3);
    sample->time_ns = davy_wrap_add(sample->time_ns, davy_unzigzag(delta));
    sample->value = davy_bits_double(davy_get_u64(cursor));
    return cursor + sizeof(double);
}

davy_status davy_frame_get_samples(const davy_frame *frame, davy_buffer *samples, size_t *count)
{
    const uint8_t *end = frame->payload + frame->length;
    const uint8_t *cursor = get_count(frame, SAMPLE_BYTES_MIN, count);
    davy_sample sample = {0};
    davy_sample *items;

    if (!cursor || frame->type != DAVY_FRAME_SAMPLES)
        return corrupt(frame);
    items = (davy_sample *) (void *) davy_buffer_reserve(samples, *count * sizeof *items);
    if (!items)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a log frame of %zu samples", *count);
    for (size_t i = 0; i < *count && cursor; i++) {
        cursor = get_sample(cursor, end, &sample);
        items[i] = sample;
    }
    if (cursor != end)
        return corrupt(frame);
    samples->length += *count * sizeof *items;
    return DAVY_OK;
}

static const uint8_t *get_mark(const uint8_t *cursor, const uint8_t *end, davy_seal_mark *mark)
{
    uint64_t signal, through;

    cursor = davy_varint_get(cursor, end, &signal);
    if (cursor)
        cursor = davy_varint_get(cursor, end, &through);
    if (!cursor || signal >= DAVY_SIGNAL_NONE)
        return NULL;
    *mark = (davy_seal_mark){(davy_signal_id) signal, through};
    return cursor;
}

davy_status davy_frame_get_marks(const davy_frame *frame, davy_seal_mark **marks, size_t *count)
{
    const uint8_t *end = frame->payload + frame->length;
    const uint8_t *cursor = get_count(frame, MARK_BYTES_MIN, count);
    davy_seal_mark *items;

    if (!cursor || frame->type != DAVY_FRAME_SEALED)
        return corrupt(frame);
    items = malloc((*count + 1) * sizeof *items);
    if (!items)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for a log frame of %zu marks", *count);
    for (size_t i = 0; i < *count && cursor; i++)
        cursor = get_mark(cursor, end, &items[i]);
    if (cursor != end) {
        free(items);
        return corrupt(frame);
    }
    *marks = items;
    return DAVY_OK;
}
