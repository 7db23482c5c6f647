/* SPDX-License-Identifier: Apache-2.0 */
#include "store/held_rows.h"
#include "store/rollup_column.h"

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        const uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

static uint64_t find_tick(const davy_held_row *rows, size_t count)
{
    uint64_t tick = 0;

    for (size_t i = 0; i < count && tick != 1; i++) {
        tick = greatest_common_divisor((uint64_t) (rows[i].first_ns - rows[i].time_ns), tick);
        for (size_t k = 0; k < DAVY_HELD_PLACES; k++)
            tick = greatest_common_divisor((uint64_t) rows[i].held_ns[k], tick);
    }
    return tick + (tick == 0);
}

void davy_held_encode(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                      const double *values, size_t states, const davy_held_row *rows, size_t count,
                      davy_buffer *out)
{
    const uint64_t tick = find_tick(rows, count);
    uint64_t next = 0;

    davy_rollup_put_varint(out, states);
    for (size_t i = 0; i < states; i++) {
        uint8_t bits[8];

        davy_put_u64(bits, davy_double_bits(values[i]));
        davy_buffer_append(out, bits, sizeof bits);
    }
    davy_rollup_put_varint(out, count);
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        const uint64_t index =
            (uint64_t) ((rows[i].time_ns - start_ns) / davy_rollup_step_ns[tier]);

        work->numbers[i] = index - next;
        next = index + 1;
    }
    davy_rollup_put_numbers(work, count, out);
    for (size_t i = 0; i < count; i++)
        work->numbers[i] = rows[i].last;
    davy_rollup_put_numbers(work, count, out);
    davy_rollup_put_varint(out, tick);
    for (size_t i = 0; i < count; i++)
        work->numbers[i] = (uint64_t) (rows[i].first_ns - rows[i].time_ns) / tick;
    davy_rollup_put_numbers(work, count, out);
    for (size_t k = 0; k < DAVY_HELD_PLACES; k++) {
        for (size_t i = 0; i < count; i++)
            work->numbers[i] = (uint64_t) rows[i].held_ns[k] / tick;
        davy_rollup_put_numbers(work, count, out);
    }
}

static bool get_values(davy_rollup_reader *reader, davy_held_block *block)
{
    const uint64_t states = davy_rollup_get_varint(reader);

    if (!reader->cursor || states > DAVY_STORE_STATES_MAX ||
        states * 8 > (uint64_t) (reader->end - reader->cursor))
        return false;
    block->states = (size_t) states;
    for (size_t i = 0; i < block->states; i++, reader->cursor += 8)
        block->values[i] = davy_bits_double(davy_get_u64(reader->cursor));
    return true;
}

static bool get_times(davy_codec_work *work, davy_rollup_reader *reader, davy_rollup_tier tier,
                      int64_t start_ns, davy_held_block *block)
{
    const uint64_t steps = (uint64_t) (davy_rollup_part_ns[tier] / davy_rollup_step_ns[tier]);
    uint64_t next = 0;

    if (!davy_rollup_get_numbers(work, reader, block->count))
        return false;
    for (size_t i = 0; i < block->count; i++, next++) {
        if (next >= steps || work->numbers[i] >= steps - next)
            return false;
        next += work->numbers[i];
        block->rows[i].time_ns = start_ns + (int64_t) next * davy_rollup_step_ns[tier];
    }
    if (!davy_rollup_get_numbers(work, reader, block->count))
        return false;
    for (size_t i = 0; i < block->count; i++) {
        if (work->numbers[i] >= block->states && work->numbers[i] != DAVY_HELD_NONE)
            return false;
        block->rows[i].last = (uint8_t) work->numbers[i];
    }
    return true;
}

/* What a row holds lies in its step. */
static bool get_held(davy_codec_work *work, davy_rollup_reader *reader, int64_t step_ns,
                     davy_held_block *block)
{
    const int64_t tick = (int64_t) davy_rollup_get_varint(reader);

    if (!reader->cursor || tick <= 0 || tick > step_ns ||
        !davy_rollup_get_numbers(work, reader, block->count))
        return false;
    for (size_t i = 0; i < block->count; i++) {
        if (work->numbers[i] > (uint64_t) ((step_ns - 1) / tick))
            return false;
        block->rows[i].first_ns = block->rows[i].time_ns + (int64_t) work->numbers[i] * tick;
        block->rows[i].last_ns = block->rows[i].first_ns;
    }
    for (size_t k = 0; k < DAVY_HELD_PLACES; k++) {
        if (!davy_rollup_get_numbers(work, reader, block->count))
            return false;
        for (size_t i = 0; i < block->count; i++) {
            davy_held_row *row = &block->rows[i];
            const int64_t left_ns = row->time_ns + step_ns - 1 - row->last_ns;

            if (work->numbers[i] > (uint64_t) (left_ns / tick) ||
                (work->numbers[i] > 0 && k >= block->states && k != DAVY_HELD_NONE))
                return false;
            row->held_ns[k] = (int64_t) work->numbers[i] * tick;
            row->last_ns += row->held_ns[k];
        }
    }
    return true;
}

bool davy_held_decode(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                      const uint8_t *bytes, size_t length, davy_held_block *block)
{
    davy_rollup_reader reader = {bytes, bytes + length};
    uint64_t count;

    if (!get_values(&reader, block))
        return false;
    count = davy_rollup_get_varint(&reader);
    if (!reader.cursor || count > DAVY_ROLLUP_ROWS_MAX)
        return false;
    block->count = (size_t) count;
    return (count == 0 || (get_times(work, &reader, tier, start_ns, block) &&
                           get_held(work, &reader, davy_rollup_step_ns[tier], block))) &&
           reader.cursor == reader.end;
}
