/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/aggregate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct cell {
    double value; /* sum, or the least or largest */
    uint64_t count;
} cell;

typedef struct group {
    davy_prometheus_series series; /* labels borrowed from the selection */
    cell *cells;                   /* [steps] */
} group;

struct davy_prometheus_groups {
    davy_promql_aggregate over;
    bool kept[DAVY_PROMETHEUS_LABELS]; /* labels named by `by` */
    int64_t start_ns, step_ns;
    size_t steps, groups_max;
    group *items;
    size_t count, capacity;
    group *chosen;
};

davy_status davy_prometheus_groups_create(const davy_promql *query,
                                          const davy_prometheus_range *range, size_t points_max,
                                          davy_prometheus_groups **out)
{
    davy_prometheus_groups *groups = calloc(1, sizeof *groups);

    if (!groups)
        return davy_fail(DAVY_ERR_NOMEM, "the groups of a query");
    groups->over = query->aggregate;
    groups->start_ns = range->start_ns;
    groups->step_ns = range->step_ns;
    groups->steps = (size_t) ((range->end_ns - range->start_ns) / range->step_ns) + 1;
    groups->groups_max = points_max / groups->steps;
    if (groups->groups_max > DAVY_PROMETHEUS_GROUPS_MAX)
        groups->groups_max = DAVY_PROMETHEUS_GROUPS_MAX;
    for (size_t i = 0; i < DAVY_PROMETHEUS_LABELS; i++)
        for (size_t j = 0; j < query->by_count; j++)
            groups->kept[i] |= strcmp(query->by[j], davy_prometheus_labels[i]) == 0;
    *out = groups;
    return DAVY_OK;
}

static bool is_of_group(const davy_prometheus_groups *groups, const group *at,
                        const davy_prometheus_series *series)
{
    for (size_t i = 0; i < DAVY_PROMETHEUS_LABELS; i++)
        if (groups->kept[i] && strcmp(at->series.labels[i], series->labels[i]) != 0)
            return false;
    return true;
}

static davy_status grow(davy_prometheus_groups *groups)
{
    const size_t capacity = groups->capacity ? 2 * groups->capacity : 16;
    group *grown;

    if (groups->count < groups->capacity)
        return DAVY_OK;
    grown = realloc(groups->items, capacity * sizeof *grown);
    if (!grown)
        return davy_fail(DAVY_ERR_NOMEM, "the groups of a query");
    groups->items = grown;
    groups->capacity = capacity;
    return DAVY_OK;
}

static davy_status add_group(davy_prometheus_groups *groups, const davy_prometheus_series *series)
{
    davy_status status;
    group *made;

    if (groups->count == groups->groups_max)
        return davy_fail(DAVY_ERR_INVALID,
                         "more than %zu groups: name fewer labels with 'by', or make 'step' longer",
                         groups->groups_max);
    status = grow(groups);
    if (status != DAVY_OK)
        return status;
    made = &groups->items[groups->count];
    made->cells = calloc(groups->steps, sizeof *made->cells);
    if (!made->cells)
        return davy_fail(DAVY_ERR_NOMEM, "a group of a query");
    for (size_t i = 0; i < DAVY_PROMETHEUS_LABELS; i++)
        made->series.labels[i] = groups->kept[i] ? series->labels[i] : "";
    groups->count++;
    groups->chosen = made;
    return DAVY_OK;
}

davy_status davy_prometheus_groups_choose(davy_prometheus_groups *groups,
                                          const davy_prometheus_series *series)
{
    for (size_t i = groups->count;
         i-- > 0;) /* series come by path: likely that of the one before */
        if (is_of_group(groups, &groups->items[i], series)) {
            groups->chosen = &groups->items[i];
            return DAVY_OK;
        }
    return add_group(groups, series);
}

void davy_prometheus_groups_add(void *context, int64_t time_ns, double value)
{
    davy_prometheus_groups *groups = context;
    cell *at = &groups->chosen->cells[(time_ns - groups->start_ns) / groups->step_ns];

    if (at->count++ == 0)
        at->value = value;
    else if (groups->over == DAVY_PROMQL_OVER_MIN)
        at->value = fmin(at->value, value);
    else if (groups->over == DAVY_PROMQL_OVER_MAX)
        at->value = fmax(at->value, value);
    else
        at->value += value;
}

size_t davy_prometheus_groups_count(const davy_prometheus_groups *groups)
{
    return groups->count;
}

const davy_prometheus_series *davy_prometheus_groups_series(const davy_prometheus_groups *groups,
                                                            size_t at)
{
    return &groups->items[at].series;
}

void davy_prometheus_groups_give(const davy_prometheus_groups *groups, size_t at,
                                 const davy_prometheus_range *range)
{
    for (size_t i = 0; i < groups->steps; i++) {
        const cell *one = &groups->items[at].cells[i];
        double value = one->value;

        if (one->count == 0)
            continue;
        if (groups->over == DAVY_PROMQL_OVER_AVG)
            value /= (double) one->count;
        else if (groups->over == DAVY_PROMQL_OVER_COUNT)
            value = (double) one->count;
        range->point(range->context, groups->start_ns + (int64_t) i * groups->step_ns, value);
    }
}

void davy_prometheus_groups_destroy(davy_prometheus_groups *groups)
{
    if (!groups)
        return;
    for (size_t i = 0; i < groups->count; i++)
        free(groups->items[i].cells);
    free(groups->items);
    free(groups);
}
