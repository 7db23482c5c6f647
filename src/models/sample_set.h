/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/form.h"

#include <stdint.h>

/**
 * @file
 * Samples: what a predictor learns from and answers, whether they come from a table or from
 * pictures.
 *
 * Stage: models. A set knows what each sample looks like, what the answer should be, which samples
 * belong together, and reads one sample at a time into floats, in the units they came in. Scaling
 * is the model's business: it is part of its graph.
 */
typedef struct davy_sample_set davy_sample_set;

/** How a kind of set reads and ends. */
typedef struct davy_sample_source {
    /* Fill values[davy_form_values()]; threads may call it at the same time. */
    davy_status (*read)(const davy_sample_set *samples, size_t sample, float *values);
    void (*clear)(davy_sample_set *samples);
} davy_sample_source;

struct davy_sample_set {
    davy_form form;
    const davy_sample_source *source;
    void *own; /* of the source */
    size_t count;
    double *targets;  /* [count] class index or number; NaN where it is not known */
    uint32_t *groups; /* [count] from 0: samples that must not be torn apart by a split */
    size_t *places;   /* [count] row or picture it answers for, among all that were read */
    size_t group_count;
    char **group_names; /* [group_count] */
    char **classes;     /* [class_count] NULL when the targets are numbers */
    size_t class_count;
    char **names;    /* [count] of each sample, such as its file; NULL: they have none */
    size_t left_out; /* samples with a missing value, which are not in the set */
    bool in_order;   /* they follow each other in time: a split must be one of time */
};

/** Zeroed is a valid empty set. */
void davy_sample_set_clear(davy_sample_set *samples);

/** Read one sample. */
DAVY_MUST_CHECK davy_status davy_sample_set_read(const davy_sample_set *samples, size_t sample,
                                                 float *values);

/** Among the columns of a cut: the label column, which a forecast also learns from. */
#define DAVY_CUT_LABEL SIZE_MAX

typedef struct davy_cut {
    davy_form form;
    davy_task task;
    const size_t *columns; /* [column_count] of the table: the channels, or the steps of a wave */
    size_t column_count;
    size_t hold;   /* rows for which a missing value is held */
    bool training; /* windows stand `stride` apart, and samples without a target are left out */
} davy_cut;

/**
 * Cut the samples of a form out of a table. The answer is the label of the newest row; of a
 * forecast the label `horizon` rows later; of a life, without labels, the rows that are left.
 *
 * A sample with a missing value is left out and counted. A recording that is longer than the form
 * is cut around its largest movement, a shorter one goes on with its last row.
 *
 * @return DAVY_ERR_INVALID when the rows cannot have the form's rate
 */
DAVY_MUST_CHECK davy_status davy_sample_set_cut(const davy_table *table, const davy_cut *cut,
                                                davy_sample_set *out);

/**
 * Map targets to the classes of a model, by name. A class the model does not know becomes NaN.
 *
 * @param classes  [class_count] of the model
 */
DAVY_MUST_CHECK davy_status davy_sample_set_map_classes(davy_sample_set *samples,
                                                        const char *const *classes,
                                                        size_t class_count);

/**
 * Which samples are held out: whole groups, about the same share of every class, drawn by the seed;
 * the latest ones when the samples stand in order of time.
 *
 * @param held  [count] 1: held out
 */
DAVY_MUST_CHECK davy_status davy_sample_set_split(const davy_sample_set *samples, double share,
                                                  uint64_t seed, uint8_t *held);
