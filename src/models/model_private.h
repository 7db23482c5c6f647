/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "data/cleaning.h"
#include "models/budget.h"
#include "models/habit.h"
#include "models/hash.h"
#include "models/kind.h"
#include "models/model.h"

#include <jansson.h>

/**
 * @file
 * What a model holds, for the files of this stage that make, write and score one.
 *
 * Stage: models.
 */
struct davy_model {
    davy_arena arena; /* texts and small arrays of `info` */
    davy_model_info info;
    const davy_model_kind *kind;
    void *parameters;
    size_t lags, hold;
    double memory;            /* weight of the past in the smoothed score, 0 <= memory < 1 */
    double *start;            /* [signal_count] smoothed shares with which a run begins */
    davy_cleaning cleaning;   /* of an opened model; one under training is given cleaned rows */
    const davy_habit *habits; /* [signal_count]; NULL: not known, of a model of before */
    davy_budget_curve curve; /* limits for other budgets, 1 for its own; without steps: not known */
};

/** An empty model with room for `signal_count` signals; its texts are still to be set. */
DAVY_MUST_CHECK davy_status davy_model_create(size_t signal_count, davy_model **out);

/** Fill a model from the text of a model.json. DAVY_ERR_CORRUPT names the key that does not fit. */
DAVY_MUST_CHECK davy_status davy_model_json_read(const char *text, size_t length, davy_model **out);

/** The keys of model.json that a model holds itself; a new object, or NULL without memory. */
json_t *davy_model_json_make(const davy_model *model);

/** The hash of what is learnt from: names, numbers, times, runs, labels and classes. */
void davy_hash_table(const davy_table *table, char text[DAVY_HASH_MAX]);
