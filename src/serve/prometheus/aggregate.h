/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/prometheus/evaluate.h"
#include "serve/prometheus/series.h"

/**
 * @file
 * sum, avg, min, max and count over series, in groups by their labels.
 *
 * Stage: serve. A series that has no point at a step is left out of that step alone, as Prometheus
 * has it. Memory is groups times steps, with a limit.
 */

/** Groups are looked through one by one for each series; a person reads a dozen. */
#define DAVY_PROMETHEUS_GROUPS_MAX 1000

typedef struct davy_prometheus_groups davy_prometheus_groups;

/** @param points_max  of all groups; past it, or past DAVY_PROMETHEUS_GROUPS_MAX of them,
 *                     davy_prometheus_groups_choose() refuses */
DAVY_MUST_CHECK davy_status davy_prometheus_groups_create(const davy_promql *query,
                                                          const davy_prometheus_range *range,
                                                          size_t points_max,
                                                          davy_prometheus_groups **out);

/** Points that come next are of this series. */
DAVY_MUST_CHECK davy_status davy_prometheus_groups_choose(davy_prometheus_groups *groups,
                                                          const davy_prometheus_series *series);

/** A point of the range that `groups` were made for; a davy_prometheus_range.point. */
void davy_prometheus_groups_add(void *groups, int64_t time_ns, double value);

size_t davy_prometheus_groups_count(const davy_prometheus_groups *groups);

/** Its labels, those that were named by `by` alone. */
const davy_prometheus_series *davy_prometheus_groups_series(const davy_prometheus_groups *groups,
                                                            size_t group);

/** Its points, in order. */
void davy_prometheus_groups_give(const davy_prometheus_groups *groups, size_t group,
                                 const davy_prometheus_range *range);

/** NULL is fine. */
void davy_prometheus_groups_destroy(davy_prometheus_groups *groups);
