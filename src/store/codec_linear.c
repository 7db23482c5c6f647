/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

/*
 * Noisy measurements: decimal numbers as integers (codec_decimals.c), predicted from those before
 * (codec_predictor.c), and what the prediction leaves in Rice coding (codec_rice.c). An analyser
 * that gives a value every fifth poll repeats it four times: then each value stands once, with how
 * often.
 *
 * Layout: decimals, with a bit for repeated values; if there are, the lengths of their runs: bytes
 * varint, then packed, as a rhythm: length - 1 varint, runs of that length - 1 varint; or, after a
 * byte that begins nothing packed, without one: runs varint, Rice coding of lengths - 1; order and
 * shift, a byte each; weights varint; first integer varint; mean less the first varint; Rice coding
 * of the others.
 */
#define FLAG_HELD 0x40
#define RUNS_RICE 2 /* no first byte of what is packed */
#define FEWEST                                                                        \
    ((size_t) 8) /* points: the head of a shorter column has more bytes than it saves \
                  */

_Static_assert(FLAG_HELD == DAVY_DECIMALS_FREE, "the bit of the first byte that is free");

/* Values that differ from the one before. */
static size_t count_changes(const int64_t *integers, size_t count)
{
    size_t changes = 0;

    for (size_t i = 0; i < count; i++)
        changes += i == 0 || integers[i] != integers[i - 1];
    return changes;
}

static size_t length_of_run(const int64_t *integers, size_t count, size_t from)
{
    size_t length = 1;

    while (from + length < count && integers[from + length] == integers[from])
        length++;
    return length;
}

/* Leave each value once in work->integers, and the length of its run - 1 in work->numbers.
 * @return how many are left */
static size_t take_runs(davy_codec_work *work, size_t count)
{
    int64_t *integers = work->integers;
    size_t changes = 0, run;

    for (size_t i = 0; i < count; i += run, changes++) {
        run = length_of_run(integers, count, i);
        integers[changes] = integers[i];
        work->numbers[changes] = run - 1;
    }
    return changes;
}

/* As an analyser has them, one length for long. */
static void put_rhythm(davy_codec_work *work, size_t changes, davy_buffer *out)
{
    uint8_t *end = work->raw;
    size_t same;

    for (size_t i = 0; i < changes; i += same) {
        same = 1;
        while (i + same < changes && work->numbers[i + same] == work->numbers[i])
            same++;
        end = davy_varint_put(end, work->numbers[i]);
        end = davy_varint_put(end, same - 1);
    }
    davy_codec_pack(work, work->raw, (size_t) (end - work->raw), out);
}

/* As a tank's level has them, by chance. */
static void put_lengths(davy_codec_work *work, size_t changes, davy_buffer *out)
{
    uint8_t head[1 + DAVY_VARINT_MAX] = {RUNS_RICE};

    davy_buffer_append(out, head, (size_t) (davy_varint_put(head + 1, changes) - head));
    out->failed |= !davy_rice_encode(work, work->numbers, changes, out); /* they are small */
}

static size_t put_held(davy_codec_work *work, size_t count, davy_buffer *out)
{
    const size_t changes = take_runs(work, count);
    davy_buffer rhythm = {0}, lengths = {0};
    const davy_buffer *shorter;
    uint8_t head[DAVY_VARINT_MAX];

    put_rhythm(work, changes, &rhythm);
    put_lengths(work, changes, &lengths);
    shorter = rhythm.length <= lengths.length ? &rhythm : &lengths;
    davy_buffer_append(out, head, (size_t) (davy_varint_put(head, shorter->length) - head));
    davy_buffer_append(out, shorter->bytes, shorter->length);
    out->failed |= rhythm.failed || lengths.failed;
    davy_buffer_clear(&rhythm);
    davy_buffer_clear(&lengths);
    return changes;
}

static void put_predictor(const davy_linear *predictor, int64_t first, davy_buffer *out)
{
    uint8_t head[2 + (DAVY_LINEAR_ORDER_MAX + 2) * DAVY_VARINT_MAX], *end = head;

    *end++ = (uint8_t) predictor->order;
    *end++ = (uint8_t) predictor->shift;
    for (unsigned k = 0; k < predictor->order; k++)
        end = davy_varint_put(end, davy_zigzag(predictor->weights[k]));
    end = davy_varint_put(end, davy_zigzag(first));
    end = davy_varint_put(end, davy_zigzag(davy_wrap_subtract(predictor->mean, first)));
    davy_buffer_append(out, head, (size_t) (end - head));
}

static bool put_integers(davy_codec_work *work, size_t count, davy_buffer *out)
{
    const int64_t *integers = work->integers;
    davy_linear predictor;

    davy_linear_fit(work, integers, count, &predictor);
    put_predictor(&predictor, integers[0], out);
    davy_linear_take(work, &predictor, integers, count, work->numbers);
    return davy_rice_encode(work, work->numbers, count - 1, out);
}

static bool linear_encode(davy_codec_work *work, const double *values, size_t count,
                          davy_buffer *out)
{
    const size_t before = out->length;
    bool held;

    if (count < FEWEST || !davy_decimals_encode(work, values, count, out))
        return false;
    held = count_changes(work->integers, count) < count * 3 / 4;
    if (held)
        count = put_held(work, count, out);
    if (!put_integers(work, count, out)) {
        out->length = before;
        return false;
    }
    if (!out->failed && held)
        out->bytes[before] = (char) (out->bytes[before] | FLAG_HELD);
    return true;
}

/* Bytes that tell the lengths of runs. */
struct piece {
    const uint8_t *bytes;
    size_t length;
};

/* The lengths of `count` points' runs into work->others; 0 when they are not that, or how many. */
static size_t get_rhythm(davy_codec_work *work, struct piece piece, size_t count)
{
    size_t length, changes = 0, left = count;
    const uint8_t *runs = davy_codec_unpack(work, piece.bytes, piece.length, &length);
    const uint8_t *end = runs ? runs + length : NULL;
    uint64_t less, more;

    while (runs && left > 0) {
        runs = davy_varint_get(runs, end, &less);
        runs = runs ? davy_varint_get(runs, end, &more) : NULL;
        if (!runs || less >= left || more >= left / (less + 1))
            return 0;
        for (uint64_t k = 0; k <= more; k++)
            work->others[changes++] = less + 1;
        left -= (less + 1) * (more + 1);
    }
    return runs == end ? changes : 0;
}

static size_t get_lengths(davy_codec_work *work, struct piece piece, size_t count)
{
    const uint8_t *end = piece.bytes + piece.length, *cursor;
    uint64_t changes;
    size_t left = count;

    cursor = davy_varint_get(piece.bytes + 1, end, &changes);
    if (!cursor || changes > count ||
        !davy_rice_decode(work, cursor, (size_t) (end - cursor), work->others, (size_t) changes))
        return 0;
    for (size_t i = 0; i < changes; i++) {
        if (work->others[i] >= left)
            return 0;
        left -= ++work->others[i];
    }
    return left == 0 ? (size_t) changes : 0;
}

/* NULL, or the byte after them. */
static const uint8_t *get_held(davy_codec_work *work, const uint8_t *cursor, const uint8_t *end,
                               size_t count, size_t *changes)
{
    uint64_t length;
    struct piece piece;

    cursor = davy_varint_get(cursor, end, &length);
    if (!cursor || length == 0 || length > (uint64_t) (end - cursor))
        return NULL;
    piece = (struct piece){cursor, (size_t) length};
    *changes =
        *cursor == RUNS_RICE ? get_lengths(work, piece, count) : get_rhythm(work, piece, count);
    return *changes > 0 ? cursor + length : NULL;
}

/* From the back, so that none is overwritten before it is read. */
static void repeat_held(davy_codec_work *work, size_t changes, size_t count)
{
    int64_t *integers = work->integers;

    for (size_t i = changes, end = count; i-- > 0;)
        for (uint64_t k = 0; k < work->others[i]; k++)
            integers[--end] = integers[i];
}

static const uint8_t *get_predictor(const uint8_t *cursor, const uint8_t *end, int64_t *first,
                                    davy_linear *predictor)
{
    uint64_t number;

    if (end - cursor < 2 || cursor[0] > DAVY_LINEAR_ORDER_MAX || cursor[1] > 63)
        return NULL;
    *predictor = (davy_linear){.order = cursor[0], .shift = cursor[1]};
    cursor += 2;
    for (unsigned k = 0; k < predictor->order && cursor; k++)
        if ((cursor = davy_varint_get(cursor, end, &number)))
            predictor->weights[k] = davy_unzigzag(number);
    if (cursor && (cursor = davy_varint_get(cursor, end, &number)))
        *first = davy_unzigzag(number);
    if (cursor && (cursor = davy_varint_get(cursor, end, &number)))
        predictor->mean = davy_wrap_add(*first, davy_unzigzag(number));
    return cursor;
}

static bool linear_decode(davy_codec_work *work, const uint8_t *bytes, size_t length,
                          double *values, size_t count)
{
    const uint8_t *end = bytes + length, *cursor = davy_decimals_pass(bytes, length, count);
    const bool held = cursor && bytes[0] & FLAG_HELD;
    davy_linear predictor;
    size_t changes = count;

    if (held)
        cursor = get_held(work, cursor, end, count, &changes);
    if (cursor)
        cursor = get_predictor(cursor, end, &work->integers[0], &predictor);
    if (!cursor ||
        !davy_rice_decode(work, cursor, (size_t) (end - cursor), work->numbers, changes - 1))
        return false;
    davy_linear_give(work, &predictor, work->numbers, work->integers, changes);
    if (held)
        repeat_held(work, changes, count);
    davy_decimals_decode(work, bytes, length, values, count);
    return true;
}

const davy_codec davy_codec_linear = {
    .id = 5,
    .name = "linear",
    .encode = linear_encode,
    .decode = linear_decode,
};
