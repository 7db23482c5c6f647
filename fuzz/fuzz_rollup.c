/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as the content of a block of rollups, or of times in state, behind its checksum. The first
 * byte chooses which, and the tier. What can be read is written and read again, and must be the
 * same rows.
 */
#include "store/held_rows.h"
#include "store/rollup_block.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static davy_store_bucket rows[DAVY_ROLLUP_ROWS_MAX], again[DAVY_ROLLUP_ROWS_MAX];

static void check_rows(davy_rollup_tier tier, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t end_ns = rows[i].time_ns + davy_rollup_step_ns[tier];

        if (rows[i].time_ns < 0 || end_ns > davy_rollup_part_ns[tier] ||
            rows[i].min_time_ns < rows[i].time_ns || rows[i].min_time_ns >= end_ns ||
            rows[i].max_time_ns < rows[i].time_ns || rows[i].max_time_ns >= end_ns ||
            rows[i].uncertain > rows[i].count || (i > 0 && rows[i].time_ns <= rows[i - 1].time_ns))
            abort();
    }
}

static void try_steps(davy_codec_work *work, davy_rollup_tier tier, const uint8_t *data,
                      size_t size)
{
    davy_buffer bytes = {0};
    size_t count, count_again;

    if (!davy_rollup_decode(work, tier, 0, data, size, rows, &count))
        return;
    check_rows(tier, count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].count >> 32 || rows[i].bad >> 32)
            return; /* more than a step can have */
    davy_rollup_encode(work, tier, 0, rows, count, &bytes);
    if (!davy_rollup_decode(work, tier, 0, (const uint8_t *) bytes.bytes, bytes.length, again,
                            &count_again) ||
        count_again != count || memcmp(rows, again, count * sizeof *rows) != 0)
        abort();
    davy_buffer_clear(&bytes);
}

static bool is_same_row(const davy_held_row *a, const davy_held_row *b)
{
    return a->time_ns == b->time_ns && a->first_ns == b->first_ns && a->last_ns == b->last_ns &&
           a->last == b->last && memcmp(a->held_ns, b->held_ns, sizeof a->held_ns) == 0;
}

static void try_states(davy_codec_work *work, davy_rollup_tier tier, const uint8_t *data,
                       size_t size)
{
    static davy_held_block block, block_again;
    davy_buffer bytes = {0};

    if (!davy_held_decode(work, tier, 0, data, size, &block))
        return;
    for (size_t i = 0; i < block.count; i++)
        if (block.rows[i].last_ns >= block.rows[i].time_ns + davy_rollup_step_ns[tier])
            abort();
    davy_held_encode(work, tier, 0, block.values, block.states, block.rows, block.count, &bytes);
    if (!davy_held_decode(work, tier, 0, (const uint8_t *) bytes.bytes, bytes.length,
                          &block_again) ||
        block_again.count != block.count || block_again.states != block.states)
        abort();
    for (size_t i = 0; i < block.count; i++)
        if (!is_same_row(&block.rows[i], &block_again.rows[i]))
            abort();
    davy_buffer_clear(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static davy_codec_work *work;
    davy_rollup_tier tier;

    if (!work && davy_codec_work_create(&work) != DAVY_OK)
        abort();
    if (size < 1)
        return 0;
    tier = (davy_rollup_tier) (data[0] % 4 % DAVY_ROLLUP_TIERS);
    if (data[0] & 4)
        try_states(work, tier, data + 1, size - 1);
    else
        try_steps(work, tier, data + 1, size - 1);
    return 0;
}
