/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_block.h"

#include "store/bucket.h"
#include "store/rollup_values.h"

const int64_t davy_rollup_step_ns[DAVY_ROLLUP_TIERS] = {10 * DAVY_NS_PER_S, 60 * DAVY_NS_PER_S,
                                                        3600 * DAVY_NS_PER_S};
const int64_t davy_rollup_part_ns[DAVY_ROLLUP_TIERS] = {
    14400 * DAVY_NS_PER_S, 86400 * DAVY_NS_PER_S, 86400 * DAVY_NS_PER_S};

_Static_assert(DAVY_ROLLUP_ROWS_MAX <= DAVY_CHUNK_POINTS_MAX, "a block fits the codecs");

/*
 * When and how many.
 */
static void put_counts(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                       const davy_store_bucket *rows, size_t count, davy_buffer *out)
{
    uint64_t next = 0;

    for (size_t i = 0; i < count; i++) {
        const uint64_t index =
            (uint64_t) ((rows[i].time_ns - start_ns) / davy_rollup_step_ns[tier]);

        work->numbers[i] = index - next;
        next = index + 1;
    }
    davy_rollup_put_numbers(work, count, out);
    for (size_t i = 0; i < count; i++)
        work->numbers[i] = rows[i].count;
    davy_rollup_put_numbers(work, count, out);
    for (size_t i = 0; i < count; i++)
        work->numbers[i] = rows[i].bad;
    davy_rollup_put_numbers(work, count, out);
    for (size_t i = 0; i < count; i++)
        work->numbers[i] = rows[i].uncertain;
    davy_rollup_put_numbers(work, count, out);
}

static bool get_times(davy_codec_work *work, davy_rollup_reader *reader, davy_rollup_tier tier,
                      int64_t start_ns, davy_store_bucket *rows, size_t count)
{
    const uint64_t steps = (uint64_t) (davy_rollup_part_ns[tier] / davy_rollup_step_ns[tier]);
    uint64_t next = 0;

    if (!davy_rollup_get_numbers(work, reader, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (next >= steps || work->numbers[i] >= steps - next)
            return false;
        next += work->numbers[i];
        davy_bucket_clear(&rows[i], start_ns + (int64_t) next * davy_rollup_step_ns[tier]);
        next++;
    }
    return true;
}

static bool get_counts(davy_codec_work *work, davy_rollup_reader *reader, davy_store_bucket *rows,
                       size_t count)
{
    if (!davy_rollup_get_numbers(work, reader, count))
        return false;
    for (size_t i = 0; i < count; i++)
        rows[i].count = work->numbers[i];
    if (!davy_rollup_get_numbers(work, reader, count))
        return false;
    for (size_t i = 0; i < count; i++)
        rows[i].bad = work->numbers[i];
    if (!davy_rollup_get_numbers(work, reader, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        rows[i].uncertain = work->numbers[i];
        if (rows[i].uncertain > rows[i].count || (rows[i].count == 0 && rows[i].bad == 0))
            return false;
    }
    return true;
}

/*
 * Times of the extremes: after the start of the step, in ticks of the clock that made them.
 */
static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        const uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

static void put_extreme_times(davy_codec_work *work, const davy_store_bucket *const *rows,
                              size_t count, davy_buffer *out)
{
    uint64_t tick = 0;

    for (size_t i = 0; i < count && tick != 1; i++) {
        const davy_store_bucket *row = rows[i];

        tick = greatest_common_divisor((uint64_t) (row->min_time_ns - row->time_ns), tick);
        tick = greatest_common_divisor((uint64_t) (row->max_time_ns - row->time_ns), tick);
    }
    tick += tick == 0;
    davy_rollup_put_varint(out, tick);
    for (size_t i = 0; i < count; i++)
        work->numbers[i] = (uint64_t) (rows[i]->min_time_ns - rows[i]->time_ns) / tick;
    davy_rollup_put_numbers(work, count, out);
    for (size_t i = 0; i < count; i++)
        work->numbers[i] =
            davy_zigzag((rows[i]->max_time_ns - rows[i]->min_time_ns) / (int64_t) tick);
    davy_rollup_put_numbers(work, count, out);
}

static bool get_extreme_times(davy_codec_work *work, davy_rollup_reader *reader, int64_t step_ns,
                              davy_store_bucket *const *rows, size_t count)
{
    const int64_t tick = (int64_t) davy_rollup_get_varint(reader);

    if (!reader->cursor || tick <= 0 || tick > step_ns ||
        !davy_rollup_get_numbers(work, reader, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (work->numbers[i] > (uint64_t) ((step_ns - 1) / tick))
            return false;
        rows[i]->min_time_ns = rows[i]->time_ns + (int64_t) work->numbers[i] * tick;
    }
    if (!davy_rollup_get_numbers(work, reader, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        const int64_t after = (rows[i]->min_time_ns - rows[i]->time_ns) / tick;
        const int64_t more = davy_unzigzag(work->numbers[i]);

        if (more < -after || more > (step_ns - 1) / tick - after)
            return false;
        rows[i]->max_time_ns = rows[i]->min_time_ns + more * tick;
    }
    return true;
}

/* Rows of which there are values. */
static size_t pick_filled(const davy_store_bucket *rows, size_t count,
                          const davy_store_bucket **filled)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        if (rows[i].count > 0)
            filled[found++] = &rows[i];
    return found;
}

void davy_rollup_encode(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                        const davy_store_bucket *rows, size_t count, davy_buffer *out)
{
    const davy_store_bucket *filled[DAVY_ROLLUP_ROWS_MAX];
    size_t found;

    davy_rollup_put_varint(out, count);
    if (count == 0)
        return;
    put_counts(work, tier, start_ns, rows, count, out);
    found = pick_filled(rows, count, filled);
    if (found == 0)
        return;
    put_extreme_times(work, filled, found, out);
    davy_rollup_put_values(work, filled, found, out);
}

static bool get_rows(davy_codec_work *work, davy_rollup_reader *reader, int64_t step_ns,
                     davy_store_bucket *rows, size_t count)
{
    davy_store_bucket *filled[DAVY_ROLLUP_ROWS_MAX];
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        if (rows[i].count > 0)
            filled[found++] = &rows[i];
    return found == 0 || (get_extreme_times(work, reader, step_ns, filled, found) &&
                          davy_rollup_get_values(work, reader, filled, found));
}

bool davy_rollup_decode(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                        const uint8_t *bytes, size_t length,
                        davy_store_bucket rows[DAVY_ROLLUP_ROWS_MAX], size_t *count)
{
    davy_rollup_reader reader = {bytes, bytes + length};
    const uint64_t found = davy_rollup_get_varint(&reader);

    if (!reader.cursor || found > DAVY_ROLLUP_ROWS_MAX)
        return false;
    *count = (size_t) found;
    return (found == 0 || (get_times(work, &reader, tier, start_ns, rows, *count) &&
                           get_counts(work, &reader, rows, *count) &&
                           get_rows(work, &reader, davy_rollup_step_ns[tier], rows, *count))) &&
           reader.cursor == reader.end;
}
