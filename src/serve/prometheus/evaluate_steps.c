/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/evaluate.h"

#include <math.h>
#include <stdlib.h>

/* Steps of one summary, and of one window: more are looked at sample by sample. */
#define BUCKETS_MAX ((size_t) 20000)
#define WINDOW_MAX  64

/* So many samples behind a summary cost what one costs that is looked at: most stay in chunks whose
 * heads answer, those at the edges of steps are decoded. */
#define SAMPLES_A_LOOK 4

typedef struct step_plan {
    int64_t step_ns;
    size_t points;     /* of the answer */
    size_t per_window; /* steps of a window */
    size_t buckets;
} step_plan;

/* An instant is one window and one step. */
static bool make_plan(const davy_promql *query, const davy_prometheus_range *range, step_plan *plan)
{
    const int64_t span = range->end_ns - range->start_ns;

    if (query->function < DAVY_PROMQL_AVG || query->function > DAVY_PROMQL_COUNT)
        return false;
    plan->step_ns = span == 0 ? query->window_ns : range->step_ns;
    if (query->window_ns % plan->step_ns != 0 || query->window_ns / plan->step_ns > WINDOW_MAX ||
        span / plan->step_ns >= (int64_t) BUCKETS_MAX)
        return false;
    plan->points = (size_t) (span / plan->step_ns) + 1;
    plan->per_window = (size_t) (query->window_ns / plan->step_ns);
    plan->buckets = plan->points - 1 + plan->per_window;
    return plan->buckets <= BUCKETS_MAX;
}

static bool all_are_numbers(const davy_store_bucket *buckets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (buckets[i].count > 0 && isnan(buckets[i].sum))
            return false;
    return true;
}

static double figure(davy_promql_function function, const davy_store_bucket *buckets, size_t count)
{
    double sum = 0, min = INFINITY, max = -INFINITY;
    uint64_t samples = 0;

    for (size_t i = 0; i < count; i++) {
        if (buckets[i].count == 0)
            continue;
        samples += buckets[i].count;
        sum += buckets[i].sum;
        min = fmin(min, buckets[i].min);
        max = fmax(max, buckets[i].max);
    }
    if (samples == 0)
        return NAN;
    return function == DAVY_PROMQL_COUNT ? (double) samples
           : function == DAVY_PROMQL_MIN ? min
           : function == DAVY_PROMQL_MAX ? max
           : function == DAVY_PROMQL_AVG ? sum / (double) samples
                                         : sum;
}

static void give(const davy_promql *query, const step_plan *plan, const davy_store_bucket *buckets,
                 davy_prometheus_range *range)
{
    for (size_t i = 0; i < plan->points; i++) {
        const double value = figure(query->function, buckets + i, plan->per_window);

        if (!isnan(value))
            range->point(range->context, range->start_ns + (int64_t) i * plan->step_ns, value);
    }
}

/* What a request may look at is bounded here too: many signals over many months take long. */
static davy_status count_looks(const step_plan *plan, const davy_store_bucket *buckets,
                               davy_prometheus_range *range)
{
    uint64_t samples = 0;

    for (size_t i = 0; i < plan->buckets; i++)
        samples += buckets[i].count + buckets[i].bad;
    range->seen += plan->points * plan->per_window + samples / SAMPLES_A_LOOK;
    return davy_prometheus_check_seen(range);
}

davy_status davy_prometheus_from_steps(davy_store *store, davy_signal_id signal,
                                       const davy_promql *query, davy_prometheus_range *range,
                                       bool *answered)
{
    /* A window is open to the left: (t - window, t] is [t - window + 1 ns, t + 1 ns). */
    const int64_t from_ns = range->start_ns - query->offset_ns - query->window_ns + 1;
    davy_store_bucket *buckets;
    davy_status status;
    step_plan plan;

    *answered = false;
    if (!make_plan(query, range, &plan))
        return DAVY_OK;
    buckets = calloc(plan.buckets, sizeof *buckets);
    if (!buckets)
        return davy_fail(DAVY_ERR_NOMEM, "the steps of a query");
    status = davy_store_summarise_wanted(store, signal, from_ns,
                                         from_ns + (int64_t) plan.buckets * plan.step_ns,
                                         plan.step_ns, buckets, plan.buckets, &range->wanted);
    if (status == DAVY_OK)
        status = count_looks(&plan, buckets, range);
    if (status == DAVY_OK && all_are_numbers(buckets, plan.buckets)) {
        give(query, &plan, buckets, range);
        *answered = true;
    }
    free(buckets);
    return status;
}
