/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct point {
    int64_t time_ns;
    double value; /* NaN: bad */
} point;

typedef struct one_pass {
    davy_prometheus_range *range;
    davy_promql_function function;
    int64_t window_ns, offset_ns;
    int64_t last_ns; /* step after which there is none */
    int64_t next_ns; /* step that is due */
    bool done;
    point *samples; /* those that the step may see: samples[first .. count) */
    size_t first, count, capacity;
} one_pass;

/* A counter's increase a second: a fall is a reset. To the edges of the window it goes on as it
 * was when the first and last samples are near, else by half a distance; never below zero. */
static double rate(const point *samples, size_t count, int64_t start_ns, int64_t end_ns)
{
    const double sampled = (double) (samples[count - 1].time_ns - samples[0].time_ns) / 1e9;
    const double between = sampled / (double) (count - 1);
    double to_start = (double) (samples[0].time_ns - start_ns) / 1e9;
    double to_end = (double) (end_ns - samples[count - 1].time_ns) / 1e9;
    double rise = 0;

    for (size_t i = 1; i < count; i++)
        rise += samples[i].value < samples[i - 1].value ? samples[i].value
                                                        : samples[i].value - samples[i - 1].value;
    if (to_start >= 1.1 * between)
        to_start = between / 2;
    if (to_end >= 1.1 * between)
        to_end = between / 2;
    if (rise > 0 && samples[0].value >= 0)
        to_start = fmin(to_start, sampled * samples[0].value / rise);
    return rise * (sampled + to_start + to_end) / sampled / ((double) (end_ns - start_ns) / 1e9);
}

static double figure(const one_pass *pass, const point *samples, size_t count)
{
    double sum = 0, min = INFINITY, max = -INFINITY;

    if (pass->function == DAVY_PROMQL_COUNT)
        return (double) count;
    if (pass->function == DAVY_PROMQL_NEWEST)
        return samples[count - 1].value;
    if (pass->function == DAVY_PROMQL_RATE)
        return count < 2 ? NAN
                         : rate(samples, count, pass->next_ns - pass->window_ns, pass->next_ns);
    for (size_t i = 0; i < count; i++) {
        sum += samples[i].value;
        min = fmin(min, samples[i].value);
        max = fmax(max, samples[i].value);
    }
    return pass->function == DAVY_PROMQL_MIN   ? min
           : pass->function == DAVY_PROMQL_MAX ? max
           : pass->function == DAVY_PROMQL_AVG ? sum / (double) count
                                               : sum;
}

static void go_on(one_pass *pass)
{
    pass->done = pass->next_ns > pass->last_ns - pass->range->step_ns;
    if (!pass->done)
        pass->next_ns += pass->range->step_ns;
}

davy_status davy_prometheus_check_seen(const davy_prometheus_range *range)
{
    if (range->seen > DAVY_PROMETHEUS_SEEN_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "the query looks at too many samples: shorten the range or the time, "
                         "lengthen the step, or select fewer signals");
    return DAVY_OK;
}

/* The step that is due has all its samples. */
static davy_status finish_step(one_pass *pass)
{
    davy_prometheus_range *range = pass->range;
    size_t count;

    while (pass->first < pass->count &&
           pass->samples[pass->first].time_ns <= pass->next_ns - pass->window_ns)
        pass->first++;
    count = pass->count - pass->first;
    range->seen += count + 1;
    if (davy_prometheus_check_seen(range) != DAVY_OK)
        return DAVY_ERR_INVALID;
    if (count > 0) {
        const double value = figure(pass, pass->samples + pass->first, count);

        if (!isnan(value))
            range->point(range->context, pass->next_ns + pass->offset_ns, value);
    }
    go_on(pass);
    return DAVY_OK;
}

static davy_status make_room(one_pass *pass)
{
    size_t capacity = pass->capacity ? 2 * pass->capacity : 256;
    point *grown;

    if (pass->count < pass->capacity)
        return DAVY_OK;
    if (pass->first > pass->capacity / 2) {
        pass->count -= pass->first;
        memmove(pass->samples, pass->samples + pass->first, pass->count * sizeof(point));
        pass->first = 0;
        return DAVY_OK;
    }
    if (capacity > 2 * DAVY_PROMETHEUS_WINDOW_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a range of the query has more than %zu samples",
                         DAVY_PROMETHEUS_WINDOW_MAX);
    grown = realloc(pass->samples, capacity * sizeof *grown);
    if (!grown)
        return davy_fail(DAVY_ERR_NOMEM, "the samples of a query");
    pass->samples = grown;
    pass->capacity = capacity;
    return DAVY_OK;
}

static davy_status add(one_pass *pass, point sample)
{
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && !pass->done && pass->next_ns < sample.time_ns)
        status = finish_step(pass);
    if (status != DAVY_OK || pass->done || sample.time_ns <= pass->next_ns - pass->window_ns)
        return status;
    if (pass->function == DAVY_PROMQL_NEWEST)
        pass->first = pass->count = 0;
    else if (isnan(sample.value))
        return DAVY_OK;
    status = make_room(pass);
    if (status == DAVY_OK)
        pass->samples[pass->count++] = sample;
    return status;
}

static davy_status check_wanted(const davy_prometheus_range *range)
{
    return davy_is_wanted(&range->wanted)
               ? DAVY_OK
               : davy_fail(DAVY_ERR_TIMEOUT, "nobody waits for the query any more");
}

static davy_status visit(void *context, const davy_store_run *run)
{
    davy_status status = check_wanted(((const one_pass *) context)->range);

    for (size_t i = 0; i < run->count && status == DAVY_OK; i++)
        status = add(context, (point){run->times[i],
                                      run->quality[i] == DAVY_QUALITY_BAD ? NAN : run->values[i]});
    return status;
}

davy_status davy_prometheus_evaluate(davy_store *store, davy_signal_id signal,
                                     const davy_promql *query, davy_prometheus_range *range)
{
    one_pass pass = {
        .range = range,
        .function = query->function,
        .window_ns =
            query->function == DAVY_PROMQL_NEWEST ? DAVY_PROMETHEUS_LOOKBACK_NS : query->window_ns,
        .offset_ns = query->offset_ns,
        .next_ns = range->start_ns - query->offset_ns,
        .last_ns = range->end_ns - query->offset_ns,
    };
    bool answered = false;
    davy_status status = check_wanted(range);

    if (status == DAVY_OK)
        status = davy_prometheus_from_steps(store, signal, query, range, &answered);
    if (status != DAVY_OK || answered)
        return status;
    status = davy_store_scan(store, signal, pass.next_ns - pass.window_ns + 1, pass.last_ns + 1,
                             visit, &pass);
    while (status == DAVY_OK && !pass.done)
        status = finish_step(&pass);
    free(pass.samples);
    return status;
}
