/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/predictor.h"
#include "models/samples/sample_set.h"

#include <stdbool.h>

/**
 * @file
 * A predictor asked a whole set of samples.
 *
 * Stage: models.
 */

/** Answers in the order of the samples. Zeroed is empty. */
typedef struct davy_answer_set {
    size_t count, class_count;
    double cut; /* of two classes: probability from which `positive` is said; 0: the larger */
    size_t positive;
    float *probabilities;       /* [count * class_count]; NULL for numbers */
    float *values, *low, *high; /* [count]; NULL for classes; low and high without an interval */
    bool *given;                /* [count] false: the sample could not be read, or was not asked */
} davy_answer_set;

/** How a set is asked. Zeroed: all of it, in one thread, silently. */
typedef struct davy_asking {
    const uint8_t *part; /* [count] only the samples where it is `which`; NULL: all */
    uint8_t which;
    davy_pool *pool;
    /* Told now and then; NULL is fine. */
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
} davy_asking;

/** Ask. @param asking  NULL: zeroed */
DAVY_MUST_CHECK davy_status davy_predictor_ask_all(const davy_predictor *predictor,
                                                   const davy_sample_set *samples,
                                                   const davy_asking *asking, davy_answer_set *out);
/** Room for answers of a predictor, none of them given; clear it also after a failure. */
DAVY_MUST_CHECK davy_status davy_answer_set_init(const davy_predictor_info *info, size_t count,
                                                 davy_answer_set *answers);
void davy_answer_set_clear(davy_answer_set *answers);

/** The class that an answer says: the most probable one, or as the model's threshold has it. */
size_t davy_answer_class(const davy_answer_set *answers, size_t sample);

/** "ok", or "abstain" when there is no answer or a class is less likely than it must be. */
davy_verdict davy_answer_verdict(const davy_predictor_info *info, const davy_answer_set *answers,
                                 size_t sample);

/**
 * Cut the samples that a predictor answers out of a table with its columns, one for each row (or
 * run, for recordings) that can be answered.
 *
 * @return DAVY_ERR_NOT_FOUND, naming every column that the table does not have
 */
DAVY_MUST_CHECK davy_status davy_predictor_cut(const davy_predictor *predictor,
                                               const davy_table *table, davy_sample_set *out);

/** The same samples in the same order, with the lives of a model of life as they are, not capped.
 */
DAVY_MUST_CHECK davy_status davy_predictor_cut_raw(const davy_predictor *predictor,
                                                   const davy_table *table, davy_sample_set *out);
