/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Alarms as people meet them: faults found and missed, alarm episodes for nothing, and how late.
 *
 * Stage: data. The rule of matching counts what an operator hears: an alarm that begins.
 *
 * - An event is a stretch of faulty rows in one run.
 * - An episode is a stretch of alarms whose gaps are at most `merge` rows, in one run. It is for
 *   the first event that one of its alarms stands in, if it began in that event or at most `merge`
 *   rows before; else it is false. An alarm that began long before a fault, or never ends, tells no
 *   one of it.
 * - An event is found when an episode is for it. Its delay is the time from its first row to the
 *   beginning of that episode, 0 when that lies before. Nothing is adjusted.
 */
typedef struct davy_alarm_input {
    const double *scores;   /* [count] a row is alarmed when its score is above the limit */
    const uint8_t *faulty;  /* [count] 0 or 1 */
    const uint32_t *runs;   /* [count] */
    const uint32_t *groups; /* [count] that counts are kept for; NULL: runs */
    const int64_t *times;   /* [count] UTC nanoseconds; NULL: rows have no time */
    const size_t *rows;     /* [count] of the table, to see gaps; NULL: rows follow each other */
    size_t count, merge;
} davy_alarm_input;

/** Of one group. */
typedef struct davy_alarm_counts {
    double events, found;
    double true_episodes, false_episodes;
} davy_alarm_counts;

/** Of one event that was found. */
typedef struct davy_alarm_delay {
    uint32_t group;
    double rows, seconds; /* seconds: NaN when the rows have no time */
} davy_alarm_delay;

/**
 * @param limit        a row above it is alarmed
 * @param counts       [groups] added to; an episode and an event belong to their first row
 * @param delays       [count] or NULL
 * @param delay_count  written with `delays`
 */
void davy_alarm_count(const davy_alarm_input *input, double limit, davy_alarm_counts *counts,
                      davy_alarm_delay *delays, size_t *delay_count);

/**
 * A limit that has at most so many false episodes, chosen with hindsight: found by bisection over
 * the scores, a lower one has more. With the highest score there is no alarm.
 */
DAVY_MUST_CHECK davy_status davy_alarm_limit(const davy_alarm_input *input, double episodes,
                                             double *limit);

/**
 * The q-quantile of delays, each counted as often as its group, by nearest rank: a delay that was
 * met.
 *
 * @param sorted   [count] by the value that is asked
 * @param seconds  which value
 * @return NaN when none counts
 */
double davy_alarm_delay_quantile(const davy_alarm_delay *sorted, size_t count, double q,
                                 const uint32_t *times, int seconds);

/** Sort delays by rows, which is by seconds too where rows are even. */
void davy_alarm_delay_sort(davy_alarm_delay *delays, size_t count, int seconds);
