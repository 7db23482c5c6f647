/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

#include "core/sample.h"

#include <assert.h>
#include <string.h>

/*
 * Times. Steps between neighbours have a greatest common divisor, the tick of the clock that made
 * them (1 s, 20 ms, ...): it is written once, and the steps in ticks as runs (step, length).
 */
static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

static uint64_t step(const int64_t *times, size_t i)
{
    return (uint64_t) times[i] - (uint64_t) times[i - 1];
}

static uint64_t find_tick(const int64_t *times, size_t count)
{
    uint64_t tick = 0;

    for (size_t i = 1; i < count && tick != 1; i++)
        if (tick == 0 || step(times, i) % tick != 0)
            tick = greatest_common_divisor(step(times, i), tick);
    return tick;
}

void davy_times_encode(davy_codec_work *work, const int64_t *times, size_t count, davy_buffer *out)
{
    uint64_t tick = find_tick(times, count);
    uint8_t *end = davy_varint_put(work->raw, tick);
    size_t run;

    assert(tick > 0 || count < 2); /* times ascend */
    for (size_t i = 1; i < count; i += run) {
        run = 1;
        while (i + run < count && step(times, i + run) == step(times, i))
            run++;
        end = davy_varint_put(end, step(times, i) / tick);
        end = davy_varint_put(end, run - 1);
    }
    davy_codec_pack(work, work->raw, (size_t) (end - work->raw), out);
}

/* One run; false when it does not fit the column or time would not ascend. */
static bool fill_run(int64_t *times, size_t *filled, size_t count, uint64_t one, uint64_t run)
{
    if (one == 0 || run >= count - *filled)
        return false;
    for (uint64_t k = 0; k <= run; k++, (*filled)++) {
        int64_t before = times[*filled - 1];

        if (one > (uint64_t) INT64_MAX - (uint64_t) before)
            return false;
        times[*filled] = davy_wrap_add(before, (int64_t) one);
    }
    return true;
}

/* Times as they are kept: a tick, then runs of equal steps of so many ticks. */
struct steps {
    const uint8_t *cursor, *end;
    uint64_t tick;
};

static bool begin_steps(davy_codec_work *work, const uint8_t *bytes, size_t length,
                        struct steps *steps)
{
    size_t raw_length;

    steps->cursor = davy_codec_unpack(work, bytes, length, &raw_length);
    if (!steps->cursor)
        return false;
    steps->end = steps->cursor + raw_length;
    steps->cursor = davy_varint_get(steps->cursor, steps->end, &steps->tick);
    return true;
}

/* The next step, and how often it comes again. */
static bool next_steps(struct steps *steps, uint64_t *one, uint64_t *run)
{
    uint64_t ticks;

    steps->cursor = davy_varint_get(steps->cursor, steps->end, &ticks);
    if (steps->cursor)
        steps->cursor = davy_varint_get(steps->cursor, steps->end, run);
    return steps->cursor && !__builtin_mul_overflow(steps->tick, ticks, one);
}

bool davy_times_decode(davy_codec_work *work, const uint8_t *bytes, size_t length, int64_t first_ns,
                       int64_t *times, size_t count)
{
    struct steps steps;
    size_t filled = 1;
    uint64_t one, run;

    if (count == 0 || !begin_steps(work, bytes, length, &steps))
        return false;
    times[0] = first_ns;
    while (steps.cursor && filled < count)
        if (!next_steps(&steps, &one, &run) || !fill_run(times, &filled, count, one, run))
            return false;
    return steps.cursor == steps.end;
}

bool davy_times_get_gaps(davy_codec_work *work, const uint8_t *bytes, size_t length,
                         uint64_t span_ns, size_t count, davy_gaps *gaps)
{
    struct steps steps;
    size_t filled = 1;
    uint64_t one, run, passed, left_ns = span_ns, shortest = INT64_MAX, longest = 0;

    if (count == 0 || !begin_steps(work, bytes, length, &steps))
        return false;
    while (steps.cursor && filled < count) {
        if (!next_steps(&steps, &one, &run) || one == 0 || run >= count - filled ||
            __builtin_mul_overflow(one, run + 1, &passed) || passed > left_ns)
            return false;
        shortest = one < shortest ? one : shortest;
        longest = one > longest ? one : longest;
        filled += run + 1;
        left_ns -= passed;
    }
    *gaps = (davy_gaps){(int64_t) shortest, (int64_t) longest};
    return steps.cursor == steps.end && left_ns == 0;
}

void davy_quality_encode(const uint8_t *quality, size_t count, davy_buffer *out)
{
    size_t run;

    if (count > 0 && quality[0] == DAVY_QUALITY_GOOD &&
        memcmp(quality, quality + 1, count - 1) == 0)
        return;
    for (size_t i = 0; i < count; i += run) {
        uint8_t bytes[DAVY_VARINT_MAX];
        const uint8_t *end;

        run = 1;
        while (i + run < count && quality[i + run] == quality[i])
            run++;
        end = davy_varint_put(bytes, (uint64_t) (run - 1) << 2 | quality[i]);
        davy_buffer_append(out, bytes, (size_t) (end - bytes));
    }
}

bool davy_quality_decode(const uint8_t *bytes, size_t length, uint8_t *quality, size_t count)
{
    const uint8_t *cursor = bytes, *end;
    size_t filled = 0;

    if (length == 0) {
        memset(quality, DAVY_QUALITY_GOOD, count);
        return true;
    }
    end = bytes + length;
    while (filled < count) {
        uint64_t run;

        cursor = davy_varint_get(cursor, end, &run);
        if (!cursor || (run & 3) > DAVY_QUALITY_BAD || (run >> 2) >= count - filled)
            return false;
        memset(quality + filled, (int) (run & 3), (size_t) (run >> 2) + 1);
        filled += (size_t) (run >> 2) + 1;
    }
    return cursor == end;
}
