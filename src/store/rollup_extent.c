/* SPDX-License-Identifier: Apache-2.0 */
#include "store/private.h"

#include <stdlib.h>

/* Widen by the hours of one block. */
static void widen(const davy_store_bucket *rows, size_t count, int64_t *first_ns, int64_t *last_ns)
{
    const int64_t hour_ns = davy_rollup_step_ns[DAVY_ROLLUP_1H];

    if (count == 0)
        return;
    if (rows[0].time_ns < *first_ns)
        *first_ns = rows[0].time_ns;
    if (rows[count - 1].time_ns + hour_ns - 1 > *last_ns)
        *last_ns = rows[count - 1].time_ns + hour_ns - 1;
}

/* What reading needs. */
struct widening {
    davy_store *store;
    davy_codec_work *work;
    davy_store_bucket *rows;
    int64_t *first_ns, *last_ns;
};

static void widen_by_signal(const struct widening *widening, davy_rollup_file *file,
                            davy_signal_id signal)
{
    davy_rollup_gone gone;
    uint64_t through;
    size_t count;
    bool found;

    /* What is damaged is not there. */
    if (davy_rollup_file_get_gone(file, signal, &gone, &found) == DAVY_OK && found &&
        davy_rollup_file_get(file, widening->work, (davy_rollup_key){signal, DAVY_ROLLUP_1H, 0},
                             &through, widening->rows, &count) == DAVY_OK)
        widen(widening->rows, count, widening->first_ns, widening->last_ns);
}

static void widen_by_day(const struct widening *widening, int32_t number,
                         const davy_signal_id *signals, size_t count)
{
    davy_rollups *rollups = widening->store->rollups;
    davy_rollup_file *file;

    if (davy_rollups_get(rollups, number, &file) != DAVY_OK)
        return;
    for (size_t i = 0; i < count; i++)
        widen_by_signal(widening, file, signals[i]);
    davy_rollups_put(rollups, file, false);
}

/* The oldest day before *first_ns, then the newest after *last_ns, that has any. */
static void widen_by_days(const struct widening *widening, const int32_t *numbers, size_t days,
                          const davy_signal_id *signals, size_t count)
{
    const int64_t first_ns = *widening->first_ns;

    for (size_t i = 0;
         i < days && davy_day_start_ns(numbers[i]) < first_ns && *widening->first_ns == first_ns;
         i++)
        widen_by_day(widening, numbers[i], signals, count);
    for (size_t i = days; i > 0 && davy_day_start_ns(numbers[i - 1] + 1) > *widening->last_ns; i--)
        widen_by_day(widening, numbers[i - 1], signals, count);
}

/* By what outlived its samples. */
static davy_status widen_by_rollups(davy_store *store, const davy_signal_id *signals, size_t count,
                                    int64_t *first_ns, int64_t *last_ns)
{
    struct widening widening = {.store = store, .first_ns = first_ns, .last_ns = last_ns};
    int32_t *numbers;
    size_t days;
    davy_status status = davy_rollups_list(store->rollups, INT32_MIN, INT32_MAX, &numbers, &days);

    if (status != DAVY_OK)
        return status;
    if (days > 0)
        status = davy_codec_work_create(&widening.work);
    if (status == DAVY_OK && days > 0) {
        widening.rows = malloc(DAVY_ROLLUP_ROWS_MAX * sizeof *widening.rows);
        status = widening.rows ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "no memory for rollups");
    }
    if (status == DAVY_OK && days > 0)
        widen_by_days(&widening, numbers, days, signals, count);
    davy_codec_work_destroy(widening.work);
    free(widening.rows);
    free(numbers);
    return status;
}

davy_status davy_store_summary_extent(davy_store *store, const davy_signal_id *signals,
                                      size_t count, int64_t *first_ns, int64_t *last_ns)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    davy_status status = davy_store_extent(store, signals, count, &first, &last);

    if (status == DAVY_OK || status == DAVY_ERR_NOT_FOUND)
        status = widen_by_rollups(store, signals, count, &first, &last);
    if (status != DAVY_OK)
        return status;
    if (first > last)
        return davy_fail(DAVY_ERR_NOT_FOUND, "none of %zu signals has a sample or rollup", count);
    *first_ns = first;
    *last_ns = last;
    return DAVY_OK;
}

davy_status davy_store_list_days(davy_store *store, int32_t from, int32_t to, int32_t **numbers,
                                 size_t *count)
{
    int32_t *samples = NULL, *rollups = NULL, *both = NULL;
    size_t sample_days = 0, rollup_days = 0, i = 0, k = 0;
    davy_status status = davy_days_list(store->days, from, to, &samples, &sample_days);

    if (status == DAVY_OK)
        status = davy_rollups_list(store->rollups, from, to, &rollups, &rollup_days);
    if (status == DAVY_OK) {
        both = malloc((sample_days + rollup_days + 1) * sizeof *both);
        status = both ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "no memory to list days");
    }
    *count = 0;
    while (status == DAVY_OK && (i < sample_days || k < rollup_days)) {
        const int32_t next = k == rollup_days || (i < sample_days && samples[i] <= rollups[k])
                                 ? samples[i]
                                 : rollups[k];

        i += i < sample_days && samples[i] == next;
        k += k < rollup_days && rollups[k] == next;
        both[(*count)++] = next;
    }
    free(samples);
    free(rollups);
    *numbers = both;
    return status;
}
