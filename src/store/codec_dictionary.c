/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

/*
 * Few different values: a coarse converter, a valve that is open or shut. The values once, by size
 * of their bits and in another codec, then the index of each point, several in a byte when they are
 * small, through zstd.
 *
 * Layout: number of values - 1 in a byte, codec in a byte, length of the values varint, values,
 * packed indexes, low end of a byte first.
 */
#define ENTRIES_MAX ((size_t) 128)

/* Where `bits` is, or should be put, among sorted entries. */
static size_t find(const uint64_t *entries, size_t count, uint64_t bits)
{
    size_t low = 0;

    while (count > 0) {
        size_t half = count / 2;

        if (entries[low + half] < bits) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

/* The different values, sorted; 0 when there are too many. */
static size_t collect(const double *values, size_t count, uint64_t *entries)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t bits = davy_double_bits(values[i]);
        size_t at = find(entries, found, bits);

        if (at < found && entries[at] == bits)
            continue;
        if (found == ENTRIES_MAX || found > count / 4)
            return 0;
        memmove(entries + at + 1, entries + at, (found - at) * sizeof *entries);
        entries[at] = bits;
        found++;
    }
    return found;
}

/* The values as a column of their own, which another kind holds. */
static void put_entries(davy_codec_work *work, const uint64_t *entries, size_t found,
                        davy_buffer *out)
{
    double values[ENTRIES_MAX];
    davy_buffer column = {0};
    uint8_t head[2 + DAVY_VARINT_MAX], *end;
    const davy_codec *codec = &davy_codec_decimal;

    for (size_t i = 0; i < found; i++)
        values[i] = davy_bits_double(entries[i]);
    if (!codec->encode(work, values, found, &column)) {
        codec = &davy_codec_raw;
        (void) codec->encode(work, values, found, &column);
    }
    head[0] = (uint8_t) (found - 1);
    head[1] = codec->id;
    end = davy_varint_put(head + 2, column.length);
    davy_buffer_append(out, head, (size_t) (end - head));
    davy_buffer_append(out, column.bytes, column.length);
    out->failed |= column.failed;
    davy_buffer_clear(&column);
}

/* Bits of an index: 1, 2, 4 or 8. */
static unsigned width_of(size_t found)
{
    return found <= 2 ? 1 : found <= 4 ? 2 : found <= 16 ? 4 : 8;
}

static bool dictionary_encode(davy_codec_work *work, const double *values, size_t count,
                              davy_buffer *out)
{
    uint64_t entries[ENTRIES_MAX];
    size_t found = collect(values, count, entries), length;
    unsigned width;

    if (found == 0)
        return false;
    put_entries(work, entries, found, out);
    width = width_of(found);
    length = (count * width + 7) / 8;
    memset(work->raw, 0, length);
    for (size_t i = 0; i < count; i++)
        work->raw[i * width / 8] |=
            (uint8_t) (find(entries, found, davy_double_bits(values[i])) << (i * width % 8));
    davy_codec_pack(work, work->raw, length, out);
    return true;
}

/* Decode the values; NULL, or the byte after them. */
static const uint8_t *get_entries(davy_codec_work *work, const uint8_t *bytes, const uint8_t *end,
                                  double entries[ENTRIES_MAX], size_t *found)
{
    const davy_codec *codec;
    const uint8_t *cursor;
    uint64_t length;

    if (end - bytes < 2 || bytes[0] >= ENTRIES_MAX)
        return NULL;
    *found = (size_t) bytes[0] + 1;
    codec = bytes[1] == davy_codec_decimal.id ? &davy_codec_decimal
            : bytes[1] == davy_codec_raw.id   ? &davy_codec_raw
                                              : NULL; /* never another dictionary */
    cursor = davy_varint_get(bytes + 2, end, &length);
    if (!codec || !cursor || length > (uint64_t) (end - cursor) ||
        !codec->decode(work, cursor, (size_t) length, entries, *found))
        return NULL;
    return cursor + length;
}

static bool dictionary_decode(davy_codec_work *work, const uint8_t *bytes, size_t length,
                              double *values, size_t count)
{
    double entries[ENTRIES_MAX];
    size_t found, length_found;
    unsigned width;
    const uint8_t *end = bytes + length;
    const uint8_t *cursor = get_entries(work, bytes, end, entries, &found);
    const uint8_t *indexes;

    if (!cursor)
        return false;
    indexes = davy_codec_unpack(work, cursor, (size_t) (end - cursor), &length_found);
    width = width_of(found);
    if (!indexes || length_found != (count * width + 7) / 8)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t index = indexes[i * width / 8] >> (i * width % 8) & ((1U << width) - 1);

        if (index >= found)
            return false;
        values[i] = entries[index];
    }
    return true;
}

const davy_codec davy_codec_dictionary = {
    .id = 4,
    .name = "dictionary",
    .encode = dictionary_encode,
    .decode = dictionary_decode,
};
