/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_column.h"

enum { NUMBERS_EQUAL, NUMBERS_CLASSES };

void davy_rollup_put_varint(davy_buffer *out, uint64_t value)
{
    uint8_t bytes[DAVY_VARINT_MAX];

    davy_buffer_append(out, bytes, (size_t) (davy_varint_put(bytes, value) - bytes));
}

void davy_rollup_put_byte(davy_buffer *out, int value)
{
    const char byte = (char) value;

    davy_buffer_append(out, &byte, 1);
}

void davy_rollup_put_sized(davy_buffer *out, const davy_buffer *piece)
{
    davy_rollup_put_varint(out, piece->length);
    davy_buffer_append(out, piece->bytes, piece->length);
    out->failed |= piece->failed;
}

void davy_rollup_put_numbers(davy_codec_work *work, size_t count, davy_buffer *out)
{
    davy_buffer classes = {0};
    unsigned fine;
    size_t equal = 1;

    while (equal < count && work->numbers[equal] == work->numbers[0])
        equal++;
    if (equal == count) {
        davy_rollup_put_byte(out, NUMBERS_EQUAL);
        davy_rollup_put_varint(out, work->numbers[0]);
        return;
    }
    davy_rollup_put_byte(out, NUMBERS_CLASSES);
    (void) davy_classes_estimate(work->numbers, count, &fine);
    davy_classes_encode(work, work->numbers, count, fine, &classes);
    davy_rollup_put_sized(out, &classes);
    davy_buffer_clear(&classes);
}

uint64_t davy_rollup_get_varint(davy_rollup_reader *reader)
{
    uint64_t value = 0;

    if (reader->cursor)
        reader->cursor = davy_varint_get(reader->cursor, reader->end, &value);
    return value;
}

int davy_rollup_get_byte(davy_rollup_reader *reader)
{
    if (!reader->cursor || reader->cursor == reader->end) {
        reader->cursor = NULL;
        return -1;
    }
    return *reader->cursor++;
}

const uint8_t *davy_rollup_get_sized(davy_rollup_reader *reader, size_t *length)
{
    const uint64_t size = davy_rollup_get_varint(reader);
    const uint8_t *piece = reader->cursor;

    if (!piece || size > (uint64_t) (reader->end - piece)) {
        reader->cursor = NULL;
        return NULL;
    }
    reader->cursor += size;
    *length = (size_t) size;
    return piece;
}

bool davy_rollup_get_numbers(davy_codec_work *work, davy_rollup_reader *reader, size_t count)
{
    const int kind = davy_rollup_get_byte(reader);
    const uint8_t *piece;
    uint64_t value;
    size_t length;

    if (kind == NUMBERS_CLASSES) {
        piece = davy_rollup_get_sized(reader, &length);
        return piece && davy_classes_decode(work, piece, length, work->numbers, count);
    }
    value = davy_rollup_get_varint(reader);
    if (kind != NUMBERS_EQUAL || !reader->cursor)
        return false;
    for (size_t i = 0; i < count; i++)
        work->numbers[i] = value;
    return true;
}
