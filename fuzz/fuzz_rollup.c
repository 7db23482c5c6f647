/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as the content of a block of rollups, behind its checksum. The first byte chooses the tier.
 * What can be read is written and read again, and must be the same rows.
 */
#include "store/rollup_block.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static davy_codec_work *work;
    davy_buffer bytes = {0};
    davy_rollup_tier tier;
    size_t count, count_again;

    if (!work && davy_codec_work_create(&work) != DAVY_OK)
        abort();
    if (size < 1)
        return 0;
    tier = (davy_rollup_tier) (data[0] % DAVY_ROLLUP_TIERS);
    if (!davy_rollup_decode(work, tier, 0, data + 1, size - 1, rows, &count))
        return 0;
    check_rows(tier, count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].count >> 32 || rows[i].bad >> 32)
            return 0; /* more than a step can have */
    davy_rollup_encode(work, tier, 0, rows, count, &bytes);
    if (!davy_rollup_decode(work, tier, 0, (const uint8_t *) bytes.bytes, bytes.length, again,
                            &count_again) ||
        count_again != count || memcmp(rows, again, count * sizeof *rows) != 0)
        abort();
    davy_buffer_clear(&bytes);
    return 0;
}
