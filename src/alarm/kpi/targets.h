/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/kpi/kpi.h"

/**
 * @file
 * Each figure of a position beside what the standards call very likely acceptable and the most
 * that can be managed.
 *
 * Stage: alarm.
 *
 * Source: ANSI/ISA-18.2-2016 and IEC 62682:2014, alarm performance metrics, as several public
 * reports reproduce them. The targets are approximate by the standards' own words; ISA-18.2 gave up
 * the one per day in 2016, and ten minutes with one alarm each do not make an hour with six, which
 * is why distributions stand beside averages.
 */
typedef enum davy_kpi_verdict {
    DAVY_KPI_UNKNOWN,    /* nothing to measure it by */
    DAVY_KPI_ACCEPTABLE, /* very likely acceptable */
    DAVY_KPI_MANAGEABLE, /* at most the maximum manageable */
    DAVY_KPI_OVER
} davy_kpi_verdict;

typedef struct davy_kpi_target {
    const char *name; /* in the API */
    const char *en, *zh;
    bool share;    /* a share of 1, shown in percent */
    bool at_least; /* the target is a lower bound */
    double acceptable;
    double manageable;                                  /* NaN: the standards name none */
    double (*measure)(const davy_kpi_figures *figures); /* NaN: nothing to measure it by */
} davy_kpi_target;

extern const davy_kpi_target davy_kpi_targets[];
extern const size_t davy_kpi_target_count;

davy_kpi_verdict davy_kpi_judge(const davy_kpi_target *target, double value);

/** "unknown", "acceptable", "manageable", "over". */
const char *davy_kpi_verdict_name(davy_kpi_verdict verdict);

/** Days that were observed, and whether they are enough to judge. */
double davy_kpi_days(const davy_kpi_figures *figures);
bool davy_kpi_is_enough(const davy_kpi_figures *figures);
