/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * @file
 * What a model is asked: the words of `--task`.
 *
 * Stage: models. An anomaly model watches a stream of rows and scores it (models/model.h); all
 * others answer samples one by one (models/predictor.h).
 */
typedef enum davy_task {
    DAVY_TASK_ANOMALY,  /* how unusual: a score, 1 is the limit */
    DAVY_TASK_CLASSIFY, /* which class: a probability for each */
    DAVY_TASK_REGRESS,  /* which number, with an interval */
    DAVY_TASK_LIFE,     /* how many rows until the run ends: a number */
    DAVY_TASK_FORECAST  /* the label column some rows ahead: a number */
} davy_task;

#define DAVY_TASK_COUNT 5

/** A bit for a set of tasks. */
#define DAVY_TASK_BIT(task) (1U << (unsigned) (task))

/** Never NULL. */
const char *davy_task_name(davy_task task);

/** False when there is no such task. */
bool davy_task_find(const char *name, davy_task *out);
