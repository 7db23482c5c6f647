/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/comparison.h"
#include "models/samples/answer_set.h"

/**
 * @file
 * Baselines: what a model must beat to have learnt anything, each under the model's own protocol.
 *
 * Stage: models. A baseline that learns is never asked about a row that it learnt from. It learns
 * from the history, when there is one (best: what the model itself learnt from), else from the
 * other folds of the judged data: other runs, or other stretches of the only run. That flatters
 * it, since it knows the plant's later days and the labels; so it is the harder to beat.
 *
 * A new baseline is a row of a table at the end of its file.
 */

/** Parts that the judged data are dealt out to. */
#define DAVY_FOLDS_MAX 5

/**
 * Deal groups out to folds; a single group is cut into stretches of equal length.
 *
 * @param groups   [count] from 0
 * @param classes  [count] whose shares the folds keep; NULL: none
 * @param folds    [count] 0 .. number of folds - 1
 * @return how many folds; 1 when there are too few rows to tell apart
 */
DAVY_MUST_CHECK davy_status davy_fold(const uint32_t *groups, const uint32_t *classes, size_t count,
                                      size_t group_count, uint64_t seed, uint8_t *folds,
                                      size_t *fold_count);

/** Rows that baselines score. */
typedef struct davy_watch_task {
    const davy_table *table;   /* labels above 0 are faults */
    const davy_table *history; /* NULL: the other folds */
    const uint8_t *folds;      /* [rows] */
    size_t fold_count;
    uint64_t seed;
} davy_watch_task;

typedef struct davy_watch_baseline {
    const char *key;
    davy_words name, meaning;
    /* Score every row, the higher the worse; a NaN becomes the lowest score. A failure other than
     * of memory leaves the baseline out, and its sentence says why. */
    davy_status (*score)(const davy_watch_task *task, double *scores);
} davy_watch_baseline;

extern const davy_watch_baseline *const davy_watch_baselines[]; /* closed by NULL */

/** Samples that baselines answer. */
typedef struct davy_answer_task {
    const davy_predictor_info *info;
    const davy_sample_set *samples;
    const davy_table *table;        /* that the samples were cut from; NULL: pictures */
    const davy_sample_set *history; /* NULL: the other folds */
    const uint8_t *folds;           /* [count] */
    size_t fold_count;
    size_t season; /* rows; 0: none was found */
    uint64_t seed;
} davy_answer_task;

typedef struct davy_answer_baseline {
    const char *key;
    davy_words name, meaning;
    unsigned tasks; /* DAVY_TASK_BIT */
    /* Fill probabilities, or values and perhaps an interval, and `given`. Failures as above. */
    davy_status (*answer)(const davy_answer_task *task, davy_answer_set *answers);
} davy_answer_baseline;

extern const davy_answer_baseline *const davy_answer_baselines[]; /* closed by NULL */

/** Whether a sample of the learning part serves fold `fold`: all of a history, or other folds. */
static inline bool davy_learns(const davy_answer_task *task, size_t sample, size_t fold)
{
    return task->history || task->folds[sample] != fold;
}

/** A baseline could not be measured for want of memory: the evaluation fails as a whole. */
static inline bool davy_baseline_fatal(davy_status status)
{
    return status == DAVY_ERR_NOMEM || status == DAVY_ERR_TIMEOUT;
}
