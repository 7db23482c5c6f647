/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/table.h"
#include "detect/engine.h"
#include "store/store.h"

/**
 * @file
 * What would it have done: limits and detectors over history, and the alarms they would have
 * raised.
 *
 * Stage: detect. A replay is the live engine with the time of the samples as its clock, looked at
 * once a second: the same samples in the same order give the alarms the plant would have seen. It
 * knows no people: an alarm lasts as long as its condition.
 */
typedef struct davy_replay davy_replay;

/** One alarm. Borrowed for the call. */
typedef struct davy_replay_alarm {
    const davy_condition *condition;
    const davy_finding *finding; /* its begin: sentence, value, limit, model and causes */
    int64_t begin_ns;
    int64_t end_ns; /* 0: it stood at the end of the history */
    double peak;    /* largest score, or the value farthest beyond the limit */
} davy_replay_alarm;

typedef struct davy_replay_options {
    const davy_site *site; /* its signals have the ids that the samples carry; borrowed */
    const char *registry;
    size_t detector; /* this one alone; DAVY_SITE_NONE: all checks and all detectors */
    void *context;
    void (*alarm)(void *context, const davy_replay_alarm *alarm); /* in the order of their ends */
    void (*score)(void *context, const davy_detect_score *score); /* optional: every row */
} davy_replay_options;

/**
 * @return DAVY_ERR_NOT_FOUND, DAVY_ERR_CORRUPT, ... with the reason when `detector` is named and
 * its model cannot be used: a replay that abstains for ever answers nothing
 */
DAVY_MUST_CHECK davy_status davy_replay_create(const davy_replay_options *options,
                                               davy_replay **out);
/** NULL is fine. */
void davy_replay_destroy(davy_replay *replay);

/** Samples in the order of their times. */
DAVY_MUST_CHECK davy_status davy_replay_samples(davy_replay *replay, const davy_sample *samples,
                                                size_t count);

/**
 * The end of the history, or of one run of it: rows that wait are scored and standing alarms are
 * told. What comes next begins afresh.
 */
DAVY_MUST_CHECK davy_status davy_replay_end(davy_replay *replay);

/**
 * The signals a replay looks at, for whoever fetches their samples.
 *
 * @param ids  an array the caller frees
 */
DAVY_MUST_CHECK davy_status davy_replay_signals(const davy_replay *replay, davy_signal_id **ids,
                                                size_t *count);

/** Replay what the store holds of the signals concerned, merged by time, and end. */
DAVY_MUST_CHECK davy_status davy_replay_store(davy_replay *replay, davy_store *store,
                                              int64_t from_ns, int64_t to_ns);

/**
 * Replay a table whose columns are named by signal paths; other columns are passed over. Missing
 * values are no samples. Each run of the table is a history of its own.
 *
 * @return DAVY_ERR_INVALID when the table has no times, or no column is a signal of the site
 */
DAVY_MUST_CHECK davy_status davy_replay_table(davy_replay *replay, const davy_table *table);

/** What the engine counted so far, in all runs, and the limit that the detector was held against.
 */
typedef struct davy_replay_stats {
    uint64_t samples, late, rows, abstained, alarms;
    int64_t first_ns, last_ns;              /* of the samples; 0 before the first */
    double budget_per_day, promise_per_day; /* of `detector`; NaN without one */
    char note[320];                         /* why they differ, or "" */
} davy_replay_stats;

void davy_replay_get_stats(const davy_replay *replay, davy_replay_stats *stats);
