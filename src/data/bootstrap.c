/* SPDX-License-Identifier: Apache-2.0 */
#include "data/bootstrap.h"

#include "core/random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define STREAM        0xb007U
#define BATCH         ((size_t) 256)
#define UNDEFINED_MAX 0.05 /* share of the draws that may leave a figure undefined */

static unsigned draws_of(const davy_bootstrap *bootstrap)
{
    return bootstrap->draws > 0 ? bootstrap->draws : DAVY_BOOTSTRAP_DRAWS;
}

void davy_bootstrap_draw(const davy_bootstrap *bootstrap, unsigned draw, uint32_t *times)
{
    const size_t groups = bootstrap->group_count;
    const uint64_t first = (uint64_t) draw * groups;
    uint32_t bits[BATCH];

    memset(times, 0, groups * sizeof *times);
    for (size_t done = 0; done < groups; done += BATCH) {
        const size_t count = groups - done < BATCH ? groups - done : BATCH;

        davy_random_many(bootstrap->seed, STREAM, first + done, count, bits);
        for (size_t i = 0; i < count; i++)
            times[(uint64_t) bits[i] * groups >> 32]++;
    }
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* The values that are numbers, moved to the front and sorted. */
static size_t sort_defined(double *values, size_t count)
{
    size_t defined = 0;

    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[defined++] = values[i];
    qsort(values, defined, sizeof *values, by_size);
    return defined;
}

/* Between the two nearest ranks, as Hyndman and Fan's definition 7. */
static double quantile(const double *sorted, size_t count, double share)
{
    const double place = share * (double) (count - 1);
    const size_t below = (size_t) place;
    const double part = place - (double) below;

    return below + 1 < count ? sorted[below] + part * (sorted[below + 1] - sorted[below])
                             : sorted[below];
}

static void take_interval(double *drawn, unsigned draws, davy_estimate *estimate)
{
    const size_t defined = sort_defined(drawn, draws);
    const double tail = (1.0 - DAVY_BOOTSTRAP_LEVEL) / 2;

    if ((double) defined < (1.0 - UNDEFINED_MAX) * draws || isnan(estimate->value))
        return;
    estimate->low = quantile(drawn, defined, tail);
    estimate->high = quantile(drawn, defined, 1.0 - tail);
}

davy_status davy_bootstrap_run(const davy_bootstrap *bootstrap, davy_bootstrap_measure measure,
                               const void *context, size_t value_count, davy_estimate *estimates)
{
    const size_t groups = bootstrap->group_count;
    const unsigned draws = groups > 1 ? draws_of(bootstrap) : 0;
    uint32_t *times = calloc(groups + 1, sizeof *times);
    double *values = calloc(value_count + 1, sizeof *values);
    double *drawn = calloc(value_count * draws + 1, sizeof *drawn); /* figure after figure */
    davy_status status = DAVY_OK;

    if (!times || !values || !drawn) {
        status = davy_fail(DAVY_ERR_NOMEM, "%u draws of %zu groups", draws, groups);
        goto done;
    }
    for (size_t g = 0; g < groups; g++)
        times[g] = 1;
    measure(context, times, values);
    for (size_t v = 0; v < value_count; v++)
        estimates[v] = (davy_estimate){values[v], NAN, NAN};
    for (unsigned d = 0; d < draws; d++) {
        davy_bootstrap_draw(bootstrap, d, times);
        measure(context, times, values);
        for (size_t v = 0; v < value_count; v++)
            drawn[v * draws + d] = values[v];
    }
    for (size_t v = 0; v < value_count && draws > 0; v++)
        take_interval(drawn + v * draws, draws, &estimates[v]);
done:
    free(times);
    free(values);
    free(drawn);
    return status;
}
