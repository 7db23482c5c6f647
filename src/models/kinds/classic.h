/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/neural.h"
#include "models/predictor_kind.h"

/**
 * @file
 * What classical kinds share: samples as a matrix, its scale, and both ends of the graph.
 *
 * Stage: models. A classical kind learns from all samples at once, each a row of numbers: those of
 * a window one after the other, oldest row first. Its graph begins with the standardisation that it
 * learnt from (davy_classic_begin()) and ends in scores (davy_classic_end()): numbers in the unit
 * of the targets, or one score for each class. Where a kind gives probabilities its scores are
 * their logarithms, so that the softmax behind them gives the probabilities again.
 */

/** Forms and tasks that classical kinds take. */
#define DAVY_CLASSIC_FORMS (DAVY_FORM_BIT(DAVY_FORM_ROW) | DAVY_FORM_BIT(DAVY_FORM_WINDOW))
#define DAVY_CLASSIC_NUMBERS                                            \
    (DAVY_TASK_BIT(DAVY_TASK_REGRESS) | DAVY_TASK_BIT(DAVY_TASK_LIFE) | \
     DAVY_TASK_BIT(DAVY_TASK_FORECAST))
#define DAVY_CLASSIC_TASKS (DAVY_TASK_BIT(DAVY_TASK_CLASSIFY) | DAVY_CLASSIC_NUMBERS)

/** Most numbers of all samples that are learnt from: 32 GiB of floats, which lie on a disk. */
#define DAVY_CLASSIC_VALUES_MAX ((size_t) 8 * 1024 * 1024 * 1024)

/** Samples on which a graph is compared with what was learnt, and how near it must be. */
#define DAVY_CLASSIC_CHECKED   ((size_t) 1000)
#define DAVY_CLASSIC_TOLERANCE 1e-5

/** Settings that are the same for all kinds that have them. */
#define DAVY_CLASSIC_BALANCE                                                             \
    {                                                                                    \
        "balance", "no", "rare classes count as much as common ones", NAN, NAN, "yes|no" \
    }

/** Samples of one part of a lesson. */
typedef struct davy_classic_matrix {
    size_t rows, columns; /* samples, numbers of a sample */
    size_t channels;      /* columns of one step: columns = steps * channels */
    size_t classes;       /* 0: the targets are numbers */
    float *values;        /* [rows * columns] in the units of the samples until they are scaled */
    double *targets;      /* [rows] class index, or number */
    double *weights;      /* [rows] how much a sample counts: 1, or as the classes are balanced */
    size_t *counts;       /* [classes] samples of each class */
    size_t *members;      /* [rows] which sample of the lesson */
} davy_classic_matrix;

/**
 * Read the samples of a part. Those to learn from are checked: they must be finite, two or more,
 * with different answers, and of every class; at least one of their numbers must change.
 *
 * @return DAVY_ERR_INVALID says what cannot be learnt; DAVY_ERR_FULL beyond DAVY_CLASSIC_VALUES_MAX
 */
DAVY_MUST_CHECK davy_status davy_classic_read(const davy_lesson *lesson, davy_purpose purpose,
                                              davy_classic_matrix *out);
/** A zeroed matrix is fine. */
void davy_classic_clear(davy_classic_matrix *matrix);

/** Scores of a sample: its classes, or 1. */
size_t davy_classic_outputs(const davy_classic_matrix *matrix);

/** A row of the matrix. */
const float *davy_classic_row(const davy_classic_matrix *matrix, size_t row);

/** Whether the setting `balance` says yes. */
bool davy_classic_balanced(const davy_lesson *lesson);

/** Let every class count the same: weights rows / (classes * counts), of mean 1. */
void davy_classic_balance(davy_classic_matrix *matrix);

/**
 * Draw rows of the matrix by a seed, from each class by its share and at least one.
 *
 * @param most  rows that are wanted; a few more when classes are rare, all when there are no more
 * @param rows  [*count] rising; the caller frees them
 */
DAVY_MUST_CHECK davy_status davy_classic_draw(const davy_classic_matrix *matrix, size_t most,
                                              uint64_t seed, size_t **rows, size_t *count);

/** Mean and deviation of each channel over all rows; a channel that never moves has a scale of 1.
 */
DAVY_MUST_CHECK davy_status davy_classic_measure(const davy_classic_matrix *matrix,
                                                 davy_channel_scale *out);

/** values <- (values - mean) / scale, in the arithmetic of the graph. */
void davy_classic_standardise(davy_classic_matrix *matrix, const davy_channel_scale *scale);

/** Tell how far a training is. */
void davy_classic_tell(const davy_lesson *lesson, const char *what, uint64_t done, uint64_t total);

/** DAVY_ERR_TIMEOUT when the training is to end. */
DAVY_MUST_CHECK davy_status davy_classic_go_on(const davy_lesson *lesson);

/** [rows] targets less their mean, divided by their deviation; the caller frees them. */
DAVY_MUST_CHECK davy_status davy_classic_scale_targets(const davy_classic_matrix *matrix,
                                                       double *mean, double *spread, double **out);

/* The graph. */

/** From the sample [N, steps, channels] to its standardised numbers [N, columns]; a scale of NULL
 * leaves them as they are. */
davy_value davy_classic_begin(davy_graph *graph, const davy_form *form,
                              const davy_channel_scale *scale);

/** x [N, columns] times weights [columns * outputs], plus bias [outputs]; held as floats. */
davy_value davy_classic_dense(davy_graph *graph, const char *name, davy_value x,
                              const double *weights, const double *bias, size_t columns,
                              size_t outputs);

/** Sum over one axis, which goes away. */
davy_value davy_classic_sum(davy_graph *graph, davy_value x, int64_t axis);

/** x with one number: "add", "mul", "max", ... */
davy_value davy_classic_number(davy_graph *graph, const char *op, davy_value x, const char *name,
                               double number);

/** x with a constant [count] of doubles held as floats. */
davy_value davy_classic_vector(davy_graph *graph, const char *op, davy_value x, const char *name,
                               const double *values, size_t count);

/** A constant [rows, columns] of doubles held as floats. */
davy_value davy_classic_table(davy_graph *graph, const char *name, const double *values,
                              size_t rows, size_t columns);

/** Name the score and give the graph to the result, also when it has failed. */
DAVY_MUST_CHECK davy_status davy_classic_end(davy_graph *graph, davy_value score,
                                             davy_lesson_result *result);

/** How many rows davy_classic_check() compares. */
size_t davy_classic_checked(const davy_classic_matrix *matrix);

/**
 * Run the graph, exported and read again, on the first rows that were learnt from.
 *
 * @param expected  [checked * outputs] scores of what was learnt, in double; NaN: not compared
 * @return DAVY_ERR_CORRUPT when one is off by more than DAVY_CLASSIC_TOLERANCE of the largest
 */
DAVY_MUST_CHECK davy_status davy_classic_check(const davy_lesson *lesson,
                                               const davy_classic_matrix *matrix,
                                               const davy_lesson_result *result,
                                               const double *expected);

/** The same. @param rounding  what a score may be off beside that: long sums of floats */
DAVY_MUST_CHECK davy_status davy_classic_check_within(const davy_lesson *lesson,
                                                      const davy_classic_matrix *matrix,
                                                      const davy_lesson_result *result,
                                                      const double *expected, double rounding);
