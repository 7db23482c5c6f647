/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics_events.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool joins(const davy_alarm_input *in, size_t last, size_t row)
{
    const size_t gap = in->rows ? in->rows[row] - in->rows[last] - 1 : row - last - 1;

    return in->runs[last] == in->runs[row] && gap <= in->merge;
}

static void end_episode(davy_alarm_counts *counts, bool is_true)
{
    *(is_true ? &counts->true_episodes : &counts->false_episodes) += 1;
}

static void count_episodes(const davy_alarm_input *in, double limit, davy_alarm_counts *counts)
{
    size_t last = SIZE_MAX;
    bool is_true = false;

    for (size_t i = 0; i < in->count; i++) {
        if (!(in->scores[i] > limit))
            continue;
        if (last != SIZE_MAX && !joins(in, last, i)) {
            end_episode(&counts[in->runs[last]], is_true);
            is_true = false;
        }
        is_true = is_true || in->faulty[i];
        last = i;
    }
    if (last != SIZE_MAX)
        end_episode(&counts[in->runs[last]], is_true);
}

static davy_alarm_delay delay_of(const davy_alarm_input *in, size_t begin, size_t alarm)
{
    const size_t rows = in->rows ? in->rows[alarm] - in->rows[begin] : alarm - begin;

    return (davy_alarm_delay){
        .run = in->runs[begin],
        .rows = (double) rows,
        .seconds = in->times ? (double) (in->times[alarm] - in->times[begin]) / 1e9 : NAN};
}

static void count_events(const davy_alarm_input *in, double limit, davy_alarm_counts *counts,
                         davy_alarm_delay *delays, size_t *delay_count)
{
    size_t begin = SIZE_MAX;
    bool found = false;

    for (size_t i = 0; i < in->count; i++) {
        if (!in->faulty[i]) {
            begin = SIZE_MAX;
            continue;
        }
        if (begin == SIZE_MAX || in->runs[i] != in->runs[begin]) {
            begin = i;
            found = false;
            counts[in->runs[i]].events++;
        }
        if (found || !(in->scores[i] > limit))
            continue;
        found = true;
        counts[in->runs[i]].found++;
        if (delays)
            delays[(*delay_count)++] = delay_of(in, begin, i);
    }
}

void davy_alarm_count(const davy_alarm_input *input, double limit, davy_alarm_counts *counts,
                      davy_alarm_delay *delays, size_t *delay_count)
{
    if (delays)
        *delay_count = 0;
    count_events(input, limit, counts, delays, delay_count);
    count_episodes(input, limit, counts);
}

static double false_episodes(const davy_alarm_input *in, double limit)
{
    size_t last = SIZE_MAX;
    double count = 0;
    bool is_true = true;

    for (size_t i = 0; i < in->count; i++) {
        if (!(in->scores[i] > limit))
            continue;
        if (last == SIZE_MAX || !joins(in, last, i)) {
            count += !is_true;
            is_true = false;
        }
        is_true = is_true || in->faulty[i];
        last = i;
    }
    return count + !is_true;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* The highest score keeps any budget; below the lowest every row is alarmed. */
davy_status davy_alarm_limit(const davy_alarm_input *input, double episodes, double *limit)
{
    double *sorted = malloc((input->count + 1) * sizeof *sorted);
    size_t low = 0, high = input->count;

    if (!sorted)
        return davy_fail(DAVY_ERR_NOMEM, "scores of %zu rows", input->count);
    sorted[0] = -INFINITY;
    memcpy(sorted + 1, input->scores, input->count * sizeof *sorted);
    qsort(sorted + 1, input->count, sizeof *sorted, by_size);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (false_episodes(input, sorted[middle]) <= episodes)
            high = middle;
        else
            low = middle + 1;
    }
    *limit = sorted[high];
    free(sorted);
    return DAVY_OK;
}

static int by_rows(const void *a, const void *b)
{
    const davy_alarm_delay *x = a, *y = b;

    return (x->rows > y->rows) - (x->rows < y->rows);
}

static int by_seconds(const void *a, const void *b)
{
    const davy_alarm_delay *x = a, *y = b;

    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

void davy_alarm_delay_sort(davy_alarm_delay *delays, size_t count, int seconds)
{
    qsort(delays, count, sizeof *delays, seconds ? by_seconds : by_rows);
}

double davy_alarm_delay_quantile(const davy_alarm_delay *sorted, size_t count, double q,
                                 const uint32_t *times, int seconds)
{
    double all = 0, below = 0;

    for (size_t i = 0; i < count; i++)
        all += times ? (double) times[sorted[i].run] : 1;
    for (size_t i = 0; i < count; i++) {
        below += times ? (double) times[sorted[i].run] : 1;
        if (below > 0 && below >= q * all)
            return seconds ? sorted[i].seconds : sorted[i].rows;
    }
    return NAN;
}
